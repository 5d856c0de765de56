"""Who tells which metric, and for which periods: why there is a figure, or none.

    told = deliveries(snapshot)
    told.sources["dti_score"]      ("bao_cao_nganh",)
    told.newest("dti_score", until=date(2026, 11, 23))     the year 2025

Figures that stand alone, printed somewhere, are no deliveries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from domain.period import Span, add_months
from metrics.catalogue import Catalogue, Metric
from metrics.contents import remembered
from metrics.snapshots import Snapshot

OLDEST = 24
"""A figure of a period that ended so many months ago is history, and no newest figure."""
OBSERVED = """
select metric, source, period_start, period_end
from observation
where not standalone
group by all
order by metric, source, period_start, period_end
"""
KEPT_BY = """
select source, records
from source
order by source
"""


BROUGHT_AS = {"receipt": "document_status"}
"""What is put together of records of another kind (store/joined.py)."""


@dataclass(frozen=True)
class Deliveries:
    """By metric: the sources that told it ready-made, and the periods they told it for.

    `kept_by` are the sources by the kind of record they bring.
    """

    sources: Mapping[str, tuple[str, ...]]
    periods: Mapping[str, frozenset[Span]]
    kept_by: Mapping[str, tuple[str, ...]]

    def tellers(self, metric: Metric) -> tuple[str, ...]:
        """The sources a metric's figures can come from; none: nobody sends any."""
        if metric.record == "observation":
            return self.sources.get(metric.id, ())
        return self.kept_by.get(BROUGHT_AS.get(metric.record, metric.record), ())

    def newest(self, metric: str, span: Span) -> Span | None:
        """The newest period a metric was told for that ends within some days, or before them.

        None if it was told for those very days, never, or only long before.
        """
        told = self.periods.get(metric, frozenset())
        oldest = add_months(span.start, -OLDEST)
        over = [one for one in told if oldest < one.end <= span.end]
        if span in told or not over:
            return None
        return max(over, key=lambda one: (one.end, one.start))


def deliveries(snapshot: Snapshot) -> Deliveries:
    """What a snapshot's sources told, looked up once. Source: `observation` and `source`."""

    def look() -> Deliveries:
        sources: dict[str, dict[str, None]] = {}
        periods: dict[str, set[Span]] = {}
        for metric, source, start, end in snapshot.rows(OBSERVED):
            sources.setdefault(metric, {})[source] = None
            periods.setdefault(metric, set()).add(Span(_day(start), _day(end)))
        kept: dict[str, list[str]] = {}
        for source, records in snapshot.rows(KEPT_BY):
            for record in filter(None, (name.strip() for name in (records or "").split(","))):
                kept.setdefault(record, []).append(source)
        return Deliveries(
            {metric: tuple(names) for metric, names in sources.items()},
            {metric: frozenset(spans) for metric, spans in periods.items()},
            {record: tuple(names) for record, names in kept.items()},
        )

    return remembered(snapshot, ("deliveries",), look)


def newest_periods(
    snapshot: Snapshot, metrics: tuple[str, ...], span: Span, catalogue: Catalogue
) -> dict[str, Span]:
    """The newest periods of those metrics that are only ever told for periods of their own."""
    told = deliveries(snapshot)
    found = {
        metric.id: told.newest(metric.id, span)
        for metric in catalogue.some(metrics)
        if metric.is_looked_up
    }
    return {metric: period for metric, period in found.items() if period is not None}


def _day(value: date) -> date:
    return date(value.year, value.month, value.day)
