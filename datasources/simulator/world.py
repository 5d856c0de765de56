"""The simulated world: some provinces from one day on, as they are known at any instant.

Everything is an event with its own instant. The world at a later instant holds the world at an
earlier one unchanged, but for what happened in between.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from threading import Lock
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from datasources.simulator.chance import Counts
from datasources.simulator.clock import DAY, date_of, day_number
from datasources.simulator.desks import homes
from datasources.simulator.documents import Documents, documents_joined
from datasources.simulator.dossiers import Dossiers, joined
from datasources.simulator.feedback import Report, drawn_reports
from datasources.simulator.province import Province
from datasources.simulator.work_files import Line, month_report
from domain.area import Level, register
from domain.errors import AreaError
from domain.period import add_months

T = TypeVar("T", Dossiers, Documents)

BEGINNING = date(2020, 1, 1)
END = date(2040, 1, 1)


class World:
    """Provinces by seed, in a span of days.

    `areas` names present-day provinces, or communes of one province, by code; all five
    provinces if empty. Nothing is handed in before `start` or after `end`, the last day; what
    was handed in goes on living. `scale` multiplies what comes in. Several threads may ask.
    """

    def __init__(
        self,
        seed: int,
        areas: Sequence[str] = (),
        start: date = BEGINNING,
        end: date = END,
        scale: float = 1.0,
    ) -> None:
        self.seed = seed
        self.start = start
        self.end = end
        self.provinces = {
            home: Province(seed, home, only, scale) for home, only in _places(areas).items()
        }
        self.scale = scale
        self._dossiers: _Drawn[Dossiers] = _Drawn()
        self._documents: _Drawn[Documents] = _Drawn()
        self._feedback: dict[str, dict[date, list[Report]]] = {}
        self._lock = Lock()

    def dossiers(self, home: str, at: int) -> Dossiers:
        """Every dossier of a province handed in by an instant, with all that will happen to it."""
        with self._lock:
            if new := self._new_months(self._dossiers.last_month(home), at):
                parts = [self.provinces[home].dossiers(month) for month in new]
                drawn = [part.rows(self._inside(part.submitted)) for part in parts]
                self._dossiers.keep(home, new[-1], drawn, joined)
            held = self._dossiers.of(home)
        return held.rows(held.submitted <= at)

    def documents(self, home: str, at: int) -> Documents:
        """Every document sent in a province by an instant, and what becomes of it."""
        with self._lock:
            if new := self._new_months(self._documents.last_month(home), at):
                parts = [self.provinces[home].documents(month) for month in new]
                drawn = [part.rows(self._inside(part.sent)) for part in parts]
                self._documents.keep(home, new[-1], drawn, documents_joined)
            held = self._documents.of(home)
        return held.rows(held.sent <= at)

    def feedback(self, home: str, at: int) -> list[Report]:
        """Every report that came in in a province by an instant, and what becomes of it."""
        with self._lock:
            held = self._feedback.setdefault(home, {})
            month = self.start.replace(day=1)
            last = max(self.start, min(date_of(at // DAY), self.end))
            while month <= last:
                if month not in held:
                    held[month] = self._drawn_feedback(home, month)
                month = add_months(month, 1)
            found = [one for month in sorted(held) for one in held[month]]
        return [one for one in found if one.received <= at]

    def _drawn_feedback(self, home: str, month: date) -> list[Report]:
        province = self.provinces[home]
        found = drawn_reports(self.seed, province.desks, province.rows, month, self.scale)
        first, last = day_number(self.start), day_number(self.end)
        return [one for one in found if first <= one.received // DAY <= last]

    def reports(self, home: str, month: date) -> Iterator[Line]:
        """The lines of a calendar month's reports; nothing outside the world's days."""
        if self.start <= month and add_months(month, 1) <= self.end + timedelta(days=1):
            province = self.provinces[home]
            desks = [province.desks[row] for row in province.rows]
            yield from month_report(self.seed, desks, month, self.scale)

    def _new_months(self, held: date | None, at: int) -> list[date]:
        """The months that are still to be drawn to know everything until an instant."""
        last = max(self.start, min(date_of(at // DAY), self.end))
        month = self.start.replace(day=1) if held is None else add_months(held, 1)
        months = []
        while month <= last:
            months.append(month)
            month = add_months(month, 1)
        return months

    def _inside(self, moments: Counts) -> NDArray[np.bool_]:
        """Which moments lie in the world's days."""
        day = moments // DAY
        inside: NDArray[np.bool_] = (day_number(self.start) <= day) & (day <= day_number(self.end))
        return inside


class _Drawn(Generic[T]):
    """What has been drawn so far, per province, and its last month."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[date, T]] = {}

    def last_month(self, home: str) -> date | None:
        return self._held[home][0] if home in self._held else None

    def of(self, home: str) -> T:
        return self._held[home][1]

    def keep(self, home: str, month: date, new: list[T], join: Callable[[list[T]], T]) -> None:
        """Add what was drawn up to and including a month."""
        held = [self._held[home][1]] if home in self._held else []
        self._held[home] = month, join(held + new)


def _places(areas: Sequence[str]) -> dict[str, list[str]]:
    """The provinces that are simulated and, for each, the communes it is restricted to."""
    places: dict[str, list[str]] = {}
    for code in areas or homes():
        area = register().resolve(code, date(2025, 7, 1))
        province = register().ancestors(area.area_id)[Level.PROVINCE].partition("@")[0]
        if province not in homes() or area.level not in (Level.PROVINCE, Level.COMMUNE):
            raise AreaError(
                f"{area.full_name} ({code}) is not simulated. "
                f"Name communes or provinces among {', '.join(homes())}."
            )
        places.setdefault(province, [])
        if area.level is Level.COMMUNE:
            places[province].append(code)
    return places
