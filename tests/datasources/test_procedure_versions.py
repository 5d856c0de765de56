"""Promises of versions: a new version of a procedure ends the one before, told or not."""

import json
from datetime import date
from typing import Any

from datasources.reading.procedure_versions import Versions, remember
from domain.period import Grain, Span
from domain.scope import EVERYTHING
from metrics import Selection, query
from store import current_snapshot
from tests.datasources.home import NOW, Home
from tests.datasources.test_procedures import SOURCE, deliver, entry
from tests.store.prepared import prepare

FIRST = {"NGAYHIEULUC": "01/03/2019", "NGAYHETHIEULUC": "", "MUCDO": "3"}
SECOND = {"NGAYHIEULUC": "15/08/2022", "NGAYHETHIEULUC": "", "MUCDO": "Toàn trình"}


def spans(rows: list[dict[str, Any]]) -> list[tuple[date, date | None]]:
    return [(row["valid_from"], row["valid_until"]) for row in rows]


def test_of_two_versions_in_one_delivery_the_later_ends_the_earlier(home: Home) -> None:
    delivery = deliver(home, entry(**SECOND), entry(**FIRST))
    assert spans(delivery.rows("procedure")) == [
        (date(2022, 8, 15), None),
        (date(2019, 3, 1), date(2022, 8, 15)),
    ]


def test_an_end_that_is_told_is_not_moved(home: Home) -> None:
    told = deliver(home, entry(**{**FIRST, "NGAYHETHIEULUC": "01/01/2022"}), entry(**SECOND))
    assert spans(told.rows("procedure"))[0] == (date(2019, 3, 1), date(2022, 1, 1))


def test_a_version_of_a_later_delivery_ends_the_one_known_and_tells_it_once_more(
    home: Home,
) -> None:
    remember(home.path, deliver(home, entry(**FIRST)).folder)
    later = deliver(home, entry(**SECOND)).rows("procedure")
    assert spans(later) == [
        (date(2022, 8, 15), None),
        (date(2019, 3, 1), date(2022, 8, 15)),
    ]
    assert later[1]["service_level"] == "3"
    assert later[1]["procedure_name"] == "Đăng ký khai sinh"


def test_what_is_told_again_unchanged_ends_nothing(home: Home) -> None:
    remember(home.path, deliver(home, entry(**FIRST)).folder)
    again = deliver(home, entry(**FIRST)).rows("procedure")
    assert spans(again) == [(date(2019, 3, 1), None)]


def test_an_old_version_told_late_ends_where_the_known_one_begins(home: Home) -> None:
    remember(home.path, deliver(home, entry(**SECOND)).folder)
    [row] = deliver(home, entry(**FIRST)).rows("procedure")
    assert row["valid_until"] == date(2022, 8, 15)


def test_a_procedure_that_has_ended_is_in_force_no_more(home: Home) -> None:
    remember(home.path, deliver(home, entry(**FIRST)).folder)
    ended = entry(**{**FIRST, "NGAYHETHIEULUC": "01/01/2022"})
    remember(home.path, deliver(home, ended).folder)
    assert Versions.of(home.path, "catalogue").in_force == []


def test_a_procedure_counts_once_on_every_day_whatever_was_delivered_when(home: Home) -> None:
    from datasources.running.scheduler import Collector

    home.configure(SOURCE)
    told: list[str] = []
    for name, version in (("0", FIRST), ("1", SECOND)):
        document = {"service": "LayThuTuc", "madonvi": "H44", "result": [entry(**version)]}
        home.write(f"incoming/{name}.json", json.dumps(document))
        assert Collector(prepare(home.path), now=lambda: NOW, tell=told.append).run_once() == 0, (
            told
        )
    names = ("procedures_total", "procedures_online", "procedures_fully_online_rate")
    span = Span(date(2021, 1, 1), date(2024, 1, 1))
    asked = Selection(names, span, area="25", grain=Grain.YEAR)
    frame = query(asked, EVERYTHING, current_snapshot(home.path), now=NOW)
    values = {name: rows["value"].tolist() for name, rows in frame.groupby("metric")}
    assert values["procedures_total"] == [1, 1, 1]
    assert values["procedures_online"] == [1, 1, 1]
    assert values["procedures_fully_online_rate"] == [0, 100, 100]
