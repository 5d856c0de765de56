"""What a run leaves behind: records as our own Parquet, refusals, and a manifest, or nothing.

A landed folder appears whole, by one rename, or not at all. It holds the columns of
`domain.record` and nothing else of what a source delivered.
"""

import json
import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from datasources.base import Columns, Document, Note, Parsed, Read, Record, Rejected
from datasources.reading.arrow import INSTANT, PAUSES, TEXTS, Chunked, compute
from datasources.reading.landed import Landed
from domain.dossier import VIETNAM
from domain.errors import SourceError
from domain.record import RECORDS, REJECTED, FieldType

TYPES: Mapping[FieldType, pa.DataType] = {
    FieldType.TEXT: pa.string(),
    FieldType.INSTANT: INSTANT,
    FieldType.DATE: pa.date32(),
    FieldType.INT: pa.int64(),
    FieldType.NUMBER: pa.float64(),
    FieldType.FLAG: pa.bool_(),
    FieldType.MAYBE: pa.bool_(),
    FieldType.PAUSES: PAUSES,
}
EVENTS: Mapping[str, tuple[str, ...]] = {
    "dossier": ("updated_at", "submitted_at", "received_at", "finished_at", "returned_at"),
    "dossier_event": ("at",),
    "document": ("sent_at",),
    "document_status": ("at",),
    "observation": ("period_end",),
    "feedback": ("updated_at", "received_at", "answered_at"),
    "procedure": (),
    "organisation": (),
    "station_hour": ("hour",),
}
"""The columns that tell how far the data of a kind of record reach."""

BAD_SHARE = 0.05
EXPECTED = frozenset({"secret"})
"""Rules under which records are refused though nothing is wrong with the delivery."""

BUFFERED = 50_000
GROUP = 120_000
"""Rows that are written together: whoever reads them is quicker with fewer, larger groups."""

STAMP = "%Y%m%dT%H%M%S.%f"
FEW = 3


@cache
def schema(kind: str) -> pa.Schema:
    """The columns of one kind of record, in their fixed order."""
    return pa.schema([(one.name, TYPES[one.type]) for one in RECORDS[kind]])


@cache
def written(kind: str) -> pa.Schema:
    """The same as they are written: texts that come again and again are each held once."""
    often = _repeating(kind)
    return pa.schema([one.with_type(TEXTS) if one.name in often else one for one in schema(kind)])


@cache
def rejected_schema() -> pa.Schema:
    """The columns of a refusal."""
    return pa.schema([(one.name, TYPES[one.type]) for one in REJECTED])


@dataclass
class Landing:
    """A folder in the making. Leaving the `with` without `finish` leaves nothing.

    `root` is the folder of all landed batches, `started_at` the instant of the run. So many
    bad records as `tolerated` never spoil a delivery, whatever share of it they are.
    """

    root: Path
    source: str
    kind: str
    started_at: datetime
    simulated: bool = False
    tolerated: int = 0
    _writers: dict[str, pq.ParquetWriter] = field(default_factory=dict)
    _buffers: dict[str, list[tuple[object, ...]]] = field(default_factory=lambda: defaultdict(list))
    _waiting: dict[str, list[pa.Table]] = field(default_factory=lambda: defaultdict(list))
    _refusals: list[Rejected] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)
    _origins: list[dict[str, Any]] = field(default_factory=list)
    _notes: dict[str, None] = field(default_factory=dict)
    _rows: int = 0
    _later: int = 0
    _reaches: datetime | None = None
    _complete: datetime | None = None

    def __enter__(self) -> Self:
        home = self.root / self.source
        home.mkdir(parents=True, exist_ok=True)
        self._folder = home / f".tmp-{os.getpid()}"
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def documents(self) -> int:
        """Documents so far."""
        return len(self._origins)

    @property
    def rows(self) -> int:
        """Raw rows so far."""
        return self._rows

    def origin(self, document: Document) -> None:
        """Note a document by name, size and hash: all that is kept of the original."""
        digest = document.sha256 or sha256(document.content).hexdigest()
        size = len(document.content) if document.size is None else document.size
        self._origins.append({"name": document.name, "sha256": digest, "bytes": size})
        if document.as_of is not None:
            self._complete = min(document.as_of, self._complete or document.as_of)

    def add(self, item: Parsed) -> None:
        """Take one thing that `parse` found."""
        match item:
            case Read(rows):
                self._rows += rows
            case Note(sentence):
                self._notes[sentence] = None
            case Rejected():
                self._counts[item.kind] += 1
                self._refusals.append(item)
            case Columns(kind, table):
                self._write(kind, table.select(schema(kind).names))
            case Record(kind, values):
                self._buffers[kind].append(values)
                if len(self._buffers[kind]) >= BUFFERED:
                    self._flush(kind)

    def finish(self, cursor: Mapping[str, Any], now: datetime) -> Landed:
        """Write the manifest and let the folder appear. Raises SourceError if too much is bad."""
        for kind in list(self._buffers):
            self._flush(kind)
        for kind in list(self._waiting):
            self._write_group(kind)
        self._refuse_rubbish()
        for kind in self._counts:
            self._writer(kind)
        self._close()
        if self._later:
            self._notes[f"{self._later} times of events lie later than tomorrow."] = None
        refusals = [(one.row, one.field, one.rule, one.reason) for one in self._refusals]
        pq.write_table(_table(refusals, rejected_schema()), self._folder / "rejected.parquet")
        manifest = self._manifest(cursor, now)
        digest = sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
        (self._folder / "manifest.json").write_text(
            json.dumps(manifest, ensure_ascii=False), encoding="utf-8"
        )
        final = self._appear(digest[:8])
        return Landed(final, manifest)

    def _write(self, kind: str, table: pa.Table) -> None:
        self._counts[kind] += table.num_rows
        for column in EVENTS[kind]:
            self._reach(table[column])
        self._waiting[kind].append(table.cast(written(kind)))
        if sum(one.num_rows for one in self._waiting[kind]) >= GROUP:
            self._write_group(kind)

    def _write_group(self, kind: str) -> None:
        """Write what waits as one group of rows."""
        tables, self._waiting[kind] = self._waiting[kind], []
        if tables:
            self._writer(kind).write_table(pa.concat_tables(tables).unify_dictionaries())

    def _writer(self, kind: str) -> pq.ParquetWriter:
        if kind not in self._writers:
            self._writers[kind] = pq.ParquetWriter(
                self._folder / f"records-{kind}.parquet",
                written(kind),
                compression="lz4",
                use_dictionary=_repeating(kind),  # type: ignore[arg-type]  # the stubs lack the list
                write_statistics=False,
                store_schema=False,
            )
        return self._writers[kind]

    def _flush(self, kind: str) -> None:
        rows, self._buffers[kind] = self._buffers[kind], []
        if rows:
            self._write(kind, _table(rows, schema(kind)))

    def _reach(self, column: Chunked) -> None:
        """Note how far the data reach. A period may end later; an event that does is a slip."""
        latest = compute.max(column).as_py()
        if latest is None:
            return
        if not isinstance(latest, datetime):
            latest = min(datetime.combine(latest, time.min, VIETNAM), self.started_at)
        elif latest > self.started_at + timedelta(days=1):
            limit = pa.scalar(self.started_at + timedelta(days=1), INSTANT)
            later = compute.greater(column, limit)
            self._later += compute.sum(later).as_py()
            latest = compute.max(column.filter(compute.invert(later))).as_py()
        if latest is not None:
            self._reaches = max(latest, self._reaches or latest)

    def _refuse_rubbish(self) -> None:
        """A delivery of which more than one record in twenty is bad is not believed at all."""
        bad = [one for one in self._refusals if one.rule not in EXPECTED]
        total = sum(self._counts.values())
        if len(bad) <= max(BAD_SHARE * total, self.tolerated):
            return
        rules = Counter((one.field, one.reason) for one in bad).most_common(FEW)
        told = "; ".join(
            f"{name or 'row'} {reason} ({number}×)" for (name, reason), number in rules
        )
        rows = ", ".join(str(one.row) for one in bad[:FEW])
        raise SourceError(
            self.source,
            f"{len(bad)} of {total} records are refused, more than {BAD_SHARE:.0%}, so none is "
            f"taken. First at row {rows}: {told}",
            "Correct the file or its stanza in config/sources.toml",
        )

    def _manifest(self, cursor: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        rejected = Counter(one.kind for one in self._refusals)
        is_taken = sum(self._counts.values()) > len(self._refusals)
        # Records that tell no time of their own are as of now.
        reached = self._complete or self._reaches or (self.started_at if is_taken else None)
        return {
            "source": self.source,
            "kind": self.kind,
            "started_at": self.started_at.astimezone(UTC).isoformat(),
            "finished_at": now.astimezone(UTC).isoformat(),
            "record_kinds": sorted(self._counts),
            "rows_read": self._rows,
            "records_read": dict(sorted(self._counts.items())),
            "rejected": dict(sorted(rejected.items())),
            "origins": self._origins,
            "cursor": dict(cursor),
            "data_as_of": reached.astimezone(UTC).isoformat() if reached else None,
            "contract": list(self._notes),
            "simulated": self.simulated,
        }

    def _appear(self, digest: str) -> Path:
        """The folder under its final name, which sorts after every earlier one of the source."""
        home = self._folder.parent
        stamp = self.started_at.astimezone(UTC)
        if earlier := sorted(home.glob("2*-*")):
            last = datetime.strptime(earlier[-1].name.partition("-")[0], STAMP).replace(tzinfo=UTC)
            stamp = max(stamp, last + timedelta(microseconds=1))
        final = home / f"{stamp:{STAMP}}-{digest}"
        for path in (*self._folder.iterdir(), self._folder):
            _sync(path)
        self._folder.rename(final)
        _sync(home)
        return final

    def _close(self) -> None:
        while self._writers:
            self._writers.popitem()[1].close()


def _repeating(kind: str) -> list[str]:
    """The columns whose few texts come again and again."""
    return [one.name for one in RECORDS[kind] if one.type is FieldType.TEXT and not one.key]


def _table(rows: Sequence[tuple[object, ...]], form: pa.Schema) -> pa.Table:
    columns: Iterable[Sequence[object]] = zip(*rows, strict=True) if rows else [()] * len(form)
    arrays = [pa.array(column, kind) for column, kind in zip(columns, form.types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=form)


def _sync(path: Path) -> None:
    """Make the disk keep a file or a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
