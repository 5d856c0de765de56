"""Every area of a level in order of one metric: page by page, sorted, grouped, with its total.

The ranking of a panel shows who is first and last; this is the whole of it: 148 communes of a
province, or all 3,321 of the country. Sorting, grouping and cutting into pages are done here, so a
browser never gets more than one page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from urllib.parse import urlencode

from dashboards import format as fmt
from dashboards.board import Board, first_of_each
from dashboards.cells import Cell, cells
from dashboards.components import marks
from dashboards.components.catalogue import adding
from dashboards.components.choices import Option, segment
from dashboards.components.head import page_head, panel_head
from dashboards.components.markup import Content, Tree, tag
from dashboards.components.paging import page_ways
from dashboards.components.states import empty
from dashboards.geography import REORGANISED
from dashboards.inside import Inside
from dashboards.narrowing import unfit_text
from dashboards.places import area_title, area_view, crumbs
from dashboards.sections import Sections, basis
from dashboards.selection import COLUMNS, GroupedBy, View
from dashboards.text import Words
from domain.area import Area, Boundaries, Level
from domain.errors import ScopeError, SelectionError
from domain.period import Span
from domain.vietnamese import SortKey, sort_key
from metrics.query import query
from metrics.ranking import NOT_RANKED, Entry, standings
from metrics.selection import By
from metrics.status import Reason

ROWS = 50
STATUSES = ("missed", "near", "met", "unknown")


@dataclass(frozen=True)
class Line:
    """One area: its value now and before, its rank or why it has none, what it lies in."""

    cell: Cell
    before: float | None
    name: str
    href: str
    rank: int | None
    not_ranked: str
    around: str = ""
    around_id: str = ""

    @property
    def change(self) -> float | None:
        """How much more the value is than before."""
        value = self.cell.value
        return None if value is None or self.before is None else value - self.before


@dataclass(frozen=True)
class Standings:
    """The page of one board, in one language."""

    board: Board
    words: Words

    @property
    def view(self) -> View:
        return self.board.view

    # ---- which areas

    @cached_property
    def within(self) -> Area:
        """The area whose inside is listed; for a commune what it lies in."""
        return Inside(self.board).listed_in

    @cached_property
    def levels(self) -> list[Level]:
        """The levels there are inside, the widest first."""
        board = self.board
        then = board.boundaries is Boundaries.THEN and board.map_day < REORGANISED
        deeper = [level for level in Level if level.depth > self.within.level.depth]
        return [
            level
            for level in deeper
            if level in self.board.metric.levels and (then or level is not Level.DISTRICT)
        ]

    @cached_property
    def level(self) -> Level | None:
        """The level that is listed: as chosen, else the widest; None where there is none."""
        chosen = self.view.level
        return chosen if chosen in self.levels else next(iter(self.levels), None)

    def _values(self, span: Span, level: Level) -> list[Cell]:
        board = self.board
        if board.unfit(board.metric):
            return []
        asked = board.selection(self.within, [board.metric.id], span, by=By.AREA)
        asked = replace(asked, level=level)
        try:
            frame = query(asked, board.scope, board.snapshot, now=board.now, rules=board.rules)
        except SelectionError:  # nothing of the level lies in the area then
            return []
        return list(first_of_each(cells(frame), lambda cell: cell.area_id).values())

    @cached_property
    def lines(self) -> list[Line]:
        """Every area listed, by rank."""
        if self.level is None:
            return []
        now, before = self._values(self.board.span, self.level), self._before(self.level)
        entries = (
            Entry(
                one.area_id,
                one.area_name,
                one.value,
                one.denominator,
                one.freshness,
                one.status_reason,
            )
            for one in now
        )
        by_id = {one.area_id: one for one in now}
        placed = standings(entries, self.board.metric.better)
        return [
            self._line(by_id[one.key], before.get(one.key), one.rank, one.not_ranked)
            for one in placed
        ]

    def _before(self, level: Level) -> Mapping[str, float | None]:
        board = self.board
        if board.compared_span is None:
            return {}
        found = self._values(board.compared_span, level)
        register, is_like = board.register, board.is_like_before
        return {one.area_id: one.value for one in found if is_like(register.get(one.area_id))}

    def _line(self, cell: Cell, before: float | None, rank: int | None, why: str) -> Line:
        board = self.board
        area = board.register.get(cell.area_id)
        href = area_view(_unsorted(board.view), area, board.span.last_day, page="area").href()
        around = self._around(area)
        return Line(
            cell,
            before,
            area_title(area, board.map_day),
            href,
            rank,
            why,
            area_title(around, board.map_day) if around else "",
            around.area_id if around else "",
        )

    def _around(self, area: Area) -> Area | None:
        """What an area lies in, where that is not what is listed."""
        above = self.board.register.ancestors(area.area_id, self.board.map_day)
        ids = [above[level] for level in Level if level in above and level is not area.level]
        nearest = ids[-1] if ids else self.within.area_id
        return None if nearest == self.within.area_id else self.board.register.get(nearest)

    # ---- sorted, grouped, cut into pages

    @property
    def group(self) -> GroupedBy:
        """What lines are gathered by: what they lie in only where they lie in several."""
        grouped = self.view.group
        if grouped is GroupedBy.ABOVE and not any(one.around for one in self.lines):
            return GroupedBy.NONE
        return grouped

    @cached_property
    def ordered(self) -> list[Line]:
        """All lines as they are sorted; those without what is sorted by come last."""
        name, falls = self.view.column.removeprefix("-"), self.view.column.startswith("-")
        by = _KEYS[name]
        known = [one for one in self.lines if by(one) is not None]
        known.sort(key=by, reverse=falls)  # type: ignore[arg-type]  # those left have one
        lines = [*known, *(one for one in self.lines if by(one) is None)]
        return sorted(lines, key=self._group_key) if self.group is not GroupedBy.NONE else lines

    def _group_key(self, line: Line) -> int | SortKey:
        if self.group is GroupedBy.STATUS:
            return STATUSES.index(line.cell.status)
        return sort_key(line.around)

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.ordered) // ROWS))

    @property
    def number(self) -> int:
        """The page shown: the last where the address asks for one beyond it."""
        return min(self.view.number, self.pages)

    @property
    def shown(self) -> list[Line]:
        first = ROWS * (self.number - 1)
        return self.ordered[first : first + ROWS]

    @cached_property
    def group_cells(self) -> dict[str, Cell]:
        """The own value of everything that lines are gathered by: asked for, never added up."""
        if self.group is not GroupedBy.ABOVE or self.level is None:
            return {}
        level = self.board.register.get(self.lines[0].around_id or self.within.area_id).level
        return {one.area_id: one for one in self._values(self.board.span, level)}

    # ---- the page

    def head(self) -> list[Tree]:
        """Where we are, and of what."""
        board, say = self.board, self.words
        told = Sections(board, Inside(board), say)
        path = crumbs(_unsorted(board.view), board.area, board.register, board.span.last_day)
        title = say("standings.title", area=area_title(self.within, board.map_day))
        return page_head(title, [told.lead()], path, say, told.aside())

    def panel(self) -> list[Tree]:
        """The table with its choices, its pages and its total."""
        say, metric = self.words, self.board.metric
        head = panel_head(metric.name[say.language], self._note(), *self._choices(), level=2)
        top = tag("div", *head, cls="ioc-panel__head ioc-standings__head")
        if not any(one.cell.value is not None for one in self.lines):
            names = self.board.unfit(metric)
            why = unfit_text(names, say) if names else say("ranking.none")
            return [top, tag("div", empty(why, icon="list-checks"), cls="ioc-panel__body")]
        return [top, tag("div", self._table(), cls="ioc-panel__body"), self._pages(), self._foot()]

    def _note(self) -> str:
        count = fmt.number(len(self.lines), 0, self.words.language)
        return f"{self.words('standings.count', count=count)} · {self._adding()}"

    def _adding(self) -> str:
        return self.words(f"adding.{adding(self.board.metric)}")

    def _choices(self) -> list[Tree]:
        say, view = self.words, self.view
        levels = [
            Option(say(f"standings.{one}"), view.href(level=one, number=1), one is self.level)
            for one in self.levels
        ]
        groups = [
            Option(say(f"group.{one}"), view.href(group=one, number=1), one is self.group)
            for one in GroupedBy
            if one is not GroupedBy.ABOVE or any(line.around for line in self.lines)
        ]
        return [
            *([segment(say("standings.level"), levels)] if len(levels) > 1 else []),
            segment(say("group.label"), groups),
        ]

    def _table(self) -> Tree:
        say = self.words
        caption = say(
            "standings.caption",
            metric=self.board.metric.name[say.language],
            page=self.number,
            pages=self.pages,
            column=say(f"column.{self.view.column.removeprefix('-')}"),
        )
        return tag(
            "div",
            tag(
                "table",
                tag("caption", caption, cls="ioc-sr"),
                tag("thead", tag("tr", *map(self._heading, self._columns))),
                tag("tbody", *self._body()),
                tag("tfoot", self._total()),
                cls="ioc-table ioc-table--sticky ioc-standings",
            ),
            cls="ioc-table-wrap",
            tabindex=0,
            role="region",
            aria_label=caption,
        )

    @property
    def _columns(self) -> list[str]:
        """The columns that say something here."""
        metric, lines = self.board.metric, self.lines
        has = {
            "around": any(one.around for one in lines) and self.group is not GroupedBy.ABOVE,
            "numerator": metric.is_rate,
            "denominator": metric.is_rate,
            "status": any(one.cell.target is not None for one in lines),
            "change": bool(basis(self.board, self.words)),
        }
        return [name for name in COLUMNS if has.get(name, True)]

    def _heading(self, name: str) -> Tree:
        """A column's heading; chosen once it sorts one way, chosen again the other."""
        say, now = self.words, self.view.column
        is_number = name in _NUMBERS
        usual, other = (f"-{name}", name) if name in _LARGEST_FIRST else (name, f"-{name}")
        wanted = other if now == usual else usual
        is_sorted = now.removeprefix("-") == name
        text = self._column_title(name)
        link = tag("a", text, href=self.view.href(column=wanted, number=1), cls="ioc-docket__sort")
        sorted_by = ("descending" if now.startswith("-") else "ascending") if is_sorted else None
        kind = "ioc-num" if is_number else None
        return tag("th", link, scope="col", cls=kind, aria_sort=sorted_by, title=say("column.sort"))

    def _column_title(self, name: str) -> str:
        if name == "value":
            metric, language = self.board.metric, self.words.language
            return f"{metric.short[language]} ({metric.unit_name(language)})"
        if name == "change":
            return basis(self.board, self.words)
        return self.words(f"column.{name}")

    def _body(self) -> list[Tree]:
        if self.group is GroupedBy.NONE:
            return [self._row(one) for one in self.shown]
        rows: list[Tree] = []
        for _, lines in groupby(self.shown, self._group_key):
            some = list(lines)
            rows += [self._group_row(some[0]), *(self._row(one) for one in some)]
        return rows

    def _group_row(self, first: Line) -> Tree:
        """What follows is gathered by this; of an area with its own value, never an average."""
        say = self.words
        if self.group is GroupedBy.STATUS:
            of = sum(one.cell.status == first.cell.status for one in self.lines)
            text = f"{say(f'status.{first.cell.status}')} ({fmt.number(of, 0, say.language)})"
            return self._spanning(text)
        of = sum(one.around_id == first.around_id for one in self.lines)
        text = f"{first.around} ({fmt.number(of, 0, say.language)})"
        own, title = self.group_cells.get(first.around_id), self._inside(first, text)
        return self._spanning(title) if own is None else self._whole(title, own)

    def _inside(self, line: Line, text: str) -> Content:
        """What a line lies in, leading to the ranking inside it."""
        if not line.around_id:
            return text
        area = self.board.register.get(line.around_id)
        there = area_view(self.view, area, self.board.span.last_day, group=GroupedBy.NONE)
        return tag("a", text, href=there.href())

    def _spanning(self, text: Content) -> Tree:
        heading = tag("th", text, scope="rowgroup", colspan=len(self._columns))
        return tag("tr", heading, cls="ioc-standings__group")

    def _whole(self, text: Content, cell: Cell) -> Tree:
        """The line of a whole: its own value under the columns of its parts."""
        names = ("value", "numerator", "denominator")
        told: dict[str, Content] = {name: self._figure(name, cell) for name in names}
        told["status"] = self._verdict(cell)
        heading = tag("th", text, scope="rowgroup")
        return tag(
            "tr",
            heading,
            *(self._cell(name, told.get(name)) for name in self._columns[1:]),
            cls="ioc-standings__group",
        )

    def _row(self, one: Line) -> Tree:
        cell, say = one.cell, self.words
        told: dict[str, Content] = {
            "rank": fmt.MISSING if one.rank is None else str(one.rank),
            "around": self._inside(one, one.around),
            "value": self._figure("value", cell),
            "numerator": self._figure("numerator", cell),
            "denominator": self._figure("denominator", cell),
            "status": self._verdict(cell),
            "change": marks.change(self.board.metric, cell.value, one.before, "", say),
        }
        if one.not_ranked:
            why = NOT_RANKED[Reason(one.not_ranked)][say.language]
            told["rank"] = tag("span", say("standings.unranked"), title=why, cls="ioc-table__none")
        name = tag("th", tag("a", one.name, href=one.href), scope="row")
        is_self = cell.area_id == self.board.area.area_id
        return tag(
            "tr",
            name,
            *(self._cell(column, told[column]) for column in self._columns[1:]),
            aria_current="true" if is_self else None,
        )

    def _cell(self, column: str, content: Content) -> Tree:
        return tag("td", content, cls="ioc-num" if column in _NUMBERS else None)

    def _figure(self, name: str, cell: Cell) -> str:
        metric, language = self.board.metric, self.words.language
        if name == "value":
            text = fmt.figure(cell.value, metric.unit, language)
            return f"≈\u00a0{text}" if cell.estimated and cell.value is not None else text
        return fmt.number(getattr(cell, name), 0, language)

    def _verdict(self, cell: Cell) -> Content:
        if cell.value is None:
            return self.words("value.none")
        if cell.target is None:
            return ""
        return marks.status(cell.status, self.words, why=marks.why_unknown(cell, self.words))

    def _total(self) -> Tree:
        """The whole's own value, asked for like any other; and whether the lines add up to it."""
        board, say = self.board, self.words
        text = say("standings.whole", area=area_title(self.within, board.map_day))
        own = self._whole_cell
        row = self._whole(text, own) if own is not None else self._spanning(text)
        return [row[0], {**row[1], "className": "ioc-table__total"}, *row[2:]]

    @cached_property
    def _whole_cell(self) -> Cell | None:
        """The whole's own value; None where it is not for whoever looks."""
        board = self.board
        if self.within is board.area:
            return board.headline[board.metric.id]
        try:
            found = board.values(self.within, [board.metric.id], board.span)
        except ScopeError:
            return None
        return next(iter(first_of_each(found, lambda cell: cell.area_id).values()), None)

    def _sum(self) -> str:
        """Whether the counts of the lines make up the whole's, and how much is not in any line.

        What departments do for all of a province lies in the province and in no commune of it.
        """
        board, metric, own = self.board, self.board.metric, self._whole_cell
        if metric.is_looked_up or board.scope.least or own is None:
            return ""
        name = "denominator" if metric.is_rate else "value"
        whole = getattr(own, name)
        if whole is None:
            return ""
        counted = sum(getattr(one.cell, name) or 0 for one in self.lines)
        rest = round(whole - counted)
        key = "standings.sum" if rest else "standings.sum_all"
        figures = {"counted": counted, "whole": whole, "rest": rest}
        told = {gap: fmt.number(number, 0, self.words.language) for gap, number in figures.items()}
        count = (
            self.words(f"column.{name}") if metric.is_rate else metric.short[self.words.language]
        )
        return self.words(key, what=count, **told)

    def _pages(self) -> Tree:
        say, language = self.words, self.words.language
        first = ROWS * (self.number - 1) + 1
        last = first + len(self.shown) - 1
        whole = fmt.number(len(self.ordered), 0, language)
        told = say("standings.shown", shown=f"{first}–{last}", whole=whole)
        return page_ways(self.view, self.number, self.pages, told, say)

    def _foot(self) -> Tree:
        board, say = self.board, self.words
        href = board.download_href(board.metric.id, listed_in=self.within)
        href += f"&{urlencode({'level': self.level.value})}" if self.level else ""
        return tag(
            "p",
            tag("span", self._sum()),
            tag("a", say("definition.csv"), href=href, download=True),
            cls="ioc-panel__foot",
        )


def _unsorted(view: View) -> View:
    """The view without what only the table knows."""
    return view.model_copy(
        update={"column": "rank", "group": GroupedBy.NONE, "level": None, "number": 1}
    )


_NUMBERS = ("rank", "value", "numerator", "denominator", "change")
_LARGEST_FIRST = ("value", "numerator", "denominator", "change")
_KEYS: dict[str, Callable[[Line], object | None]] = {
    "name": lambda one: sort_key(one.name.partition(" ")[2] or one.name),
    "rank": lambda one: one.rank,
    "around": lambda one: sort_key(one.around),
    "value": lambda one: one.cell.value,
    "numerator": lambda one: one.cell.numerator,
    "denominator": lambda one: one.cell.denominator,
    "status": lambda one: STATUSES.index(one.cell.status),
    "change": lambda one: one.change,
}
