"""Reading events: which table answers a question, and the statement that asks it.

Area rollups answer what they can, by month where the periods are whole months; then they also
know fields and channels. Other filters and dimensions need the single events, a past `as_of` the
events with the day they became known.
"""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from domain.area import COUNTRY_ID, Boundaries
from domain.measure import Additivity, measures
from metrics import statements
from metrics.contents import first_months, has_table, remembered
from metrics.leaves import area_and_all_in_it
from metrics.question import Question
from metrics.selection import DIMENSIONS, FILTERS, By
from metrics.window import period_number

# The table that knows the dimensions of CUTS by month (store/snapshot_cuts_tables.sql).
CUT_TABLE = "cut_month"
CUTS = frozenset({By.FIELD, By.CHANNEL})

BEGINNING = ("area_id", "source", "leaf_level", "first_day")


def counted(
    question: Question, record: str, names: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The counts of some measures, and when each area's sources began to deliver.

    Counts are rows of area_id, source, leaf_level, dimension, period (from 0; -1 is all the
    time before), alive (events on days of the area's life), fits (cohorts that began in the
    same period), brought (what areas that came to lie here as the period began took along),
    first_day, estimated and the measures.
    """
    selection = question.selection
    if selection.as_of is None and not question.is_by_dimension and not question.is_narrowed:
        rows = _rolled_up(question, record, names)
        return rows, rows
    if is_cut(question, record):
        return _cut(question, record, names), _beginnings(question, record)
    return _single(question, record, names), _beginnings(question, record)


def is_cut(question: Question, record: str) -> bool:
    """Whether the rollup by month, field and channel tells what single events would.

    Its months are whole, so nothing may begin or end within one. A snapshot published by an
    earlier version of the program has none.
    """
    selection = question.selection
    edges = {day.day for life in question.lives for day in life if day != date.max}
    return (
        selection.as_of is None
        and question.organisations is None
        and question.window.is_whole_months
        and edges <= {1}
        and {name for name, _ in selection.filters} <= CUTS
        and selection.by in (By.NONE, By.AREA, *CUTS)
        and has_table(question.snapshot, f"{record}_{CUT_TABLE}")
    )


def _rolled_up(question: Question, record: str, names: Sequence[str]) -> pd.DataFrame:
    """Counts from the rollups: whole months, or months up to the first and days since."""
    if question.window.is_whole_months:
        parts = [_by(question, record, names, "month", "r.month < $end")]
    else:
        parts = [
            _by(question, record, names, "month", "r.month < $first_month"),
            _by(question, record, names, "day", "r.day >= $first_month and r.day < $end"),
        ]
    return question.frame(statements.ASKED + "\nunion all".join(parts))


def _by(question: Question, record: str, names: Sequence[str], day: str, days: str) -> str:
    told = {"table": day, "days": days, "dimension": "''", "filters": ""}
    return _from_rollup(question, record, names, day, told)


def _cut(question: Question, record: str, names: Sequence[str]) -> pd.DataFrame:
    """Counts from the rollup by month, field and channel."""
    filters, params = filter_conditions(question, record, "r")
    told = {
        "table": CUT_TABLE,
        "days": f"r.month < $end and {_touches(record, names)}",
        "dimension": dimension_column(question, record, "r"),
        "filters": filters.replace("where", "and", 1),
    }
    parts = _from_rollup(question, record, names, "month", told)
    return question.frame(statements.ASKED + parts, **params)


def _touches(record: str, names: Sequence[str]) -> str:
    """As `_matters`: whether any event of a row changed a stock (store/cuts.py)."""
    stocks = [
        one.id
        for one in measures().values()
        if one.record == record and one.additivity is Additivity.LAST
    ]
    bits = sum(1 << place for place, stock in enumerate(stocks) if stock in names)
    return f"(r.month >= $start or r.touched & {bits} <> 0)"


def _from_rollup(
    question: Question, record: str, names: Sequence[str], day: str, told: dict[str, str]
) -> str:
    return statements.ROLLED_UP.format(
        **told,
        record=record,
        day=day,
        period=period_number(f"r.{day}", question.selection),
        alive=alive(question, f"r.{day}"),
        fits=fits(question, names, day),
        brought=_brought(question, names, day),
        sums=_sums(names),
        areas=_areas(question),
    )


def _brought(question: Question, names: Sequence[str], day: str) -> str:
    """Whether a row of a rollup tells what came with areas on the first day of a period."""
    if not (_has_stocks(names) and Boundaries.THEN in question.maps):
        return "false"
    is_moved = f"r.origin_{day} is not null and r.{day} >= $start"
    return f"({is_moved} and {_is_first(question, f'r.{day}')})"


def _is_first(question: Question, day: str) -> str:
    """Whether a day is the first of its period."""
    eve = period_number(f"({day} - 1)", question.selection)
    return f"{period_number(day, question.selection)} <> {eve}"


def _has_stocks(names: Sequence[str]) -> bool:
    return any(measures()[name].additivity is Additivity.LAST for name in names)


def spread(question: Question, record: str, measured: tuple[str, str]) -> pd.DataFrame:
    """How often each amount was there.

    Rows of area_id, leaf_level, dimension, period, alive, amount and times. `measured` are the
    measure that adds the amounts up, and the one that counts their events.
    """
    selection = question.selection
    is_whole = selection.as_of is None and question.window.is_whole_months
    if not is_whole or question.is_by_dimension or question.is_narrowed:
        return _single_amounts(question, record, measured)
    sql = statements.SPREAD.format(
        record=record,
        period=period_number("r.month", selection),
        alive=alive(question, "r.month"),
        areas=_areas(question),
    )
    return question.frame(sql)


def _single_amounts(question: Question, record: str, measured: tuple[str, str]) -> pd.DataFrame:
    total, number = measured
    filters, params = filter_conditions(question, record)
    known = "and r.known_day <= $as_of" if question.selection.as_of else ""
    filled = (
        _moving(question, record, measured)
        if _moves(question)
        else _standing(question, record, measured)
    )
    told = {
        **filled,
        "record": record,
        "dimension": dimension_column(question, record),
        "filters": filters,
        "known": known + statements.WITH_AMOUNTS.format(record=record, number=number),
        "places": statements.PLACES_BY_DAY if _moves(question) else statements.THESE_PLACES,
        "matters": f"r.{number} <> 0 and not n.is_moved",
        "sums": statements.AMOUNTS.format(total=total, number=number),
    }
    return question.frame(statements.NARROWED.format(**told), **params)


def _single(question: Question, record: str, names: Sequence[str]) -> pd.DataFrame:
    """Counts from single events; before the first period only what a stock is made of."""
    filters, params = filter_conditions(question, record)
    told = {
        "record": record,
        "dimension": dimension_column(question, record),
        "filters": filters,
        "known": "and r.known_day <= $as_of" if question.selection.as_of else "",
        **(_moving if _moves(question) else _standing)(question, record, names),
    }
    statement = statements.NARROWED if question.is_narrowed else statements.SINGLE
    return question.frame(statement.format(**told), **params)


def _standing(question: Question, record: str, names: Sequence[str]) -> dict[str, str]:
    """What a statement is filled in with where every area counts in one place all its life."""
    is_narrowed = question.is_narrowed
    return {
        **_on_days(question, names, "r.day"),
        "place_no": "0",
        "key": "dimension_id",
        "stays": "",
        "placed": "place",
        "places": statements.THESE_PLACES if is_narrowed else _places(question, record),
        "brought": "false",
        "share": "1 as sign, false as is_moved",
        "sums": _sums(names, " * n.times" if is_narrowed else ""),
        "totals": _sums(names),
    }


def _moving(question: Question, _record: str, names: Sequence[str]) -> dict[str, str]:
    """The same where the day decides in which place an area counts."""
    is_moved, times = ("n.is_moved", " * n.times * n.sign")
    if not question.is_narrowed:
        is_moved, times = ("p.moved_on is not null", " * p.sign")
    totals = _sums(names, times, is_moved)
    return {
        **_on_days(question, names, "coalesce(p.moved_on, r.day)"),
        # A number per combination and place, the same however often it is worked out.
        "place_no": "row_number() over (order by d.dimension_id, link.area_id, link.valid_from)",
        "key": "stay_no",
        "stays": statements.STAYING,
        "placed": "stay",
        "places": statements.PLACES_BY_DAY,
        "brought": f"(p.moved_on is not null and {_is_first(question, 'p.moved_on')})",
        "share": "p.sign, p.moved_on is not null as is_moved",
        "sums": totals if question.is_narrowed else _sums(names),
        "totals": totals,
    }


def _on_days(question: Question, names: Sequence[str], day: str) -> dict[str, str]:
    """What depends on the day an event counts on."""
    is_asked = "n.period >= 0" if question.is_narrowed else "r.day >= $start"
    return {
        "day": day,
        "period": period_number(day, question.selection),
        "alive": alive(question, day, "p"),
        "fits": fits(question, names, "day", "p"),
        "matters": _matters(is_asked, names),
    }


def _moves(question: Question) -> bool:
    """Whether the day decides where an event counts: on today's map nothing moves."""
    on_today = all(one is Boundaries.TODAY for one in question.maps)
    return not on_today or (len(question.maps) > 1 and question.has_bounded_lives)


def _places(question: Question, record: str) -> str:
    """Leaving out what is elsewhere pays only where something is."""
    delivering = set(first_months(question.snapshot, record, Boundaries.TODAY).index)
    for area in question.places.areas:
        delivering -= area_and_all_in_it(question.register, area.area_id)
    return statements.SOME_PLACES if delivering - {COUNTRY_ID} else statements.ALL_PLACES


def _matters(is_asked: str, names: Sequence[str]) -> str:
    """Before the first period only what changed a stock matters."""
    stocks = [name for name in names if measures()[name].additivity is Additivity.LAST]
    return f"({' or '.join([is_asked, *(f'r.{name} <> 0' for name in stocks)])})"


def dimension_column(question: Question, record: str, table: str = "d") -> str:
    """The column of `dimension` (as d) that a question is broken down by, or no text at all."""
    column = DIMENSIONS[record].get(question.selection.by)
    return f"{table}.{column}" if column else "''"


def _beginnings(question: Question, record: str) -> pd.DataFrame:
    if question.selection.as_of is None:
        return _rolled_beginnings(question, record)
    sql = statements.KNOWN_BEGINNINGS.format(
        record=record, place_no="0", dimension="''", filters=""
    )
    return question.frame(sql)


def _rolled_beginnings(question: Question, record: str) -> pd.DataFrame:
    """They are the same whatever is asked of the areas: looked up once per snapshot."""

    def look() -> pd.DataFrame:
        return question.frame(statements.BEGINNINGS.format(record=record, areas=_areas(question)))

    places = (area.area_id for area in question.places.areas)
    return remembered(question.snapshot, ("beginnings", record, *question.maps, *places), look)


def _areas(question: Question) -> str:
    """One area is found by its bounds alone; several are told apart by a join."""
    return statements.ONE_AREA if len(question.places.areas) == 1 else statements.MANY_AREAS


def alive(question: Question, day: str, asked: str = "asked") -> str:
    """Whether a day is in an area's life; a month it began in is its own."""
    if not question.has_bounded_lives:
        return "true"
    start, end = f"{asked}.life_start", f"{asked}.life_end"
    if len(question.places.areas) == 1:
        start, end = "$life_start", "$life_end"
    unit = "month" if day.endswith("month") else "day"
    return f"({day} >= date_trunc('{unit}', {start}::date) and {day} < {end})"


def fits(question: Question, names: Sequence[str], day: str, asked: str = "asked") -> str:
    """Whether a cohort began in the period its event is in, and in the area's life."""
    if all(measures()[name].additivity is not Additivity.COHORT for name in names):
        return "true"
    origin = f"r.origin_{day}"
    begun = period_number(origin, question.selection)
    same = f"{begun} = {period_number(f'r.{day}', question.selection)}"
    return f"{origin} is null or ({same} and {alive(question, origin, asked)})"


def _sums(names: Sequence[str], times: str = "", is_moved: str = "") -> str:
    """Sums of measures. Of what moved along with its area stocks alone count."""

    def counted(name: str) -> str:
        is_stock = measures()[name].additivity is Additivity.LAST
        if is_stock or not is_moved:
            return f"r.{name}{times}"
        return f"case when {is_moved} then 0 else r.{name}{times} end"

    return ",\n    ".join(f"sum({counted(name)}) as {name}" for name in names)


def filter_conditions(
    question: Question, record: str, table: str = "d"
) -> tuple[str, dict[str, list[str]]]:
    """The conditions of the filters: alternatives of a name, and all names at once.

    With them comes that of the organisations whose doings alone are counted; a record that
    knows no organisations has nothing of theirs.
    """
    columns = FILTERS[record]
    wanted: dict[str, list[str]] = {}
    for name, value in question.selection.filters:
        wanted.setdefault(columns[name], []).append(value)
    conditions = [f"{table}.{column} in (select unnest(${column}))" for column in wanted]
    if question.organisations is not None:
        conditions.append(statements.OWN if "organisation" in columns else "false")
    return f"where {' and '.join(conditions)}" if conditions else "", wanted
