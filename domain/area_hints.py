"""The way on from an area that is not there: what its code was, or which areas are near."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Protocol

from domain.area_search import AreaMatch
from domain.area_types import Area, TodayLink


class Finder(Protocol):
    """What a hint needs of the register."""

    @property
    def areas(self) -> Mapping[str, Area]: ...
    def today(self, area_id: str) -> TodayLink: ...
    def search(self, text: str) -> Sequence[AreaMatch]: ...


def hint_for_code(finder: Finder, code: str, day: date) -> str:
    """What a code was on other days and is today, or the nearest areas of that day."""
    held = [area for area in finder.areas.values() if area.code == code]
    if held:
        return "".join(_life(area) + _now(finder, area) for area in held)
    if code.isdecimal():
        alike = [one for one in finder.areas.values() if len(one.code) == len(code)]
        near = sorted(
            (one for one in alike if one.is_valid(day) and one.code.isdecimal()),
            key=lambda one: abs(int(one.code) - int(code)),
        )
        return did_you_mean(map(_described, near))
    found = (one.successor_id or one.area.area_id for one in finder.search(code))
    named = (finder.areas[area_id] for area_id in found)
    return did_you_mean(_described(area) for area in named if area.is_valid(day))


def did_you_mean(names: Iterable[str]) -> str:
    """A question with up to three names, with its leading space, or nothing."""
    first = list(names)[:3]
    return f" Did you mean {' or '.join(first)}?" if first else ""


def _described(area: Area) -> str:
    return f"{area.code} ({area.full_name})"


def _life(area: Area) -> str:
    text = f" It is {area.full_name}" if area.valid_until is None else f" It was {area.full_name}"
    if area.valid_from:
        text += f" from {area.valid_from:%d/%m/%Y}"
    if area.valid_until:
        text += f" until {area.valid_until - timedelta(days=1):%d/%m/%Y}"
    return f"{text}."


def _now(finder: Finder, area: Area) -> str:
    """Where to look for an ended area's figures today."""
    now = finder.today(area.area_id).area_id
    if area.valid_until is None or now is None:
        return ""
    return f" It is part of {_described(finder.areas[now])} today."
