"""The numbers of a page by SQL and nothing else: no catalogue, verdicts, freshness or coverage.

Written for the one page, straight on the snapshot's tables, as somebody would who needs only
these numbers. It is what `metrics.query` is measured against.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import isnan
from typing import Any

from duckdb import DuckDBPyConnection as Connection

from domain.area import COUNTRY_ID
from domain.period import ReportingCalendar, Span

Values = dict[str, list[float | None]]

FLOWS = """
    sum(dossiers_received) filter (where {within}) as received,
    sum(dossiers_resolved) filter (where {within}) as resolved,
    sum(dossiers_resolved_early) filter (where {within}) as early,
    sum(dossiers_resolved_on_time) filter (where {within}) as on_time,
    sum(dossiers_resolved_late) filter (where {within}) as late,
    sum(dossiers_received_online) filter (where {within}) as online,
    sum(dossiers_received_due) filter (where {within}) as received_due,
    sum(dossiers_null_due) filter (where {within}) as null_due,
    sum(dossiers_lapsed) filter (where {within_cohort}) as lapsed,
    sum(dossiers_pending) as pending,
    sum(dossiers_pending_overdue) as overdue"""

METRICS = {
    "dossiers_received": "received",
    "dossiers_resolved": "resolved",
    "dossiers_resolved_early": "early",
    "dossiers_resolved_on_time": "on_time",
    "dossiers_resolved_late": "late",
    "dossiers_pending": "pending",
    "dossiers_pending_overdue": "overdue",
    "on_time_rate_resolved": "100.0 * (early + on_time) / (early + on_time + late)",
    "on_time_rate_qd766": "100.0 * (received_due - coalesce(lapsed, 0)) / received_due",
    "resolution_rate": "100.0 * resolved / received",
    "online_dossier_rate": "100.0 * online / received",
    "null_due_share": "100.0 * null_due / received",
}

CARDS = """
with counted as (
    select {flows}
    from {rows}
    where {day} < $end
)
select {metrics} from counted
"""

# Stocks are running sums, so what was before the first period is carried into it.
TREND = """
with counted as (
    select {period} as period, {flows}
    from {rows}
    where {day} < $end
    group by period
),
run as (
    select
        * exclude (pending, overdue),
        sum(pending) over (order by period) as pending,
        sum(overdue) over (order by period) as overdue
    from counted
)
select {metrics} from run where period >= $trend_start order by period
"""

RANKING = """
select
    member,
    100.0 * sum(dossiers_resolved_early + dossiers_resolved_on_time)
        / sum(dossiers_resolved_early + dossiers_resolved_on_time + dossiers_resolved_late),
    sum(dossiers_received)
from {members}
where {day} >= $start and {day} < $end
group by member
"""

ROLLED = """(
    select * from dossier_area_{grain}
    where boundaries = 'today' and level = $level and area_id = $area
)"""

ROLLED_MEMBERS = """(
    select area_id as member, * from dossier_area_{grain}
    where boundaries = 'today' and level = $member_level and area_id in (
        select area_id from area_link
        where boundaries = 'today' and level = $level and ancestor_id = $area
    )
)"""

CUT = """(
    select * from dossier_area_cut_{grain}
    where boundaries = 'today' and level = $level and area_id = $area and field_code = $field
)"""

CUT_MEMBERS = """(
    select area_id as member, * from dossier_area_cut_{grain}
    where boundaries = 'today' and level = $member_level and field_code = $field and area_id in (
        select area_id from area_link
        where boundaries = 'today' and level = $level and ancestor_id = $area
    )
)"""

SINGLE = """(
    select * from dossier_delta
    where field_code = $field and area_id in (
        select area_id from area_link
        where boundaries = 'today' and level = $level and ancestor_id = $area
    )
)"""

SINGLE_MEMBERS = """(
    select commune.ancestor_id as member, delta.*
    from dossier_delta as delta
    join area_link as commune on commune.area_id = delta.area_id
    and commune.boundaries = 'today' and commune.level = $member_level
    where field_code = $field and commune.ancestor_id in (
        select area_id from area_link
        where boundaries = 'today' and level = $level and ancestor_id = $area
    )
)"""

MONTH = "date_trunc('month', {day})"
REPORT_MONTH = "date_trunc('month', {day} - 14) + interval 14 day"


@dataclass(frozen=True)
class Asked:
    """What a page asks for: its area, the spans of its cards and trend, how it is cut."""

    area: str
    span: Span
    trend: Span
    reporting: ReportingCalendar
    filters: tuple[tuple[str, str], ...]


def parts(connection: Connection, asked: Asked) -> dict[str, Callable[[], Values]]:
    """Cards, trend, ranking and map, each as one statement."""
    is_monthly = asked.reporting is ReportingCalendar.MONTH
    grain = "month" if is_monthly else "day"
    if not asked.filters:
        whole, members = ROLLED, ROLLED_MEMBERS
    else:
        whole, members = (CUT, CUT_MEMBERS) if is_monthly else (SINGLE, SINGLE_MEMBERS)
    period = (MONTH if is_monthly else REPORT_MONTH).format
    origin = f"origin_{grain}"
    since = f"{grain} >= $start"
    names = {
        "day": grain,
        "rows": whole.format(grain=grain),
        "members": members.format(grain=grain),
        "metrics": ", ".join(METRICS.values()),
        "period": period(day=grain),
    }
    same_period = f"{period(day=origin)} = {period(day=grain)}"
    in_span = FLOWS.format(within=since, within_cohort=f"{since} and {origin} >= $start")
    in_period = FLOWS.format(within="true", within_cohort=same_period)
    params = {
        "area": asked.area,
        "start": asked.span.start,
        "end": asked.span.end,
        "trend_start": asked.trend.start,
        "field": dict(asked.filters).get("field"),
        "level": "country" if asked.area == COUNTRY_ID else "province",
    }

    def rows(template: str, flows: str, members: str = "commune") -> list[tuple[Any, ...]]:
        sql = template.format(flows=flows, **names)
        told = params | {"member_level": members}
        wanted = {name: told[name] for name in told if re.search(rf"\${name}\b", sql)}
        return connection.cursor().execute(sql, wanted).fetchall()

    def by_metric(found: list[tuple[Any, ...]]) -> Values:
        columns = zip(*found, strict=True)
        named = zip(METRICS, columns, strict=True)
        return {f"{name} {asked.area}": [_number(one) for one in column] for name, column in named}

    def by_area(members: str) -> Values:
        found = rows(RANKING, "", members)
        rates = {f"on_time_rate_resolved {area}": [_number(rate)] for area, rate, _ in found}
        return rates | {f"dossiers_received {area}": [_number(count)] for area, _, count in found}

    return {
        "cards": lambda: by_metric(rows(CARDS, in_span)),
        "trend": lambda: by_metric(rows(TREND, in_period)),
        "ranking": lambda: by_area("province" if asked.area == COUNTRY_ID else "commune"),
        "map": lambda: by_area("commune"),
    }


def _number(value: Any) -> float | None:
    return None if value is None or isnan(value) else float(value)
