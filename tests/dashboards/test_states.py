"""Pages of homes where there is little: one value, none at all, and nothing but old ones."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dashboards.data import Place, Visit
from dashboards.pages import PAGES
from domain.scope import EVERYTHING
from metrics.rules import rules
from metrics.snapshots import Snapshot
from metrics.sources import sources_of
from tests.dashboards.reading import elements, text_of
from tests.metrics.collected import NEW_PHU_THO, Collected, document

MORNING = datetime(2026, 11, 20, 2, tzinfo=UTC)
WEEKS_LATER = datetime(2026, 12, 18, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """One document in all the country, from a source that promises one an hour."""
    collected = Collected(tmp_path_factory.mktemp("little"))
    sent = document(1, "2026-11-19", area=NEW_PHU_THO)
    collected.deliver(
        [sent], kind="document", source="van_ban", reaches="2026-11-20 08:30",
        known="2026-11-20 08:45",
    )  # fmt: skip
    collected.promise(
        "van_ban", title_vi="Trục liên thông", title_en="The exchange",
        expected_every_s=3600, grace_s=600, hard_max_s=86400,
    )  # fmt: skip
    return collected.published("2026-11-20 09:00")


def drawn(snapshot: Snapshot, address: str, now: datetime, name: str) -> Any:
    path, _, query = address.partition("?")
    place = Place(path=path, search=query and f"?{query}")
    by = rules(Path("/nonexistent"))
    states = sources_of(snapshot, now, by.calendar, snapshot.horizon)
    visit = Visit(place, snapshot, EVERYTHING, now, by, states)
    page = PAGES[visit.view.page]
    return page.drawn(visit)[f"{page.NAME}-{name}.tree"]


@pytest.mark.parametrize("address", ["/subject/documents?area=25", "/area/25", "/"])
def test_where_all_is_old_the_page_says_so_and_why(snapshot: Snapshot, address: str) -> None:
    [told] = elements(drawn(snapshot, address, WEEKS_LATER, "head"), "ioc-trouble")
    assert text_of(told).startswith("Mọi số liệu trên trang này đang cũ")
    assert "Trục liên thông: Số liệu quá cũ để đánh giá" in text_of(told)
    assert "Số liệu đến 08:30 20/11/2026. Hẹn gửi: 1 giờ một lần." in text_of(told)


def test_what_is_fresh_says_nothing_of_trouble(snapshot: Snapshot) -> None:
    assert elements(drawn(snapshot, "/area/25", MORNING, "head"), "ioc-trouble") == []


def test_a_single_value_is_shown_and_not_judged(snapshot: Snapshot) -> None:
    cards = elements(drawn(snapshot, "/subject/documents?area=25", MORNING, "cards"), "ioc-card")
    signed = next(one for one in cards if one[1]["data-metric"] == "docs_signed_rate")
    assert text_of(elements(signed, "ioc-card__value")[0]) == "100,0"
    assert "ioc-card--unknown" in signed[1]["className"]
    assert "1 / 1 văn bản" in text_of(signed)


@pytest.mark.parametrize("name", ["feedback", "infrastructure", "sectors"])
def test_a_subject_nobody_tells_of_has_words_and_no_empty_boxes(
    snapshot: Snapshot, name: str
) -> None:
    cards = drawn(snapshot, f"/subject/{name}?area=25", MORNING, "cards")
    assert elements(cards, "ioc-card") == []
    assert "Chưa có nguồn nào gửi: " in text_of(cards)
    concerns = text_of(drawn(snapshot, f"/subject/{name}?area=25", MORNING, "concerns"))
    assert "Chưa đánh giá được chỉ tiêu nào" in concerns
    ranking = text_of(drawn(snapshot, f"/subject/{name}?area=25", MORNING, "ranking"))
    assert "Trong kỳ này không có đơn vị nào để xếp hạng" in ranking
