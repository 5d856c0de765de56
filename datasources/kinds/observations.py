"""Observations: a figure delivered for an area and a period, as a count, a ratio or a rate.

For everything that no system delivers record by record: monthly reports, and figures printed
in the press, which come with the program and stand alone.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from datasources.base import Document, Note, Order, Parsed, Reading, SourceConfig, Title
from datasources.reading.delivered import Delivered, Style, header_of
from datasources.reading.fields import Forms
from datasources.reading.files import new_files
from datasources.reading.harmonise import Rules
from datasources.reading.mapped import harmonised
from datasources.reading.mapping import NEEDED, mappable

PRESS_FILE = Path(__file__).parents[1] / "registers" / "press.csv"


class ObservationsConfig(SourceConfig):
    """Keys of a file of observations, whose columns have our own names."""

    kind: Literal["observations"]
    path: str
    encoding: str = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    decimal: Literal[".", ","] = "."
    standalone: bool = False


class Observations:
    """Files of figures."""

    id = "observations"
    config = ObservationsConfig
    records = ("observation",)
    tolerated = 0

    def fetch(self, config: ObservationsConfig, order: Order) -> Iterator[Document | Note]:
        """The new or changed files of `path`."""
        yield from new_files(config.path, order, suffixes=(".csv",))

    def parse(
        self, document: Document, config: ObservationsConfig, reading: Reading
    ) -> Iterator[Parsed]:
        """Observations and refusals, row numbers as a spreadsheet shows them."""
        style = Style(config.encoding, config.delimiter)
        table = Delivered(document, reading.source, style, _columns(document, style))
        yield from table.told("observation")
        forms = Forms(config.zone, decimal=config.decimal)
        rules = Rules("observation", forms, within=config.within, standalone=config.standalone)
        columns = {name: name for name in table.wanted.values()}
        yield from harmonised(table.table(columns), table.rows, rules, reading)


KIND = Observations()


def press() -> ObservationsConfig:
    """The printed figures that come with the program, as a source like any other."""
    return ObservationsConfig(
        kind="observations",
        title=Title(vi="Số liệu báo chí", en="Press figures"),
        owner="Toàn Cảnh",
        path=str(PRESS_FILE),
        schedule="0 3 * * sun",
        standalone=True,
    )


def _columns(document: Document, style: Style) -> dict[str, str]:
    """The fields that the file has, and those that it must have."""
    known = {name.strip() for name in header_of(document, style)} | set(NEEDED["observation"])
    return {name: name for name in mappable("observation") if name in known}
