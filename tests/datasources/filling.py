"""Filling in a form as a person does: numbers and texts put into cells of a real workbook."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

from lxml import etree

FIGURES = "xl/worksheets/sheet1.xml"
NAMES = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
Value = float | str | bool | None


def filled(workbook: bytes, cells: Mapping[str, Value]) -> bytes:
    """The workbook with values in some cells of its first sheet; None empties one."""
    root = etree.fromstring(part(workbook, FIGURES))
    for name, value in cells.items():
        found = root.xpath(f"//s:c[@r='{name}']", namespaces=NAMES)
        assert isinstance(found, list)
        _put(found[0], value)
    return with_part(workbook, FIGURES, etree.tostring(root, encoding="UTF-8"))


def _put(cell: object, value: Value) -> None:
    assert isinstance(cell, etree._Element)
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", None)
    if value is None:
        return
    if isinstance(value, str):
        cell.set("t", "inlineStr")
        inline = etree.SubElement(cell, f"{{{NAMES['s']}}}is")
        etree.SubElement(inline, f"{{{NAMES['s']}}}t").text = value
        return
    if isinstance(value, bool):
        cell.set("t", "b")
    etree.SubElement(cell, f"{{{NAMES['s']}}}v").text = (
        f"{value:d}" if value is True else repr(value)
    )


def part(workbook: bytes, name: str) -> bytes:
    """One part of the archive."""
    with zipfile.ZipFile(BytesIO(workbook)) as archive:
        return archive.read(name)


def with_part(workbook: bytes, name: str, content: bytes | None) -> bytes:
    """The workbook with one part replaced, or left out."""
    written = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(workbook)) as before,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for one in before.infolist():
            if one.filename != name:
                after.writestr(one, before.read(one.filename))
        if content is not None:
            after.writestr(name, content)
    return written.getvalue()
