"""JSON of any shape, over HTTP or from files, mapped by the stanza of the source.

An address is asked page by page, and for what changed since the last run where it can tell.
"""

from collections.abc import Iterator

from datasources.base import Document, Note, Order, Parsed, Reading
from datasources.kinds.asking import Asking, content_of, questions
from datasources.kinds.items import Items
from datasources.kinds.lines import quick_lines
from datasources.kinds.pages_config import LINES, JsonConfig
from datasources.reading.client import client_of
from datasources.reading.files import new_files
from datasources.reading.mapped import mapped
from datasources.reading.mapping import NEEDED


class Json:
    """Answers and files of JSON."""

    id = "json"
    config = JsonConfig
    records = tuple(NEEDED)
    tolerated = 0

    def fetch(self, config: JsonConfig, order: Order) -> Iterator[Document | Note]:
        """New files of `path`, or every page of what is at `url`."""
        if config.path is not None:
            yield from new_files(config.path, order, suffixes=(".json", *LINES))
            return
        asked = questions(config, order)
        with client_of(config, order) as client:
            yield from Asking(config, order, lambda extra: client.ask(asked(extra))).documents()

    def can_reread(self, config: JsonConfig) -> bool:
        """An address that is asked for what changed can be asked again about any stretch."""
        return config.changes is not None

    def parse(self, document: Document, config: JsonConfig, reading: Reading) -> Iterator[Parsed]:
        """Records and refusals; items are counted from 1 in each answer or file."""
        if config.are_lines(document.name):
            quick = quick_lines(document, config, config.optional)
            if quick is not None:
                yield from mapped(quick, config, reading)
                return
        items = content_of(document.content, document.name, config, reading.source)[1]
        rows = Items(document, items, config, reading.source, config.optional, config.epoch)
        yield from mapped(rows, config, reading)


KIND = Json()
