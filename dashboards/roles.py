"""Roles: what each may do. A person has one role, and with it a scope of their own.

Whoever adds a permission adds it here; docs/access.md is written from this table. Single
dossiers are read by those who work on them or answer for them, never by who only looks after
machines or accounts, by a screen, or by the public.
"""

from dataclasses import dataclass
from datetime import timedelta

from dashboards.access import (
    ALERTS,
    ANSWER,
    ASK,
    AUDIT,
    BOARDS,
    CLOSE,
    DOSSIERS,
    EXPORT,
    HANDLE,
    OWN,
    PEOPLE,
    READ,
    SCREENS,
    SOURCES,
    SUBMIT,
)
from domain.errors import IocError, UnknownNameError

STANDARD, SHORT = timedelta(minutes=15), timedelta(minutes=5)
SCREEN = "kiosk"
"""The role of screens, which no person has."""
SMALL = 5
"""Counts below it tell about single people; who looks from outside does not see them."""


@dataclass(frozen=True)
class Role:
    """What a kind of person may do. `needs_code`: a second factor is asked for.

    `idle` is how long they may do nothing before they are logged out; counts below `least` are
    withheld from them.
    """

    name: str
    vi: str
    en: str
    permissions: frozenset[str]
    idle: timedelta = STANDARD
    needs_code: bool = False
    least: int = 0


FIGURES = frozenset({READ, EXPORT, SOURCES, ALERTS, BOARDS})
EXPLAINS = frozenset({HANDLE, ANSWER})
LEADS = frozenset({CLOSE, ASK})
ROLES = {
    role.name: role
    for role in (
        Role("leader", "Lãnh đạo", "Leader", FIGURES | LEADS | {DOSSIERS, OWN}),
        Role("department", "Sở, ngành", "Department", FIGURES | EXPLAINS | {DOSSIERS, SUBMIT, OWN}),
        Role("commune", "Xã, phường", "Commune", FIGURES | EXPLAINS | {DOSSIERS, SUBMIT, OWN}),
        Role(
            "steward",
            "Cán bộ dữ liệu",
            "Data steward",
            FIGURES | EXPLAINS | {DOSSIERS, SUBMIT, OWN},
        ),
        Role(
            "operator",
            "Vận hành",
            "Operator",
            frozenset({READ, SOURCES, ALERTS, BOARDS, OWN, SCREENS}),
        ),
        Role(
            "administrator",
            "Quản trị",
            "Administrator",
            FIGURES | EXPLAINS | LEADS | {SUBMIT, OWN, PEOPLE, AUDIT, SCREENS},
            idle=SHORT,
            needs_code=True,
        ),
        Role(SCREEN, "Màn hình", "Screen", frozenset({READ}), least=SMALL),
        Role("public", "Công chúng", "Public", frozenset({READ, BOARDS, OWN}), least=SMALL),
    )
}


def persons_role(name: str) -> Role:
    """The role of a name that a person may have. Raises IocError: screens belong to nobody."""
    role = role_named(name)
    if role.name == SCREEN:
        raise IocError("screens are enrolled (app.py screen confirm), and belong to no person.")
    return role


def role_named(name: str) -> Role:
    """The role of a name. Raises UnknownNameError with the nearest ones."""
    if name not in ROLES:
        raise UnknownNameError("role", name, ROLES)
    return ROLES[name]
