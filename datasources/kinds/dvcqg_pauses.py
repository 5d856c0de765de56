"""What a supplement does to a dossier of the national portal: its pauses and its due date.

The due date is the source's. It is moved only by what the source itself says of it, or where the
source shows that it still gives the date from before the pause.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from datasources.kinds.dvcqg_messages import Dossier, Supplement, text
from datasources.reading.dates import instant
from domain.calendar import WorkingCalendar
from domain.deadline import PausePolicy, due_after_pause
from domain.dossier import PAUSED, Pause, local_day
from domain.errors import RecordError

PAUSED_CODES = frozenset(str(status) for status in PAUSED)
GOES_ON: Mapping[str, str] = MappingProxyType(dict.fromkeys(PAUSED_CODES, "4"))
WRITTEN = "%Y%m%d%H%M%S"


@dataclass(frozen=True)
class PauseRules:
    """What a pause does in one province: the policy, the zone of its dates, its working days."""

    policy: PausePolicy
    zone: ZoneInfo
    calendar: WorkingCalendar

    def status(self, code: str) -> str:
        """The status as it counts: where no clock ever stops, what waits is being worked on."""
        return GOES_ON.get(code, code) if self.policy is PausePolicy.NONE else code

    def pauses(self, one: Dossier) -> list[dict[str, datetime | None]]:
        """When its clock stood still. Raises RecordError for a pause that ends before it begins.

        One that is paused without an open supplement is so since it last changed.
        """
        if self.policy is PausePolicy.NONE:
            return []
        found = [{"start": wait.start, "end": wait.end} for wait in self._waits(one)]
        if text(one.status) in PAUSED_CODES and all(wait["end"] is not None for wait in found):
            since = self._instant(one.updated) or self._instant(one.received)
            if since is not None:
                found.append({"start": since, "end": None})
        return found

    def due(self, one: Dossier) -> str:
        """The due date that holds. Raises RecordError for a date, CalendarError for a year."""
        try:
            due = self._instant(one.due)
        except RecordError:
            due = None  # it is refused under its own name
        if due is None or not one.supplements:
            return text(one.due)
        told = sorted(one.supplements, key=lambda each: str(self._instant(each.asked) or ""))
        moved = due
        for supplement in told:
            moved = self._after(supplement, moved) or moved
        if moved == due and self._is_from_before(told[-1], due):
            moved = self._worked_out(one, due)
        return text(one.due) if moved == due else moved.astimezone(self.zone).strftime(WRITTEN)

    def _after(self, supplement: Supplement, due: datetime) -> datetime | None:
        """The new date a supplement brought, if the due date is the one it replaced."""
        before, after = self._instant(supplement.due_before), self._instant(supplement.due_after)
        return after if before == due or (before is None and after and after > due) else None

    def _is_from_before(self, last: Supplement, due: datetime) -> bool:
        """Whether the source names the date from before a pause that is over, and no other."""
        over = self._instant(last.brought) is not None and self._instant(last.due_after) is None
        return over and self._instant(last.due_before) == due

    def _worked_out(self, one: Dossier, due: datetime) -> datetime:
        """The due date as the policy moves it, at the same time of day."""
        received = self._instant(one.received)
        start = None if received is None else local_day(received)
        if self.policy is PausePolicy.RESTART and start is None:
            return due
        waits = self._waits(one)
        day = due_after_pause(local_day(due), waits, self.calendar, self.policy, start=start)
        local = due.astimezone(self.zone)
        return due if day is None else datetime.combine(day, local.timetz())

    def _waits(self, one: Dossier) -> list[Pause]:
        found = []
        for supplement in one.supplements or ():
            start, end = self._instant(supplement.asked), self._instant(supplement.brought)
            if start is not None:
                if end is not None and end < start:
                    raise RecordError("ends before it begins")
                found.append(Pause(start, end))
        return found

    def _instant(self, value: str | int | None) -> datetime | None:
        return instant(text(value), self.zone)
