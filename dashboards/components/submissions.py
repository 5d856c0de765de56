"""Handing in figures, as trees: what a form asks, and what became of what was handed in."""

from collections.abc import Sequence

from dashboards import format as fmt
from dashboards.components.head import panel_head
from dashboards.components.markup import Content, Tree, tag
from dashboards.components.states import empty
from dashboards.components.table import table
from dashboards.submitting import Asked, Choice, Entry, Refused
from dashboards.text import Words
from dashboards.told import told

SHOWN_HASH = 12
KILOBYTE = 1024
FATES = {"received": "waiting", "held": "waiting", "failed": "failed", "refused": "refused"}


def unusable(title: str, text: str) -> Tree:
    """That nothing can be handed in, and why."""
    return tag("div", empty(title, text, icon="file-spreadsheet"), cls="ioc-panel__body")


def refusal_note(refused: Refused, words: Words) -> Tree:
    """Why something cannot be done."""
    text = words(f"submit.refused_{refused.key}", **refused.gaps)
    return tag("p", text, cls="ioc-note ioc-note--wrong", role="alert")


def template_text(asked: Asked, choice: Choice, words: Words) -> list[Tree]:
    """The way out: what the template holds, and the template."""
    counts = words(
        "submit.asks",
        metrics=fmt.number(asked.metrics, 0, words.language),
        areas=fmt.number(asked.areas, 0, words.language),
        rows=fmt.number(asked.rows, 0, words.language),
    )
    href = f"/submissions/{choice.form}/{choice.period}/{choice.area}/bieu.xlsx"
    return [
        tag("h2", words("submit.take"), cls="ioc-way__title"),
        tag("p", f"{asked.period} · {asked.area}", cls="ioc-way__what"),
        tag("p", counts, cls="ioc-way__text"),
        tag(
            "a",
            tag("span", cls="ioc-icon ioc-icon--download", aria_hidden="true"),
            words("submit.download"),
            href=href,
            download=True,
            cls="ioc-button ioc-button--primary",
        ),
    ]


def drop_text(words: Words) -> list[Tree]:
    """The way back: where the file goes."""
    return [
        tag("span", cls="ioc-drop__mark ioc-icon ioc-icon--upload", aria_hidden="true"),
        tag("span", words("submit.give"), cls="ioc-way__title"),
        tag("span", words("submit.drop"), cls="ioc-way__text"),
        tag("span", words("submit.choose_file"), cls="ioc-button"),
    ]


# ---- what became of it -----------------------------------------------------------------------


def receipt_panel(entry: Entry, words: Words) -> Tree:
    """The receipt of what was just handed in, with its fate so far."""
    facts = [
        ("receipt", entry.receipt),
        ("at", fmt.instant(entry.submitted_at, words.language)),
        ("period", entry.period),
        ("area", entry.area),
        ("figures", fmt.number(entry.figures, 0, words.language)),
        ("hash", entry.sha256),
    ]
    items = [
        one for name, text in facts for one in (tag("dt", words(f"submit.{name}")), tag("dd", text))
    ]
    return tag(
        "section",
        tag("div", *panel_head(words("submit.done"), ""), cls="ioc-panel__head"),
        tag(
            "div",
            tag("p", _fate(entry, words), cls="ioc-told__verdict", role="status"),
            tag("dl", *items, cls="ioc-definition__facts"),
            cls="ioc-told",
        ),
        cls="ioc-panel ioc-receipt",
        aria_label=words("submit.done"),
    )


def entries_panel(entries: Sequence[Entry], words: Words) -> Tree:
    """Everything that was handed in for a form, the newest first."""
    head = panel_head(words("submit.entries"), words("submit.entries_note"))
    if entries:
        columns = [
            (words("submit.at"), False),
            (words("submit.fate"), False),
            (words("submit.period"), False),
            (words("submit.area"), False),
            (words("submit.figures"), True),
            (words("submit.person"), False),
            (words("submit.hash"), False),
        ]
        rows = [_entry(one, words) for one in entries]
        content = table(words("submit.entries"), columns, rows, "ioc-table--dense ioc-entries")
    else:
        content = empty(
            words("submit.no_entries"), words("submit.no_entries_long"), icon="list-checks"
        )
    return tag(
        "section",
        tag("div", *head, cls="ioc-panel__head"),
        tag("div", content, cls="ioc-panel__body"),
        cls="ioc-panel ioc-panel--flush",
    )


def _entry(entry: Entry, words: Words) -> list[Content]:
    size = fmt.number(entry.bytes / KILOBYTE, 0, words.language)
    return [
        fmt.instant(entry.submitted_at, words.language),
        _fate(entry, words),
        entry.period,
        entry.area,
        fmt.number(entry.figures, 0, words.language),
        words("submit.guest") if entry.person == "guest" else entry.person,
        tag(
            "span",
            tag("code", entry.sha256[:SHOWN_HASH]),
            tag("small", f" {size} KB"),
            title=entry.sha256,
        ),
    ]


def _fate(entry: Entry, words: Words) -> Tree:
    """Waiting, collected at, or why not."""
    at = fmt.instant(entry.settled_at, words.language)
    is_told = entry.fate in ("failed", "held") and entry.detail
    return tag(
        "span",
        tag(
            "span",
            words(f"submit.fate_{entry.fate}", at=at),
            cls=f"ioc-batch ioc-batch--{FATES.get(entry.fate, 'ok')}",
        ),
        tag("span", told(entry.detail, words.language), cls="ioc-source__why") if is_told else None,
        cls="ioc-source",
    )
