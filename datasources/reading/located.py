"""Where each row of a table lies: its organisations and areas, looked up on the row's own day."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from datasources.base import Reading
from datasources.reading.arrow import (
    Column,
    Flags,
    Numbers,
    coded_as,
    encoded,
    filled,
    first_given,
    is_given,
)
from datasources.reading.fields import Doubt
from datasources.reading.mapping import AREA_FIELDS, ORGANISATION_FIELDS
from datasources.reading.places import EPOCH, Areas, Organisations, PlaceError
from domain.dossier import VIETNAM
from domain.errors import RecordError
from domain.organisation import normalise_code

DAY_FROM: Mapping[str, tuple[str, ...]] = {
    "dossier": ("received_at", "submitted_at", "finished_at", "updated_at"),
    "document": ("sent_at",),
    "document_status": ("at",),
    "observation": ("period_end",),
    "feedback": ("received_at", "answered_at", "updated_at"),
    "procedure": ("valid_from",),
    "organisation": ("valid_from",),
    "station_hour": ("hour",),
}
"""The fields that tell the day on which an area is looked up, the first that is given."""

DAY_BEFORE = ("observation",)
"""Records whose day is the last of a period that is written with its end left out."""

AREAS_FROM: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "dossier": {
        "competent_area": (
            "competent_area", "competent_organisation", "receiving_area", "receiving_organisation",
        ),
        "receiving_area": (
            "receiving_area", "receiving_organisation", "competent_area", "competent_organisation",
        ),
    },
    "document": {"sender_area": ("sender_area", "sender_organisation")},
    "document_status": {"area": ("area", "organisation")},
    "observation": {"area": ("area",)},
    "feedback": {"area": ("area", "organisation")},
    "procedure": {"owner_area": ("owner_area", "owner_organisation")},
    "organisation": {"area": ("area",)},
    "station_hour": {"area": ("area",)},
}  # fmt: skip
"""Each area of a record, and from where it is taken: the first that is known."""

LIE_ANYWHERE = ("organisation", "document_status")
"""Records that need no area: what they tell can be known without it."""

AHEAD_MICROS = 7 * 3_600_000_000
DAY_MICROS = 86_400_000_000
UNSEEN = np.iinfo(np.int64).min

LookUp = Callable[[str, date], str | None]


class Locator:
    """Finds the places of one kind of record. `within` is the province that names lie in.

    With `known_only` an organisation that no register has is refused; else its text is kept.
    """

    known_only = False

    def __init__(self, record: str, within: str | None, reading: Reading) -> None:
        self.record = record
        self.within = within
        self.areas = Areas(reading.areas, within)
        self.organisations = Organisations(
            reading.organisations, self.areas, reading.organisation_days
        )
        self.today = (reading.now.astimezone(VIETNAM).date() - EPOCH).days

    def places(
        self, fields: Mapping[str, Column], height: int
    ) -> tuple[dict[str, Column], list[Doubt]]:
        """Organisations as codes, areas as ids, and which rows lie nowhere that is known."""
        days = self._days(fields, height)
        places: dict[str, Column] = {}
        areas: dict[str, Column] = {}
        doubts: list[Doubt] = []
        hints: list[Doubt] = []
        for name in ORGANISATION_FIELDS:
            if name in fields:
                places[name], areas[name], found = self._organisations(name, fields[name], days)
                (doubts if self.known_only else hints).extend(found)
        for name in AREA_FIELDS:
            if name in fields:
                areas[name], found = self._areas(name, fields[name], days)
                doubts += found
        for name, sources in AREAS_FROM.get(self.record, {}).items():
            known = [areas[one] for one in sources if one in areas]
            if self.record in LIE_ANYWHERE:
                places[name] = filled(first_given([*known, pa.nulls(height, pa.string())]), "")
                continue
            places[name] = first_given(known or [pa.nulls(height, pa.string())])
            lost = ~is_given(places[name])
            doubts += [hint._replace(rows=hint.rows & lost) for hint in hints]
            doubts.append(Doubt(name, "area", "lies in no known area", lost))
        return places, doubts

    def organisation(self, text: str, day: date) -> tuple[str, str]:
        """An organisation's code and its area's id, by code or by name. Raises PlaceError."""
        try:
            return self.organisations.by_code(text, day)
        except PlaceError:
            return self.organisations.by_name(text, self.within, day)

    def _days(self, fields: Mapping[str, Column], height: int) -> Numbers:
        """The day number of each row, today where nothing tells it."""
        names = [name for name in DAY_FROM.get(self.record, ()) if name in fields]
        told = [_day_numbers(fields[name]) for name in names]
        days = np.asarray(first_given([*told, pa.array(np.full(height, self.today))]))
        return days - 1 if self.record in DAY_BEFORE else days

    def _areas(self, name: str, texts: Column, days: Numbers) -> tuple[Column, list[Doubt]]:
        """The id of each row's area, null for an empty text."""

        def look_up(text: str, day: date) -> str | None:
            return self.areas.area_id(text, day) if text else None

        ids, wrong = _looked_up(texts, days, self.areas.editions(days), look_up)
        return ids, [Doubt(name, "area", why, rows) for why, rows in wrong]

    def _organisations(
        self, name: str, texts: Column, days: Numbers
    ) -> tuple[Column, Column, list[Doubt]]:
        """Each row's organisation as its code, or as its text where no register has it; its area.

        Unless only known ones will do, the doubts matter where no other field tells the area.
        """
        editions = self.organisations.editions(days)
        codes, _ = _looked_up(texts, days, editions, self._organisation_code)
        areas, wrong = _looked_up(texts, days, editions, self._organisation_area)
        return codes, areas, [Doubt(name, "organisation", why, rows) for why, rows in wrong]

    def _organisation_code(self, text: str, day: date) -> str:
        try:
            return self.organisation(text, day)[0] if text else ""
        except PlaceError:
            return "" if self.known_only else normal_or_same(text)

    def _organisation_area(self, text: str, day: date) -> str | None:
        return self.organisation(text, day)[1] if text else None


def normal_or_same(text: str) -> str:
    """An organisation's code from wide to narrow; any other text as it is."""
    try:
        return normalise_code(text)
    except RecordError:
        return text


def _day_numbers(column: Column) -> Column:
    """Days since 1970 in Vietnam, of a column of days or instants."""
    if pa.types.is_date(column.type):
        return column.cast(pa.int32()).cast(pa.int64())
    micros = np.asarray(filled(column.cast(pa.int64()), 0))
    days: Column = pa.array((micros + AHEAD_MICROS) // DAY_MICROS, mask=~is_given(column))
    return days


def _looked_up(
    texts: Column, days: Numbers, editions: Numbers, look_up: LookUp
) -> tuple[Column, list[tuple[str, Flags]]]:
    """Each row's text looked up on its day, once per text and edition; what went wrong where."""
    places, names = encoded(texts)
    width = int(editions.max(initial=0)) + 1
    keys = places.astype(np.int64) * width + editions
    some_day = np.full(len(names) * width, UNSEEN)
    some_day[keys] = days
    answers: list[str | None] = [None]
    answer_of = np.zeros(len(some_day), dtype=np.int32)
    wrong: dict[str, list[int]] = {}
    for key in np.flatnonzero(some_day != UNSEEN).tolist():
        day = EPOCH + timedelta(days=int(some_day[key]))
        try:
            answers.append(look_up((names[key // width] or "").strip(), day))
            answer_of[key] = len(answers) - 1
        except PlaceError as error:
            wrong.setdefault(error.message, []).append(key)
    found = coded_as(answers, answer_of[keys])
    return found, [(why, np.isin(keys, bad)) for why, bad in wrong.items()]
