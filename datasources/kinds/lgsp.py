"""What provincial systems push to the integration platform (LGSP) once a month, as documents.

The counts of a one-stop system (OpenCPS) stand beside the dossiers that are counted here: they
are never added to them, and a difference is there for everybody to see. The platform's own
calls are counted nowhere else, so they do add up.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from datasources.base import Document, Note, Order, Parsed, Reading, Record, SourceConfig
from datasources.kinds.figures import Authorities, FigureError, Figures, figures, is_over
from datasources.kinds.items import decoded
from datasources.reading.files import new_files
from domain.errors import SourceError
from domain.period import Span, add_months

TOLERATED = 5
PASSED_OVER = "Departments report too: their counts are not those of an area."
ORGANISATION = "OrganizationInchargeIdlevel1"
ROUNDING = 0.1
CALLS = "Services"
NEWEST = 9998

Shape = TypeVar("Shape", bound=msgspec.Struct)
Count = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]
MonthNumber = Annotated[int, msgspec.Meta(ge=1, le=12)]
Year = Annotated[int, msgspec.Meta(ge=2000, le=NEWEST)]


class LgspConfig(SourceConfig):
    """Keys of a folder of monthly statistics. `reporting` is the month that is meant."""

    kind: Literal["lgsp_statistics"]
    path: str
    reporting: Literal["month", "15-14"] = "month"


class Statistic(msgspec.Struct, rename="pascal", frozen=True):
    """One month of one organisation, with the platform's own spelling."""

    month: MonthNumber
    year: Year
    organization_incharge_idlevel1: str
    is_month_statistic: bool = True
    new_reception: Count | None = None
    pre_extisting: Count | None = None
    total: Count | None = None
    total_solved: Count | None = None
    solved_in_time: Count | None = None
    solved_in_time_percent: Percent | None = None
    solved_late: Count | None = None
    solved_late_percent: Percent | None = None
    total_pending: Count | None = None
    pending: Count | None = None
    pending_late: Count | None = None
    total_voted: Count | None = None
    percent_very_good: Percent | None = None
    percent_good: Percent | None = None
    percent_bad: Percent | None = None


class Service(msgspec.Struct, frozen=True):
    """One service of the platform on one day."""

    calls: Count
    ok: Count


class Calls(msgspec.Struct, rename="pascal", frozen=True):
    """What went over the platform of one organisation on one day."""

    organization_incharge_idlevel1: str
    day: date = msgspec.field(name="Date")
    services: list[Service]


class Lgsp:
    """Folders of statistics of the integration platform."""

    id = "lgsp_statistics"
    config = LgspConfig
    records = ("observation",)
    tolerated = TOLERATED

    def fetch(self, config: LgspConfig, order: Order) -> Iterator[Document | Note]:
        """The new or changed documents of the folder."""
        yield from new_files(config.path, order, suffixes=(".json",))

    def parse(self, document: Document, config: LgspConfig, reading: Reading) -> Iterator[Parsed]:
        """The figures of each statistic of a document; rows are counted from 1."""

        def written(item: Any, authorities: Authorities) -> Iterator[Record | Note]:
            if isinstance(item, dict) and CALLS in item:
                return _calls(_read(item, Calls), authorities, reading)
            return _statistic(_read(item, Statistic), config, authorities, reading)

        items = _items(decoded(document.content, reading.source, document.name), document, reading)
        yield from figures(items, written, reading, config.within, PASSED_OVER)


KIND = Lgsp()


def _items(answer: Any, document: Document, reading: Reading) -> list[Any]:
    """One statistic, a list of them, or the same under `data`."""
    found = answer.get("data", answer) if isinstance(answer, dict) else answer
    if isinstance(found, dict):
        return [found]
    if not isinstance(found, list):
        fact = f"{document.name} holds no statistic, and no list of them"
        raise SourceError(reading.source, fact, "See docs/sources/lgsp_statistics.md")
    return found


def _statistic(
    one: Statistic, config: LgspConfig, authorities: Authorities, reading: Reading
) -> Iterator[Record | Note]:
    """The figures of one month. Raises FigureError where its counts contradict each other."""
    if not one.is_month_statistic:
        raise FigureError("IsMonthStatistic", "period", "is false: only single months are taken")
    span = _span(one, config)
    if not is_over(span, reading):
        raise FigureError("Month", "period", "is a month that is not over yet")
    _refuse_contradictions(one)
    area = authorities.area(one.organization_incharge_idlevel1, span.last_day, ORGANISATION)
    yield from _remarks(one)
    told = Figures(area, span, f"OpenCPS, thống kê tháng {one.month}/{one.year} gửi qua LGSP")
    yield from told.count("dossiers_received", one.new_reception)
    yield from told.count("dossiers_resolved", one.total_solved)
    yield from told.count("dossiers_resolved_late", one.solved_late)
    yield from told.ratio("on_time_rate_resolved", one.solved_in_time, _total_solved(one))
    yield from told.ratio("resolution_rate", one.total_solved, one.new_reception)
    yield from told.count("dossiers_pending", one.total_pending)
    yield from told.count("dossiers_pending_overdue", one.pending_late)
    if one.total_voted and one.percent_very_good is not None and one.percent_good is not None:
        note = f"{one.total_voted} lượt đánh giá"
        satisfied = min(one.percent_very_good + one.percent_good, 100.0)
        yield from told.value("onestop_vote_rate", satisfied, note, as_reported=True)


def _calls(one: Calls, authorities: Authorities, reading: Reading) -> Iterator[Record]:
    """The calls of one day, all services together, and how many services were called."""
    span = Span(one.day, one.day + timedelta(days=1)) if one.day.year <= NEWEST else None
    if span is None or not is_over(span, reading):
        raise FigureError("Date", "period", "is a day that is not over yet")
    if any(each.ok > each.calls for each in one.services):
        raise FigureError(CALLS, "contradiction", "has more good calls than calls")
    area = authorities.area(one.organization_incharge_idlevel1, one.day, ORGANISATION)
    told = Figures(area, span, "LGSP", standalone=False)
    calls, good = sum(each.calls for each in one.services), sum(each.ok for each in one.services)
    yield from told.ratio("lgsp_success_rate", good, calls)
    yield from told.count("lgsp_services_connected", len(one.services))


def _refuse_contradictions(one: Statistic) -> None:
    """Refuse counts that do not add up to their own totals."""
    sums = (
        ("Total", one.total, (one.new_reception, one.pre_extisting), "NewReception + PreExtisting"),
        ("TotalSolved", one.total_solved, (one.solved_in_time, one.solved_late),
         "SolvedInTime + SolvedLate"),
        ("TotalPending", one.total_pending, (one.pending, one.pending_late),
         "Pending + PendingLate"),
    )  # fmt: skip
    for field, total, parts, words in sums:
        known = [part for part in parts if part is not None]
        if total is not None and len(known) == len(parts) and total != sum(known):
            raise FigureError(field, "contradiction", f"is not {words}")
    shares = (one.percent_very_good, one.percent_good, one.percent_bad)
    whole = sum(share or 0.0 for share in shares)
    if one.total_voted and None not in shares and abs(whole - 100) > 1:
        raise FigureError("PercentGood", "contradiction", "and the other votes are not 100 %")


def _remarks(one: Statistic) -> Iterator[Note]:
    """What is odd but refuses nothing: the printed percentages are never used."""
    solved = _total_solved(one)
    printed = (
        (one.solved_in_time, one.solved_in_time_percent),
        (one.solved_late, one.solved_late_percent),
    )
    for count, percent in printed:
        if not solved or count is None or percent is None:
            continue
        if abs(100 * count / solved - percent) > ROUNDING:
            yield Note("A printed percentage is not that of its counts; the counts are taken.")
    balance = (one.total, one.total_solved, one.total_pending)
    if None not in balance and one.total != (one.total_solved or 0) + (one.total_pending or 0):
        yield Note("A total is not what was solved and what is pending together.")


def _total_solved(one: Statistic) -> int | None:
    if one.solved_in_time is None or one.solved_late is None:
        return one.total_solved
    return one.solved_in_time + one.solved_late


def _span(one: Statistic, config: LgspConfig) -> Span:
    first = date(one.year, one.month, 1)
    if config.reporting == "15-14":
        return Span(add_months(first, -1) + timedelta(days=14), first + timedelta(days=14))
    return Span(first, add_months(first, 1))


def _read(item: Any, shape: type[Shape]) -> Shape:
    """An item as what it should be. Raises FigureError with the place, and without the value."""
    try:
        return msgspec.convert(item, shape, strict=False)
    except msgspec.ValidationError as error:
        words, _, place = str(error).partition(" - at ")
        raise FigureError(place.strip("`$.")[:60], "shape", words.lower()[:120]) from None
