"""A playlist: which slides a wall shows, when, and how; as wall.toml says it (config.py)."""

import re
from collections.abc import Iterator
from datetime import datetime, time
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from dashboards.selection import Compare, Period
from domain.period import Grain

NAMES = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
IMAGES = re.compile(r"[\w][\w .-]{0,79}\.(png|jpg|jpeg|webp)", re.IGNORECASE)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
LONGEST_TITLE, LONGEST_TEXT = 120, 600
MOST_SLIDES, MOST_TILES, MOST_METRICS = 40, 6, 12
LEAST_SECONDS, MOST_SECONDS = 5, 600

Kind = Literal[
    "values",
    "concerns",
    "chart",
    "map",
    "ranking",
    "ticker",
    "index766",
    "sources",
    "clock",
    "text",
    "image",
]
WITH_METRIC = ("chart", "map", "ranking")
WITH_METRICS = ("values", "ticker")
WITHOUT_FIGURES = ("clock", "text", "image")


class Title(BaseModel):
    """Words in both languages; a plain text stands for both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    vi: str = Field(max_length=LONGEST_TEXT)
    en: str = Field(max_length=LONGEST_TEXT)

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.vi


def _titled(given: object) -> object:
    return {"vi": given, "en": given} if isinstance(given, str) else given


Words = Annotated[Title, BeforeValidator(_titled)]


class Tile(BaseModel):
    """One part of a slide.

    `metric` is what a chart, map or ranking shows, `metrics` what values and a ticker do, and
    narrow what concerns look at. `area`, `period` and `grain` are its own where they differ from
    the playlist's. `text` is what a text says, `image` a file in config/wall/.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    metric: str | None = Field(default=None, max_length=80)
    metrics: tuple[str, ...] = Field(default=(), max_length=MOST_METRICS)
    area: str | None = Field(default=None, max_length=40)
    period: Period | Literal["year"] | None = None
    grain: Grain = Grain.MONTH
    title: Words | None = None
    text: Words | None = None
    image: str | None = None

    @field_validator("image")
    @classmethod
    def _is_file(cls, given: str | None) -> str | None:
        if given is not None and not IMAGES.fullmatch(given):
            raise ValueError(f"'{given}' is no name of a PNG, JPEG or WebP file")
        return given

    def lacking(self) -> str | None:
        """The key it needs and has not; None if it is whole."""
        needed = {
            "metric": self.kind in WITH_METRIC and self.metric is None,
            "metrics": self.kind in WITH_METRICS and not self.metrics,
            "text": self.kind == "text" and self.text is None,
            "image": self.kind == "image" and self.image is None,
        }
        return next((key for key, is_lacking in needed.items() if is_lacking), None)


class Slide(BaseModel):
    """Tiles that stand together, for so many seconds; in all sets, or in those named."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Words | None = None
    seconds: int | None = Field(default=None, ge=LEAST_SECONDS, le=MOST_SECONDS)
    sets: tuple[str, ...] = Field(default=(), max_length=10)
    tiles: tuple[Tile, ...] = Field(min_length=1, max_length=MOST_TILES)

    @property
    def has_figures(self) -> bool:
        """Whether any tile shows more than words, a clock or a picture."""
        return any(tile.kind not in WITHOUT_FIGURES for tile in self.tiles)


class Turn(BaseModel):
    """When a set plays: on some days, between two times of the day. `only` leaves all else out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    set: str = Field(min_length=1, max_length=40)
    hours: str
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = DAYS  # type: ignore[assignment]  # the same words
    only: bool = False
    seconds: int | None = Field(default=None, ge=LEAST_SECONDS, le=MOST_SECONDS)

    @field_validator("hours")
    @classmethod
    def _are_hours(cls, given: str) -> str:
        return _hours(given)

    def is_on(self, now: datetime) -> bool:
        """Whether it is its time, by the clock on the wall."""
        return DAYS[now.weekday()] in self.days and within(self.hours, now.time())


class Playlist(BaseModel):
    """Slides in order. `area` is a code, none: the first area that whoever looks may see.

    `scale` above 1 makes everything larger, and fewer lines fit; `night` are the hours in which
    the picture is dimmed. `jump_to_red` brings a slide forward when a target on it is missed anew.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Words
    area: str | None = Field(default=None, max_length=40)
    period: Period | Literal["year"] = "year"
    compare: Compare = Compare.LAST_YEAR
    theme: Literal["light", "dark"] = "dark"
    scale: float = Field(default=1.0, ge=1.0, le=1.6)
    seconds: int = Field(default=20, ge=LEAST_SECONDS, le=MOST_SECONDS)
    night: str | None = None
    jump_to_red: bool = False
    calendar: tuple[Turn, ...] = Field(default=(), max_length=20)
    slides: tuple[Slide, ...] = Field(min_length=1, max_length=MOST_SLIDES)

    @field_validator("night")
    @classmethod
    def _are_hours(cls, given: str | None) -> str | None:
        return None if given is None else _hours(given)

    def turn(self, now: datetime) -> Turn | None:
        """The set whose time it is, the first of those in the file; None: no set in particular."""
        return next((turn for turn in self.calendar if turn.is_on(now)), None)

    def playing(self, now: datetime) -> Iterator[tuple[int, Slide]]:
        """The slides of this time with their places; all of them where none would be left."""
        turn = self.turn(now)
        name, is_alone = (turn.set, turn.only) if turn else ("", False)
        found = [
            (place, slide)
            for place, slide in enumerate(self.slides)
            if name in slide.sets or (not slide.sets and not is_alone)
        ]
        yield from found or enumerate(self.slides)

    def seconds_of(self, slide: Slide, now: datetime) -> int:
        """How long a slide stays: as it says, as the set says, or as the playlist does."""
        turn = self.turn(now)
        return slide.seconds or (turn.seconds if turn else None) or self.seconds


def _hours(given: str) -> str:
    if not HOURS.fullmatch(given):
        raise ValueError(f"'{given}' is not like 06:30-08:00")
    return given


def within(hours: str, moment: time) -> bool:
    """Whether a time of the day lies within `21:30-05:30`, which may go over midnight."""
    first, last = (time.fromisoformat(part) for part in hours.split("-"))
    if first <= last:
        return first <= moment < last
    return moment >= first or moment < last
