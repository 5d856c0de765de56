"""What is wrong with a stanza of an alert rule: one check per key, then what must fit together."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from domain.area import AreaRegister, Level
from domain.errors import CatalogueError, IocError, nearest
from domain.freshness import Freshness
from domain.period import Grain
from metrics.metric import Metric
from metrics.places import PRESENT
from metrics.selection import DIMENSIONS, By

Stanza = Mapping[str, Any]
Keys = Mapping[str, tuple[str, ...]]
Check = Callable[[object], str]
BOUNDS = ("above", "below")
FINEST: Mapping[str, Grain] = {
    "today": Grain.DAY,
    "last_day": Grain.DAY,
    "last_week": Grain.WEEK,
    "last_month": Grain.MONTH,
    "last_quarter": Grain.QUARTER,
    "month": Grain.MONTH,
    "quarter": Grain.QUARTER,
    "year": Grain.YEAR,
}
TROUBLE = [state.value for state in Freshness if state not in (Freshness.FRESH, Freshness.HOLIDAY)]
WATCHED = [level.value for level in Level if level is not Level.DISTRICT]


@dataclass(frozen=True)
class Known:
    """What rules may name: metrics, rules of doubt, and areas."""

    metrics: Mapping[str, Metric]
    quality: frozenset[str]
    register: AreaRegister


def stranger(
    file: str, name: str, stanza: Stanza, shipped: Iterable[str], keys: Keys
) -> Iterator[CatalogueError]:
    """A stanza that changes a few keys of a rule that is not there: a misspelt name."""
    expected = keys.get(str(stanza.get("kind")), ())
    if "kind" in stanza and 2 * len(stanza.keys() & set(expected)) > len(expected):
        return
    names = nearest(name, shipped)
    way_on = f"Did you mean [{names[0]}]?" if names else "A new rule has every key of its kind"
    yield CatalogueError(file, name, "", "is no shipped rule to change", way_on)


def problems(
    file: str, name: str, stanza: Stanza, keys: Keys, known: Known
) -> Iterator[CatalogueError]:
    """What is wrong with one stanza, in the order of its keys."""

    def complaint(key: str, fact: str, way_on: str = "") -> CatalogueError:
        return CatalogueError(file, name, key, fact, way_on)

    if stanza.get("kind") not in keys:
        if "kind" in stanza:
            yield complaint("kind", f"is {stanza['kind']!r}", _hint(str(stanza["kind"]), keys))
        return
    expected = keys[stanza["kind"]]
    allowed = (*expected, *BOUNDS) if stanza["kind"] == "threshold" else expected
    found = [complaint(key, f"is not a key of a {stanza['kind']} rule", _hint(key, allowed))
             for key in stanza if key not in allowed]  # fmt: skip
    found += [complaint(key, "is missing", "Every key is written out")
              for key in expected if key not in stanza]  # fmt: skip
    checks = _checks(known)
    for key in allowed:
        if key in stanza and (fact := checks[key](stanza[key])):
            found.append(complaint(key, fact))
    yield from found
    if not found and stanza["kind"] == "threshold":
        yield from _threshold(stanza, known, complaint)


def _threshold(
    stanza: Stanza, known: Known, complaint: Callable[..., CatalogueError]
) -> Iterator[CatalogueError]:
    """What does not fit together in a threshold."""
    bounds = [key for key in BOUNDS if key in stanza]
    if len(bounds) != 1:
        yield complaint("above", "and below: a threshold has exactly one of them")
        return
    is_wrong = (
        stanza["clear"] > stanza["above"]
        if bounds == ["above"]
        else stanza["clear"] < stanza["below"]
    )
    if is_wrong:
        yield complaint("clear", "must lie on the good side of the bound, or on it")
    metric = known.metrics[stanza["metric"]]
    grains = list(Grain)
    if grains.index(FINEST[stanza["period"]]) < grains.index(metric.smallest_grain):
        fact = f"is finer than '{metric.id}' is known: by {metric.smallest_grain}"
        yield complaint("period", fact)
    if stanza["by"] == "organisation" and By.ORGANISATION not in DIMENSIONS[metric.record]:
        yield complaint("by", f"does not fit: '{metric.id}' is not counted by organisation")
    if (stanza["by"] == "area") != bool(stanza["levels"]):
        yield complaint("levels", "names the levels of areas; by organisation there are none: []")
    for level in stanza["levels"]:
        if metric.is_looked_up and level not in [one.value for one in metric.levels]:
            yield complaint("levels", f"has '{level}', for which there is no '{metric.id}'")


# ---- one check per key: what is wrong with a value, or nothing


def _checks(known: Known) -> Mapping[str, Check]:
    days = _whole(0, 60)
    return {
        "kind": lambda _: "",
        "name": _text,
        "enabled": _flag,
        "severity": _one_of(("urgent", "warning")),
        "calm_days": days,
        "quiet_days": days,
        "escalate_days": _whole(1, 60),
        "metric": _one_of(known.metrics),
        "period": _one_of(FINEST),
        "above": _number,
        "below": _number,
        "clear": _number,
        "by": _one_of(("area", "organisation")),
        "levels": _some_of(WATCHED, least=0),
        "within": lambda value: _areas(value, known.register),
        "states": _some_of(TROUBLE, least=1),
        "sources": _names,
        "hours": _number,
        "each": _flag,
        "days": _whole(1, 31),
        "sigmas": _positive,
        "weeks": _whole(5, 52),
        "least": _positive,
        "rules": _some_of(known.quality, least=1),
        "months": _whole(1, 24),
    }


def _hint(name: str, known: Iterable[str]) -> str:
    names = nearest(name, known)
    return f"Did you mean '{names[0]}'?" if names else f"There are: {', '.join(known)}"


def _text(value: object) -> str:
    is_both = isinstance(value, dict) and value.keys() == {"vi", "en"}
    told = is_both and all(isinstance(one, str) and one.strip() for one in value.values())  # type: ignore[attr-defined]  # checked
    return "" if told else "must have .vi and .en, and say something in both"


def _flag(value: object) -> str:
    return "" if isinstance(value, bool) else "must be true or false"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: object) -> str:
    return "" if _is_number(value) and abs(float(str(value))) < 1e15 else "must be a number"


def _positive(value: object) -> str:
    return "" if _is_number(value) and float(str(value)) > 0 else "must be a number above 0"


def _whole(least: int, most: int) -> Check:
    def check(value: object) -> str:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        fits = is_whole and least <= int(str(value)) <= most
        return "" if fits else f"must be a whole number from {least} to {most}"

    return check


def _names(value: object) -> str:
    is_list = isinstance(value, list) and all(isinstance(one, str) and one for one in value)
    return "" if is_list else "must be a list of names, or []"


def _one_of(known: Iterable[str]) -> Check:
    names = tuple(known)

    def check(value: object) -> str:
        if isinstance(value, str) and value in names:
            return ""
        return f"is {value!r}. {_hint(str(value), names)}"

    return check


def _some_of(known: Iterable[str], *, least: int) -> Check:
    one = _one_of(known)

    def check(value: object) -> str:
        if fact := _names(value):
            return fact
        some = list(value) if isinstance(value, list) else []
        if len(some) < least or len(set(some)) < len(some):
            return f"must be a list of {least} or more different names"
        return next((fact for fact in map(one, some) if fact), "")

    return check


def _areas(value: object, register: AreaRegister) -> str:
    if fact := _names(value):
        return fact
    for code in value if isinstance(value, list) else []:
        try:
            register.resolve(code, PRESENT.start)
        except IocError as error:
            return f"has '{code}'. {error.message}"
    return ""
