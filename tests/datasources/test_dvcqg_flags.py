"""Promises of what a dossier tells beside its dates: told, denied, or not told, never guessed."""

import json
from datetime import date
from typing import Any

import pytest

from datasources.simulator.clock import end_of_day
from datasources.simulator.demo import PASSWORD_FILE
from datasources.simulator.dropbox import organisations_csv
from datasources.simulator.server import PASSWORD, USERNAME, Simulator
from datasources.simulator.world import World
from tests.datasources.home import Delivery, Home
from tests.datasources.test_dvcqg import SOURCE, at, deliver, dossier

Told = bool | None


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"DanhSachLePhi": None}, None),
        ({"DanhSachLePhi": []}, False),
        ({"DanhSachLePhi": [{"Gia": "0"}]}, False),
        ({"DanhSachLePhi": [{"Gia": "0"}, {"Gia": "50.000"}]}, True),
        ({"DanhSachLePhi": [{"Gia": 8000}]}, True),
        ({"DanhSachLePhi": [{"Gia": 12.5}]}, True),
        ({"DanhSachLePhi": [{}]}, None),
        ({"DanhSachLePhi": [], "TrangThaiHoSo": "6"}, True),
    ],
)
def test_a_fee_is_a_price_that_is_not_nothing(
    home: Home, fields: dict[str, Any], told: Told
) -> None:
    assert deliver(home, dossier(**fields)).column("has_fee") == [told]


@pytest.mark.parametrize(
    ("code", "told"),
    [("0", False), ("1", True), (2, True), ("", None), (None, None), ("7", None)],
)
def test_a_payment_on_either_gateway_is_online_and_an_unknown_code_tells_nothing(
    home: Home, code: object, told: Told
) -> None:
    delivery = deliver(home, dossier(DuocThanhToanTrucTuyen=code))
    assert delivery.column("paid_online") == [told]
    said = any("DuocThanhToanTrucTuyen" in one for one in delivery.manifest["contract"])
    assert said == (code == "7")


@pytest.mark.parametrize(
    ("flag", "papers", "digitised", "reused"),
    [
        ("1", [], True, None),
        ("0", [{"DuocSoHoa": "1"}], False, None),
        (None, [{"DuocSoHoa": "0"}, {"DuocSoHoa": "1"}], True, None),
        (None, [{"DuocSoHoa": "0", "DuocTaiSuDung": "0"}], False, False),
        (None, [{"DuocSoHoa": "1", "IsDeleted": "True"}], None, None),
        (None, [{"TrangThaiSoHoa": "0"}], False, False),
        (None, [{"TrangThaiSoHoa": "2"}], True, True),
        (None, [{"DuocLayTuKhoDMQG": "1"}], None, True),
        (None, None, None, None),
    ],
)
def test_papers_tell_of_digitising_and_of_using_again(
    home: Home, flag: object, papers: object, digitised: Told, reused: Told
) -> None:
    delivery = deliver(home, dossier(HoSoCoThanhPhanSoHoa=flag, TaiLieuNop=papers))
    assert delivery.column("digitised") == [digitised]
    assert delivery.column("reused") == [reused]


@pytest.mark.parametrize(
    ("results", "status", "told"),
    [
        ([{"DuongDanTepTinKetQua": "https://x/1"}], "9", True),
        ([{"DuongDanTepTinKetQua": ""}, {"TenGiayTo": "a"}], "10", False),
        ([{"DuongDanTepTinKetQua": None}], "9", False),
        ([], "9", False),
        ([], "4", None),
        (None, "10", None),
    ],
)
def test_a_result_is_electronic_when_it_has_a_file(
    home: Home, results: object, status: str, told: Told
) -> None:
    delivery = deliver(home, dossier(DanhSachGiayToKetQua=results, TrangThaiHoSo=status))
    assert delivery.column("electronic_result") == [told]


@pytest.mark.parametrize(
    ("supplements", "status", "count"),
    [(None, "4", None), (None, "5", 1), ([], "4", 0), ([], "5", 1), ([{}, {}], "4", 2)],
)
def test_supplements_are_counted_where_they_are_told(
    home: Home, supplements: object, status: str, count: int | None
) -> None:
    delivery = deliver(home, dossier(DanhSachHoSoBoSung=supplements, TrangThaiHoSo=status))
    assert delivery.column("supplements") == [count]


def test_the_term_of_reception_and_an_apology_are_kept_where_a_system_tells_them(
    home: Home,
) -> None:
    delivery = deliver(home, dossier(HanTiepNhan="20200715163000", CoVanBanXinLoi="1"))
    assert delivery.column("reception_due_at") == [at("2020-07-15 16:30")]
    assert delivery.column("apology") == [True]


def configured(home: Home, stanza: str, **fields: Any) -> Delivery:
    home.configure(SOURCE + stanza)
    home.write("incoming/0.json", json.dumps(dossier(**fields), ensure_ascii=False))
    return home.collect("portal")


def test_a_stanza_says_what_the_codes_of_one_system_mean(home: Home) -> None:
    stanza = """
[portal.values]
channel = { "4" = "online", "*" = "direct" }
status = { "DXL" = "4" }
paid_online = { "3" = "yes", "*" = "no" }
electronic_result = { "1" = "yes", "0" = "no" }
"""
    fields = {"KenhThucHien": "4", "TrangThaiHoSo": "DXL", "DuocThanhToanTrucTuyen": "3"}
    delivery = configured(home, stanza, **fields)
    [row] = delivery.rows()
    assert (row["channel"], row["status"], row["paid_online"]) == ("online", 4, True)
    assert row["electronic_result"] is False  # HinhThuc is "0"


def test_a_field_without_codes_is_refused_in_the_stanza(home: Home) -> None:
    delivery = configured(home, '[portal.values]\nchanel = { "1" = "online" }\n')
    assert "values.chanel is no field that has codes. Did you mean 'channel'?" in delivery.error


@pytest.mark.parametrize("is_updating", ["True", "False"])
def test_a_dossier_that_is_sent_again_is_the_same_dossier(home: Home, is_updating: str) -> None:
    first = dossier()
    again = {**dossier(TrangThaiHoSo="9"), "isUpdating": is_updating}
    assert deliver(home, first, again).column("status") == [10, 9]


ASKED = """
[portal]
kind = "dvcqg"
url = "{url}"
allow_http = true
agency = "000.00.00.H14"
username = "{username}"
password_file = "{password_file}"
style = "{style}"
"""


def test_both_ways_to_ask_a_system_are_told_the_same(home: Home) -> None:
    world = World(7, ["04"], date(2025, 7, 1), date(2025, 7, 20))
    told = {}
    with Simulator(world, lambda: end_of_day(date(2025, 7, 20))) as simulator:
        for style in ("session", "path"):
            secret = {"username": USERNAME, "password_file": PASSWORD_FILE}
            stanza = ASKED.format(url=simulator.url, style=style, **secret)
            home.configure(stanza, organisations_csv(world))
            password = home.path / PASSWORD_FILE
            password.write_text(PASSWORD)
            password.chmod(0o600)
            delivery = home.collect("portal")
            told[style] = delivery.rows(), delivery.rows("dossier_event")
            assert delivery.refusals == []
    assert told["session"] == told["path"]
    dossiers, _ = told["path"]
    assert {row["digitised"] for row in dossiers} == {True, False}
    assert all(row["supplements"] is not None for row in dossiers)
