"""Promises of the catalogue of procedures: levels, terms, fees, owners, and versions over time."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from datasources.simulator.clock import end_of_day
from datasources.simulator.demo import PASSWORD_FILE
from datasources.simulator.server import PASSWORD, USERNAME, Simulator
from datasources.simulator.world import World
from tests.datasources.home import Delivery, Home, payload

NEGATIVE = [{"THOIGIAN": [{"THOIGIANGIAIQUYET": -1}]}]
SOURCE = """
[catalogue]
kind = "procedures"
path = "incoming"
"""


def deliver(home: Home, *entries: dict[str, Any], stanza: str = "") -> Delivery:
    home.configure(SOURCE + stanza)
    document = {**payload("procedures/procedures.json"), "result": list(entries)}
    home.write("incoming/0.json", json.dumps(document, ensure_ascii=False))
    return home.collect("catalogue")


def entry(**told: Any) -> dict[str, Any]:
    """The first entry of the payload, told otherwise."""
    return {**payload("procedures/procedures.json")["result"][0], **told}


def test_each_entry_is_one_version_of_a_procedure(home: Home) -> None:
    delivery = deliver(home, *payload("procedures/procedures.json")["result"])
    first, second, third, gone = delivery.rows("procedure")
    assert first == {
        "procedure_code": "1.001193",
        "owner_area": "25@",
        "valid_from": date(2019, 3, 1),
        "valid_until": date(2022, 8, 15),
        "procedure_name": "Đăng ký khai sinh",
        "field_code": "G15-TP01",
        "field_name": "Hộ tịch",
        "owner_organisation": "H44",
        "scheme": "level_1_4",
        "service_level": "4",
        "term": 8.0,
        "term_unit": "hour",
        "has_fee": False,
        "online_payment": None,
        "linked": True,
    }
    assert (second["scheme"], second["service_level"]) == ("nd42", "full")
    assert (second["valid_from"], second["valid_until"]) == (date(2022, 8, 15), None)
    assert (second["has_fee"], second["term_unit"]) == (False, "hour")
    assert (third["owner_organisation"], third["owner_area"]) == ("H44.13", "25@")
    assert (third["term"], third["term_unit"], third["has_fee"]) == (10.0, "day", True)
    assert (third["linked"], third["online_payment"]) == (False, True)
    assert gone["valid_until"] == date(2021, 7, 1)  # withdrawn on the day it was last changed
    assert (gone["service_level"], gone["term"], gone["has_fee"]) == ("", None, None)


def test_what_cannot_be_a_version_is_refused_by_the_name_of_its_field(home: Home) -> None:
    delivery = deliver(home, *payload("procedures/procedures.json")["result"])
    assert delivery.manifest["records_read"] == {"procedure": 6}
    assert sorted(delivery.refusals) == [
        (5, "NGAYHIEULUC", "missing", "is empty"),
        (6, "", "shape", "is not shaped as agreed"),
    ]


def test_a_level_that_means_nothing_known_is_not_told_and_said_so(home: Home) -> None:
    delivery = deliver(home, payload("procedures/procedures.json")["result"][3])
    told = "1 codes in MUCDO mean nothing known: see values.service_level."
    assert told in delivery.manifest["contract"]


def test_a_stanza_says_what_the_words_of_one_system_mean(home: Home) -> None:
    stanza = '[catalogue.values]\nservice_level = { "DVC4" = "4" }\nlinked = { "Có" = "yes" }\n'
    [row] = deliver(home, entry(MUCDO="DVC4", TICHHOPDVCQG="Có"), stanza=stanza).rows("procedure")
    assert (row["service_level"], row["scheme"], row["linked"]) == ("4", "level_1_4", True)


@pytest.mark.parametrize(
    ("told", "field", "rule"),
    [
        ({"NGAYHETHIEULUC": "01/03/2019"}, "NGAYHETHIEULUC", "period"),
        ({"NGAYHIEULUC": "31/02/2019"}, "NGAYHIEULUC", "date"),
        ({"MATTHC": ""}, "MATTHC", "missing"),
        ({"MACOQUANCONGBO": "000.00.99.H44"}, "COQUANTHUCHIEN", "organisation"),
        ({"CACHTHUCTHUCHIEN": NEGATIVE}, "THOIGIANGIAIQUYET", "number"),
    ],
)
def test_a_version_that_cannot_be_is_refused(
    home: Home, told: dict[str, Any], field: str, rule: str
) -> None:
    [(row, named, broken, _)] = deliver(home, entry(**told)).refusals
    assert (row, named, broken) == (1, field, rule)


def test_the_owner_is_the_only_office_or_the_publisher_or_the_end_of_the_code(home: Home) -> None:
    office = [{"MADONVI": "000.00.13.H44"}]
    cases = [
        (entry(COQUANTHUCHIEN=office), "H44.13"),
        (entry(COQUANTHUCHIEN=[]), "H44"),
        (entry(COQUANTHUCHIEN=[], MACOQUANCONGBO="", MATTHC="1.1.000.00.13.H44"), "H44.13"),
        (entry(COQUANTHUCHIEN=[], MACOQUANCONGBO="", MATTHC="1.001193"), "H44"),  # madonvi
    ]
    for told, owner in cases:
        assert deliver(home, told).column("owner_organisation", "procedure") == [owner]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the JSON is broken or cut off"),
        (b'{"result": {}}', "data is not a list of records"),
        (b'{"service": "LayDanhSachTTHC", "result": [{"MATTHC": "1"}]}', "no answer of LayThuTuc"),
        (b"[]", "is not an answer of the catalogue service"),
        (b'{"a": 1}', "is not an answer of the catalogue service"),
    ],
)
def test_what_is_no_catalogue_is_said_to_be_so(home: Home, content: bytes, words: str) -> None:
    home.configure(SOURCE)
    home.write("incoming/0.json", content)
    assert words in home.collect("catalogue").error


def test_a_csv_list_is_mapped_to_the_same_record(home: Home) -> None:
    home.configure(
        """
[list]
kind = "csv"
record = "procedure"
path = "list.csv"
[list.columns]
procedure_code = "Mã"
owner_area = "Tỉnh"
valid_from = "Từ ngày"
service_level = "Mức"
term = "Thời hạn"
has_fee = "Phí"
[list.values.service_level]
"TT" = "full"
"""
    )
    good = "Mã,Tỉnh,Từ ngày,Mức,Thời hạn,Phí\n1.1,25,01/01/2020,TT,2,Có\n"
    home.write("list.csv", good)
    [row] = home.collect("list").rows("procedure")
    assert (row["owner_area"], row["service_level"], row["has_fee"]) == ("25@", "full", True)
    assert row["linked"] is None
    home.write("list.csv", good + "1.2,25,01/01/2020,fulll,2,\n")
    assert "partial, information (nearest: full); translate it" in home.collect("list").error


URL = """
[catalogue]
kind = "procedures"
url = "{url}"
allow_http = true
agency = "H14"
username = "{username}"
password_file = "{password_file}"
"""


def test_a_system_that_is_asked_tells_all_its_procedures(home: Home) -> None:
    world = World(7, ["04"], date(2025, 5, 1), date(2025, 8, 20))
    now = end_of_day(date(2025, 8, 20))
    with Simulator(world, lambda: now) as simulator:
        text = URL.format(url=simulator.url, username=USERNAME, password_file=PASSWORD_FILE)
        home.configure(text, CAO_BANG)
        password = home.path / PASSWORD_FILE
        password.write_text(PASSWORD)
        password.chmod(0o600)
        delivery = home.collect("catalogue")
        assert delivery.refusals == []
        rows = delivery.rows("procedure")
        in_force = [row for row in rows if row["valid_until"] is None]
        assert len(in_force) == len({row["procedure_code"] for row in rows}) == 47
        assert {row["owner_area"] for row in in_force} == {"04@2025-07-01"}
        assert delivery.manifest["data_as_of"] == datetime(2026, 11, 22, 3, tzinfo=UTC).isoformat()


CAO_BANG = """\
code,name,area_code,level,kind,valid_from,valid_until
H14,UBND tỉnh Cao Bằng,04,province,committee,,
""" + "".join(f"H14.{n:02},Sở {n},04,province,department,,\n" for n in range(1, 20))
