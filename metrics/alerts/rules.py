"""The rules of alerts as their stanzas say (rules.toml), with a deployment's own.

Every key is checked, and every problem told at once with file, stanza, key and suggestion.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from domain.area import Level
from domain.errors import CatalogueError
from domain.freshness import Freshness
from metrics.alerts import checks
from metrics.alerts.checks import Known, Stanza
from metrics.formula import Text
from metrics.stanza import DefinitionError

SHIPPED = Path(__file__).with_name("rules.toml")
OWN_FILES = ("alerts.toml", "alerts-*.toml", "alerts/*.toml")
"""Where a deployment's own rules are, below its config folder."""


class Kind(StrEnum):
    """What a rule looks for.

    THRESHOLD  a figure beyond a bound, until it is well within it again (`clear`)
    JUMP       a day's count far from those of the same weekday in the weeks before
    SILENT     a source, or somebody who delivers through it, from whom nothing comes
    FINDING    a figure that a rule of doubt (metrics/quality.toml) finds
    """

    THRESHOLD = "threshold"
    JUMP = "jump"
    SILENT = "silent"
    FINDING = "finding"


class Period(StrEnum):
    """Which days a threshold looks at; the last ones are over, the others run until today."""

    TODAY = "today"
    LAST_DAY = "last_day"
    LAST_WEEK = "last_week"
    LAST_MONTH = "last_month"
    LAST_QUARTER = "last_quarter"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Severity(StrEnum):
    """How much it matters; worst first."""

    URGENT = "urgent"
    WARNING = "warning"


@dataclass(frozen=True)
class AlertRule:
    """One rule; what its kind does not use is empty, None or 0.

    `above` or `below` is where it begins to hold and `clear` where it has ceased to, in the
    metric's unit; `within` are codes of areas, none: everywhere. `hours` is how long a source
    may be silent before it is told.
    """

    id: str
    kind: Kind
    name: Text
    enabled: bool
    severity: Severity
    calm_days: int
    quiet_days: int
    escalate_days: int
    metric: str = ""
    period: Period = Period.TODAY
    above: float | None = None
    below: float | None = None
    clear: float | None = None
    by: str = "area"
    levels: tuple[Level, ...] = ()
    within: tuple[str, ...] = ()
    states: tuple[Freshness, ...] = ()
    sources: tuple[str, ...] = ()
    hours: float = 0.0
    each: bool = False
    days: int = 0
    sigmas: float = 0.0
    weeks: int = 0
    least: float = 0.0
    rules: tuple[str, ...] = ()
    months: int = 0


COMMON = ("kind", "name", "enabled", "severity", "calm_days", "quiet_days", "escalate_days")
KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        Kind.THRESHOLD: (*COMMON, "metric", "period", "clear", "by", "levels", "within"),
        Kind.JUMP: (*COMMON, "metric", "days", "sigmas", "weeks", "least", "within"),
        Kind.SILENT: (*COMMON, "states", "sources", "hours", "each"),
        Kind.FINDING: (*COMMON, "rules", "months", "within"),
    }
)
BOUNDS = ("above", "below")
"""A threshold has one of them."""


@dataclass(frozen=True)
class AlertRules:
    """All rules, the shipped ones first. `version` changes whenever one does."""

    rules: tuple[AlertRule, ...] = ()
    version: str = ""

    def __iter__(self) -> Iterator[AlertRule]:
        return iter(self.rules)

    def get(self, name: str) -> AlertRule | None:
        """The rule of a name; None if there is none, or no longer."""
        return next((rule for rule in self.rules if rule.id == name), None)


def own_files(config: Path) -> list[Path]:
    """The files of own rules in a config folder, as they are there."""
    return [file for pattern in OWN_FILES for file in sorted(config.glob(pattern))]


def load_alerts(known: Known, own: Sequence[Path] = ()) -> AlertRules:
    """The shipped rules, changed and added to by own files.

    Files are read again when they have changed. Raises DefinitionError with every problem.
    """
    problems: list[CatalogueError] = []
    stanzas = dict(_read(SHIPPED, problems))
    origin = dict.fromkeys(stanzas, SHIPPED.name)
    shipped = frozenset(stanzas)
    for file in own:
        for name, change in _read(file, problems).items():
            if not isinstance(change, dict):
                fact = "is not a stanza"
                problems.append(CatalogueError(file.name, name, "", fact, f"Write [{name}]"))
            elif origin.get(name, SHIPPED.name) != SHIPPED.name:
                fact = f"is already in {origin[name]}"
                problems.append(CatalogueError(file.name, name, "", fact))
            else:
                if name not in shipped:
                    problems.extend(checks.stranger(file.name, name, change, shipped, KEYS))
                stanzas[name] = _merged(stanzas.get(name, {}), change)
                origin[name] = file.name
    for name, stanza in stanzas.items():
        problems.extend(checks.problems(origin[name], name, stanza, KEYS, known))
    if problems:
        raise DefinitionError(problems)
    digest = hashlib.sha256(repr(sorted(stanzas.items())).encode()).hexdigest()[:12]
    return AlertRules(tuple(_rule(name, one) for name, one in stanzas.items()), digest)


def _merged(base: Stanza, change: Stanza) -> Stanza:
    """A stanza with some of its keys replaced; one bound takes the place of the other."""
    kept = {key: value for key, value in base.items() if key not in BOUNDS}
    bounds = {key: base[key] for key in BOUNDS if key in base}
    has_own = any(key in change for key in BOUNDS)
    return {**kept, **({} if has_own else bounds), **change}


def _read(file: Path, problems: list[CatalogueError]) -> Mapping[str, Any]:
    try:
        return _stanzas(file, file.stat().st_mtime_ns)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(CatalogueError(file.name, "", "", f"is not TOML: {error}"))
        return {}


@lru_cache(maxsize=32)
def _stanzas(path: Path, _changed_ns: int) -> Mapping[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _rule(name: str, stanza: Stanza) -> AlertRule:
    """The rule of a stanza that was checked."""
    makers: dict[str, Any] = {
        "kind": Kind,
        "name": lambda text: Text(**text),
        "severity": Severity,
        "period": Period,
        "levels": lambda some: tuple(map(Level, some)),
        "states": lambda some: tuple(map(Freshness, some)),
        **dict.fromkeys(("within", "sources", "rules"), tuple),
        **dict.fromkeys((*BOUNDS, "clear", "hours", "sigmas", "least"), float),
    }
    known = [field.name for field in fields(AlertRule) if field.name in stanza]
    return AlertRule(name, **{key: makers.get(key, _same)(stanza[key]) for key in known})


def _same(value: Any) -> Any:
    return value


def metrics_of(rules: Iterable[AlertRule]) -> frozenset[str]:
    """The metrics that some rules name."""
    return frozenset(rule.metric for rule in rules if rule.metric)
