"""Delimited files (CSV): rows under a header, mapped by the stanza of the source."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from datasources.base import Document, Note, Order, Parsed, Reading
from datasources.reading.delivered import Delivered, Style
from datasources.reading.files import new_files
from datasources.reading.mapped import mapped, repeating, wanted
from datasources.reading.mapping import MappedConfig
from domain.record import RECORDS


class CsvConfig(MappedConfig):
    """Keys of a CSV source."""

    kind: Literal["csv"]
    path: str
    encoding: str = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)


class Delimited:
    """Files of rows with a header."""

    id = "csv"
    config = CsvConfig
    records = tuple(RECORDS)
    tolerated = 0

    def fetch(self, config: CsvConfig, order: Order) -> Iterator[Document | Note]:
        """The new or changed files of `path`."""
        yield from new_files(config.path, order, suffixes=(".csv",))

    def parse(self, document: Document, config: CsvConfig, reading: Reading) -> Iterator[Parsed]:
        """Records and refusals; row numbers as a spreadsheet shows them, the header being row 1."""
        style = Style(config.encoding, config.delimiter)
        delivered = Delivered(document, reading.source, style, wanted(config), repeating(config))
        yield from mapped(delivered, config, reading)


KIND = Delimited()
