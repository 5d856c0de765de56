"""Pages of a subject, each declared in one file beside this one: what it asks, and what it shows.

documents.toml is the page /subject/documents. A new page is a copy of one of these files:

    order       its place among the subjects, from 1
    title       what it is called; short: the same in the row of subjects
    question    what whoever opens it wants to know
    leading     the metric of the trend, the map and the ranking, until another is chosen
    cuts        by what that metric is cut below: organisation, procedure, field, channel
    [[section]] a heading and the metrics of its cards, in reading order
    [[split]]   a whole and its parts that are never added to anything else
    lists       what is listed one by one: stations
    [advice]    by metric: what to do where its target is missed

Every text is written in Vietnamese and in English. Nothing here computes.
"""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from domain.errors import CatalogueError, UnknownNameError
from metrics.catalogue import Catalogue
from metrics.selection import By

FOLDER = Path(__file__).parent


class Declared(BaseModel):
    """A piece of a file: every key known, nothing changed later."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Phrase(Declared):
    """The same words in both languages."""

    vi: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.vi if language == "vi" else self.en


class Section(Declared):
    """A heading and the metrics of its cards."""

    title: Phrase
    metrics: tuple[str, ...]


class SplitPart(Declared):
    """One part of a whole: a metric's numerator, its name, and how it is to be judged."""

    metric: str
    name: Phrase
    kind: Literal["met", "near", "missed", "plain", "second", "third", "fourth"] = "plain"


class Split(Declared):
    """A whole and its parts; what none of the parts holds is called `rest`."""

    title: Phrase
    whole: str
    part: tuple[SplitPart, ...]
    rest: Phrase


class Subject(Declared):
    """One page of a subject."""

    name: str
    order: int
    title: Phrase
    short: Phrase
    question: Phrase
    leading: str
    cuts: tuple[By, ...] = ()
    section: tuple[Section, ...]
    split: tuple[Split, ...] = ()
    lists: tuple[Literal["stations"], ...] = ()
    advice: dict[str, Phrase] = {}

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric of its cards, once."""
        return tuple(dict.fromkeys(metric for one in self.section for metric in one.metrics))

    @property
    def asked(self) -> tuple[str, ...]:
        """Every metric whose figures stand on the page."""
        parts = [name for one in self.split for name in (one.whole, *(p.metric for p in one.part))]
        return tuple(dict.fromkeys((*self.metrics, *parts)))


@cache
def subjects() -> tuple[Subject, ...]:
    """Every declared subject, in order. Raises CatalogueError."""
    found = [_read(path) for path in FOLDER.glob("*.toml")]
    return tuple(sorted(found, key=lambda one: (one.order, one.name)))


@cache
def subject_names() -> tuple[str, ...]:
    """What addresses call the subjects, in order."""
    return tuple(one.name for one in subjects())


def subject(name: str | None) -> Subject:
    """One subject; the first where none is named. Raises UnknownNameError."""
    for one in subjects():
        if name in (None, one.name):
            return one
    raise UnknownNameError("subject", name or "", subject_names())


def checked(one: Subject, catalogue: Catalogue) -> Sequence[str]:
    """What a subject says of metrics that cannot be, as sentences; nothing where all is well."""
    file = f"{one.name}.toml"
    unknown = [name for name in (*one.asked, one.leading, *one.advice) if name not in catalogue]
    if unknown:
        return [f"{file}: there is no metric {name!r}." for name in unknown]
    told = [f"{file}: advice on {name!r}, which has no card." for name in one.advice
            if name not in one.metrics]  # fmt: skip
    if one.leading not in one.metrics:
        told.append(f"{file}: the leading metric {one.leading!r} has no card.")
    return told


def _read(path: Path) -> Subject:
    try:
        stanza = tomllib.loads(path.read_text(encoding="utf-8"))
        return Subject.model_validate({"name": path.stem, **stanza})
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(path.name, "", "", f"is not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise CatalogueError(path.name, "", key, first["msg"]) from error
