"""The command line's `source` and `token`: looking after what is collected. Wiring only."""

import csv
import getpass
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain.dossier import VIETNAM
from domain.errors import IocError, UnknownNameError
from settings import settings

if TYPE_CHECKING:
    from datasources.running.job import Progress
    from datasources.running.preview import Preview
    from datasources.running.requests import Action
    from datasources.running.scheduler import Collector

SOME_FAILED = 3
REASONS_SHOWN = 50

source_cli = typer.Typer(help="Look at one source, collect it, decide on it.", no_args_is_help=True)
token_cli = typer.Typer(
    help="Tokens with which other systems push documents to a source.", no_args_is_help=True
)

SourceId = Annotated[str, typer.Argument(metavar="ID", help="Its name in config/sources.toml.")]
By = Annotated[str, typer.Option(help="Who decides; else the user of this machine.")]


class Listing(StrEnum):
    """How a list is written."""

    TABLE = "table"
    CSV = "csv"


def collector(published: Callable[[], None] = lambda: None) -> "Collector":
    """The collector of the chosen home, which shows how far it is on a terminal.

    `published` is called after each publication.
    """
    from datasources.running.scheduler import Collector
    from store import Limits, arm

    chosen = settings()
    if chosen.crash_at:
        arm(chosen.crash_at)
    line = ProgressLine()
    return Collector(
        chosen.home,
        now=lambda: datetime.now(UTC),
        keep_snapshots=chosen.keep_snapshots,
        deadline_seconds=chosen.job_deadline_seconds,
        keep_landing_days=chosen.keep_landing_days,
        tell=line.around(typer.echo),
        progress=line.show,
        limits=Limits(memory=chosen.collect_memory_limit),
        published=published,
    )


class ProgressLine:
    """One line on a terminal that tells how far a long run has come; elsewhere nothing."""

    def __init__(self) -> None:
        self._is_seen = sys.stderr.isatty()
        self._began = time.monotonic()
        self._shown = False

    def show(self, source: str, progress: "Progress") -> None:
        """Write the line anew."""
        if self._is_seen:
            minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
            told = f"{progress.documents:,} documents, {progress.rows:,} rows"
            sys.stderr.write(f"\r\x1b[K{source}: {told}, {minutes}:{seconds:02}")
            sys.stderr.flush()
            self._shown = True

    def around(self, tell: Callable[[str], None]) -> Callable[[str], None]:
        """Tell sentences where the line was."""

        def told(sentence: str) -> None:
            if self._shown:
                sys.stderr.write("\r\x1b[K")
                sys.stderr.flush()
                self._shown = False
            tell(sentence)
            sys.stdout.flush()

        return told


# ---- looking --------------------------------------------------------------------------------


@source_cli.command()
def check(source: SourceId) -> None:
    """Connect, read, say what would be new, changed or rejected. Nothing is kept."""
    from datasources.running.preview import checked

    chosen, line = settings(), ProgressLine()
    tell = line.around(typer.echo)
    with checked(chosen.home, source, datetime.now(UTC), line.show) as (seen, folder):
        _print_preview(seen, tell)
        if seen.good and folder is not None and (chosen.home / "warehouse.duckdb").exists():
            _asked("compare", source, folder=folder)
    if not seen.good:
        raise typer.Exit(SOME_FAILED)


@source_cli.command()
def preview(
    source: SourceId,
    rows: Annotated[int, typer.Option(min=1, max=1000, help="How many records.")] = 10,
) -> None:
    """Show the first records as they were understood. Nothing is written."""
    from datasources.running.preview import preview as previewed

    seen = previewed(settings().home, source, datetime.now(UTC), rows)
    _print_preview(seen, typer.echo)
    if not seen.good:
        raise typer.Exit(SOME_FAILED)


def _print_preview(seen: "Preview", tell: Callable[[str], None]) -> None:
    for sentence in seen.sentences:
        tell(sentence)
    for kind, records in (seen.records or {}).items():
        tell(f"\n{kind}")
        for record in records:
            told = {name: value for name, value in record.items() if value not in (None, "", [])}
            tell("  " + "  ".join(f"{name}={value}" for name, value in told.items()))


@source_cli.command()
def rejected(
    source: SourceId,
    form: Annotated[Listing, typer.Option("--format")] = Listing.TABLE,
    batch: Annotated[int | None, typer.Option(help="Only those of this batch.")] = None,
) -> None:
    """Why records of a source were refused: places and rules, never their values."""
    from commands.published import published

    snapshot = published()
    known = [name for (name,) in snapshot.rows("select source from source order by 1")]
    if source not in known:
        raise UnknownNameError("source", source, known)
    rows = snapshot.rows(
        "select batch_id, row_number, field, rule, reason from rejected where source = $source"
        " and batch_id = coalesce($batch, batch_id) order by batch_id desc, row_number",
        {"source": source, "batch": batch},
    )
    if form is Listing.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(["batch", "row", "field", "rule", "reason"])
        writer.writerows(rows)
        return
    reasons = Counter((field, rule, reason) for _, _, field, rule, reason in rows)
    for (field, rule, reason), number in reasons.most_common(REASONS_SHOWN):
        typer.echo(f"{number:>8,}  {field or 'row'}  {rule}  {reason}")
    typer.echo(f"{len(rows):>8,}  rejected in the batches that are published")


@source_cli.command("new")
def new_source(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="csv, dvcqg, edxml and so on.")],
) -> None:
    """Print a commented stanza for config/sources.toml."""
    from datasources.stanza import stanza

    typer.echo(stanza(kind), nl=False)


# ---- doing ----------------------------------------------------------------------------------


@source_cli.command("run")
def run_source(source: SourceId) -> None:
    """Collect the source once and publish; a running collector is asked to do it."""
    raise typer.Exit(_asked("run", source))


@source_cli.command()
def replay(
    source: SourceId,
    batch: Annotated[
        int | None, typer.Option(help="Only what this batch read; else everything.")
    ] = None,
) -> None:
    """Read again what was read before, after its mapping or a register was mended."""
    raise typer.Exit(_asked("replay", source, batch=batch))


@source_cli.command()
def accept(source: SourceId, by: By = "") -> None:
    """Load what is held of a source: it is right, though there is much more or less than usual."""
    raise typer.Exit(_decided("accept", source, by))


@source_cli.command()
def refuse(source: SourceId, by: By = "") -> None:
    """Take nothing of what is held of a source, and go on after it."""
    raise typer.Exit(_decided("refuse", source, by))


def _decided(action: "Action", source: str, by: str) -> int:
    status = _asked(action, source, by=by)
    if not status:
        _audited(f"batch.{action}", source)
    return status


def _audited(event: str, source: str, detail: str = "") -> None:
    """Keep who did it in the audit trail."""
    from store.state.audit import Deed, note

    note(settings().home, Deed(datetime.now(UTC), _user(), "", event, source, detail=detail))


def _asked(action: "Action", source: str, *, by: str = "", **more: Any) -> int:
    from datasources.running.requests import request_of

    now = datetime.now(UTC)
    return collector().answer(request_of(action, source, by or _user(), now, **more))


def _user() -> str:
    try:
        return getpass.getuser()
    except OSError:
        return "unknown"


# ---- tokens ---------------------------------------------------------------------------------


@token_cli.command("new")
def new_token(source: SourceId) -> None:
    """Make a token for a source with push = true. It is shown this once, and kept as a hash."""
    from store.state import make_token

    home = settings().home
    _refuse_unpushed(home, source)
    token = make_token(home, source, _user(), datetime.now(UTC))
    _audited("token.new", source, token.split("_")[1])
    typer.echo(token)
    typer.echo("Keep it where only the sender can read it; it cannot be shown again.", err=True)


@token_cli.command()
def revoke(
    source: SourceId,
    token: Annotated[str | None, typer.Option("--id", help="Only this one; else all.")] = None,
) -> None:
    """Let a source's tokens, or one of them, be valid no longer."""
    from store.state import revoke_tokens

    number = revoke_tokens(settings().home, source, _user(), datetime.now(UTC), token)
    if not number:
        raise IocError(f"{source} has no such token that is valid. See: token list {source}")
    _audited("token.revoke", source, token or "all")
    typer.echo(f"{number} revoked.")


@token_cli.command("list")
def list_tokens(
    source: Annotated[str | None, typer.Argument(metavar="[ID]", help="Else of all.")] = None,
) -> None:
    """The tokens that were made: by whom, when last used, whether revoked. Never the secret."""
    from store.state import tokens_of

    def shown(moment: datetime | None) -> str:
        return f"{moment.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if moment else "never"

    for one in tokens_of(settings().home, source):
        state = f"revoked {shown(one.revoked_at)}" if one.revoked_at else "valid"
        typer.echo(
            f"{one.token_id}  {one.source}  made {shown(one.made_at)} by {one.made_by}"
            f"  used {shown(one.used_at)}  {state}"
        )


def _refuse_unpushed(home: Path, source: str) -> None:
    from datasources.config import known_sources, source_named

    config = source_named(known_sources(home), source)
    if config.kind == "submissions":
        raise IocError(
            f"{source} is handed in by people, on the page Nộp số liệu: no program pushes to it. "
            "For a program, configure a source of kind observations with push = true."
        )
    if not config.push:
        raise IocError(
            f"{source} is not pushed to. Write push = true into [{source}] in config/sources.toml."
        )
