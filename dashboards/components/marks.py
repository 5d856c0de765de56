"""Small marks beside a number: verdict, change, freshness, reservations. Word and shape first."""

from datetime import date, datetime, time

from dashboards import format as fmt
from dashboards.cells import Cell
from dashboards.components.markup import Tree, tag
from dashboards.text import Words
from domain.period import DAY
from metrics.catalogue import Better, Metric


def status(state: str, words: Words, *, pill: bool = False, why: str = "") -> Tree:
    """The verdict as a shape and a word; `why` is told to who points at it."""
    kind = f"ioc-status ioc-status--{state}" + (" ioc-status--pill" if pill else "")
    return tag(
        "span",
        tag("span", cls="ioc-status__mark", aria_hidden="true"),
        tag("span", words(f"status.{state}"), cls="ioc-status__word"),
        cls=kind,
        title=why or None,
    )


def status_mark(state: str, words: Words) -> Tree:
    """The verdict's shape alone; the word is read out."""
    mark = tag("span", cls="ioc-status__mark", role="img", aria_label=words(f"status.{state}"))
    return tag("span", mark, cls=f"ioc-status ioc-status--{state} ioc-status--mark-only")


def change(
    metric: Metric, now: float | None, before: float | None, basis: str, words: Words
) -> Tree:
    """How a value moved: points for rates, percent for counts, better or worse by the metric.

    A count that was 0 is told in whole numbers. Nothing to compare with says so.
    """
    if now is None or before is None:
        return tag("span", words("change.none"), cls="ioc-change ioc-change--none")
    text, sign = movement(metric, now, before, words)
    direction = {1: "up", -1: "down", 0: "flat"}[sign]
    return tag(
        "span",
        tag("span", cls="ioc-change__arrow", aria_hidden="true"),
        tag("span", text, cls="ioc-change__amount"),
        tag("span", basis, cls="ioc-change__basis") if basis else None,
        cls=f"ioc-change ioc-change--{direction} ioc-change--{_judgement(metric.better, sign)}",
    )


def movement(metric: Metric, now: float, before: float, words: Words) -> tuple[str, int]:
    """The movement with its unit, and its sign once it is rounded."""
    if metric.unit == "percent":
        kind, decimals, amount = "points", 1, now - before
    elif metric.unit == "score":
        kind, decimals, amount = "score", 2, now - before
    elif before:
        kind, decimals, amount = "percent", 1, (now - before) / before * 100
    else:
        kind, decimals, amount = "count", 0, now
    rounded = round(amount, decimals)
    text = words(f"change.{kind}", amount=fmt.signed(rounded, decimals, words.language))
    return text, (rounded > 0) - (rounded < 0)


def _judgement(better: Better, sign: int) -> str:
    if sign == 0 or better is Better.NEUTRAL:
        return "neutral"
    return "better" if (sign > 0) == (better is Better.HIGHER) else "worse"


def freshness(
    state: str, until: datetime | None, words: Words, *, today: date | None = None
) -> Tree:
    """How fresh, in a word, and how far the data reach: of `today` the hour is enough."""
    written = reach_of(until, words, today) if until else ""
    reach = (
        tag("time", written, cls="ioc-fresh__time", datetime=until.isoformat()) if until else None
    )
    return tag(
        "span",
        tag("span", cls="ioc-fresh__mark", aria_hidden="true"),
        tag("span", words(f"freshness.{state}"), cls="ioc-fresh__word"),
        reach,
        cls=f"ioc-fresh ioc-fresh--{state}",
        title=words(f"freshness.{state}_long"),
    )


def reach_of(until: datetime, words: Words, today: date | None = None) -> str:
    """How far data reach: `08:00 22/11/2026`, of `today` the hour; midnight ends the day before."""
    local = until.astimezone(fmt.ZONE)
    if local.date() == today:
        return fmt.clock(until)
    if local.time() == time.min:
        return words("reach.whole_day", day=fmt.day(local.date() - DAY, words.language))
    return fmt.instant(until, words.language)


def locked_text(cell: Cell, words: Words) -> str:
    """When a value was locked, and what it is now where that is another."""
    told = words("mark.locked", day=fmt.day(date.fromisoformat(cell.locked), words.language))
    if cell.restated_value == cell.value:
        return told
    now = fmt.shown(cell.restated_value, cell.unit, words.language)
    return f"{told}, {words('mark.restated', value=now)}"


def reservations(cell: Cell, words: Words) -> list[Tree]:
    """What must be said beside a value: reported, estimated, provisional, incomplete."""
    marks = []
    if cell.reported:
        marks.append(tag("span", words("mark.reported"), cls="ioc-mark ioc-mark--reported"))
    if cell.estimated:
        marks.append(tag("span", words("mark.estimated"), cls="ioc-mark ioc-mark--estimated"))
    if cell.averaged:
        marks.append(tag("span", words("mark.averaged"), cls="ioc-mark ioc-mark--reported"))
    if cell.open:
        marks.append(tag("span", words("mark.open"), cls="ioc-mark ioc-mark--provisional"))
    if cell.locked:
        marks.append(tag("span", locked_text(cell, words), cls="ioc-mark ioc-mark--locked"))
    if cell.value is not None and cell.coverage is not None and cell.coverage < 1:
        marks.append(
            tag("span", _coverage(cell, words), cls="ioc-mark ioc-mark--coverage ioc-mark--partial")
        )
    return marks


def _coverage(cell: Cell, words: Words) -> str:
    return words(
        "mark.coverage",
        reported=fmt.number(cell.coverage_reported, 0, words.language),
        expected=fmt.number(cell.coverage_expected, 0, words.language),
    )


def why_unknown(cell: Cell, words: Words) -> str:
    """Why there is no verdict, as a sentence; nothing where there is one."""
    reason = f"reason.{cell.status_reason}"
    return words(reason) if cell.status == "unknown" and reason in words else ""
