"""The one door: the command line, and `server` for gunicorn. Wiring only."""

import json
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from commands.alert import alert_cli
from commands.compared import compared_cli
from commands.dossiers import dossier_cli
from commands.export import export_cli
from commands.export_schedule import schedule_cli
from commands.figure import figure_cli, rules_of
from commands.people import audit_cli, key_cli, user_cli
from commands.screens import screen_cli
from commands.selecting import breakdown, pair
from commands.source import collector, source_cli, token_cli
from domain.area import Boundaries, Level
from domain.errors import BusyError, IocError, SelectionError
from domain.period import Grain, ReportingCalendar, Span
from domain.scope import EVERYTHING
from settings import SettingsError, settings

if TYPE_CHECKING:
    from commands.submission_desk import SubmissionDesk
    from dashboards.opening import Opening

WRONG_INPUT, BUSY = 2, 75

cli = typer.Typer(
    help="Toàn Cảnh: collect, compute and show a province's figures.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
cli.add_typer(figure_cli)
cli.add_typer(compared_cli)
cli.add_typer(dossier_cli)
cli.add_typer(alert_cli, name="alert")
export_cli.add_typer(schedule_cli)
cli.add_typer(export_cli, name="export")
cli.add_typer(source_cli, name="source")
cli.add_typer(token_cli, name="token")
cli.add_typer(user_cli, name="user")
cli.add_typer(key_cli, name="api-key")
cli.add_typer(audit_cli, name="audit")
cli.add_typer(screen_cli, name="screen")


class Form(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


# ---- the web, the collector, and both together ----------------------------------------------


def server() -> Any:
    """The WSGI application: `gunicorn 'app:server()'`."""
    from commands.post_office import mail_server
    from commands.published import limits
    from commands.workshop import Workshop
    from dashboards.shell import create_app

    chosen = settings()
    return create_app(
        chosen.home,
        poll_seconds=chosen.poll_seconds,
        language=chosen.language,
        opening=_opening(),
        desk=_desk(),
        workshop=Workshop(chosen.home),
        limits=limits(),
        mail=mail_server(),
    ).server


def _desk() -> "SubmissionDesk":
    """Where people hand in figures."""
    from commands.submission_desk import SubmissionDesk
    from metrics.rules import rules

    home = settings().home
    return SubmissionDesk(home, lambda: rules(home / "config"), lambda: datetime.now(UTC))


def _opening() -> "Opening":
    """To whom the web is opened. Raises IocError with what has to be done first."""
    from dashboards.office import office_of
    from dashboards.opening import opening_of
    from datasources.config import FILE, read_sources

    chosen = settings()
    configured = read_sources(chosen.home) if (chosen.home / FILE).exists() else {}
    opening = opening_of(
        chosen.home,
        host=chosen.host,
        origins=chosen.origins or "",
        openness=chosen.open,
        proxies=chosen.proxies if chosen.proxied else "",
        key=chosen.secret_key.get_secret_value() if chosen.secret_key else None,
        real_sources=[name for name, source in configured.items() if not source.simulated],
    )
    secret = chosen.identity_secret
    return replace(
        opening,
        office=office_of(chosen.admin_port, chosen.admin_from, chosen.admin_hours),
        contact=chosen.security_contact or "",
        identity_secret=secret.get_secret_value() if secret else None,
    )


@cli.command()
def run() -> None:
    """Start the collector and the web; an empty home gets the simulated province."""
    from commands.processes import Program, announce, stop_signals, supervise

    chosen = settings()
    _opening()
    programs = [
        Program("web", ("app.py", "serve")),
        Program("collector", ("app.py", "collect")),
    ]
    if _is_demo(chosen.home):
        given = ("--home", str(chosen.home), "--port", str(chosen.demo_port))
        simulator = ("-m", "datasources.simulator", *given, "--seed", str(chosen.demo_seed))
        ready = f"http://127.0.0.1:{chosen.demo_port}/readyz"
        programs.insert(1, Program("simulated province", simulator, ready))
    with stop_signals() as stopping:
        announce(f"Toàn Cảnh: http://{chosen.host}:{chosen.port}   (Ctrl-C ends everything)")
        supervise(programs, stopping)
    announce("ended")


def _is_demo(home: Path) -> bool:
    """Whether a home is empty, or collects from the simulated province."""
    from datasources.config import FILE, read_sources

    if not (home / FILE).exists():
        return True
    return any(source.simulated for source in read_sources(home).values())


@cli.command()
def serve() -> NoReturn:
    """Serve the pages and the API of the last published snapshot."""
    chosen = settings()
    _opening()
    address = f"[{chosen.host}]" if ":" in chosen.host else chosen.host
    options = {
        "bind": f"{address}:{chosen.port}",
        "workers": chosen.web_workers,
        "threads": chosen.web_threads,
        "graceful-timeout": 5,
        "log-level": "warning",
    }
    words = [f"--{name}={value}" for name, value in options.items()]
    if chosen.admin_port is not None:
        words.append(f"--bind={address}:{chosen.admin_port}")
    program = [sys.executable, "-m", "gunicorn", *words, "--no-control-socket", "app:server()"]
    os.execv(program[0], program)  # noqa: S606 - our own interpreter, no shell


@cli.command()
def collect(
    once: Annotated[bool, typer.Option("--once", help="Every source once, then end.")] = False,
    source: Annotated[list[str] | None, typer.Option(help="Only this one; repeatable.")] = None,
) -> None:
    """Collect the sources of config/sources.toml by their schedules, and publish."""
    from commands.keeper import CHECK, MAIL, Keeper
    from commands.post_office import has_mailings

    if once or source:
        raise typer.Exit(collector().run_once(source))
    mail = replace(MAIL, needed=has_mailings)
    with Keeper(typer.echo, CHECK) as alerts, Keeper(typer.echo, mail) as mailings:

        def published() -> None:
            alerts.note()
            mailings.note()

        status = collector(published).serve()
    raise typer.Exit(status)


# ---- figures --------------------------------------------------------------------------------


@cli.command()
def query(  # noqa: PLR0913, PLR0917 - one argument per option
    metric: Annotated[list[str], typer.Argument(help="Ids, as `metrics` lists them.")],
    since: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    until: Annotated[
        datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The day after the last.")
    ],
    area: Annotated[
        str | None,
        typer.Option(metavar="CODE[@DAY]", help="Who holds the code [on DAY]; else the country."),
    ] = None,
    grain: Annotated[Grain | None, typer.Option(help="One value per period; else one.")] = None,
    by: Annotated[str, typer.Option(help="area|organisation|procedure|field|channel")] = "none",
    level: Annotated[
        Level | None, typer.Option(help="Level of the areas listed, or of the units counted.")
    ] = None,
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
    calendar: Annotated[
        ReportingCalendar, typer.Option(help="Months of the calendar, or 15th to 14th.")
    ] = ReportingCalendar.MONTH,
    order: Annotated[
        str | None, typer.Option(help="best|worst: ranked lines first, and which of them first.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="So many lines of each metric, once in order.")
    ] = None,
    successors: Annotated[
        bool, typer.Option("--successors", help="Which area of today's map each one became.")
    ] = False,
    form: Annotated[Form, typer.Option("--format")] = Form.TABLE,
) -> None:
    """Values of metrics: the figures every page, file and API answer shows.

    The ten communes with the most overdue dossiers on a day, and today's communes that hold
    them: query dossiers_pending_overdue --area 25 --from 2025-06-30 --to 2025-07-01 --by area
    --level commune --order worst --limit 10 --successors
    """
    from commands.published import published
    from metrics import answer, listing
    from metrics.query import query as values_of
    from metrics.selection import Selection

    home = settings().home
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
    frame = values_of(
        selection,
        EVERYTHING,
        published(),
        now=datetime.now(UTC),
        rules=rules_of(home),
    )
    if order or limit:
        frame = listing.in_order(frame, rules_of(home).catalogue, order or "best", limit)
    if successors:
        frame = listing.with_successors(frame, rules_of(home).register)
    if form is Form.JSON:
        _print_json(answer.document(frame))
    else:
        typer.echo(answer.as_csv(frame) if form is Form.CSV else answer.as_table(frame))


@cli.command()
def metrics(
    form: Annotated[str, typer.Option("--format", help="table|json|markdown")] = "table",
) -> None:
    """The catalogue: what is measured, how, and on what legal basis."""
    from metrics import describe
    from metrics.rules import rules

    ours = rules_of(settings().home)
    if form == "json":
        _print_json(describe.catalogue_document(ours))
    elif form == "markdown":
        typer.echo(describe.catalogue_markdown(rules()), nl=False)
    elif form == "table":
        typer.echo(describe.catalogue_table(ours.catalogue))
    else:
        raise SelectionError(f"There is no format '{form}'. There are: table, json, markdown.")


def _print_json(document: Any) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=1, default=str))


# ---- looking after the installation ---------------------------------------------


@cli.command()
def doctor() -> None:
    """Look at the machine, the configuration, the snapshot and the web; say what to mend."""
    from commands.doctor import findings

    signs = {"good": "✓", "note": "!", "bad": "✗"}
    found = list(findings(settings().home))
    for finding in found:
        typer.echo(f"{signs[finding.state]} {finding.sentence}")
    if any(finding.state == "bad" for finding in found):
        raise typer.Exit(1)


def main() -> None:
    """Run the command line; what people can mend is one sentence, never a traceback."""
    try:
        cli()
    except BusyError as error:
        _give_up(error.message, BUSY)
    except (IocError, SettingsError) as error:
        _give_up(str(error), WRONG_INPUT)


def _give_up(sentence: str, status: int) -> NoReturn:
    typer.echo(sentence, err=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
