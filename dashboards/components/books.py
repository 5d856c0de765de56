"""The books of collecting: every source with its state, its batches, and what was rejected."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dashboards import format as fmt
from dashboards.components import marks
from dashboards.components.markup import Content, Tree, tag
from dashboards.components.table import table
from dashboards.text import Words
from dashboards.told import told
from metrics.feeds import Feed

Row = Mapping[str, Any]
CARDS = "ioc-table--cards"
DENSE = f"ioc-table--dense ioc-table--sticky {CARDS}"
COUNTED = ("rows_read", "read", "new", "changed", "unchanged", "duplicate", "rejected")


def sources_table(sources: Sequence[Row], feeds: Mapping[str, Feed], words: Words) -> Tree:
    """Each source: its title and owner, its state in words, how far it reaches, its promise.

    `feeds` are the sources as a whole, by id.
    """
    columns = [
        (words(f"sources.{name}"), False)
        for name in ("source", "state", "reach", "attempt", "schedule", "lateness")
    ]
    rows = [_source_row(source, feeds[source["source"]], words) for source in sources]
    return table(words("sources.title"), columns, rows, CARDS)


def _source_row(source: Row, feed: Feed, words: Words) -> list[Content]:
    language, state = words.language, feed.state.value
    title = tag(
        "span",
        tag("b", source[f"title_{language}"]),
        tag("small", f" {source['source']}"),
        tag("span", source["owner"] or "", cls="ioc-source__owner"),
        cls="ioc-source",
    )
    verdict = tag(
        "span",
        marks.freshness(state, None, words),
        tag("span", state_sentence(source, state, words), cls="ioc-source__why"),
        cls="ioc-source",
    )
    return [
        title,
        verdict,
        marks.reach_of(until, words) if (until := source["data_as_of"]) else fmt.MISSING,
        fmt.instant(source["last_attempt_at"], language),
        promise(source, words),
        lateness(feed, words),
    ]


def lateness(feed: Feed, words: Words) -> str:
    """How many of this year's deliveries came late, and how often somebody was reminded."""
    if not feed.due:
        return fmt.MISSING
    said = words("sources.late", late=str(feed.late), due=str(feed.due))
    if feed.reminders:
        said += " · " + words("sources.reminded", count=str(feed.reminders))
    return said


def feeds_table(feeds: Sequence[Feed], names: Mapping[str, str], words: Words) -> Tree:
    """Who delivers through the sources: state, reach and lateness. `names` are areas' by id."""
    columns = [
        (words(f"sources.{name}"), False)
        for name in ("who", "source", "state", "reach", "last_late", "lateness")
    ]
    rows: list[list[Content]] = [
        [
            " · ".join(filter(None, (names.get(feed.area_id, feed.area_id), feed.organisation))),
            feed.source,
            marks.freshness(feed.state.value, None, words),
            marks.reach_of(feed.reaches, words) if feed.reaches else fmt.MISSING,
            fmt.day(feed.last_late, words.language) if feed.last_late else fmt.MISSING,
            lateness(feed, words),
        ]
        for feed in feeds
    ]
    return table(words("sources.feeds"), columns, rows, DENSE)


def state_sentence(source: Mapping[Any, Any], state: str, words: Words) -> str:
    """What is wrong as the collector told it, else what the state means."""
    reason = (state == "suspect" and source.get("doubt")) or source.get("up_reason")
    is_told = state in ("down", "never", "suspect") and reason
    if not is_told:
        return words(f"freshness.{state}_long")
    return told(str(reason), words.language)


def promise(source: Mapping[Any, Any], words: Words) -> str:
    """What the source has promised, in words."""
    if source["expected_by"]:
        return words("sources.daily", time=f"{source['expected_by']:%H:%M}")
    if source["expected_every_s"]:
        return _every(float(source["expected_every_s"]), words)
    return words("sources.once")


def _every(seconds: float, words: Words) -> str:
    """A pause in the largest unit that it fills."""
    units = {"days": 86_400, "hours": 3600, "minutes": 60}
    unit = next((name for name, size in units.items() if seconds >= size), "minutes")
    count = fmt.number(seconds / units[unit], 0, words.language)
    return words(f"sources.every_{unit}", count=count)


def batches_table(batches: Sequence[Row], words: Words) -> Tree:
    """The last batches, newest first: read = new + changed + unchanged + duplicate + rejected."""
    columns = [
        (words("sources.finished"), False),
        (words("sources.source"), False),
        (words("sources.outcome"), False),
        *((words(f"sources.{name}"), True) for name in COUNTED),
        (words("sources.message"), False),
    ]
    rows = [_batch_row(batch, words) for batch in batches]
    return table(words("sources.batches"), columns, rows, DENSE)


def _batch_row(batch: Row, words: Words) -> list[Content]:
    finished: datetime | None = batch["finished_at"]
    outcome = batch["status"]
    if outcome == "unchanged" and batch["read"] == batch["rejected"] > 0:
        outcome = "refused"
    text = told(batch["message"], words.language)
    counts = [fmt.number(batch[name], 0, words.language) for name in COUNTED]
    return [
        fmt.instant(finished, words.language),
        batch["source"],
        tag("span", words(f"batch.{outcome}"), cls=f"ioc-batch ioc-batch--{outcome}"),
        *counts,
        tag("span", text, cls="ioc-batch__note") if text else "",
    ]


def rejected_table(rejected: Sequence[Row], words: Words) -> Tree:
    """Why records were not believed: per source, field and rule, how many; never their values."""
    columns = [
        (words("sources.source"), False),
        (words("sources.field"), False),
        (words("sources.reason"), False),
        (words("sources.count"), True),
    ]
    rows: list[list[Content]] = [
        [
            row["source"],
            row["field"],
            _rule(row, words),
            fmt.number(row["count"], 0, words.language),
        ]
        for row in rejected
    ]
    return table(words("sources.rejections"), columns, rows, f"ioc-table--dense {CARDS}")


def _rule(row: Row, words: Words) -> Content:
    """The rule that was broken, and in what way."""
    key, reason = f"rule.{row['rule']}", told(row["reason"], words.language)
    if key not in words:
        return reason
    return tag("span", words(key), tag("span", reason, cls="ioc-source__why"), cls="ioc-source")
