"""Where: the areas a selection's values are for, within what a person may see."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from domain.area import Area, AreaRegister, Boundaries, Level
from domain.errors import ScopeError, SelectionError
from domain.period import Span
from domain.scope import Scope
from metrics.formula import Text
from metrics.selection import By, Selection

# Any area that has not ended is valid on this day: it stands for today's map.
PRESENT = Span.of_days(date(9998, 1, 1), date(9998, 1, 1))


@dataclass(frozen=True)
class Places:
    """The areas of a selection's cells.

    `within` is the area asked for, `areas` one area per cell (itself, or the areas listed),
    `level` the level their rows show, `leaf_level` the level counts must have been made at
    (None: any). `note` says, in Vietnamese and English, if another area answers.
    """

    within: Area
    areas: tuple[Area, ...]
    level: Level
    leaf_level: Level | None
    note: Text | None = None


def places(selection: Selection, scope: Scope, register: AreaRegister) -> Places:
    """The areas of a selection. Raises AreaError, SelectionError, ScopeError."""
    asked = register.resolve(selection.area or "VN@", selection.span.last_day)
    within, note = asked, None
    if selection.boundaries is Boundaries.TODAY:
        within = _present(asked, register)
        note = _note(asked, within) if within is not asked else None
    if selection.by is By.AREA:
        areas = _allowed(within, _listed(selection, within, register), scope, register)
        return Places(within, areas, areas[0].level, None, note)
    if not scope.allows(within.area_id, register):
        raise _outside(within)
    return Places(within, (within,), selection.level or within.level, selection.level, note)


def _present(asked: Area, register: AreaRegister) -> Area:
    """The area of today's map that answers for the one asked."""
    link = register.today(asked.area_id)
    if link.area_id is None:
        raise SelectionError(
            f"{asked.full_name} ({asked.area_id}) ended without one successor, so today's map has "
            "no area for it. Ask with boundaries=then."
        )
    return register.get(link.area_id)


def _note(asked: Area, within: Area) -> Text:
    old, new = (f"{area.full_name} ({area.area_id})" for area in (asked, within))
    return Text(
        vi=f"{old} nay thuộc {new}; số liệu là của đơn vị hiện nay.",
        en=f"{old} is now {new}, whose figures these are.",
    )


def _listed(selection: Selection, within: Area, register: AreaRegister) -> tuple[Area, ...]:
    """The areas of the level asked for, else of the next level that exists, in `within`."""
    span = PRESENT if selection.boundaries is Boundaries.TODAY else _life(within, selection.span)
    level = selection.level or _next_level(within, span, register)
    areas = _descendants(register, within.area_id, level, span) if level else ()
    if level is None or not areas or level.depth <= within.level.depth:
        what = f"areas of the level '{level}'" if level else "areas"
        raise SelectionError(
            f"{within.full_name} ({within.area_id}) holds no {what} in this span. "
            "Leave out --level, or ask with by=none."
        )
    return areas


@lru_cache(maxsize=128)
def _descendants(
    register: AreaRegister, area_id: str, level: Level, span: Span
) -> tuple[Area, ...]:
    """Looked up once: a country has thousands, and every map of it asks for them."""
    return register.descendants(area_id, level, span)


def _life(within: Area, span: Span) -> Span:
    """The part of a span in which an area existed; the span itself if it never did."""
    start = max(span.start, within.valid_from or span.start)
    end = min(span.end, within.valid_until or span.end)
    return Span(start, end) if start < end else span


def _next_level(within: Area, span: Span, register: AreaRegister) -> Level | None:
    children = register.children(within.area_id, span.end - timedelta(days=1))
    return children[0].level if children else None


def _allowed(
    within: Area, areas: tuple[Area, ...], scope: Scope, register: AreaRegister
) -> tuple[Area, ...]:
    """Those of the areas that the scope allows: all, if it allows what they lie in."""
    if scope.areas is None or scope.allows(within.area_id, register):
        return areas
    allowed = tuple(area for area in areas if scope.allows(area.area_id, register))
    if not allowed:
        raise _outside(within)
    return allowed


def _outside(area: Area) -> ScopeError:
    return ScopeError(
        f"{area.full_name} ({area.area_id}) is outside the areas you may see. "
        "Ask for one of your own, or ask an administrator to widen your scope."
    )
