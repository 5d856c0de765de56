"""What happened: decrees, campaigns, breaks that a reader of a chart has to know of.

The shipped events.csv holds national ones; a deployment adds a file of the same columns
(IOC_HOME/config/events.csv): day, until (empty: one day), area_code (empty: everywhere), about
(metrics or subjects, separated by ";"; empty: every chart), text.vi, text.en, legal_act.
"""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from domain.area import Area, AreaRegister
from domain.errors import AreaError, CatalogueError, suggestion
from domain.period import Span
from metrics.catalogue import Catalogue, Metric
from metrics.formula import Text
from metrics.leaves import area_and_all_in_it
from metrics.stanza import DefinitionError

SHIPPED = Path(__file__).with_name("events.csv")
COLUMNS = ("day", "until", "area_code", "about", "text.vi", "text.en", "legal_act")
LONGEST = 200
"""Characters of a text: it stands on a chart."""


@dataclass(frozen=True)
class Annotation:
    """One thing that happened on `day`, or from then until before `until`.

    `area` None is everywhere; `about` are metrics or subjects, none of them: every metric.
    """

    day: date
    until: date | None
    area: Area | None
    about: frozenset[str]
    text: Text
    legal_act: str

    def touches(self, area_id: str, metric: Metric, register: AreaRegister) -> bool:
        """Whether it is to be told beside a metric of an area."""
        if self.about and not self.about & {metric.id, metric.subject}:
            return False
        return self.area is None or area_id in area_and_all_in_it(register, self.area.area_id)


@dataclass(frozen=True)
class Annotations:
    """All annotations, the oldest first. `version` is part of every cache key."""

    all: tuple[Annotation, ...] = ()
    version: str = ""

    def of(
        self, area_id: str, metric: Metric, span: Span, register: AreaRegister
    ) -> tuple[Annotation, ...]:
        """What happened in some days and is to be told beside a metric of an area."""
        return tuple(
            one
            for one in self.all
            if one.day < span.end
            and (one.until or one.day) >= span.start
            and one.touches(area_id, metric, register)
        )


def load_annotations(
    catalogue: Catalogue, register: AreaRegister, own: Path | None = None
) -> Annotations:
    """The shipped annotations and those of the file `own`, if there is one.

    Raises DefinitionError, a CatalogueError that names every wrong line.
    """
    files = [SHIPPED, *([own] if own is not None and own.exists() else [])]
    problems: list[CatalogueError] = []
    found = [one for file in files for one in _Reader(file, catalogue, register, problems).all()]
    if problems:
        raise DefinitionError(problems)
    digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in files))
    return Annotations(tuple(sorted(found, key=lambda one: one.day)), digest.hexdigest()[:8])


class _Reader:
    """Reads one file; what is wrong with a line is told and the line left out."""

    def __init__(
        self, file: Path, catalogue: Catalogue, register: AreaRegister,
        problems: list[CatalogueError],
    ) -> None:  # fmt: skip
        self._file = file
        self._known = {*catalogue.metrics, *catalogue.subjects}
        self._register = register
        self._problems = problems
        self._line = 1

    def all(self) -> Iterator[Annotation]:
        with self._file.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if tuple(rows.fieldnames or ()) != COLUMNS:
                self._complain("", f"must begin with the line {','.join(COLUMNS)}")
                return
            for row in rows:
                self._line = rows.line_num
                before = len(self._problems)
                one = self._annotation(row)
                if one is not None and len(self._problems) == before:
                    yield one

    def _annotation(self, row: Mapping[str, str | None]) -> Annotation | None:
        if None in row or None in row.values():
            self._complain("", f"must have {len(COLUMNS)} fields", "Quote a text with commas")
            return None
        texts = {key: str(value).strip() for key, value in row.items()}
        day, until = self._day(texts, "day"), self._day(texts, "until")
        if day is None:
            self._complain("day", "is missing", "Write a date such as 2026-01-31")
            return None
        if until is not None and until <= day:
            self._complain("until", "is not after day", "It is the first day after")
        for name in ("text.vi", "text.en"):
            if not 0 < len(texts[name]) <= LONGEST:
                self._complain(name, f"has {len(texts[name])} characters", f"1 to {LONGEST}")
        about = frozenset(filter(None, (name.strip() for name in texts["about"].split(";"))))
        for name in sorted(about - self._known):
            hint = suggestion(name, self._known).strip()
            self._complain("about", f"'{name}' is no metric and no subject", hint)
        text = Text(texts["text.vi"], texts["text.en"])
        area = self._area(texts["area_code"], day)
        return Annotation(day, until, area, about, text, texts["legal_act"])

    def _day(self, texts: Mapping[str, str], key: str) -> date | None:
        if not texts[key]:
            return None
        try:
            return date.fromisoformat(texts[key])
        except ValueError:
            self._complain(key, f"is '{texts[key]}'", "Write a date such as 2026-01-31")
            return None

    def _area(self, code: str, day: date) -> Area | None:
        """The area that held the code on the day."""
        if not code:
            return None
        try:
            return self._register.at(code, day)
        except AreaError as error:
            self._complain("area_code", "is not known", error.message)
            return None

    def _complain(self, key: str, fact: str, way_on: str = "") -> None:
        place = f"line {self._line}"
        self._problems.append(CatalogueError(self._file.name, place, key, fact, way_on))
