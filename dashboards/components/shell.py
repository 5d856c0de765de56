"""The frame around every page: band, banners, foot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboards import format as fmt
from dashboards.components import marks
from dashboards.components.markup import Tree, tag
from dashboards.text import Words

WELL = ("fresh", "holiday")
FEW = 8


@dataclass(frozen=True)
class SourceState:
    """One source as a visitor reads it: its title, its freshness, how far its data reach."""

    source: str
    title: str
    freshness: str
    data_as_of: datetime | None


def header(
    place: str,
    links: Sequence[tuple[str, str, bool]],
    overall: SourceState | None,
    words: Words,
    wall: str = "",
) -> list[Tree]:
    """The band: name, navigation (name, href, is_current), overall freshness, language, theme.

    `wall` is the address of the wall that shows the same; empty where there is nothing to show.
    """
    other = "en" if words.language == "vi" else "vi"
    return [
        tag(
            "a",
            tag("span", cls="ioc-brand__mark", aria_hidden="true"),
            tag("span", words("shell.name"), cls="ioc-brand__name"),
            tag("span", place, cls="ioc-brand__place"),
            cls="ioc-brand",
            href="/",
        ),
        tag(
            "nav",
            *[
                tag(
                    "a", name, href=href, cls="ioc-nav__link", aria_current="page" if here else None
                )
                for name, href, here in links
            ],
            cls="ioc-nav",
            aria_label=words("shell.nav"),
        ),
        tag(
            "div",
            marks.freshness(overall.freshness, overall.data_as_of, words) if overall else None,
            _to_wall(wall, words) if wall else None,
            tag(
                "button",
                other.upper(),
                cls="ioc-button ioc-button--icon",
                type="button",
                data_action="language",
                data_language=other,
                aria_label=words("shell.language"),
                lang=other,
            ),
            tag(
                "button",
                tag("span", cls="ioc-icon ioc-icon--moon", aria_hidden="true"),
                cls="ioc-button ioc-button--icon",
                type="button",
                data_action="theme",
                aria_label=words("shell.theme"),
            ),
            cls="ioc-header__tools",
        ),
    ]


def _to_wall(href: str, words: Words) -> Tree:
    """A wall is no page of the frame: it opens beside it, to be moved to the large screen."""
    return tag(
        "a",
        tag("span", cls="ioc-icon ioc-icon--monitor", aria_hidden="true"),
        tag("span", words("wall.open"), cls="ioc-header__wall-name"),
        href=href,
        target="_blank",
        rel="noopener",
        cls="ioc-button ioc-button--icon ioc-header__wall",
        aria_label=words("wall.open"),
        title=words("wall.open_long"),
    )


def simulated_banner(words: Words) -> Tree:
    """The banner that stands above everything while any figure is made up."""
    return tag(
        "div",
        tag("span", cls="ioc-banner__mark", aria_hidden="true"),
        tag(
            "p",
            tag("b", words("banner.simulated")),
            " ",
            words("banner.simulated_long"),
            cls="ioc-banner__text",
        ),
        tag("a", words("shell.sources"), href="/sources", cls="ioc-banner__action"),
        cls="ioc-banner ioc-banner--simulated",
        role="region",
        aria_label=words("banner.simulated"),
    )


def warning_banner(text: str) -> Tree:
    """Something a reader must know about what is shown."""
    return tag(
        "div",
        tag("span", cls="ioc-banner__mark", aria_hidden="true"),
        tag("p", text, cls="ioc-banner__text"),
        cls="ioc-banner ioc-banner--warning",
        role="region",
        aria_label=text,
    )


def footer(
    sources: Sequence[SourceState], built: datetime, version: str, words: Words
) -> list[Tree]:
    """The sources with their states, of many only those in trouble; and which snapshot this is."""
    troubled = [source for source in sources if source.freshness not in WELL]
    shown = sources if len(sources) <= FEW else troubled[:FEW]
    items = [
        tag(
            "li",
            tag("span", source.title, cls="ioc-footer__name"),
            marks.freshness(source.freshness, source.data_as_of, words),
            cls="ioc-footer__source",
        )
        for source in shown
    ]
    if others := len(sources) - len(shown):
        key = "shell.all_well" if not troubled else "shell.other_sources"
        link = tag("a", words(key, count=str(others)), href="/sources")
        items.append(tag("li", link, cls="ioc-footer__source"))
    line = words("shell.snapshot", built=fmt.instant(built, words.language), version=version)
    return [
        tag("ul", *items, cls="ioc-footer__sources"),
        tag("p", line, cls="ioc-footer__line"),
    ]
