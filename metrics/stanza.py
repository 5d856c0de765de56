"""Reading definitions: every field present, nothing unknown, all problems told at once."""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from domain.area import Level
from domain.errors import CatalogueError, IocError, nearest
from domain.measure import RECORDS, measures
from domain.period import Grain
from metrics.formula import FORMULAS, Formula, Text
from metrics.metric import Aggregation, Better, Metric
from metrics.words import words

Stanza = Mapping[str, Any]
Complaint = Callable[[str, str, str], CatalogueError]


class DefinitionError(CatalogueError):
    """All that is wrong in the definition files, one sentence a line."""

    def __init__(self, problems: Sequence[CatalogueError]) -> None:
        IocError.__init__(self, "\n".join(problem.message for problem in problems))
        self.problems = tuple(problems)
        self.file, self.stanza, self.key = problems[0].file, problems[0].stanza, problems[0].key


def read_definitions(files: Iterable[Path], own: Iterable[Path] = ()) -> dict[str, Metric]:
    """The metrics of some files by id, in order, changed and added to by a deployment's own.

    A stanza of an own file that has a shipped metric's name says only what differs; any other
    is a new metric with every field. Raises DefinitionError.
    """
    problems: list[CatalogueError] = []
    shipped = _Definitions(problems)
    for file in files:
        for name, stanza in _stanzas(file, problems).items():
            shipped.add(file, name, stanza, file.stem)
    ours = _Definitions(problems)
    for file in own:
        for name, stanza in _stanzas(file, problems).items():
            base = shipped.stanzas.get(name)
            subject = file.stem if base is None else shipped.metrics[name].subject
            if base is None and (stranger := _stranger(file, name, stanza, shipped.stanzas)):
                problems.append(stranger)
            else:
                ours.add(file, name, _merged(base, stanza), subject)
    if problems:
        raise DefinitionError(problems)
    return {**shipped.metrics, **ours.metrics}


class _Definitions:
    """The good stanzas of some files, and their metrics; what is wrong is told."""

    def __init__(self, problems: list[CatalogueError]) -> None:
        self.metrics: dict[str, Metric] = {}
        self.stanzas: dict[str, Stanza] = {}
        self._problems = problems
        self._files: dict[str, str] = {}

    def add(self, file: Path, name: str, stanza: Any, subject: str) -> None:
        found = list(_problems(file, name, stanza))
        if name in self._files:
            fact = f"is already in {self._files[name]}"
            found.append(CatalogueError(file.name, name, "", fact))
        self._problems.extend(found)
        if not found:
            self._files[name] = file.name
            self.stanzas[name] = stanza
            self.metrics[name] = _metric(subject, name, stanza)


def _merged(base: Stanza | None, change: Any) -> Any:
    """A shipped stanza with some of its fields, or one language of them, replaced."""
    if base is None or not isinstance(change, dict):
        return change
    merged = dict(base)
    for key, value in change.items():
        both = isinstance(value, dict) and isinstance(base.get(key), dict)
        merged[key] = {**base[key], **value} if both else value
    return merged


def _stranger(
    file: Path, name: str, stanza: Any, shipped: Mapping[str, Stanza]
) -> CatalogueError | None:
    """A stanza that changes a few fields of a metric that is not there: a misspelt name."""
    if not isinstance(stanza, dict) or 2 * len(FIELDS.keys() & stanza.keys()) > len(FIELDS):
        return None
    names = nearest(name, shipped)
    way_on = f"Did you mean [{names[0]}]?" if names else "A new metric has every field"
    return CatalogueError(file.name, name, "", "is no shipped metric to change", way_on)


def _stanzas(file: Path, problems: list[CatalogueError]) -> Stanza:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(CatalogueError(file.name, "", "", f"is not TOML: {error}"))
        return {}


def _problems(file: Path, name: str, stanza: object) -> Iterator[CatalogueError]:
    """What is wrong with one stanza, in the order of its fields."""

    def complaint(key: str, fact: str, way_on: str = "") -> CatalogueError:
        return CatalogueError(file.name, name, key, fact, way_on)

    if not isinstance(stanza, dict):
        yield complaint("", "is not a stanza", f"Write [{name}] and its keys")
        return
    for key in stanza:
        if key not in FIELDS:
            yield complaint(key, "is not a key of a metric", _did_you_mean(key, FIELDS))
    missing = [key for key in FIELDS if key not in stanza]
    for key in missing:
        yield complaint(key, "is missing", "Every field is written out")
    for key, check in FIELDS.items():
        if key in stanza and (fact := check(stanza[key])):
            yield complaint(key, fact, "")
    if not missing and all(not check(stanza[key]) for key, check in FIELDS.items()):
        yield from _misfits(stanza, complaint)


def _misfits(stanza: Stanza, complaint: Complaint) -> Iterator[CatalogueError]:
    """Fields that are right by themselves and wrong together."""
    formula: Formula = FORMULAS[stanza["formula"]]
    if formula.divides is not None and formula.divides != bool(stanza["denominator"]):
        need = "needs a denominator" if formula.divides else "has no denominator"
        yield complaint("denominator", f"does not fit: the formula '{formula.id}' {need}", "")
    if formula.is_middle:
        yield from _no_middle(stanza, complaint)
    for key in ("numerator", "denominator"):
        for name in stanza[key]:
            measure = measures()[name]
            if measure.record != stanza["record"]:
                yield complaint(key, f"has '{name}', counted from {measure.record} records", "")
            if measure.additivity not in formula.additivities:
                fact = f"has '{name}', which is '{measure.additivity}'"
                yield complaint(key, fact, f"The formula '{formula.id}' cannot stand on it")


def _no_middle(stanza: Stanza, complaint: Complaint) -> Iterator[CatalogueError]:
    """A middle can only be told of a measure whose single amounts are kept."""
    kept = {
        one.id: one.spread_over
        for one in measures().values()
        if one.spread_over and one.record == stanza["record"]
    }
    over = kept.get(stanza["numerator"][0]) if len(stanza["numerator"]) == 1 else None
    if over is None:
        fact = "is not one measure of which single amounts are kept"
        yield complaint("numerator", fact, f"There is {', '.join(kept) or 'none of this record'}")
    elif stanza["denominator"] != [over]:
        yield complaint("denominator", "is not what the amounts are of", f"Write ['{over}']")


# ---- One check per field: what is wrong with a value, or nothing.


def _text(value: object) -> str:
    if not (isinstance(value, dict) and value.keys() == {"vi", "en"}):
        return "must have exactly .vi and .en"
    if not all(isinstance(words, str) and words.strip() for words in value.values()):
        return "must say something in both languages"
    return ""


def _line(value: object) -> str:
    return "" if isinstance(value, str) and value.strip() else "must be text"


def _one_of(known: Iterable[str]) -> Callable[[object], str]:
    names = tuple(known)

    def check(value: object) -> str:
        if isinstance(value, str) and value in names:
            return ""
        return f"is {value!r}. {_did_you_mean(str(value), names)}"

    return check


def _some_of(known: Iterable[str], *, at_least: int) -> Callable[[object], str]:
    one = _one_of(known)

    def check(value: object) -> str:
        if not isinstance(value, list) or len(value) < at_least or len(set(value)) < len(value):
            return f"must be a list of {at_least} or more different names"
        return next((fact for fact in map(one, value) if fact), "")

    return check


def _number(value: object) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return "" if is_number and float(str(value)) >= 0 else "must be a number, 0 or more"


def _version(value: object) -> str:
    is_version = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    return "" if is_version else "must be 1, 2, 3 …"


def _day(value: object) -> str:
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    return "" if is_day else "must be a date without quotes, such as 2026-11-22"


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    names = nearest(name, known)
    return f"Did you mean '{names[0]}'?" if names else f"Choose one of {', '.join(known)}"


FIELDS: Mapping[str, Callable[[object], str]] = {
    "name": _text,
    "short": _text,
    "meaning": _text,
    "formula": _one_of(FORMULAS),
    "numerator": _some_of(measures(), at_least=1),
    "denominator": _some_of(measures(), at_least=0),
    "unit": _one_of(words().units),
    "better": _one_of(Better),
    "tolerance": _number,
    "smallest_grain": _one_of(Grain),
    "levels": _some_of(Level, at_least=1),
    "aggregation": _one_of(Aggregation),
    "legal_basis": _text,
    "owner": _line,
    "reviewed": _day,
    "version": _version,
    "record": _one_of(RECORDS),
}


def _metric(subject: str, name: str, stanza: Stanza) -> Metric:
    """The metric of a stanza in which nothing is wrong."""
    return Metric(
        id=name,
        subject=subject,
        name=Text(**stanza["name"]),
        short=Text(**stanza["short"]),
        meaning=Text(**stanza["meaning"]),
        formula=FORMULAS[stanza["formula"]],
        numerator=tuple(stanza["numerator"]),
        denominator=tuple(stanza["denominator"]),
        unit=stanza["unit"],
        better=Better(stanza["better"]),
        tolerance=float(stanza["tolerance"]),
        smallest_grain=Grain(stanza["smallest_grain"]),
        levels=tuple(Level(level) for level in stanza["levels"]),
        aggregation=Aggregation(stanza["aggregation"]),
        legal_basis=Text(**stanza["legal_basis"]),
        owner=stanza["owner"],
        reviewed=stanza["reviewed"],
        version=stanza["version"],
        record=stanza["record"],
    )
