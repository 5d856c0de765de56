import json
from datetime import date
from typing import Any

import plotly.graph_objects as go
import pytest

from dashboards.charts.frame import config, safe_label
from dashboards.charts.map import Place, Scale, area_map, scale
from dashboards.charts.trend import Event, TrendLook, trend
from dashboards.charts.trend_sheet import events_within
from dashboards.components.happened import event_list
from dashboards.geography import COUNTRY_VIEW, archipelagos, shapes_within
from dashboards.text import words
from dashboards.theme import SCHEMES, Scheme, colours
from domain.area import COUNTRY_ID, register
from domain.period import Grain
from tests.dashboards.made_cells import cell, month
from tests.dashboards.reading import text_of

TODAY, BEFORE = date(2026, 11, 22), date(2025, 6, 30)


def look(scheme: Scheme = "light", **more: Any) -> TrendLook:
    return TrendLook(words("vi"), scheme, Grain.MONTH, **more)


def traces(figure: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {trace["name"]: trace for trace in figure["data"]}


def test_a_trend_has_its_values_its_open_period_and_its_target() -> None:
    values = [cell(95.0, period=month(1)), cell(96.0, period=month(2))]
    running = cell(97.0, period=month(3), open=True, status="unknown", status_reason="open")
    drawn = traces(trend([*values, running], look()))
    assert set(drawn) == {"target", "value", "open"}
    assert drawn["value"]["y"] == [95.0, 96.0]
    assert drawn["open"]["y"] == [96.0, 97.0]
    assert drawn["open"]["line"]["dash"] == "dot"
    assert drawn["target"]["line"]["shape"] == "hv"


def test_a_period_without_a_value_is_a_gap_in_the_line() -> None:
    gap = cell(None, period=month(2))
    drawn = traces(trend([cell(95.0, period=month(1)), gap, cell(96.0, period=month(3))], look()))
    assert drawn["value"]["y"] == [95.0, None, 96.0]
    assert drawn["value"]["connectgaps"] is False


def test_a_printed_figure_is_a_hollow_mark_with_its_citation() -> None:
    printed = cell(98.3, period=month(2), reported=True, citation="Báo Phú Thọ")
    drawn = traces(trend([cell(95.0, period=month(1)), printed], look()))
    assert drawn["reported"]["marker"]["symbol"].endswith("-open")
    assert "Báo Phú Thọ" in drawn["reported"]["text"][0]


def test_a_change_of_the_map_is_ruled_and_names_its_law() -> None:
    event = Event(date(2026, 2, 1), "01/02/2026: Nghị quyết 202/2025/QH15")
    months = [cell(95.0, period=month(number)) for number in (1, 2, 3)]
    figure = trend(months, look(events=(event,)))
    rules = [shape for shape in figure["layout"]["shapes"] if shape["type"] == "line"]
    assert [rule["x0"] for rule in rules] == ["2026-02-01"]
    assert any("202/2025/QH15" in note["text"] for note in figure["layout"]["annotations"])


def test_several_events_are_numbered_as_in_their_list_and_what_lasts_is_shaded() -> None:
    events = (
        Event(date(2026, 2, 10), "Mất nguồn", date(2026, 3, 5)),
        Event(date(2026, 2, 1), "Nghị định"),
        Event(date(2026, 2, 1), "Công văn"),
    )
    months = [cell(95.0, period=month(number)) for number in (1, 2, 3)]
    figure = trend(months, look(events=events))
    notes = {note["x"]: note["text"] for note in figure["layout"]["annotations"]}
    assert notes["2026-02-01"] == "1, 2"
    assert notes["2026-02-10"] == "3"
    listed = text_of(event_list(events_within(months, events), words("vi")))
    assert listed == "Nghị địnhCông vănMất nguồn"
    shades = [one for one in figure["layout"]["shapes"] if one.get("x1") == "2026-03-05"]
    assert [one["x0"] for one in shades] == ["2026-02-10"]


def test_a_value_that_equals_its_target_and_the_target_are_both_read() -> None:
    figure = trend([cell(98.0, period=month(1)), cell(98.0, period=month(2))], look())
    ends = [note for note in figure["layout"]["annotations"] if note["xanchor"] == "left"]
    assert sorted(note["yanchor"] for note in ends) == ["bottom", "top"]


def test_a_trend_without_any_value_says_so() -> None:
    figure = trend([cell(None)], look())
    assert figure["data"] == []
    assert figure["layout"]["annotations"][0]["text"] == "Chưa có dữ liệu"


def test_the_running_period_is_called_provisional() -> None:
    figure = trend([cell(95.0, period=month(1)), cell(97.0, period=month(2), open=True)], look())
    assert any("tạm tính" in note["text"] for note in figure["layout"]["annotations"])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_figure_is_plain_json_that_plotly_accepts(scheme: Scheme) -> None:
    figure = trend([cell(95.0, period=month(1)), cell(96.0, period=month(2))], look(scheme))
    assert json.loads(json.dumps(figure)) == figure
    go.Figure(figure)  # raises for a property that does not exist


def test_two_figures_share_nothing() -> None:
    first, second = (trend([cell()], look()) for _ in range(2))
    first["layout"]["xaxis"]["range"] = None
    assert second["layout"]["xaxis"]["range"] is not None


def national_places(day: date) -> list[Place]:
    provinces = register().roots(day)
    return [
        Place(area.code, area.full_name, cell(94.0 + number % 6, area_id=area.area_id), "/")
        for number, area in enumerate(provinces)
    ]


@pytest.mark.parametrize(("day", "count"), [(TODAY, 34), (BEFORE, 63)])
def test_the_national_map_has_every_province_of_its_day(day: date, count: int) -> None:
    shapes = shapes_within(register().get(COUNTRY_ID), day)
    assert shapes is not None
    figure = area_map(national_places(day), shapes, words("vi"), "light")
    assert len(set(traces(figure)["areas"]["locations"])) == count
    go.Figure(figure)


@pytest.mark.parametrize("day", [TODAY, BEFORE])
def test_both_archipelagos_are_on_every_national_map(day: date) -> None:
    shapes = shapes_within(register().get(COUNTRY_ID), day)
    assert shapes is not None
    drawn = traces(area_map([], shapes, words("vi"), "light"))
    west, south, east, north = COUNTRY_VIEW
    for one in archipelagos():
        assert {one.code, f"{one.code}-frame", f"{one.code}-name"} <= set(drawn)
        assert all(west < longitude < east for longitude in drawn[one.code]["lon"])
        assert all(south < latitude < north for latitude in drawn[one.code]["lat"])


@pytest.mark.parametrize(("province", "islands"), [("48", "20333"), ("56", "22736")])
def test_an_archipelago_is_an_inset_of_its_province(province: str, islands: str) -> None:
    shapes = shapes_within(register().at(province, TODAY), TODAY)
    assert shapes is not None
    figure = area_map([], shapes, words("vi"), "light")
    assert traces(figure)[islands]["geo"] == "geo2"
    assert "geo2" in figure["layout"]
    [name] = [one for one in figure["data"] if one["name"] == f"{islands}-name"]
    assert name["lat"][0] - figure["layout"]["geo2"]["lataxis"]["range"][0] >= 0.3  # room for it


def test_every_commune_of_every_province_has_a_shape() -> None:
    for province in register().roots(TODAY):
        shapes = shapes_within(province, TODAY)
        assert shapes is not None
        communes = register().children(province.area_id, TODAY)
        assert {area.code for area in communes} - set(shapes.feature) == set()


def test_an_area_without_a_value_is_drawn_as_having_none() -> None:
    shapes = shapes_within(register().get(COUNTRY_ID), TODAY)
    assert shapes is not None
    places = [Place("25", "Phú Thọ", cell(None), "/"), Place("04", "Cao Bằng", cell(99.0), "/")]
    drawn = traces(area_map(places, shapes, words("vi"), "light"))
    assert drawn["none"]["locations"] == ["25"]
    assert drawn["areas"]["locations"] == ["04"]
    assert "Chưa có dữ liệu" in drawn["none"]["text"][0]


def test_amounts_without_a_target_fall_into_classes_of_like_size() -> None:
    counts = [cell(float(n), unit="dossier", target=None) for n in range(1, 101)]
    used = scale(counts)
    classes = [used.step(one) for one in counts]
    assert [classes.count(step) for step in range(5)] == [20, 20, 20, 20, 20]


def test_values_with_a_target_are_coloured_by_their_verdict() -> None:
    assert scale([cell()]) == Scale(None)
    assert scale([cell()]).step(cell(status="missed")) == 2


def test_markup_in_a_name_from_data_is_shown_and_not_obeyed() -> None:
    assert safe_label('<a href="https://x">A</a>') == '&lt;a href="https://x"&gt;A&lt;/a&gt;'


def test_no_chart_offers_to_send_its_data_away() -> None:
    assert config("vi")["showSendToCloud"] is False
    assert config("vi")["displaylogo"] is False


def test_both_schemes_have_the_same_colours() -> None:
    light, dark = (colours(scheme) for scheme in SCHEMES)
    assert light.keys() == dark.keys()
    assert light["surface"] != dark["surface"]


def test_a_trend_begins_where_its_figures_begin() -> None:
    months = [cell(None, period=month(number)) for number in range(1, 6)]
    months += [cell(95.0, period=month(number)) for number in range(6, 12)]
    drawn = traces(trend(months, look()))
    assert drawn["value"]["x"][0] == "2026-06-01"
