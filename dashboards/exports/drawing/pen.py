"""What charts are drawn with: the typeface, the colours of the light scheme, text that fits."""

import unicodedata
from functools import cache
from typing import Any

from reportlab.graphics.shapes import Drawing, Line, Rect, String
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from dashboards.theme import ASSETS, colours

REGULAR, BOLD = "PlexSans", "PlexSans-SemiBold"
FILES = {REGULAR: "plex-sans-regular.ttf", BOLD: "plex-sans-semibold.ttf"}
ELLIPSIS = "…"


@cache
def typeface() -> None:
    """Make the typeface known, once in a process; every text is set in it and embedded."""
    for name, file in FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(ASSETS / "fonts" / file)))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR)


@cache
def ink(name: str) -> Color:
    """A colour of the light scheme by its token's name."""
    return HexColor(colours("light")[name])


def plain(text: str) -> str:
    """Text with composed letters: ế as one sign, which the typeface has, and never as three."""
    return unicodedata.normalize("NFC", text)


def width_of(text: str, size: float, font: str = REGULAR) -> float:
    """How wide a text is, in points."""
    typeface()
    return float(pdfmetrics.stringWidth(plain(text), font, size))


def fitted(text: str, room: float, size: float, font: str = REGULAR) -> str:
    """The text, or as much of its beginning as there is room for."""
    if width_of(text, size, font) <= room:
        return text
    while text and width_of(text + ELLIPSIS, size, font) > room:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS


def write(sheet: Drawing, x: float, y: float, text: str, size: float = 8, **look: Any) -> None:
    """A text at its baseline. `look`: anchor (start, middle, end), colour (a token), bold."""
    typeface()
    sheet.add(
        String(
            x,
            y,
            plain(text),
            fontName=BOLD if look.get("bold") else REGULAR,
            fontSize=size,
            fillColor=ink(look.get("colour", "ink-2")),
            textAnchor=look.get("anchor", "start"),
        )
    )


def rule(sheet: Drawing, x0: float, y0: float, x1: float, y1: float, **look: Any) -> None:
    """A line. `look`: colour (a token), width in points, dash."""
    sheet.add(
        Line(
            x0,
            y0,
            x1,
            y1,
            strokeColor=ink(look.get("colour", "grid-line")),
            strokeWidth=look.get("width", 0.6),
            strokeDashArray=look.get("dash"),
        )
    )


def box(sheet: Drawing, x: float, y: float, width: float, height: float, colour: Color) -> None:
    """A filled rectangle without an outline."""
    sheet.add(Rect(x, y, width, height, fillColor=colour, strokeColor=None, strokeWidth=0))


def lines_of(text: str, room: float, size: float, font: str = REGULAR) -> list[str]:
    """The text in lines that fit, broken between words."""
    typeface()
    return [str(line) for line in simpleSplit(plain(text), font, size, room)]
