"""The whole ranking: every area, page by page, sorted and grouped, under totals nobody added up."""

from collections.abc import Callable

import pytest

from dashboards.data import Visit
from dashboards.standings import Standings
from domain.vietnamese import sort_key
from tests.dashboards.reading import elements, text_of

YEAR = "from=2026-01-01&to=2026-11-21"
Visiting = Callable[..., Visit]


def table(visit: Visiting, address: str, language: str = "vi") -> Standings:
    seen = visit(address, language=language)
    return Standings(seen.board, seen.words)


def names(found: Standings) -> list[str]:
    return [one.name for one in found.shown]


def test_148_communes_stand_on_three_pages(visit: Visiting) -> None:
    pages = [table(visit, f"/ranking?area=25&{YEAR}&p={number}") for number in (1, 2, 3, 4)]
    assert [len(one.shown) for one in pages] == [50, 50, 48, 48]
    assert pages[3].number == 3
    together = {name for one in pages for name in names(one)}
    assert len(together) == 148
    read = text_of(pages[1].panel())
    assert "51–100 trong 148 đơn vị" in read
    assert "Trang trước" in read


def test_the_country_has_3321_communes_and_34_provinces(visit: Visiting) -> None:
    assert len(table(visit, f"/ranking?{YEAR}").ordered) == 34
    communes = table(visit, f"/ranking?{YEAR}&level=commune&p=67")
    assert len(communes.ordered) == 3321
    assert len(communes.shown) == 21
    assert "3.321 đơn vị" in text_of(communes.panel())


def test_lines_are_sorted_by_the_column_that_is_asked_for(visit: Visiting) -> None:
    by_name = table(visit, f"/ranking?area=25&{YEAR}&column=name").ordered
    keys = [sort_key(one.name.partition(" ")[2]) for one in by_name]
    assert keys == sorted(keys)
    received = f"/ranking?area=25&{YEAR}&metric=dossiers_received"
    values = [one.cell.value for one in table(visit, f"{received}&column=-value").ordered]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=True)
    assert values[: len(known)] == known
    rising = [one.cell.value for one in table(visit, f"{received}&column=value").ordered]
    assert rising[: len(known)] == known[::-1]
    assert rising[len(known) :] == [None] * (148 - len(known))


def test_headings_say_how_the_table_is_sorted_and_lead_to_the_other_way(visit: Visiting) -> None:
    address = f"/ranking?area=25&{YEAR}&column=-value&p=2"
    heads = list(table(visit, address).panel()[1][2][2][3][2][2:])
    told = {text_of(one): one[1].get("aria-sort") for one in heads}
    assert told.pop("Giải quyết trước và đúng hạn (%)") == "descending"
    assert set(told.values()) == {None}
    links = {text_of(one): one[2][1]["href"] for one in heads}
    assert links["Giải quyết trước và đúng hạn (%)"].endswith("column=value")
    assert links["Đơn vị"].endswith("column=name")
    assert "p=2" not in links["Đơn vị"]


def test_the_total_is_the_wholes_own_value_and_says_whether_lines_may_be_added(
    visit: Visiting,
) -> None:
    rate = table(visit, f"/ranking?area=25&{YEAR}")
    whole = rate.board.headline["on_time_rate_resolved"]
    assert whole.numerator is not None
    assert whole.denominator is not None
    assert whole.value == pytest.approx(100 * whole.numerator / whole.denominator)
    read = text_of(rate.panel())
    total = text_of(elements(rate.panel(), "ioc-table__total")[0])
    assert f"{whole.value:.1f}".replace(".", ",") in total
    assert "Không cộng, không lấy trung bình" in read
    # Departments resolve what belongs to no commune.
    counted = sum(one.cell.denominator or 0 for one in rate.lines)
    rest = whole.denominator - counted
    assert rest > 0
    lines, all_of_it = (f"{n:,.0f}".replace(",", ".") for n in (counted, whole.denominator))
    assert f"Mẫu số: các dòng cộng lại {lines}, toàn bộ {all_of_it}; {rest:.0f} còn lại" in read


def test_provinces_make_up_the_country_and_the_table_says_so(visit: Visiting) -> None:
    received = table(visit, f"/ranking?{YEAR}&metric=dossiers_received", "en")
    whole = received.board.headline["dossiers_received"].value
    assert whole == sum(one.cell.value or 0 for one in received.lines)
    assert f"the lines make up the whole, {whole:,.0f}." in text_of(received.panel())


def test_a_group_is_told_its_own_value_never_an_average(visit: Visiting) -> None:
    grouped = table(visit, f"/ranking?{YEAR}&level=commune&group=above")
    around = [one.around for one in grouped.ordered]
    assert [sort_key(one) for one in around] == sorted(sort_key(one) for one in around)
    province = grouped.group_cells["25@2025-07-01"]
    own = table(visit, f"/ranking?area=25&{YEAR}").board.headline["on_time_rate_resolved"]
    assert (province.numerator, province.denominator) == (own.numerator, own.denominator)
    heads = elements(grouped.panel(), "ioc-standings__group")
    assert text_of(heads[0]).startswith("Thành phố Bắc Ninh (99)")


def test_by_verdict_what_is_missed_comes_first(visit: Visiting) -> None:
    grouped = table(visit, f"/ranking?{YEAR}&group=status")
    states = [one.cell.status for one in grouped.ordered]
    order = ("missed", "near", "met", "unknown")
    assert states == sorted(states, key=order.index)
    assert text_of(elements(grouped.panel(), "ioc-standings__group")[0]).startswith("Chưa đạt (")


def test_the_map_of_then_has_districts(visit: Visiting) -> None:
    then = "/ranking?area=25@2025-06-30&from=2025-01-02&to=2025-06-30"
    assert [one.value for one in table(visit, then).levels] == ["district", "commune"]
    assert len(table(visit, then).ordered) == 13
    assert [one.value for one in table(visit, f"/ranking?area=25&{YEAR}").levels] == ["commune"]


def test_who_is_not_ranked_is_listed_with_the_reason(visit: Visiting) -> None:
    last = table(visit, f"/ranking?{YEAR}&level=commune&p=67")
    one = last.ordered[-1]
    assert one.rank is None
    row = next(tree for tree in elements(last.panel(), "ioc-table__none"))
    assert text_of(row) == "không xếp"
    assert row[1]["title"]
    assert one.not_ranked


@pytest.mark.parametrize("wrong", ["column=colour", "level=hamlet", "group=size", "p=0"])
def test_an_address_that_cannot_be_read_says_what_there_is(visit: Visiting, wrong: str) -> None:
    problem = visit(f"/ranking?area=25&{wrong}").problem
    assert problem is not None
    assert problem.nearest_href == "/ranking?area=25"


def test_only_the_ranking_keeps_how_it_is_sorted(visit: Visiting) -> None:
    view = visit("/ranking?area=25&column=-value&group=status&p=2&level=commune").view
    assert view.href() == "/ranking?area=25&p=2&level=commune&column=-value&group=status"
    assert view.href(page="area") == "/area/25"
