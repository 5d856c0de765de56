"""Pages of subjects: declared in a file, and every number on them is one of `query`."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboards import format as fmt
from dashboards import subjects as declared
from dashboards.cells import cells
from dashboards.data import Visit
from dashboards.exports.board_exhibits import BoardExhibits
from dashboards.ids import part
from dashboards.pages import PAGES, drawn_later
from dashboards.subjects import checked, subject, subjects
from domain.area import Boundaries, register
from domain.errors import CatalogueError
from domain.period import Span
from domain.scope import EVERYTHING, Scope
from metrics.catalogue import catalogue
from metrics.deliveries import deliveries
from metrics.query import query
from metrics.selection import DIMENSIONS, Selection
from metrics.snapshots import Snapshot
from metrics.stations import stations
from tests.dashboards.conftest import NOW
from tests.dashboards.reading import elements, text_of

Visited = Callable[..., Visit]
YEAR = Span.of_days(date(2026, 1, 1), date(2026, 11, 22))
SUBJECTS = [one.name for one in subjects()]


def drawn(visit: Visit, name: str) -> Any:
    values = PAGES["subject"].drawn(visit)
    return next(value for key, value in values.items() if key.startswith(part("subject", name)))


def cuts(visit: Visit) -> Any:
    return next(iter(drawn_later(PAGES["subject"], "cuts", visit).values()))


def shown(visit: Visit) -> dict[str, str]:
    found = elements(drawn(visit, "cards"), "ioc-card")
    return {one[1]["data-metric"]: text_of(elements(one, "ioc-card__value")[0]) for one in found}


def card(visit: Visit, metric: str) -> Any:
    found = elements(drawn(visit, "cards"), "ioc-card")
    return next(one for one in found if one[1]["data-metric"] == metric)


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_subject_names_only_what_there_is(name: str) -> None:
    about = subject(name)
    assert checked(about, catalogue()) == []
    record = catalogue().metric(about.leading).record
    assert [by for by in about.cuts if by not in DIMENSIONS[record]] == []


def test_a_file_with_a_misspelt_key_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "water.toml"
    path.write_text('ordre = 1\n[title]\nvi = "Nước"\nen = "Water"\n', encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"water\.toml"):
        declared._read(path)


@pytest.mark.parametrize("name", SUBJECTS)
@pytest.mark.parametrize("area", [None, "25"])
def test_cards_show_what_the_query_answers_for_the_days_they_name(
    visit: Visited, snapshot: Snapshot, name: str, area: str | None
) -> None:
    visited = visit(f"/subject/{name}" + (f"?area={area}" if area else ""))
    newest = visited.board.newest
    wanted = {}
    for metric in catalogue().some(subject(name).metrics):
        span = newest.get(metric.id, YEAR)
        selection = Selection((metric.id,), span, area, boundaries=Boundaries.TODAY)
        [found] = cells(query(selection, EVERYTHING, snapshot, now=NOW))[:1]
        text, scale = fmt.large(found.value, found.unit)
        plain = fmt.figure(found.value, found.unit, against=found.target)
        wanted[metric.id] = text if scale else plain
    told = shown(visited)
    assert {metric: text for metric, text in wanted.items() if metric in told} == told
    assert {metric for metric, text in wanted.items() if text != fmt.MISSING} <= told.keys()


def test_a_figure_of_a_quarter_is_the_newest_and_says_which(visit: Visited) -> None:
    visited = visit("/subject/infrastructure?area=25")
    told = text_of(card(visited, "agencies_lan_rate"))
    assert "/ 20 · Quý III/2026" in told
    assert "Năm 2025" in text_of(card(visited, "dti_score"))
    link = elements(card(visited, "agencies_lan_rate"), "ioc-card__title")[0][2]
    assert link[1]["href"] == ("/metric/agencies_lan_rate?area=25&from=2026-07-01&to=2026-09-30")
    assert "Năm 2025" in text_of(drawn(visited, "ranking"))


def test_a_quarter_that_was_chosen_is_shown_and_none_before_it(visit: Visited) -> None:
    chosen = visit("/subject/infrastructure?area=25&from=2026-01-01&to=2026-03-31")
    assert "agencies_lan_rate" not in chosen.board.newest
    earlier = visit("/subject/infrastructure?area=25&from=2026-01-01&to=2026-06-30")
    assert earlier.board.newest["agencies_lan_rate"] == Span(date(2026, 1, 1), date(2026, 4, 1))
    long_before = visit("/subject/infrastructure?area=25&from=2025-01-02&to=2025-06-30")
    assert "agencies_lan_rate" not in long_before.board.newest


def test_a_rate_says_of_what_it_is_and_how_many(visit: Visited) -> None:
    told = text_of(card(visit("/subject/documents?area=25"), "docs_signed_rate"))
    assert " văn bản điện tử gửi đi trong kỳ" in told


def test_nobody_sends_and_says_nothing_are_two_things(visit: Visited) -> None:
    documents = visit("/subject/documents?area=25")
    notes = [text_of(one) for one in elements(drawn(documents, "cards"), "ioc-left-out")]
    nobody = [note for note in notes if note.startswith("Chưa có nguồn nào gửi: ")]
    assert any("quá hạn" in note for note in nobody)
    assert not any("Văn bản đến" in note for note in nobody)
    elsewhere = visit("/subject/feedback?area=04")
    why = text_of(elements(card(elsewhere, "feedback_on_time_rate"), "ioc-card__target")[0])
    assert why == (
        "Phản ánh, kiến nghị (mô phỏng) không có số liệu của Tỉnh Cao Bằng, "
        "01/01/2026 – 22/11/2026."
    )


def test_what_is_not_counted_here_is_named_and_not_drawn_empty(visit: Visited) -> None:
    notes = elements(drawn(visit("/subject/infrastructure"), "cards"), "ioc-left-out")
    assert any("Không tính ở cấp này: " in text_of(note) for note in notes)


def test_what_is_missed_says_whose_it_is_and_what_to_do(visit: Visited) -> None:
    items = elements(drawn(visit("/subject/documents?area=25"), "concerns"), "ioc-attention__item")
    assert items
    told = text_of(items[0])
    assert "Phụ trách: Văn phòng Ủy ban nhân dân" in told
    assert "Việc cần làm: " in told
    assert elements(items[0], "ioc-attention__what")[0][2][1]["href"].startswith("/metric/docs_")


def test_what_cannot_be_judged_is_not_called_well(visit: Visited) -> None:
    told = text_of(drawn(visit("/subject/sectors?area=04"), "concerns"))
    assert "Chưa đánh giá được chỉ tiêu nào" in told
    assert "Không có chỉ tiêu nào chưa đạt" not in told


def test_the_parts_of_a_whole_add_up_to_it(visit: Visited) -> None:
    visited = visit("/subject/documents?area=25")
    counts = [
        int(text_of(one).replace(".", ""))
        for one in elements(drawn(visited, "splits"), "ioc-split__count")
    ]
    sent = visited.board.headline["docs_sent"].value
    assert len(counts) == 4
    assert sum(counts) == sent


def test_a_cut_has_the_worst_first_and_its_lines_narrow_the_page(visit: Visited) -> None:
    panel = cuts(visit("/subject/feedback?area=25"))
    channels = elements(panel, "ioc-panel")[0]
    values = [
        float(text_of(one).replace(",", ".")) for one in elements(channels, "ioc-ranking__value")
    ]
    assert len(values) == 3
    assert values == sorted(values)
    links = [row[2][1]["href"] for row in elements(channels, "ioc-ranking__name")]
    assert all(link.startswith("/subject/feedback?area=25&channel=") for link in links)


def test_a_subject_that_is_misspelt_offers_the_nearest(visit: Visited) -> None:
    problem = visit("/subject/documens?area=25").problem
    assert problem is not None
    assert [one.key for one in problem.problems] == ["address.no_subject"]
    assert problem.nearest_href == "/subject/documents?area=25"


def test_without_a_name_the_first_subject_is_shown(visit: Visited) -> None:
    assert visit("/subject?area=25").view.href() == "/subject/documents?area=25"


def test_the_row_of_subjects_keeps_the_selection_but_not_the_metric(visit: Visited) -> None:
    row = drawn(visit("/subject/documents?area=25&metric=docs_sent&period=last_month"), "others")
    links = {text_of(one): one[1] for one in elements(row, "ioc-subjects__link")}
    assert links["Số hóa"]["href"] == "/subject/digitisation?area=25&period=last_month"
    current = [name for name, link in links.items() if link.get("aria-current")]
    assert current == ["Văn bản, ký số"]


def test_sums_of_money_fit_a_card(visit: Visited) -> None:
    told = text_of(card(visit("/subject/sectors?area=25"), "cashless_txn_value"))
    assert "tỷ đồng" in told


def test_deliveries_know_who_tells_what(snapshot: Snapshot) -> None:
    told = deliveries(snapshot)
    metrics = catalogue()
    assert told.tellers(metrics.metric("dti_score")) == ("bao_cao_nganh",)
    assert told.tellers(metrics.metric("feedback_received")) == ("pakn",)
    assert told.tellers(metrics.metric("docs_received")) == told.tellers(
        metrics.metric("docs_sent")
    )


def test_stations_are_listed_one_by_one_the_worst_first(visit: Visited) -> None:
    rows = elements(drawn(visit("/subject/sectors?area=25"), "splits"), "ioc-table")[0][3][2:]
    assert [text_of(row[2]) for row in rows] == ["W2", "W1"]
    told = text_of(rows[0])
    assert "im lặng từ 23:00 21/11/2026" in told
    assert "98,8\N{NO-BREAK SPACE}% (664 / 672)" in told
    assert text_of(elements(rows[0], "ioc-stations__bad")[0]) == "5"
    assert [text_of(day) for day in elements(rows[0], "ioc-stations__day--bad")] == ["5"]
    assert "100,0\N{NO-BREAK SPACE}% (672 / 672)" in text_of(rows[1])
    elsewhere = text_of(drawn(visit("/subject/sectors?area=04"), "splits"))
    assert "Chưa có trạm nào gửi số đo trong 7 ngày qua" in elsewhere


def test_who_sees_some_organisations_only_sees_no_station(snapshot: Snapshot) -> None:
    def seen(scope: Scope) -> list[str]:
        return [one.station for one in stations(snapshot, "VN@", scope, register())]

    assert sorted(seen(EVERYTHING)) == ["W1", "W2"]
    assert seen(Scope(None, frozenset({"H44"}))) == []
    assert seen(Scope(None, least=5)) == []
    assert seen(Scope(frozenset({"04@"}))) == []


def test_what_is_taken_away_is_of_the_days_that_are_shown(visit: Visited) -> None:
    visited = visit("/subject/infrastructure?area=25")
    board, say = visited.board, visited.words
    foot = elements(drawn(visited, "ranking"), "ioc-panel__foot")[0]
    links = [one[1]["href"] for one in foot[2:] if isinstance(one, list) and one[0] == "a"]
    assert [href for href in links if "from=2025-01-01" in href and "2026" in href]
    assert all("from=2025-01-01" in href for href in links)
    ranking = BoardExhibits(board, say).ranking()
    assert "01/01/2025 – 31/12/2025" in ranking.lead
    assert board.evidence(catalogue().metric("agencies_lan_rate"), "vi").trend_href == (
        "/metric/agencies_lan_rate?area=25&from=2026-07-01&to=2026-09-30"
    )
