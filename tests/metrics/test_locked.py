"""Locked periods, and what has been learnt since: both values, the difference, and why."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from domain.area import register
from domain.errors import AreaError, SelectionError
from domain.period import Grain, ReportingCalendar, Span
from domain.scope import EVERYTHING
from metrics import By, DefinitionError, Selection, answer, query, rules
from metrics.locks import LOCK, UNLOCK, Lock, decide, load_locks, period_of, told
from metrics.restated import explanation, restated
from metrics.rules import Rules
from store import Snapshot
from tests.metrics.asking import NOW, days
from tests.metrics.collected import (
    OLD_PHU_THO,
    PHUNG_NGUYEN,
    SON_VI,
    Collected,
    at,
    dossier,
    observation,
)

JULY = days("2020-07-01", "2020-08-01")
LOCKED_ON = "2020-08-05 16:00"
FLOWS = ("dossiers_received", "dossiers_resolved", "dossiers_pending")


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """By 5 August one dossier of July is known, still open. On 10 August a source tells that it
    was finished on 5 July, and brings a second one, of Sơn Vi, received on 2 July."""
    home = Collected(tmp_path_factory.mktemp("corrected"), with_dossiers=False)
    home.deliver(
        [dossier("X", "2020-07-01", due="2020-07-10", area=PHUNG_NGUYEN)],
        known="2020-08-01",
        reaches="2020-08-01",
    )
    finished = dossier(
        "X", "2020-07-01", due="2020-07-10", finished="2020-07-05", area=PHUNG_NGUYEN
    )
    home.deliver(
        [finished, dossier("Y", "2020-07-02", due="2020-09-10", area=SON_VI)],
        known="2020-08-10",
        reaches="2020-08-10",
    )
    month = (PHUNG_NGUYEN, "2020-07-01", "2020-08-01")
    files = "work_files_online_rate"
    for known, online in (("2020-08-01", 1), ("2020-08-10", 3)):
        home.deliver(
            [observation(files, *month, numerator=online, denominator=4)],
            kind="observation",
            source="work",
            known=known,
            reaches=known,
        )
    return home.published("2020-09-01")


def locked(*locks: Lock) -> Rules:
    return replace(rules(), locks=replace(rules().locks, held=locks, book=locks))


def lock_of(area: str, span: Span, when: str = LOCKED_ON) -> Lock:
    return Lock(LOCK, span, area, at(when), "Nguyễn Văn A", "ioc-1")


def asked(snapshot: Snapshot, selection: Selection, by: Rules) -> list[dict[Any, Any]]:
    frame = query(selection, EVERYTHING, snapshot, now=NOW, rules=by)
    return frame.to_dict("records")


def test_a_locked_period_shows_what_was_known_at_the_lock_and_the_restatement_beside_it(
    corrected: Snapshot,
) -> None:
    by = locked(lock_of(OLD_PHU_THO, JULY))
    rows = asked(corrected, Selection(FLOWS, JULY, "25"), by)
    assert [row["value"] for row in rows] == [1, 0, 1]
    assert [row["restated_value"] for row in rows] == [2, 1, 1]
    assert {row["locked"] for row in rows} == {"2020-08-05"}


def test_a_lock_holds_for_what_lies_in_the_area_and_no_further(corrected: Snapshot) -> None:
    by = locked(lock_of(OLD_PHU_THO, JULY))
    communes = Selection(FLOWS[:1], JULY, SON_VI)
    [row] = asked(corrected, communes, by)
    assert np.isnan(row["value"])  # nobody knew of it at the lock
    assert (row["restated_value"], row["status_reason"]) == (1, "never")
    [country] = asked(corrected, Selection(FLOWS[:1], JULY), by)
    assert (country["value"], country["locked"]) == (2, "")
    assert np.isnan(country["restated_value"])


def test_a_lock_of_a_year_holds_for_its_months_and_one_of_a_month_not_for_the_year(
    corrected: Snapshot,
) -> None:
    year = Span.of_year(2020)
    months = Selection(FLOWS[:1], days("2020-06-01", "2020-09-01"), "25", Grain.MONTH)
    by_year = asked(corrected, months, locked(lock_of(OLD_PHU_THO, year)))
    assert [row["locked"] != "" for row in by_year] == [True] * 3
    by_month = asked(corrected, months, locked(lock_of(OLD_PHU_THO, JULY)))
    assert [row["locked"] for row in by_month] == ["", "2020-08-05", ""]
    assert by_month[1]["value"] == 1
    [whole] = asked(corrected, Selection(FLOWS[:1], year, "25"), locked(lock_of(OLD_PHU_THO, JULY)))
    assert (whole["value"], whole["locked"]) == (2, "")


def test_who_asks_as_of_a_day_gets_that_day(corrected: Snapshot) -> None:
    by = locked(lock_of(OLD_PHU_THO, JULY))
    [row] = asked(corrected, Selection(FLOWS[:1], JULY, "25", as_of=date(2020, 8, 20)), by)
    assert (row["value"], row["locked"]) == (2, "")


def test_a_locked_answer_keeps_its_columns_and_says_so_in_every_form(corrected: Snapshot) -> None:
    selection = Selection(FLOWS, JULY, "25", by=By.CHANNEL)
    plain = query(selection, EVERYTHING, corrected, now=NOW, rules=rules())
    by = locked(lock_of(OLD_PHU_THO, JULY))
    frame = query(selection, EVERYTHING, corrected, now=NOW, rules=by)
    assert frame.dtypes.to_dict() == plain.dtypes.to_dict()
    assert frame.attrs == plain.attrs
    [first, *_] = answer.document(frame)["values"]
    assert (first["value"], first["restated_value"], first["locked"]) == (1, 2, "2020-08-05")
    assert "restated_value" in answer.as_table(frame).splitlines()[0]
    assert "restated_value" not in answer.as_table(plain).splitlines()[0]


# ---- the restatement


def test_a_restatement_tells_both_values_the_difference_and_what_came_since(
    corrected: Snapshot,
) -> None:
    then = date(2020, 8, 5)
    selection = Selection((*FLOWS, "dossiers_pending_overdue"), JULY, "25")
    frame = restated(selection, then, EVERYTHING, corrected, now=NOW)
    rows = {row["metric"]: row for row in frame.to_dict("records")}
    received, resolved = rows["dossiers_received"], rows["dossiers_resolved"]
    assert (received["value_then"], received["value"], received["difference"]) == (1, 2, 1)
    assert (received["added"], received["removed"], received["why"]) == (1, 0, "corrected")
    assert (resolved["value_then"], resolved["value"], resolved["added"]) == (0, 1, 1)
    # Of the source: one record new, one delivered again with other contents.
    assert (received["new_records"], received["changed_records"]) == (1, 1)
    overdue = rows["dossiers_pending_overdue"]
    assert (overdue["value_then"], overdue["value"], overdue["removed"]) == (1, 0, 1)
    pending = rows["dossiers_pending"]
    assert (pending["difference"], pending["why"]) == (0, "unchanged")
    assert explanation(received, then).vi == (
        "Sau 05/08/2020 biết thêm 1 sự kiện, 0 sự kiện được sửa lại."
    )


def test_a_restated_observation_counts_the_versions_that_came_and_went(
    corrected: Snapshot,
) -> None:
    selection = Selection(("work_files_online_rate",), JULY, PHUNG_NGUYEN)
    [row] = restated(selection, date(2020, 8, 5), EVERYTHING, corrected, now=NOW).to_dict("records")
    assert (row["value_then"], row["value"], row["difference"]) == (25, 75, 50)
    assert (row["added"], row["removed"]) == (1, 1)


def test_what_nobody_knew_or_was_not_over_is_no_correction(corrected: Snapshot) -> None:
    selection = Selection(FLOWS[:1], JULY, "25")
    why = {
        day: restated(selection, day, EVERYTHING, corrected, now=NOW)["why"][0]
        for day in (date(2020, 7, 20), date(2020, 8, 5), date(2020, 8, 10))
    }
    assert list(why.values()) == ["unknown", "corrected", "unchanged"]
    year = Selection(FLOWS[:1], Span.of_year(2020), "25")
    frame = restated(year, date(2020, 8, 5), EVERYTHING, corrected, now=NOW)
    assert frame["why"].tolist() == ["unfinished"]
    with pytest.raises(SelectionError, match="Leave out --as-of"):
        restated(replace(year, as_of=date(2020, 8, 1)), NOW.date(), EVERYTHING, corrected, now=NOW)


# ---- the book of locks


def test_a_lock_is_kept_with_who_when_and_what_was_seen(tmp_path: Path) -> None:
    path = tmp_path / "config" / "locks.csv"
    decide(path, lock_of(OLD_PHU_THO, JULY), register(), date(2020, 9, 1))
    [held] = load_locks(path, register()).held
    assert (held.day, held.by, held.snapshot) == (date(2020, 8, 5), "Nguyễn Văn A", "ioc-1")
    assert "01/07/2020–31/07/2020  tỉnh Phú Thọ (25@)" in told(held, register())


def test_an_unlocked_period_moves_again_and_the_book_remembers_both(tmp_path: Path) -> None:
    path = tmp_path / "locks.csv"
    lock = lock_of(OLD_PHU_THO, JULY)
    decide(path, lock, register(), date(2020, 9, 1))
    with pytest.raises(SelectionError, match="is locked since 05/08/2020 by Nguyễn Văn A"):
        decide(path, lock_of(PHUNG_NGUYEN, JULY), register(), date(2020, 9, 1))
    decide(path, replace(lock, action=UNLOCK), register(), date(2020, 9, 1))
    found = load_locks(path, register())
    assert (found.held, len(found.book)) == ((), 2)
    with pytest.raises(SelectionError, match="is not locked"):
        decide(path, replace(lock, action=UNLOCK), register(), date(2020, 9, 1))


def test_a_period_that_is_not_over_cannot_be_locked_nor_by_nobody(tmp_path: Path) -> None:
    path = tmp_path / "locks.csv"
    with pytest.raises(SelectionError, match="is not over in the figures, which end on 20/07/2020"):
        decide(path, lock_of(OLD_PHU_THO, JULY), register(), date(2020, 7, 20))
    with pytest.raises(SelectionError, match="Say whose with --by"):
        decide(path, replace(lock_of(OLD_PHU_THO, JULY), by=""), register(), date(2020, 9, 1))
    assert not path.exists()


def test_a_note_is_never_a_formula_for_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "locks.csv"
    lock = replace(lock_of(OLD_PHU_THO, JULY), note='=HYPERLINK("http://x")\nsecond line')
    decide(path, lock, register(), date(2020, 9, 1))
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2
    assert load_locks(path, register()).held[0].note.startswith("'=HYPERLINK")


def test_a_line_that_cannot_be_read_is_told_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "locks.csv"
    head = "action,period_start,period_end,area,at,by,snapshot,note\n"
    path.write_text(
        head + "lock,2020-07-01,2020-08-01,99999@,2020-08-05T16:00:00+07:00,A,ioc-1,\n", "utf-8"
    )
    with pytest.raises(DefinitionError, match=r"locks.csv: \[line 2\] There is no area '99999@'"):
        load_locks(path, register())
    path.write_text(head + "freeze,2020-07-01,2020-08-01,25@,2020-08-05,A,ioc-1,\n", "utf-8")
    with pytest.raises(DefinitionError, match="neither lock nor unlock"):
        load_locks(path, register())
    path.write_text("period,area\n", "utf-8")
    with pytest.raises(DefinitionError, match="must begin with the line action,"):
        load_locks(path, register())
    with pytest.raises(AreaError):
        register().get("99999@")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025", "2025-01-01", "2025-12-31"),
        ("2025-Q2", "2025-04-01", "2025-06-30"),
        ("2025-06", "2025-06-01", "2025-06-30"),
        ("2025-06-01..2025-06-15", "2025-06-01", "2025-06-14"),
    ],
)
def test_a_period_is_written_as_people_write_it(text: str, first: str, last: str) -> None:
    span = period_of(text)
    assert (span.start.isoformat(), span.last_day.isoformat()) == (first, last)


def test_reporting_months_run_from_the_15th_to_the_14th() -> None:
    assert period_of("2025-06", ReportingCalendar.ND09) == days("2025-05-15", "2025-06-15")
    with pytest.raises(SelectionError, match="'June' is no period"):
        period_of("June")
