"""The promise to people: nothing that names one of them is ever written down."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from datasources.running.children import Children
from datasources.running.scheduler import Collector
from tests.datasources.home import NOW, PAYLOADS, Home
from tests.store.prepared import prepare

# Stand in names, identity numbers, telephones, addresses, free text, file names and links.
# The numbers up to 25 are in dossiers, documents and rows; 40 in procedures, 50 in what people
# report, 60 in the catalogue of organisations.
NUMBERS = (*range(1, 26), *range(40, 44), *range(50, 60), *range(60, 66))
CANARIES = [f"ZQ{number:02}" for number in NUMBERS]
SOURCES = """
[portal]
kind = "dvcqg"
path = "portal"
[exchange]
kind = "edxml"
path = "exchange"
[lgsp]
kind = "lgsp_statistics"
path = "lgsp"
[qd766]
kind = "qd766"
path = "qd766"
[procedures]
kind = "procedures"
path = "procedures"
[feedback]
kind = "feedback"
path = "feedback"
[organisations]
kind = "organisations"
path = "organisations"
within = "25"
[stations]
kind = "mqtt"
path = "stations"
[stations.stations]
NM01 = "25"
[stations.limits.ph]
max = 8.5
[desk]
kind = "csv"
record = "dossier"
path = "desk/*.csv"
within = "25"
[desk.columns]
dossier_code = "SoHoSo"
channel = "HinhThuc"
received_at = "NgayNhan"
due_at = "HanTra"
finished_at = "NgayXong"
competent_area = "DonVi"
[desk.values.channel]
"Trực tuyến" = "online"
"Bưu chính" = "postal"
"""

FOLDERS = {"dvcqg": "portal", "edxml": "exchange", "one": "desk"}
SOURCE_IDS = (
    "portal", "exchange", "lgsp", "qd766", "stations", "desk", "procedures", "feedback",
    "organisations",
)  # fmt: skip


def payloads() -> Iterator[tuple[str, Path]]:
    """Every payload and where it is delivered; a folder of payloads is that of its source."""
    for path in PAYLOADS.rglob("*.*"):
        kind, _, _ = path.name.partition("_")
        folder = FOLDERS.get(kind) if path.parent == PAYLOADS else path.parent.name
        if folder in SOURCE_IDS:
            yield f"{folder}/{path.name}", path


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that collected every payload, the bad ones too."""
    home = Home(tmp_path_factory.mktemp("home"))
    home.configure(SOURCES)
    for name, path in payloads():
        home.write(name, path.read_bytes())
    told: list[str] = []
    assert Collector(prepare(home.path), now=lambda: NOW, tell=told.append).run_once() == 0, told
    home.write("told.log", "\n".join(told))
    return home


def test_the_payloads_hold_every_canary() -> None:
    text = "".join(path.read_text(encoding="utf-8") for _, path in payloads())
    assert [canary for canary in CANARIES if canary not in text] == []


def kept_files(home: Home) -> Iterator[Path]:
    """Every file of a home but the deliveries themselves."""
    for path in home.path.rglob("*"):
        if path.is_file() and path.relative_to(home.path).parts[0] not in SOURCE_IDS:
            yield path


def texts(value: Any) -> Iterator[str]:
    """Every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)


def canaries_in(found: Iterator[str]) -> set[str]:
    everything = "\n".join(found)
    return {canary for canary in CANARIES if canary in everything}


def test_no_file_that_is_written_holds_a_canary_in_its_bytes(delivered: Home) -> None:
    files = list(kept_files(delivered))
    assert {path.suffix for path in files} >= {".parquet", ".json", ".duckdb", ".log"}
    for path in files:
        content = path.read_bytes()
        assert [canary for canary in CANARIES if canary.encode() in content] == [], path


def test_no_column_that_lands_holds_a_canary_however_it_is_packed(delivered: Home) -> None:
    for source in SOURCE_IDS:
        delivery = delivered.collect(source)
        for path in delivery.folder.glob("*.parquet"):
            assert canaries_in(texts(pq.read_table(path).to_pylist())) == set(), path
        assert canaries_in(texts(delivery.manifest)) == set()


def test_no_table_of_the_warehouse_or_of_a_snapshot_holds_a_canary(delivered: Home) -> None:
    for path in [delivered.path / "warehouse.duckdb", *delivered.path.glob("snapshots/*.duckdb")]:
        with duckdb.connect(path, read_only=True) as connection:
            for (table,) in connection.sql("select table_name from duckdb_tables()").fetchall():
                # Not to pandas: it wants pytz, and a text is a text.
                rows = connection.sql(f'select "{table}"::varchar from "{table}"').fetchall()
                assert canaries_in(texts(rows)) == set(), (path, table)


@pytest.mark.parametrize(
    "broken",
    [
        b'{"service": "DongBoHoSoMC", "data": [{"ChuHoSo": "ZQ03", "MaHoSo": ',
        b'{"service": "DongBoHoSoMC", "data": [{"ChuHoSo": "ZQ03"}}',
        b'{"service": ["ZQ03"], "data": []}',
        b"ZQ03\xff\xfe",
    ],
)
def test_an_answer_that_cannot_be_read_is_not_quoted_anywhere(home: Home, broken: bytes) -> None:
    home.configure(SOURCES)
    home.write("portal/a.json", broken)
    outcome = Children().run(home.job("portal"))
    assert outcome.error is not None
    assert "ZQ03" not in outcome.error
    for path in kept_files(home):
        assert b"ZQ03" not in path.read_bytes()


@pytest.mark.parametrize(
    "row",
    [
        "HS-9,Trực tuyến,15/07/2020,ZQ03",
        'HS-9,"ZQ03,15/07/2020,,,,,,,',
        "HS-9,ZQ03,ZQ03,ZQ03,ZQ03,ZQ03,,,,",
    ],
)
def test_a_row_that_cannot_be_read_is_not_quoted_anywhere(home: Home, row: str) -> None:
    home.configure(SOURCES)
    text = (PAYLOADS / "one_stop.csv").read_text(encoding="utf-8")
    home.write("desk/a.csv", text + row + "\n")
    outcome = Children().run(home.job("desk"))
    assert outcome.error is not None
    assert "ZQ03" not in outcome.error
    for path in kept_files(home):
        assert b"ZQ03" not in path.read_bytes()


def test_what_is_unforeseen_is_logged_by_place_and_type_alone(
    home: Home, capfd: pytest.CaptureFixture[str]
) -> None:
    home.configure(SOURCES)
    home.write("portal/a.json", (PAYLOADS / "dvcqg_dossiers.json").read_bytes())
    # A folder where the landed files should go cannot be made.
    (home.path / "landing").write_text("in the way")
    delivery = home.collect("portal")
    assert "failed in an unforeseen way" in delivery.error
    told = capfd.readouterr().err
    assert "landing.py" in told
    assert str(home.path) not in told


def test_the_manifest_is_the_only_trace_of_an_original(delivered: Home) -> None:
    delivery = delivered.collect("portal")
    names = [origin["name"] for origin in delivery.manifest["origins"]]
    assert sorted(names) == ["dvcqg_dossiers.json", "dvcqg_steps.json"]
    for origin in delivery.manifest["origins"]:
        assert set(origin) == {"name", "sha256", "bytes"}
    assert json.loads((delivery.folder / "manifest.json").read_text()) == delivery.manifest
