"""Schemes: by which rules a metric was measured on a day, where those have changed."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from metrics.formula import Text

SCHEMES_FILE = Path(__file__).with_name("schemes.toml")


@dataclass(frozen=True)
class Scheme:
    """One way of measuring a metric, in force from a day until the next one."""

    since: date
    name: Text


BEFORE = Scheme(date.min, Text("cách tính trước đó", "an earlier scheme"))


@lru_cache(maxsize=1)
def schemes() -> Mapping[str, tuple[Scheme, ...]]:
    """The schemes of every metric that has had several, oldest first."""
    stanzas = tomllib.loads(SCHEMES_FILE.read_text(encoding="utf-8"))
    return {
        metric: tuple(Scheme(one["from"], Text(one["vi"], one["en"])) for one in told)
        for metric, told in stanzas.items()
    }


def scheme_on(metric: str, day: date) -> Scheme:
    """The scheme of a metric on a day; metrics that never changed have one for all days."""
    held = [one for one in schemes().get(metric, ()) if one.since <= day]
    return held[-1] if held else BEFORE
