"""Freshness: how far a source's figures can be trusted to be today's.

The state is computed when it is shown and never stored, from three clocks: when the source
was last tried, when it last answered, and how far its data reach.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.calendar import WorkingCalendar
from domain.dossier import VIETNAM

CLOCK_SKEW = timedelta(minutes=5)
SEVERITY = ("fresh", "holiday", "late", "down", "suspect", "future", "stale", "never")


class Freshness(StrEnum):
    """The state of a source; `severity` grows with the caution its figures need.

    FRESH    as up to date as promised
    LATE     something promised has not come yet
    STALE    too old to be judged: no colour, no rank, no alert
    DOWN     the last attempt failed; the last good figures are shown
    NEVER    nothing has ever come: not zero, and not fine
    HOLIDAY  all that was promised came, and nothing is promised today
    SUSPECT  what came last is doubtful; the last good figures are shown
    FUTURE   the data claim to be later than now: a clock is wrong
    """

    FRESH = "fresh"
    LATE = "late"
    STALE = "stale"
    DOWN = "down"
    NEVER = "never"
    HOLIDAY = "holiday"
    SUSPECT = "suspect"
    FUTURE = "future"

    @property
    def severity(self) -> int:
        return SEVERITY.index(self.value)


@dataclass(frozen=True)
class SourceClock:
    """What is known of a source's last collections, and what it promises.

    Instants carry their zone. A source that answers but whose data reach nowhere (`data_as_of` is
    None) has delivered nothing. `expected_by` is the local time by which each working day's
    data must be there; `expected_every_s` the seconds between two answers of a source that
    sends day and night. With neither nothing is promised (an archive). `grace_s` is allowed
    on top of both; beyond `hard_max_s` data are stale (None: never).
    """

    up: bool
    last_attempt_at: datetime | None = None
    last_success_at: datetime | None = None
    data_as_of: datetime | None = None
    expected_by: time | None = None
    expected_every_s: int | None = None
    grace_s: int = 0
    hard_max_s: int | None = None
    suspect: bool = False


def freshness(clock: SourceClock, now: datetime, calendar: WorkingCalendar) -> Freshness:
    """The state of one source at the instant `now`: the worst that applies."""
    reached = clock.data_as_of
    if clock.last_success_at is None or reached is None:
        return Freshness.NEVER
    states = {Freshness.FRESH}
    if reached > now + CLOCK_SKEW:
        states.add(Freshness.FUTURE)
    if clock.suspect:
        states.add(Freshness.SUSPECT)
    if _is_stale(clock, reached, now, calendar):
        states.add(Freshness.STALE)
    if _is_late(clock, clock.last_success_at, reached, now, calendar):
        states.add(Freshness.LATE)
    elif _is_day_off(clock, now, calendar):
        # On a day nothing is promised, a server that is switched off is no news.
        return worst([*states, Freshness.HOLIDAY])
    if not clock.up:
        states.add(Freshness.DOWN)
    return worst(states)


def is_overdue(clock: SourceClock, now: datetime, calendar: WorkingCalendar) -> bool:
    """Whether a promise of the source is broken at the instant `now`; never delivered is."""
    if clock.last_success_at is None or clock.data_as_of is None:
        return True
    return _is_late(clock, clock.last_success_at, clock.data_as_of, now, calendar)


def last_due_day(clock: SourceClock, now: datetime, calendar: WorkingCalendar) -> date | None:
    """The last day whose data were due before `now`; None where nothing is promised."""
    if clock.expected_by is not None:
        return _last_promised_day(
            clock.expected_by, now - timedelta(seconds=clock.grace_s), calendar
        )
    return None if clock.expected_every_s is None else now.astimezone(VIETNAM).date()


def worst(states: Iterable[Freshness]) -> Freshness:
    """The state that needs the most caution; of no sources at all: never."""
    return max(states, key=lambda state: state.severity, default=Freshness.NEVER)


def _is_day_off(clock: SourceClock, now: datetime, calendar: WorkingCalendar) -> bool:
    if clock.expected_by is None:
        return False
    return not calendar.is_likely_working(now.astimezone(VIETNAM).date())


def _is_late(
    clock: SourceClock,
    answered: datetime,
    reached: datetime,
    now: datetime,
    calendar: WorkingCalendar,
) -> bool:
    """Whether a promise is broken: the last working day's data, or the last answer."""
    grace = timedelta(seconds=clock.grace_s)
    if clock.expected_by is not None:
        promised = _last_promised_day(clock.expected_by, now - grace, calendar)
        return reached.astimezone(VIETNAM).date() < promised
    if clock.expected_every_s is not None:
        return now - answered > timedelta(seconds=clock.expected_every_s) + grace
    return False


def _last_promised_day(by: time, now: datetime, calendar: WorkingCalendar) -> date:
    """The last working day whose hour of delivery has passed."""
    local = now.astimezone(VIETNAM)
    day = local.date() if local.time() >= by else local.date() - timedelta(days=1)
    while not calendar.is_likely_working(day):
        day -= timedelta(days=1)
    return day


def _is_stale(
    clock: SourceClock, reached: datetime, now: datetime, calendar: WorkingCalendar
) -> bool:
    """Whether data are older than `hard_max_s`; days off do not age a working-day source."""
    if clock.hard_max_s is None:
        return False
    limit = timedelta(seconds=clock.hard_max_s)
    age = now - reached
    if clock.expected_by is None or age <= limit:
        return age > limit
    return _working_age(reached, now, limit, calendar) > limit


def _working_age(
    since: datetime, now: datetime, enough: timedelta, calendar: WorkingCalendar
) -> timedelta:
    """Time on working days from `since` to `now`; counting stops once it exceeds `enough`."""
    age = timedelta()
    start, end = since.astimezone(VIETNAM), now.astimezone(VIETNAM)
    while start < end and age <= enough:
        midnight = datetime.combine(start.date() + timedelta(days=1), time.min, VIETNAM)
        if calendar.is_likely_working(start.date()):
            age += min(midnight, end) - start
        start = midnight
    return age
