"""From an address to a drawn page: the current snapshot, who asks, and what is already drawn.

A page's answer is kept under everything it depends on. The sources' states belong to that:
a source that falls late at 17:00 changes verdicts although the snapshot is the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from dashboards import format as fmt
from dashboards.board import Board, board_of
from dashboards.cache import AnswerCache
from dashboards.cases import Watching
from dashboards.selection import AddressError, View, in_its_time, view_of
from dashboards.text import LANGUAGES, Words, words
from dashboards.theme import Scheme
from domain.scope import Scope
from metrics.contents import dimension_values
from metrics.rules import Rules, rules
from metrics.snapshots import STANDARD, Limits, Progress, Snapshot, current_snapshot, progress_of
from metrics.sources import Sources, sources_of
from store.state.explanations import Mark

Drawn = dict[str, Any]


class Place(BaseModel):
    """Where a browser is and how it wants to see it; the only thing callbacks take from it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(max_length=500)
    search: str = Field(default="", max_length=2000)
    theme: Literal["light", "dark"] = "light"
    language: Literal["vi", "en"] = "vi"


@dataclass(frozen=True)
class Visit:
    """One request for a page: where, from which snapshot, who asks, when.

    `sources` are the sources' states at that instant; `said` are the figures that somebody asked
    about or explained, as far as whoever asks may know it. `recounting` tells how far the
    collector has come where it counts everything anew and publishes nothing meanwhile.
    """

    place: Place
    snapshot: Snapshot
    scope: Scope
    now: datetime
    rules: Rules
    sources: Sources
    said_version: int = 0
    said: tuple[Mark, ...] = ()
    recounting: Progress | None = None

    @cached_property
    def words(self) -> Words:
        return words(self.place.language)

    @property
    def scheme(self) -> Scheme:
        return self.place.theme

    @cached_property
    def view(self) -> View:
        """The view at the address. Raises AddressError."""
        register, horizon = self.rules.register, self.snapshot.horizon
        view = view_of(
            self.place.path,
            self.place.search,
            metrics=self.rules.catalogue.metrics,
            register=register,
            horizon=horizon,
            choices=dimension_values(self.snapshot),
        )
        return in_its_time(view, register, horizon)

    @property
    def problem(self) -> AddressError | None:
        """What is wrong with the address, or None."""
        try:
            _ = self.view
        except AddressError as error:
            return error
        return None

    @cached_property
    def board(self) -> Board:
        return board_of(self.view, self.snapshot, self.rules, self.scope, self.now)


class Figures:
    """What the web has to show from one home."""

    def __init__(
        self, home: Path, cache: AnswerCache, build: str, limits: Limits = STANDARD
    ) -> None:
        self.home = home
        self.limits = limits
        self.build = build
        self._cache = cache
        self.watching = Watching(home)
        self._states: tuple[Snapshot, datetime, Sources] | None = None

    @property
    def snapshot(self) -> Snapshot:
        """The newest good snapshot. Raises StoreError before the first was published."""
        return current_snapshot(self.home, self.limits)

    @property
    def rules(self) -> Rules:
        """Definitions, targets and calendar, with what the home's config folder says."""
        return rules(self.home / "config")

    def sources(self, now: datetime) -> Sources:
        """The sources' states at an instant, to the second: many ask within one.

        Raises StoreError without a snapshot.
        """
        snapshot, second = self.snapshot, now.replace(microsecond=0)
        kept = self._states
        if kept is not None and kept[0] is snapshot and kept[1] == second:
            return kept[2]
        found = sources_of(snapshot, second, self.rules.calendar, snapshot.horizon)
        self._states = (snapshot, second, found)
        return found

    def states(self) -> str:
        """The sources' states now, as one text. Raises StoreError without a snapshot."""
        return written(self.sources(datetime.now(UTC)))

    def visit(
        self, place: dict[str, str], scope: Scope, said: tuple[int, tuple[Mark, ...]] = (0, ())
    ) -> Visit:
        """A visit now. Raises StoreError without a snapshot, ValidationError for a bad place."""
        seen, now = Place.model_validate(place), datetime.now(UTC)
        recounting = progress_of(self.home)
        return Visit(
            seen, self.snapshot, scope, now, self.rules, self.sources(now), *said, recounting
        )

    def remembered(self, name: str, visit: Visit, draw: Callable[[], Drawn]) -> Drawn:
        """What `draw` gives for this visit, drawn once for all who see the same.

        Figures are kept in both colour schemes; the visit's is taken.
        """
        key = (
            name,
            visit.snapshot.version,
            visit.snapshot.notice or "",
            visit.rules.version,
            self.build,
            visit.scope.key,
            written(visit.sources),
            visit.view.href(),
            visit.place.language,
            str(visit.said_version),
        )
        kept = self.kept(key, draw)
        return {
            part: value[visit.scheme] if part.endswith(".figure") else value
            for part, value in kept.items()
        }

    def kept(self, key: tuple[str, ...], draw: Callable[[], Drawn]) -> Drawn:
        """What `draw` gives, drawn once under a key that names all it depends on."""
        return self._cache.remembered(key, draw)


def notices(snapshot: Snapshot, recounting: Progress | None, say: Words) -> list[str]:
    """Why there are no newer figures than those shown, and from when these are, in sentences."""
    told = [say("banner.older", version=snapshot.version)] if snapshot.notice else []
    if recounting is not None:
        at, built = (
            fmt.instant(instant, say.language)
            for instant in (recounting.told_at, snapshot.built_at)
        )
        done, parts = recounting.done, recounting.parts
        told.append(say("banner.recounted", done=done, parts=parts, at=at, built=built))
    return told


def written(sources: Sources) -> str:
    """The states of some sources as one text, equal when nothing that is judged has changed."""
    return ",".join(f"{source.id}={source.state}" for source in sources.all)


def language_of(place: object) -> str:
    """The language a browser asks for, as far as it can be known from whatever it sent."""
    asked = place.get("language") if isinstance(place, Mapping) else None
    return asked if isinstance(asked, str) and asked in LANGUAGES else "vi"
