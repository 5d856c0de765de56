import json
from datetime import date, datetime, time
from typing import Any

import pytest
from dash._utils import to_json

from dashboards.cells import Cell, one_per_period
from dashboards.components import marks
from dashboards.components.attention import Concern, Culprit, attention, shortfall
from dashboards.components.books import feeds_table, rejected_table, sources_table
from dashboards.components.card import Reading, card, name_and_variant, spark_image
from dashboards.components.choices import period_options
from dashboards.components.definition import Evidence, definition
from dashboards.components.markup import Markup, Tree, tag
from dashboards.components.ranking import Layout, Standing, ranked, ranking
from dashboards.components.table import series_table
from dashboards.selection import View
from dashboards.telling import Telling
from dashboards.text import words
from domain.freshness import Freshness
from domain.period import Grain, ReportingCalendar
from metrics.catalogue import catalogue
from metrics.feeds import Feed
from metrics.ranking import Order
from metrics.rules import rules
from tests.dashboards.made_cells import cell, month
from tests.dashboards.reading import elements, text_of

ON_TIME = catalogue().metric("on_time_rate_resolved")
RECEIVED = catalogue().metric("dossiers_received")
OVERDUE = catalogue().metric("dossiers_pending_overdue")
VI, EN = words("vi"), words("en")


def drawn(now: Cell, before: Cell | None = None, **more: Any) -> Tree:
    reading = Reading(ON_TIME, now, before, (), "so với cùng kỳ 2025", "/area/25", **more)
    return card(reading, VI)


# ---- a card in its three states


def test_a_card_tells_value_verdict_target_and_change() -> None:
    read = text_of(drawn(cell(96.4), cell(95.0)))
    for told in ("96,4", "%", "Gần đạt", "≥ 98\u00a0%", "thấp hơn 1,6 điểm %", "+1,4 điểm %"):
        assert told in read


def test_the_verdict_is_a_word_and_a_shape_and_not_only_a_colour() -> None:
    tree = drawn(cell(90.0, status="missed"))
    assert text_of(elements(tree, "ioc-status__word")[0]) == "Chưa đạt"
    assert elements(tree, "ioc-status__mark")


def test_a_card_without_a_value_says_why_and_shows_no_zero() -> None:
    tree = drawn(cell(None))
    assert text_of(elements(tree, "ioc-card__value--none")[0]) == "—"
    assert "Chưa có dữ liệu" in text_of(tree)
    assert "0" not in text_of(elements(tree, "ioc-card__figure")[0])


def test_nothing_to_divide_by_is_not_the_same_as_nothing_delivered() -> None:
    assert "Không có hồ sơ nào" in text_of(drawn(cell(None, numerator=0.0, denominator=0.0)))
    assert "Chưa nguồn nào" in text_of(drawn(cell(None, freshness="never")))


@pytest.mark.parametrize("state", ["stale", "suspect", "down"])
def test_an_old_value_is_dimmed_unjudged_and_says_so(state: str) -> None:
    tree = drawn(cell(99.0, freshness=state, status="unknown", status_reason=state))
    assert "ioc-is-stale" in tree[1]["className"]
    assert text_of(elements(tree, "ioc-status__word")[0]) == "Chưa đánh giá"
    assert VI(f"reason.{state}") in text_of(tree)
    assert not elements(tree, "ioc-status--met")


def test_reservations_stand_beside_the_number() -> None:
    tree = drawn(cell(98.3, reported=True, estimated=True, open=True, coverage=0.5))
    read = text_of(tree)
    for told in ("theo báo cáo", "ước tính", "tạm tính", "148/148 đơn vị có số liệu"):
        assert told in read
    assert elements(tree, "ioc-card__value--reported")


def test_the_variant_of_a_metric_stands_under_its_name() -> None:
    assert name_and_variant("Tỷ lệ đúng hạn (trên hồ sơ tiếp nhận)") == (
        "Tỷ lệ đúng hạn",
        "trên hồ sơ tiếp nhận",
    )
    assert name_and_variant("Hồ sơ tiếp nhận") == ("Hồ sơ tiếp nhận", "")


def test_a_card_is_opened_by_its_metric() -> None:
    tree = drawn(cell())
    assert tree[1]["data-action"] == "define"
    assert tree[1]["data-metric"] == ON_TIME.id


def test_a_sparkline_breaks_where_a_value_is_missing() -> None:
    assert spark_image([1.0, 2.0, None, 2.0]).count("M") == 2


# ---- changes


@pytest.mark.parametrize(
    ("metric", "now", "before", "text", "kind"),
    [
        (ON_TIME, 97.0, 95.5, "+1,5 điểm %", "up ioc-change--better"),
        (OVERDUE, 12.0, 10.0, "+20,0 %", "up ioc-change--worse"),
        (OVERDUE, 8.0, 10.0, "−20,0 %", "down ioc-change--better"),
        (RECEIVED, 8.0, 10.0, "−20,0 %", "down ioc-change--neutral"),
        (OVERDUE, 3.0, 0.0, "+3", "up ioc-change--worse"),
        (ON_TIME, 95.52, 95.5, "0,0 điểm %", "flat ioc-change--neutral"),
    ],
)
def test_a_change_is_told_in_points_or_percent_and_judged(
    metric: Any, now: float, before: float, text: str, kind: str
) -> None:
    tree = marks.change(metric, now, before, "", VI)
    assert text_of(tree) == text
    assert f"ioc-change--{kind}" in tree[1]["className"]


def test_a_change_needs_something_to_compare_with() -> None:
    assert text_of(marks.change(ON_TIME, 97.0, None, "", VI)) == "chưa có số so sánh"


# ---- rankings


def standing(name: str, value: float | None, **fields: Any) -> Standing:
    return Standing(cell(value, **fields), None, name, "/area/x")


def ranks(*standings: Standing) -> list[tuple[int | None, str]]:
    return [(rank, one.name) for rank, one in ranked(ON_TIME, standings)]


def test_equal_values_share_a_rank_and_vietnamese_order_decides() -> None:
    found = ranks(standing("Đông", 99.0), standing("Dân", 99.0), standing("An", 98.0))
    assert found == [(1, "Dân"), (1, "Đông"), (3, "An")]


def test_who_cannot_be_judged_comes_last_without_a_rank() -> None:
    small = standing("Nhỏ", 100.0, status="unknown", status_reason="small")
    found = ranks(small, standing("Trống", None), standing("Thường", 90.0))
    assert found == [(1, "Thường"), (None, "Nhỏ"), (None, "Trống")]


def test_lower_is_first_where_lower_is_better() -> None:
    one, two = standing("Một", 5.0), standing("Hai", 2.0)
    assert [place.name for _, place in ranked(OVERDUE, [one, two])] == ["Hai", "Một"]


def test_a_ranking_is_a_table_whose_names_lead_on() -> None:
    tree = ranking(
        ON_TIME, [standing("Xã Bản Nguyên", 99.0)], "1 đơn vị", "so với", VI, Layout("Đơn vị")
    )
    assert text_of(elements(tree, "ioc-ranking__name")[0]) == "Xã Bản Nguyên"
    assert elements(tree, "ioc-ranking__name")[0][2][1]["href"] == "/area/x"


def test_many_areas_without_a_value_share_a_row_that_names_them_all() -> None:
    silent = [standing(f"Xã {number}", None) for number in range(1, 20)]
    tree = ranking(
        ON_TIME, [standing("Xã Bản Nguyên", 99.0), *silent], "", "", VI, Layout("Đơn vị")
    )
    assert len(elements(tree, "ioc-ranking__row")) == 2
    read = text_of(elements(tree, "ioc-ranking__without")[0])
    assert read.startswith("19 đơn vị chưa có dữ liệu: Xã 1, Xã 2")


# ---- how far data reach


@pytest.mark.parametrize(
    ("until", "told"),
    [
        ("2026-11-22T08:00+07:00", "08:00"),
        ("2026-11-21T08:00+07:00", "08:00 21/11/2026"),
        ("2026-11-01T00:00+07:00", "hết 31/10/2026"),
    ],
)
def test_data_of_today_are_told_by_the_hour_and_whole_days_by_their_last(
    until: str, told: str
) -> None:
    tree = marks.freshness("fresh", datetime.fromisoformat(until), VI, today=date(2026, 11, 22))
    assert text_of(elements(tree, "ioc-fresh__time")[0]) == told


# ---- what needs somebody


def test_the_shortfall_is_measured_in_tolerances() -> None:
    assert shortfall(ON_TIME, cell(98.0 - 2 * ON_TIME.tolerance)) == pytest.approx(2.0)
    assert shortfall(ON_TIME, cell(99.0)) == 0.0
    assert shortfall(ON_TIME, cell(None)) == 0.0


def test_a_concern_tells_how_many_who_is_worst_since_when_and_whose_it_is() -> None:
    culprit = Culprit("Xã Yên Trị", cell(80.0, status="missed"), "/area/08230")
    own = cell(90.0, status="missed")
    concern = Concern(ON_TIME, own, [culprit], 9, 148, "Chưa đạt từ Tháng 3/2026", "/area/25")
    read = text_of(attention([concern], "", VI))
    for told in ("90,0\u00a0%", "9/148", "Xã Yên Trị 80,0\u00a0%", "Tháng 3/2026", ON_TIME.owner):
        assert told in read


def test_nothing_missed_is_said() -> None:
    assert text_of(attention([], "Không.", VI)) == "Không."


# ---- behind the numbers


def test_the_drawer_tells_meaning_numbers_law_source_and_snapshot() -> None:
    evidence = Evidence(
        ON_TIME, cell(96.4), "Tỉnh Phú Thọ", ["Cổng dịch vụ công"], "/download?x", "/"
    )
    read = text_of(definition(evidence, VI))
    for told in (
        ON_TIME.meaning.vi,
        "964 / 1.000 = 96,4\u00a0%",
        ON_TIME.legal_basis.vi,
        "Cổng dịch vụ công",
        "08:00 22/11/2026",
        "148/148 đơn vị có số liệu",
        "ioc-1",
        "QĐ 1",
    ):
        assert told in read


def test_the_drawer_speaks_english_too() -> None:
    evidence = Evidence(ON_TIME, cell(96.4), "Tỉnh Phú Thọ", [], "/download?x", "/")
    read = text_of(definition(evidence, EN))
    assert ON_TIME.meaning.en in read
    assert "Decision 1" in read


def test_the_table_behind_a_trend_has_a_row_for_every_period() -> None:
    cells = [cell(95.0, period=month(1)), cell(None, period=month(2)), cell(96.0, period=month(3))]
    tree = series_table(ON_TIME, cells, Grain.MONTH, ReportingCalendar.MONTH, VI)
    rows = [text_of(row) for row in tree[2][3][2:]]
    assert rows[0].startswith("Tháng 3/202696,0960")
    assert rows[1].startswith("Tháng 2/2026—")


# ---- choices and markup


def test_the_period_chosen_is_marked_and_every_other_is_an_address() -> None:
    options = period_options(View(), VI)
    assert [option.name for option in options if option.is_current] == ["Năm nay"]
    assert "/?period=last_year" in [option.href for option in options]


@pytest.mark.parametrize("href", ["https://x", "//x", "javascript:alert(1)", "\\\\x"])
def test_a_link_cannot_leave_the_site(href: str) -> None:
    with pytest.raises(ValueError, match="this site only"):
        tag("a", "x", href=href)


@pytest.mark.parametrize(
    ("name", "attributes"), [("script", {}), ("iframe", {}), ("p", {"onclick": "x"})]
)
def test_nothing_that_runs_can_be_written(name: str, attributes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="Markup has no"):
        tag(name, **attributes)


def test_markup_is_one_component_with_its_tree_as_json() -> None:
    markup = Markup(id="x", tree=tag("p", "a", tag("b", "c")))
    assert json.loads(to_json(markup))["props"]["tree"] == ["p", {}, "a", ["b", {}, "c"]]


# ---- the books


def test_a_rejection_is_explained_in_the_readers_words_and_never_by_its_value() -> None:
    row = {"source": "van_ban", "field": "DonVi", "rule": "value", "count": 96}
    row["reason"] = "is none of a, b"
    odd = {"source": "x", "field": "due_at", "rule": "odd", "reason": "is odd", "count": 1}
    read = text_of(rejected_table([row, odd], VI))
    assert "DonViGiá trị ngoài danh mụckhông thuộc a, b96" in read
    assert "is odd1" in read


def test_a_source_tells_its_state_in_words_and_what_it_promised() -> None:
    source = {
        "source": "permits",
        "title_vi": "Cổng dịch vụ công",
        "owner": "Sở A",
        "up_reason": "permits: the login is refused. Check username and password_file.",
        "data_as_of": None,
        "last_attempt_at": None,
        "expected_by": time(17, 0),
        "expected_every_s": None,
    }
    read = text_of(sources_table([source], {"permits": feed(Freshness.DOWN)}, VI))
    why = "Đăng nhập bị từ chối."
    for told in ("Cổng dịch vụ công", "Sở A", "Mất kết nối", why, "trước 17:00", "—"):
        assert told in read
    silent = text_of(sources_table([source], {"permits": feed(Freshness.NEVER)}, VI))
    assert why in silent  # why nothing ever came


def feed(state: Freshness, **more: Any) -> Feed:
    told = {"area_id": "", "organisation": "", "is_expected": True, "told_at": None}
    counts = {"reaches": None, "due": 0, "late": 0, "reminders": 0, "last_late": None}
    return Feed(**{"source": "permits", "state": state, **told, **counts, **more})


def test_who_delivers_late_is_told_with_how_often_and_how_many_reminders() -> None:
    late = feed(
        Freshness.LATE,
        area_id="08521@2025-07-01",
        due=12,
        late=2,
        reminders=1,
        last_late=date(2026, 11, 3),
    )
    read = text_of(feeds_table([late], {"08521@2025-07-01": "Xã Phùng Nguyên"}, VI))
    for told in ("Xã Phùng Nguyên", "permits", "03/11/2026", "2/12 kỳ · nhắc 1 lần"):
        assert told in read


def test_a_ranking_can_begin_with_the_worst_and_keeps_its_ranks() -> None:
    lines = [standing("Một", 5.0), standing("Hai", 2.0), standing("Ba", None)]
    found = [(rank, one.name) for rank, one in ranked(OVERDUE, lines, Order.WORST)]
    assert found == [(2, "Một"), (1, "Hai"), (None, "Ba")]
    tree = ranking(OVERDUE, lines, "", "", VI, Layout("Đơn vị", Order.WORST))
    names = [text_of(row) for row in elements(tree, "ioc-ranking__name")]
    assert names == ["Một", "Hai", "Ba"]


def test_a_period_with_a_printed_figure_beside_the_computed_one_counts_once() -> None:
    computed, printed = cell(96.4), cell(88.0, reported=True)
    assert one_per_period([computed, printed]) == [computed]


def test_a_mean_of_merged_provinces_says_that_nobody_published_it() -> None:
    card = drawn(cell(580.0, averaged=True))
    assert "trung bình cộng, không phải điểm được công bố" in text_of(card)


# ---- what waits for somebody


def test_a_card_leads_to_the_question_why_until_it_is_asked() -> None:
    missed = cell(90.0, status="missed")
    asking = elements(drawn(missed, ask_href="/alerts/ask/x"), "ioc-card__ask")
    assert [text_of(one) for one in asking] == ["Yêu cầu giải trình"]
    for href, said in (("", ""), ("/alerts/ask/x", "asked")):
        assert elements(drawn(missed, ask_href=href, said=said), "ioc-card__ask") == []


def test_an_organisation_is_told_of_by_its_name() -> None:
    told = Telling(rules(), VI, {}, {}, {"H44.1": "Sở Xây dựng"})
    assert told.place("", "H44.1", "") == "Sở Xây dựng"
    assert told.place("", "H44.2", "") == "H44.2"
