"""What people call measures and units, in Vietnamese and in English (words.toml)."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from metrics.formula import Text

WORDS_FILE = Path(__file__).with_name("words.toml")


@dataclass(frozen=True)
class Words:
    """The words of every measure and of every unit, by id."""

    measures: Mapping[str, Text]
    units: Mapping[str, Text]

    def sum_of(self, measures: Iterable[str], language: str) -> str:
        """Several measures as one sum in words: "hồ sơ … + hồ sơ …"."""
        return " + ".join(self.measures[measure][language] for measure in measures)


@lru_cache(maxsize=1)
def words() -> Words:
    """The shipped words, read once."""
    sections = tomllib.loads(WORDS_FILE.read_text(encoding="utf-8"))
    return Words(
        **{
            section: {name: Text(**text) for name, text in entries.items()}
            for section, entries in sections.items()
        }
    )
