"""What is decoded of the national portal's messages, field by field, and nothing beside it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from datasources.dates import instant
from domain.dossier import PAUSED
from domain.errors import RecordError
from domain.organisation import normalise_code

PAUSED_CODES = frozenset(str(status) for status in PAUSED)
JOINT = "\x1f"

Text = str | int | None


class Supplement(msgspec.Struct):
    """A time in which the applicant had to bring something: its two dates."""

    asked: Text = msgspec.field(name="NgayBoSung", default=None)
    brought: Text = msgspec.field(name="NgayTiepNhanBoSung", default=None)


class Dossier(msgspec.Struct):
    """All that is taken of one dossier."""

    code: Text = msgspec.field(name="MaHoSo", default=None)
    procedure: Text = msgspec.field(name="MaTTHC", default=None)
    procedure_name: Text = msgspec.field(name="TenTTHC", default=None)
    field: Text = msgspec.field(name="MaLinhVuc", default=None)
    field_name: Text = msgspec.field(name="TenLinhVuc", default=None)
    channel: Text = msgspec.field(name="KenhThucHien", default=None)
    submitted: Text = msgspec.field(name="NgayNopHoSo", default=None)
    received: Text = msgspec.field(name="NgayTiepNhan", default=None)
    due: Text = msgspec.field(name="NgayHenTra", default=None)
    finished: Text = msgspec.field(name="NgayKetThucXuLy", default=None)
    returned: Text = msgspec.field(name="NgayTra", default=None)
    refused: Text = msgspec.field(name="NgayTuChoi", default=None)
    status: Text = msgspec.field(name="TrangThaiHoSo", default=None)
    competent: Text = msgspec.field(name="DonViXuLy", default=None)
    commune: Text = msgspec.field(name="MaXa", default=None)
    updated: Text = msgspec.field(name="NgayCapNhat", default=None)
    supplements: list[Supplement] | None = msgspec.field(name="DanhSachHoSoBoSung", default=None)


class Step(msgspec.Struct):
    """All that is taken of one step."""

    code: Text = msgspec.field(name="MaHoSo", default=None)
    at: Text = msgspec.field(name="ThoiDiemXuLy", default=None)
    status: Text = msgspec.field(name="TrangThai", default=None)
    due: Text = msgspec.field(name="NgayKetThucTheoQuyDinh", default=None)


THEIRS = {
    "dossier_code": "MaHoSo",
    "channel": "KenhThucHien",
    "receiving_organisation": "MaHoSo",
    "receiving_area": "MaHoSo",
    "competent_organisation": "DonViXuLy",
    "competent_area": "MaXa",
    "submitted_at": "NgayNopHoSo",
    "received_at": "NgayTiepNhan",
    "due_at": "NgayHenTra",
    "finished_at": "NgayKetThucXuLy",
    "returned_at": "NgayTra",
    "refused_at": "NgayTuChoi",
    "status": "TrangThaiHoSo",
    "updated_at": "NgayCapNhat",
}
"""What the system calls our fields: refusals are read beside its own messages."""

THEIR_STEPS = {"at": "ThoiDiemXuLy", "status": "TrangThai", "due_at": "NgayKetThucTheoQuyDinh"}


def waits(one: Dossier, zone: ZoneInfo) -> list[dict[str, datetime | None]]:
    """Its supplements; and, if it is paused without one, the time since it last changed."""
    found = []
    for supplement in one.supplements or ():
        start = instant(text(supplement.asked), zone)
        end = instant(text(supplement.brought), zone)
        if start is not None:
            if end is not None and end < start:
                raise RecordError("ends before it begins")
            found.append({"start": start, "end": end})
    if text(one.status) in PAUSED_CODES and all(wait["end"] is not None for wait in found):
        since = instant(text(one.updated), zone) or instant(text(one.received), zone)
        if since is not None:
            found.append({"start": since, "end": None})
    return found


def text(value: Text) -> str:
    """A value as text, nothing as empty text."""
    return "" if value is None else str(value).strip()


def counter(code: str) -> str:
    """The organisation before the first dash of a dossier's code, wide to narrow; "?" for none."""
    return _normal(code.partition("-")[0])


@lru_cache(maxsize=4096)
def _normal(prefix: str) -> str:
    try:
        return normalise_code(prefix)
    except RecordError:
        return "?"


DOSSIER_COLUMNS: Mapping[str, Callable[[Dossier], str]] = {
    "dossier_code": lambda one: text(one.code),
    "procedure_code": lambda one: text(one.procedure),
    "procedure_name": lambda one: text(one.procedure_name),
    "field_code": lambda one: text(one.field),
    "field_name": lambda one: text(one.field_name),
    "channel": lambda one: text(one.channel),
    "receiving_organisation": lambda one: counter(text(one.code)),
    "competent_organisation": lambda one: counter(text(one.code)) + JOINT + text(one.competent),
    "competent_area": lambda one: text(one.commune),
    "submitted_at": lambda one: text(one.submitted),
    "received_at": lambda one: text(one.received),
    "due_at": lambda one: text(one.due),
    "finished_at": lambda one: text(one.finished),
    "returned_at": lambda one: text(one.returned),
    "refused_at": lambda one: text(one.refused),
    "status": lambda one: text(one.status),
    "updated_at": lambda one: text(one.updated),
}
"""How each of our fields is told from theirs."""

STEP_COLUMNS: Mapping[str, Callable[[Step], str]] = {
    "dossier_code": lambda one: text(one.code),
    "at": lambda one: text(one.at),
    "status": lambda one: text(one.status),
    "due_at": lambda one: text(one.due),
}
