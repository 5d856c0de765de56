"""Where the figures come from: every source, who is late, its batches, what was not believed."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboards import format as fmt
from dashboards.components.books import (
    batches_table,
    feeds_table,
    rejected_table,
    sources_table,
)
from dashboards.components.head import page_head, panel_head
from dashboards.components.markup import Markup, Tree, tag
from dashboards.components.states import empty
from dashboards.data import Drawn, Visit
from dashboards.ids import part
from dashboards.places import area_title
from dashboards.text import Words
from domain.freshness import Freshness
from metrics.feeds import Feed, feeds_of
from metrics.snapshots import rejections

NAME = "sources"
NAMES = ("head", "sources", "feeds", "batches", "rejected")
PARTS = tuple(f"{part(NAME, name)}.tree" for name in NAMES)
MOST_BATCHES = 60
MOST_REASONS = 60
MOST_FEEDS = 100


def skeleton(words: Words) -> Component:  # noqa: ARG001 - every page is asked in the same way
    """The page without its books."""
    panels = [
        Markup(
            id=part(NAME, name),
            className="ioc-panel ioc-panel--flush" + " ioc-panel--whole" * (name == "sources"),
            element="section",
        )
        for name in NAMES[1:]
    ]
    return html.Div(
        [Markup(id=part(NAME, "head"), className="ioc-pagehead"), *panels], className="ioc-books"
    )


def drawn(visit: Visit) -> Drawn:
    """Every part of the page."""
    say, snapshot = visit.words, visit.snapshot
    feeds = feeds_of(snapshot, visit.now, visit.rules.calendar)
    whole = {feed.source: feed for feed in feeds if not feed.area_id and not feed.organisation}
    sources = sorted(snapshot.sources, key=lambda source: -whole[source["source"]].state.severity)
    batches = _rows(snapshot.batches())[:MOST_BATCHES]
    trees: list[Tree | list[Tree]] = [
        page_head(say("sources.heading"), [say("sources.lead")], [], say, [_published(visit)]),
        _panel(say("sources.title"), "", sources_table(sources, whole, say)),
        _panel(say("sources.feeds"), say("sources.feeds_note"), _behind(visit, feeds)),
        _panel(say("sources.batches"), say("sources.account"), batches_table(batches, say)),
        _panel(
            say("sources.rejections"),
            say("sources.rejections_note"),
            _rejections(visit),
            tag(
                "a",
                say("sources.download"),
                href=f"/download/rejected?lang={say.language}",
                download=True,
            ),
        ),
    ]
    return dict(zip(PARTS, trees, strict=True))


def _published(visit: Visit) -> Tree:
    built = fmt.instant(visit.snapshot.built_at, visit.words.language)
    text = visit.words("shell.snapshot", built=built, version=visit.snapshot.version)
    return tag("span", text, cls="ioc-reach")


def _panel(title: str, note: str, content: Tree, *actions: Tree) -> list[Tree]:
    return [
        tag("div", *panel_head(title, note, *actions, level=2), cls="ioc-panel__head"),
        tag("div", content, cls="ioc-panel__body"),
    ]


def _behind(visit: Visit, feeds: Sequence[Feed]) -> Tree:
    """Who below the sources is behind or has been this year, the worst first."""
    found = [
        feed
        for feed in feeds
        if feed.is_expected
        and (feed.area_id or feed.organisation)
        and (feed.late or feed.state not in (Freshness.FRESH, Freshness.HOLIDAY))
    ]
    if not found:
        return empty(visit.words("sources.no_feeds"), icon="check", kind="ioc-empty--inline")
    found.sort(key=lambda feed: (-feed.state.severity, -feed.late, feed.source, feed.area_id))
    shown = found[:MOST_FEEDS]
    register = visit.rules.register
    names = {
        feed.area_id: area_title(register.get(feed.area_id), visit.snapshot.horizon)
        for feed in shown
        if feed.area_id
    }
    return feeds_table(shown, names, visit.words)


def _rejections(visit: Visit) -> Tree:
    """How often each field of each source broke which rule."""
    rows = _rows(rejections(visit.snapshot))[:MOST_REASONS]
    if not rows:
        return empty(visit.words("sources.no_rejections"), icon="check", kind="ioc-empty--inline")
    return rejected_table(rows, visit.words)


def _rows(frame: pd.DataFrame) -> Sequence[dict[str, Any]]:
    """A frame's rows; whatever is missing is None."""
    return [
        {str(key): None if pd.isna(value) else value for key, value in row.items()}
        for row in frame.to_dict("records")
    ]
