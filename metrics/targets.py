"""Targets: what was decided to be reached, where, by whom and from when to when.

The shipped targets.csv holds what national decisions and the provinces' own announcements
say; a deployment adds its own file of the same columns (IOC_HOME/config/targets.csv).
"""

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from domain.area import Area, AreaRegister, Level
from domain.errors import AreaError, CatalogueError, suggestion
from metrics.catalogue import Better, Catalogue
from metrics.formula import Text
from metrics.leaves import area_and_all_in_it
from metrics.stanza import DefinitionError

Value = TypeVar("Value")

SHIPPED = Path(__file__).with_name("targets.csv")
COLUMNS = (
    "metric", "level", "area_code", "valid_from", "valid_until", "value",
    "decision.vi", "decision.en",
)  # fmt: skip

WAYS_ON = {
    "level": f"Leave it empty, or choose one of {', '.join(Level)}",
    "value": "Write a number such as 98.5",
    "valid_from": "Write a date such as 2026-01-31, or leave it empty",
    "valid_until": "Write a date such as 2026-01-31, or leave it empty",
}


@dataclass(frozen=True)
class Target:
    """One target. `level` None is any, `area` None the whole country.

    It holds from `valid_from` until before `valid_until`; None is open. `place` is its file
    and line, `is_own` that the deployment set it rather than this software.
    """

    metric: str
    level: Level | None
    area: Area | None
    valid_from: date | None
    valid_until: date | None
    value: float
    decision: Text
    place: str
    is_own: bool

    @property
    def specificity(self) -> tuple[int, bool, bool]:
        """Of two targets that fit the greater holds: a nearer area, then a level, then our own."""
        depth = self.area.level.depth if self.area else 0
        return depth, self.level is not None, self.is_own

    def holds_on(self, day: date) -> bool:
        starts = self.valid_from is None or self.valid_from <= day
        return starts and (self.valid_until is None or day < self.valid_until)

    def holds_for(self, area_id: str, level: Level, register: AreaRegister) -> bool:
        """Whether it is about values of that level, in that area."""
        if self.level is not None and self.level is not level:
            return False
        return self.area is None or area_id in area_and_all_in_it(register, self.area.area_id)


@dataclass(frozen=True)
class Targets:
    """All targets by metric, the most general first. `version` is part of every cache key."""

    by_metric: Mapping[str, tuple[Target, ...]] = field(default_factory=dict)
    version: str = "-"

    def of(self, metric: str) -> tuple[Target, ...]:
        return self.by_metric.get(metric, ())

    def target(
        self, metric: str, area_id: str, level: Level, day: date, register: AreaRegister
    ) -> Target | None:
        """The one that holds for an area's value of a level on a day: the most specific."""
        fitting = [
            target
            for target in self.of(metric)
            if target.holds_on(day) and target.holds_for(area_id, level, register)
        ]
        return fitting[-1] if fitting else None


def load_targets(catalogue: Catalogue, register: AreaRegister, own: Path | None = None) -> Targets:
    """The shipped targets and those of the file `own`, if there is one.

    Raises DefinitionError, a CatalogueError that names every wrong line.
    """
    files = [SHIPPED, *([own] if own is not None and own.exists() else [])]
    problems: list[CatalogueError] = []
    found: list[Target] = []
    for file in files:
        reader = _Reader(file, file is not SHIPPED, catalogue, register, problems)
        found.extend(reader.targets())
    problems.extend(_overlaps(found))
    if problems:
        raise DefinitionError(problems)
    by_metric: dict[str, list[Target]] = {}
    for target in sorted(found, key=lambda target: target.specificity):
        by_metric.setdefault(target.metric, []).append(target)
    digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in files))
    return Targets({name: tuple(held) for name, held in by_metric.items()}, digest.hexdigest()[:12])


class _Reader:
    """Reads one file; what is wrong with a line is told and the line left out."""

    def __init__(
        self,
        file: Path,
        is_own: bool,
        catalogue: Catalogue,
        register: AreaRegister,
        problems: list[CatalogueError],
    ) -> None:
        self._file = file
        self._is_own = is_own
        self._catalogue = catalogue
        self._register = register
        self._problems = problems
        self._line = 1

    def targets(self) -> Iterator[Target]:
        with self._file.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if tuple(rows.fieldnames or ()) != COLUMNS:
                self._complain("", f"must begin with the line {','.join(COLUMNS)}")
                return
            for row in rows:
                self._line = rows.line_num
                before = len(self._problems)
                target = self._target(row)
                if target is not None and len(self._problems) == before:
                    yield target

    def _target(self, row: Mapping[str, str | None]) -> Target | None:
        if None in row or None in row.values():
            self._complain("", f"must have {len(COLUMNS)} fields", "Quote a text with commas")
            return None
        texts = {key: str(value).strip() for key, value in row.items()}
        start = self._read(texts, "valid_from", date.fromisoformat)
        value = self._read(texts, "value", float)
        if value is None and not texts["value"]:
            self._complain("value", "is missing")
        if not texts["decision.vi"] or not texts["decision.en"]:
            self._complain("decision", "is missing in a language", "A target cites who set it")
        self._check_metric(texts["metric"])
        return Target(
            metric=texts["metric"],
            level=self._read(texts, "level", Level),
            area=self._area(texts["area_code"], start),
            valid_from=start,
            valid_until=self._until(texts, start),
            value=value or 0.0,
            decision=Text(texts["decision.vi"], texts["decision.en"]),
            place=f"{self._file.name}, line {self._line}",
            is_own=self._is_own,
        )

    def _read(
        self, texts: Mapping[str, str], key: str, parse: Callable[[str], Value]
    ) -> Value | None:
        if not texts[key]:
            return None
        try:
            return parse(texts[key])
        except ValueError:
            self._complain(key, f"is '{texts[key]}'", WAYS_ON[key])
            return None

    def _check_metric(self, name: str) -> None:
        if name not in self._catalogue:
            hint = suggestion(name, self._catalogue.metrics).strip()
            self._complain("metric", f"'{name}' is not in the catalogue", hint)
        elif self._catalogue.metric(name).better is Better.NEUTRAL:
            self._complain("metric", f"'{name}' is neutral: nothing is better or worse")

    def _until(self, texts: Mapping[str, str], start: date | None) -> date | None:
        until = self._read(texts, "valid_until", date.fromisoformat)
        if until is not None and start is not None and until <= start:
            self._complain("valid_until", "is not after valid_from", "It is the first day after")
        return until

    def _area(self, code: str, day: date | None) -> Area | None:
        """The area that held the code on the day the target began."""
        if not code:
            return None
        if day is None:
            self._complain("valid_from", "is missing", "An area's target says from when it holds")
            return None
        try:
            return self._register.at(code, day)
        except AreaError as error:
            self._complain("area_code", "is not known", error.message)
            return None

    def _complain(self, key: str, fact: str, way_on: str = "") -> None:
        place = f"line {self._line}"
        self._problems.append(CatalogueError(self._file.name, place, key, fact, way_on))


def _overlaps(targets: Iterable[Target]) -> Iterator[CatalogueError]:
    """Two targets for the same thing at the same time: nobody could say which holds."""
    seen: dict[object, list[Target]] = {}
    for target in targets:
        key = (target.metric, target.level, target.area, target.is_own)
        for other in seen.setdefault(key, []):
            if _meet(target, other):
                file, _, line = target.place.partition(", ")
                yield CatalogueError(file, line, "", f"holds at the same time as {other.place}")
        seen[key].append(target)


def _meet(a: Target, b: Target) -> bool:
    begins_before = a.valid_from is None or b.valid_until is None or a.valid_from < b.valid_until
    ends_after = b.valid_from is None or a.valid_until is None or b.valid_from < a.valid_until
    return begins_before and ends_after
