"""Real small databases for tests: records land, are loaded, and are published."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from domain.record import RECORDS, FieldType
from store import Reserve, Snapshot, SourceInfo, Warehouse, publish

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
NOTHING_RESERVED = Reserve(0, 0)
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
OLD_PHU_THO, NEW_PHU_THO = "25@", "25@2025-07-01"
MOC_LY, MOVED = "03980@2025-03-01", "07525@"
LAM_THAO, PHUNG_NGUYEN, SON_VI = "237@", "08521@", "08518@"


def at(text: str) -> datetime:
    """An instant in Vietnam from "2020-07-16" (08:00) or "2020-07-16 17:45"."""
    moment = datetime.fromisoformat(text)
    if len(text) == 10:
        moment = datetime.combine(moment, time(8))
    return moment.replace(tzinfo=VIETNAM)


def dossier(code: str, received: str, **fields: Any) -> dict[str, Any]:
    """A dossier of old Phú Thọ: due and finished as "2020-07-16 17:00", the rest by name."""
    area = fields.pop("area", OLD_PHU_THO)
    instants = {
        f"{name}_at": at(fields.pop(name))
        for name in ("due", "finished", "withdrawn", "refused")
        if name in fields
    }
    finished = "finished_at" in instants
    return {
        "dossier_code": code,
        "received_at": at(received),
        "receiving_area": area,
        "competent_area": area,
        "channel": "direct",
        "deadline_precision": "day",
        "status": 9 if finished else 2,
        **instants,
        **fields,
    }


def document(number: int, sent: str, **fields: Any) -> dict[str, Any]:
    return {
        "document_id": f"D{number}",
        "sender_area": fields.pop("area", OLD_PHU_THO),
        "sent_at": at(sent),
        "signed": True,
        "paper": False,
        "business": 0,
        **fields,
    }


def observation(metric: str, area: str, start: str, end: str, **fields: Any) -> dict[str, Any]:
    """An observation of a metric for an area from `start` up to, not including, `end`."""
    return {
        "metric": metric,
        "area": area,
        "level": "",
        "period_start": date.fromisoformat(start),
        "period_end": date.fromisoformat(end),
        "as_reported": False,
        "standalone": False,
        "citation": "",
        "note": "",
        **fields,
    }


@dataclass
class Collected:
    """A home that sources deliver to. `reaches` is how far a batch says its data reach.

    Without `with_dossiers` figures alone are published: half the time, where nobody lists dossiers.
    """

    home: Path
    with_dossiers: bool = True
    sources: dict[str, SourceInfo] = field(default_factory=dict)
    _landings: list[tuple[Path, datetime]] = field(default_factory=list)
    _failures: list[tuple[str, datetime]] = field(default_factory=list)

    def deliver(
        self,
        records: Iterable[Mapping[str, Any]],
        *,
        kind: str = "dossier",
        source: str = "permits",
        reaches: str | None = "2020-12-31 23:59",
        known: str = "2021-01-05",
        simulated: bool = False,
        copies: Sequence[int] | None = None,
    ) -> "Collected":
        """Land one batch, which becomes known at `known`; each record so many times."""
        schema = pa.schema([(one.name, TYPES[one.type]) for one in RECORDS[kind]])
        rows = pa.Table.from_pylist([dict(record) for record in records], schema=schema)
        if copies is not None:
            rows = _copied(rows, copies)
        folder = self.home / "landing" / source / f"batch-{len(self._landings):04}"
        folder.mkdir(parents=True)
        pq.write_table(rows, folder / f"records-{kind}.parquet")
        moment = at(known)
        manifest = {
            "source": source,
            "kind": "csv",
            "started_at": moment.isoformat(),
            "finished_at": moment.isoformat(),
            "record_kinds": [kind],
            "rows_read": rows.num_rows,
            "records_read": {kind: rows.num_rows},
            "rejected": {kind: 0},
            "origins": [{"name": "x", "sha256": f"{len(self._landings):064}", "bytes": 1}],
            "cursor": None,
            "data_as_of": at(reaches).isoformat() if reaches else None,
            "contract": [],
            "simulated": simulated,
        }
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        self._landings.append((folder, moment))
        held = self.sources.setdefault(source, SourceInfo(source, "csv", (), simulated=simulated))
        kinds = tuple(dict.fromkeys((*held.records, kind)))
        self.sources[source] = replace(held, records=kinds)
        return self

    def promise(self, source: str, **promises: Any) -> "Collected":
        """What the configuration says of a source: expected_by, expected_every_s, hard_max_s."""
        held = self.sources.get(source)
        kinds = held.records if held else ("dossier",)
        self.sources[source] = SourceInfo(source, "csv", kinds, **promises)
        return self

    def fail(self, source: str, when: str) -> "Collected":
        self._failures.append((source, at(when)))
        return self

    def published(self, now: str = "2021-01-05 10:00") -> Snapshot:
        """Load everything in the order it became known, and publish at the instant `now`."""
        with Warehouse.open(self.home, reserve=NOTHING_RESERVED) as warehouse:
            for folder, moment in sorted(self._landings, key=lambda landed: landed[1]):
                warehouse.load(folder, moment)
            warehouse.register_sources(self.sources.values())
            for source, moment in self._failures:
                warehouse.fail(source, "csv", moment, "refused", moment)
            dossiers = self.with_dossiers
            return publish(warehouse, self.home, at(now), free_mb=0, with_dossiers=dossiers)


def _copied(rows: pa.Table, copies: Sequence[int]) -> pa.Table:
    """Every row as often as told, each with a code of its own."""
    numbers = np.repeat(np.arange(rows.num_rows), copies)
    codes = pa.array([f"{rows['dossier_code'][0].as_py()}-{n}" for n in range(len(numbers))])
    return rows.take(numbers).set_column(0, "dossier_code", codes)
