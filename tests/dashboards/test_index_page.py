"""The page of the index: every number on it is one of metrics.index766."""

from collections.abc import Callable
from datetime import date

from dashboards import format as fmt
from dashboards.data import Visit
from dashboards.pages import PAGES
from domain.area import Boundaries
from domain.period import Span
from domain.scope import EVERYTHING
from metrics.index766 import Index766, index766
from metrics.selection import Selection
from metrics.snapshots import Snapshot
from tests.dashboards.conftest import NOW
from tests.dashboards.reading import elements, text_of

Visited = Callable[..., Visit]
ADDRESS = "/index766?area=25&from=2026-10-01&to=2026-10-31"


def october(snapshot: Snapshot) -> Index766:
    span = Span.of_days(date(2026, 10, 1), date(2026, 10, 31))
    asked = Selection(("qd766_total_score",), span, "25", boundaries=Boundaries.TODAY)
    return index766(asked, EVERYTHING, snapshot, now=NOW)[0]


def test_the_score_is_said_with_what_it_is_of(visit: Visited, snapshot: Snapshot) -> None:
    index = october(snapshot)
    assert 0 < index.judged < 100
    figures = elements(
        PAGES["index766"].drawn(visit(ADDRESS))["index766-score.tree"], "ioc-score__figure"
    )
    computed = text_of(figures[1])
    assert f"{fmt.number(index.score, 2)}trên {index.judged:g} điểm" in computed
    assert computed.endswith("bản tính lại")
    assert text_of(figures[0]).startswith("Đã công bố—")


def test_the_steps_of_the_fall_lead_from_what_is_judged_to_the_score(
    visit: Visited, snapshot: Snapshot
) -> None:
    index = october(snapshot)
    panel = PAGES["index766"].drawn(visit(ADDRESS))["index766-fall.tree"]
    edges = [text_of(row) for row in elements(panel, "ioc-fall__edge")]
    assert edges == [
        f"Tính được trên{fmt.number(index.judged, 2)}",
        f"Tính lại{fmt.number(index.score, 2)}",
    ]
    lost = [part.lost for group in index.groups for part in group.components if part.lost]
    assert len(elements(panel, "ioc-fall__bar--lost")) == len(lost) > 0


def test_what_would_win_most_back_comes_first_and_leads_to_its_metric(
    visit: Visited, snapshot: Snapshot
) -> None:
    first = october(snapshot).losses[0]
    panel = PAGES["index766"].drawn(visit(ADDRESS))["index766-wins.tree"]
    item = elements(panel, "ioc-wins")[0][2]
    assert text_of(item).startswith(f"+{fmt.number(first.lost, 2)}{first.component.name.vi}")
    assert item[3][1]["href"].startswith(f"/metric/{first.component.metric}?")


def test_filters_are_said_not_to_apply(visit: Visited) -> None:
    head = PAGES["index766"].drawn(visit(f"{ADDRESS}&field=DD"))["index766-head.tree"]
    assert "bộ lọc không áp dụng" in text_of(head)
