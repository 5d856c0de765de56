"""Promises of dates: every form that sources write, read alike alone and by the column."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasources.reading.date_columns import days, instants
from datasources.reading.dates import day, form_of, instant
from domain.errors import RecordError

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
EARLY = datetime(1900, 1, 2)  # noqa: DTZ001  (wall times)
LATE = datetime(2199, 12, 30)  # noqa: DTZ001
ZONES = [VIETNAM, ZoneInfo("UTC"), ZoneInfo("Europe/Amsterdam"), ZoneInfo("Australia/Lord_Howe")]

# 15 July 2020, 08:30 in Vietnam.
MORNING = datetime(2020, 7, 15, 1, 30, tzinfo=UTC)
MIDNIGHT = datetime(2020, 7, 14, 17, 0, tzinfo=UTC)

VECTORS = [
    ("20200715083000", MORNING),
    ("20200715", MIDNIGHT),
    ("2020-07-15 08:30:00", MORNING),
    ("2020-07-15 08:30", MORNING),
    ("2020-07-15T08:30:00", MORNING),
    ("2020-07-15T01:30:00Z", MORNING),
    ("2020-07-15T08:30:00+07:00", MORNING),
    ("2020-07-15T08:30:00+0700", MORNING),
    ("2020-07-15T08:30:00+07", MORNING),
    ("2020-07-14 20:30:00 -05:00", MORNING),
    ("2020-07-15 08:30:00.5", MORNING + timedelta(milliseconds=500)),
    ("2020-07-15 08:30:00.123456789", MORNING + timedelta(microseconds=123456)),
    ("2011-12-06 13:41:31.788000+01:00", datetime(2011, 12, 6, 12, 41, 31, 788000, tzinfo=UTC)),
    ("2020/07/15 08:30:00", MORNING),
    ("2020/07/15", MIDNIGHT),
    ("15/07/2020 08:30:00", MORNING),
    ("15/7/2020 8:30", MORNING),
    ("15/07/2020", MIDNIGHT),
    ("15-07-2020", MIDNIGHT),
    ("  2020-07-15  ", MIDNIGHT),
    ("2020-02-29", datetime(2020, 2, 28, 17, tzinfo=UTC)),
    # Just before and after the turn of a day, a month and a year in Vietnam.
    ("20201231233000", datetime(2020, 12, 31, 16, 30, tzinfo=UTC)),
    ("20210101001000", datetime(2020, 12, 31, 17, 10, tzinfo=UTC)),
    ("01/03/2026 06:00", datetime(2026, 2, 28, 23, 0, tzinfo=UTC)),
    ("", None),
    ("   ", None),
    ("NULL", None),
    ("-", None),
    ("0000-00-00T00:00:00", None),
    ("00000000000000", None),
    ("0000-00-00", None),
    ("0001-01-01T00:00:00", None),
    ("00/00/0000", None),
    (None, None),
]
REFUSED = [
    "31/04/2020", "2020-02-30", "2021-02-29", "2020-13-01", "2020-00-10", "24/12/2020 24:00",
    "20201305", "1850-01-01", "2999-01-01", "2020-07-15T08:30:00+20:00", "15.07.2020",
    "07-15-20", "2020-7", "hôm qua", "July 15 2020", "44027", "2020-07-15 08:61:00", "0001-01-00",
]  # fmt: skip


@pytest.mark.parametrize(("text", "moment"), VECTORS)
def test_every_known_form_is_read(text: str | None, moment: datetime | None) -> None:
    assert instant(text, VIETNAM) == moment


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_date_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(RecordError) as refusal:
        instant(text, VIETNAM)
    assert text not in refusal.value.message


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_a_column_is_read_like_its_texts_one_by_one(zone: ZoneInfo) -> None:
    texts = [text for text, _ in VECTORS] + REFUSED
    column, bad = instants(pa.array(texts, pa.string()), zone)
    assert column.to_pylist() == [one(text, zone) for text in texts]
    assert bad.tolist() == [text in REFUSED for text in texts]


def one(text: str | None, zone: ZoneInfo) -> datetime | None:
    try:
        return instant(text, zone)
    except RecordError:
        return None


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.datetimes(EARLY, LATE).map(str),
            st.dates().map(lambda when: f"{when.day}/{when.month}/{when.year:04}"),
            st.text("0123456789-/:T +Z.,", max_size=25),
            st.text(max_size=8),
            st.none(),
        ),
        max_size=40,
    ),
    st.sampled_from(ZONES),
    st.booleans(),
)
def test_whatever_is_written_both_readers_agree(
    texts: list[str | None], zone: ZoneInfo, day_end: bool
) -> None:
    whole = pa.array(["", *texts], pa.string())
    # A slice, as blocks of a file are: its bytes do not begin where the buffer does.
    column, bad = instants(whole[1:], zone, day_end=day_end)
    for text, found, wrong in zip(texts, column.to_pylist(), bad.tolist(), strict=True):
        try:
            assert found == instant(text, zone, day_end=day_end)
            assert not wrong
        except RecordError:
            assert wrong
            assert found is None


def test_a_wall_time_that_comes_twice_is_the_first_and_one_that_never_comes_moves_on() -> None:
    amsterdam = ZoneInfo("Europe/Amsterdam")
    twice, never = "2020-10-25 02:30:00", "2020-03-29 02:30:00"
    column, _ = instants(pa.array([twice, never]), amsterdam)
    assert column.to_pylist() == [
        datetime(2020, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2020, 3, 29, 1, 30, tzinfo=UTC),
    ]


def test_a_bare_day_may_mean_its_end() -> None:
    assert instant("15/07/2020", VIETNAM, day_end=True) == MIDNIGHT + timedelta(
        days=1, microseconds=-1
    )
    assert instant("15/07/2020 00:00", VIETNAM, day_end=True) == MIDNIGHT


def test_a_column_of_rubbish_is_refused_in_no_time() -> None:
    texts = [f"Ông {number:x} {'b' * (number % 9)}" for number in range(20_000)]
    _, bad = instants(pa.array(texts), VIETNAM)
    assert bad.all()


def test_patterns_take_the_place_of_the_known_forms() -> None:
    patterns = ("MM/dd/yyyy HH:mm",)
    assert instant("07/15/2020 08:30", VIETNAM, patterns) == MORNING
    with pytest.raises(RecordError):
        instant("2020-07-15 08:30", VIETNAM, patterns)
    column, bad = instants(pa.array(["07/15/2020 08:30", "15/07/2020 08:30"]), VIETNAM, patterns)
    assert column.to_pylist() == [MORNING, None]
    assert bad.tolist() == [False, True]


@pytest.mark.parametrize("pattern", ["dd/MM", "%d/%m/%Y", "yyyy-MM-dd hh:mm"])
def test_a_pattern_that_names_no_day_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"lacks|letters other"):
        form_of(pattern)


def test_a_day_is_the_one_written_or_the_one_in_the_zone() -> None:
    texts = ["31/12/2020", "2020-12-31T17:30:00Z", "", "2014/02/30"]
    column, bad = days(pa.array(texts), VIETNAM)
    assert column.to_pylist() == [date(2020, 12, 31), date(2021, 1, 1), None, None]
    assert bad.tolist() == [False, False, False, True]
    assert day("31/12/2020 23:59", VIETNAM) == date(2020, 12, 31)
