"""The rules values are made by: definitions, targets, locks, alerts, the calendar, the areas.

A deployment changes them in its config folder, and no program is restarted for it: files are
read again when they have changed. A change that cannot be read is not taken; what held before
it holds on, and `Rules.problem` says what is wrong.
"""

import hashlib
import logging
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from domain.area import AreaRegister, register
from domain.calendar import WorkingCalendar, load_calendar
from domain.errors import IocError
from metrics.alerts.checks import Known
from metrics.alerts.rules import AlertRules, load_alerts, own_files
from metrics.annotations import Annotations, load_annotations
from metrics.catalogue import DEFINITIONS, Catalogue, catalogue, load_catalogue
from metrics.locks import FILE as LOCKS
from metrics.locks import Locks, load_locks
from metrics.quality_rules import QualityRules, load_quality
from metrics.targets import Targets, load_targets

OWN_DEFINITIONS = "metrics"
TARGETS = "targets.csv"
CALENDAR = "calendar.csv"
QUALITY = "quality.toml"
EVENTS = "events.csv"
KEPT = ("cache", "last-good-rules")
Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Rules:
    """What a deployment may decide about values, and what it may not.

    `problem` says why the config folder's last change was not taken; "" where it was.
    """

    catalogue: Catalogue
    targets: Targets
    calendar: WorkingCalendar
    register: AreaRegister
    quality: QualityRules
    locks: Locks = field(default_factory=Locks)
    alerts: AlertRules = field(default_factory=AlertRules)
    annotations: Annotations = field(default_factory=Annotations)
    problem: str = ""

    @property
    def version(self) -> str:
        """Changes whenever a definition, target, lock or threshold does: part of cache keys."""
        told = hashlib.sha256(self.problem.encode()).hexdigest()[:4] if self.problem else ""
        parts = (
            self.catalogue.version,
            self.targets.version,
            self.quality.version,
            self.locks.version,
            self.annotations.version,
            told,
        )
        return "-".join(part for part in parts if part)


def rules(config: Path | None = None) -> Rules:
    """The shipped rules, with what the files of a config folder change and add.

    Never fails for a file that cannot be read: the last good rules are answered, with the
    problem. They are kept beside the snapshots' cache, so every process has the same.
    """
    return _rules(config, _stamp(config) if config else ())


def read_rules(config: Path | None = None) -> Rules:
    """The same, as the files say now. Raises DefinitionError, CalendarError for a bad one."""
    areas = register()
    if config is None:
        shipped = catalogue()
        return Rules(
            shipped,
            load_targets(shipped, areas),
            load_calendar(None),
            areas,
            load_quality(shipped.metrics),
            alerts=_alerts(shipped, load_quality(shipped.metrics), areas),
            annotations=load_annotations(shipped, areas),
        )
    own = sorted((config / OWN_DEFINITIONS).glob("*.toml"))
    definitions = load_catalogue(DEFINITIONS, own) if own else catalogue()
    doubts = load_quality(definitions.metrics, config / QUALITY)
    return Rules(
        definitions,
        load_targets(definitions, areas, config / TARGETS),
        load_calendar(config / CALENDAR),
        areas,
        doubts,
        load_locks(config / LOCKS, areas),
        _alerts(definitions, doubts, areas, own_files(config)),
        load_annotations(definitions, areas, config / EVENTS),
    )


def _alerts(
    definitions: Catalogue, doubts: QualityRules, areas: AreaRegister, own: Sequence[Path] = ()
) -> AlertRules:
    names = frozenset(rule.id for rule in doubts)
    return load_alerts(Known(definitions.metrics, names, areas), own)


@lru_cache(maxsize=8)
def _rules(config: Path | None, _seen: Stamp) -> Rules:
    if config is None:
        return read_rules()
    try:
        found = read_rules(config)
    except (IocError, OSError, UnicodeDecodeError) as error:
        return replace(_last_good(config), problem=_told(error))
    _keep(config)
    return found


def _files(config: Path) -> Iterator[Path]:
    """The files of a config folder that rules are made of, as they are there."""
    yield from sorted((config / OWN_DEFINITIONS).glob("*.toml"))
    for name in (TARGETS, CALENDAR, QUALITY, LOCKS, EVENTS):
        if (config / name).exists():
            yield config / name
    yield from own_files(config)


def _stamp(config: Path) -> Stamp:
    """What tells that a file has changed, come or gone."""
    found = []
    for file in _files(config):
        try:
            state = file.stat()
        except FileNotFoundError:  # gone since it was listed
            continue
        found.append((str(file), state.st_mtime_ns, state.st_size))
    return tuple(found)


def _told(error: Exception) -> str:
    message = error.message if isinstance(error, IocError) else str(error)
    return f"{message} Until it is mended the last good rules hold."


def _last_good(config: Path) -> Rules:
    """The rules of the last files that could be read; the shipped ones if there are none."""
    kept = config.parent.joinpath(*KEPT)
    try:
        return read_rules(kept if kept.is_dir() else None)
    except (IocError, OSError, UnicodeDecodeError):
        logging.getLogger(__name__).exception("The last good rules cannot be read.")
        return read_rules()


def _keep(config: Path) -> None:
    """Remember the files as good: copied aside, then put in place of the last at once."""
    kept = config.parent.joinpath(*KEPT)
    files = list(_files(config))
    if _contents(config) == _contents(kept):
        return
    new, old = kept.with_name(f"{kept.name}.new"), kept.with_name(f"{kept.name}.old")
    try:
        for folder in (new, old):
            shutil.rmtree(folder, ignore_errors=True)
        for file in files:
            copy = new / file.relative_to(config)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
        new.mkdir(parents=True, exist_ok=True)
        if kept.exists():
            kept.rename(old)
        new.rename(kept)
        shutil.rmtree(old, ignore_errors=True)
    except OSError:
        # Two processes may keep the same at once, and a reader may have no right to write.
        logging.getLogger(__name__).warning("The rules could not be kept as the last good ones.")


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in _files(folder)}
