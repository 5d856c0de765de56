"""Who may do what, as a table: written from what is registered, never by hand."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from dashboards.access import CODE, ENROL, GUEST, LEAVE, OPEN, PUSH, Access
from dashboards.roles import ROLES, SCREEN
from dashboards.shell import create_app
from dashboards.submitting import Desk

# Permissions that are held for a while, or by programs, whatever the role.
PASSING = {
    LEAVE: "whoever is logged in",
    CODE: "between password and code",
    ENROL: "while the second factor is set up",
    PUSH: "programs with a token",
}
HEAD = """# Who may do what

Written by `python app.py user matrix > docs/access.md`; a test compares it with the program. A
callback or a route that is not in it is refused. What a role may see of all this is narrowed
further by the areas and organisations of each person (`python app.py user list`).

"""


def registered() -> Access:
    """Everything the program registers, in a home of no one."""
    with TemporaryDirectory() as home:
        app = create_app(Path(home), desk=cast("Desk", object()))  # it is asked for nothing
        return cast("Access", app.server.extensions["ioc-access"])


def matrix_markdown(access: Access | None = None) -> str:
    """The tables: roles, callbacks, routes."""
    found = access or registered()
    return HEAD + "\n".join([*_roles(), "", *_callbacks(found), "", *_routes(found), ""])


def allowed(permission: str) -> list[str]:
    """The roles that may do what needs a permission; "guest" is whoever the open demo admits."""
    if permission == LEAVE:
        return list(ROLES)
    if permission in (CODE, ENROL):
        return [role.name for role in ROLES.values() if role.needs_code]
    held = {"guest": GUEST.permissions, **{role.name: role.permissions for role in ROLES.values()}}
    return [name for name, permissions in held.items() if permission in (OPEN, *permissions)]


def _roles() -> Iterator[str]:
    yield "## Roles"
    yield ""
    names = ("role", "in Vietnamese", "logged out after", "second factor", "counts withheld")
    yield f"| {' | '.join(names)} | permissions |"
    yield "|---|---|---|---|---|---|"
    for role in ROLES.values():
        minutes = int(role.idle.total_seconds()) // 60
        ends = f"{minutes} min idle, 8 h in all"
        if role.name == SCREEN:
            ends = "30 days away; revoked at once"
        withheld = f"1 to {role.least - 1}" if role.least else "none"
        code = "yes" if role.needs_code else "no"
        rights = ", ".join(f"`{one}`" for one in sorted(role.permissions))
        yield (f"| {role.name} | {role.vi} | {ends} | {code} | {withheld} | {rights} |")


def _callbacks(access: Access) -> Iterator[str]:
    yield "## Callbacks"
    yield ""
    yield from _heading("callback, first output")
    rows = {
        f"`{access.names[output]}` {_first(output)}": permission
        for output, permission in access.callbacks.items()
    }
    for name, permission in sorted(rows.items()):
        yield _row(name, permission)


def _routes(access: Access) -> Iterator[str]:
    yield "## Routes"
    yield ""
    yield from _heading("route")
    for rule, permission in sorted(access.routes.items()):
        yield _row(f"`{rule}`", permission)


def _heading(what: str) -> Iterator[str]:
    names = ("guest", *ROLES)
    yield f"| {what} | permission | {' | '.join(names)} |"
    yield "|---|---|" + "---|" * len(names)


def _row(name: str, permission: str) -> str:
    may = allowed(permission)
    marks = ["yes" if role in may else "–" for role in ("guest", *ROLES)]
    told = f"`{permission}`" if permission else "none"
    if permission in PASSING:
        told = f"{told}: {PASSING[permission]}"
    return f"| {name} | {told} | {' | '.join(marks)} |"


def _first(output: str) -> str:
    """The first output of a callback, without what Dash puts around several."""
    return output.strip(".").split("...")[0].split("@")[0]
