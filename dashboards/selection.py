"""The page's address and what it asks for, in both directions: the URL is the whole state.

    /                                            the country
    /area/25?from=2020-01-01&to=2020-12-31       an area; CODE@DATE for who held the code then
    /metric/on_time_rate_resolved?area=25        one metric, of the country or of an area
    /compare?area=25&with=24                     areas side by side, or organisations
    /index766?area=25                            the index of Decision 766
    /subject/documents?area=25                   a subject: what is red, its figures, who is worst
    /methodology?q=…                             the catalogue: how everything is counted
    /dossiers?list=overdue&area=25               single dossiers: a list for every day
    /dossiers?metric=dossiers_received&part=…    those behind a figure
    /dossiers/SOURCE/CODE                        one of them
    /ranking?area=25&level=commune&column=-value all areas of a level, page by page
    /sources                                     where the figures come from
    /my/ID                                       a board that somebody put together
    /submit/FORM/PERIOD/AREA                     figures that people hand in
    /alerts, /alerts/closed, /alerts/12          what needs somebody; one alert
    /alerts/ask/METRIC/AREA/FROM/TO              asking for an explanation of a figure

`to` is the last day, included; without it the period runs to the newest day there is. A period
of a name (`period=last_month`) is counted from the newest day, so a bookmark stays what it says.
Filters (`field=…`) may be repeated: those of one name are alternatives. What equals the default
is left out of an address.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, urlencode

from pydantic import BaseModel, ConfigDict, Field

from dashboards.subjects import subject_names
from domain.area import AreaRegister, Boundaries, Level
from domain.errors import AreaError, PeriodError, nearest
from domain.period import (
    Grain,
    ReportingCalendar,
    Span,
    add_months,
    period_end,
    period_start,
    periods,
)
from metrics.drill import ORDERS, Part
from metrics.ranking import Order

EARLIEST = date(2000, 1, 1)
LATEST = date(2100, 1, 1)
MOST_PERIODS = 400
ALERTS_PLACE = re.compile(
    r"|open|acknowledged|explained|closed|requests|answered|\d{1,12}|request/\d{1,12}"
    r"|ask/\d{1,12}|ask/[a-z][a-z0-9_]{1,79}/[\w@-]{2,40}/\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d"
)
BOARD_PLACE = re.compile(r"|[0-9a-f]{24}")
MOST_CHOSEN = 3
"""A form, a period and an area."""
FILTERS = ("organisation", "procedure", "field", "channel")
"""What figures may be narrowed to, beside areas and days."""
MOST_FILTERS = 20
MOST_COMPARED = {"with": 7, "also": 11}
"""How many areas and metrics stand beside the first."""
ALONE = ("compare", "index766", "methodology", "sources", "packs", "ranking")
"""Pages whose path is their name and nothing more."""
WITHOUT_CHOICES = ("methodology", "sources", "submit", "alerts", "packs", "my")
"""Pages that are not about figures of an area and a period."""
AREA_IN_QUERY = (
    "compare",
    "metric",
    "subject",
    "dossiers",
    "index766",
    "methodology",
    "ranking",
)
"""Pages whose address names the area beside the path."""


OF_DOSSIERS = ("listed", "part", "sort", "number")
OF_RANKING = ("level", "column", "group", "number")
COLUMNS = (
    "name",
    "rank",
    "around",
    "value",
    "numerator",
    "denominator",
    "status",
    "change",
)
"""What a ranking can be sorted by, in the order of its columns; with a minus, the other way."""
MOST_PAGES = 2000


class Period(StrEnum):
    """A period by its name, counted from the newest day there is; the year so far has none."""

    MONTH = "month"
    LAST_MONTH = "last_month"
    QUARTER = "quarter"
    TWELVE = "twelve"
    LAST_YEAR = "last_year"

    def span(self, horizon: date, reporting: ReportingCalendar) -> Span:
        """Its days, of the reporting calendar."""

        def start(day: date, grain: Grain) -> date:
            return period_start(day, grain, reporting)

        month, year = start(horizon, Grain.MONTH), start(horizon, Grain.YEAR)
        last = horizon + timedelta(days=1)
        match self:
            case Period.MONTH:
                return Span(month, last)
            case Period.LAST_MONTH:
                return Span(start(month - timedelta(days=1), Grain.MONTH), month)
            case Period.QUARTER:
                return Span(start(horizon, Grain.QUARTER), last)
            case Period.TWELVE:
                return Span(add_months(month, -11), last)
            case Period.LAST_YEAR:
                return Span(start(year - timedelta(days=1), Grain.YEAR), year)


class Compare(StrEnum):
    """What a change is measured against."""

    LAST_YEAR = "last_year"
    PREVIOUS = "previous"
    NONE = "none"


class Side(StrEnum):
    """What stands side by side."""

    AREA = "area"
    ORGANISATION = "organisation"


class Listed(StrEnum):
    """The lists of dossiers that somebody looks into every morning."""

    NEAR = "near"
    OVERDUE = "overdue"
    PAUSED = "paused"
    WAITING = "waiting"
    RECEPTION = "reception"


class GroupedBy(StrEnum):
    """What the lines of a ranking are gathered by: what they lie in, or their verdict."""

    NONE = "none"
    ABOVE = "above"
    STATUS = "status"


class View(BaseModel):
    """What a visitor looks at: one address. Frozen; two equal views have one address."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    page: Literal[
        "overview",
        "area",
        "compare",
        "metric",
        "subject",
        "dossiers",
        "index766",
        "methodology",
        "sources",
        "submit",
        "alerts",
        "packs",
        "my",
        "ranking",
    ] = "overview"
    area: str | None = None
    rest: str | None = Field(default=None, max_length=200)
    period: Period | None = None
    first: date | None = Field(default=None, alias="from", ge=EARLIEST, lt=LATEST)
    last: date | None = Field(default=None, alias="to", ge=EARLIEST, lt=LATEST)
    grain: Grain = Grain.MONTH
    boundaries: Boundaries | None = None
    metric: str | None = None
    compare: Compare = Compare.LAST_YEAR
    calendar: ReportingCalendar = ReportingCalendar.MONTH
    order: Order = Order.BEST
    lang: Literal["vi", "en"] | None = None
    organisation: tuple[str, ...] = Field(default=(), max_length=MOST_FILTERS)
    procedure: tuple[str, ...] = Field(default=(), max_length=MOST_FILTERS)
    field: tuple[str, ...] = Field(default=(), max_length=MOST_FILTERS)
    channel: tuple[str, ...] = Field(default=(), max_length=MOST_FILTERS)
    sought: str = Field(default="", alias="q", max_length=100)
    others: tuple[str, ...] = Field(default=(), alias="with", max_length=MOST_COMPARED["with"])
    also: tuple[str, ...] = Field(default=(), max_length=MOST_COMPARED["also"])
    side: Side = Side.AREA
    listed: Listed = Field(default=Listed.NEAR, alias="list")
    part: Part = Part.NUMERATOR
    sort: str = Field(default="late", max_length=20)
    number: int = Field(default=1, alias="p", ge=1, le=MOST_PAGES)
    level: Level | None = None
    column: str = Field(default="rank", max_length=20)
    group: GroupedBy = GroupedBy.NONE

    @property
    def has_choices(self) -> bool:
        """Whether the page is about figures, which area, period and filters decide."""
        is_one_dossier = self.page == "dossiers" and bool(self.rest)
        return self.page not in WITHOUT_CHOICES and not is_one_dossier

    @property
    def filters(self) -> tuple[tuple[str, str], ...]:
        """What the figures are narrowed to, as a Selection takes it."""
        return tuple((name, code) for name in FILTERS for code in getattr(self, name))

    def toggled(self, name: str, code: str) -> "View":
        """The view narrowed to one more value of a filter, or to one less if it was chosen."""
        chosen = getattr(self, name)
        left = tuple(one for one in chosen if one != code)
        return self.model_copy(update={name: left if code in chosen else (*chosen, code)})

    def span(self, horizon: date) -> Span:
        """The days looked at: from the year's first, to the newest day, where not said.

        Raises PeriodError if `from` comes after `to`, or after the newest day.
        """
        if self.period is not None:
            return self.period.span(horizon, self.calendar)
        last = self.last or max(horizon, self.first or horizon)
        return Span.of_days(self.first or period_start(last, Grain.YEAR, self.calendar), last)

    def path(self) -> str:
        places = {"overview": "/", "area": f"/area/{self.area}", "metric": f"/metric/{self.metric}"}
        return places.get(self.page) or "/".join(filter(None, [f"/{self.page}", self.rest]))

    def href(self, **changes: Any) -> str:
        """The address, or that of the same view with some fields changed."""
        view = self.model_copy(update=changes) if changes else self
        query = urlencode(view._query(), safe=":@,", doseq=True)
        path = quote(view.path(), safe="/@")
        return f"{path}?{query}" if query else path

    def _query(self) -> dict[str, Any]:
        in_path = {"page", "rest", "metric" if self.page == "metric" else ""}
        in_path.add("" if self.page in AREA_IN_QUERY else "area")
        in_path.add("" if self.page == "methodology" else "sought")
        in_path |= set() if self.page == "compare" else {"others", "also", "side"}
        own = {"dossiers": OF_DOSSIERS, "ranking": OF_RANKING}.get(self.page, ())
        in_path |= {*OF_DOSSIERS, *OF_RANKING} - {*own}
        given = self.model_dump(by_alias=True, mode="json", exclude=in_path)
        return {key: value for key, value in given.items() if value != _standard()[key]}


@cache
def _standard() -> dict[str, Any]:
    """What an address need not say."""
    return View().model_dump(by_alias=True, mode="json")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an address, for `say(key, **gaps)`."""

    key: str
    gaps: Mapping[str, str]


class AddressError(ValueError):
    """An address that cannot be read: what is wrong, and the nearest one that can."""

    def __init__(self, problems: list[Problem], nearest_href: str) -> None:
        super().__init__("; ".join(f"{p.key} {dict(p.gaps)}" for p in problems))
        self.problems = problems
        self.nearest_href = nearest_href


def view_of(
    path: str,
    search: str,
    *,
    metrics: Iterable[str],
    register: AreaRegister,
    horizon: date,
    choices: Mapping[str, Collection[str]] | None = None,
) -> View:
    """The view at an address. `choices` are the codes there are by filter; None: any.

    Raises AddressError with every problem found and the address that differs least: the
    parameters that could not be read are mended where a near one exists, and else left out.
    """
    reader = _Reader(list(metrics), choices)
    place = reader.place(path)
    fields = {**place, **reader.parameters(search, str(place["page"]))}
    view = reader.checked_period(View.model_validate(fields), horizon)
    view = reader.checked_area(view, register, horizon)
    view = reader.checked_others(view, register, horizon)
    if reader.problems:
        raise AddressError(reader.problems, view.href())
    return view


def in_its_time(view: View, register: AreaRegister, horizon: date) -> View:
    """The view, of the last year of an area that has ended where no days are said."""
    if view.area is None or view.first or view.last or view.period:
        return view
    until = register.resolve(view.area, horizon).valid_until
    if until is None or until > horizon:
        return view
    last = until - timedelta(days=1)
    return view.model_copy(update={"first": date(last.year, 1, 1), "last": last})


class _Reader:
    """Reads an address piece by piece and remembers what was wrong."""

    def __init__(self, metrics: list[str], choices: Mapping[str, Collection[str]] | None) -> None:
        self.problems: list[Problem] = []
        self.choices = choices
        self.known: dict[str, list[str]] = {
            "period": list(Period),
            "grain": list(Grain),
            "boundaries": list(Boundaries),
            "metric": metrics,
            "compare": list(Compare),
            "calendar": list(ReportingCalendar),
            "order": list(Order),
            "lang": ["vi", "en"],
            "side": list(Side),
        }
        self.of_ranking: dict[str, list[str]] = {
            "level": [level for level in Level if level is not Level.COUNTRY],
            "column": [f"{sign}{name}" for name in COLUMNS for sign in ("", "-")],
            "group": list(GroupedBy),
        }
        self.of_dossiers: dict[str, list[str]] = {
            "list": list(Listed),
            "part": list(Part),
            "sort": list(ORDERS),
        }

    def complain(self, key: str, **gaps: str) -> None:
        self.problems.append(Problem(f"address.{key}", gaps))

    def place(self, path: str) -> dict[str, Any]:
        """Page and area of a path."""
        parts = [part for part in path.split("/") if part]
        match [*parts, subject_names()[0]] if parts == ["subject"] else parts:
            case []:
                return {"page": "overview"}
            case [name] if name in ALONE:
                return {"page": name}
            case ["area", code]:
                return {"page": "area", "area": code}
            case ["metric" | "subject" as kind, name]:
                return self._metric(name) if kind == "metric" else self._subject(name)
            case ["submit" | "alerts" | "dossiers" | "my" as name, *rest] if _is_place(name, rest):
                return {"page": name, "rest": "/".join(rest)[:200]}
            case parts:
                self.complain("no_page", path=path)
                return _nearest_place(parts)

    def _metric(self, name: str) -> dict[str, Any]:
        """The page of a metric; of the nearest one where there is none of the name."""
        found = self._parameter("metric", name)
        return {"page": "metric", **found} if found else {"page": "overview"}

    def _subject(self, name: str) -> dict[str, Any]:
        """The page of a subject; of the nearest one where there is none of the name."""
        names = subject_names()
        if name not in names:
            self.complain("no_subject", value=name)
            name = next(iter(nearest(name.lower(), names, 1)), names[0])
        return {"page": "subject", "rest": name}

    def parameters(self, search: str, page: str) -> dict[str, Any]:
        """The readable parameters of a query string, mended where they were nearly right."""
        known = (name for name in self.known if name not in (page, "side"))
        names = ["from", "to", *FILTERS, *known]
        names += ["area"] if page in AREA_IN_QUERY else []
        names += ["q"] if page == "methodology" else []
        names += ["with", "also", "side"] if page == "compare" else []
        names += [*self.of_dossiers, "p"] if page == "dossiers" else []
        names += [*self.of_ranking, "p"] if page == "ranking" else []
        found: dict[str, Any] = {}
        for name, value in parse_qsl(search.removeprefix("?"), keep_blank_values=True):
            mended = name if name in names else next(iter(nearest(name.lower(), names)), "")
            if mended != name:
                self.complain("no_parameter", name=name)
            if mended in FILTERS or mended in MOST_COMPARED:
                found[mended] = (*found.get(mended, ()), *self._choice(mended, value, found))
            elif mended in found:
                self.complain("twice", name=mended)
            elif mended:
                found.update(self._parameter(mended, value))
        return self._one_period(found)

    def _one_period(self, found: dict[str, Any]) -> dict[str, Any]:
        """Days that are said go before a period's name."""
        if "period" in found and ("from" in found or "to" in found):
            self.complain("period_and_days")
            del found["period"]
        return found

    def _choice(self, name: str, code: str, found: Mapping[str, Any]) -> tuple[str, ...]:
        """The code of a filter, if there is such a one, once."""
        if code in found.get(name, ()):
            self.complain("twice", name=name)
            return ()
        most = MOST_COMPARED.get(name, MOST_FILTERS)
        if len(found.get(name, ())) == most:
            self.complain("too_many", name=name, most=str(most))
            return ()
        if name in MOST_COMPARED:
            return self._compared(name, code)
        if code and (self.choices is None or code in self.choices[name]):
            return (code,)
        self.complain(f"no_{name}", value=code)
        return ()

    def _compared(self, name: str, value: str) -> tuple[str, ...]:
        """A further area as it stands, to be looked up later; a further metric if there is one."""
        if name == "with":
            return (value,)
        return tuple(self._parameter("metric", value).values())

    def _parameter(self, name: str, value: str) -> dict[str, str]:
        if name in ("area", "q"):
            return {name: value[:100]}
        if name in ("from", "to"):
            day = _day(value)
            if day is None or day.isoformat() != value:
                self.complain("no_day", name=name, value=value)
            return {name: day.isoformat()} if day else {}
        if name == "p":
            is_page = value.isdecimal() and 0 < int(value) <= MOST_PAGES
            return {name: value} if is_page else self._no_page(value)
        known = {**self.known, **self.of_dossiers, **self.of_ranking}[name]
        if value in known:
            return {name: value}
        near = nearest(value.lower(), known, 1)
        self.complain(f"no_{name}", value=value)
        return {name: near[0]} if near else {}

    def _no_page(self, value: str) -> dict[str, str]:
        self.complain("no_p", value=value)
        return {}

    def checked_period(self, view: View, horizon: date) -> View:
        """The view with a period that holds days, and not too many periods."""
        try:
            span = view.span(horizon)
        except PeriodError:
            self.complain("backwards")
            return view.model_copy(update={"first": view.last, "last": view.first})
        count = span.days // _SHORTEST[view.grain]
        if count <= MOST_PERIODS or len(periods(span, view.grain)) <= MOST_PERIODS:
            return view
        self.complain("too_fine", count=str(count), most=str(MOST_PERIODS))
        coarser = next(grain for grain in _SHORTEST if span.days // _SHORTEST[grain] < MOST_PERIODS)
        return view.model_copy(update={"grain": coarser})

    def checked_area(self, view: View, register: AreaRegister, horizon: date) -> View:
        """The view with an area that the register knows, or the country."""
        if view.area is None:
            return view
        last = view.span(horizon).last_day
        code, _, day = view.area.partition("@")
        try:
            register.resolve(view.area, last)
        except (AreaError, ValueError):
            self.complain("no_area", code=code, day=f"{_day(day) or last:%d/%m/%Y}")
            return _nearest_area(view, code, register, last)
        return view

    def checked_others(self, view: View, register: AreaRegister, horizon: date) -> View:
        """The view beside those areas that the register knows."""
        last, known = view.span(horizon).last_day, []
        for area in view.others:
            try:
                register.resolve(area, last)
                known.append(area)
            except (AreaError, ValueError):
                code, _, day = area.partition("@")
                self.complain("no_area", code=code, day=f"{_day(day) or last:%d/%m/%Y}")
        return view.model_copy(update={"others": tuple(known)})


_SHORTEST = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 28, Grain.QUARTER: 90, Grain.YEAR: 365}


def _day(text: str) -> date | None:
    """A day as written by machines, or as people here write it."""
    try:
        return _within(date.fromisoformat(text))
    except ValueError:
        pass
    try:
        day, month, year = (int(part) for part in text.replace("-", "/").split("/"))
        return _within(date(year, month, day))
    except ValueError:
        return None


def _within(day: date) -> date | None:
    return day if EARLIEST <= day < LATEST else None


def _is_place(page: str, rest: list[str]) -> bool:
    """Whether there is such a place below a page."""
    if page == "alerts":
        return ALERTS_PLACE.fullmatch("/".join(rest)) is not None
    if page == "dossiers":
        return len(rest) != 1
    if page == "my":
        return BOARD_PLACE.fullmatch("/".join(rest)) is not None
    return len(rest) <= MOST_CHOSEN


def _nearest_place(parts: list[str]) -> dict[str, str]:
    """The page whose name is nearest; an area if something like a code follows."""
    if parts[-1].partition("@")[0].isdecimal():
        return {"page": "area", "area": parts[-1]}
    near = nearest(parts[0].lower(), (*ALONE, "dossiers", "submit", "alerts", "my"), 1)
    return {"page": near[0]} if near else {"page": "overview"}


def _nearest_area(view: View, code: str, register: AreaRegister, last: date) -> View:
    """The same view of who held the code on another day, or of the area it lies in by its code."""
    for day in (last, date(2025, 6, 30), last - timedelta(days=3650)):
        for candidate in (code, code[:2]):
            try:
                area = register.at(candidate, day)
            except AreaError:
                continue
            suffix = "" if day == last else f"@{day.isoformat()}"
            return view.model_copy(update={"area": f"{area.code}{suffix}"})
    page = view.page if view.page in AREA_IN_QUERY else "overview"
    return view.model_copy(update={"page": page, "area": None})


def trend_span(span: Span, grain: Grain, reporting: ReportingCalendar) -> Span:
    """Whole periods: those of the span, and enough before them that a trend can be seen."""
    days, months = _CONTEXT[grain]
    end = period_end(span.last_day, grain, reporting)
    start = add_months(end, -months) if months else end - timedelta(days=days)
    return Span(period_start(min(span.start, start), grain, reporting), end)


_CONTEXT = {
    Grain.DAY: (62, 0),
    Grain.WEEK: (7 * 26, 0),
    Grain.MONTH: (0, 24),
    Grain.QUARTER: (0, 36),
    Grain.YEAR: (0, 84),
}
