"""Make the GeoJSON files under assets/geo from a folder of TopoJSON maps.

    python scripts/build_maps.py MAPS [assets/geo]

MAPS holds provinces_34.topojson, provinces_63.topojson, districts_pre2025/PP.topojson and
communes_2025_schematic/PP.topojson (directly or in a folder cc0/), and archipelagos.geojson.

Exteriors are written clockwise, as d3-geo and therefore Plotly's `geo` wants them
(counter-clockwise means "the whole world except this"). Rounding and thinning happen on shared
arcs, so neighbours keep exactly the same border. Beside the features, each file states its
licence, the caption that must stand under it, `view` (west, south, east, north of what a first
look should show) and `extent`. Hoàng Sa and Trường Sa are in every map they belong to; they lie
outside `view` and inside `extent`: draw them as insets.
"""

import json
import sys
from collections.abc import Iterable
from itertools import pairwise
from math import hypot
from pathlib import Path
from typing import Any

Point = tuple[float, float]
Ring = list[Point]
Feature = dict[str, Any]

ARCHIPELAGO_WEST = 110.6  # no mainland, and no coastal island, lies east of this meridian
BOUNDARY = "Ranh giới giản lược, không dùng để xác định địa giới hành chính"
SCHEMATIC = "Sơ đồ, không phải ranh giới hành chính"
CREDIT = "Who's On First / Mesoshapes (CC0), giản lược"


def main(maps: Path, out: Path) -> None:
    """Every map of the folder."""
    cc0 = maps / "cc0" if (maps / "cc0").is_dir() else maps
    for name in ("provinces_34", "provinces_63"):
        convert(cc0 / f"{name}.topojson", out / f"{name}.json", BOUNDARY, CREDIT, tolerance=0.003)
    for source in sorted((cc0 / "districts_pre2025").glob("*.topojson")):
        convert(
            source, out / "districts" / f"{source.stem}.json", BOUNDARY, CREDIT, tolerance=0.001
        )
    for source in sorted((cc0 / "communes_2025_schematic").glob("*.topojson")):
        convert(source, out / "communes" / f"{source.stem}.json", SCHEMATIC, "")
    archipelagos(maps / "archipelagos.geojson", out / "archipelagos.json")


def convert(source: Path, target: Path, caption: str, credit: str, tolerance: float = 0.0) -> None:
    """One TopoJSON file to one GeoJSON file."""
    topology = json.loads(source.read_text(encoding="utf-8"))
    (layer,) = topology["objects"].values()
    arcs = decode_arcs(topology, tolerance)
    features = [feature(geometry, arcs) for geometry in layer["geometries"]]
    write(target, caption, credit, sorted(features, key=lambda f: f["id"]))


def decode_arcs(topology: dict[str, Any], tolerance: float, digits: int = 3) -> list[Ring]:
    """Absolute, rounded coordinates of every arc, thinned to `tolerance` degrees."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for deltas in topology["arcs"]:
        x = y = 0
        arc: Ring = []
        for dx, dy in deltas:
            x, y = x + dx, y + dy
            arc.append((round(x * sx + tx, digits), round(y * sy + ty, digits)))
        arcs.append(thin(arc, tolerance))
    return arcs


def thin(line: Ring, tolerance: float) -> Ring:
    """Douglas-Peucker: drop points nearer than `tolerance` to the line left; both ends stay."""
    line = [point for i, point in enumerate(line) if i == 0 or point != line[i - 1]]
    keep, open_spans = {0, len(line) - 1}, [(0, len(line) - 1)]
    while open_spans:
        first, last = open_spans.pop()
        far, index = max(
            ((distance(line[i], line[first], line[last]), i) for i in range(first + 1, last)),
            default=(0.0, 0),
        )
        if far > tolerance + 1e-9:
            keep.add(index)
            open_spans += [(first, index), (index, last)]
    return [line[i] for i in sorted(keep)]


def distance(p: Point, a: Point, b: Point) -> float:
    """From a point to the segment a-b, in degrees (north-south and east-west alike)."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length2 = dx * dx + dy * dy
    along = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2 if length2 else 0.0
    along = min(1.0, max(0.0, along))
    return hypot(p[0] - a[0] - along * dx, p[1] - a[1] - along * dy)


def feature(geometry: dict[str, Any], arcs: list[Ring]) -> Feature:
    """A feature whose id is the area's code; `codes` where one polygon stands for several."""
    parts = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
    polygons = [polygon([stitch(ring, arcs) for ring in part]) for part in parts]
    codes = str(geometry["properties"].get("codes", geometry["id"]))
    properties = {"codes": codes.replace(";", ",").split(",")} if codes != geometry["id"] else {}
    return make_feature(geometry["id"], properties, [p for p in polygons if p])


def make_feature(code: str, properties: dict[str, Any], polygons: list[list[Ring]]) -> Feature:
    """Polygon or MultiPolygon, whichever it takes."""
    if not polygons:
        raise ValueError(f"area {code}: nothing left after rounding; use more digits")
    one = len(polygons) == 1
    shape = {
        "type": "Polygon" if one else "MultiPolygon",
        "coordinates": polygons[0] if one else polygons,
    }
    return {"type": "Feature", "id": code, "properties": properties, "geometry": shape}


def stitch(indexes: Iterable[int], arcs: list[Ring]) -> Ring:
    """One closed ring from its arcs; ~i means arc i backwards."""
    ring: Ring = []
    for index in indexes:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring += arc[1:] if ring else arc
    return ring


def polygon(rings: list[Ring]) -> list[Ring]:
    """Exterior clockwise, holes counter-clockwise; empty when the exterior collapsed."""
    if len(rings[0]) < 4 or signed_area(rings[0]) == 0:
        return []
    holes = [ring for ring in rings[1:] if len(ring) >= 4 and signed_area(ring) != 0]
    return [turned(rings[0], clockwise=True), *(turned(hole, clockwise=False) for hole in holes)]


def signed_area(ring: Ring) -> float:
    """Twice the area; negative when clockwise."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))


def turned(ring: Ring, *, clockwise: bool) -> Ring:
    """The ring in the wanted direction."""
    return ring if (signed_area(ring) < 0) == clockwise else ring[::-1]


def archipelagos(source: Path, target: Path) -> None:
    """Islands (drawn larger than life), label frames and named points."""
    features = []
    for item in json.loads(source.read_text(encoding="utf-8"))["features"]:
        shape, properties = item["geometry"], item["properties"]
        if shape["type"] == "Point":
            features.append({"type": "Feature", "properties": properties, "geometry": shape})
            continue
        parts = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        polygons = [polygon([[(x, y) for x, y in ring] for ring in part]) for part in parts]
        features.append(make_feature(properties["code"], properties, polygons))
    write(target, SCHEMATIC, "", features)


def write(target: Path, caption: str, credit: str, features: list[Feature]) -> None:
    """One feature a line, so that a change of one area is one line of a diff."""
    target.parent.mkdir(parents=True, exist_ok=True)
    facts = {
        "type": "FeatureCollection",
        "licence": "CC0-1.0",
        "caption": caption,
        **extents(features),
    }
    if credit:
        facts["credit"] = credit
    text = json.dumps(facts | {"features": features}, ensure_ascii=False, separators=(",", ":"))
    target.write_text(
        text.replace('{"type":"Feature"', '\n{"type":"Feature"') + "\n", encoding="utf-8"
    )


def extents(features: list[Feature]) -> dict[str, list[float]]:
    """West, south, east, north: `extent` of everything, `view` without the archipelagos."""
    points = [p for f in features for p in points_of(f["geometry"]["coordinates"])]
    mainland = [p for p in points if p[0] < ARCHIPELAGO_WEST]
    return {"view": box(mainland or points), "extent": box(points)}


def box(points: list[Point]) -> list[float]:
    """The smallest west, south, east, north around the points."""
    xs, ys = zip(*points, strict=True)
    return [min(xs), min(ys), max(xs), max(ys)]


def points_of(nested: Any) -> Iterable[Point]:
    """Every point of a geometry's coordinates, however deep."""
    if isinstance(nested[0], (int, float)):
        yield nested[0], nested[1]
    else:
        for inner in nested:
            yield from points_of(inner)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "assets/geo"))
