"""The rules values are made by: definitions, targets, the calendar and the area register."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from domain.area import AreaRegister, register
from domain.calendar import WorkingCalendar, load_calendar
from metrics.catalogue import Catalogue, catalogue
from metrics.targets import Targets, load_targets


@dataclass(frozen=True)
class Rules:
    """What a deployment may decide about values, and what it may not."""

    catalogue: Catalogue
    targets: Targets
    calendar: WorkingCalendar
    register: AreaRegister

    @property
    def version(self) -> str:
        """Changes whenever a definition or a target does: part of every cache key."""
        return f"{self.catalogue.version}-{self.targets.version}"


def rules(config: Path | None = None) -> Rules:
    """The shipped rules, with the targets.csv and calendar.csv of a folder, if there are any.

    Targets are read again when the file has changed. Raises DefinitionError, CalendarError.
    """
    if config is None:
        return _rules(None, None, None)
    targets = config / "targets.csv"
    stamp = targets.stat() if targets.exists() else None
    seen = (stamp.st_mtime_ns, stamp.st_size) if stamp else None
    return _rules(targets, config / "calendar.csv", seen)


@lru_cache(maxsize=8)
def _rules(targets: Path | None, calendar: Path | None, _seen: tuple[int, int] | None) -> Rules:
    definitions, areas = catalogue(), register()
    own = load_targets(definitions, areas, targets)
    return Rules(definitions, own, load_calendar(calendar), areas)
