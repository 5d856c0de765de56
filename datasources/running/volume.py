"""Whether a delivery has about as many records as usual: too few or too many is not believed.

Usual is the median of the same weekday over eight weeks. A source that delivers once a day is
judged by each delivery; one that sends all day only by too much, because the rest may follow.
What was missed while it was silent may come at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from statistics import median

WEEKS = 8
ENOUGH = 4
CHANCE = 3.0
FEW = 15
"""So many records more prove nothing: small feeds come in bursts, wider than chance alone."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Day:
    """What a source brought on one day: so many deliveries, so many records."""

    deliveries: int
    records: int


def looked_back(day: date) -> date:
    """The first day that is compared with."""
    return day - timedelta(weeks=WEEKS)


def doubt(records: int, day: date, history: Mapping[date, Day], share: float) -> str | None:
    """Why a delivery of so many records on a day is not believed; None if it is.

    `history` holds the days that brought anything, `day` itself so far included. A deviation of
    `share` is allowed, and what chance makes of small numbers; a share of 0 allows anything.
    """
    usual = usual_records(day, history)
    if not share or not records or usual is None:
        return None
    before = {one: told for one, told in history.items() if one < day}
    once = median(told.deliveries for told in before.values()) <= 1
    if once and records < usual - _margin(usual, share):
        return _sentence(records, usual, day)
    today = 0 if once or day not in history else history[day].records
    most = usual + sum(_missed(day, before))
    if records + today > most + max(_margin(most, share), FEW):
        return _sentence(records + today, most, day)
    return None


def usual_records(day: date, history: Mapping[date, Day]) -> float | None:
    """The median of the same weekday; None without enough of them."""
    same: Sequence[int] = [
        told.records
        for one, told in history.items()
        if looked_back(day) <= one < day and one.weekday() == day.weekday()
    ]
    return median(same) if len(same) >= ENOUGH else None


def _missed(day: date, before: Mapping[date, Day]) -> list[float]:
    """What is usual of the days since anything last came."""
    silent = (day - max(before)).days - 1
    days = [day - timedelta(days=number) for number in range(1, silent + 1)]
    return [usual for one in days if (usual := usual_records(one, before))]


def _margin(usual: float, share: float) -> float:
    return max(share * usual, CHANCE * sqrt(usual))


def _sentence(records: int, usual: float, day: date) -> str:
    return f"{records:,} records, where about {usual:,.0f} are usual on a {WEEKDAYS[day.weekday()]}"
