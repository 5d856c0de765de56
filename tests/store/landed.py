"""Landed batches for tests: real Parquet files and a manifest, as a parser leaves them."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from domain.record import RECORDS, REJECTED, Field, FieldType
from store import Reserve

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
NO_RESERVE = Reserve(0, 0)
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
COMMUNE, PROVINCE = "08515@2025-07-01", "25@2025-07-01"

INSTANT = pa.timestamp("us", tz="UTC")
TYPES: dict[FieldType, pa.DataType] = {
    FieldType.TEXT: pa.string(),
    FieldType.INSTANT: INSTANT,
    FieldType.DATE: pa.date32(),
    FieldType.INT: pa.int64(),
    FieldType.NUMBER: pa.float64(),
    FieldType.FLAG: pa.bool_(),
    FieldType.MAYBE: pa.bool_(),
    FieldType.PAUSES: pa.list_(pa.struct([("start", INSTANT), ("end", INSTANT)])),
}

Row = Mapping[str, Any]


def local(day: str, hour: int = 8) -> datetime:
    """An instant of a day in Vietnam: "2026-07-16"."""
    return datetime.fromisoformat(f"{day}T{hour:02}:00").replace(tzinfo=VIETNAM)


def dossier(code: str, **fields: Any) -> dict[str, Any]:
    """A dossier of one commune; instants may be given as days."""
    told = {
        "dossier_code": code,
        "receiving_area": COMMUNE,
        "competent_area": COMMUNE,
        "channel": "direct",
        "deadline_precision": "day",
        "pauses": [],
        **fields,
    }
    return {
        name: local(value) if name.endswith("_at") and isinstance(value, str) else value
        for name, value in told.items()
    }


def step(code: str, at: str | datetime, status: int) -> dict[str, Any]:
    """One reported step of a dossier."""
    return {"dossier_code": code, "at": local(at) if isinstance(at, str) else at, "status": status}


def document(code: str, sent: str, **fields: Any) -> dict[str, Any]:
    told = {"sender_area": COMMUNE, "signed": True, "paper": False, "business": 0}
    return {"document_id": code, "sent_at": local(sent), **told, **fields}


def land(
    home: Path,
    records: Mapping[str, Sequence[Row]],
    *,
    source: str = "permits",
    read: Mapping[str, int] | None = None,
    rejected: Iterable[Row] = (),
    **told: Any,
) -> Path:
    """Land a batch; the folder's name follows those already there."""
    landing = home / "landing" / source
    number = len(list(landing.glob("*"))) if landing.exists() else 0
    folder = landing / f"20261122T{number:06}.000000-{number:08x}"
    folder.mkdir(parents=True)
    for kind, rows in records.items():
        write_rows(folder / f"records-{kind}.parquet", RECORDS[kind], rows)
    reasons = list(rejected)
    write_rows(folder / "rejected.parquet", REJECTED, reasons)
    counted = read or {kind: len(rows) for kind, rows in records.items()}
    content = repr([*sorted(records.items()), number]).encode()
    manifest = {
        "source": source,
        "kind": "csv",
        "started_at": "2026-11-22T00:59:00+00:00",
        "finished_at": "2026-11-22T00:59:30+00:00",
        "record_kinds": list(records),
        "rows_read": sum(counted.values()),
        "records_read": counted,
        "rejected": {kind: counted[kind] - len(rows) for kind, rows in records.items()},
        "origins": [
            {"name": "a.csv", "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        ],
        "cursor": None,
        "data_as_of": "2026-11-21T17:00:00+00:00",
        "contract": [],
        "simulated": False,
        **told,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def write_rows(path: Path, fields: Sequence[Field], rows: Sequence[Row]) -> None:
    schema = pa.schema([(field.name, TYPES[field.type]) for field in fields])
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows], schema=schema), path)
