"""The command line for figures: locked periods, findings of doubt, the index of Decision 766."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from domain.period import ReportingCalendar, Span
from domain.scope import EVERYTHING
from settings import settings

if TYPE_CHECKING:
    from metrics.rules import Rules

figure_cli = typer.Typer()


def rules_of(home: Path) -> "Rules":
    """The rules of a home; what of its configuration was not taken is said aside."""
    from metrics.rules import rules

    ours = rules(home / "config")
    if ours.problem:
        typer.echo(ours.problem, err=True)
    return ours


WholeArea = Annotated[str, typer.Option(metavar="CODE[@DAY]", help="The area, and all in it.")]
Decider = Annotated[str, typer.Option(help="Who decides.")]
Ground = Annotated[str, typer.Option(help="On what ground.")]
Months = Annotated[ReportingCalendar, typer.Option(help="Months of the calendar, or 15th to 14th.")]


@figure_cli.command()
def lock(
    period: Annotated[str, typer.Argument(help="2025, 2025-Q2, 2025-06 or FROM..TO.")],
    area: WholeArea,
    by: Decider,
    note: Ground = "",
    calendar: Months = ReportingCalendar.MONTH,
) -> None:
    """Freeze a period's figures as known today; corrections are then shown beside them."""
    _decide("lock", period, area, by, note, calendar)


@figure_cli.command()
def unlock(
    period: Annotated[str, typer.Argument(help="As it was locked.")],
    area: Annotated[str, typer.Option(metavar="CODE[@DAY]", help="The area that is locked.")],
    by: Decider,
    note: Ground = "",
    calendar: Months = ReportingCalendar.MONTH,
) -> None:
    """Let a locked period's figures move again; the book remembers that they were locked."""
    _decide("unlock", period, area, by, note, calendar)


def _decide(
    action: str, period: str, area: str, by: str, note: str, calendar: ReportingCalendar
) -> None:
    """Write a decision about a period into the book of locks, and show it."""
    from commands.published import published
    from domain.area import register
    from metrics import locks

    home, areas = settings().home, register()
    snapshot = published()
    span = locks.period_of(period, calendar)
    where = areas.resolve(area, span.last_day).area_id
    decision = locks.Lock(action, span, where, datetime.now(UTC), by, snapshot.version, note)
    locks.decide(home / "config" / locks.FILE, decision, areas, snapshot.horizon)
    typer.echo(locks.told(decision, areas))


@figure_cli.command()
def locks() -> None:
    """Every decision to lock or unlock a period, the oldest first."""
    from metrics.locks import told

    ours = rules_of(settings().home)
    for decision in ours.locks.book:
        typer.echo(told(decision, ours.register))
    if not ours.locks.book:
        typer.echo("No period has been locked.")


@figure_cli.command()
def quality(
    area: WholeArea,
    since: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    until: Annotated[
        datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The day after the last.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Figures that cannot be right, or deserve a second look, each with the rule that says so."""
    from commands.published import published
    from metrics.documents import findings_document
    from metrics.quality import findings
    from metrics.selection import Selection

    home = settings().home
    selection = Selection(("dossiers_received",), Span(since.date(), until.date()), area)
    snapshot, now = published(), datetime.now(UTC)
    found = findings(selection, EVERYTHING, snapshot, now=now, rules=rules_of(home))
    if as_json:
        typer.echo(json.dumps(findings_document(found), ensure_ascii=False, indent=1))
        return
    for finding in found:
        typer.echo(finding.words[settings().language])
    typer.echo(f"{len(found)} findings.")


@figure_cli.command()
def index766(
    area: Annotated[str, typer.Option(metavar="CODE[@DAY]", help="The area.")],
    since: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    until: Annotated[
        datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The day after the last.")
    ],
    each: Annotated[bool, typer.Option("--each", help="Every area directly in it.")] = False,
) -> None:
    """The index of Decision 766, as JSON: published, computed, and where points are lost."""
    from commands.published import published
    from metrics.index766 import document
    from metrics.index766 import index766 as index
    from metrics.selection import By, Selection

    home = settings().home
    span = Span(since.date(), until.date())
    selection = Selection(("dossiers_received",), span, area, by=By.AREA if each else By.NONE)
    snapshot, now = published(), datetime.now(UTC)
    found = index(selection, EVERYTHING, snapshot, now=now, rules=rules_of(home))
    typer.echo(json.dumps(document(found), ensure_ascii=False, indent=1))
