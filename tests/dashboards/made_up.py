"""A small home with made-up provinces, landed, loaded and published like real ones."""

import fcntl
import os
import random
import shutil
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.area import Area, Level, register
from tests.dashboards import made_up_subjects
from tests.dashboards.made_up_subjects import deliver_subjects
from tests.metrics.collected import VIETNAM, Collected, observation

PHUNG_NGUYEN = "08521@2025-07-01"
REORGANISED = date(2025, 7, 1)
CHANNELS = ("online", "online", "direct", "postal")
PROCEDURES = (
    ("1.001193", "Đăng ký khai sinh", "TP", "Hộ tịch"),
    ("2.000815", "Chứng thực bản sao từ bản chính", "TP2", "Chứng thực"),
    ("1.012756", "Đăng ký đất đai lần đầu", "DD", "Đất đai"),
)
PRESS = "Báo Phú Thọ điện tử, 02/2021"


def made_up_copy(factory: pytest.TempPathFactory, name: str) -> Path:
    """A copy of a home of two years with 30 dossiers a day, which all processes make but once."""
    root = factory.getbasetemp()
    root = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root
    made = root / "made-up"
    with (root / "made-up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            half = root / "made-up.part"
            made_up_home(half, first=date(2025, 1, 2), last=date(2026, 11, 22), per_day=30)
            half.rename(made)
    return shutil.copytree(made, factory.mktemp(name) / "home")


def made_up_home(
    home: Path, *, first: date, last: date, per_day: int, seed: int = 1, now: str | None = None
) -> None:
    """Publish a home whose dossiers lie in old and new Phú Thọ, Cao Bằng and every province.

    `per_day` dossiers are received on each working day from `first` to `last`.
    """
    chance = random.Random(seed)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    places = {day: _places(day) for day in (first, last)}
    dossiers = list(_dossiers(chance, days, places[first], places[last], per_day))
    documents = list(_documents(chance, days, places[first], places[last], per_day))
    reach = f"{last} 07:50"
    collected = Collected(home)
    collected.deliver(
        dossiers, source="dich_vu_cong", reaches=reach, known=f"{last} 07:55", simulated=True
    )
    collected.deliver(
        documents,
        kind="document",
        source="van_ban",
        reaches=reach,
        known=f"{last} 07:56",
        simulated=True,
    )
    collected.deliver(
        list(_statuses(documents)),
        kind="document_status",
        source="van_ban",
        reaches=reach,
        known=f"{last} 07:56",
        simulated=True,
    )
    collected.deliver(
        list(_organisations()),
        kind="organisation",
        source="co_quan",
        reaches=reach,
        known=f"{last} 07:56",
        simulated=True,
    )
    collected.deliver(
        list(_observations(chance, first, last)),
        kind="observation",
        source="bao_cao",
        reaches=reach,
        known=f"{last} 07:57",
        simulated=True,
    )
    collected.deliver(
        _printed(), kind="observation", source="press", reaches=None, known=f"{last} 07:58"
    )
    deliver_subjects(collected, first, last)
    for source, title in {**TITLES, **made_up_subjects.TITLES}.items():
        collected.promise(
            source,
            title_vi=title,
            title_en=title,
            owner="Tỉnh mô phỏng",
            simulated=collected.sources[source].simulated,
            expected_every_s=31 * 86400 if source.startswith("bao_cao") else None,
        )
    collected.published(now or f"{last} 08:00")


TITLES = {
    "dich_vu_cong": "Cổng Dịch vụ công (mô phỏng)",
    "van_ban": "Trục liên thông văn bản (mô phỏng)",
    "bao_cao": "Báo cáo tháng (mô phỏng)",
    "press": "Số liệu báo chí",
    "co_quan": "Danh mục cơ quan (mô phỏng)",
}


def _places(day: date) -> list[tuple[Area, float]]:
    """Areas that receive dossiers on a day, with how punctual each is."""
    areas = register()
    places: list[tuple[Area, float]] = []
    for code in ("25", "04"):
        province = areas.at(code, day)
        level = Level.COMMUNE
        within = areas.children(province.area_id, day)
        if within[0].level is not level:
            within = tuple(c for d in within for c in areas.children(d.area_id, day))
        places += [(area, _punctuality(area.code)) for area in within]
    places += [(area, _punctuality(area.code)) for area in areas.roots(day)] * 4
    return places


def _punctuality(code: str) -> float:
    return 0.9 + (int(code) * 7919 % 100) / 1000


def _dossiers(
    chance: random.Random,
    days: list[date],
    before: list[tuple[Area, float]],
    after: list[tuple[Area, float]],
    per_day: int,
) -> Iterator[dict[str, Any]]:
    for day in days:
        if day.weekday() > 4:
            continue
        places = after if day >= REORGANISED else before
        for number in range(int(per_day * (0.7 + 0.6 * chance.random()))):
            area, punctual = chance.choice(places)
            yield _dossier(chance, f"{day:%y%m%d}{number:06}", area, punctual, day, days[-1])


def _dossier(
    chance: random.Random, code: str, area: Area, punctual: float, day: date, last: date
) -> dict[str, Any]:
    term = chance.choice((1, 3, 5, 10, 15))
    taken = (
        chance.uniform(0, term)
        if chance.random() < punctual
        else chance.uniform(term + 1, term + 20)
    )
    received = datetime.combine(day, time(8 + chance.randrange(9), chance.randrange(60)), VIETNAM)
    finished = received + timedelta(days=taken)
    is_done = finished.date() < last
    procedure, name, field, field_name = PROCEDURES[int(code) % len(PROCEDURES)]
    return {
        "procedure_code": procedure,
        "procedure_name": name,
        "field_code": field,
        "field_name": field_name,
        "competent_organisation": f"H44.{area.code}" if area.area_id == PHUNG_NGUYEN else None,
        "dossier_code": code,
        "received_at": received,
        "due_at": None if chance.random() < 0.03 else received + timedelta(days=term),
        "finished_at": finished if is_done else None,
        "status": 9 if is_done else 2,
        "receiving_area": area.area_id,
        "competent_area": area.area_id,
        "channel": chance.choice(CHANNELS),
        "deadline_precision": "day",
    }


def _documents(
    chance: random.Random,
    days: list[date],
    before: list[tuple[Area, float]],
    after: list[tuple[Area, float]],
    per_day: int,
) -> Iterator[dict[str, Any]]:
    for day in days:
        if day.weekday() > 4:
            continue
        places = after if day >= REORGANISED else before
        for number in range(per_day // 3):
            area, punctual = chance.choice(places)
            yield {
                "document_id": f"D{day:%y%m%d}{number:06}",
                "sender_area": area.area_id,
                "sent_at": datetime.combine(day, time(8 + chance.randrange(9)), VIETNAM),
                "signed": chance.random() < punctual + 0.03,
                "paper": chance.random() > punctual - 0.02,
                "business": 0,
            }


def _statuses(documents: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What the next sender's office tells of each document: two in three are taken in at once."""
    for number, one in enumerate(documents[:-1]):
        receiver = {"document_id": one["document_id"], "organisation": f"V{number % 40}"}
        receiver["area"] = documents[number + 1]["sender_area"]
        arrived = one["sent_at"] + timedelta(minutes=2)
        yield receiver | {"status": "01", "at": arrived}
        if number % 23 == 0:
            yield receiver | {"status": "02", "at": arrived + timedelta(minutes=9)}
        else:
            taken = timedelta(minutes=number % 90) if number % 3 else timedelta(hours=number % 80)
            yield receiver | {"status": "03", "at": arrived + taken}


def _organisations() -> Iterator[dict[str, Any]]:
    """A province's committee, and one of a commune in it."""
    told = (("H44", "UBND tỉnh Phú Thọ"), ("H44.08521", "UBND xã Phùng Nguyên"))
    for code, name in told:
        yield {"organisation_code": code, "valid_from": date.min, "name": name}


def _observations(chance: random.Random, first: date, last: date) -> Iterator[dict[str, Any]]:
    """Monthly work files of Phú Thọ and Cao Bằng."""
    month = first.replace(day=1)
    while month < last.replace(day=1):
        following = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
        for code in ("25", "04"):
            area = register().at(code, month)
            total = chance.randrange(800, 1200)
            yield observation(
                "work_files_online_rate",
                area.area_id,
                month.isoformat(),
                following.isoformat(),
                level="province",
                numerator=float(int(total * (0.7 + 0.25 * chance.random()))),
                denominator=float(total),
            )
        month = following


def _printed() -> list[dict[str, Any]]:
    year = ("2020-01-01", "2021-01-01")
    alone: dict[str, Any] = {"standalone": True, "citation": PRESS}
    return [
        observation("dossiers_received", "25@", *year, numerator=296931.0, **alone),
        observation("dossiers_resolved", "25@", *year, numerator=291384.0, **alone),
        observation("on_time_rate_resolved", "25@", *year, value=98.3, as_reported=True, **alone),
        observation("qlvb_units_rate", "25@", *year, numerator=207.0, denominator=225.0, **alone),
    ]
