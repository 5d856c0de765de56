"""Promises of CSV sources: the manual's mapping exactly, and a sentence for all that is wrong."""

from datetime import UTC, datetime
from typing import Any

import pyarrow.parquet as pq
import pytest

from domain.area import register
from tests.datasources.home import Delivery, Home

SOURCE = """
[permits]
kind = "csv"
record = "dossier"
path = "data/*.csv"
within = "25"
{keys}
[permits.columns]
dossier_code = "Mã"
channel = "Kênh"
received_at = "Nhận"
due_at = "Hẹn"
finished_at = "Xong"
competent_area = "Xã"
[permits.values.channel]
"Internet" = "online"
"*" = "direct"
"""
HEADER = "Mã,Kênh,Nhận,Hẹn,Xong,Xã,Người nộp"
ROW = "{number},Internet,15/07/2020 08:30,16/07/2020,15/07/2020 15:45,08563,Nguyễn Thị Canh"


def rows(count: int = 1) -> list[str]:
    return [ROW.format(number=f"HS-{number}") for number in range(count)]


def collect(home: Home, lines: list[str], keys: str = "", header: str = HEADER) -> Delivery:
    home.configure(SOURCE.format(keys=keys))
    home.write("data/a.csv", "\n".join([header, *lines]) + "\n")
    return home.collect("permits")


def test_each_column_becomes_the_field_it_is_mapped_to(home: Home) -> None:
    [row] = collect(home, rows()).rows()
    assert {name: value for name, value in row.items() if value not in (None, "")} == {
        "dossier_code": "HS-0",
        "channel": "online",
        "receiving_area": "08563@",
        "competent_area": "08563@",
        "received_at": datetime(2020, 7, 15, 1, 30, tzinfo=UTC),
        "due_at": datetime(2020, 7, 15, 17, 0, tzinfo=UTC),
        "finished_at": datetime(2020, 7, 15, 8, 45, tzinfo=UTC),
        "deadline_precision": "day",
    }


def test_columns_that_no_field_asks_for_are_named_and_stay_behind(home: Home) -> None:
    delivery = collect(home, rows())
    assert delivery.manifest["contract"] == ["a.csv: columns not read: Người nộp."]
    for path in delivery.folder.iterdir():
        assert b"Canh" not in path.read_bytes()


def test_values_are_translated_and_the_rest_is_the_rest(home: Home) -> None:
    kinds = ("Internet", "Fax", "")
    lines = [row.replace("Internet", kind) for row, kind in zip(rows(3), kinds, strict=True)]
    assert collect(home, lines).column("channel") == ["online", "direct", "direct"]


def test_a_channel_of_no_known_word_is_refused_with_its_row(home: Home) -> None:
    lines = [*rows(30), ROW.format(number="x").replace("Internet", "Zalo")]
    home.configure(SOURCE.format(keys="").replace('"*" = "direct"\n', ""))
    home.write("data/a.csv", "\n".join([HEADER, *lines]))
    delivery = home.collect("permits")
    [(row, field, rule, reason)] = delivery.refusals
    assert (row, field, rule) == (32, "channel", "value")
    assert "none of online, direct, postal" in reason
    assert delivery.manifest["records_read"] == {"dossier": 31}
    assert delivery.manifest["rejected"] == {"dossier": 1}


def test_rows_that_say_the_same_of_one_dossier_are_one_record(home: Home) -> None:
    events = [row for row in rows(3) for _ in range(4)]
    delivery = collect(home, events)
    assert delivery.manifest["rows_read"] == 12
    assert delivery.manifest["records_read"] == {"dossier": 3}
    assert delivery.column("dossier_code") == ["HS-0", "HS-1", "HS-2"]


def test_rows_that_differ_are_each_kept_for_the_last_one_wins_when_they_are_loaded(
    home: Home,
) -> None:
    lines = [rows()[0], rows()[0].replace("Internet", "Quầy")]
    assert collect(home, lines).column("channel") == ["online", "direct"]


@pytest.mark.parametrize(
    ("written", "area"),
    [
        ("08563", "08563@"),
        ("238", "238@"),
        ("25", "25@"),
        ("25@2026-01-01", "25@2025-07-01"),
        ("Sơn Hùng", "08563@"),
        ("xã Sơn Hùng", "08563@"),
        ("UBND xã Sơn Hùng", "08563@"),
        ("X. SON HUNG", "08563@"),
        ("huyện Thanh Sơn", "238@"),
        ("H. Thanh Sơn", "238@"),
        ("Phú Thọ", None),
    ],
)
def test_an_area_is_told_by_its_code_or_by_its_name_in_the_province(
    home: Home, written: str, area: str | None
) -> None:
    lines = [row.replace("08563", written) for row in rows()]
    if area is None:
        # A province, a town and more are called Phú Thọ: nobody guesses which is meant.
        assert "name of several areas" in collect(home, lines).error
    else:
        assert collect(home, lines).column("competent_area") == [area]


def test_names_that_only_their_accents_tell_apart_are_told_apart(home: Home) -> None:
    names = ["xã Phú Lương", "UBND xã Phù Lương"]
    lines = [row.replace("08563", name) for row, name in zip(rows(2), names, strict=True)]
    home.configure(SOURCE.format(keys="").replace('within = "25"', 'within = "27"'))
    home.write("data/a.csv", "\n".join([HEADER, *lines]))
    first, second = home.collect("permits").column("competent_area")
    assert (register().get(first).name, register().get(second).name) == ("Phú Lương", "Phù Lương")
    home.write("data/a.csv", "\n".join([HEADER, lines[0].replace("Phú Lương", "Phu Luong")]))
    assert "name of several areas" in home.collect("permits").error


def test_a_code_means_the_area_that_held_it_on_the_day_of_the_dossier(home: Home) -> None:
    later = rows()[0].replace("2020", "2025").replace("HS-0", "HS-9")
    areas = collect(home, [rows()[0], later.replace("08563", "25")]).column("competent_area")
    assert areas == ["08563@", "25@2025-07-01"]


def test_an_unknown_commune_is_refused_with_the_three_nearest_and_is_not_repeated(
    home: Home,
) -> None:
    lines = [*rows(30), ROW.format(number="x").replace("08563", "Sơn Hungg")]
    [(row, field, rule, reason)] = collect(home, lines).refusals
    assert (row, field, rule) == (32, "competent_area", "area")
    assert reason == (
        "is no area of province 25 on 15/07/2020; nearest: 08563 (xã Sơn Hùng), "
        "08215 (xã Sơn Cương), 08578 (xã Giáp Lai)"
    ) or reason.startswith("is no area of province 25 on 15/07/2020; nearest: 08563 (xã Sơn Hùng)")
    assert reason.count("(") == 3
    assert "Hungg" not in reason


def test_a_missing_column_fails_the_batch_and_names_the_nearest_one(home: Home) -> None:
    delivery = collect(home, rows(), header=HEADER.replace("Hẹn", "Hẹn trả"))
    assert delivery.outcome.suspect
    assert delivery.error == (
        "permits: a.csv has no column 'Hẹn'. Did you mean 'Hẹn trả'? "
        "Correct [permits.columns] due_at in config/sources.toml."
    )
    assert list(home.path.glob("landing/*/*")) == []


def test_a_bad_date_refuses_its_row_by_number_field_and_rule_and_never_says_the_value(
    home: Home,
) -> None:
    lines = [*rows(25), ROW.format(number="x").replace("16/07/2020", "Trần Văn Canh 31/02")]
    delivery = collect(home, lines)
    assert delivery.refusals == [(27, "due_at", "date", "is no date in a known form")]
    assert len(delivery.rows()) == 25
    for path in delivery.folder.iterdir():
        assert b"Canh" not in path.read_bytes()


def test_nothing_that_a_refused_row_held_is_in_what_landed(home: Home) -> None:
    home.configure(
        SOURCE.format(keys="").replace("due_at", 'procedure_name = "Người nộp"\ndue_at', 1)
    )
    bad = "HS-X,Internet,hôm qua,,,08563,Thủ tục bí mật"
    home.write("data/a.csv", "\n".join([HEADER, *rows(30), bad]) + "\n")
    path = home.collect("permits").folder / "records-dossier.parquet"
    table = pq.read_table(path, read_dictionary=["procedure_name"])
    held: Any = table["procedure_name"].chunk(0)
    assert held.dictionary.to_pylist() == ["Nguyễn Thị Canh"]
    assert len(held) == 30


def test_more_than_one_bad_row_in_twenty_fails_the_batch_whole(home: Home) -> None:
    bad = ROW.format(number="x").replace("15/07/2020 08:30", "?")
    good_enough = collect(home, [*rows(19), bad])
    assert len(good_enough.rows()) == 19
    delivery = collect(home, [*rows(18), bad])
    assert delivery.outcome.suspect
    assert "1 of 19 records are refused, more than 5%, so none is taken" in delivery.error
    assert "row 20: received_at is no date in a known form (1×)" in delivery.error


def test_a_file_cut_off_in_a_row_is_not_taken(home: Home) -> None:
    home.configure(SOURCE.format(keys=""))
    for cut in (rows()[0][:20], rows()[0].split(",")[0] + ',"Inter'):
        home.write("data/a.csv", "\n".join([HEADER, *rows(30), cut]))
        assert "a.csv ends in the middle of row 32" in home.collect("permits").error


def test_a_footer_is_refused_as_a_row_of_another_width(home: Home) -> None:
    delivery = collect(home, [*rows(30), "Tổng cộng,30"])
    assert delivery.refusals == [(32, "", "row", "has more or fewer fields than the header")]
    assert delivery.manifest["rows_read"] == 31


def test_rows_after_a_torn_one_keep_their_numbers(home: Home) -> None:
    lines = [*rows(40), "a,b", ROW.format(number="x").replace("08563", "")]
    refused = {row: field for row, field, *_ in collect(home, lines).refusals}
    assert refused == {42: "", 43: "competent_area"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\x1f\x8b\x08\x00rest", "is a compressed file. Unpack it first"),
        (b"PK\x03\x04rest", "is a compressed file"),
        ((HEADER + "\n" + ROW + "\n").encode("utf-16"), "has no column"),
        (HEADER.replace(",", ";").encode() + b"\n", "Is ';' its delimiter? Correct [permits."),
        ((HEADER + "\n" + ROW + "\n").encode() + b"\xff\xfe,,,,,,\n", "is not written in utf-8"),
    ],
)
def test_what_is_no_such_file_is_said_to_be_so(home: Home, content: bytes, words: str) -> None:
    home.configure(SOURCE.format(keys=""))
    home.write("data/a.csv", content)
    assert words in home.collect("permits").error


@pytest.mark.parametrize(
    ("encoding", "delimiter", "newline"),
    [("utf-8-sig", ",", "\r\n"), ("utf-16", ";", "\n"), ("utf-8", "\t", "\n")],
)
def test_other_encodings_and_delimiters_are_told_by_the_stanza(
    home: Home, encoding: str, delimiter: str, newline: str
) -> None:
    shown = delimiter.replace("\t", "\\t")
    home.configure(SOURCE.format(keys=f'encoding = "{encoding}"\ndelimiter = "{shown}"'))
    text = newline.join([HEADER, *rows(2)]).replace(",", delimiter) + newline
    home.write("data/a.csv", text.encode(encoding))
    assert home.collect("permits").column("competent_area") == ["08563@", "08563@"]


def test_a_line_break_inside_quotes_is_part_of_a_value(home: Home) -> None:
    lines = [rows()[0].replace("Nguyễn Thị Canh", '"Nguyễn\nThị Canh"'), rows(2)[1]]
    assert collect(home, lines).column("dossier_code") == ["HS-0", "HS-1"]


def test_a_column_that_comes_twice_is_nobodys(home: Home) -> None:
    header = HEADER.replace("Người nộp", "Xã")
    assert "has 2 columns 'Xã'" in collect(home, rows(), header=header).error


def test_an_empty_code_is_refused(home: Home) -> None:
    refusals = collect(home, [*rows(30), ROW.format(number="  ")]).refusals
    assert refusals == [(32, "dossier_code", "missing", "is empty")]


def test_a_bare_due_day_lasts_to_its_end_where_terms_are_in_hours(home: Home) -> None:
    [due] = collect(home, rows(), keys='deadline_precision = "second"').column("due_at")
    assert due == datetime(2020, 7, 16, 16, 59, 59, 999999, tzinfo=UTC)


def test_dates_without_a_zone_are_in_the_zone_of_the_source(home: Home) -> None:
    [received] = collect(home, rows(), keys='time_zone = "UTC"').column("received_at")
    assert received == datetime(2020, 7, 15, 8, 30, tzinfo=UTC)


def test_a_format_of_ones_own_takes_the_place_of_the_known_ones(home: Home) -> None:
    lines = [row.replace("15/07/2020", "07/15/2020").replace("16/07", "07/16") for row in rows()]
    keys = 'formats = ["MM/dd/yyyy HH:mm", "MM/dd/yyyy"]'
    [due] = collect(home, lines, keys).column("due_at")
    assert due == datetime(2020, 7, 15, 17, tzinfo=UTC)


def test_a_file_that_has_several_parts_is_read_part_by_part(home: Home) -> None:
    home.configure(SOURCE.format(keys=""))
    for name in ("a", "b"):
        home.write(f"data/{name}.csv", "\n".join([HEADER, ROW.format(number=name)]))
    delivery = home.collect("permits")
    assert sorted(delivery.column("dossier_code")) == ["a", "b"]
    assert [one["name"] for one in delivery.manifest["origins"]] == ["a.csv", "b.csv"]


LOG = """
[log]
kind = "csv"
record = "dossier"
path = "log.csv"
group_by = "dossier_code"
[log.columns]
dossier_code = "case"
received_at = "at"
finished_at = "at"
updated_at = "at"
competent_area = "area"
procedure_code = "what"
[log.pick]
received_at = "min"
finished_at = "max"
updated_at = "last"
[log.values.competent_area]
"*" = "25"
[log.events]
at = "at"
status = "step"
[log.values.event_status]
"received" = "2"
"done" = "9"
"*" = ""
"""
# As texts, 9 October would be later than 10 October.
STEPS = """case,at,area,what,step
A,9/10/2020 08:00,,,received
B,1/10/2020 08:00,,2.002,received
A,10/10/2020 08:00,,1.001,mail
A,9/10/2020 09:00,,,done
"""


def test_several_rows_make_one_record_with_the_values_that_are_picked(home: Home) -> None:
    home.configure(LOG)
    home.write("log.csv", STEPS)
    delivery = home.collect("log")
    first, second = delivery.rows()
    assert (first["dossier_code"], second["dossier_code"]) == ("A", "B")
    assert first["received_at"] == datetime(2020, 10, 9, 1, tzinfo=UTC)
    assert first["finished_at"] == datetime(2020, 10, 10, 1, tzinfo=UTC)
    assert first["updated_at"] == datetime(2020, 10, 9, 2, tzinfo=UTC)
    assert (first["procedure_code"], second["procedure_code"]) == ("1.001", "2.002")
    assert delivery.manifest["rows_read"] == 4
    assert delivery.manifest["records_read"] == {"dossier": 2, "dossier_event": 3}


def test_the_rows_of_a_log_are_steps_and_those_translated_to_nothing_are_none(home: Home) -> None:
    home.configure(LOG)
    home.write("log.csv", STEPS)
    steps = home.collect("log").rows("dossier_event")
    assert [(one["dossier_code"], one["status"]) for one in steps] == [("A", 2), ("B", 2), ("A", 9)]


def test_one_bad_date_among_the_rows_refuses_their_record(home: Home) -> None:
    home.configure(LOG)
    cases = "".join(f"C{number},1/10/2020 08:00,,,mail\n" for number in range(40))
    home.write("log.csv", STEPS + cases + "C7,hôm qua,,,mail\n")
    delivery = home.collect("log")
    assert ("C7" in delivery.column("dossier_code")) is False
    [(row, field, rule, _)] = delivery.refusals
    assert (row, field, rule) == (13, "received_at", "date")


ORGANISED = """
[desk]
kind = "csv"
record = "dossier"
path = "desk.csv"
within = "25"
[desk.columns]
dossier_code = "code"
received_at = "at"
competent_organisation = "who"
"""


def test_an_organisation_tells_the_area_where_no_column_does(home: Home) -> None:
    home.configure(ORGANISED)
    lines = ["code,at,who", "a,2020-07-15,000.00.18.H44", "b,2020-07-15,UBND xã Sơn Hùng"]
    home.write("desk.csv", "\n".join(lines))
    delivery = home.collect("desk")
    assert delivery.column("competent_organisation") == ["H44.18", "H44.18.01"]
    assert delivery.column("competent_area") == ["238@", "08563@"]
    assert delivery.column("receiving_area") == ["238@", "08563@"]


def test_an_unknown_organisation_is_refused_with_the_nearest(home: Home) -> None:
    home.configure(ORGANISED)
    good = [f"{number},2020-07-15,H44.18" for number in range(30)]
    home.write("desk.csv", "\n".join(["code,at,who", *good, "x,2020-07-15,UBND xã Sơn Hung Canh"]))
    [(row, field, rule, reason)] = home.collect("desk").refusals
    assert (row, field, rule) == (32, "competent_organisation", "organisation")
    assert "Did you mean 'UBND xã Sơn Hùng'" in reason
    assert "Canh" not in reason


def test_an_organisation_that_has_ended_is_unknown_afterwards(home: Home) -> None:
    home.configure(ORGANISED)
    home.write("desk.csv", "code,at,who\na,2025-06-30,H44.18\n")
    assert home.collect("desk").column("competent_area") == ["238@"]
    home.write("desk.csv", "code,at,who\na,2025-07-01,H44.18\n")
    assert "config/organisations.csv" in home.collect("desk").error


def test_procedures_are_known_by_the_short_form_of_their_code(home: Home) -> None:
    home.configure(LOG)
    home.write("log.csv", STEPS.replace("1.001,", "1.001193.000.00.00.H44,"))
    assert home.collect("log").column("procedure_code")[0] == "1.001193"
