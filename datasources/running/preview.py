"""Looking at a source without keeping anything: whether it keeps its contract, and what it says."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq

from datasources.base import SourceConfig
from datasources.config import known_sources, source_named
from datasources.reading.landed import LOOKED_AT, Landed, read_landed
from datasources.running.accounting import remarks
from datasources.running.children import Children
from datasources.running.job import Job, Outcome, Progress


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


@contextmanager
def checked(
    home: Path,
    source: str,
    now: datetime,
    tell: Callable[[str, Progress], None] = lambda _source, _progress: None,
) -> Iterator[tuple[Preview, Path | None]]:
    """Whether a source keeps its contract: all files of a folder, one page of a system.

    What it read lies in a folder while the block runs, for whoever wants to compare it with
    what is known. Raises UnknownNameError or CatalogueError.
    """
    config = source_named(known_sources(home), source)
    with _looked_at(home, source, now, config, _is_asked(config), tell) as seen:
        outcome, landed = seen
        if landed is None:
            yield Preview(source, good=False, sentences=(outcome.error or "",)), None
        else:
            yield _told(landed, 0), landed.folder


def check(home: Path, source: str, now: datetime) -> Preview:
    """The same without the folder."""
    with checked(home, source, now) as (seen, _):
        return seen


def preview(home: Path, source: str, now: datetime, rows: int = 10) -> Preview:
    """The first rows of a source as they are understood. Raises as `checked` does."""
    config = source_named(known_sources(home), source)
    with _looked_at(home, source, now, config, sample=True) as (outcome, landed):
        if landed is None:
            return Preview(source, good=False, sentences=(outcome.error or "",))
        return _told(landed, rows)


def _is_asked(config: SourceConfig) -> bool:
    return getattr(config, "url", None) is not None


@contextmanager
def _looked_at(
    home: Path,
    source: str,
    now: datetime,
    config: SourceConfig,
    sample: bool,
    tell: Callable[[str, Progress], None] = lambda _source, _progress: None,
) -> Iterator[tuple[Outcome, Landed | None]]:
    """Read in a child as ever, but into a folder that is gone afterwards.

    It lies among the landed ones where there are any, because the store reads nowhere else.
    """
    landing = home.absolute() / "landing"
    among = landing if landing.is_dir() and os.access(landing, os.W_OK) else None
    with TemporaryDirectory(prefix=LOOKED_AT, dir=among) as root:
        seconds = float(config.deadline_seconds)
        job = Job(str(home.absolute()), source, root, now, seconds, sample=sample)
        outcome = Children().run(job, lambda progress: tell(source, progress))
        yield outcome, None if outcome.folder is None else read_landed(Path(outcome.folder))


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
