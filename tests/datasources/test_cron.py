"""Promises of schedules: five fields, read as people mean them."""

import pytest

from datasources.reading.cron import checked_cron


@pytest.mark.parametrize(
    "text",
    [
        "*/15 * * * *",
        "0 7,12-14 * * mon-fri",
        "5 0 1 jan,jul *",
        "0  6 * * SUN",
        "*/5 8-17/2 * * *",
    ],
)
def test_a_schedule_of_five_fields_is_taken(text: str) -> None:
    assert checked_cron(text) == " ".join(text.lower().split())


@pytest.mark.parametrize("weekday", ["0", "1-5", "7", "mon-5", "*/2,6"])
def test_weekday_numbers_are_refused_for_cron_and_the_scheduler_read_them_differently(
    weekday: str,
) -> None:
    with pytest.raises(ValueError, match=r"weekday number.*write mon, tue, wed"):
        checked_cron(f"0 6 * * {weekday}")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("0 6 * *", "has 4 fields, not five"),
        ("60 * * * *", "'60' is not a minute: 0 to 59"),
        ("0 24 * * *", "'24' is not a hour: 0 to 23"),
        ("0 0 0 * *", "'0' is not a day: 1 to 31"),
        ("0 0 * thu *", "'thu' is not a month: jan"),
        ("0 0 * * monday", "'monday' is not a weekday: mon"),
        ("*/0 * * * *", "is not a minute"),
        ("1-2-3 * * * *", "is not a minute"),
        ("", "has 0 fields"),
    ],
)
def test_a_wrong_field_is_named(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        checked_cron(text)
