"""What departments hand in, made up: feedback, water stations, and figures of periods."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from domain.area import register
from tests.metrics.collected import VIETNAM, Collected, observation

CHANNELS = ("portal", "zalo", "hotline")
FIELDS = (("MT", "Môi trường"), ("GT", "Giao thông"))
COMMUNES = 12
QUARTERS = (
    ("2025-10-01", "2026-01-01"),
    ("2026-01-01", "2026-04-01"),
    ("2026-07-01", "2026-10-01"),
)
TITLES = {
    "pakn": "Phản ánh, kiến nghị (mô phỏng)",
    "quan_trac": "Trạm quan trắc nước (mô phỏng)",
    "bao_cao_nganh": "Báo cáo ngành (mô phỏng)",
}


def deliver_subjects(collected: Collected, first: date, last: date) -> None:
    """Land the three sources, of Phú Thọ and its first communes."""
    chance = random.Random(2)
    told: Any = {"reaches": f"{last} 07:50", "known": f"{last} 07:57", "simulated": True}
    collected.deliver(
        list(_feedback(chance, max(first, date(2026, 1, 5)), last)),
        kind="feedback", source="pakn", **told,
    )  # fmt: skip
    collected.deliver(list(_hours(chance, last)), kind="station_hour", source="quan_trac", **told)
    collected.deliver(list(_figures(chance)), kind="observation", source="bao_cao_nganh", **told)


def _places() -> list[str]:
    province = register().at("25", date(2026, 11, 1))
    communes = register().children(province.area_id, date(2026, 11, 1))[:COMMUNES]
    return [province.area_id, *(one.area_id for one in communes)]


def _feedback(chance: random.Random, first: date, last: date) -> Iterator[dict[str, Any]]:
    places = _places()
    for number in range(240):
        day = first + timedelta(days=number * (last - first).days // 240)
        received = datetime.combine(day, time(9), VIETNAM)
        taken = chance.choice((3, 6, 9, 12))
        is_answered = day + timedelta(days=taken) < last
        field = FIELDS[number % 2]
        yield {
            "feedback_code": f"P{number:05}",
            "channel": CHANNELS[number % 3],
            "field_code": field[0],
            "field_name": field[1],
            "organisation": "H44",
            "area": places[number % len(places)],
            "received_at": received,
            "due_at": received + timedelta(days=10),
            "answered_at": received + timedelta(days=taken) if is_answered else None,
            "status": "answered" if is_answered else "processing",
            "satisfied": chance.random() < 0.8 if is_answered else None,
        }


def _hours(chance: random.Random, last: date) -> Iterator[dict[str, Any]]:
    """A week of two stations; one is out of its limits for five hours, and silent for two."""
    _, here, there = _places()[:3]
    begins = datetime.combine(last - timedelta(days=7), time(0), VIETNAM)
    for station, area in (("W1", here), ("W2", there)):
        for hour in range(7 * 24):
            is_bad = station == "W2" and 30 <= hour < 35
            yield {
                "station": station,
                "hour": begins + timedelta(hours=hour),
                "area": area,
                "kind": "water",
                "readings": 0 if station == "W2" and hour in (40, 41) else 4,
                "expected": 4,
                "exceeded": is_bad,
                "worst": "ph" if is_bad else "",
            }


def _figures(chance: random.Random) -> Iterator[dict[str, Any]]:
    """Quarterly networks, a year's index, monthly payments."""
    for area in _places():
        for start, end in QUARTERS:
            having = float(chance.randrange(15, 21))
            yield observation(
                "agencies_lan_rate", area, start, end, numerator=having, denominator=20.0
            )
        score, paid = chance.randrange(500, 800), chance.randrange(2, 9) * 1_000_000_000
        yield observation("dti_score", area, "2025-01-01", "2026-01-01", value=float(score))
        month = ("2026-09-01", "2026-10-01")
        yield observation("cashless_txn_value", area, *month, numerator=float(paid))
