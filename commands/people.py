"""The command line's `user`, `api-key` and `audit`: who may ask, what was done. Wiring only.

They work on the machine itself, whatever has become of every account: the way in when the last
administrator is locked out. What they change is in the audit trail under the machine's user.
"""

import getpass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from domain.dossier import VIETNAM, local_day
from domain.errors import IocError
from domain.grant import scope_named, scope_told
from domain.scope import Scope
from settings import settings

if TYPE_CHECKING:
    from store.state.audit import Deed, Entry
    from store.state.people import Account

TAMPERED = 1

user_cli = typer.Typer(help="Who may log in, as what, and for which areas.", no_args_is_help=True)
key_cli = typer.Typer(help="Keys with which other programs ask the API.", no_args_is_help=True)
audit_cli = typer.Typer(help="The trail of what was done.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name they log in under.")]
RoleName = Annotated[str, typer.Option("--role", help="One of those `user matrix` lists.")]
Areas = Annotated[
    list[str] | None,
    typer.Option("--area", metavar="CODE", help="With all that lies in it; repeatable. Else all."),
]
Organisations = Annotated[
    list[str] | None,
    typer.Option("--organisation", metavar="CODE", help="With all below it; repeatable. Else all."),
]


# ---- people ---------------------------------------------------------------------------------


@user_cli.command()
def add(
    name: Name,
    role: RoleName,
    shown: Annotated[str, typer.Option(help="What they are called; else the name.")] = "",
    area: Areas = None,
    organisation: Organisations = None,
) -> None:
    """Add a person, and print the password they change at their first login."""
    from dashboards import passwords
    from dashboards.roles import persons_role
    from store.state.people import add_person, normal_name

    name, role = normal_name(name), persons_role(role).name
    scope, password = scope_of(area, organisation), passwords.first_password()
    deed = deed_of("person.add", name, f"{role}, {scope_told(scope)}")
    kept = passwords.hashed(password)
    add_person(settings().home, name, shown or name, role, scope, kept, deed)
    typer.echo(password)
    typer.echo(f"Hand it to {name} in person; it is changed at the first login.", err=True)


@user_cli.command()
def rights(
    name: Name, role: RoleName, area: Areas = None, organisation: Organisations = None
) -> None:
    """Give a person another role and scope, from their next request on."""
    from dashboards.roles import persons_role
    from store.state.people import change_rights

    role, scope = persons_role(role).name, scope_of(area, organisation)
    deed = deed_of("person.rights", name, f"{role}, {scope_told(scope)}")
    change_rights(settings().home, name, role, scope, deed)
    typer.echo(f"{name} is {role} for {scope_told(scope)}.")


@user_cli.command()
def disable(name: Name) -> None:
    """Let nobody log in under this name, and end every session of it now."""
    from store.state.people import disable_person

    disable_person(settings().home, name, deed_of("person.disable", name))
    typer.echo(f"{name} is disabled.")


@user_cli.command()
def unlock(name: Name) -> None:
    """Let a person log in again who was locked out, disabled or away too long."""
    from store.state.people import unlock_person

    unlock_person(settings().home, name, deed_of("person.unlock", name))
    typer.echo(f"{name} may log in.")


@user_cli.command()
def password(
    name: Name,
    code: Annotated[
        bool, typer.Option("--code", help="Have the second factor set up anew too.")
    ] = False,
) -> None:
    """Set a new first password, which is printed once; every session ends."""
    from dashboards import passwords
    from store.state.people import change_password, set_totp

    home, first = settings().home, passwords.first_password()
    kept = passwords.hashed(first)
    change_password(home, name, kept, deed_of("person.password", name), must_change=True)
    if code:
        set_totp(home, name, None, deed_of("person.code", name))
    typer.echo(first)


@user_cli.command("list")
def list_people() -> None:
    """Everybody: role, scope, last login, and whether they may log in."""
    from store.state.people import people

    for one in people(settings().home):
        typer.echo(_line(one))


@user_cli.command()
def matrix() -> None:
    """Which role may do what: the table in docs/access.md, from the code."""
    from dashboards.matrix import matrix_markdown

    typer.echo(matrix_markdown(), nl=False)


def _line(one: "Account") -> str:
    state = f"disabled {shown(one.disabled_at)}" if one.disabled_at else "may log in"
    due = ", changes the password first" if one.must_change else ""
    return (
        f"{one.name}  {one.shown}  {one.role}  {scope_told(one.scope)}"
        f"  last login {shown(one.last_in_at)}  {state}{due}"
    )


def scope_of(areas: list[str] | None, organisations: list[str] | None) -> Scope:
    """The areas of today's map and the organisations that were named. Raises AreaError."""
    return scope_named(areas or (), organisations or (), local_day(datetime.now(UTC)))


# ---- keys -----------------------------------------------------------------------------------


@key_cli.command("new")
def new_key(
    purpose: Annotated[str, typer.Argument(help="Whose program it is, and what it is for.")],
    days: Annotated[int, typer.Option(min=1, max=366, help="How long it is good.")] = 90,
    area: Areas = None,
    organisation: Organisations = None,
    alerts: Annotated[
        bool, typer.Option("--alerts", help="It may read alerts and explanations too.")
    ] = False,
) -> None:
    """Make a key. It is printed this once, and kept as a hash."""
    from dashboards.access import ALERTS
    from store.state.keys import make_key

    scope = scope_of(area, organisation)
    rights = [ALERTS] if alerts else []
    deed = deed_of("key.new", purpose, " ".join([scope_told(scope), *rights]))
    until = deed.at + timedelta(days=days)
    typer.echo(make_key(settings().home, purpose, scope, until, deed, rights))
    typer.echo("Sent as: Authorization: Bearer KEY. It cannot be shown again.", err=True)


@key_cli.command("revoke")
def revoke_key(key_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Let a key open nothing any more."""
    from store.state.keys import revoke_key as revoke

    revoke(settings().home, key_id, deed_of("key.revoke", key_id))
    typer.echo(f"{key_id} is revoked.")


@key_cli.command("list")
def list_keys() -> None:
    """The keys that were made: for what, until when, when last used. Never the secret."""
    from store.state.keys import keys

    for one in keys(settings().home):
        state = f"revoked {shown(one.revoked_at)}" if one.revoked_at else "valid"
        typer.echo(
            f"{one.key_id}  {one.purpose}  {' '.join([scope_told(one.scope), *sorted(one.rights)])}"
            f"  until {shown(one.expires_at)}"
            f"  used {shown(one.used_at)}  {state}"
        )


# ---- audit ----------------------------------------------------------------------------------


@audit_cli.command()
def verify(
    head: Annotated[
        str, typer.Option(help="A head noted earlier, which must still be in the trail.")
    ] = "",
) -> None:
    """Examine the whole trail; exit 1 and say where if anything was changed."""
    from store.state.audit import is_kept, verified

    home = settings().home
    verdict = verified(home)
    if verdict.problem is None and head and not is_kept(home, head):
        verdict = type(verdict)(verdict.entries, verdict.head, f"{head} is not in the trail.")
    if verdict.problem:
        typer.echo(f"{verdict.problem} The {verdict.entries} entries before it are whole.")
        raise typer.Exit(TAMPERED)
    typer.echo(f"{verdict.entries} entries, unbroken. Head: {verdict.head}")


@audit_cli.command()
def send() -> None:
    """Copy what is new to IOC_SYSLOG, and the head; exit 1 if the trail was changed."""
    from commands.syslog import send_trail

    chosen = settings()
    if chosen.syslog is None:
        raise IocError("IOC_SYSLOG does not say where to: /dev/log, udp://HOST:514, tcp://HOST:601")
    verdict = send_trail(chosen.home, chosen.syslog, datetime.now(UTC))
    typer.echo(f"{verdict.entries} entries. Head: {verdict.head}")
    if verdict.problem:
        typer.echo(verdict.problem, err=True)
        raise typer.Exit(TAMPERED)


@audit_cli.command()
def show(
    sought: Annotated[
        str, typer.Argument(help="A person, a thing, or the beginning of an event; else all.")
    ] = "",
    most: Annotated[int, typer.Option(min=1, max=100_000, help="How many, newest first.")] = 50,
) -> None:
    """What was done, newest first."""
    from store.state.audit import entries

    for entry in entries(settings().home, sought=sought, most=most):
        typer.echo(_entry_line(entry))


def _entry_line(entry: "Entry") -> str:
    deed = entry.deed
    parts = (deed.actor, deed.address, deed.event, deed.object, deed.outcome, deed.detail)
    told = "  ".join(part for part in parts if part)
    return f"{entry.seq}  {shown(deed.at)}  {told}"


def shown(moment: datetime | None) -> str:
    """An instant as it is printed."""
    return f"{moment.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}" if moment else "never"


def deed_of(event: str, what: str, detail: str = "") -> "Deed":
    """What the machine's user does, for the audit trail."""
    from store.state.audit import Deed

    try:
        user = getpass.getuser()
    except OSError as error:
        raise IocError(f"This machine does not say who you are: {error}.") from error
    return Deed(datetime.now(UTC), f"{user} (command line)", "", event, what, detail=detail)
