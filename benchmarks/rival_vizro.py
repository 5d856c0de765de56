"""Six charts in Vizro on a snapshot of ours, as its manual says; run by Vizro's own Python.

    gunicorn --workers 2 --threads 4 "rival_vizro:web('asked.json')"

The file says which snapshot, area, days and shapes. Every chart has a function that loads just
what it draws by one statement on the tables that were rolled up for pages, and Vizro keeps what
it gave in a cache of files that both processes share.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import vizro.models as vm  # type: ignore[import-not-found]  # lives in the rival's own environment
import vizro.plotly.express as px  # type: ignore[import-not-found]  # the same
from flask_caching import Cache
from vizro import Vizro
from vizro.managers import data_manager  # type: ignore[import-not-found]  # the same

ON_TIME = "sum(dossiers_resolved_early + dossiers_resolved_on_time)"
RATE = f"100.0 * {ON_TIME} / ({ON_TIME} + sum(dossiers_resolved_late)) as rate"

TREND = f"""
select month, {RATE}
from dossier_area_month
where boundaries = 'today' and level = 'province' and area_id = $area
and month >= $trend_start and month < $end
group by month
order by month
"""

MEMBERS = f"""
select code, full_name as name, {RATE}
from dossier_area_month
join area using (area_id)
where boundaries = 'today' and dossier_area_month.level = 'commune' and area_id in (
    select area_id from area_link
    where boundaries = 'today' and level = 'province' and ancestor_id = $area
)
and month >= $start and month < $end
group by code, full_name
order by rate desc
"""

CUT = f"""
select {{by}} as name, {RATE}
from dossier_delta
where area_id in (
    select area_id from area_link
    where boundaries = 'today' and level = 'province' and ancestor_id = $area
)
and day >= $start and day < $end
group by name
order by rate desc
"""
STATEMENTS = {
    "trend": TREND,
    "map": MEMBERS,
    "ranking": MEMBERS,
    "spread": MEMBERS,
    "field": CUT.format(by="field_code"),
    "channel": CUT.format(by="channel"),
}


def web(asked_file: str) -> Any:
    """The app of a page with the six charts."""
    asked = json.loads(Path(asked_file).read_text(encoding="utf-8"))
    kept = {"CACHE_TYPE": "FileSystemCache", "CACHE_DIR": asked["cache"]}
    data_manager.cache = Cache(config={**kept, "CACHE_DEFAULT_TIMEOUT": 3600})
    told = {"area": asked["area"]} | {
        name: date.fromisoformat(asked[name]) for name in ("trend_start", "start", "end")
    }
    opened: list[duckdb.DuckDBPyConnection] = []  # after the fork, once in every process
    for name, statement in STATEMENTS.items():
        data_manager[name] = _loading((asked["snapshot"], asked["base"]), opened, statement, told)
    shapes = json.loads(Path(asked["shapes"]).read_text(encoding="utf-8"))
    page = vm.Page(
        title="On time",
        components=_charts(shapes),
        layout=vm.Grid(grid=GRID, row_min_height="420px"),
    )
    return Vizro(compress=asked["compress"]).build(vm.Dashboard(pages=[page]))


def _loading(
    files: tuple[str, str],
    opened: list[duckdb.DuckDBPyConnection],
    statement: str,
    told: dict[str, Any],
) -> Any:
    used = {name: value for name, value in told.items() if f"${name}" in statement}

    def load() -> Any:
        if not opened:
            snapshot, base = files
            opened.append(duckdb.connect(snapshot, read_only=True, config={"threads": 2}))
            if base:  # what the snapshot adds to
                opened[0].execute(f"attach '{base}' as base (read_only)")
        return opened[0].cursor().execute(statement, used).df()

    return load


GRID = [[0, 0], [1, 2], [3, 3], [4, 5]]


def _charts(shapes: dict[str, Any]) -> list[Any]:
    place = {"geojson": shapes, "locations": "code", "color": "rate", "hover_name": "name"}
    return [
        vm.Graph(id="trend", figure=px.line("trend", x="month", y="rate", markers=True)),
        vm.Graph(id="map", figure=px.choropleth("map", fitbounds="locations", **place)),
        vm.Graph(id="ranking", figure=px.bar("ranking", x="rate", y="name", orientation="h")),
        vm.Graph(id="spread", figure=px.histogram("spread", x="rate", nbins=12)),
        vm.Graph(id="field", figure=px.bar("field", x="rate", y="name", orientation="h")),
        vm.Graph(id="channel", figure=px.bar("channel", x="rate", y="name", orientation="h")),
    ]
