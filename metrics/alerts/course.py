"""The course of an alert: what follows from what is found now for the alert there is.

bad       a new alert; or the one under way goes on; or one that just ended goes on
good      the alert ends, once it has been good for the rule's calm days
between   it neither begins nor ends, and the calm days begin anew
unknown   nothing: silence ends no alert, and its calm days begin anew
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from domain.calendar import WorkingCalendar
from domain.dossier import local_day
from metrics.alerts.look import Judgement, Verdict
from metrics.alerts.rules import AlertRule
from store.state.alert_rows import PROGRAM, Alert, Key, Own, Step

WAITING = ("open", "acknowledged")


@dataclass(frozen=True)
class Course:
    """A rule's alerts at one instant."""

    rule: AlertRule
    now: datetime
    calendar: WorkingCalendar

    def steps(self, found: Iterable[Judgement], held: Mapping[Key, Alert]) -> Iterator[Step]:
        """What to do, in the order found; then what to do about what was not judged at all."""
        judged = set()
        for one in found:
            judged.add(one.key)
            step = self._step(one, held.get(one.key))
            if step is not None:
                yield step
        for key, alert in held.items():
            if key not in judged and alert.is_under_way:
                yield self._unknown(alert)

    def _step(self, one: Judgement, alert: Alert | None) -> Step | None:
        if one.verdict is Verdict.BAD:
            return self._bad(one, alert)
        if alert is None or not alert.is_under_way:
            return None
        if one.verdict is Verdict.GOOD and not _is_narrower(one, alert):
            return self._good(alert)
        if one.verdict is Verdict.BETWEEN:
            return Step(alert.key, alert, self._escalated(alert))
        return self._unknown(alert)

    def _bad(self, one: Judgement, alert: Alert | None) -> Step:
        new = Step(one.key, alert, "raise", one.seen, self.rule.severity.value, is_bad=True)
        if alert is None:
            return new
        going_on = Step(one.key, alert, "", one.seen, is_bad=True)
        if alert.is_under_way:
            came_again = alert.good_since is not None
            act: Own = "again" if came_again else self._escalated(alert)
            return Step(one.key, alert, act, one.seen, is_bad=True)
        if self._days_since(alert.state_at) >= self.rule.quiet_days:
            return new
        if alert.ended_by == PROGRAM:
            return Step(one.key, alert, "again", one.seen, is_bad=True)
        return going_on  # somebody closed it knowing that it holds

    def _good(self, alert: Alert) -> Step:
        since = alert.good_since or self.now
        calm = self.calendar.likely_between(local_day(since), local_day(self.now))
        if calm >= self.rule.calm_days:
            return Step(alert.key, alert, "recover", good_since=since)
        return Step(alert.key, alert, "", good_since=since)

    def _unknown(self, alert: Alert) -> Step:
        since = alert.unknown_since or self.now
        return Step(alert.key, alert, self._escalated(alert), unknown_since=since)

    def _escalated(self, alert: Alert) -> Own:
        """Leaders are told of what nobody has answered for some working days, once."""
        is_waiting = alert.state in WAITING and alert.escalated_at is None
        overdue = self._days_since(alert.state_at) >= self.rule.escalate_days
        return "escalate" if is_waiting and overdue else ""

    def _days_since(self, moment: datetime) -> int:
        """Working days from the day of an instant, not counted, until today, counted."""
        day: date = local_day(moment)
        return self.calendar.likely_between(day, local_day(self.now))


def _is_narrower(one: Judgement, alert: Alert) -> bool:
    """Whether fewer areas report than when it was bad: the missing may be the bad ones."""
    now, then = one.seen.covered, alert.seen.covered
    return then is not None and (now is None or now < then)
