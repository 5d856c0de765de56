"""Promises of a landed folder: whole or not at all, in order, and honest about its reach."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from datasources.base import Document, Note, Read, Record, Rejected
from datasources.reading.landed import is_readable, read_landed
from datasources.reading.landing import Landing, schema
from domain.errors import SourceError
from domain.record import RECORDS

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def step(code: str, at: datetime = NOW) -> Record:
    return Record("dossier_event", (code, at, 2, None))


def landing(root: Path, **given: Any) -> Landing:
    return Landing(root, "desk", "csv", NOW, **given)


def test_a_folder_holds_records_refusals_and_a_manifest_in_the_agreed_columns(
    tmp_path: Path,
) -> None:
    with landing(tmp_path, simulated=True) as making:
        making.origin(Document("a.csv", b"abc"))
        making.add(Read(40))
        for number in range(39):
            making.add(step(str(number)))
        making.add(Rejected("dossier_event", 7, "at", "date", "is no date"))
        making.add(Note("Something to know."))
        done = making.finish({"files": {}}, NOW + timedelta(seconds=1))
    assert sorted(path.name for path in done.folder.iterdir()) == [
        "manifest.json",
        "records-dossier_event.parquet",
        "rejected.parquet",
    ]
    assert json.loads((done.folder / "manifest.json").read_text()) == {
        "source": "desk",
        "kind": "csv",
        "started_at": "2026-11-22T03:00:00+00:00",
        "finished_at": "2026-11-22T03:00:01+00:00",
        "record_kinds": ["dossier_event"],
        "rows_read": 40,
        "records_read": {"dossier_event": 40},
        "rejected": {"dossier_event": 1},
        "origins": [
            {
                "name": "a.csv",
                "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "bytes": 3,
            }
        ],
        "cursor": {"files": {}},
        "data_as_of": "2026-11-22T03:00:00+00:00",
        "contract": ["Something to know."],
        "simulated": True,
    }
    assert pq.read_table(done.folder / "rejected.parquet").to_pylist() == [
        {"row": 7, "field": "at", "rule": "date", "reason": "is no date"}
    ]


@pytest.mark.parametrize("kind", RECORDS)
def test_every_kind_of_record_has_the_columns_of_the_domain_in_their_order(kind: str) -> None:
    assert schema(kind).names == [field.name for field in RECORDS[kind]]


def test_leaving_without_an_end_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyError), landing(tmp_path) as making:  # noqa: PT012
        making.add(step("1"))
        raise KeyError
    assert list((tmp_path / "desk").iterdir()) == []


def test_a_folder_is_named_after_the_instant_in_utc_and_sorts_after_every_earlier_one(
    tmp_path: Path,
) -> None:
    names = []
    for number in range(3):
        with landing(tmp_path) as making:
            making.add(step(str(number)))
            names.append(making.finish({}, NOW).folder.name)
    assert names[0].startswith("20261122T030000.000000-")
    assert names[2].startswith("20261122T030000.000002-")


def test_a_kind_of_which_all_records_were_refused_still_has_its_file(tmp_path: Path) -> None:
    with landing(tmp_path, tolerated=5) as making:
        making.add(Rejected("document", 1, "", "xml", "is not XML"))
        done = making.finish({}, NOW)
    assert done.manifest["record_kinds"] == ["document"]
    assert pq.read_table(done.folder / "records-document.parquet").num_rows == 0


def test_many_records_are_written_in_parts_and_lose_none(tmp_path: Path) -> None:
    with landing(tmp_path) as making:
        for number in range(120_000):
            making.add(step(str(number)))
        done = making.finish({}, NOW)
    assert pq.read_table(done.folder / "records-dossier_event.parquet").num_rows == 120_000


def test_times_of_events_that_cannot_have_been_yet_do_not_make_the_data_newer(
    tmp_path: Path,
) -> None:
    with landing(tmp_path) as making:
        making.add(step("1", NOW - timedelta(hours=2)))
        making.add(step("2", NOW + timedelta(days=36 * 365)))
        done = making.finish({}, NOW)
    assert done.manifest["data_as_of"] == "2026-11-22T01:00:00+00:00"
    assert done.manifest["contract"] == ["1 times of events lie later than tomorrow."]


def test_what_the_sender_says_of_its_reach_goes_before_what_the_data_show(tmp_path: Path) -> None:
    with landing(tmp_path) as making:
        making.origin(Document("dossiers", b"x", as_of=NOW - timedelta(minutes=1)))
        making.origin(Document("steps", b"x", as_of=NOW))
        making.add(step("1", NOW - timedelta(hours=2)))
        done = making.finish({}, NOW)
    assert done.manifest["data_as_of"] == "2026-11-22T02:59:00+00:00"


def test_too_many_refusals_are_told_by_their_reasons_and_rows(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as refusal, landing(tmp_path) as making:  # noqa: PT012
        for row in (4, 9):
            making.add(Rejected("dossier_event", row, "at", "date", "is no date"))
        making.add(step("1"))
        making.finish({}, NOW)
    assert refusal.value.message == (
        "desk: 2 of 3 records are refused, more than 5%, so none is taken. "
        "First at row 4, 9: at is no date (2×). "
        "Correct the file or its stanza in config/sources.toml."
    )


def test_a_folder_is_readable_until_the_disk_bites_into_it(tmp_path: Path) -> None:
    with landing(tmp_path) as making:
        making.add(step("1"))
        folder = making.finish({}, NOW).folder
    assert is_readable(folder)
    assert read_landed(folder).manifest["source"] == "desk"
    path = folder / "records-dossier_event.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    assert not is_readable(folder)
