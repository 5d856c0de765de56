"""Promises of delivered figures, and of those printed in the press."""

from datetime import date

import pytest

from datasources.kinds.observations import PRESS_FILE
from tests.datasources.home import Delivery, Home

SOURCE = """
[reports]
kind = "observations"
path = "reports/*.csv"
"""
HEADER = "metric,area,level,period_start,period_end,numerator,denominator,value,as_reported,note"


def deliver(home: Home, *lines: str, keys: str = "", header: str = HEADER) -> Delivery:
    home.configure(SOURCE + keys)
    home.write("reports/a.csv", "\n".join([header, *lines]) + "\n")
    return home.collect("reports")


def test_a_figure_is_read_with_its_area_on_the_last_day_of_its_period(home: Home) -> None:
    delivery = deliver(
        home,
        "work_files_online_rate,25,commune,2025-06-01,2025-07-01,70,100,,0,đến hết tháng 6",
        "work_files_online_rate,25,commune,2025-07-01,2025-08-01,80,100,,0,",
    )
    june, july = delivery.rows("observation")
    assert (june["area"], july["area"]) == ("25@", "25@2025-07-01")
    assert (june["period_start"], june["period_end"]) == (date(2025, 6, 1), date(2025, 7, 1))
    assert (june["numerator"], june["denominator"], june["value"]) == (70, 100, None)
    assert (june["as_reported"], june["standalone"]) == (False, False)
    assert june["note"] == "đến hết tháng 6"


def test_a_printed_rate_stands_alone(home: Home) -> None:
    delivery = deliver(home, "on_time_rate_resolved,93,,2020-01-01,2021-01-01,,,99.1,true,")
    assert delivery.column("standalone", "observation") == [True]


def test_a_source_may_say_that_all_its_figures_stand_alone(home: Home) -> None:
    line = "dossiers_received,93,,2020-01-01,2021-01-01,5,,5,,"
    assert deliver(home, line, keys="standalone = true").column("standalone", "observation") == [
        True
    ]


def test_numbers_may_have_a_decimal_comma(home: Home) -> None:
    delivery = deliver(
        home,
        'dossiers_received,93,,2020-01-01,2021-01-01,"87.669",,"1.234,5",,',
        keys='decimal = ","',
    )
    assert delivery.column("numerator", "observation") == [87669]
    assert delivery.column("value", "observation") == [1234.5]


@pytest.mark.parametrize(
    ("line", "field", "words"),
    [
        ("m,25,,2020-01-01,2021-01-01,,,,,", "value", "numerator are both empty"),
        ("m,25,,2020-01-01,2021-01-01,1,0,,,", "denominator", "is not above 0"),
        ("m,25,,2021-01-01,2021-01-01,1,,,,", "period_end", "first day that no longer belongs"),
        ("m,25,,2020-01-01,2021-01-01,5,,,true,", "value", "as reported"),
        ("m,25,xã,2020-01-01,2021-01-01,5,,,,", "level", "is none of country, province"),
        ("Hồ sơ,25,,2020-01-01,2021-01-01,5,,,,", "metric", "is no metric id"),
        ("m,25,,2020-01-01,2021-01-01,năm,,,,", "numerator", "is no number"),
        ("m,25,,2020-01-01,2021-01-01,5,,,maybe,", "as_reported", "neither yes nor no"),
        ("m,99,,2020-01-01,2021-01-01,5,,,,", "area", "is no area"),
        ("m,25,,2020-01-01,,5,,,,", "period_end", "is empty"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_with_its_row_and_rule(
    home: Home, line: str, field: str, words: str
) -> None:
    good = [f"m{number},25,,2020-01-01,2021-01-01,1,,,," for number in range(30)]
    [(row, named, _, reason)] = deliver(home, *good, line).refusals
    assert (row, named) == (32, field)
    assert words in reason


def test_a_file_without_a_needed_column_is_told_the_nearest(home: Home) -> None:
    header = HEADER.replace("period_end", "period_ende")
    delivery = deliver(home, "m,25,,2020-01-01,1,,,,", header=header)
    assert "a.csv has no column 'period_end'. Did you mean 'period_ende'" in delivery.error
    assert "Correct the header" in delivery.error


def test_the_printed_figures_are_all_believable(home: Home) -> None:
    home.configure(SOURCE)
    delivery = home.collect("press")
    assert delivery.refusals == []
    assert not delivery.manifest["simulated"]
    figures = delivery.rows("observation")
    assert all(one["standalone"] and one["citation"] for one in figures)
    # A rate that was printed without its counts has none; a count has no denominator.
    assert all(one["numerator"] is None for one in figures if one["as_reported"])


@pytest.mark.parametrize(
    ("metric", "area", "level", "numerator", "denominator", "value"),
    [
        ("dossiers_received", "25@", "", 296_931, None, 296_931),
        ("dossiers_resolved", "25@", "", 291_384, None, 291_384),
        ("on_time_rate_resolved", "25@", "", None, None, 98.3),
        ("resolution_rate", "25@", "", 291_384, 296_931, None),
        ("units_exchanging_signed_rate", "25@", "commune", 207, 225, None),
        ("work_files_online_rate", "25@", "province", None, None, 70),
        ("work_files_online_rate", "25@", "district", None, None, 60),
        ("work_files_online_rate", "25@", "commune", None, None, 30),
        ("dossiers_received", "93@", "", 87_669, None, 87_669),
        ("on_time_rate_resolved", "93@", "", None, None, 99.1),
        ("procedures_linked_dvcqg_rate", "93@", "", 1681, 1901, None),
        ("docs_signed_via_national_axis", "04@", "", 851, None, 851),
        ("onestop_units_rate", "04@", "commune", 5, 13, None),
        ("dti_infrastructure_rate", "26413@", "", None, None, 50),
        ("smartphone_adult_rate", "75@", "", None, None, 86),
        ("cashless_providers", "899@", "", 13, None, 13),
    ],
)
def test_a_figure_of_the_press_is_as_it_was_printed(
    home: Home,
    metric: str,
    area: str,
    level: str,
    numerator: float | None,
    denominator: float | None,
    value: float | None,
) -> None:
    home.configure(SOURCE)
    [found] = [
        (one["numerator"], one["denominator"], one["value"])
        for one in home.collect("press").rows("observation")
        if (one["metric"], one["area"], one["level"]) == (metric, area, level)
    ]
    assert found == (numerator, denominator, value)


def test_the_caveat_of_a_printed_rate_is_told_beside_it(home: Home) -> None:
    home.configure(SOURCE)
    notes = {
        (one["metric"], one["area"]): one["note"]
        for one in home.collect("press").rows("observation")
    }
    assert "98,13 %" in notes["on_time_rate_resolved", "25@"]
    assert "mẫu số" in notes["on_time_rate_resolved", "93@"]


def test_the_printed_figures_lie_beside_the_program() -> None:
    assert PRESS_FILE.is_file()
