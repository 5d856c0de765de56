"""Promises of words and flags in rows: told, denied and not told are three different things."""

import pytest

from datasources.reading.fields import WORDS
from domain.record import RECORDS, FieldType
from tests.datasources.home import Home

SOURCE = """
[desk]
kind = "csv"
record = "dossier"
path = "desk.csv"
[desk.columns]
dossier_code = "code"
competent_area = "area"
received_at = "received"
digitised = "scanned"
supplements = "asked"
channel = "channel"
[desk.values.digitised]
"quét rồi" = "yes"
"?" = ""
"""


def row(home: Home, line: str) -> dict[str, object]:
    home.configure(SOURCE)
    home.write("desk.csv", f"code,area,received,scanned,asked,channel\nA,25,15/07/2020,{line}\n")
    [found] = home.collect("desk").rows()
    return dict(found)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Có", True),
        ("x", True),
        ("1", True),
        ("quét rồi", True),
        ("Không", False),
        ("0", False),
        ("", None),
        ("?", None),
    ],
)
def test_a_flag_is_yes_no_or_not_told(home: Home, text: str, told: bool | None) -> None:
    assert row(home, f"{text},,online")["digitised"] is told


def test_a_flag_no_column_fills_is_not_told(home: Home) -> None:
    found = row(home, "1,2,online")
    assert found["supplements"] == 2
    maybe = [one.name for one in RECORDS["dossier"] if one.type is FieldType.MAYBE]
    assert {name: found[name] for name in maybe if name != "digitised"} == dict.fromkeys(
        ["reused", "electronic_result", "has_fee", "paid_online", "apology"]
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("perhaps,,online", "digitised is neither yes nor no"),
        ("1,many,online", "supplements is no whole number"),
        ("1,,onlin", "channel is none of online, direct, postal (nearest: online); translate it"),
        ("1,,qua mạng", "channel is none of online, direct, postal; translate it under values"),
    ],
)
def test_what_is_no_word_of_ours_is_refused_with_the_nearest(
    home: Home, line: str, words: str
) -> None:
    home.configure(SOURCE)
    home.write("desk.csv", f"code,area,received,scanned,asked,channel\nA,25,15/07/2020,{line}\n")
    assert words in home.collect("desk").error


@pytest.mark.parametrize("field", WORDS)
def test_words_are_kept_for_texts_that_there_are(field: str) -> None:
    record, name = field.split(".")
    types = {one.name: one.type for one in RECORDS[record]}
    assert types[name] is FieldType.TEXT
