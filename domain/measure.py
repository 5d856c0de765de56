"""Measures: the counts that rollups hold, and how each may be added up."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from domain.errors import CatalogueError, UnknownNameError, suggestion

MEASURES_FILE = Path(__file__).with_name("measures.toml")
RECORDS = (
    "dossier", "document", "receipt", "observation", "feedback", "procedure", "station_hour",
)  # fmt: skip
PARTS = ("numerator", "denominator", "value")
ANY_METRIC = "*"


class Additivity(StrEnum):
    """How a measure adds up.

    SUM     a flow: over areas and over days
    LAST    a stock: over areas; over days the last one stands
    COHORT  like a flow, and each event also remembers the day its dossier was received
    NONE    a score or a printed figure: not at all, it is delivered for each level
    """

    SUM = "sum"
    LAST = "last"
    COHORT = "cohort"
    NONE = "none"


@dataclass(frozen=True)
class Measure:
    """One count in a rollup.

    `record` says which rollup holds it: dossier, feedback and so on. A measure that is
    observed rather than counted names the metric it belongs to (`of`, "*" for any) and which
    `part` of the observation it is: numerator, denominator or value. A measure that adds up a
    whole number of each event that another counts names that one (`spread_over`): then it is
    kept how often each number was there, from which a median can be told at any level.
    """

    id: str
    record: str
    additivity: Additivity
    unit: str
    of: str | None = None
    part: str | None = None
    spread_over: str | None = None


@lru_cache(maxsize=1)
def measures() -> Mapping[str, Measure]:
    """Every measure by its id, in the order of measures.toml."""
    return read_measures(MEASURES_FILE)


def measure(measure_id: str) -> Measure:
    """One measure. Raises UnknownNameError with the nearest names."""
    known = measures()
    if measure_id not in known:
        raise UnknownNameError("measure", measure_id, known)
    return known[measure_id]


def read_measures(path: Path) -> Mapping[str, Measure]:
    """Measures of one TOML file. Raises CatalogueError naming file, stanza and key."""
    try:
        stanzas = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(path.name, "", "", f"is not TOML: {error}") from error
    found = {name: _measure(path.name, name, stanza) for name, stanza in stanzas.items()}
    for one in found.values():
        if one.spread_over is not None:
            _one_of(path.name, one.id, "spread_over", one.spread_over, _flows(found, one.record))
    return MappingProxyType(found)


def _flows(found: Mapping[str, Measure], record: str) -> tuple[str, ...]:
    """What may be counted of a kind of record on the very day it happens."""
    flows = (one for one in found.values() if one.additivity is Additivity.SUM)
    return tuple(one.id for one in flows if one.record == record)


def _measure(file: str, name: str, stanza: object) -> Measure:
    if not isinstance(stanza, dict):
        raise CatalogueError(file, name, "", "is not a stanza", f"Write [{name}] and its keys")
    observed = stanza.get("record") == "observation"
    expected = ["record", "additivity", "unit", *(["of", "part"] if observed else [])]
    known = [*expected, *([] if observed else ["spread_over"])]
    for key in stanza:
        if key not in known:
            way_on = suggestion(key, known).strip() or f"Known keys: {', '.join(known)}"
            raise CatalogueError(file, name, key, "is not a key of a measure", way_on)
    for key in (*expected, *(stanza.keys() & {"spread_over"})):
        if not isinstance(stanza.get(key), str):
            raise CatalogueError(file, name, key, "is missing or not text")
    _one_of(file, name, "record", stanza["record"], RECORDS)
    _one_of(file, name, "additivity", stanza["additivity"], tuple(Additivity))
    if observed:
        _one_of(file, name, "part", stanza["part"], PARTS)
    return Measure(name, **{**stanza, "additivity": Additivity(stanza["additivity"])})


def _one_of(file: str, name: str, key: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise CatalogueError(file, name, key, f"is '{value}'", f"Choose one of {', '.join(known)}")
