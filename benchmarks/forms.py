"""The same dossiers in two forms: another system's CSV, and a landed batch of our own."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from benchmarks.province import (
    AHEAD,
    CHANNELS,
    FIELDS,
    NEVER,
    PROCEDURES,
    Column,
    Dossiers,
    Numbers,
)
from datasources.base import Columns, Read
from datasources.reading.landing import Landing, schema

DATES = "%d/%m/%Y %H:%M:%S"
CHANNEL_NAMES = ("Trực tuyến", "Trực tiếp", "Bưu chính")
STATUS_NAMES = {10: "Đã trả kết quả", 7: "Công dân rút hồ sơ", 4: "Đang xử lý"}
COLUMNS = {
    "dossier_code": "SoHoSo",
    "procedure_code": "MaTTHC",
    "procedure_name": "TenTTHC",
    "field_code": "MaLinhVuc",
    "field_name": "LinhVuc",
    "channel": "HinhThucNop",
    "competent_area": "MaXa",
    "submitted_at": "NgayNop",
    "received_at": "NgayTiepNhan",
    "due_at": "HanTraKetQua",
    "finished_at": "NgayCoKetQua",
    "withdrawn_at": "NgayRut",
    "status": "TinhTrang",
    "updated_at": "CapNhatLuc",
}
"""Our fields, and what the invented one-stop system calls them."""

PROCEDURE_CODES = [f"1.{number:06}.000.00.00.H44" for number in range(PROCEDURES)]
PROCEDURE_NAMES = [f"Thủ tục hành chính số {number}" for number in range(PROCEDURES)]
FIELD_CODES = [f"G{number:02}-PT{number % 9:02}" for number in range(FIELDS)]
FIELD_NAMES = [f"Lĩnh vực số {number}" for number in range(FIELDS)]


def stanza(path: Path) -> str:
    """The source's stanza in sources.toml, for a CSV written by `write_csv`."""
    columns = [f"{field} = {quoted(name)}" for field, name in COLUMNS.items()]
    channels = [f"{quoted(a)} = {quoted(b)}" for a, b in zip(CHANNEL_NAMES, CHANNELS, strict=True)]
    statuses = [f'{quoted(name)} = "{number}"' for number, name in STATUS_NAMES.items()]
    return "\n".join(
        [
            "[onestop]",
            'kind = "csv"',
            'record = "dossier"',
            f"path = {quoted(str(path))}",
            "simulated = true",
            "[onestop.columns]",
            *columns,
            "[onestop.values.channel]",
            *channels,
            "[onestop.values.status]",
            *statuses,
            "",
        ]
    )


def quoted(text: str) -> str:
    """A text as TOML and JSON write it."""
    return json.dumps(text, ensure_ascii=False)


def write_csv(found: Dossiers, path: Path) -> None:
    """Write the dossiers as the other system would export them, marked as complete."""
    statuses = np.select([found.status == code for code in STATUS_NAMES], [0, 1, 2])
    fields = _common(found) | {
        "channel": _named(found.channel, CHANNEL_NAMES),
        "competent_area": _named(found.area, [area.code for area in found.areas]),
        "status": _named(statuses, list(STATUS_NAMES.values())),
    }
    instants = {
        name: pc.strftime(_clock(one), format=DATES) for name, one in _instants(found).items()
    }
    table = pa.table({label: (fields | instants)[name] for name, label in COLUMNS.items()})
    arrow_csv.write_csv(table, path, arrow_csv.WriteOptions(quoting_style="none"))
    path.with_name(f"{path.name}.done").touch()


def land(found: Dossiers, root: Path, source: str, now: datetime) -> Path:
    """Write the dossiers as a batch that landed at `now`; returns its folder."""
    with Landing(root, source, "csv", now, simulated=True) as landing:
        landing.add(Read(len(found.codes)))
        landing.add(Columns("dossier", records(found)))
        return landing.finish({}, now).folder


def records(found: Dossiers) -> pa.Table:
    """The dossiers as landed records."""
    area = _named(found.area, [area.area_id for area in found.areas])
    nothing = pa.repeat("", len(found.codes))
    organisation = _named(found.area, [f"H44.{one}" for one in range(len(found.areas))])
    fields = _common(found) | {
        "channel": _named(found.channel, CHANNELS),
        "receiving_organisation": organisation,
        "competent_organisation": organisation,
        "receiving_area": area,
        "competent_area": area,
        "returned_at": _instant(found.finished),
        "refused_at": pa.nulls(len(nothing), pa.timestamp("us", "UTC")),
        "status": pa.array(found.status),
        "deadline_precision": pa.repeat("day", len(nothing)),
        "pauses": _pauses(found),
    }
    told = fields | {name: _instant(one) for name, one in _instants(found).items()}
    # Of the rest nothing is told.
    columns = [
        told[one.name] if one.name in told else pa.nulls(len(nothing), one.type)
        for one in schema("dossier")
    ]
    return pa.table(columns, schema=schema("dossier"))


def _common(found: Dossiers) -> dict[str, Column]:
    field = found.procedure % FIELDS
    return {
        "dossier_code": found.codes,
        "procedure_code": _named(found.procedure, PROCEDURE_CODES),
        "procedure_name": _named(found.procedure, PROCEDURE_NAMES),
        "field_code": _named(field, FIELD_CODES),
        "field_name": _named(field, FIELD_NAMES),
    }


def _instants(found: Dossiers) -> dict[str, Numbers]:
    return {
        "submitted_at": found.submitted,
        "received_at": found.received,
        "due_at": found.due,
        "finished_at": found.finished,
        "withdrawn_at": found.withdrawn,
        "updated_at": found.updated,
    }


def _named(numbers: Numbers, names: Sequence[str]) -> Column:
    return pa.array(names).take(pa.array(numbers, pa.int64()))


def _clock(seconds: Numbers) -> Column:
    """Seconds on Vietnam's clocks as a time without a zone."""
    return pa.array(seconds, mask=seconds == NEVER).cast(pa.timestamp("s"))


def _instant(seconds: Numbers) -> Column:
    utc = pa.array(seconds - AHEAD, mask=seconds == NEVER)
    return utc.cast(pa.timestamp("s", "UTC")).cast(pa.timestamp("us", "UTC"))


def _pauses(found: Dossiers) -> Column:
    """At most one pause each; null where there was none."""
    rows = found.paused != NEVER
    spans = pa.StructArray.from_arrays(
        [_instant(found.paused[rows]), _instant(found.resumed[rows])], ["start", "end"]
    )
    ends = np.concatenate([[0], np.cumsum(rows)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), spans)
