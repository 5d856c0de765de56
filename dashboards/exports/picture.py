"""The charts of an exhibit as one picture with title and source: SVG, or PNG in two sizes."""

import io
import re
from typing import Any

import pypdfium2
from reportlab.graphics import renderPDF, renderSVG
from reportlab.graphics.shapes import Drawing, Group, Rect
from reportlab.lib.colors import white
from reportlab.pdfgen.canvas import Canvas

from dashboards.exports.drawing import drawn, natural_height
from dashboards.exports.drawing.pen import REGULAR, fitted, lines_of, width_of, write
from dashboards.exports.exhibit import Chart, Exhibit, Mapped
from dashboards.text import words
from dashboards.theme import FONT

WIDTH, HEIGHT = 720.0, 405.0
MARGIN = 22.0
DOCTYPE = re.compile(r"<!DOCTYPE[^>]*>\s*")
"""What names a file on another host."""


def svg(exhibit: Exhibit, language: str) -> bytes:
    """The picture as vectors; who looks at it needs no typeface of ours."""
    text = DOCTYPE.sub("", str(renderSVG.drawToString(picture(exhibit, language))), count=1)
    for name in (f"'{REGULAR}-SemiBold'", f"{REGULAR}-SemiBold"):
        text = text.replace(f"font-family: {name}", f"font-weight: 600; font-family: {FONT}")
    return text.replace(f"font-family: {REGULAR}", f"font-family: {FONT}").encode()


def png(drawing: Drawing, scale: float) -> bytes:
    """A drawing in pixels, `scale` of them to a point."""
    page = io.BytesIO()
    canvas = Canvas(page, pagesize=(drawing.width, drawing.height))
    renderPDF.draw(drawing, canvas, 0, 0)
    canvas.save()
    return pixels(page.getvalue(), 0, scale)


def page_count(document: bytes) -> int:
    """How many pages a PDF has."""
    with pypdfium2.PdfDocument(document) as opened:
        return len(opened)


def pixels(document: bytes, number: int, scale: float) -> bytes:
    """One page of a PDF as PNG."""
    with pypdfium2.PdfDocument(document) as opened:
        image = opened[number].render(scale=scale).to_pil()
        held = io.BytesIO()
        image.save(held, "png", optimize=False)
    return held.getvalue()


def picture(exhibit: Exhibit, language: str) -> Drawing:
    """Title and lead above, the charts side by side, source and reservations below."""
    sheet = Drawing(WIDTH, HEIGHT)
    sheet.add(Rect(0, 0, WIDTH, HEIGHT, fillColor=white, strokeColor=None))
    room = WIDTH - 2 * MARGIN
    write(sheet, MARGIN, HEIGHT - 30, fitted(exhibit.title, room, 14), 14, bold=True, colour="ink")
    write(sheet, MARGIN, HEIGHT - 45, fitted(exhibit.lead, room, 8.5), 8.5, colour="ink-3")
    foot = _foot(sheet, exhibit, language)
    if exhibit.charts:
        _charts(sheet, exhibit.charts, MARGIN + foot, HEIGHT - 58)
    else:
        nothing = words(language)("export.nothing_drawn")
        write(sheet, WIDTH / 2, HEIGHT / 2, nothing, 12, anchor="middle", colour="ink-3")
    return sheet


def bare(charts: tuple[Chart, ...]) -> Drawing:
    """The charts alone, where title and source stand around them already."""
    sheet = Drawing(WIDTH, natural_height(charts, WIDTH))
    sheet.add(Rect(0, 0, sheet.width, sheet.height, fillColor=white, strokeColor=None))
    _charts(sheet, charts, 0.0, sheet.height, margin=2.0)
    return sheet


def _foot(sheet: Drawing, exhibit: Exhibit, language: str) -> float:
    """The source, and before it that the figures are simulated; how high it became."""
    x, room = MARGIN, WIDTH - 2 * MARGIN
    if exhibit.simulated:
        mark = words(language)("mark.simulated")
        write(sheet, x, MARGIN - 8, mark, 7.5, bold=True, colour="near-ink")
        x += width_of(mark, 7.5) + 14
    write(
        sheet, x, MARGIN - 8, fitted(exhibit.source, WIDTH - MARGIN - x, 7.5), 7.5, colour="ink-3"
    )
    remarks = lines_of(" ".join(exhibit.remarks), room, 7.5)[:2]
    for number, line in enumerate(reversed(remarks)):
        write(sheet, MARGIN, MARGIN + 3 + 10 * number, line, 7.5, colour="ink-3")
    return 10.0 * len(remarks) + 4


def _charts(
    sheet: Drawing, charts: tuple[Chart, ...], bottom: float, top: float, margin: float = MARGIN
) -> None:
    """Side by side; a map takes more room than bars do."""
    shares = [1.6 if isinstance(chart, Mapped) else 1.0 for chart in charts]
    gap = 20.0
    room = WIDTH - 2 * margin - gap * (len(charts) - 1)
    x = margin
    for chart, share in zip(charts, shares, strict=True):
        width = room * share / sum(shares)
        part: Any = Group(*drawn(chart, width, top - bottom).contents)
        part.translate(x, bottom)
        sheet.add(part)
        x += width + gap
