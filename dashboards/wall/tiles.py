"""The large tiles of a slide: chart, map, ranking, what needs somebody, index, sources."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from dashboards import format as fmt
from dashboards.board import Board
from dashboards.cells import Cell
from dashboards.components import marks
from dashboards.components.card import STALE, name_and_variant
from dashboards.components.ranking import Standing, ranked
from dashboards.exports.board_exhibits import BoardExhibits
from dashboards.exports.drawing.pen import BOLD, lines_of, width_of
from dashboards.exports.exhibit import Entry, Points
from dashboards.exports.more_exhibits import MoreExhibits
from dashboards.geography import shapes_within
from dashboards.inside import Inside, Missed
from dashboards.sections import Sections
from dashboards.text import Words
from dashboards.theme import Scheme
from dashboards.wall import picture
from dashboards.wall.layout import Room
from dashboards.wall.safe import html_of
from dashboards.wall.value import SAFE
from domain.freshness import Freshness
from domain.period import label
from metrics.catalogue import Better
from metrics.sources import Sources

PADDING, BORDERS = (1.0, 0.7), 0.15
TITLE, NOTE, LEADING = 1.25, 1.0, 1.28
LEGEND_ROW, FOOT_ROW = 1.6, 1.35
ROW, SECOND_LINE = 1.95, 1.3
RANK_WIDTH, MARK_WIDTH, LEAST_BAR = 2.6, 2.0, 5.0
TWO_LISTS = 52.0
CONCERN_WIDTH, MOST_CULPRITS = 38.0, 3
FEW_CULPRITS, ROOM_FOR_MANY = 1, 24.0
ROOM_FOR_BARS = 26.0
BAR = Markup(
    '<span class="ioc-end__bar"><span class="ioc-end__fill {}" style="width:{:.1f}%"></span></span>'
)


@dataclass(frozen=True)
class LargeTile:
    """One large tile: its board, and what it says of its figures in one language."""

    board: Board
    words: Words
    title: str = ""
    scheme: Scheme = "dark"

    @cached_property
    def inside(self) -> Inside:
        return Inside(self.board)

    @cached_property
    def exhibits(self) -> BoardExhibits:
        return BoardExhibits(self.board, self.words)

    def _tile(
        self,
        room: Room,
        head: tuple[str, str],
        body: Callable[[float, float], Markup],
        cells: Sequence[Cell],
        remarks: Sequence[str] = (),
    ) -> Markup:
        """Title and note above, the body in what is left, how far the figures reach below."""
        width = room.width - 2 * PADDING[0] - BORDERS
        title, note = self.title or head[0], head[1]
        foot = self._foot(cells, remarks)
        safe = width * SAFE
        taken = TITLE * LEADING * len(lines_of(title, safe, TITLE, BOLD))
        taken += NOTE * LEADING * (len(lines_of(note, safe, NOTE)) if note else 0)
        taken += FOOT_ROW * (len(lines_of(foot, safe, 1.0)) if foot else 0) + 0.6
        height = room.height - 2 * PADDING[1] - taken
        is_old = bool(cells) and _state(cells) in STALE
        return Markup(
            '<article class="ioc-tile ioc-large{}"><h2 class="ioc-large__title">{}</h2>'
            '<p class="ioc-large__note">{}</p><div class="ioc-large__body">{}</div>'
            '<p class="ioc-large__foot">{}</p></article>'
        ).format(" ioc-is-stale" if is_old else "", title, note, body(width, height), foot)

    def _foot(self, cells: Sequence[Cell], remarks: Sequence[str]) -> str:
        reach = self.exhibits.telling.reach(cells) if cells else ""
        return " · ".join(one for one in (reach, *dict.fromkeys(remarks)) if one)

    def _metric_note(self, grain: bool = False) -> str:
        """Which days, how it is counted, in which unit."""
        board, say = self.board, self.words
        metric = board.metric
        variant = name_and_variant(metric.name[say.language])[1]
        days = board.trend_span if grain else board.span
        told = (variant, metric.unit_name(say.language), label(days, None, say.language))
        return " · ".join(one for one in told if one)

    def _nothing(self, text: str) -> Markup:
        return Markup('<p class="ioc-large__nothing">{}</p>').format(text)

    # ---- chart and map

    def chart(self, room: Room) -> Markup:
        exhibit, metric = self.exhibits.trend(), self.board.metric
        cells = self.board.series[metric.id]
        found = next((one for one in exhibit.charts if isinstance(one, Points)), None)

        def drawn(width: float, height: float) -> Markup:
            if found is None:
                return self._nothing(self.words("value.none"))
            return picture.chart(found, width, height)

        head = self._short, self._target_note(self._metric_note(grain=True), cells)
        return self._tile(room, head, drawn, cells, exhibit.remarks)

    @property
    def _short(self) -> str:
        return self.exhibits.telling.short(self.board.metric)

    def _target_note(self, note: str, cells: Sequence[Cell]) -> str:
        promised = [cell.target for cell in cells if cell.target is not None]
        if not promised:
            return note
        metric = self.board.metric
        sign = "≥" if metric.better is Better.HIGHER else "≤"
        goal = fmt.goal(promised[-1], metric.unit, self.words.language)
        return f"{note} · {self.words('wall.dashed')} {sign}{fmt.SPACE}{goal}"

    def map(self, room: Room) -> Markup:
        say = self.words
        compared, found = self.exhibits.compared, self.inside.mapped
        figure = compared.map(self.scheme)
        place = self.exhibits.telling.place(self.inside.mapped_in)

        def drawn(width: float, height: float) -> Markup:
            if not figure["data"]:
                return self._nothing(say("wall.no_map"))
            legend = html_of(compared.map_foot())
            rows = 1 + 2 * (width < CONCERN_WIDTH)
            title = say("map.title", area=place)
            room = height - rows * LEGEND_ROW - 0.8 - LEADING * self._caption_lines(width)
            shown = picture.area_map(figure, width, room, title)
            return shown + Markup('<div class="ioc-large__legend">{}</div>').format(legend)

        remarks = (compared.unfit, *self.exhibits.telling.remarks(found))
        head = self._short, f"{place} · {self._metric_note()}"
        return self._tile(room, head, drawn, found, remarks)

    def _caption_lines(self, width: float) -> int:
        """How many lines what must be said of a map's boundaries takes."""
        shapes = shapes_within(self.inside.mapped_in, self.board.map_day)
        caption = f"{shapes.caption}. {shapes.credit}" if shapes else ""
        return len(lines_of(caption, width * SAFE, 1.0, BOLD))

    # ---- ranking

    def ranking(self, room: Room) -> Markup:
        board, say = self.board, self.words
        compared, cells = self.exhibits.compared, self.inside.members
        lines = [compared.standing(cell) for cell in cells]
        placed = ranked(board.metric, lines, board.view.order)
        standing = [(rank, one) for rank, one in placed if rank is not None]
        values = {one.cell.value for _, one in standing}

        def drawn(width: float, height: float) -> Markup:
            if compared.unfit or not standing:
                return self._nothing(compared.unfit or say("ranking.none"))
            if len(values) == 1 and len(standing) > 1:
                value = fmt.shown(values.pop(), board.metric.unit, say.language)
                told = say("export.all_equal", count=len(standing), value=value)
                return self._nothing(told)
            return self._lists(standing, width, height)

        without = len(placed) - len(standing)
        told = (say("wall.unranked", count=without, of=len(placed)),) if without else ()
        place = self.exhibits.telling.place(self.inside.listed_in)
        title = say("export.ranking", metric=self._short, area=place)
        remarks = (*told, *self.exhibits.telling.remarks(cells))
        return self._tile(room, (title, self._metric_note()), drawn, cells, remarks)

    def _lists(
        self, standing: Sequence[tuple[int | None, Standing]], width: float, height: float
    ) -> Markup:
        """Both ends, those that need somebody first: beside each other where there is room."""
        best, worst = ("best", "worst")
        if self.board.metric.better is Better.NEUTRAL:
            best, worst = ("smallest", "largest")
        if width >= TWO_LISTS:
            half = (width - 2.0) / 2
            room = (half, height)
            ends = [standing, standing[::-1]]
            if len(standing) * ROW <= height - ROW:
                return self._list(worst, standing, (width, height))
            lists = [
                self._list(name, one, room) for name, one in zip((worst, best), ends, strict=True)
            ]
            return Markup('<div class="ioc-ends">{}</div>').format(Markup("").join(lists))
        if len(standing) * ROW <= height - ROW:
            return self._list(worst, standing, (width, height))
        first = self._list(worst, standing, (width, height * 0.6))
        return first + self._list(best, standing[::-1], (width, height * 0.4))

    def _list(
        self,
        name: str,
        standing: Sequence[tuple[int | None, Standing]],
        room: tuple[float, float],
    ) -> Markup:
        """As many lines as there is room for, none of them cut."""
        width, height = room
        unit, language = self.board.metric.unit, self.words.language
        top = max(one.cell.value or 0.0 for _, one in standing)
        scale = 100.0 if unit == "percent" and top <= 100 else max(top, 1.0)
        texts = [fmt.figure(one.cell.value, unit, language, one.cell.target) for _, one in standing]
        number = max(width_of(text, 1.25, BOLD) for text in texts) + 0.4
        bar = LEAST_BAR if width >= ROOM_FOR_BARS else 0.0
        names = width - RANK_WIDTH - number - MARK_WIDTH - bar - 2.4
        longest = max(width_of(one.name, 1.15) for _, one in standing) + 0.3
        names = min(names, longest) if bar else names
        rows: list[Markup] = []
        left = height - ROW
        for text, (rank, one) in zip(texts, standing, strict=True):
            tall = ROW + SECOND_LINE * (len(lines_of(one.name, names, 1.15)) - 1)
            if left < tall:
                break
            left -= tall
            rows.append(self._line(rank, one, text, scale if bar else None))
        style = f"--names:{names:.2f}rem;--number:{number:.2f}rem"
        return Markup(
            '<section class="ioc-end{}" style="{}"><h3 class="ioc-end__title">{}</h3>{}</section>'
        ).format(
            "" if bar else " ioc-end--bare",
            style,
            self.words(f"wall.{name}"),
            Markup("").join(rows),
        )

    def _line(self, rank: int | None, one: Standing, text: str, scale: float | None) -> Markup:
        """One area; without a scale there is no room for a bar."""
        cell = one.cell
        judged = cell.target is not None
        mark = marks.status_mark(cell.status, self.words) if judged else None
        status = f"ioc-end__fill--{cell.status}" if judged else ""
        bar = Markup("")
        if scale is not None:
            bar = BAR.format(status, 100 * max(cell.value or 0.0, 0.0) / scale)
        return Markup(
            '<p class="ioc-end__row"><span class="ioc-end__rank">{}</span>'
            '<span class="ioc-end__name">{}</span>{}<span class="ioc-end__value">{}</span>{}</p>'
        ).format(rank, one.name, bar, text, html_of(mark) if mark else "")

    # ---- what needs somebody

    def concerns(self, room: Room) -> Markup:
        missed = self.inside.missed()
        cells = [cell for one in missed for cell in (one.own, *one.cells)]
        shown = cells or list(self.board.headline.values())

        def drawn(width: float, height: float) -> Markup:
            if not missed:
                return self._nothing(self.inside.none_missed(self.words))
            return self._concerns(missed, width, height)

        place = self.exhibits.telling.place(self.board.area)
        days = label(self.board.span, None, self.words.language)
        head = self.words("attention.title"), f"{place} · {days} · {self.words('attention.note')}"
        return self._tile(room, head, drawn, [one for one in shown if one.value is not None])

    def _concerns(self, missed: Sequence[Missed], width: float, height: float) -> Markup:
        columns = max(1, int(width // CONCERN_WIDTH))
        room = (width - 1.2 * (columns - 1)) / columns
        items = [self._concern(one, room) for one in missed]
        full = height - FOOT_ROW if sum(tall for tall, _ in items) > columns * height else height
        lists: list[list[Markup]] = [[] for _ in range(columns)]
        left, column, shown = full, 0, 0
        for tall, html in items:
            if tall > left and column + 1 < columns:
                left, column = full, column + 1
            if tall > left:
                break
            lists[column].append(html)
            left, shown = left - tall, shown + 1
        rest = len(items) - shown
        told = self.words("wall.more", count=rest) if rest else ""
        joined = [Markup("<div>{}</div>").format(Markup("").join(one)) for one in lists]
        return Markup('<div class="ioc-concerns">{}</div><p class="ioc-large__more">{}</p>').format(
            Markup("").join(joined), told
        )

    def _concern(self, one: Missed, width: float) -> tuple[float, Markup]:
        """How high it is, and its words: what, by how much, where, since when, whose it is."""
        say, metric, language = self.words, one.metric, self.words.language
        inner = (width - 3.2) * SAFE
        value = fmt.shown(one.own.value, metric.unit, language)
        goal = next(cell.target for cell in (one.own, *one.cells) if cell.target is not None)
        sign = "≥" if metric.better is Better.HIGHER else "≤"
        target = f"{sign}{fmt.SPACE}{fmt.goal(goal, metric.unit, language)}"
        what = metric.short[language]
        told = f"{value}, {say('attention.target', target=target)}"
        worst = ", ".join(
            f"{self._named(cell)} {fmt.shown(cell.value, metric.unit, language)}"
            for cell in one.cells[: MOST_CULPRITS if inner > ROOM_FOR_MANY else FEW_CULPRITS]
        )
        counted = say("attention.count", missed=len(one.cells), judged=one.judged)
        where = f"{counted}. {say('attention.worst')} {worst}" if worst else ""
        since = Sections(self.board, self.inside, say).since(metric)
        owner = say("attention.owner", owner=metric.owner)
        whose = " · ".join(part for part in (since, owner) if part)
        lines = [
            (1.3, lines_of(f"{what} {told}", inner, 1.3, BOLD)),
            (1.05, lines_of(where, inner, 1.05) if where else []),
            (1.05, lines_of(whose, inner, 1.05)),
        ]
        tall = sum(size * LEADING * len(found) for size, found in lines) + 1.5
        is_own = one.own.status == "missed" and one.own.freshness not in STALE
        mark = marks.status_mark("missed" if is_own else one.own.status, say)
        return tall, Markup(
            '<section class="ioc-concern">{}<div><p class="ioc-concern__what">{} <b>{}</b></p>'
            '<p class="ioc-concern__more">{}</p><p class="ioc-concern__more">{}</p></div></section>'
        ).format(html_of(mark), what, told, where, whose)

    def _named(self, cell: Cell) -> str:
        return self.exhibits.telling.place(self.board.register.get(cell.area_id))

    # ---- the index of Decision 766

    def index766(self, room: Room) -> Markup:
        exhibit = MoreExhibits(self.board, self.words).index766()
        table = exhibit.table
        rows = (
            [] if table is None else [row for row in table.rows if not row[0].text.startswith("–")]
        )

        def drawn(_width: float, height: float) -> Markup:
            return self._groups(rows, height)

        known = (exhibit.source.split(" · ")[1],) if " · " in exhibit.source else ()
        note = label(self.board.span, None, self.words.language)
        return self._tile(room, (exhibit.title, note), drawn, [], (*known, *exhibit.remarks))

    def _groups(self, rows: Sequence[tuple[Entry, ...]], height: float) -> Markup:
        """A line for each group: its points as a bar of the most there are."""
        say = self.words
        each = height / max(len(rows), 1)
        found = []
        for row in rows:
            name, most, score, official, note = row[0], row[1], row[2], row[3], row[6]
            share = _share(score, most)
            points = f"{score.text or fmt.MISSING} / {most.text}"
            told = f"{say('export.official_points')}: {official.text}" if official.text else ""
            more = " · ".join(part for part in (told, note.text) if part)
            found.append(
                Markup(
                    '<div class="ioc-group"><p class="ioc-group__name"><span>{}</span><b>{}</b></p>'
                    '<span class="ioc-end__bar"><span class="ioc-end__fill" style="width:{:.1f}%">'
                    '</span></span><p class="ioc-group__more">{}</p></div>'
                ).format(name.text, points, share, more if each > 4.4 else "")
            )
        return Markup('<div class="ioc-groups">{}</div>').format(Markup("").join(found))

    # ---- sources

    def sources(self, room: Room, sources: Sources) -> Markup:
        """Every source, those in trouble first: its state and how far its data reach."""
        board, say = self.board, self.words
        titles = board.source_titles(say.language)
        found = sorted(sources.all, key=lambda one: -one.state.severity)
        troubled = [one for one in found if one.state.severity > Freshness.HOLIDAY.severity]
        note = (
            say("wall.troubled", count=len(troubled), of=len(found))
            if troubled
            else say("shell.all_well", count=len(found))
        )

        def drawn(width: float, height: float) -> Markup:
            columns = max(1, int(width // CONCERN_WIDTH))
            fitting = columns * int((height - FOOT_ROW) // 2.9)
            rows = [
                Markup('<p class="ioc-source-row"><span>{}</span>{}</p>').format(
                    titles.get(one.id, one.id),
                    html_of(marks.freshness(one.state, one.data_as_of, say)),
                )
                for one in found[:fitting]
            ]
            rest = len(found) - len(rows)
            more = say("shell.other_sources", count=rest) if rest else ""
            return Markup(
                '<div class="ioc-source-rows" style="--columns:{}">{}</div>'
                '<p class="ioc-large__more">{}</p>'
            ).format(columns, Markup("").join(rows), more)

        built = fmt.instant(board.snapshot.built_at, say.language)
        told = say("shell.snapshot", version=board.snapshot.version, built=built)
        return self._tile(room, (say("shell.sources"), note), drawn, [], (told,))


def _share(score: Entry, most: Entry) -> float:
    """Points of the most there are, in percent; 0 where there are none."""
    points, top = score.value, most.value
    if not isinstance(points, int | float) or not isinstance(top, int | float) or not top:
        return 0.0
    return 100 * points / top


def _state(cells: Sequence[Cell]) -> str:
    """The worst state of values there are."""
    states = [
        Freshness(cell.freshness) for cell in cells if cell.value is not None and cell.freshness
    ]
    return max(states, key=lambda one: one.severity).value if states else ""


def ticker(lines: Iterator[tuple[str, str, Markup]]) -> Markup:
    """Lines of (name, value, verdict), of which the browser shows one after the other."""
    items = [
        Markup('<p class="ioc-ticker__item"{}>{} <b>{}</b> {}</p>').format(
            Markup(" hidden") if number else "", name, value, verdict
        )
        for number, (name, value, verdict) in enumerate(lines)
    ]
    return Markup('<article class="ioc-tile ioc-ticker" data-ticker>{}</article>').format(
        Markup("").join(items)
    )
