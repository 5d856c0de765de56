"""The oracle, second part: what arrives ready-made, and that nothing of the catalogue is left out.

A simulated province of 2026, whose platforms, departments and offices tell figures by month,
quarter and year; what none of them tells is handed in beside it, and corrected later.
"""

import csv
import io
import math
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import product
from typing import Any

import pytest

from datasources.simulator.clock import end_of_day, instant_of
from datasources.simulator.demo import FOLDER, fill
from datasources.simulator.dropbox import COLUMNS, Dropbox
from datasources.simulator.office_files import OfficeFiles
from datasources.simulator.truth_places import Cut, Figures
from datasources.simulator.truth_reported import ADDED, Told, added_up, told_by
from datasources.simulator.world import World
from domain.area import Boundaries, Level, register
from domain.period import Grain, Span, period_end, period_start
from domain.scope import EVERYTHING
from metrics import By, Metric, Selection, catalogue, query
from store import Reserve, Snapshot, Warehouse, publish
from tests import test_oracle
from tests.datasources.home import settle
from tests.store.prepared import prepare
from tests.test_oracle import Clock, Key, collect, figures

HOME = "04"
WORLD = World(7, [HOME], date(2025, 7, 1), date(2026, 2, 20), scale=0.02)
BEFORE, LAST = date(2026, 1, 20), date(2026, 2, 12)
"""The days at whose ends is collected: what is corrected on the second was known otherwise."""

SOURCES = ("lgsp", "bo_chi_so_766", "bao_cao_nganh", "phuong_tien", "so_lieu_gui")
HANDED_IN = """
[so_lieu_gui]
kind = "observations"
path = "so_lieu_gui/*.csv"
schedule = "0 3 * * *"
simulated = true
"""
WINTER = {
    Grain.DAY: Span(date(2025, 12, 28), date(2026, 2, 13)),
    Grain.WEEK: Span(date(2025, 12, 22), date(2026, 2, 16)),
    Grain.MONTH: Span(date(2025, 7, 1), date(2026, 3, 1)),
    Grain.QUARTER: Span(date(2025, 7, 1), date(2026, 4, 1)),
    Grain.YEAR: Span(date(2025, 1, 1), date(2027, 1, 1)),
}
THEN, NOW = date(2024, 12, 30), date(2025, 12, 30)
CODES = {THEN: ("04", "042", "01290", "01297"), NOW: ("04", "01290", "01297")}
"""Who hands in something else, and the day whose day, week, month, quarter and year it is of."""

LEVELS = (Level.COUNTRY, Level.PROVINCE, Level.DISTRICT, Level.COMMUNE)
GRAINS = tuple(Grain)


def ready_made() -> list[Metric]:
    """The metrics that are told ready-made, and those of them that add up."""
    known = catalogue().metrics.values()
    return [one for one in known if one.is_looked_up or one.id in ADDED]


@cache
def told(day: date) -> tuple[Told, ...]:
    """Every line there was at the end of a day: the simulated ones, and those handed in."""
    return (*told_by(WORLD, day), *handed_in(day))


@cache
def handed_in(day: date) -> tuple[Told, ...]:
    """A figure unlike any other of each metric that no simulated source tells."""
    simulated = {line.metric for line in told_by(WORLD, LAST)}
    lines = []
    for metric, when in product(ready_made(), CODES):
        for number, (code, grain) in enumerate(product(CODES[when], GRAINS)):
            days = Span(period_start(when, grain), period_end(when, grain))
            area = register().at(code, when)
            is_asked = area.level in metric.levels and not is_finer(grain, metric)
            if is_asked and metric.id not in simulated:
                lines.append(line_of(metric, area.area_id, days, number, day))
    return tuple(lines)


def line_of(metric: Metric, area_id: str, days: Span, number: int, day: date) -> Told:
    """A count, a share by its counts, or a bare rate; every third is corrected on the last day."""
    whole = 100 + 7 * len(metric.id) + 3 * number
    part = whole - 11 * (number % 5) - (1 if day == LAST and number % 3 == 0 else 0)
    if not metric.denominator:
        return Told(metric.id, area_id, days, value=part)
    if number % 4 == 1:
        return Told(metric.id, area_id, days, value=part / 7, is_bare=True)
    return Told(metric.id, area_id, days, part, whole)


def is_finer(grain: Grain, metric: Metric) -> bool:
    return GRAINS.index(grain) < GRAINS.index(metric.smallest_grain)


def csv_of(lines: tuple[Told, ...]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for one in lines:
        code = register().get(one.area_id).code
        counts = (one.numerator, one.denominator, one.value)
        line = one.metric, code, "", one.days.start, one.days.end, *counts, one.is_bare, "", ""
        writer.writerow(line)
    return text.getvalue()


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    home, clock = tmp_path_factory.mktemp("reported"), Clock()
    prepare(home)
    with Warehouse.open(home, reserve=Reserve(0, 0)) as store:
        fill(home, WORLD, 1)
        with (home / "config/sources.toml").open("a", encoding="utf-8") as stanzas:
            stanzas.write(HANDED_IN)
        dropbox, offices = Dropbox(WORLD, home / FOLDER), OfficeFiles(WORLD, home / FOLDER)
        for day in (BEFORE, LAST):
            clock.now = end_of_day(day)
            dropbox.catch_up(clock.now)
            offices.catch_up(clock.now)
            path = home / "so_lieu_gui" / f"{day}.csv"
            path.parent.mkdir(exist_ok=True)
            path.write_text(csv_of(handed_in(day)), encoding="utf-8")
            settle(path)
            collect(home, store, clock.now, SOURCES)
        return publish(store, home, instant_of(clock.now), free_mb=0, with_dossiers=False)


def expected(day: date, grain: Grain, boundaries: str) -> dict[Key, Figures]:
    """Every figure of a grain as known at the end of a day, by the plain book of its lines."""
    cells = added_up(told(day), day, Cut(grain))
    found = {key: one for key, one in cells.items() if key[1] == boundaries}
    for line in told(day):
        start = line.days.start
        whole = Span(period_start(start, grain), period_end(start, grain))
        seen = LAST if boundaries == "today" else line.days.last_day
        is_there = register().get(line.area_id).is_valid(seen)
        if line.metric not in ADDED and line.days == whole and is_there:
            found[line.metric, boundaries, line.area_id, start] = line.figures
    return {key: one for key, one in found.items() if is_allowed(key, grain)}


def is_allowed(key: Key, grain: Grain) -> bool:
    """Whether a metric is asked for by a grain, and at the level of an area."""
    metric = catalogue().metrics[key[0]]
    return register().get(key[2]).level in metric.levels and not is_finer(grain, metric)


def answered(
    snapshot: Snapshot, grain: Grain, boundaries: str, as_of: date | None
) -> dict[Key, Figures]:
    """Every figure that the program gives at all levels, before the reorganisation and after."""
    found: dict[Key, Figures] = {}
    before = Span(period_start(THEN, grain), period_end(THEN, grain))
    for span, level in product((before, WINTER[grain]), LEVELS):
        known = ready_made()
        asked = [one.id for one in known if level in one.levels and not is_finer(grain, one)]
        is_gone = level is Level.DISTRICT and (boundaries == "today" or span is not before)
        if not asked or is_gone:
            continue
        selection = Selection(
            tuple(asked), span, None if level is Level.COUNTRY else HOME, grain=grain,
            boundaries=Boundaries(boundaries), as_of=as_of, **below(level),
        )  # fmt: skip
        for row in rows(snapshot, selection, end_of_day(LAST)):
            key = (row.metric, boundaries, row.area_id, row.period_start)
            assert key not in found
            found[key] = figures(row.numerator, row.denominator, row.value)
    return found


def below(level: Level) -> dict[str, Any]:
    is_list = level in (Level.DISTRICT, Level.COMMUNE)
    return {"by": By.AREA, "level": level} if is_list else {}


def rows(snapshot: Snapshot, selection: Selection, now: int) -> Iterator[Any]:
    """The rows that say anything, asked at a local second."""
    frame = query(selection, EVERYTHING, snapshot, now=instant_of(now))
    return frame.loc[frame["value"].notna(), test_oracle.ASKED].itertuples()


@pytest.mark.parametrize("boundaries", ["then", "today"])
@pytest.mark.parametrize("grain", GRAINS)
def test_what_comes_ready_made_is_shown_as_it_was_told_where_it_was_told(
    snapshot: Snapshot, grain: Grain, boundaries: str
) -> None:
    for day in (BEFORE, LAST):
        found = answered(snapshot, grain, boundaries, None if day == LAST else day)
        true = expected(day, grain, boundaries)
        wrong = {
            key: (true.get(key), found.get(key))
            for key in true.keys() | found.keys()
            if not same(true.get(key), found.get(key))
        }
        assert wrong == {}
        assert {key[0] for key in found} >= {one.id for one in ready_made() if one_of(one, grain)}


def one_of(metric: Metric, grain: Grain) -> bool:
    """Whether it is handed in by every grain it may be asked by."""
    return metric.id in {line.metric for line in handed_in(LAST)} and not is_finer(grain, metric)


def same(expected: Figures | None, found: Figures | None) -> bool:
    """The same numbers, all three; a figure that is missing is none that is nought."""
    if expected is None or found is None:
        return expected is found
    pairs = zip(expected, found, strict=True)
    return all(a == b if a is None or b is None else math.isclose(a, b) for a, b in pairs)


def test_what_was_known_of_ready_made_figures_was_corrected_since() -> None:
    before, after = expected(BEFORE, Grain.MONTH, "then"), expected(LAST, Grain.MONTH, "then")
    assert any(before[key] != after[key] for key in before)


def test_every_metric_of_the_catalogue_is_counted_a_second_time() -> None:
    """One that is new is counted in plain Python too, and named in a part of the oracle."""
    known = [one.id for one in ready_made()]
    asked = [*test_oracle.METRICS, *test_oracle.ATTENDANCE, *known]
    assert sorted(asked) == sorted(catalogue().metrics)


def test_every_ready_made_figure_is_told_by_somebody() -> None:
    """Without this a metric could be asked for, and nothing be there to compare."""
    assert {line.metric for line in told(LAST)} == {one.id for one in ready_made()}
