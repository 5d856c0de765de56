"""Measuring stations one by one: the newest reading, what came, and hours out of the limits."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from dashboards import format as fmt
from dashboards.components import marks
from dashboards.components.markup import Content, Tree, tag
from dashboards.components.table import table
from dashboards.text import Words
from metrics.stations import Station, StationDay


def station_table(
    stations: Sequence[Station], places: Mapping[str, Content], now: datetime, words: Words
) -> Tree:
    """A row for each station. `places` are the names of their areas, by id."""
    columns = [
        (words("stations.station"), False),
        (words("stations.area"), False),
        (words("stations.newest"), False),
        (words("stations.readings"), True),
        (words("stations.exceeded"), True),
        (words("stations.worst"), False),
        (words("stations.days"), False),
    ]
    rows = [_row(one, places, now, words) for one in stations]
    return table(words("stations.title"), columns, rows, "ioc-table--sticky")


def _row(one: Station, places: Mapping[str, Content], now: datetime, words: Words) -> list[Content]:
    language = words.language
    share = (
        fmt.shown(100 * one.readings / one.expected, "percent", language) if one.expected else ""
    )
    counts = fmt.fraction(one.readings, one.expected, language)
    hours = fmt.number(one.exceeded_hours, 0, language)
    return [
        one.station,
        places.get(one.area_id, one.area_id),
        _newest(one, now, words),
        f"{share} ({counts})" if share else counts,
        tag("b", hours, cls="ioc-stations__bad") if one.exceeded_hours else hours,
        one.worst or fmt.MISSING,
        tag("span", *[_day(day, words) for day in one.days], cls="ioc-stations__days"),
    ]


def _newest(one: Station, now: datetime, words: Words) -> Content:
    """The hour of the newest reading; of a silent station, that it is silent."""
    if one.last_hour is None:
        return marks.freshness("never", None, words)
    if not one.is_silent(now):
        return fmt.instant(one.last_hour, words.language)
    said = words("stations.silent", since=fmt.instant(one.last_hour, words.language))
    return tag("span", said, cls="ioc-stations__silent")


def _day(day: StationDay, words: Words) -> Tree:
    """One day as a small cell: what it was is its shape, its number and its words."""
    kind = "bad" if day.exceeded_hours else "silent" if not day.readings else "good"
    spoken = words(
        f"stations.day_{kind}",
        day=fmt.day(day.day, words.language),
        hours=str(day.exceeded_hours),
        readings=fmt.fraction(day.readings, day.expected, words.language),
    )
    shown = str(day.exceeded_hours) if day.exceeded_hours else ""
    return tag("span", shown, cls=f"ioc-stations__day ioc-stations__day--{kind}", role="img",
               aria_label=spoken, title=spoken)  # fmt: skip
