"""Figures that somebody else has counted, as observations: for an area, for a period, cited."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from datasources.base import Note, Parsed, Read, Reading, Record, Rejected
from datasources.reading.places import Areas, Organisations, PlaceError
from domain.dossier import local_day
from domain.errors import RecordError, UnknownNameError
from domain.organisation import OrganisationRegister
from domain.period import Span

COMMITTEE = "committee"
AUTHORITIES = "authorities"


class FigureError(RecordError):
    """Why what somebody counted is refused: the field, the rule and the reason, no values."""

    def __init__(self, field: str, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.rule = rule


class DepartmentError(RecordError):
    """An organisation that does not stand for its area: its figures are not those of the area."""


class Authorities:
    """Looks up the area that the committee of a code governs."""

    def __init__(self, reading: Reading, within: str | None) -> None:
        areas = Areas(reading.areas, within)
        self._register: OrganisationRegister = reading.organisations
        self._places = Organisations(reading.organisations, areas, reading.organisation_days)

    def area(self, code: str, day: date, field: str) -> str:
        """The area's id on a day. Raises FigureError, or DepartmentError for a department."""
        try:
            found, area = self._places.by_code(code, day)
            kind = self._register.by_code(found, day).kind
        except PlaceError as error:
            raise FigureError(field, "organisation", error.message) from None
        except (RecordError, UnknownNameError):
            raise FigureError(field, "organisation", "is no organisation of that day") from None
        if kind != COMMITTEE:
            raise DepartmentError("is a department")
        return area


def figures(
    items: Sequence[Any],
    written: Callable[[Any, Authorities], Iterable[Record | Note]],
    reading: Reading,
    within: str | None,
    passed_over: str,
) -> Iterator[Parsed]:
    """The figures `written` of each item, whole or refused; rows are counted from 1.

    `passed_over` is what a person is told where an item is a department's.
    """
    if AUTHORITIES not in reading.memo:
        reading.memo[AUTHORITIES] = Authorities(reading, within)
    authorities: Authorities = reading.memo[AUTHORITIES]
    yield Read(len(items))
    for row, item in enumerate(items, start=1):
        try:
            yield from list(written(item, authorities))
        except DepartmentError:
            yield Note(passed_over)
        except FigureError as error:
            yield Rejected("observation", row, error.field, error.rule, error.message)


class Figures:
    """Writes the observations of one area and period, all with one citation.

    Those that are `standalone` are never added to what is counted; they answer for their own
    area and period, and stand beside what is counted there.
    """

    def __init__(self, area: str, span: Span, citation: str, *, standalone: bool = True) -> None:
        self._key = (area, "", span.start, span.end)
        self._citation = citation
        self._standalone = standalone

    def count(self, metric: str, count: float | None, note: str = "") -> Iterator[Record]:
        """A number; none where it is not told, for what is not told is not 0."""
        if count is not None:
            yield self._record(metric, (count, None, None), note)

    def ratio(
        self, metric: str, numerator: float | None, denominator: float | None, note: str = ""
    ) -> Iterator[Record]:
        """A share by its two counts; none where one is not told, or there is nothing to divide."""
        if numerator is not None and denominator:
            yield self._record(metric, (numerator, denominator, None), note)

    def value(
        self, metric: str, value: float | None, note: str = "", *, as_reported: bool = False
    ) -> Iterator[Record]:
        """A score, or with `as_reported` a rate whose counts nobody tells."""
        if value is not None:
            yield self._record(metric, (None, None, value), note, as_reported=as_reported)

    def _record(
        self,
        metric: str,
        figures: tuple[float | None, float | None, float | None],
        note: str,
        *,
        as_reported: bool = False,
    ) -> Record:
        flags = as_reported, self._standalone
        return Record("observation", (metric, *self._key, *figures, *flags, self._citation, note))


def is_over(span: Span, reading: Reading) -> bool:
    """Whether a period has ended in Vietnam: its figures can no longer grow."""
    return span.end <= local_day(reading.now)
