"""The command line for files to take away: a chart, a table, or a pack of slides."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.figure import rules_of
from commands.published import published
from commands.selecting import breakdown, pair
from domain.area import Boundaries, Level
from domain.period import Grain, ReportingCalendar, Span
from domain.scope import EVERYTHING
from settings import settings

if TYPE_CHECKING:
    from dashboards.exports.exhibit import Folder
    from dashboards.exports.making import Maker
    from dashboards.exports.recipe import Recipe

export_cli = typer.Typer(
    no_args_is_help=True, help="Write a chart, a table or a pack of slides to a file."
)

Out = Annotated[Path, typer.Option("--out", "-o", help="The file to write.", dir_okay=False)]
Since = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")]
Until = Annotated[
    datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The day after the last.")
]
Area = Annotated[
    str | None,
    typer.Option(metavar="CODE[@DAY]", help="Who holds the code [on DAY]; else the country."),
]
FormOption = Annotated[
    str | None,
    typer.Option("--format", help="pptx|pdf|xlsx|docx|csv|png|png4|svg; else as --out ends."),
]
Calendar = Annotated[
    ReportingCalendar, typer.Option(help="Months of the calendar, or 15th to 14th.")
]


@export_cli.command()
def chart(  # noqa: PLR0913, PLR0917 - one argument per option
    metric: Annotated[str, typer.Argument(help="An id, as `metrics` lists it.")],
    since: Since,
    until: Until,
    out: Out,
    area: Area = None,
    kind: Annotated[str, typer.Option(help="trend|ranking|map|figures|concerns")] = "trend",
    grain: Annotated[Grain, typer.Option(help="How a trend is cut.")] = Grain.MONTH,
    boundaries: Annotated[
        Boundaries, typer.Option(help="Each day's own map, or history on today's.")
    ] = Boundaries.TODAY,
    calendar: Calendar = ReportingCalendar.MONTH,
    order: Annotated[
        str, typer.Option(help="best|worst: which end of a ranking is first.")
    ] = "best",
    form: FormOption = None,
) -> None:
    """What a page shows of a metric: its trend, its ranking or its map, with all that is said."""
    from dashboards.selection import View

    maker = _maker()
    view = View.model_validate(
        {
            "page": "area" if area else "overview",
            "area": area,
            "from": since.date(),
            "to": Span(since.date(), until.date()).last_day,
            "metric": maker.rules.catalogue.metric(metric).id,
            "grain": grain,
            "boundaries": boundaries,
            "calendar": calendar,
            "order": order,
        }
    )
    _write(maker.panel(kind, view), out, form)


@export_cli.command()
def table(  # noqa: PLR0913, PLR0917 - one argument per option
    metric: Annotated[list[str], typer.Argument(help="Ids, as `metrics` lists them.")],
    since: Since,
    until: Until,
    out: Out,
    area: Area = None,
    grain: Annotated[Grain | None, typer.Option(help="One value per period; else one.")] = None,
    by: Annotated[str, typer.Option(help="area|organisation|procedure|field|channel")] = "none",
    level: Annotated[Level | None, typer.Option(help="Level of the areas listed.")] = None,
    boundaries: Annotated[
        Boundaries, typer.Option(help="Each day's own map, or history on today's.")
    ] = Boundaries.THEN,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="What was known at the end of that day."),
    ] = None,
    narrow: Annotated[
        list[str] | None, typer.Option("--filter", metavar="NAME=VALUE", help="Repeatable.")
    ] = None,
    calendar: Calendar = ReportingCalendar.MONTH,
    form: FormOption = None,
) -> None:
    """The values that `query` gives with the same options, as a table."""
    from metrics.selection import Selection

    selection = Selection(
        tuple(metric),
        Span(since.date(), until.date()),
        area,
        grain,
        breakdown(by),
        level,
        boundaries,
        as_of and as_of.date(),
        tuple(pair(text) for text in narrow or ()),
        calendar,
    )
    _write(_maker().table(selection), out, form)


@export_cli.command()
def pack(
    recipe: Annotated[
        str, typer.Argument(help="A name, as `export recipes` lists it, or a .toml file.")
    ],
    out: Out,
    area: Area = None,
    period: Annotated[
        str | None, typer.Option(help="last_week, this_month, 2025-Q2, 2025-06, FROM..TO …")
    ] = None,
    form: FormOption = None,
) -> None:
    """A pack for a meeting: cover, key figures, charts that can be edited, maps, explanations."""
    _write(_maker().pack(_recipe(recipe), area, period), out, form)


@export_cli.command()
def recipes() -> None:
    """The recipes that come with the program, and those people keep, with their sections."""
    from dashboards.exports.recipe import shipped
    from store.state.recipes import recipes as kept

    names = [*shipped(), *(one.name for one in kept(settings().home))]
    for name, recipe in ((name, _recipe(name)) for name in names):
        kinds = ", ".join(section.kind for section in recipe.sections)
        typer.echo(f"{name:<16}{recipe.title} ({recipe.period}): {kinds}")


@export_cli.command(hidden=True)
def build() -> None:
    """Make what people have asked for on the pages; the web starts this where something waits."""
    from commands.published import limits
    from dashboards.exports.builder import build as build_waiting
    from dashboards.exports.builder import limit

    limit()
    build_waiting(settings().home, limits())


def _recipe(name: str) -> "Recipe":
    from dashboards.exports.recipe import recipe_file
    from dashboards.mailings.sending import recipe_named

    return (
        recipe_file(Path(name)) if name.endswith(".toml") else recipe_named(settings().home, name)
    )


def _maker() -> "Maker":
    from dashboards.exports.making import Maker

    chosen = settings()
    return Maker(
        published(),
        rules_of(chosen.home),
        EVERYTHING,
        datetime.now(UTC),
        chosen.language,
        home=chosen.home,
    )


def _write(folder: "Folder", out: Path, form: str | None) -> None:
    """Write the file whole or not at all, and say what it became."""
    from dashboards.exports.forms import form_named, write_file

    chosen = form_named(form or out.suffix.removeprefix(".").lower())
    size = write_file(chosen, folder, out, settings().home / "config")
    typer.echo(f"{out}: {folder.title}, {size:,} bytes.")
