"""Getting records in: one module per kind of source, fetch and parse kept apart.

`config` says which sources there are, `worker` reads one of them in a limited child process,
`landing` writes what it read without anything personal, and `scheduler` runs it all and hands
what landed to the store. `preview` shows what a source would deliver.
"""

from datasources.base import SourceConfig, kind_of
from datasources.config import known_sources, read_sources

__all__ = ["SourceConfig", "kind_of", "known_sources", "read_sources"]
