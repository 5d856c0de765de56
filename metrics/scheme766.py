"""The scheme of the index of Decision 766: groups, components and how each is scored."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from domain.errors import CatalogueError, nearest
from metrics.formula import Text

SCHEME_FILE = Path(__file__).with_name("qd766_2022.toml")


class WhenNothing(StrEnum):
    """What a component scores where there was nothing to judge: its denominator is 0."""

    UNKNOWN = "unknown"
    ZERO = "zero"
    FULL = "full"


@dataclass(frozen=True)
class Component:
    """One component: up to `max` points, all of them from a share of `full_at` percent."""

    code: str
    name: Text
    max: float
    metric: str
    full_at: float
    when_nothing: WhenNothing

    def score(self, share: float) -> float:
        """The points of a share in percent."""
        return min(self.max, self.max * share / self.full_at)

    @property
    def score_of_nothing(self) -> float | None:
        """The points where there was nothing to judge; None is unknown."""
        return {WhenNothing.FULL: self.max, WhenNothing.ZERO: 0.0}.get(self.when_nothing)


@dataclass(frozen=True)
class Group:
    """One group of components; `official` is the metric of its published score."""

    code: str
    name: Text
    max: float
    official: str
    components: tuple[Component, ...]


@dataclass(frozen=True)
class Scheme766:
    """The whole index. `total` is the metric of the published total, `bands` from best down."""

    id: str
    version: int
    name: Text
    note: Text
    legal_basis: Text
    total: str
    tolerance: float
    bands: tuple[tuple[float, Text], ...]
    groups: tuple[Group, ...]

    @property
    def max(self) -> float:
        return sum(group.max for group in self.groups)

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric the index asks for, the published scores included."""
        components = (one.metric for group in self.groups for one in group.components)
        return (self.total, *(group.official for group in self.groups), *components)

    def band(self, score: float) -> Text:
        """What a score of the whole index is called."""
        return next(name for least, name in self.bands if score >= least)


@lru_cache(maxsize=1)
def scheme() -> Scheme766:
    """The shipped scheme, read once."""
    return load_scheme(SCHEME_FILE)


KEYS: Mapping[str, frozenset[str]] = {
    "": frozenset(
        {"id", "version", "name", "note", "legal_basis", "total", "tolerance", "band", "group"}
    ),
    "band": frozenset({"from", "vi", "en"}),
    "group": frozenset({"code", "name", "max", "official", "component"}),
    "component": frozenset({"code", "name", "max", "metric", "full_at", "when_nothing"}),
}


def load_scheme(path: Path) -> Scheme766:
    """The scheme of a file. Raises CatalogueError for the first thing that is wrong."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(path.name, "", "", f"is not TOML: {error}") from error
    _check(path.name, "", told)
    groups = tuple(_group(path.name, one) for one in told["group"])
    bands = [(_checked(path.name, "band", one)["from"], one) for one in told["band"]]
    return Scheme766(
        told["id"],
        told["version"],
        Text(**told["name"]),
        Text(**told["note"]),
        Text(**told["legal_basis"]),
        told["total"],
        float(told["tolerance"]),
        tuple((float(least), Text(one["vi"], one["en"])) for least, one in bands),
        groups,
    )


def _group(file: str, told: Mapping[str, Any]) -> Group:
    _check(file, "group", told)
    components = tuple(_component(file, one) for one in told["component"])
    points = sum(one.max for one in components)
    if points != told["max"]:
        fact = f"is {told['max']:g}, and its components add up to {points:g}"
        raise CatalogueError(file, told["code"], "max", fact)
    return Group(
        told["code"], Text(**told["name"]), float(told["max"]), told["official"], components
    )


def _component(file: str, told: Mapping[str, Any]) -> Component:
    _check(file, "component", told)
    code = told["code"]
    if told["when_nothing"] not in list(WhenNothing):
        fact = f"is '{told['when_nothing']}'"
        raise CatalogueError(file, code, "when_nothing", fact, f"Choose {', '.join(WhenNothing)}")
    if not 0 < told["full_at"] <= 100:
        raise CatalogueError(file, code, "full_at", "must be a share above 0, up to 100")
    return Component(
        code,
        Text(**told["name"]),
        float(told["max"]),
        told["metric"],
        float(told["full_at"]),
        WhenNothing(told["when_nothing"]),
    )


def _checked(file: str, kind: str, told: Mapping[str, Any]) -> Mapping[str, Any]:
    _check(file, kind, told)
    return told


def _check(file: str, kind: str, told: Mapping[str, Any]) -> None:
    """Refuse what is unknown or missing."""
    place = str(told.get("code", kind))
    for key in sorted(told.keys() - KEYS[kind]):
        names = nearest(key, KEYS[kind])
        way_on = f"Did you mean '{names[0]}'?" if names else f"There are {sorted(KEYS[kind])}"
        raise CatalogueError(file, place, key, "is not a key here", way_on)
    for key in sorted(KEYS[kind] - told.keys()):
        raise CatalogueError(file, place, key, "is missing")
