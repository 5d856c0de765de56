"""The command line's `screen`: which walls are ours, what each may show."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.people import Areas, Organisations, deed_of, scope_of, shown
from domain.errors import IocError, suggestion
from domain.grant import scope_told
from settings import settings

if TYPE_CHECKING:
    from store.state.screens import Screen

screen_cli = typer.Typer(
    help="Screens on walls: they look, and never log in.", no_args_is_help=True
)


@screen_cli.command("confirm")
def confirm_screen(
    code: Annotated[str, typer.Argument(help="What the wall shows at /screen.")],
    name: Annotated[str, typer.Option("--name", help="Where it hangs.")],
    addresses: Annotated[
        str, typer.Option("--from", help="Addresses or ranges; else the one it asked from.")
    ] = "",
    playlist: Annotated[str, typer.Option(help="What it shows one after the other.")] = "",
    area: Areas = None,
    organisation: Organisations = None,
) -> None:
    """Say that the wall which shows a code is ours; it shows figures within seconds."""
    from store.state.screens import asked_from, confirm, networks

    home, scope = settings().home, scope_of(area, organisation)
    _check(playlist, home)
    address = asked_from(home, code, datetime.now(UTC))
    if address is None:
        raise IocError("No screen shows that code now. Codes are good for ten minutes.")
    where = networks(addresses or address)
    deed = deed_of("screen.add", "", f"{scope_told(scope)}; {', '.join(where)}")
    typer.echo(confirm(home, code, (name, playlist, scope, where), deed))


@screen_cli.command("list")
def list_screens() -> None:
    """Every screen: scope, addresses, last seen, version, resolution."""
    from store.state.screens import screens

    for one in screens(settings().home):
        typer.echo(_line(one))


@screen_cli.command("revoke")
def revoke_screen(screen_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Let a screen show nothing any more; it is dark within a minute."""
    from store.state.screens import revoke

    revoke(settings().home, screen_id, deed_of("screen.revoke", screen_id))
    typer.echo(f"{screen_id} is revoked.")


def _check(playlist: str, home: Path) -> None:
    """Raises IocError where there is no playlist of that name, and says which there are."""
    from dashboards.screen_orders import known

    found = known(home).found
    if playlist and playlist not in found:
        near = suggestion(playlist, found)
        names = ", ".join(sorted(found))
        raise IocError(f"There is no playlist '{playlist}'.{near} There are: {names}.")


def _line(one: "Screen") -> str:
    state = f"revoked {shown(one.revoked_at)}" if one.revoked_at else "in use"
    parts = (
        one.screen_id,
        one.name,
        scope_told(one.scope),
        f"from {', '.join(one.addresses)}",
        one.playlist and f"playlist {one.playlist}",
        f"seen {shown(one.seen_at)} {one.seen_from}".strip(),
        one.build and f"version {one.build}",
        one.resolution,
        state,
    )
    return "  ".join(part for part in parts if part)
