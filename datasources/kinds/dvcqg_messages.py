"""What is decoded of the national portal's messages, field by field, and nothing beside it."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

import msgspec

from domain.errors import RecordError
from domain.organisation import normalise_code

JOINT = "\x1f"
YES, NO = "yes", "no"
SUPPLEMENT_ASKED, PAYMENT_ASKED = "5", "6"
DONE = frozenset({"9", "10"})
DIGITISED_STATES, REUSED_STATES = frozenset({"1", "2", "3"}), frozenset({"2", "3"})
NO_FILE = (b"", b'""', b"null")
NOT_ZERO = re.compile(r"[1-9]")

Text = str | int | None


class Supplement(msgspec.Struct):
    """A time in which the applicant had to bring something, and the due dates around it."""

    asked: Text = msgspec.field(name="NgayBoSung", default=None)
    brought: Text = msgspec.field(name="NgayTiepNhanBoSung", default=None)
    due_before: Text = msgspec.field(name="NgayHenTraTruoc", default=None)
    due_after: Text = msgspec.field(name="NgayHenTraMoi", default=None)


class Paper(msgspec.Struct):
    """What is told of one component of a dossier: never its name, its file or its address."""

    digitised: Text = msgspec.field(name="DuocSoHoa", default=None)
    reused: Text = msgspec.field(name="DuocTaiSuDung", default=None)
    from_store: Text = msgspec.field(name="DuocLayTuKhoDMQG", default=None)
    state: Text = msgspec.field(name="TrangThaiSoHoa", default=None)
    deleted: Text = msgspec.field(name="IsDeleted", default=None)


class Fee(msgspec.Struct):
    """What one fee costs."""

    price: Text | float = msgspec.field(name="Gia", default=None)


class Result(msgspec.Struct):
    """Whether a result has a file: its address is left undecoded, it only must not be empty."""

    file: msgspec.Raw = msgspec.field(name="DuongDanTepTinKetQua", default=msgspec.Raw(b""))


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
    reception_due: Text = msgspec.field(name="HanTiepNhan", default=None)
    has_digital: Text = msgspec.field(name="HoSoCoThanhPhanSoHoa", default=None)
    paid_online: Text = msgspec.field(name="DuocThanhToanTrucTuyen", default=None)
    handing_over: Text = msgspec.field(name="HinhThuc", default=None)
    apology: Text = msgspec.field(name="CoVanBanXinLoi", default=None)
    papers: list[Paper] | None = msgspec.field(name="TaiLieuNop", default=None)
    fees: list[Fee] | None = msgspec.field(name="DanhSachLePhi", default=None)
    results: list[Result] | None = msgspec.field(name="DanhSachGiayToKetQua", default=None)
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
    "reception_due_at": "HanTiepNhan",
    "digitised": "HoSoCoThanhPhanSoHoa",
    "paid_online": "DuocThanhToanTrucTuyen",
    "electronic_result": "HinhThuc",
    "apology": "CoVanBanXinLoi",
    "updated_at": "NgayCapNhat",
}
"""What the system calls our fields: refusals are read beside its own messages."""

THEIR_STEPS = {"at": "ThoiDiemXuLy", "status": "TrangThai", "due_at": "NgayKetThucTheoQuyDinh"}


def text(value: Text) -> str:
    """A value as text, nothing as empty text."""
    if isinstance(value, str):
        return value.strip()
    return "" if value is None else str(value)


def counter(code: str) -> str:
    """The organisation before the first dash of a dossier's code, wide to narrow; "?" for none."""
    return _normal(code.partition("-")[0])


def supplements(one: Dossier) -> str:
    """How often something more was asked for; nothing where neither a list nor the status tells."""
    waiting = text(one.status) == SUPPLEMENT_ASKED
    if one.supplements is None:
        return "1" if waiting else ""
    return str(max(len(one.supplements), int(waiting)))


def digitised(one: Dossier) -> str:
    """Whether papers were digitised: what the dossier says, or else what its papers say."""
    told = text(one.has_digital)
    return told or _any_paper(one, lambda paper: (paper.digitised,), DIGITISED_STATES)


def reused(one: Dossier) -> str:
    """Whether some paper was not asked for again because it was there already."""
    return _any_paper(one, lambda paper: (paper.reused, paper.from_store), REUSED_STATES)


def _any_paper(
    one: Dossier, flags: Callable[[Paper], tuple[Text, ...]], states: frozenset[str]
) -> str:
    """Yes if some paper says so, no if some say it is not so, nothing if none says anything."""
    said: list[bool] = []
    for paper in one.papers or ():
        if text(paper.deleted).casefold() != "true":
            said += [text(flag) == "1" for flag in flags(paper) if text(flag)]
            if text(paper.state):
                said.append(text(paper.state) in states)
    return _yes_or_no(any(said)) if said else ""


def has_fee(one: Dossier) -> str:
    """Whether something is to be paid: a price other than 0, or a status that waits for money."""
    if text(one.status) == PAYMENT_ASKED:
        return YES
    prices = [str(fee.price) for fee in one.fees or () if fee.price is not None]
    if one.fees is None or (one.fees and not prices):
        return ""
    return _yes_or_no(any(NOT_ZERO.search(price) for price in prices))


def electronic_result(one: Dossier) -> str:
    """Whether a result has a file; no file is no answer before the dossier is done."""
    if any(bytes(result.file).strip() not in NO_FILE for result in one.results or ()):
        return YES
    done = text(one.status) in DONE and one.results is not None
    return NO if done else ""


def _yes_or_no(said: object) -> str:
    return YES if said else NO


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
    "reception_due_at": lambda one: text(one.reception_due),
    "supplements": supplements,
    "digitised": digitised,
    "reused": reused,
    "electronic_result": electronic_result,
    "has_fee": has_fee,
    "paid_online": lambda one: text(one.paid_online),
    "apology": lambda one: text(one.apology),
}
"""How each of our fields is told from theirs."""

STEP_COLUMNS: Mapping[str, Callable[[Step], str]] = {
    "dossier_code": lambda one: text(one.code),
    "at": lambda one: text(one.at),
    "status": lambda one: text(one.status),
    "due_at": lambda one: text(one.due),
}
