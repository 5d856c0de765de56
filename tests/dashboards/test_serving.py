"""How the web answers: headers, files, the index, and what machines ask."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from dash import Dash
from flask.testing import FlaskClient

from dashboards import format as fmt
from dashboards.data import Visit
from dashboards.files import YEAR
from dashboards.first import markup_html
from dashboards.shell import create_app
from dashboards.theme import ASSETS

UNPACK = {"Accept-Encoding": "gzip"}


def test_every_answer_carries_the_policy_and_its_companions(client: FlaskClient) -> None:
    for address in ("/", "/_dash-layout", "/assets/markup.js", "/api/v1/query", "/healthz"):
        headers = client.get(address, buffered=True).headers
        assert headers["Content-Security-Policy"].startswith(
            "default-src 'none'; script-src 'self'"
        )
        assert "unsafe-eval" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_the_policy_allows_the_inline_scripts_of_the_page_and_no_others(
    app: Dash, client: FlaskClient
) -> None:
    page = client.get("/").text
    policy = client.get("/").headers["Content-Security-Policy"]
    inline = re.findall(
        r"<script(?![^>]*(?:src=|application/json))[^>]*>(.+?)</script>", page, re.DOTALL
    )
    assert len(inline) == 2
    assert len(re.findall(r"'sha256-[^']+'", policy)) == 2
    assert len(app.csp_hashes()) == 1


def test_the_page_does_not_tell_what_it_runs_on(client: FlaskClient) -> None:
    page = client.get("/").text
    config = re.search(r'_dash-config" type="application/json">(.+?)</script>', page)
    assert config is not None
    assert not {"dash_version", "python_version", "plotly_version"} & set(json.loads(config[1]))


def test_the_page_is_vietnamese_and_has_no_foreign_address(client: FlaskClient) -> None:
    page = client.get("/").text
    assert '<html lang="vi"' in page
    assert set(re.findall(r'(?:src|href)="(?!/)[^"]+"', page)) == set()


# ---- the first picture


def first(page: str) -> str:
    return page[page.index('<div id="first">') : page.index('<div id="react-entry-point">')]


def test_the_very_first_answer_holds_the_figures(
    client: FlaskClient, visit: Callable[..., Visit]
) -> None:
    picture = first(client.get("/area/25").text)
    own = visit("/area/25").board.headline["dossiers_received"].value
    assert "<h1" in picture
    assert "Tỉnh Phú Thọ" in picture
    assert f">{fmt.number(own)}<" in picture
    assert picture.count("<tr class=") == 148


def test_the_first_picture_speaks_the_language_of_the_address(client: FlaskClient) -> None:
    assert "Needs attention" in first(client.get("/area/25?lang=en").text)
    assert "Cần chú ý" in first(client.get("/area/25").text)


def test_the_first_picture_has_no_ids_and_runs_nothing(client: FlaskClient) -> None:
    picture = first(client.get("/").text)
    assert re.findall(r'\sid="', picture) == [' id="']
    assert "<script" not in picture
    assert re.findall(r"\son[a-z]+=", picture) == []


def test_an_address_that_cannot_be_read_has_no_first_picture(client: FlaskClient) -> None:
    assert first(client.get("/area/25?grian=x&a=<b>").text).strip() == '<div id="first"></div>'


def test_text_from_data_is_escaped_in_the_first_picture() -> None:
    assert markup_html(["p", {"title": '"<'}, "<b>&"]) == (
        '<p title="&quot;&lt;">&lt;b&gt;&amp;</p>'
    )


def test_figures_are_never_kept_and_fingerprinted_files_for_a_year(client: FlaskClient) -> None:
    assert client.get("/_dash-layout").headers["Cache-Control"] == "no-store"
    kept = client.get("/assets/markup.js?m=1", buffered=True).headers["Cache-Control"]
    assert kept == f"public, max-age={YEAR}, immutable"
    assert client.get("/assets/markup.js", buffered=True).headers["Cache-Control"] == "no-cache"


def test_a_file_is_packed_once_and_then_served_packed(client: FlaskClient, home: Path) -> None:
    first = client.get("/assets/tokens.css?m=1", headers=UNPACK, buffered=True)
    packed = home / "cache" / "files"
    before = {path: path.stat().st_mtime_ns for path in packed.iterdir()}
    second = client.get("/assets/tokens.css?m=1", headers=UNPACK, buffered=True)
    assert first.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(second.data) == (ASSETS / "tokens.css").read_bytes()
    assert {path: path.stat().st_mtime_ns for path in packed.iterdir()} == before


def test_a_browser_that_has_the_file_is_not_sent_it_again(client: FlaskClient) -> None:
    first = client.get("/assets/tokens.css", headers=UNPACK, buffered=True)
    again = client.get(
        "/assets/tokens.css",
        headers={**UNPACK, "If-None-Match": first.headers["ETag"]},
        buffered=True,
    )
    assert (again.status_code, again.data) == (304, b"")


def test_a_browser_that_cannot_unpack_gets_the_file_as_it_is(client: FlaskClient) -> None:
    answer = client.get("/assets/tokens.css", buffered=True)
    assert "Content-Encoding" not in answer.headers
    assert answer.data == (ASSETS / "tokens.css").read_bytes()


def test_readiness_is_a_snapshot_that_can_be_read(client: FlaskClient, tmp_path: Path) -> None:
    assert client.get("/readyz").status_code == 200
    with create_app(tmp_path).server.test_client() as empty:
        assert empty.get("/healthz").status_code == 200
        answer = empty.get("/readyz")
        assert answer.status_code == 503
        assert "Start the collector" in answer.json["detail"]


def test_the_version_names_snapshot_states_and_build(client: FlaskClient) -> None:
    told = client.get("/version").json
    assert told is not None
    assert told["snapshot"] == "ioc-20261122T010000-1"
    assert "dich_vu_cong=fresh" in told["states"]
    assert re.fullmatch("[0-9a-f]{12}", told["build"])


def test_prometheus_sees_the_snapshot_and_every_source(client: FlaskClient) -> None:
    text = client.get("/metrics").text
    assert "ioc_snapshot_ready 1.0" in text
    assert 'ioc_source_up{source="dich_vu_cong"} 1.0' in text
    assert 'ioc_source_state{source="van_ban",state="fresh"} 1.0' in text


@pytest.mark.parametrize("address", ["/", "/area/25", "/sources", "/area/25?grain=year"])
def test_every_address_is_answered_with_the_page(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert "react-entry-point" in answer.text
