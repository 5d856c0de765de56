"""Finding an area by typing: options for the search box, each leading to its address."""

from dashboards.places import area_path, area_title, area_view
from dashboards.selection import MOST_COMPARED, View
from dashboards.text import Words
from domain.area import Area, AreaMatch, AreaRegister, Level
from domain.period import Span
from domain.scope import EVERYTHING, Scope

MOST = 12
SHORTEST = 2


def found_areas(
    text: str,
    view: View,
    register: AreaRegister,
    span: Span,
    words: Words,
    scope: Scope = EVERYTHING,
) -> list[dict[str, str]]:
    """Options for what was typed, best first: label with where it lies, value the address.

    Only what the scope allows is found. Accents, case and the place of tones do not matter. An old
    name finds the old area, and says what it is today.
    """
    if len(text.strip()) < SHORTEST:
        return []
    return [
        _option(match, view, register, span, words)
        for match in register.search(text, scope=scope, limit=MOST)
    ]


def _option(
    match: AreaMatch, view: View, register: AreaRegister, span: Span, words: Words
) -> dict[str, str]:
    area = match.area
    name = match.name[:1].upper() + match.name[1:]
    label = f"{name}{_around(area.area_id, register)}"
    if area.valid_until is not None:
        label += _successor(match, register, words)
    elif name != area_title(area):
        label += words("search.renamed", name=area_title(area))
    return {"value": area_address(view, area, register, span), "label": label}


def area_address(view: View, area: Area, register: AreaRegister, span: Span) -> str:
    """The same view of the area; where areas are compared, the area beside the others."""
    if view.page != "compare" or view.area is None:
        return area_view(view, area, span.last_day).href()
    path = area_path(area, span.last_day)
    there = (view.area, *view.others)
    is_there = any(register.resolve(one, span.last_day) is area for one in there)
    others = view.others if is_there else (*view.others, path)[-MOST_COMPARED["with"] :]
    return view.href(others=others)


def _around(area_id: str, register: AreaRegister) -> str:
    """What it lay in last, the nearest first, each after a comma."""
    above = register.ancestors(area_id)
    names = [
        area_title(register.get(above[level]))
        for level in (Level.DISTRICT, Level.PROVINCE)
        if level in above and above[level] != area_id
    ]
    return "".join(f", {name}" for name in names)


def _successor(match: AreaMatch, register: AreaRegister, words: Words) -> str:
    ended = match.area.valid_until
    if match.successor_id is None:
        return words("search.ended", year=ended.year if ended else "")
    return words("search.became", name=area_title(register.get(match.successor_id)))
