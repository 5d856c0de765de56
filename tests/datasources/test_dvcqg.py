"""Promises of the national portal's messages: statuses, channels, pauses, places, dates."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.datasources.home import ORGANISATIONS, PAYLOADS, Delivery, Home, payload

SOURCE = """
[portal]
kind = "dvcqg"
path = "incoming"
"""


def at(text: str) -> datetime:
    """An instant from the time in Vietnam."""
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


def deliver(home: Home, *documents: dict[str, Any]) -> Delivery:
    home.configure(SOURCE)
    for number, document in enumerate(documents):
        home.write(f"incoming/{number}.json", json.dumps(document, ensure_ascii=False))
    return home.collect("portal")


def dossier(**fields: Any) -> dict[str, Any]:
    """The answer that holds one dossier, finished unless it is told otherwise."""
    good = payload("dvcqg_dossiers.json")
    return {**good, "data": [{**good["data"][0], **fields}]}


def test_a_dossier_is_read_field_by_field(home: Home) -> None:
    first = deliver(home, payload("dvcqg_dossiers.json")).rows()[0]
    assert first == {
        "dossier_code": "000.00.18.H44-200715-0042",
        "procedure_code": "1.001193",
        "procedure_name": "Đăng ký khai sinh",
        "field_code": "G15-TP01",
        "field_name": "Hộ tịch",
        "channel": "online",
        "receiving_organisation": "H44.18",
        "competent_organisation": "H44.18.01",
        "receiving_area": "238@",
        "competent_area": "08563@",
        "submitted_at": at("2020-07-14 16:30"),
        "received_at": at("2020-07-15 08:30"),
        "due_at": at("2020-07-16 17:00"),
        "finished_at": at("2020-07-15 15:45"),
        "returned_at": at("2020-07-16 09:10"),
        "refused_at": None,
        "withdrawn_at": None,
        "status": 10,
        "deadline_precision": "day",
        "pauses": [{"start": at("2020-07-15 10:00"), "end": at("2020-07-15 14:00")}],
        "supplements": 1,
        "digitised": True,
        "reused": True,
        "electronic_result": True,
        "has_fee": False,
        "paid_online": True,
        "apology": None,
        "reception_due_at": None,
        "updated_at": at("2020-07-16 09:10"),
    }


def test_the_bad_among_the_good_are_refused_by_their_place_field_and_rule(home: Home) -> None:
    delivery = deliver(home, payload("dvcqg_dossiers.json"))
    assert delivery.manifest["rows_read"] == 5
    assert delivery.manifest["records_read"] == {"dossier": 5}
    assert sorted(delivery.refusals) == [
        (4, "NgayTiepNhan", "date", "is no date in a known form"),
        (5, "", "shape", "is not shaped as agreed"),
    ]


def test_a_dossier_that_waits_for_money_is_paused_since_it_last_changed(home: Home) -> None:
    second = deliver(home, payload("dvcqg_dossiers.json")).rows()[1]
    assert second["status"] == 6
    assert second["pauses"] == [{"start": at("2020-07-17 09:00"), "end": None}]


def test_a_supplement_without_an_answer_is_a_pause_without_an_end(home: Home) -> None:
    third = deliver(home, payload("dvcqg_dossiers.json")).rows()[2]
    assert third["pauses"] == [{"start": at("2020-07-17 10:00"), "end": None}]


def test_the_vendors_zero_dates_are_none(home: Home) -> None:
    second = deliver(home, payload("dvcqg_dossiers.json")).rows()[1]
    assert (second["finished_at"], second["due_at"], second["refused_at"]) == (None, None, None)


@pytest.mark.parametrize(("code", "channel"), [("1", "direct"), (2, "online"), ("3", "postal")])
def test_the_channel_is_told_by_its_number(home: Home, code: object, channel: str) -> None:
    assert deliver(home, dossier(KenhThucHien=code)).column("channel") == [channel]


@pytest.mark.parametrize("status", range(1, 11))
def test_every_status_of_the_portal_is_kept(home: Home, status: int) -> None:
    assert deliver(home, dossier(TrangThaiHoSo=str(status))).column("status") == [status]


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("TrangThaiHoSo", "11", "value"),
        ("TrangThaiHoSo", "xong", "value"),
        ("KenhThucHien", "9", "value"),
        ("MaHoSo", "", "missing"),
        ("MaHoSo", "HS/2020/77", "organisation"),
        ("MaHoSo", "000.00.99.H44-200715-0042", "organisation"),
        ("DonViXuLy", "Phòng Một cửa", "organisation"),
        ("DonViXuLy", "UBND tỉnh Cao Bằng", "organisation"),
        ("MaXa", "99999", "area"),
        ("NgayHenTra", "20200230", "date"),
        ("DanhSachHoSoBoSung", [{"NgayBoSung": "x"}], "date"),
        (
            "DanhSachHoSoBoSung",
            [{"NgayBoSung": "20200716", "NgayTiepNhanBoSung": "20200715"}],
            "date",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_field(
    home: Home, field: str, value: object, rule: str
) -> None:
    delivery = deliver(home, dossier(**{field: value}))
    [(row, named, broken, reason)] = delivery.refusals
    assert (row, named, broken) == (1, field, rule)
    if field != "DonViXuLy":
        assert not value or str(value) not in reason
    assert delivery.rows() == []


def test_an_unknown_organisation_is_told_the_nearest(home: Home) -> None:
    [(_, _, _, reason)] = deliver(home, dossier(DonViXuLy="UBND xã Sơn Hùngg")).refusals
    assert "Did you mean 'UBND xã Sơn Hùng'" in reason


def test_the_commune_code_goes_before_the_name_of_the_office(home: Home) -> None:
    delivery = deliver(home, dossier(MaXa="08572"))
    assert delivery.column("competent_area") == ["08572@"]
    assert delivery.column("competent_organisation") == ["H44.18.01"]


def test_an_office_that_takes_in_and_decides_is_itself_however_its_name_is_written(
    home: Home,
) -> None:
    delivery = deliver(home, dossier(DonViXuLy="ỦY BAN NHÂN DÂN HUYỆN THANH SƠN"))
    assert delivery.column("competent_organisation") == ["H44.18"]
    assert deliver(home, dossier(DonViXuLy="")).column("competent_organisation") == ["H44.18"]


def test_an_office_of_another_system_is_not_taken_for_one_of_ours_though_it_is_near(
    home: Home,
) -> None:
    home.configure(SOURCE, ORGANISATIONS + "G15.9,Cục Thi hành án,25,province,department,,\n")
    home.write("incoming/a.json", json.dumps(dossier(DonViXuLy="Cục Thi hành án")))
    [(_, field, rule, reason)] = home.collect("portal").refusals
    assert (field, rule) == ("DonViXuLy", "organisation")
    assert "another province" in reason


def test_steps_become_events(home: Home) -> None:
    delivery = deliver(home, payload("dvcqg_steps.json"))
    assert delivery.rows("dossier_event") == [
        {
            "dossier_code": "000.00.18.H44-200715-0042",
            "at": at("2020-07-15 08:30"),
            "status": 2,
            "due_at": at("2020-07-16 17:00"),
        },
        {
            "dossier_code": "000.00.18.H44-200715-0042",
            "at": at("2020-07-15 15:45"),
            "status": 9,
            "due_at": None,
        },
    ]
    [(row, field, rule, _)] = delivery.refusals
    assert (row, field, rule) == (3, "TrangThai", "value")


def test_a_few_bad_records_do_not_spoil_a_short_delivery_but_many_spoil_a_long_one(
    home: Home,
) -> None:
    bad = dossier(TrangThaiHoSo="11")["data"][0]
    few = deliver(home, {**dossier(), "data": [bad] * 20})
    assert few.manifest["rejected"] == {"dossier": 20}
    many = deliver(home, {**dossier(), "data": [bad] * 21})
    assert "21 of 21 records are refused" in many.error


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the JSON is broken or cut off"),
        ((PAYLOADS / "dvcqg_dossiers.json").read_bytes()[:900], "the JSON is broken or cut off"),
        (b'{"service": "DongBoHoSoMC", "data": {"a": 1}}', "data is not a list of records"),
        (b'{"service": "HuyHoSo", "data": []}', "names no service that is known"),
        (b'{"service": 5}', "is not an answer of the synchronisation service"),
        (b"[1, 2]", "is not an answer of the synchronisation service"),
        (b"<html>ZQ99</html>", "the JSON is broken or cut off"),
    ],
)
def test_a_file_that_is_no_answer_is_said_to_be_so_and_not_quoted(
    home: Home, content: bytes, words: str
) -> None:
    home.configure(SOURCE)
    home.write("incoming/a.json", content)
    delivery = home.collect("portal")
    assert words in delivery.error
    assert "ZQ99" not in delivery.error
    assert delivery.outcome.suspect


def test_an_empty_answer_lands_as_nothing(home: Home) -> None:
    delivery = deliver(home, {**dossier(), "data": []})
    assert delivery.manifest["records_read"] == {}
    assert delivery.manifest["rows_read"] == 0
