"""Every word of the interface, by key, in Vietnamese and in English.

say = words("vi")
say("card.target", target="98 %")   ->   "Chỉ tiêu 98 %"
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from domain.errors import UnknownNameError

LANGUAGES = ("vi", "en")
FOLDER = Path(__file__).parent


class Words:
    """The words of one language. Calling it fills the named gaps of a sentence."""

    def __init__(self, language: str, phrases: Mapping[str, str]) -> None:
        self.language = language
        self.phrases = phrases

    def __call__(self, key: str, **gaps: object) -> str:
        if key not in self.phrases:
            raise UnknownNameError(f"{self.language} text", key, self.phrases)
        return self.phrases[key].format(**gaps) if gaps else self.phrases[key]

    def __contains__(self, key: str) -> bool:
        return key in self.phrases


@cache
def words(language: str) -> Words:
    """The words of `language` ("vi" or "en"). Raises UnknownNameError for another."""
    if language not in LANGUAGES:
        raise UnknownNameError("language", language, LANGUAGES)
    stanzas = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return Words(language, MappingProxyType(_flat(stanzas)))


def _flat(stanzas: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {
        f"{stanza}.{name}": phrase
        for stanza, phrases in stanzas.items()
        for name, phrase in phrases.items()
    }
