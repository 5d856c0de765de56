"""Who was due: judged at each attempt, and told as figures once a day."""

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from datasources.base import SourceConfig
from datasources.config import PRESS
from datasources.running import attendance
from datasources.running.ledger.desk import Desk
from datasources.running.promises import Deliverer, expected_deliverers, judgements
from domain.area import register
from domain.calendar import load_calendar
from domain.dossier import local_day
from domain.errors import AreaError, IocError
from store import SourceInfo, oversight
from store.feeds import Due, Member

LOOKED_BACK = 14


@dataclass
class Attending:
    """The book of who delivered when."""

    desk: Desk

    def expect(self, name: str, config: SourceConfig) -> None:
        """Expect those to deliver through a source whom its stanza names."""
        try:
            wanted = expected_deliverers(name, config, register(), local_day(self.desk.now()))
        except IocError as error:
            self.desk.tell(error.message)
            wanted = []
        members = [Member(one.area_id, one.organisation) for one in wanted]
        oversight.expect(self.desk.warehouse, name, members)

    def judge(self, name: str) -> None:
        """Note whether what was due of a source, and of those behind it, is there."""
        found = oversight.attendance(self.desk.warehouse, name)
        if found is None or name == PRESS:
            return
        calendar = load_calendar(self.desk.home / "config" / "calendar.csv")
        members = [
            Deliverer(one.area_id, one.organisation, one.told_at, one.reaches)
            for one in found.members
        ]
        now = self.desk.now()
        due = [
            Due(
                Member(one.deliverer.area_id, one.deliverer.organisation),
                one.due_day,
                one.kept,
                one.state,
                one.reaches,
            )
            for one in judgements(found.clock, members, found.since, now, calendar)
        ]
        if due:
            oversight.note_due(self.desk.warehouse, name, due, now)

    def land(self) -> Path | None:
        """Land the figures of the days that are over and may have changed; None without any."""
        now = self.desk.now()
        today = local_day(now)
        told = oversight.due_days(self.desk.warehouse, today - timedelta(days=LOOKED_BACK), today)
        sums: dict[tuple[str, date], list[int]] = {}
        for one in told:
            area_id = one.area_id or self._home_of(one.source, one.day)
            numbers = sums.setdefault((area_id, one.day), [0] * 3)
            for place, number in enumerate((one.due, one.kept, one.reminders)):
                numbers[place] += number
        if not sums:
            return None
        days = [attendance.Day(area, day, *numbers) for (area, day), numbers in sums.items()]
        return attendance.land_attendance(
            self.desk.landing, days, now, simulated=self._is_simulated()
        )

    def loaded(self, folder: Path, status: str) -> None:
        """Say what the figures are; a folder that brought nothing new is not kept."""
        self.desk.warehouse.register_sources(self.own_info())
        if status != "ok":
            shutil.rmtree(folder, ignore_errors=True)

    def own_info(self) -> list[SourceInfo]:
        """What is to be known of these figures as a source, once there are any."""
        if oversight.attendance(self.desk.warehouse, attendance.SOURCE) is None:
            return []
        return [
            SourceInfo(
                source=attendance.SOURCE,
                kind=attendance.KIND,
                records=("observation",),
                title_vi=attendance.TITLE_VI,
                title_en=attendance.TITLE_EN,
                owner="Toàn Cảnh",
                simulated=self._is_simulated(),
            )
        ]

    def _is_simulated(self) -> bool:
        return any(config.simulated for config in self.desk.sources.values())

    def _home_of(self, source: str, day: date) -> str:
        """The area a source as a whole belonged to on a day; empty for the country."""
        config = self.desk.sources.get(source)
        if config is None or config.within is None:
            return ""
        try:
            return register().at(config.within, day).area_id
        except AreaError:  # an area that is younger than what was due
            return register().at(config.within, local_day(self.desk.now())).area_id
