"""The keys of a workbook's stanza."""

from typing import ClassVar, Literal

from pydantic import Field

from datasources.reading.mapping import MappedConfig
from datasources.reading.texts import ISO_FORMS


class XlsxConfig(MappedConfig):
    """Keys of a workbook. `sheet` is a name or a number from 1; else the first that is shown."""

    kind: Literal["xlsx"]
    path: str
    sheet: str | int | None = None
    header_row: int = Field(default=1, ge=1, le=1000)
    header_rows: int = Field(default=1, ge=1, le=5)
    skip: tuple[str, ...] = ()

    own_forms: ClassVar[tuple[str, ...]] = ISO_FORMS
