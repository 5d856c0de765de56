"""What happened beside a metric of an area: decrees and campaigns, and sources that kept silent."""

from dashboards import format as fmt
from dashboards.board import Board
from dashboards.charts.trend_sheet import Event
from dashboards.text import Words
from domain.period import DAY
from metrics.annotations import Annotation
from metrics.outages import Outage, ends, outages


def happened(board: Board, words: Words) -> tuple[Event, ...]:
    """The annotations of a board's metric, and the outages of the sources it comes from."""
    metric, span = board.metric, board.trend_span
    told = board.rules.annotations.of(board.area.area_id, metric, span, board.register)
    used = {name for cell in board.series[metric.id] for name in cell.sources}
    silent = [
        one
        for one in outages(board.snapshot)
        if one.source in used and one.day < span.end and ends(one) > span.start
    ]
    titles = board.source_titles(words.language)
    return (
        *(_event(one, words) for one in told),
        *(_outage(one, titles.get(one.source, one.source), words) for one in silent),
    )


def _event(one: Annotation, words: Words) -> Event:
    text = one.text[words.language]
    if one.legal_act:
        text += f" ({one.legal_act})"
    day = fmt.day(one.day, words.language)
    if one.until:
        day += f" – {fmt.day(one.until - DAY, words.language)}"
    return Event(one.day, words("trend.happened", day=day, text=text), one.until)


def _outage(one: Outage, title: str, words: Words) -> Event:
    day, last = (fmt.day(each, words.language) for each in (one.day, one.last))
    key = "trend.outage" if one.until else "trend.silent"
    gaps = {"source": title, "day": day} | ({"last": last} if one.until else {})
    return Event(one.day, words(key, **gaps), ends(one))
