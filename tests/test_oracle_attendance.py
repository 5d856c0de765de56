"""The oracle, third part: who delivered on time and who was reminded, kept by the collector itself.

Two sources have to deliver by 17:00 of each working day, around the reorganisation of 2025: one
has every commune of a province behind it, each judged by itself, the other is judged as a whole.
Some days they do not deliver, some days nobody collects. Each promise is counted by hand from who
delivered on which day, and summed up by places and periods.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import product
from typing import NamedTuple

import pytest

from datasources.simulator.chance import fraction
from datasources.simulator.clock import end_of_day
from datasources.simulator.truth_places import ONE_DAY, Cut, Figures, is_worked, places_of
from domain.area import Area, Boundaries, Level, register
from domain.period import Grain, Span
from metrics import Selection
from store import Snapshot, publish
from tests.datasources.collecting import books_of
from tests.datasources.home import Home
from tests.test_oracle import ATTENDANCE, Key, figures
from tests.test_oracle_reported import below, rows, same

HOME = "04"
FIRST, LAST = date(2025, 6, 23), date(2025, 7, 11)
TWO_LEVELS = date(2025, 7, 1)
UNTRIED = {date(2025, 6, 24), date(2025, 6, 27), date(2025, 7, 8)}
"""Days without any collection. The second is a Friday, and is judged on the Saturday after it."""
SILENT = {date(2025, 6, 26), date(2025, 7, 3), date(2025, 7, 4)}
"""Days on which nobody delivers, so that a source as a whole is late."""
KNOWN = (date(2025, 7, 2), LAST + ONE_DAY)
"""As of when is asked: the figures of a day are there in the night after it."""

PATIENCE = 5
RATE, REMINDERS = ATTENDANCE
SOURCE = """
[{name}]
kind = "observations"
path = "in/*.csv"
expected_by = "17:00"
within = "04"
simulated = true
{more}
"""
HEADER = "metric,area,period_start,period_end,numerator\n"
COMMUNES, WHOLE = "xa", "tinh"
SOURCES = SOURCE.format(name=COMMUNES, more='expected_from = ["04/commune"]') + SOURCE.format(
    name=WHOLE, more=""
)
SPANS = {
    Grain.DAY: (Span(date(2025, 6, 26), TWO_LEVELS), Span(TWO_LEVELS, date(2025, 7, 4))),
    Grain.WEEK: (
        Span(date(2025, 6, 16), date(2025, 6, 30)),
        Span(date(2025, 7, 7), date(2025, 7, 14)),
    ),
    Grain.MONTH: (Span(date(2025, 6, 1), TWO_LEVELS), Span(TWO_LEVELS, date(2025, 8, 1))),
    Grain.QUARTER: (Span(date(2025, 4, 1), TWO_LEVELS), Span(TWO_LEVELS, date(2025, 10, 1))),
    Grain.YEAR: (Span.of_year(2025),),
}


class Promise(NamedTuple):
    """One delivery that was due: whose, when, whether it was there, and if that was a reminder."""

    area_id: str
    day: date
    kept: bool
    reminded: bool


def days() -> Iterator[date]:
    day = FIRST
    while day <= LAST:
        yield day
        day += ONE_DAY


@cache
def communes(day: date) -> tuple[Area, ...]:
    province = register().at(HOME, day)
    return register().descendants(province.area_id, Level.COMMUNE, Span.of_days(day, day))


def delivers(area: Area, day: date) -> bool:
    """Whether an area delivers on a day: some nearly always, some for weeks never."""
    if day in SILENT or not is_worked(day):
        return False
    diligence = 0.1 + 1.1 * fraction(f"diligence {area.area_id}")
    return fraction(f"delivers {area.area_id} {day}") < diligence


@cache
def promises() -> tuple[Promise, ...]:
    """Every promise, judged when the source is first tried after its hour, in the order of days."""
    unread: dict[str, date] = {}
    reached: dict[str, date] = {}
    missed: dict[str, int] = defaultdict(int)
    judged: dict[tuple[str, date], Promise] = {}
    for day in days():
        told = [area.area_id for area in communes(day) if delivers(area, day)]
        unread |= dict.fromkeys([*told, *([HOME] if told else [])], day)
        due = day
        while not is_worked(due):
            due -= ONE_DAY
        if day in UNTRIED or due < FIRST:
            continue
        # A day's figures reach to its midnight, or to when they are read, if that is earlier.
        reached |= {who: min(last + ONE_DAY, day) for who, last in unread.items()}
        unread = {}
        for who in (HOME, *(area.area_id for area in communes(day))):
            area_id = register().at(HOME, due).area_id if who == HOME else who
            if (who, due) not in judged:
                kept = reached.get(who, date.min) >= due
                reminded = not kept and missed[who] % PATIENCE == 0
                missed[who] = 0 if kept else missed[who] + 1
                judged[who, due] = Promise(area_id, due, kept, reminded)
    return tuple(judged.values())


def expected(known: date, grain: Grain, boundaries: str) -> dict[Key, Figures]:
    """The figures of a grain from the promises of the days before one."""
    due: dict[tuple[str, date], list[Promise]] = defaultdict(list)
    for one in promises():
        for kind, area_id in places_of(one.area_id, one.day) if one.day < known else ():
            if kind == boundaries:
                due[area_id, Cut(grain).of(one.day)].append(one)
    cells: dict[Key, Figures] = {}
    for (area_id, start), many in due.items():
        kept, told = sum(one.kept for one in many), sum(one.reminded for one in many)
        rate = Figures(kept, len(many), 100 * kept / len(many))
        cells[RATE, boundaries, area_id, start] = rate
        cells[REMINDERS, boundaries, area_id, start] = Figures(told, None, told)
    return cells


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    home = Home(tmp_path_factory.mktemp("attendance"))
    home.configure(SOURCES)
    with books_of(home, f"{FIRST} 08:00") as books:
        for day in days():
            books.at(f"{day} 00:00").ledger.tidy()
            told = [area.code for area in communes(day) if delivers(area, day)]
            lines = "".join(f"cashless_txn_value,{code},{day},{day + ONE_DAY},1\n" for code in told)
            if lines:
                home.write(f"in/{day}.csv", HEADER + lines)
            if day not in UNTRIED:
                books.at(f"{day} 17:30").run(COMMUNES)
                books.run(WHOLE)
        books.at(f"{KNOWN[1]} 00:00").ledger.tidy()
        return publish(books.warehouse, home.path, books.now, free_mb=0, with_dossiers=False)


def answered(snapshot: Snapshot, known: date, grain: Grain, boundaries: str) -> dict[Key, Figures]:
    """What the program gives at all levels, on both sides of the reorganisation."""
    found: dict[Key, Figures] = {}
    for span, level in product(SPANS[grain], Level):
        if level is Level.DISTRICT and (boundaries == "today" or span.end > TWO_LEVELS):
            continue
        selection = Selection(
            (RATE, REMINDERS), span, None if level is Level.COUNTRY else HOME, grain=grain,
            boundaries=Boundaries(boundaries), as_of=known if known != KNOWN[1] else None,
            **below(level),
        )  # fmt: skip
        for row in rows(snapshot, selection, end_of_day(KNOWN[1])):
            key = (row.metric, boundaries, row.area_id, row.period_start)
            found[key] = figures(row.numerator, row.denominator, row.value)
    return found


@pytest.mark.parametrize("boundaries", ["then", "today"])
def test_who_was_on_time_and_who_was_reminded_is_what_counting_each_promise_gives(
    snapshot: Snapshot, boundaries: str
) -> None:
    for known, grain in product(KNOWN, Grain):
        found = answered(snapshot, known, grain, boundaries)
        asked = {(key[2], key[3]) for key in found}
        cells = expected(known, grain, boundaries)
        true = {key: one for key, one in cells.items() if is_asked(key, grain, boundaries)}
        wrong = {
            key: (true.get(key), found.get(key))
            for key in true.keys() | found.keys()
            if not same(true.get(key), found.get(key))
        }
        assert wrong == {}, (known, grain)
        assert len(asked) > 50


def is_asked(key: Key, grain: Grain, boundaries: str) -> bool:
    """Whether a period begins in what is asked for; a year asks for the areas of its end."""
    if not any(span.start <= key[3] < span.end for span in SPANS[grain]):
        return False
    is_year = grain is Grain.YEAR and boundaries == "then" and key[2] != "VN@"
    return not is_year or register().get(key[2]).is_valid(date(2025, 12, 31))


def test_all_that_may_befall_a_promise_befalls_one() -> None:
    """Kept, missed, missed for so long that another reminder is due, and the source as a whole."""
    told = promises()
    assert {one.kept for one in told} == {True, False}
    assert any(not one.kept and not one.reminded for one in told)
    spells = [one for one in told if one.reminded and one.area_id.startswith(HOME)]
    assert len(spells) == len(SILENT) - 1  # two of the silent days follow one another
    assert not any(one.day == date(2025, 6, 24) for one in told)
    assert any(one.day == date(2025, 6, 27) for one in told)
