"""What the program tells about a source, in the language of who reads it.

Why a source failed, is doubted or had records refused is written once, in English, where it
arises, and kept as it was written: the command line and the logs show that. For pages,
`text/told.toml` holds each of these sentences with its gaps, beside its Vietnamese. What it does
not hold is shown in English.
"""

import re
import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from dashboards.text import FOLDER

FILE = "told.toml"
GAP = re.compile(r"\\\{(\w+)\\\}")
END = re.compile(r"(?<=[.?!]) |$")
NAME = re.compile(r"^[\w-]+: ")
NEXT = re.compile(r"(?<=×\)); ")


class Phrase(NamedTuple):
    """A sentence with gaps, and how it is said."""

    pattern: re.Pattern[str]
    said: str


def told(sentence: str | None, language: str) -> str:
    """What is told about a source, or why a record was refused: in Vietnamese, or as written.

    The name of the source, with which most sentences begin, is left out of the Vietnamese.
    """
    if not sentence or language != "vi":
        return sentence or ""
    return _said(NAME.sub("", sentence)) or sentence


@lru_cache(maxsize=4096)
def _said(text: str) -> str | None:
    """One or more sentences; None where one of them is not known."""
    for end in END.finditer(text):
        rest = text[end.end() :]
        first = _one(text[: end.start()])
        following = _said(rest) if rest and first is not None else ""
        if first is not None and following is not None:
            return f"{first} {following}".rstrip()
    return None


def _one(sentence: str) -> str | None:
    stop = "." if sentence.endswith(".") else ""
    for phrase in phrases():
        if match := phrase.pattern.fullmatch(sentence.removesuffix(".")):
            gaps = {name: _gap(name, text) for name, text in match.groupdict().items()}
            if None not in gaps.values():
                return phrase.said.format(**gaps) + stop
    return None


def _gap(name: str, text: str) -> str | None:
    """What fills a gap: as it is, unless it is told in its turn."""
    if name not in ("fact", "facts"):
        return text
    facts = [_said(fact) for fact in NEXT.split(text)]
    return None if None in facts else "; ".join(filter(None, facts))


@cache
def phrases() -> Sequence[Phrase]:
    """Every sentence that is known, those with the most words of their own first."""
    stanzas = tomllib.loads((FOLDER / FILE).read_text(encoding="utf-8"))
    known = {key: said for stanza in stanzas.values() for key, said in stanza.items()}
    ranked = sorted(known, key=lambda key: -len(re.sub(r"\{\w+\}", "", key)))
    return [Phrase(re.compile(_pattern(key), re.DOTALL), known[key]) for key in ranked]


def _pattern(key: str) -> str:
    return GAP.sub(r"(?P<\1>.+?)", re.escape(key))
