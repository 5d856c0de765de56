"""Who may not take figures away is not offered it; the figures themselves are the same."""

import shutil
from pathlib import Path

import pytest
from dash import Dash

from dashboards.shell import create_app
from tests.dashboards.logging_in import Visitor, add, called
from tests.dashboards.test_scoped import visitor

WRITTEN = "\\u002f"
"""How a slash of a tree is written in an answer."""
OFFERS = ("ioc-take", "download?metric")


@pytest.fixture(scope="module")
def app(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Dash:
    own = tmp_path_factory.mktemp("withheld") / "home"
    shutil.copytree(home, own)
    for role in ("leader", "operator"):
        add(own, f"a.{role}", role)
    return create_app(own)


def page(app: Dash, who: Visitor, path: str) -> str:
    answer = called(who, app, "show_page", "page.children", path)
    assert answer.status_code == 200
    return str(answer.text)


@pytest.mark.parametrize("path", ["/", "/area/25", "/metric/dossiers_received"])
def test_a_leader_is_offered_files_and_an_operator_is_not(app: Dash, path: str) -> None:
    offered = page(app, visitor(app, "leader"), path)
    assert all(one in offered for one in OFFERS)
    spared = page(app, visitor(app, "operator"), path)
    assert not [one for one in OFFERS if one in spared]
    assert "ioc-ranking__value" in spared


def test_what_is_drawn_anew_or_later_offers_nothing_either(app: Dash) -> None:
    for name, part, path in (
        ("redraw", "area-ranking.tree", "/area/25"),
        ("redraw_later", "metric-field.tree", "/metric/dossiers_received"),
    ):
        offered = called(visitor(app, "leader"), app, name, part, path).text
        spared = called(visitor(app, "operator"), app, name, part, path).text
        assert "download?metric" in offered
        assert "download?metric" not in spared


def test_the_first_picture_offers_nothing_and_the_leaders_next_one_does(app: Dash) -> None:
    assert "ioc-take" not in visitor(app, "operator").get("/area/25").text
    assert "ioc-take" in visitor(app, "leader").get("/area/25").text
    assert "ioc-take" not in visitor(app, "operator").get("/area/25").text


def test_who_may_ask_is_offered_to_at_a_missed_target_and_nobody_else(app: Dash) -> None:
    offered = page(app, visitor(app, "leader"), "/area/25")
    asked = "/alerts/ask/dossiers_pending_overdue/25@2025-07-01/2026-01-01/2026-11-22"
    assert f'"{asked.replace("/", WRITTEN)}","className":"ioc-card__ask"' in offered
    assert f"{WRITTEN}ask{WRITTEN}" not in page(app, visitor(app, "operator"), "/area/25")
