"""A slide as the browser gets it: pages of tiles, each with its place, its HTML and its digest.

What is the same has the same digest, so the browser redraws nothing else.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from markupsafe import Markup

from dashboards import format as fmt
from dashboards.board import Board
from dashboards.cells import Cell
from dashboards.components import marks
from dashboards.exports.drawing.pen import BOLD, lines_of
from dashboards.places import area_title
from dashboards.wall.layout import Part, Placed, Room, pages
from dashboards.wall.playlist import WITHOUT_FIGURES, Slide, Tile
from dashboards.wall.safe import html_of
from dashboards.wall.stage import Stage
from dashboards.wall.tiles import LargeTile, ticker
from dashboards.wall.value import Values
from domain.errors import IocError, ScopeError

MAP_SHARE = 1.15
LARGEST_WORDS, SMALLEST_WORDS = 4.0, 1.2
IMAGE_PLACE = "/wall-image/"
PROBLEM = Markup(
    '<article class="ioc-tile ioc-words ioc-words--problem"><p>{}</p><p>{}</p></article>'
)


@dataclass(frozen=True)
class Drawing:
    """What is drawn into a room, and what it tells about itself."""

    part: Part
    draw: Any
    cells: tuple[Cell, ...] = ()
    red: str = ""


@dataclass(frozen=True)
class Show:
    """The slides of a stage, drawn."""

    stage: Stage
    _boards: dict[str, Board] = field(default_factory=dict)

    def slide(self, slide: Slide) -> dict[str, Any]:
        """The slide as JSON: title, place, pages of tiles, and the targets missed on it.

        Raises StoreError; what a tile cannot be asked for stands in its place as a sentence.
        """
        drawings = [one for at, tile in enumerate(slide.tiles) for one in self._drawn(at, tile)]
        by_key = {one.part.key: one for one in drawings}
        laid = pages([one.part for one in drawings], self.stage.sheet)
        cells = [cell for one in drawings for cell in one.cells]
        return {
            "title": self._title(slide),
            "place": self._place(slide),
            "pages": [self._page(page, by_key) for page in laid],
            "reds": sorted(one.red for one in drawings if one.red),
            "simulated": any(cell.simulated for cell in cells) or self._is_simulated(slide),
            "foot": self._foot(cells),
        }

    def _title(self, slide: Slide) -> str:
        title = slide.title or self.stage.playlist.title
        return title.in_language(self.stage.language)

    def _place(self, slide: Slide) -> str:
        """The area the slide is about; nothing where its tiles are about none."""
        for tile in slide.tiles:
            if tile.kind not in WITHOUT_FIGURES:
                try:
                    board = self._board(tile)
                    return area_title(board.area, board.map_day)
                except IocError:
                    continue
        return ""

    def _is_simulated(self, slide: Slide) -> bool:
        """Tables of sources and of the index tell of sources rather than of values."""
        kinds = {tile.kind for tile in slide.tiles}
        is_told = any(source.is_simulated for source in self.stage.sources.all)
        return is_told and bool(kinds & {"sources", "index766"})

    def _foot(self, cells: Iterable[Cell]) -> str:
        """The sources behind the slide, and the snapshot."""
        stage, say = self.stage, self.stage.words
        names = dict.fromkeys(name for cell in cells for name in cell.sources)
        told = ", ".join(self._titles.get(name, name) for name in names)
        source = say("panel.source", source=told) if told else ""
        built = fmt.instant(stage.snapshot.built_at, stage.language)
        version = say("shell.snapshot", version=stage.snapshot.version, built=built)
        return " · ".join(part for part in (source, version) if part)

    @cached_property
    def _titles(self) -> dict[str, str]:
        return self._board(Tile(kind="sources")).source_titles(self.stage.language)

    def _page(self, page: Placed, by_key: dict[str, Drawing]) -> list[dict[str, str]]:
        return [self._tile(part.key, room, by_key[part.key]) for part, room in page]

    def _tile(self, key: str, room: Room, drawing: Drawing) -> dict[str, str]:
        try:
            html = str(drawing.draw(room))
        except IocError as error:
            html = str(self._problem(error))
        style = f"left:{room.x}rem;top:{room.y}rem;width:{room.width}rem;height:{room.height}rem"
        digest = hashlib.sha256(f"{style}\n{html}".encode()).hexdigest()[:16]
        return {"key": key, "digest": digest, "style": style, "html": html}

    # ---- tiles by kind

    def _board(self, tile: Tile, metrics: tuple[str, ...] | None = None) -> Board:
        """One board for all tiles that ask the same of it."""
        key = f"{tile.area} {tile.period} {tile.grain} {tile.metric} {metrics}"
        if key not in self._boards:
            self._boards[key] = self.stage.board(tile, metrics)
        return self._boards[key]

    def _drawn(self, at: int, tile: Tile) -> Iterator[Drawing]:
        """The drawings of a tile: one, or one for every value."""
        try:
            yield from self._figures(at, tile)
        except IocError as error:
            problem = self._problem(error)
            yield Drawing(Part(f"{at}", "large"), lambda _room: problem)

    def _figures(self, at: int, tile: Tile) -> Iterator[Drawing]:
        match tile.kind:
            case "values":
                yield from self._values(at, tile)
            case "ticker":
                yield self._ticker(at, tile)
            case "clock":
                yield Drawing(Part(f"{at}", "large"), lambda _room: CLOCK)
            case "text":
                yield Drawing(Part(f"{at}", "large"), lambda room: self._text(tile, room))
            case "image":
                yield Drawing(Part(f"{at}", "large"), lambda _room: _image(tile))
            case _:
                yield self._large(at, tile)

    def _problem(self, error: IocError) -> Markup:
        """What stands where something may not or cannot be shown: never a number."""
        say = self.stage.words
        if isinstance(error, ScopeError):
            return PROBLEM.format(say("wall.no_scope"), "")
        return PROBLEM.format(say("wall.cannot"), error.message)

    def _values(self, at: int, tile: Tile) -> Iterator[Drawing]:
        board = self._board(tile, tile.metrics)
        values = Values(board, self.stage.words)
        for name in values.order():
            red = f"{name}@{board.area.area_id}" if values.red(name) else ""
            draw = _bound(values.tile, name)
            yield Drawing(Part(f"{at}-{name}", "small"), draw, (board.headline[name],), red)

    def _large(self, at: int, tile: Tile) -> Drawing:
        title = tile.title.in_language(self.stage.language) if tile.title else ""
        metrics = tile.metrics or None
        board = self._board(tile, metrics)
        large = LargeTile(board, self.stage.words, title, self.stage.scheme)
        draw = {
            "chart": large.chart,
            "map": large.map,
            "ranking": large.ranking,
            "concerns": large.concerns,
            "index766": large.index766,
            "sources": lambda room: large.sources(room, self.stage.sources),
        }[tile.kind]
        share = MAP_SHARE if tile.kind == "map" else 1.0
        return Drawing(Part(f"{at}", "large", share), draw, tuple(self._cells(tile, large)))

    @staticmethod
    def _cells(tile: Tile, large: LargeTile) -> Iterable[Cell]:
        """The cells behind a large tile, for what the foot says of sources."""
        match tile.kind:
            case "chart":
                return large.board.series[large.board.metric.id]
            case "map":
                return large.inside.mapped
            case "ranking":
                return large.inside.members
            case "concerns":
                return large.board.headline.values()
            case _:
                return ()

    def _ticker(self, at: int, tile: Tile) -> Drawing:
        board, say = self._board(tile, tile.metrics), self.stage.words
        cells = tuple(board.headline[name] for name in Values(board, say).order())

        def lines() -> Iterator[tuple[str, str, Markup]]:
            for cell in cells:
                metric = board.catalogue.metric(cell.metric)
                value = fmt.shown(cell.value, metric.unit, say.language)
                unit = "" if metric.unit == "percent" else metric.unit_name(say.language)
                judged = cell.target is not None and cell.value is not None
                verdict = html_of(marks.status(cell.status, say)) if judged else Markup("")
                fresh = marks.freshness(cell.freshness, cell.data_as_of, say)
                told = verdict + (html_of(fresh) if cell.freshness else Markup(""))
                yield metric.short[say.language], f"{value} {unit}".strip(), told

        return Drawing(Part(f"{at}", "ticker"), lambda _room: ticker(lines()), cells)

    def _text(self, tile: Tile, room: Room) -> Markup:
        """Words as large as they fit."""
        language = self.stage.language
        text = tile.text.in_language(language) if tile.text else ""
        title = tile.title.in_language(language) if tile.title else ""
        paragraphs = [one for one in text.split("\n") if one.strip()]
        width, height = room.width - 4.0, room.height - 4.0 - (3.0 if title else 0.0)
        size = LARGEST_WORDS
        while size > SMALLEST_WORDS and _tall(paragraphs, width, size) > height:
            size -= 0.2
        told = Markup("").join(Markup("<p>{}</p>").format(one) for one in paragraphs)
        return Markup(
            '<article class="ioc-tile ioc-words"><h2>{}</h2><div style="font-size:{:.1f}rem">{}'
            "</div></article>"
        ).format(title, size, told)


def _tall(paragraphs: Iterable[str], width: float, size: float) -> float:
    return sum(
        size * 1.4 * len(lines_of(one, width, size, BOLD)) + size * 0.5 for one in paragraphs
    )


def _bound(draw: Any, name: str) -> Any:
    return lambda room: draw(name, room)


def _image(tile: Tile) -> Markup:
    return Markup('<article class="ioc-tile ioc-image"><img src="{}{}" alt="{}"></article>').format(
        IMAGE_PLACE, tile.image, tile.title.vi if tile.title else ""
    )


CLOCK = Markup(
    '<article class="ioc-tile ioc-bigclock"><p data-clock="time"></p><p data-clock="date"></p>'
    '<p data-clock="lunar"></p></article>'
)
