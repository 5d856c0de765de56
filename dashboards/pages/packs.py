"""Packs for meetings: choose a recipe, area and period, put in order, comment, look, take away.

The page is a frame and its words; assets/packs.js draws what is chosen, which no callback needs.
"""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboards.components.head import page_head
from dashboards.components.markup import Markup
from dashboards.data import Drawn, Visit
from dashboards.ids import part
from dashboards.text import Words

NAME = "packs"
PARTS = (f"{part(NAME, 'head')}.tree", f"{part(NAME, 'words')}.data")
WORDS = (
    "recipe",
    "title",
    "area",
    "area_hint",
    "period",
    "compare",
    "sections",
    "metric",
    "grain",
    "own_period",
    "pack_period",
    "comment",
    "comment_hint",
    "whole",
    "worst",
    "up",
    "down",
    "drop",
    "add",
    "preview",
    "take",
    "keep",
    "keep_as",
    "forget",
    "kept",
    "loading",
    "failed",
    "no_area",
    "page",
    "nothing_yet",
)
SCHEDULE_WORDS = (
    *("title", "lead", "no_mail", "keep_first", "at", "until", "to", "to_hint", "forms"),
    *("arrange", "arranged", "none", "next", "last", "never", "owner"),
    *("on", "on_workdays", "on_mon", "on_tue", "on_wed", "on_thu", "on_fri", "on_month", "on_last"),
    *("pause", "resume", "remove"),
)


def skeleton(words: Words) -> Component:  # noqa: ARG001 - every page is asked in the same way
    """The page without what can be chosen."""
    return html.Div(
        [
            dcc.Store(id=part(NAME, "words")),
            Markup(id=part(NAME, "head"), className="ioc-pagehead"),
            html.Div(id=part(NAME, "desk"), className="ioc-packs"),
        ],
        className="ioc-books",
    )


def drawn(visit: Visit) -> Drawn:
    """The head, and the words of what the browser draws."""
    say = visit.words
    head = page_head(say("pack.heading"), [say("pack.lead")], [], say)
    told: dict[str, Any] = {name: say(f"pack.{name}") for name in WORDS}
    told |= {"language": say.language, "schedule": _schedule_words(say)}
    return dict(zip(PARTS, [head, told], strict=True))


def _schedule_words(say: Words) -> dict[str, str]:
    gaps = {"to_hint": {"domains": "{domains}"}, "on_month": {"day": "{day}"}}
    told = {name: say(f"schedule.{name}", **gaps.get(name, {})) for name in SCHEDULE_WORDS}
    return {**told, "language": say.language}
