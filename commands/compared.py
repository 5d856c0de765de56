"""The command line for figures beside others: compared, restated, ranked, in doubt. All as JSON."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from commands.figure import rules_of
from commands.published import published
from domain.area import Boundaries, Level
from domain.errors import SelectionError
from domain.period import Grain, Span
from domain.scope import EVERYTHING
from settings import settings

compared_cli = typer.Typer()
DAY = ["%Y-%m-%d"]
Metric = Annotated[str, typer.Argument(help="Its id, as `metrics` lists it.")]
Area = Annotated[str, typer.Option(metavar="CODE[@DAY]", help="The area.")]
Since = Annotated[datetime, typer.Option("--from", formats=DAY, help="First day.")]
Until = Annotated[datetime, typer.Option("--to", formats=DAY, help="The day after the last.")]
Map = Annotated[Boundaries, typer.Option(help="Each day's own map, or history on today's.")]


@compared_cli.command()
def compare(
    metric: Metric,
    area: Area,
    since: Since,
    until: Until,
    boundaries: Map = Boundaries.THEN,
) -> None:
    """One value beside other periods, its target, the area above and its peers."""
    from metrics.compare import comparisons
    from metrics.documents import compared_document
    from metrics.selection import Selection

    asked = Selection((metric,), Span(since.date(), until.date()), area, boundaries=boundaries)
    found = comparisons(asked, EVERYTHING, published(), **_now())
    _print(compared_document(found))


@compared_cli.command()
def restated(
    metric: Metric,
    area: Area,
    since: Since,
    until: Until,
    as_of: Annotated[datetime, typer.Option(formats=DAY, help="What was known on that day.")],
    grain: Annotated[Grain | None, typer.Option(help="One value per period; else one.")] = None,
    boundaries: Map = Boundaries.THEN,
) -> None:
    """Values as known now beside those known on a past day, and why they differ."""
    from metrics.documents import restated_document
    from metrics.restated import restated as values
    from metrics.selection import Selection

    span, day = Span(since.date(), until.date()), as_of.date()
    asked = Selection((metric,), span, area, grain, boundaries=boundaries)
    _print(restated_document(values(asked, day, EVERYTHING, published(), **_now()), day))


@compared_cli.command()
def ranking(
    metric: Metric,
    area: Area,
    since: Since,
    until: Until,
    level: Annotated[Level | None, typer.Option(help="Level of the areas ranked.")] = None,
    boundaries: Map = Boundaries.THEN,
    order: Annotated[str, typer.Option(help="best|worst: which end is listed first.")] = "best",
) -> None:
    """The areas in an area in order of a metric; who has no rank, and why."""
    from metrics.documents import ranking_document
    from metrics.query import query
    from metrics.ranking import Order
    from metrics.ranking import ranking as ranked
    from metrics.selection import By, Selection

    if order not in list(Order):
        raise SelectionError(f"There is no order '{order}'. There are: best, worst.")
    span, now = Span(since.date(), until.date()), _now()
    asked = Selection((metric,), span, area, by=By.AREA, level=level, boundaries=boundaries)
    frame = query(asked, EVERYTHING, published(), **now)
    listed = ranked(frame, now["rules"].catalogue.metric(metric), order=Order(order))
    _print(ranking_document(listed, frame))


def _now() -> dict[str, Any]:
    """The instant freshness is judged at, and the home's rules."""
    return {"now": datetime.now(UTC), "rules": rules_of(settings().home)}


def _print(document: Any) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=1))
