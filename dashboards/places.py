"""How areas are named and addressed on pages."""

from datetime import date

from dashboards.selection import AREA_IN_QUERY, View
from domain.area import COUNTRY_CODE, Area, AreaRegister, Level


def area_title(area: Area, day: date | None = None) -> str:
    """`Tỉnh Phú Thọ`: kind and name with a capital, as they were on a day."""
    name = area.version(day).full_name
    return name[:1].upper() + name[1:]


def area_path(area: Area, day: date) -> str:
    """`25`, or `25@2025-06-30` for an area that does not hold its code on `day`."""
    if area.is_valid(day):
        return area.code
    if area.valid_until is not None and area.valid_until <= day:
        return f"{area.code}@{date.fromordinal(area.valid_until.toordinal() - 1)}"
    return f"{area.code}@{area.valid_from}"


def area_view(view: View, area: Area, day: date, **changes: object) -> View:
    """The same view of another area: its own page, or the same page where that is of any area."""
    is_country = area.code == COUNTRY_CODE
    own = "overview" if is_country else "area"
    place = {
        "page": view.page if view.page in AREA_IN_QUERY else own,
        "area": None if is_country else area_path(area, day),
        "number": 1,
    }
    return view.model_copy(update={**place, **changes})


def crumbs(view: View, area: Area, register: AreaRegister, day: date) -> list[tuple[str, str]]:
    """(name, address) of everything the area lies in, the country first."""
    above = register.ancestors(area.area_id, min(day, _last_day(area, day)))
    return [
        (area_title(parent, day), area_view(view, parent, day).href())
        for level in Level
        if level is not area.level and level in above
        for parent in [register.get(above[level])]
    ]


def _last_day(area: Area, day: date) -> date:
    until = area.valid_until
    return date.fromordinal(until.toordinal() - 1) if until else day
