"""Looking at a source without keeping anything: whether it keeps its contract, and what it says."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq

from datasources.accounting import remarks
from datasources.base import SourceConfig
from datasources.children import Children
from datasources.config import known_sources, source_named
from datasources.job import Job
from datasources.landed import Landed, read_landed


@dataclass(frozen=True)
class Preview:
    """What a source would deliver now.

    `sentences` say it for a person. `records` holds, for each kind of record, the first rows as
    they were understood, each by field. `read` and `rejected` count records by kind.
    """

    source: str
    good: bool
    sentences: tuple[str, ...]
    rows_read: int = 0
    read: dict[str, int] | None = None
    rejected: dict[str, int] | None = None
    records: dict[str, list[dict[str, Any]]] | None = None


def check(home: Path, source: str, now: datetime) -> Preview:
    """Whether a source keeps its contract: all files of a folder, one page of a system.

    Raises UnknownNameError or CatalogueError.
    """
    config = source_named(known_sources(home), source)
    return _looked_at(home, source, config, now, sample=_is_asked(config), rows=0)


def preview(home: Path, source: str, now: datetime, rows: int = 10) -> Preview:
    """The first rows of a source as they are understood. Raises as `check` does."""
    config = source_named(known_sources(home), source)
    return _looked_at(home, source, config, now, sample=True, rows=rows)


def _is_asked(config: SourceConfig) -> bool:
    return getattr(config, "url", None) is not None


def _looked_at(
    home: Path, source: str, config: SourceConfig, now: datetime, *, sample: bool, rows: int
) -> Preview:
    """Read in a child as ever, but into a folder that is gone afterwards."""
    with TemporaryDirectory(prefix="toan-canh-") as root:
        seconds = float(config.deadline_seconds)
        job = Job(str(home.absolute()), source, root, now, seconds, sample=sample)
        outcome = Children().run(job)
        if outcome.folder is None:
            return Preview(source, good=False, sentences=(outcome.error or "",))
        return _told(read_landed(Path(outcome.folder)), rows)


def _told(landed: Landed, rows: int) -> Preview:
    told = landed.manifest
    read, rejected = Counter(told["records_read"]), Counter(told["rejected"])
    kinds = ", ".join(f"{read[kind]} {kind}, {rejected[kind]} rejected" for kind in read)
    reach = f" Data up to {told['data_as_of']}." if told["data_as_of"] else ""
    summary = f"{told['source']}: {told['rows_read']} rows: {kinds or 'no records'}.{reach}"
    records = {kind: _first_rows(landed.folder, kind, rows) for kind in read} if rows else {}
    return Preview(
        source=told["source"],
        good=True,
        sentences=(summary, *remarks(landed.folder)),
        rows_read=told["rows_read"],
        read=dict(read),
        rejected=dict(rejected),
        records=records,
    )


def _first_rows(folder: Path, kind: str, rows: int) -> list[dict[str, Any]]:
    file = pq.ParquetFile(folder / f"records-{kind}.parquet")
    batch = next(file.iter_batches(batch_size=rows), None)
    return [] if batch is None else batch.to_pylist()
