"""Promises of sensors: a reading counts once, an hour is told whole, silence is not health."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from datasources.config import read_source
from datasources.running.job import Job
from datasources.running.worker import perform
from domain.errors import CatalogueError
from tests.datasources.home import NOW, PAYLOADS, Delivery, Home

SOURCE = """
[water]
kind = "mqtt"
path = "stations"
[water.stations]
NM01 = "25"
NM02 = "25@2025-07-01"
[water.limits.ph]
min = 6.0
max = 8.5
[water.limits.do_mg_l]
min = 4.0
"""
HOUR = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
GOOD = {"ph": 7.0, "do_mg_l": 5.0}
# NOW is 03:00 UTC on the 22nd; the last hour that is over began at 02:00.
LAST = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def reading(at: datetime, station: str = "NM01", /, **values: Any) -> str:
    return json.dumps({"station": station, "at": at.isoformat(), **(values or GOOD)})


def minute(number: int, start: datetime = HOUR) -> datetime:
    return start + timedelta(minutes=number)


def deliver(home: Home, *lines: str, name: str = "a", source: str = SOURCE) -> Delivery:
    home.configure(source)
    home.write(f"stations/{name}.ndjson", "\n".join(lines) + "\n")
    return home.collect("water")


def again(home: Home, before: Delivery, *lines: str, hours: int = 0) -> Delivery:
    """The next run, so many hours later, after one more file."""
    if lines:
        name = f"stations/{len(list((home.path / 'stations').iterdir()))}.ndjson"
        home.write(name, "\n".join(lines) + "\n")
    now = NOW + timedelta(hours=hours)
    root = str(home.path / "landing")
    return Delivery(perform(Job(str(home.path), "water", root, now, cursor=before.cursor)))


def hours(delivery: Delivery) -> dict[datetime, tuple[int, bool, str]]:
    return {
        row["hour"].astimezone(UTC): (row["readings"], row["exceeded"], row["worst"])
        for row in delivery.rows("station_hour")
    }


def test_an_hour_holds_its_readings_and_what_was_furthest_out_of_its_limits(home: Home) -> None:
    delivery = deliver(
        home,
        reading(minute(0)),
        reading(minute(15), ph=8.6, do_mg_l=3.0),
        reading(minute(30), ph=8.5, do_mg_l=None),
    )
    [row] = [row for row in delivery.rows("station_hour") if row["hour"] == HOUR]
    del row["hour"]
    assert row == {
        "station": "NM01",
        "area": "25@2025-07-01",
        "kind": "water",
        "readings": 3,
        "expected": 4,
        "exceeded": True,
        "worst": "do_mg_l",
    }


@pytest.mark.parametrize(
    ("values", "worst"),
    [
        ({"ph": 8.5, "do_mg_l": 4.0}, ""),
        ({"ph": 6.0, "do_mg_l": 9.0}, ""),
        ({"ph": 8.51}, "ph"),
        ({"ph": 5.99}, "ph"),
        ({"do_mg_l": 3.99, "ph": None}, "do_mg_l"),
    ],
)
def test_a_limit_is_exceeded_beyond_it_and_not_at_it(
    home: Home, values: dict[str, float | None], worst: str
) -> None:
    told = hours(deliver(home, reading(minute(0), **values)))
    assert told[HOUR] == (1, bool(worst), worst)


def test_a_reading_that_comes_twice_counts_once(home: Home) -> None:
    first = deliver(home, reading(minute(0)), reading(minute(0)), reading(minute(7)))
    assert hours(first)[HOUR] == (1, False, "")
    second = again(home, first, reading(minute(0)), reading(minute(7)))
    assert second.manifest["rows_read"] == 2
    assert second.manifest["records_read"] == {}


def test_the_open_hour_is_told_when_it_is_over_and_whole(home: Home) -> None:
    open_hour = LAST + timedelta(hours=1)
    first = deliver(home, reading(minute(45, LAST)), reading(minute(0, open_hour)))
    assert hours(first) == {LAST: (1, False, "")}
    second = again(home, first, reading(minute(30, open_hour)), hours=1)
    assert hours(second) == {open_hour: (2, False, "")}


def test_an_hour_ends_though_nothing_more_comes(home: Home) -> None:
    open_hour = LAST + timedelta(hours=1)
    first = deliver(home, reading(minute(0, open_hour)))
    assert first.manifest["records_read"] == {}
    assert hours(again(home, first, hours=1)) == {open_hour: (1, False, "")}


def test_a_late_reading_amends_its_hour(home: Home) -> None:
    first = deliver(home, reading(minute(0)), reading(minute(15)))
    second = again(home, first, reading(minute(30), ph=9.0))
    assert hours(second) == {HOUR: (3, True, "ph")}


def test_a_reading_too_late_to_amend_its_hour_is_refused(home: Home) -> None:
    first = deliver(home, reading(minute(0)))
    second = again(home, first, hours=72)
    assert second.cursor["stations"]["NM01"]["hours"] == {}
    third = again(home, second, reading(minute(30)), hours=73)
    [(row, _, rule, reason)] = third.refusals
    assert (row, rule) == (1, "late")
    assert "more than 72 hours" in reason
    assert HOUR not in hours(third)


def test_a_pause_of_the_collector_makes_no_reading_late(home: Home) -> None:
    first = deliver(home, reading(minute(0)))
    second = again(home, first, reading(minute(30)), hours=24 * 30)
    assert hours(second)[HOUR] == (2, False, "")


def test_what_waited_for_days_while_nobody_collected_is_not_late(home: Home) -> None:
    first = deliver(home, reading(minute(0)))
    later = LAST + timedelta(hours=10)
    second = again(home, first, reading(minute(0, later)), hours=24 * 30)
    assert second.refusals == []
    assert hours(second)[later] == (1, False, "")


def test_silence_is_told_hour_by_hour_from_the_first_reading_on(home: Home) -> None:
    told = hours(deliver(home, reading(minute(0))))
    assert len(told) == 26
    assert (min(told), max(told)) == (HOUR, LAST)
    assert {one for hour, one in told.items() if hour > HOUR} == {(0, False, "")}


def test_the_data_reach_as_far_as_the_last_reading_and_not_as_the_silence(home: Home) -> None:
    first = deliver(home, reading(minute(15)))
    assert first.manifest["data_as_of"] == minute(15).isoformat()
    assert again(home, first, hours=5).manifest["data_as_of"] == minute(15).isoformat()


def test_a_station_that_says_it_does_not_measure_sent_no_reading(home: Home) -> None:
    delivery = deliver(
        home, reading(minute(0)), reading(minute(15), status="calibrating", ph=1.0), reading(LAST)
    )
    assert delivery.refusals == []
    assert hours(delivery)[HOUR] == (1, False, "")


def test_a_day_belongs_to_the_area_of_that_day(home: Home) -> None:
    at = datetime(2025, 6, 30, 16, 0, tzinfo=UTC)
    delivery = deliver(home, reading(at), reading(at + timedelta(hours=1)))
    areas = {row["hour"]: row["area"] for row in delivery.rows("station_hour")}
    assert areas[at] == "25@"
    assert areas[at + timedelta(hours=1)] == "25@2025-07-01"


@pytest.mark.parametrize(
    ("line", "field", "rule", "words"),
    [
        (reading(minute(0), "NM1"), "station", "station", "Did you mean 'NM01'"),
        (reading(minute(0), "ông ZQ03"), "station", "station", "is no station"),
        (reading(minute(0), ph="ZQ03"), "ph", "number", "is no number"),
        (reading(minute(0), ph=True), "ph", "number", "is no number"),
        (reading(minute(0), ph=1e99), "ph", "number", "is no number"),
        (reading(minute(0), temp_c=28.0), "", "missing", "none of the parameters"),
        (reading(NOW + timedelta(hours=2)), "at", "future", "later than now"),
        (reading(datetime(2012, 1, 1, tzinfo=UTC)), "at", "late", "older than three years"),
        ('{"station": "NM01", "at": "ZQ03", "ph": 7}', "at", "date", "is no date"),
        ('{"station": "NM01", "ph": 7}', "at", "date", "is no date"),
        ('{"station": "NM01", "at": 5, "ph": 7}', "at", "date", "is no date"),
        ("[]", "", "shape", "is no reading"),
        ('{"station": "NM01", "at":', "", "shape", "is no reading"),
        ("[" * 5000, "", "shape", "is no reading"),
        ('{"station": "' + "A" * 70_000 + '"}', "", "shape", "is no reading"),
    ],
)
def test_what_is_no_reading_is_refused_with_its_line_and_rule(
    home: Home, line: str, field: str, rule: str, words: str
) -> None:
    delivery = deliver(home, reading(minute(0)), line)
    [(row, named, broken, reason)] = delivery.refusals
    assert (row, named, broken) == (2, field, rule)
    assert words in reason
    assert "ZQ03" not in reason
    assert hours(delivery)[HOUR] == (1, False, "")


def test_rows_and_refusals_of_several_files_balance(home: Home) -> None:
    home.write("stations/b.ndjson", (PAYLOADS / "stations" / "readings.ndjson").read_bytes())
    delivery = deliver(home, reading(minute(0), "NM02"), "null")
    assert delivery.manifest["rows_read"] == 8
    assert delivery.manifest["rejected"] == {"station_hour": 4}
    landed = len(delivery.rows("station_hour"))
    assert delivery.manifest["records_read"] == {"station_hour": landed + 4}
    sizes = {one["name"]: one["bytes"] for one in delivery.manifest["origins"]}
    assert sizes == {path.name: path.stat().st_size for path in (home.path / "stations").iterdir()}


def test_keys_may_be_called_as_their_sender_calls_them(home: Home) -> None:
    source = SOURCE + '[water.keys]\nstation = "tram"\nat = "luc"\nstatus = "tt"\n'
    line = json.dumps({"tram": "NM01", "luc": "21/11/2026 08:00:00", "tt": "00", "ph": 7})
    assert hours(deliver(home, line, source=source))[HOUR] == (1, False, "")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"path": None}, "needs either path, for files, or url"),
        ({"url": "mqtts://a.vn"}, "needs either path, for files, or url"),
        ({"path": None, "url": "mqtts://a.vn"}, "topics is missing"),
        ({"every_minutes": 7}, "does not fit into an hour"),
        ({"stations": {}}, "stations is empty"),
        ({"limits": {}}, "limits is empty"),
        ({"limits": {"ph": {}}}, "needs min or max"),
        ({"limits": {"ph": {"maximum": 1}}}, "is no key"),
    ],
)
def test_a_stanza_that_cannot_work_is_refused(keys: dict[str, object], words: str) -> None:
    stanza = {
        "kind": "mqtt",
        "path": "a",
        "stations": {"A": "25"},
        "limits": {"ph": {"max": 8.5}},
    }
    given = {key: value for key, value in {**stanza, **keys}.items() if value is not None}
    with pytest.raises(CatalogueError, match=words):
        read_source("water", given)


def test_a_station_in_no_area_is_told(home: Home) -> None:
    source = SOURCE.replace('NM01 = "25"', 'NM01 = "99"')
    error = deliver(home, reading(minute(0)), source=source).error
    assert "stations.NM01 is no area" in error
