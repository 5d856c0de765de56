"""A scope as an administrator writes it: codes of today's areas, and of organisations."""

from collections.abc import Iterable
from datetime import date

from domain.area import register
from domain.organisation import normalise_code
from domain.scope import Scope


def scope_named(areas: Iterable[str], organisations: Iterable[str], today: date) -> Scope:
    """The scope of some codes; no codes of a kind: all of it. Raises AreaError, RecordError."""
    known = register()
    ids = frozenset(known.resolve(code, today).area_id for code in areas)
    codes = frozenset(normalise_code(code) for code in organisations)
    return Scope(ids or None, codes or None)


def scope_told(scope: Scope) -> str:
    """A scope in the words of the audit trail and the command line."""
    areas = "all areas" if scope.areas is None else ", ".join(sorted(scope.areas)) or "no area"
    if scope.organisations is None:
        return areas
    return f"{areas}, organisations {', '.join(sorted(scope.organisations)) or 'none'}"
