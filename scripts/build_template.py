"""Makes the shipped template of slides, dashboards/exports/template.pptx, out of python-pptx's own.

    .venv/bin/python scripts/build_template.py

16:9, two layouts (cover, title), our colours, and Arial, which every office has.
"""

from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches

from dashboards.exports.slides import TEMPLATE
from dashboards.theme import colours

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT = Inches(0.6)
KEPT = ("Title Slide", "Title Only")
ACCENTS = ("series-1", "met-fill", "near-fill", "missed-fill", "series-2", "series-past")
THEME = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/theme"


def main() -> None:
    """Write the template."""
    deck: Any = Presentation()
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    master = deck.slide_master
    _drop_layouts(deck, master)
    _theme(master)
    _master(master)
    cover, title = deck.slide_layouts
    _cover(cover)
    _titled(title)
    deck.core_properties.title = "Toàn Cảnh"
    deck.core_properties.author = "Toàn Cảnh"
    deck.save(str(TEMPLATE))


def _drop_layouts(deck: Any, master: Any) -> None:
    for layout in list(deck.slide_layouts):
        if layout.name not in KEPT:
            deck.slide_layouts.remove(layout)
    for one in list(master.placeholders):
        if one.placeholder_format.type not in (1, 2):
            one._element.getparent().remove(one._element)


def _theme(master: Any) -> None:
    """Typeface and colours, in the theme's own XML."""
    part = master.part.part_related_by(THEME)
    theme: Any = etree.fromstring(part.blob)
    for font in theme.iter(qn("a:latin")):
        font.set("typeface", "Arial")
    ink = colours("light")
    named = {
        "dk1": "ink",
        "dk2": "ink-2",
        **{f"accent{n}": one for n, one in enumerate(ACCENTS, 1)},
    }
    for name, token in named.items():
        held = theme.find(f".//{qn(f'a:{name}')}")
        for old in list(held):
            held.remove(old)
        etree.SubElement(held, qn("a:srgbClr"), val=ink[token].removeprefix("#"))
    part._blob = etree.tostring(theme, xml_declaration=True, encoding="UTF-8", standalone=True)


def _place(shape: Any, left: int, top: int, width: int, height: int) -> None:
    shape.left, shape.top, shape.width, shape.height = map(Emu, (left, top, width, height))


def _master(master: Any) -> None:
    """A short bar of our colour beside the title; titles to the left."""
    for one in master.placeholders:
        if one.placeholder_format.type == 1:
            _place(one, LEFT, Inches(0.32), WIDTH - 2 * LEFT, Inches(0.62))
        else:
            _place(one, LEFT, Inches(1.3), WIDTH - 2 * LEFT, Inches(5.4))
    style = master._element.find(qn("p:txStyles")).find(qn("p:titleStyle")).find(qn("a:lvl1pPr"))
    style.set("algn", "l")
    run = style.find(qn("a:defRPr"))
    run.set("sz", "2400")
    run.set("b", "1")


def _bar(layout: Any, left: int, top: int, width: int, height: int) -> None:
    bar = layout.shapes._spTree.add_autoshape(
        90, "Bar", "rect", Emu(left), Emu(top), Emu(width), Emu(height)
    )
    fill = bar.spPr
    for old in list(fill):
        if old.tag in (qn("a:ln"), qn("a:solidFill")):
            fill.remove(old)
    solid = etree.SubElement(fill, qn("a:solidFill"))
    etree.SubElement(solid, qn("a:schemeClr"), val="accent1")
    line = etree.SubElement(fill, qn("a:ln"))
    etree.SubElement(line, qn("a:noFill"))
    style = bar.find(qn("p:style"))
    if style is not None:
        bar.remove(style)


def _cover(layout: Any) -> None:
    for one in list(layout.placeholders):
        kind = one.placeholder_format.type
        if kind not in (1, 3, 4):
            one._element.getparent().remove(one._element)
            continue
        is_title = kind != 4
        top, height = (Inches(1.7), Inches(1.3)) if is_title else (Inches(3.3), Inches(3.2))
        _place(one, Inches(1.0), top, WIDTH - Inches(2.0), height)
        frame = one.text_frame
        frame.vertical_anchor = MSO_ANCHOR.BOTTOM if is_title else MSO_ANCHOR.TOP
        body = frame._txBody
        levels = body.find(qn("a:lstStyle"))
        for old in list(levels):
            levels.remove(old)
        level = etree.SubElement(levels, qn("a:lvl1pPr"), algn="l", marL="0", indent="0")
        spacing = etree.SubElement(level, qn("a:spcBef"))
        etree.SubElement(spacing, qn("a:spcPts"), val="0" if is_title else "600")
        etree.SubElement(level, qn("a:buNone"))
        etree.SubElement(
            level, qn("a:defRPr"), sz="3600" if is_title else "1600", b=str(int(is_title))
        )
    _bar(layout, 0, 0, Inches(0.28), HEIGHT)


def _titled(layout: Any) -> None:
    for one in list(layout.placeholders):
        if one.placeholder_format.type != 1:
            one._element.getparent().remove(one._element)
            continue
        _place(one, LEFT, Inches(0.32), WIDTH - 2 * LEFT, Inches(0.62))
        one.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    _bar(layout, 0, Inches(0.38), Inches(0.28), Inches(0.5))


if __name__ == "__main__":
    main()
