import csv
import json
from pathlib import Path

from metrics import catalogue, catalogue_document, catalogue_markdown, catalogue_table, rules

ROOT = Path(__file__).parents[2]


def test_the_printed_catalogue_is_current() -> None:
    shipped = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert shipped == catalogue_markdown(rules()), (
        "Write it anew: python app.py metrics --format markdown > docs/metrics.md"
    )


def test_the_catalogue_as_json_holds_every_metric_with_its_targets() -> None:
    told = json.loads(json.dumps(catalogue_document(rules()), allow_nan=False))
    by_id = {metric["id"]: metric for metric in told["metrics"]}
    assert list(by_id) == list(catalogue().metrics)
    rate = by_id["online_dossier_rate"]
    assert rate["dimensions"] == ["area", "organisation", "procedure", "field", "channel"]
    assert rate["name"]["vi"] == "Tỷ lệ hồ sơ trực tuyến"
    of_phu_tho = next(target for target in rate["targets"] if target["area"])
    assert (of_phu_tho["area"], of_phu_tho["value"]) == ("25@", 40)
    assert of_phu_tho["valid_until"] == "2022-01-01"


def test_the_catalogue_as_a_table_has_a_line_per_metric() -> None:
    lines = catalogue_table(catalogue()).splitlines()
    assert len(lines) == len(catalogue())
    assert lines[0].split()[:3] == ["dossiers_received", "dossier", "total"]


def test_every_printed_figure_that_ships_has_its_metric() -> None:
    press = ROOT / "datasources" / "registers" / "press.csv"
    with press.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        metric = catalogue().metric(row["metric"])
        if metric.is_rate and not row["numerator"]:
            assert 0 <= float(row["value"]) <= 100, row
        if not metric.is_rate:
            assert row["value"], row
