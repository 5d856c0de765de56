"""Which map file shows which areas, and what must be said beside it."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from dashboards.theme import ASSETS
from domain.area import Area, AreaRegister, Level

GEO = ASSETS / "geo"
REORGANISED = date(2025, 7, 1)
HOANG_SA, TRUONG_SA = "20333", "22736"
COUNTRY_VIEW = (101.6, 6.6, 117.6, 23.7)
"""West, south, east and north of a national map: the mainland and both archipelagos."""

# Whom the archipelagos belong to: the commune since 2025 and the province that holds it.
HOME_OF = {HOANG_SA: "48", TRUONG_SA: "56"}


@dataclass(frozen=True)
class Shapes:
    """One map file.

    url      where the browser fetches it; changes when the file does
    view     west, south, east, north in degrees
    caption  what must be said of its lines; credit: who drew them
    feature  code of an area -> id of the shape that shows it (one shape may stand for several)
    """

    url: str
    view: tuple[float, float, float, float]
    caption: str
    credit: str
    feature: dict[str, str]
    is_national: bool


def shapes_within(area: Area, day: date) -> Shapes | None:
    """The map of what lies directly in an area on a day, or None where there is no such map.

    The country: 34 provinces, 63 before 1 July 2025. A province: its communes as a schematic,
    its districts before. Districts and communes have no map inside.
    """
    is_then = day < REORGANISED
    if area.level is Level.COUNTRY:
        return _shapes("provinces_63.json" if is_then else "provinces_34.json")
    if area.level is Level.PROVINCE:
        return _shapes(f"{'districts' if is_then else 'communes'}/{area.code}.json")
    return None


def map_around(area: Area, register: AreaRegister, day: date) -> Area:
    """The area whose inside a map shows: the area itself, or what a commune lies in."""
    if area.level in (Level.COUNTRY, Level.PROVINCE):
        return area
    return register.get(register.ancestors(area.area_id, day)[Level.PROVINCE])


@cache
def _shapes(name: str) -> Shapes | None:
    path = GEO / name
    if not path.exists():
        return None
    file = json.loads(path.read_text(encoding="utf-8"))
    is_national = name.startswith("provinces")
    return Shapes(
        url=url_of(path),
        view=COUNTRY_VIEW if is_national else tuple(file["view"]),
        caption=file["caption"],
        credit=file.get("credit", ""),
        feature={
            code: shape["id"]
            for shape in file["features"]
            for code in shape["properties"].get("codes", [shape["id"]])
        },
        is_national=is_national,
    )


def url_of(path: Path) -> str:
    """The address of a file in assets/, with the time it was last changed."""
    return f"/assets/{path.relative_to(ASSETS).as_posix()}?m={path.stat().st_mtime}"


@dataclass(frozen=True)
class Archipelago:
    """Hoàng Sa or Trường Sa: its name, the frame of its label, and where its islands are."""

    code: str
    name: str
    frame: tuple[list[float], list[float]]
    islands: tuple[list[float], list[float]]
    island_names: list[str]


@cache
def archipelagos() -> tuple[Archipelago, ...]:
    """Both, always: every map of the country and of their provinces shows them."""
    features = json.loads((GEO / "archipelagos.json").read_text(encoding="utf-8"))["features"]
    return tuple(_archipelago(code, features) for code in (HOANG_SA, TRUONG_SA))


def _archipelago(code: str, features: list[dict[str, object]]) -> Archipelago:
    frame = _geometry(next(one for one in features if one.get("id") == f"{code}-frame"))[0]
    islands = [one for one in features if _property(one, "group") == code]
    points = [_geometry(one) for one in islands]
    named = next(one for one in features if one.get("id") == code)
    return Archipelago(
        code,
        _property(named, "name"),
        ([point[0] for point in frame], [point[1] for point in frame]),
        ([point[0] for point in points], [point[1] for point in points]),
        [_property(one, "name") for one in islands],
    )


def _property(feature: dict[str, object], name: str) -> str:
    properties = feature["properties"]
    return str(properties.get(name, "")) if isinstance(properties, dict) else ""


def _geometry(feature: dict[str, object]) -> list:  # type: ignore[type-arg]  # GeoJSON coordinates nest to any depth
    geometry = feature["geometry"]
    return list(geometry["coordinates"]) if isinstance(geometry, dict) else []
