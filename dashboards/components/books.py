"""The books of collecting: every source with its state, its batches, and what was rejected."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dashboards import format as fmt
from dashboards.components import marks
from dashboards.components.markup import Content, Tree, tag
from dashboards.components.table import table
from dashboards.text import Words

Row = Mapping[str, Any]
COUNTED = ("rows_read", "read", "new", "changed", "unchanged", "duplicate", "rejected")


def sources_table(sources: Sequence[Row], states: Mapping[str, str], words: Words) -> Tree:
    """Each source: its title and owner, its state in words, how far it reaches, its schedule."""
    columns = [
        (words(f"sources.{name}"), False)
        for name in ("source", "state", "reach", "attempt", "schedule")
    ]
    rows = [_source_row(source, states[source["source"]], words) for source in sources]
    return table(words("sources.title"), columns, rows)


def _source_row(source: Row, state: str, words: Words) -> list[Content]:
    language = words.language
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
        tag("span", _state_sentence(source, state, words), cls="ioc-source__why"),
        cls="ioc-source",
    )
    return [
        title,
        verdict,
        marks.reach_of(until, words) if (until := source["data_as_of"]) else fmt.MISSING,
        fmt.instant(source["last_attempt_at"], language),
        _promise(source, words),
    ]


def _state_sentence(source: Row, state: str, words: Words) -> str:
    reason = source.get("up_reason")
    return reason if state == "down" and reason else words(f"freshness.{state}_long")


def _promise(source: Row, words: Words) -> str:
    """What the source has promised, in words."""
    if source["expected_by"]:
        return words("sources.daily", time=f"{source['expected_by']:%H:%M}")
    if source["expected_every_s"]:
        minutes = fmt.number(float(source["expected_every_s"]) / 60, 0, words.language)
        return words("sources.every", minutes=minutes)
    return words("sources.once")


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
    return table(words("sources.batches"), columns, rows, "ioc-table--dense ioc-table--sticky")


def _batch_row(batch: Row, words: Words) -> list[Content]:
    finished: datetime | None = batch["finished_at"]
    counts = [fmt.number(batch[name], 0, words.language) for name in COUNTED]
    return [
        fmt.instant(finished, words.language),
        batch["source"],
        tag(
            "span", words(f"batch.{batch['status']}"), cls=f"ioc-batch ioc-batch--{batch['status']}"
        ),
        *counts,
        batch["message"] or "",
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
    return table(words("sources.rejections"), columns, rows, "ioc-table--dense")


def _rule(row: Row, words: Words) -> str:
    """The rule that was broken, in the reader's words; as it was booked where there are none."""
    key = f"rule.{row['rule']}"
    return words(key) if key in words else str(row["reason"])
