import ast
import re
import string
from pathlib import Path

import pytest

from dashboards.selection import View
from dashboards.text import LANGUAGES, words
from domain.errors import UnknownNameError
from domain.freshness import Freshness
from metrics.status import Reason, Status

ROOM = Path(__file__).parents[2] / "dashboards"


def gaps(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name is not None}


def keys_in_code() -> tuple[set[str], set[str]]:
    """Texts of the code that look like keys, and the beginnings of those put together."""
    whole: set[str] = set()
    beginnings: set[str] = set()
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings.add(str(node.values[0].value))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
    beginnings |= {f"{field}." for field in View.model_fields}  # components/choices.py, options_of
    return whole, {text for text in beginnings if re.fullmatch(r"[a-z]+\.[a-z_]*", text)}


def test_both_languages_say_the_same_things() -> None:
    vietnamese, english = (words(language).phrases for language in LANGUAGES)
    assert vietnamese.keys() == english.keys()


@pytest.mark.parametrize("key", sorted(words("vi").phrases))
def test_a_phrase_has_the_same_gaps_in_both_languages(key: str) -> None:
    vietnamese, english = (words(language).phrases[key] for language in LANGUAGES)
    assert vietnamese.strip()
    assert english.strip()
    assert gaps(vietnamese) == gaps(english)


def test_no_phrase_is_unused() -> None:
    whole, beginnings = keys_in_code()
    composed = re.compile("|".join(f"{re.escape(text)}[a-z_0-9-]+" for text in beginnings))
    unused = [
        key for key in words("vi").phrases if key not in whole and not composed.fullmatch(key)
    ]
    assert unused == []


def test_every_state_and_verdict_has_its_words() -> None:
    wanted = [f"status.{status}" for status in Status]
    wanted += [f"reason.{reason}" for reason in Reason if reason]
    wanted += [f"freshness.{state}{end}" for state in Freshness for end in ("", "_long")]
    assert [key for key in wanted if key not in words("vi")] == []


def test_an_unknown_phrase_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"Did you mean 'card\.target'"):
        words("vi")("card.targt")
