"""Every benchmark runs and reports, at sizes that say nothing about speed."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from benchmarks import country, exports, ingest, pages, query, served
from benchmarks.forms import records
from benchmarks.page import PAGES
from benchmarks.province import CHANNELS, NEVER, changed, dossiers
from benchmarks.report import HEADER, Line, machine, table
from benchmarks.seen import Seen
from benchmarks.timing import Spent
from dashboards.exports import builder
from dashboards.exports.builder import Patience
from domain.period import Span
from store import current_snapshot

YEAR = Span(date(2025, 1, 1), date(2026, 1, 1))


def rows_of(report: str) -> dict[str, list[str]]:
    """The cells of a report's lines, by what was measured."""
    lines = [line for line in report.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: row[1:] for row in cells}


def test_a_line_that_keeps_its_budget_says_so() -> None:
    report = table("Speed", [Line("a", "5 ms", "4 ms", 1.25, "≤ 1.5×", is_met=True)])
    assert rows_of(report)["a"] == ["5 ms", "4 ms", "1.2×", "≤ 1.5×", "met"]


def test_a_line_that_misses_its_budget_says_so_louder() -> None:
    report = table("Speed", [Line("a", "9 ms", budget="≤ 5 ms", is_met=False)])
    assert rows_of(report)["a"][-1] == "MISSED"


def test_a_line_without_a_budget_has_no_verdict() -> None:
    assert rows_of(table("Speed", [Line("a", "9 ms")]))["a"][-1] == ""


def test_the_same_seed_gives_the_same_dossiers() -> None:
    assert records(dossiers(300, YEAR)).equals(records(dossiers(300, YEAR)))


def test_every_dossier_lies_in_a_commune_of_its_day() -> None:
    found = dossiers(500, YEAR)
    for number, second in zip(found.area, found.received, strict=True):
        day = date.fromordinal(date(1970, 1, 1).toordinal() + int(second) // 86_400)
        assert found.areas[number].is_valid(day)


def test_the_dossiers_lie_on_both_sides_of_the_new_map() -> None:
    found = dossiers(500, YEAR)
    editions = {found.areas[number].area_id.partition("@")[2] for number in found.area}
    assert {"", "2025-07-01"} <= editions


def test_nothing_has_happened_yet_that_lies_ahead() -> None:
    found = dossiers(500, YEAR)
    end = (YEAR.end - date(1970, 1, 1)).days * 86_400
    assert max(found.finished.max(), found.withdrawn.max(), found.received.max()) < end


def test_as_many_dossiers_are_changed_as_asked_for() -> None:
    found = dossiers(500, YEAR)
    later = changed(found, 20, YEAR.end)
    assert int(np.sum(found.finished != later.finished)) == 20
    assert int(np.sum(later.updated < found.updated)) == 0


def test_records_hold_what_was_drawn() -> None:
    found = dossiers(100, YEAR)
    landed = records(found)
    assert landed["channel"].to_pylist() == [CHANNELS[number] for number in found.channel]
    assert landed["due_at"].null_count == int(np.sum(found.due == NEVER))


@pytest.mark.slow
def test_ingesting_reports_the_rate_and_every_step(tmp_path: Path) -> None:
    # The run itself refuses to go on unless all 400 are new, and then exactly 200 changed.
    report = rows_of(ingest.run(tmp_path, None, number=400, rounds=1))
    for since in ("from the file", "once landed"):
        assert report[f"records a second, {since}"][3] == "≥ 300,000/s"
    assert {"400 records, all new", "the file again, 200 changed"} <= report.keys()
    assert "committed → published" in report


@pytest.mark.slow
def test_querying_reports_pages_with_figures_that_agree_and_pages_are_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The third, by calendar month and of no field, is asked for like the country below.
    pages_asked = {name: PAGES[name] for name in ("reporting", "filtered")}
    monkeypatch.setattr(query, "PAGES", pages_asked)
    # The run itself refuses to report where bare SQL gives another figure.
    report = rows_of(query.run(tmp_path, number=4_000, pairs=1, times=1))
    for page in pages_asked.values():
        assert report[f"{page.title}: first"][3] == "≤ 150 ms"
        assert report[f"{page.title}: again"][3] == "≤ 1.5×"
    addresses = ["/area/25", next(one for one in pages.addresses() if "field=" in one)]
    spent = served.spent(tmp_path / "query", 1, addresses)  # refuses an answer without figures
    assert [list(spent[one]) for one in addresses] == [["first", "again", "later"]] * 2


@pytest.mark.slow
def test_a_country_is_a_multiple_of_what_was_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(country, "LOADED", 500)
    monkeypatch.setattr(country, "FEW", 50)
    # The run itself refuses to report where bare SQL gives another figure.
    report = country.run(tmp_path, number=1_500, pairs=1, times=1)
    assert report.count("1,500 dossiers in 3,321 communes") == 1
    assert rows_of(report)["the country: first"][3] == "≤ 400 ms"
    assert {"of it map", "of it ranking", "of it trend"} <= rows_of(report).keys()
    snapshot = current_snapshot(tmp_path / "country")
    assert snapshot.totals["dossier"]["dossiers_received"] == 1_500


def test_a_page_that_breaks_a_budget_says_which() -> None:
    slow, quick = Spent(0.2, 0.1), Spent(0.01, 0.01)
    served_in = {"first": slow, "again": quick, "later": quick}
    seen, again = Seen(1.6, 2.0, 1_200_000), Seen(0.4, 0.9, 90_000)
    row = pages.row("/area/25", served_in, seen, again)
    assert row[:3] == ("/area/25", "200 (100)", "10 (10)")
    assert row[-2:] == ("90 kB", "MISSED: server, first number")


def test_a_difference_between_ours_and_bare_ends_the_run() -> None:
    with pytest.raises(ValueError, match=r"cards: dossiers_received 25 is 7\.0, by bare SQL 8\.0"):
        query.refuse_difference(
            "cards", {"dossiers_received 25": [7.0]}, {"dossiers_received 25": [8.0]}
        )


def test_the_report_opens_with_the_machine_and_its_load() -> None:
    assert "cores" in machine()
    assert "load" in machine()
    assert len(HEADER) == 6


@pytest.mark.slow
def test_packs_asked_at_once_are_all_made_and_what_each_took_is_told(tmp_path: Path) -> None:
    home = tmp_path / "home"
    query.build(home, 400)
    assert list(exports.pack(home)) == ["figures", "pptx", "pdf"]
    ids = exports.wishes(home, 2)
    assert exports.made_of(home, ids) == 0
    assert builder.build(home, patience=Patience(linger=0.01)) == 2
    assert exports.made_of(home, ids) == 2


def test_95_of_100_answers_took_no_longer_than_what_is_told() -> None:
    assert exports.p95([float(one) for one in range(1, 101)]) == 95.0
