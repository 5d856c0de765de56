"""The command line for single dossiers: those behind a figure, for who works on this machine."""

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from commands.figure import rules_of
from commands.people import deed_of
from commands.selecting import pair
from domain.area import Boundaries, Level
from domain.period import Span
from domain.scope import EVERYTHING
from settings import settings

dossier_cli = typer.Typer()


class Part(StrEnum):
    """Which count of the figure."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"


class Form(StrEnum):
    """How a list is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dossier_cli.command()
def dossiers(  # noqa: PLR0913, PLR0917 - one argument per option
    metric: Annotated[str, typer.Argument(help="Id, as `metrics` lists it.")],
    since: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    until: Annotated[
        datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The day after the last.")
    ],
    area: Annotated[
        str | None,
        typer.Option(metavar="CODE[@DAY]", help="Who holds the code [on DAY]; else the country."),
    ] = None,
    part: Annotated[Part, typer.Option(help="Which count of the figure.")] = Part.NUMERATOR,
    level: Annotated[Level | None, typer.Option(help="Level of the units counted.")] = None,
    boundaries: Annotated[
        Boundaries, typer.Option(help="Each day's own map, or history on today's.")
    ] = Boundaries.THEN,
    narrow: Annotated[
        list[str] | None, typer.Option("--filter", metavar="NAME=VALUE", help="Repeatable.")
    ] = None,
    order: Annotated[
        str, typer.Option(help="late|left|due|received|newest|finished|code|procedure|…")
    ] = "late",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="So many rows.")] = 50,
    offset: Annotated[int, typer.Option(min=0, help="After so many.")] = 0,
    form: Annotated[Form, typer.Option("--format")] = Form.TABLE,
) -> None:
    """The dossiers behind a figure: exactly those its numerator or denominator counts.

    That they were listed, and by whom, is kept in the audit trail.
    """
    from commands.published import published
    from metrics import dossier_answer, drill
    from metrics.selection import Selection
    from store.state.audit import note

    home = settings().home
    filters = tuple(pair(text) for text in narrow or ())
    span = Span(since.date(), until.date())
    selection = Selection(
        (metric,), span, area, level=level, boundaries=boundaries, filters=filters
    )
    found = drill.drill(
        selection,
        drill.Part(part),
        EVERYTHING,
        published(),
        now=datetime.now(UTC),
        rules=rules_of(home),
        page=drill.Page(order, limit, offset),
    )
    note(home, deed_of("dossiers", selection.key, f"{part}, {len(found.rows)} rows"))
    if form is Form.JSON:
        document = dossier_answer.document(found, offset)
        typer.echo(json.dumps(document, ensure_ascii=False, indent=1))
    elif form is Form.CSV:
        typer.echo(dossier_answer.as_csv(found.rows), nl=False)
    else:
        typer.echo(dossier_answer.as_table(found))
