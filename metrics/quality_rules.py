"""The rules of doubt as their stanzas say (quality.toml), with a deployment's own thresholds."""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from domain.errors import CatalogueError, nearest
from metrics.formula import Text
from metrics.metric import Metric
from metrics.stanza import DefinitionError

QUALITY_FILE = Path(__file__).with_name("quality.toml")


class Kind(StrEnum):
    """What a rule looks for.

    MORE_THAN   a count that is more than the sum of others can be
    PRINTED     a printed rate that is not what is counted, or what its printed parts give
    JUMP        a day's count far from those of the same weekday in the weeks before
    FULL_MARKS  a rate of 100 % while a stock that it should keep small grows
    SHARE       a day on which more than a share of what was done is of a doubtful kind
    RESCHEDULED a day on which many open dossiers of an organisation were promised for later
    """

    MORE_THAN = "more_than"
    PRINTED = "printed"
    JUMP = "jump"
    FULL_MARKS = "full_marks"
    SHARE = "share"
    RESCHEDULED = "rescheduled"


COMMON = ("kind", "name", "enabled")
KEYS: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        Kind.MORE_THAN: (*COMMON, "metrics", "against"),
        Kind.PRINTED: (*COMMON, "tolerance"),
        Kind.JUMP: (*COMMON, "metrics", "sigmas", "weeks", "least"),
        Kind.FULL_MARKS: (*COMMON, "metrics", "against", "least"),
        Kind.SHARE: (*COMMON, "metrics", "share", "least"),
        Kind.RESCHEDULED: (*COMMON, "metrics", "share", "least"),
    }
)


@dataclass(frozen=True)
class QualityRule:
    """One rule; what its kind does not use is empty or 0.

    `tolerance` is in percentage points, `share` in percent, `least` the smallest difference that
    is told, in the metric's unit; of a share, the smallest denominator; of what was rescheduled,
    the smallest number, and the share is of what was open with a promised day.
    """

    id: str
    kind: Kind
    name: Text
    enabled: bool
    metrics: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    tolerance: float = 0.0
    sigmas: float = 0.0
    weeks: int = 0
    least: float = 0.0
    share: float = 0.0


@dataclass(frozen=True)
class QualityRules:
    """All rules, in the order of the file."""

    rules: tuple[QualityRule, ...]
    version: str

    def __iter__(self) -> Iterator[QualityRule]:
        return iter(self.rules)


def load_quality(known: Mapping[str, Metric], own: Path | None = None) -> QualityRules:
    """The shipped rules with the changes of the file `own`, if there is one.

    Read again when a file has changed. Raises DefinitionError with every problem.
    """
    there = own is not None and own.exists()
    stanzas = _stanzas(QUALITY_FILE, QUALITY_FILE.stat().st_mtime_ns)
    changes = _stanzas(own, own.stat().st_mtime_ns) if there and own is not None else {}
    problems: list[CatalogueError] = []
    merged = {name: dict(stanza) for name, stanza in stanzas.items()}
    file = own.name if there and own is not None else QUALITY_FILE.name
    for name, change in changes.items():
        if name not in merged:
            problems.append(_unknown(file, "", name, merged, "is no rule"))
        elif not isinstance(change, dict):
            problems.append(CatalogueError(file, name, "", "is not a stanza"))
        else:
            merged[name] |= change
    for name, stanza in merged.items():
        problems.extend(_problems(file, name, stanza, known))
    if problems:
        raise DefinitionError(problems)
    digest = hashlib.sha256(repr(sorted(merged.items())).encode()).hexdigest()[:12]
    return QualityRules(tuple(_rule(name, one) for name, one in merged.items()), digest)


@lru_cache(maxsize=8)
def _stanzas(path: Path, _changed_ns: int) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problem = CatalogueError(path.name, "", "", f"is not TOML: {error}")
        raise DefinitionError([problem]) from error


def _problems(
    file: str, name: str, stanza: Mapping[str, Any], known: Mapping[str, Metric]
) -> Iterator[CatalogueError]:
    if stanza["kind"] not in list(Kind):
        yield _unknown(file, name, str(stanza["kind"]), list(Kind), "is no kind of rule")
        return
    keys = KEYS[Kind(stanza["kind"])]
    for key, value in stanza.items():
        if key not in keys:
            yield _unknown(file, name, key, keys, "is not a key of this rule")
        elif fact := _doubt(key, value):
            yield CatalogueError(file, name, key, fact)
        elif key in ("metrics", "against"):
            for one in value:
                if one not in known:
                    yield _unknown(file, name, one, known, "is not in the catalogue")


def _doubt(key: str, value: object) -> str:
    """What is wrong with a value, or nothing."""
    if key == "enabled":
        return "" if isinstance(value, bool) else "must be true or false"
    if key in ("metrics", "against"):
        is_list = isinstance(value, list) and value and all(isinstance(one, str) for one in value)
        return "" if is_list else "must be a list of metrics"
    if key == "weeks":
        is_whole = isinstance(value, int) and not isinstance(value, bool) and 5 <= value <= 52
        return "" if is_whole else "must be a whole number from 5 to 52"
    if key in ("tolerance", "sigmas", "least", "share"):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return "" if is_number and float(str(value)) > 0 else "must be a number above 0"
    return ""


def _unknown(file: str, stanza: str, name: str, known: Any, fact: str) -> CatalogueError:
    names = nearest(name, known)
    way_on = f"Did you mean '{names[0]}'?" if names else f"There are: {', '.join(known)}"
    return CatalogueError(file, stanza or name, name if stanza else "", fact, way_on)


def _rule(name: str, stanza: Mapping[str, Any]) -> QualityRule:
    return QualityRule(
        name,
        Kind(stanza["kind"]),
        Text(**stanza["name"]),
        stanza["enabled"],
        tuple(stanza.get("metrics", ())),
        tuple(stanza.get("against", ())),
        float(stanza.get("tolerance", 0)),
        float(stanza.get("sigmas", 0)),
        int(stanza.get("weeks", 0)),
        float(stanza.get("least", 0)),
        float(stanza.get("share", 0)),
    )
