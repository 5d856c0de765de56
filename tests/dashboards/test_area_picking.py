"""The picker of areas offers the tree of the day, what lies in an area, and what is typed."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient

from dashboards.shell import create_app
from tests.dashboards.logging_in import Visitor, add
from tests.dashboards.test_scoped import COMMUNE, PHU_THO, visitor

THEN = "/area/25@2025-06-30"


def told(browser: FlaskClient | Visitor, path: str = "/", **more: str) -> dict[str, Any]:
    client = browser.client if isinstance(browser, Visitor) else browser
    how = browser.how if isinstance(browser, Visitor) else {}
    answer = client.get("/areas", query_string={"path": path, **more}, **how)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def named(nodes: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {node["name"]: node for node in nodes}


def test_the_tree_begins_with_the_country_and_its_34_provinces(client: FlaskClient) -> None:
    (country,) = told(client)["nodes"]
    assert (country["name"], country["href"], country["here"]) == ("Việt Nam", "/", True)
    provinces = named(country["open"])
    assert len(provinces) == 34
    assert provinces["Tỉnh Phú Thọ"]["href"] == "/area/25"
    assert "open" not in provinces["Tỉnh Phú Thọ"]
    names = list(provinces)
    assert names.index("Tỉnh Cao Bằng") < names.index("Thành phố Đà Nẵng")
    assert names.index("Tỉnh Điện Biên") < names.index("Tỉnh Gia Lai")


def test_it_lies_open_where_the_visitor_is_and_keeps_what_was_chosen(client: FlaskClient) -> None:
    search = "?metric=dossiers_received&field=DD"
    (country,) = told(client, "/area/08521", search=search)["nodes"]
    communes = named(named(country["open"])["Tỉnh Phú Thọ"]["open"])
    assert len(communes) == 148
    assert communes["Xã Phùng Nguyên"]["here"]
    assert not communes["Xã Phùng Nguyên"]["inside"]
    href = communes["Phường Việt Trì"]["href"]
    assert href == "/area/07900?metric=dossiers_received&field=DD"


def test_what_lies_in_an_area_is_told_when_it_is_opened(client: FlaskClient) -> None:
    assert len(told(client, under="48@2025-07-01")["nodes"]) == 94
    assert client.get("/areas", query_string={"under": "77@2031-01-01"}).status_code == 404


def test_a_page_of_the_past_offers_the_districts_of_then(client: FlaskClient) -> None:
    (country,) = told(client, THEN)["nodes"]
    assert len(country["open"]) == 63
    districts = named(named(country["open"])["Tỉnh Phú Thọ"]["open"])
    assert len(districts) == 13
    assert districts["Huyện Lâm Thao"]["inside"]
    assert districts["Huyện Lâm Thao"]["href"] == ("/area/237?from=2025-01-01&to=2025-06-30")


def test_other_pages_stay_themselves(client: FlaskClient) -> None:
    (country,) = told(client, "/metric/docs_sent")["nodes"]
    assert named(country["open"])["Tỉnh Phú Thọ"]["href"] == "/metric/docs_sent?area=25"
    assert told(client, "/compare", search="?area=25", q="cao bang")["found"][0]["value"] == (
        "/compare?area=25&with=04"
    )


def test_what_is_typed_is_found_and_counted(client: FlaskClient) -> None:
    answer = told(client, q="dong da", lang="en")
    assert answer["found"][0]["label"].startswith("Phường Đống Đa, Thành phố Hà Nội")
    assert answer["said"] == f"{len(answer['found'])} areas"
    assert told(client, q="khong co noi nay") == {
        "found": [],
        "said": "Không tìm thấy địa bàn nào",
    }


def test_a_place_no_page_could_be_at_is_refused(client: FlaskClient) -> None:
    answer = client.get("/areas", query_string={"path": "/" * 501})
    assert answer.status_code == 400
    (country,) = told(client, "/area/25", search="?grian=month")["nodes"]
    assert len(country["open"]) == 34


# ---- for whom


@pytest.fixture(scope="module")
def scoped(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Dash:
    own = tmp_path_factory.mktemp("picking") / "home"
    shutil.copytree(home, own)
    add(own, "a.department", "department", PHU_THO)
    add(own, "a.commune", "commune", COMMUNE)
    return create_app(own)


def test_a_province_sees_its_own_communes_and_the_way_to_them(scoped: Dash) -> None:
    who = visitor(scoped, "department")
    (country,) = told(who, "/area/25")["nodes"]
    assert "href" not in country
    assert list(named(country["open"])) == ["Tỉnh Phú Thọ"]
    assert len(country["open"][0]["open"]) == 148
    assert told(who, under="04@2025-07-01")["nodes"] == []
    assert told(who, q="cao bang")["found"] == []
    assert told(who, q="vinh phuc")["found"]  # which Phú Thọ took in


def test_a_commune_sees_itself(scoped: Dash) -> None:
    who = visitor(scoped, "commune")
    (country,) = told(who, "/area/07900")["nodes"]
    (province,) = country["open"]
    assert "href" not in province
    assert [one["name"] for one in province["open"]] == ["Phường Việt Trì"]
    assert told(who, q="phung nguyen")["found"] == []
