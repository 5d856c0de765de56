"""Why figures are old: the sources in trouble, what is wrong with each, and what it promised."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.components import marks
from dashboards.components.books import promise, state_sentence
from dashboards.components.markup import Content, Tree, tag
from dashboards.text import Words

Row = Mapping[Any, Any]


def trouble(sources: Sequence[tuple[Row, str]], words: Words, *, is_all: bool) -> list[Tree]:
    """Each source in trouble with its state; nothing where there is none.

    `is_all`: every figure of the page comes from such sources, so it is said without a click.
    """
    if not sources:
        return []
    items = [tag("li", *_told(row, state, words)) for row, state in sources]
    link = tag("a", words("trouble.sources"), href="/sources")
    key = "trouble.all" if is_all else "trouble.some"
    said = words(key, count=str(len(sources)))
    listed = tag("ul", *items)
    if is_all:
        return [
            tag("div", tag("p", tag("b", said), " ", link), listed, cls="ioc-trouble", role="note")
        ]
    return [tag("details", tag("summary", said), listed, tag("p", link), cls="ioc-trouble")]


def _told(row: Row, state: str, words: Words) -> list[Content]:
    title = tag("b", row[f"title_{words.language}"])
    said = [state_sentence(row, state, words).rstrip(".")]
    if (until := row["data_as_of"]) is not None:
        said.append(words("reach.until", until=marks.reach_of(until, words)))
    said.append(words("trouble.promised", promise=promise(row, words)))
    return [title, ": ", ". ".join(said), "."]
