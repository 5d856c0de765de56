from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.selection import AddressError, Compare, View, trend_span, view_of
from domain.area import Boundaries, register
from domain.period import Grain, ReportingCalendar, Span
from metrics.catalogue import catalogue

HORIZON = date(2026, 11, 22)
DAYS = st.dates(date(2021, 1, 1), date(2026, 11, 22))


def read(address: str) -> View:
    path, _, query = address.partition("?")
    return view_of(path, query, metrics=catalogue().metrics, register=register(), horizon=HORIZON)


def refused(address: str) -> AddressError:
    with pytest.raises(AddressError) as refusal:
        read(address)
    return refusal.value


FIELDS = st.fixed_dictionaries(
    {
        "area": st.sampled_from(["25", "25@2021-12-01", "237@2025-06-30", "20333@2026-01-01"]),
        "days": st.none() | st.tuples(DAYS, DAYS),
        "grain": st.sampled_from([Grain.MONTH, Grain.QUARTER, Grain.YEAR]),
        "boundaries": st.none() | st.sampled_from(Boundaries),
        "metric": st.none() | st.sampled_from(list(catalogue().metrics)),
        "compare": st.sampled_from(Compare),
        "calendar": st.sampled_from(ReportingCalendar),
        "lang": st.none() | st.sampled_from(["vi", "en"]),
        "field": st.sampled_from([(), ("DD",), ("TP", "DD")]),
        "organisation": st.sampled_from([(), ("H44.05",)]),
    }
)


@given(FIELDS)
def test_every_view_is_found_again_at_its_address(fields: dict[str, Any]) -> None:
    first, last = sorted(fields.pop("days") or ()) or (None, None)
    view = View(page="area", first=first, last=last, **fields)
    if view.area != "25" or last is None or last >= date(2021, 11, 1):
        assert read(view.href()) == view


def test_a_metric_has_its_own_address_and_keeps_the_rest_of_the_view() -> None:
    view = read("/area/25?metric=docs_sent&channel=online").model_copy(update={"page": "metric"})
    assert view.href() == "/metric/docs_sent?area=25&channel=online"
    assert read(view.href()) == view


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("month", "2026-11-01", "2026-11-22"),
        ("last_month", "2026-10-01", "2026-10-31"),
        ("quarter", "2026-10-01", "2026-11-22"),
        ("twelve", "2025-12-01", "2026-11-22"),
        ("last_year", "2025-01-01", "2025-12-31"),
        ("month&calendar=15-14", "2026-11-15", "2026-11-22"),
        ("last_month&calendar=15-14", "2026-10-15", "2026-11-14"),
    ],
)
def test_a_period_of_a_name_is_counted_from_the_newest_day(
    name: str, first: str, last: str
) -> None:
    wanted = Span.of_days(date.fromisoformat(first), date.fromisoformat(last))
    assert read(f"/area/25?period={name}").span(HORIZON) == wanted


def test_a_filter_chosen_again_is_taken_away() -> None:
    view = read("/area/25?field=DD&field=TP")
    assert view.filters == (("field", "DD"), ("field", "TP"))
    assert view.toggled("field", "DD").href() == "/area/25?field=TP"
    assert view.toggled("channel", "online").href() == "/area/25?field=DD&field=TP&channel=online"


def test_a_filter_nothing_was_counted_for_is_refused() -> None:
    with pytest.raises(AddressError) as refusal:
        view_of(
            "/area/25",
            "field=DD&field=XX",
            metrics=catalogue().metrics,
            register=register(),
            horizon=HORIZON,
            choices={"field": ["DD"]},
        )
    assert [problem.key for problem in refusal.value.problems] == ["address.no_field"]
    assert refusal.value.nearest_href == "/area/25?field=DD"


def test_what_is_usual_is_left_out_of_an_address() -> None:
    assert View().href() == "/"
    assert View(page="area", area="25").href() == "/area/25"
    assert View(page="area", area="25", grain=Grain.YEAR).href() == "/area/25?grain=year"


def test_a_year_without_its_days_runs_to_the_newest_day() -> None:
    assert read("/area/25").span(HORIZON) == Span.of_days(date(2026, 1, 1), HORIZON)


def test_the_last_day_of_an_address_is_included() -> None:
    span = read("/area/25?from=2025-01-01&to=2025-06-30").span(HORIZON)
    assert span == Span(date(2025, 1, 1), date(2025, 7, 1))


def test_a_misspelt_parameter_leads_to_the_right_one() -> None:
    error = refused("/area/25?grian=year")
    assert [problem.key for problem in error.problems] == ["address.no_parameter"]
    assert error.nearest_href == "/area/25?grain=year"


def test_a_day_written_as_people_write_it_is_understood_but_not_accepted() -> None:
    error = refused("/area/25?from=01/02/2025&to=2025-06-30")
    assert [problem.key for problem in error.problems] == ["address.no_day"]
    assert error.nearest_href == "/area/25?from=2025-02-01&to=2025-06-30"


@pytest.mark.parametrize(
    ("address", "key", "nearest"),
    [
        (
            "/area/25?metric=on_time_rate_resolve",
            "no_metric",
            "/area/25?metric=on_time_rate_resolved",
        ),
        ("/area/25?grain=mnth", "no_grain", "/area/25"),
        ("/area/25?boundaries=then&boundaries=today", "twice", "/area/25?boundaries=then"),
        (
            "/area/25?from=2026-02-01&to=2026-01-01",
            "backwards",
            "/area/25?from=2026-01-01&to=2026-02-01",
        ),
        ("/area/93", "no_area", "/area/93@2025-06-30"),
        ("/area/99999", "no_area", "/"),
        ("/soures", "no_page", "/sources"),
        ("/tinh/25", "no_page", "/area/25"),
        ("/area/25?from=2010-01-01&to=2026-01-01&grain=day", "too_fine", None),
        ("/?utm_source=x", "no_parameter", "/"),
        ("/metric/docs_snt?area=25", "no_metric", "/metric/docs_sent?area=25"),
        ("/methodolgy", "no_page", "/methodology"),
        ("/area/25?period=last_mont", "no_period", "/area/25?period=last_month"),
        (
            "/area/25?period=month&from=2026-01-01",
            "period_and_days",
            "/area/25?from=2026-01-01",
        ),
        ("/area/25?field=DD&field=DD", "twice", "/area/25?field=DD"),
    ],
)
def test_a_wrong_address_says_what_is_wrong_and_offers_the_nearest(
    address: str, key: str, nearest: str | None
) -> None:
    error = refused(address)
    assert [problem.key for problem in error.problems] == [f"address.{key}"]
    assert nearest in (None, error.nearest_href)
    assert read(error.nearest_href).href() == error.nearest_href


@given(st.text(max_size=40), st.text(max_size=60))
def test_no_address_breaks_the_reader(path: str, search: str) -> None:
    address = f"/{path}?{search}"
    with suppress(AddressError):
        read(address)
        return
    nearest_href = refused(address).nearest_href
    assert read(nearest_href).href() == nearest_href


def test_a_trend_shows_whole_periods_and_enough_of_the_past() -> None:
    year = Span.of_days(date(2026, 1, 1), HORIZON)
    shown = trend_span(year, Grain.MONTH, ReportingCalendar.MONTH)
    assert shown == Span(date(2024, 12, 1), date(2026, 12, 1))
    reported = trend_span(year, Grain.MONTH, ReportingCalendar.ND09)
    assert (reported.start.day, reported.end.day) == (15, 15)
