"""The simulated world: some provinces from one day on, as they are known at any instant.

Everything is an event with its own instant. The world at a later instant holds the world at an
earlier one unchanged, but for what happened in between.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from datasources.simulator.chance import Counts
from datasources.simulator.clock import DAY, date_of, day_number
from datasources.simulator.desks import homes
from datasources.simulator.documents import Documents, documents_joined
from datasources.simulator.dossiers import Dossiers, joined
from datasources.simulator.province import Province
from datasources.simulator.work_files import Line, month_report
from domain.area import Level, register
from domain.errors import AreaError
from domain.period import add_months

BEGINNING = date(2020, 1, 1)
END = date(2040, 1, 1)


class World:
    """Provinces by seed, in a span of days.

    `areas` names present-day provinces, or communes of one province, by code; all five
    provinces if empty. Nothing is handed in before `start` or after `end`, the last day; what
    was handed in goes on living. `scale` multiplies what comes in.
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
        self._dossiers: dict[str, tuple[date, Dossiers]] = {}
        self._documents: dict[str, tuple[date, Documents]] = {}

    def dossiers(self, home: str, at: int) -> Dossiers:
        """Every dossier of a province handed in by an instant, with all that will happen to it."""
        month = self._month(at)
        if self._dossiers.get(home, (None,))[0] != month:
            drawn = joined([self.provinces[home].dossiers(each) for each in self._months(month)])
            self._dossiers[home] = month, drawn.rows(self._inside(drawn.submitted))
        held = self._dossiers[home][1]
        return held.rows(held.submitted <= at)

    def documents(self, home: str, at: int) -> Documents:
        """Every document sent in a province by an instant, and what becomes of it."""
        month = self._month(at)
        if self._documents.get(home, (None,))[0] != month:
            parts = [self.provinces[home].documents(each) for each in self._months(month)]
            drawn = documents_joined(parts)
            self._documents[home] = month, drawn.rows(self._inside(drawn.sent))
        held = self._documents[home][1]
        return held.rows(held.sent <= at)

    def reports(self, home: str, month: date) -> Iterator[Line]:
        """The lines of a calendar month's reports; nothing outside the world's days."""
        if self.start <= month and add_months(month, 1) <= self.end + timedelta(days=1):
            province = self.provinces[home]
            desks = [province.desks[row] for row in province.rows]
            yield from month_report(self.seed, desks, month, self.scale)

    def _month(self, at: int) -> date:
        """The last month that is needed to know everything until an instant."""
        return max(self.start, min(date_of(at // DAY), self.end)).replace(day=1)

    def _months(self, last: date) -> list[date]:
        first = self.start.replace(day=1)
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        return [add_months(first, number) for number in range(count)]

    def _inside(self, moments: Counts) -> NDArray[np.bool_]:
        """Which moments lie in the world's days."""
        day = moments // DAY
        inside: NDArray[np.bool_] = (day_number(self.start) <= day) & (day <= day_number(self.end))
        return inside


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
