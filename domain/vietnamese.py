"""Vietnamese text: found without its accents, sorted with Đ after D and tones in order."""

import re
import unicodedata
from functools import lru_cache

_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # huyền hỏi ngã sắc nặng
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: rank for rank, letter in enumerate(_LETTERS, start=100)}
_WORD = re.compile(r"\w+")

SortKey = tuple[tuple[int, tuple[int, ...], int], ...]


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """Text for searching: lower case, no accents, đ as d, words parted by single spaces."""
    plain = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(_WORD.findall(bare))


@lru_cache(maxsize=65536)
def canonical(text: str) -> str:
    """Text for comparing with accents, wherever a list puts the tone: "Hoà" equals "Hòa"."""
    words = _WORD.findall(unicodedata.normalize("NFC", text.casefold()))
    return " ".join(_tone_last(word) for word in words)


def _tone_last(word: str) -> str:
    letters, tone = _letters_and_tone(word)
    return f"{letters}{tone}" if tone else letters


def _letters_and_tone(word: str) -> tuple[str, int]:
    """A word's letters without its tone mark, and the tone's place in the dictionary order."""
    plain = unicodedata.normalize("NFD", word)
    tone = next((_TONES[char] for char in plain if char in _TONES), 0)
    letters = "".join(char for char in plain if char not in _TONES)
    return unicodedata.normalize("NFC", letters), tone


@lru_cache(maxsize=65536)
def sort_key(text: str) -> SortKey:
    """The dictionary order: word by word, letters before tones, numbers by their size."""
    return tuple(_word_key(word) for word in _WORD.findall(text.casefold()))


def _word_key(word: str) -> tuple[int, tuple[int, ...], int]:
    if word.isdecimal():
        return (int(word), (), 0)
    letters, tone = _letters_and_tone(word)
    return (10**9, tuple(_RANK.get(letter, ord(letter) + 1000) for letter in letters), tone)
