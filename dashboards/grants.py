"""Roles and scopes in forms: what is asked, and what is wrong with what was typed, in words."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from dashboards import plain
from dashboards.text import Words
from domain.area import register as areas
from domain.dossier import local_day
from domain.errors import IocError
from domain.grant import scope_named
from domain.organisation import normalise_code
from domain.scope import Scope

ALL = "*"


def scope_fields(say: Words, scope: Scope | None) -> list[str]:
    """What somebody may see, by codes; all organisations unless somebody says otherwise."""
    places = "" if scope is None else ALL
    if scope is not None and scope.areas is not None:
        places = ", ".join(sorted(one.partition("@")[0] for one in scope.areas))
    organisations = ALL
    if scope is not None and scope.organisations is not None:
        organisations = ", ".join(sorted(scope.organisations))
    return [
        plain.field("areas", say("people.areas"), value=places),
        plain.field("organisations", say("people.organisations"), value=organisations),
    ]


def scope_of_form(given: Mapping[str, str], say: Words) -> Scope:
    """The scope of a form; `*` alone is everything, so that nothing is not.

    Raises IocError in the reader's words.
    """
    today = local_day(datetime.now(UTC))
    places = _codes(given.get("areas", ""), say)
    for code in places:
        try:
            areas().resolve(code, today)
        except IocError:
            raise IocError(say("people.no_area", code=code)) from None
    organisations = _codes(given.get("organisations", ""), say)
    for code in organisations:
        try:
            normalise_code(code)
        except IocError:
            raise IocError(say("people.no_organisation", code=code)) from None
    return scope_named(places, organisations, today)


def _codes(text: str, say: Words) -> Sequence[str]:
    """Codes between commas; none for all. Raises IocError for nothing at all."""
    if text.strip() == ALL:
        return ()
    codes = [code.strip() for code in text.split(",") if code.strip()]
    if not codes:
        raise IocError(say("people.say_which", all=ALL))
    return codes
