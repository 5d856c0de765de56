"""The procedures a simulated province offers, version by version, as the national database tells.

A version begins when the level, the link to the national portal or the payment online changes;
in August 2022 levels 1 to 4 gave way to three words, in July 2025 the provinces were merged.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from datasources.simulator.chance import fraction
from datasources.simulator.desks import TWO_LEVELS, System, departments
from datasources.simulator.procedures import Procedure, procedures

LIST, ENTRY = "LayDanhSachTTHC", "LayThuTuc"
THREE_WORDS = date(2022, 8, 15)
WORDS = {4: "Toàn trình", 3: "Một phần"}
INFORMATION = "Cung cấp thông tin"
FEE = 50_000


@dataclass(frozen=True)
class Version:
    """One version of a procedure; in force from `begins` until before `ends`."""

    procedure: Procedure
    begins: date
    ends: date | None
    level: int
    linked: bool
    has_fee: bool
    online_payment: bool
    department: str

    @property
    def is_online(self) -> bool:
        return self.level >= 3

    @property
    def is_fully_online(self) -> bool:
        return self.level == 4


@cache
def versions(system: System) -> tuple[Version, ...]:
    """Every version there will ever be, by procedure and first day."""
    return tuple(version for procedure in procedures() for version in _versions(system, procedure))


def known_versions(system: System, day: date) -> list[Version]:
    """What is published by a day: versions that have begun, ended only if the end has come."""
    return [
        Version(**{**vars(one), "ends": one.ends if one.ends and one.ends <= day else None})
        for one in versions(system)
        if one.begins <= day
    ]


def _versions(system: System, procedure: Procedure) -> Iterator[Version]:
    name = f"{system.code} {procedure.code}"
    begins = _day(f"{name} begins", date(2018, 6, 1), date(2020, 3, 1))
    raised = [_day(f"{name} raised {n}", *span) for n, span in enumerate(RAISED)]
    linked = _day(f"{name} linked", date(2019, 12, 1), date(2023, 6, 1))
    paid = _day(f"{name} paid", date(2021, 1, 1), date(2027, 1, 1))
    breaks = sorted({begins, THREE_WORDS, TWO_LEVELS, *raised, linked, paid})
    breaks = [one for one in breaks if one >= begins]
    for first, until in zip(breaks, [*breaks[1:], None], strict=True):
        yield Version(
            procedure=procedure,
            begins=first,
            ends=until,
            level=min(4, 2 + sum(one <= first for one in raised)),
            linked=linked <= first,
            has_fee=procedure.paid_share > 0,
            online_payment=procedure.paid_share > 0 and paid <= first,
            department=_department(procedure, first),
        )


# When a procedure went a level up: most in the first years, some of them late or never.
RAISED = ((date(2019, 1, 1), date(2022, 6, 1)), (date(2020, 1, 1), date(2029, 1, 1)))


def _day(subject: str, first: date, last: date) -> date:
    """The first of some month between two days."""
    day = first + timedelta(days=int(fraction(subject) * (last - first).days))
    return day.replace(day=1)


def _department(procedure: Procedure, day: date) -> str:
    """The department that carries it out on a day; none where districts and communes do."""
    if procedure.level != "province":
        return ""
    for one in departments():
        begun = one.valid_from is None or one.valid_from <= day
        if (
            procedure.field_code in one.fields
            and begun
            and (one.valid_until is None or day < one.valid_until)
        ):
            return one.number
    return ""


def list_answer(system: System, day: date) -> str:
    """The JSON of LayDanhSachTTHC: the codes of what is in force."""
    listed = {one.procedure.code: one for one in known_versions(system, day)}
    result = [
        {"MATTHC": _long_code(system, one), "TENTTHC": one.procedure.name}
        for one in listed.values()
    ]
    return _enveloped(system, LIST, result)


def entry_answer(system: System, code: str, day: date) -> str:
    """The JSON of LayThuTuc: every version of one procedure, the oldest first."""
    short = ".".join(code.split(".")[:2])
    found = [one for one in known_versions(system, day) if one.procedure.code == short]
    return _enveloped(system, ENTRY, [entry(system, one) for one in found])


def entry(system: System, version: Version) -> dict[str, Any]:
    """One version as the national database writes it, with the texts that nobody needs."""
    one = version.procedure
    hours = one.term_days == 1
    term = {
        "THOIGIANGIAIQUYET": 8 if hours else one.term_days,
        "DONVITINH": "Giờ làm việc" if hours else "Ngày làm việc",
        "MOTA": "Kể từ ngày nhận đủ hồ sơ hợp lệ",
        "PHILEPHI": [{"MAPHILEPHI": "1", "SOTIEN": FEE if version.has_fee else 0, "DONVI": "Đồng"}],
    }
    offices = [{"MADONVI": f"000.00.{version.department}.{system.code}"}]
    return {
        "MATTHC": _long_code(system, version),
        "TENTTHC": one.name,
        "MACOQUANCONGBO": f"000.00.00.{system.code}",
        "LINHVUCTHUCHIEN": [{"MALINHVUC": one.field_code, "TENLINHVUC": one.field_name}],
        "COQUANTHUCHIEN": offices if version.department else [],
        "CACHTHUCTHUCHIEN": [{"KENH": 1, "THOIGIAN": [term]}],
        "MUCDO": _level(version),
        "TICHHOPDVCQG": int(version.linked),
        "THANHTOANTRUCTUYEN": int(version.online_payment) if version.has_fee else "",
        "TRANGTHAI": 1,
        "NGAYHIEULUC": f"{version.begins:%d/%m/%Y}",
        "NGAYHETHIEULUC": f"{version.ends:%d/%m/%Y}" if version.ends else "",
        "TRINHTUTHUCHIEN": "Nộp hồ sơ, nhận kết quả.",
    }


def _level(version: Version) -> str:
    if version.begins < THREE_WORDS:
        return str(version.level)
    return WORDS.get(version.level, INFORMATION)


def _long_code(system: System, version: Version) -> str:
    return f"{version.procedure.code}.000.00.00.{system.code}"


def _enveloped(system: System, service: str, result: object) -> str:
    answer = {"error_code": "00", "service": service, "madonvi": system.code, "result": result}
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
