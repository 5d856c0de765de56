"""Promises of the catalogue of organisations: both orders of codes, areas, and who is looked up."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from datasources.reading.known_organisations import COLLECTED, known_organisations, remember
from datasources.running.children import Children
from datasources.running.scheduler import Collector
from domain.area import register
from tests.datasources.home import NOW, PAYLOADS, Delivery, Home
from tests.store.prepared import prepare

SOURCE = """
[danh_muc]
kind = "organisations"
path = "catalogue"
within = "25"
"""
HEADER = "code,name,area_code,level,kind,valid_from,valid_until\n"


def deliver(home: Home, ours: str = HEADER) -> Delivery:
    home.configure(SOURCE, ours)
    home.write("catalogue/0.json", (PAYLOADS / "organisations/organisations.json").read_bytes())
    return home.collect("danh_muc")


def test_each_entry_is_an_organisation_in_its_area(home: Home) -> None:
    rows = {row["organisation_code"]: row for row in deliver(home).rows("organisation")}
    assert rows["H44"] == {
        "organisation_code": "H44",
        "valid_from": date.min,
        "valid_until": None,
        "name": "UBND tỉnh Phú Thọ",
        "area": "25@2025-07-01",
        "level": "province",
        "kind": "committee",
    }
    science = rows["H44.14"]
    assert (science["kind"], science["area"]) == ("department", "25@2025-07-01")
    old = rows["H44.18.05"]  # written 000.05.18.H44
    assert (old["area"], old["level"]) == ("08563@", "commune")
    assert (old["valid_from"], old["valid_until"]) == (date(2019, 1, 1), date(2025, 7, 1))
    assert rows["H44.118"]["area"] == "08542@2025-07-01"
    assert (rows["H44.199"]["area"], rows["H44.199"]["level"]) == ("", "")


def test_what_is_no_organisation_is_refused_by_its_key(home: Home) -> None:
    delivery = deliver(home)
    assert delivery.manifest["records_read"] == {"organisation": 7}
    told = sorted((row, field, rule) for row, field, rule, _ in delivery.refusals)
    assert told == [(6, "MaDinhDanh", "value"), (7, "", "shape")]


def test_what_was_collected_is_what_later_runs_look_up(home: Home) -> None:
    deliver(home)
    told: list[str] = []
    assert Collector(prepare(home.path), now=lambda: NOW, tell=told.append).run_once() == 0, told
    known, days = known_organisations(home.path, register())
    assert known.by_code("000.00.14.H44", date(2026, 1, 1)).name == "Sở Khoa học và Công nghệ"
    assert known.by_name("UBND xã Sơn Hùng", date(2020, 1, 1), "25").code == "H44.18.05"
    assert days == (date(2019, 1, 1), date(2025, 7, 1))
    codes = (home.path / COLLECTED).read_text().splitlines()
    # Without its area an organisation can place nothing.
    assert not [line for line in codes if line.startswith("H44.199")]


def test_the_file_that_people_keep_has_the_last_word(home: Home) -> None:
    delivery = deliver(home, HEADER + "H44.14,Sở KHCN,04,province,department,,\n")
    remember(home.path, delivery.folder)
    known, _ = known_organisations(home.path, register())
    assert known.by_code("H44.14", date(2026, 1, 1)).area_code == "04"
    assert known.by_code("H44", date(2026, 1, 1)).name == "UBND tỉnh Phú Thọ"


def test_a_dossier_is_placed_by_an_organisation_that_was_collected(home: Home) -> None:
    remember(home.path, deliver(home).folder)
    home.configure('[portal]\nkind = "dvcqg"\npath = "portal"\n', HEADER)
    dossier = {
        "MaHoSo": "000.05.18.H44-200715-0042",
        "NgayTiepNhan": "20200715",
        "TrangThaiHoSo": "2",
    }
    document = {"service": "DongBoHoSoMC", "data": [dossier]}
    home.write("portal/0.json", json.dumps(document))
    outcome = Children().run(home.job("portal"))
    assert Delivery(outcome).column("competent_area") == ["08563@"]


def test_what_is_collected_again_takes_the_place_of_what_was_known(home: Home) -> None:
    remember(home.path, deliver(home).folder)
    entries: list[dict[str, Any]] = [{"MaDinhDanh": "H44.14", "TenDonVi": "Sở Khoa học"}]
    home.write("catalogue/1.json", json.dumps(entries))
    (home.path / "catalogue/0.json").unlink()
    assert remember(home.path, home.collect("danh_muc").folder) == 1
    known, _ = known_organisations(home.path, register())
    assert known.by_code("H44.14", date(2026, 1, 1)).name == "Sở Khoa học"
    assert known.by_code("H44", date(2026, 1, 1)).name == "UBND tỉnh Phú Thọ"


@pytest.mark.parametrize("content", [b"", b"[{", b'{"rows": []}', b"<html>ZQ99</html>"])
def test_what_is_no_catalogue_is_said_to_be_so(home: Home, content: bytes) -> None:
    home.configure(SOURCE)
    home.write("catalogue/0.json", content)
    error = home.collect("danh_muc").error
    assert "0.json" in error
    assert "ZQ99" not in error


def test_a_home_without_any_list_knows_nobody(tmp_path: Path) -> None:
    known, days = known_organisations(tmp_path, register())
    assert days == ()
    with pytest.raises(Exception, match="H44"):
        known.by_code("H44", date(2026, 1, 1))


def test_what_a_catalogue_keeps_of_areas_that_ended_lies_where_it_lay(home: Home) -> None:
    home.configure(SOURCE)
    kept = [{"MaDinhDanh": "H44.18.05", "TenDonVi": "UBND xã", "MaDonViHanhChinh": "08563"}]
    home.write("catalogue/0.json", json.dumps(kept))
    [row] = home.collect("danh_muc").rows("organisation")
    assert (row["area"], row["level"]) == ("08563@", "commune")
    never = [{"MaDinhDanh": "H44.18.05", "TenDonVi": "UBND xã", "MaDonViHanhChinh": "99999"}]
    home.write("catalogue/0.json", json.dumps(never))
    [(_, field, rule, _)] = home.collect("danh_muc").refusals
    assert (field, rule) == ("MaDonViHanhChinh", "area")
