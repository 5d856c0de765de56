"""The collector's own figures: who delivered on time, and who had to be reminded, by day and area.

They land and are loaded as any observations, so that every page shows them as it shows others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from datasources.base import Read, Record
from datasources.reading.landing import Landing
from domain.area import COUNTRY_ID

SOURCE = "attendance"
KIND = "attendance"
TITLE_VI, TITLE_EN = "Sổ theo dõi nguồn số liệu", "Attendance of the sources"
RATE, REMINDERS = "feed_freshness_rate", "data_reminder_count"


@dataclass(frozen=True)
class Day:
    """One area on one day: so many deliveries were due, so many were there; so many reminders."""

    area_id: str
    day: date
    due: int
    kept: int
    reminders: int


def land_attendance(root: Path, days: Iterable[Day], now: datetime, *, simulated: bool) -> Path:
    """Land the figures of some days; the folder."""
    with Landing(root, SOURCE, KIND, now, simulated) as landing:
        rows = 0
        for one in days:
            rows += 1
            landing.add(_observation(one, RATE, one.kept, one.due))
            landing.add(_observation(one, REMINDERS, one.reminders, None))
        landing.add(Read(rows))
        return landing.finish({}, datetime.now(UTC)).folder


def _observation(one: Day, metric: str, numerator: int, denominator: int | None) -> Record:
    divisor = None if denominator is None else float(denominator)
    return Record(
        "observation",
        (
            metric,
            one.area_id or COUNTRY_ID,
            "",
            one.day,
            one.day + timedelta(days=1),
            float(numerator),
            divisor,
            None,
            False,
            False,
            "",
            "",
        ),
    )
