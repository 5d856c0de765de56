"""PPTX: a slide for each exhibit, with charts and tables that can be edited, in a template.

A template is any presentation: its master, its title and its typeface are used, whatever else is
on its slides is left out. Maps are pictures, because PowerPoint has no such chart.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from dashboards.exports.drawing import drawn
from dashboards.exports.exhibit import Chart, Entry, Exhibit, Folder, Mapped, Points, Table
from dashboards.exports.native import add_bars, add_lines, rgb
from dashboards.exports.picture import png
from dashboards.exports.slide_table import add_table, best_size, parted
from dashboards.text import Words, words
from domain.errors import ExportError

TEMPLATE = Path(__file__).with_name("template.pptx")
TABLE_SIZES = (12.0, 11.0, 10.0)
MARGIN = 0.045
SAID, BRIEF = 2, 220
"""So many explanations stand on a slide, in so many letters each."""
"""Of the slide's width, left free on both sides where the template's title says nothing."""
WIDEST = (12192000, 6858000)  # a slide that says nothing has PowerPoint's own size
TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
Row = tuple[Entry, ...]
FOOTERS = (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.SLIDE_NUMBER)


class Room(NamedTuple):
    """A part of a slide, in EMU."""

    left: int
    top: int
    width: int
    height: int

    @property
    def bottom(self) -> int:
        return self.top + self.height

    def columns(self, shares: Sequence[float], gap: int) -> list["Room"]:
        """The room cut into columns, as wide as their shares."""
        whole = self.width - gap * (len(shares) - 1)
        rooms, left = [], self.left
        for share in shares:
            width = int(whole * share / sum(shares))
            rooms.append(Room(left, self.top, width, self.height))
            left += width + gap
        return rooms


def pptx(folder: Folder, template: Path | None = None) -> bytes:
    """The presentation. Raises ExportError for a template that cannot be used."""
    deck = _Deck(folder, template or TEMPLATE)
    if folder.has_cover:
        deck.cover()
    for exhibit in folder.exhibits:
        deck.show(exhibit)
    return deck.saved()


class _Deck:
    """A presentation in the making."""

    def __init__(self, folder: Folder, template: Path) -> None:
        try:
            self.deck: Any = Presentation(str(template))
        except Exception as error:
            raise ExportError(
                f"{template} is not a PowerPoint presentation (.pptx). "
                "Save it as one, or take it away to use the shipped template."
            ) from error
        self.folder, self.template = folder, template
        self.say: Words = words(folder.language)
        self._empty()
        self.wide = int(self.deck.slide_width or WIDEST[0])
        self.tall = int(self.deck.slide_height or WIDEST[1])
        self.deck.core_properties.title = folder.title
        self.deck.core_properties.author = self.say("shell.name")
        self.deck.core_properties.language = folder.language

    def _empty(self) -> None:
        """Take the template's own slides out."""
        ids = self.deck.slides._sldIdLst
        for one in list(ids):
            self.deck.part.drop_rel(one.get(qn("r:id")))
            ids.remove(one)

    def saved(self) -> bytes:
        held = io.BytesIO()
        self.deck.save(held)
        return held.getvalue()

    # ---- slides

    def cover(self) -> None:
        """The first slide: what it is, about which area and days, and from which figures."""
        slide = self._slide(self._layout(PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.SUBTITLE))
        slide.shapes.title.text = self.folder.title
        subtitle = next(
            (one for one in slide.placeholders if _kind(one) == PP_PLACEHOLDER.SUBTITLE), None
        )
        told = [self.folder.subtitle, *(f"{name}: {text}" for name, text in self.folder.about)]
        if self.folder.simulated:
            told.append(self.say("mark.simulated"))
        if subtitle is not None:
            subtitle.text_frame.text = "\n".join(told)
            return
        room = self._room(slide)
        self._text(slide, room, told, 16)

    def show(self, exhibit: Exhibit) -> None:
        """The charts on one slide; the table on as many as it needs."""
        if exhibit.charts:
            slide, room = self._framed(exhibit, exhibit.title)
            self._charts(slide, exhibit.charts, room)
        elif exhibit.printed is None:
            slide, room = self._framed(exhibit, exhibit.title)
            self._text(slide, room, exhibit.remarks or [self.say("export.nothing_drawn")], 16)
        if exhibit.printed is not None:
            self._tables(exhibit, exhibit.printed)

    def _tables(self, exhibit: Exhibit, table: Table) -> None:
        """The rows on as many slides as they need; each says which one it is."""
        slide, room = self._framed(exhibit, exhibit.title)
        wide, tall = room.width / 12700, room.height / 12700
        size = best_size(table, wide, tall, [self._size(one) for one in TABLE_SIZES])
        parts = parted(table, wide, tall, size)
        for number, rows in enumerate(parts, start=1):
            if number > 1:
                slide, room = self._framed(exhibit, "")
            if len(parts) > 1:
                slide.shapes.title.text = f"{exhibit.title} ({number}/{len(parts)})"
            add_table(slide.shapes, table.columns, rows, room[:3], size)

    def _slide(self, layout: Any) -> Any:
        slide = self.deck.slides.add_slide(layout)
        for one in list(slide.placeholders):
            if _kind(one) not in (*TITLES, PP_PLACEHOLDER.SUBTITLE):
                one._element.getparent().remove(one._element)
        return slide

    def _layout(self, *wanted: Any) -> Any:
        """The layout with the placeholders wanted and the fewest others."""
        found: list[tuple[int, int, int, Any]] = []
        for layout in self.deck.slide_layouts:
            kinds = [_kind(one) for one in layout.placeholders]
            if set(TITLES) & set(kinds):
                missing = sum(kind not in kinds for kind in wanted)
                others = sum(kind not in (*wanted, *FOOTERS) for kind in kinds)
                found.append((missing, others, len(found), layout))
        if not found:
            raise ExportError(
                f"{self.template} has no layout with a title. Add one, "
                "or take the file away to use the shipped template."
            )
        return min(found)[3]

    def _framed(self, exhibit: Exhibit, title: str) -> tuple[Any, Room]:
        """A slide with title, lead, comment and source; the room that is left between them."""
        slide = self._slide(self._layout(PP_PLACEHOLDER.TITLE))
        slide.shapes.title.text = title
        room = self._room(slide)
        top, bottom = room.top, room.bottom
        self._text(slide, Room(room.left, top, room.width, self._points(16)), [exhibit.lead], 11)
        top += self._points(20)
        foot = self._foot(slide, exhibit, Room(room.left, bottom, room.width, 0))
        if spoken := self._spoken(exhibit):
            foot = self._comment(slide, spoken, Room(room.left, foot, room.width, 0))
        if exhibit.said:
            slide.notes_slide.notes_text_frame.text = "\n".join(exhibit.said)
        return slide, Room(room.left, top, room.width, foot - top - self._points(6))

    def _spoken(self, exhibit: Exhibit) -> str:
        """The comment, and the first explanations in brief: the notes hold all of them."""
        lines = [exhibit.comment] if exhibit.comment else []
        if exhibit.said:
            shown = [_brief(one) for one in exhibit.said[:SAID]]
            rest = len(exhibit.said) - len(shown)
            lines += [f"{self.say('export.said')}: {one}" for one in shown]
            lines += [self.say("export.said_rest", count=rest)] if rest else []
        return "\n".join(lines)

    def _points(self, count: float) -> int:
        """So many points of a slide 540 points high, on this one, in EMU."""
        return int(count * self.tall / 540)

    def _size(self, points: float) -> float:
        """A size of type for a slide 540 points high, on this one, in points."""
        return self._points(points) / 12700

    def _room(self, slide: Any) -> Room:
        """Below the title and above what the template has at the foot."""
        title = slide.shapes.title
        inset = int(title.text_frame.margin_left)
        left = int(title.left) + inset if title.left < self.wide * MARGIN * 2 else 0
        left = left or int(self.wide * MARGIN)
        top = int(title.top + title.height) + self._points(4)
        feet = [
            int(one.top)
            for one in slide.slide_layout.placeholders
            if _kind(one) in FOOTERS and one.top is not None and one.top > self.tall / 2
        ]
        bottom = min([*feet, self.tall - self._points(14)])
        return Room(left, top, self.wide - 2 * left, bottom - top)

    # ---- what stands on a slide

    def _text(
        self, slide: Any, room: Room, lines: Sequence[str], size: float, colour: str = "ink-3"
    ) -> Any:
        box = slide.shapes.add_textbox(*map(Emu, room))
        frame = box.text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for number, line in enumerate(lines):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            run = paragraph.add_run()
            run.text = line
            run.font.size = Pt(self._size(size))
            run.font.color.rgb = rgb(colour)
        return frame

    def _foot(self, slide: Any, exhibit: Exhibit, below: Room) -> int:
        """Remarks and source at the foot, with the number of the slide; where they begin."""
        remarks = " ".join(exhibit.remarks)
        letters = int(below.width / self._points(1) / 4.9)
        count = -(-len(remarks) // letters) + -(-(len(exhibit.source) + 20) // letters)
        height = self._points(12 * count + 2)
        room = below._replace(top=below.top - height, height=height)
        number = Room(
            room.left + room.width - self._points(40),
            room.bottom - self._points(12),
            self._points(40),
            self._points(12),
        )
        self._number(slide, number)
        room = room._replace(width=room.width - self._points(46))
        frame = self._text(slide, room, [remarks] if remarks else [], 9)
        paragraph = frame.add_paragraph() if remarks else frame.paragraphs[0]
        if exhibit.simulated:
            self._run(paragraph, f"{self.say('mark.simulated')}  ", 9, "near-ink", bold=True)
        self._run(paragraph, exhibit.source, 9, "ink-3")
        return room.top

    def _run(
        self, paragraph: Any, text: str, size: float, colour: str, *, bold: bool = False
    ) -> None:
        run = paragraph.add_run()
        run.text = text
        run.font.size, run.font.bold = Pt(self._size(size)), bold
        run.font.color.rgb = rgb(colour)

    def _number(self, slide: Any, room: Room) -> None:
        """The number of the slide, as a field that stays right when slides are moved."""
        frame = self._text(slide, room, [""], 9)
        paragraph = frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.RIGHT
        run = paragraph.runs[0]._r
        field = run.makeelement(
            qn("a:fld"), {"id": "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}", "type": "slidenum"}
        )
        for part in list(run):
            field.append(part)
        run.getparent().replace(run, field)

    def _comment(self, slide: Any, comment: str, below: Room) -> int:
        """What the maker of the pack says, in a quiet box above the source."""
        letters = int(below.width / self._points(1) / 6.4)
        lines = sum(-(-max(len(line), 1) // letters) for line in comment.split("\n"))
        height = self._points(17 * lines + 14)
        top = below.top - height - self._points(6)
        box = slide.shapes.add_shape(1, *map(Emu, (below.left, top, below.width, height)))
        box.fill.solid()
        box.fill.fore_color.rgb = rgb("hover")
        box.line.fill.background()
        box.shadow.inherit = False
        frame = box.text_frame
        frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE
        frame.text = comment
        for paragraph in frame.paragraphs:
            paragraph.alignment = PP_ALIGN.LEFT
            for run in paragraph.runs:
                run.font.size = Pt(self._size(14))
                run.font.color.rgb = rgb("ink")
        return top

    def _charts(self, slide: Any, charts: Sequence[Chart], room: Room) -> None:
        shares = [1.5 if isinstance(chart, Mapped) else 1.0 for chart in charts]
        rooms = room.columns(shares, self._points(18))
        size = self._size(12)
        for chart, part in zip(charts, rooms, strict=True):
            if isinstance(chart, Mapped):
                self._map(slide, chart, part)
                continue
            if isinstance(chart, Points):
                add_lines(slide.shapes, chart, part, size)
                continue
            head = Room(part.left, part.top, part.width, self._points(18))
            self._text(slide, head, [chart.title], 13, "ink").paragraphs[0].runs[0].font.bold = True
            body = Room(
                part.left, part.top + self._points(20), part.width, part.height - self._points(20)
            )
            add_bars(slide.shapes, chart, body, size)

    def _map(self, slide: Any, chart: Mapped, room: Room) -> None:
        """The map as a picture, sharp at twice the size it is shown in."""
        wide, tall = room.width / 12700, room.height / 12700
        picture = png(drawn(chart, wide * 0.75, tall * 0.75), 3.0)
        placed = slide.shapes.add_picture(io.BytesIO(picture), *map(Emu, room))
        placed._element.nvPicPr.cNvPr.set("descr", f"{chart.title}. {chart.caption}")


def _kind(placeholder: Any) -> Any:
    return placeholder.placeholder_format.type


def _brief(text: str) -> str:
    return text if len(text) <= BRIEF else f"{text[:BRIEF].rstrip()}…"
