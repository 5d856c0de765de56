"""Points lost, from all that can be judged down to the score: a table whose bars hang like steps.

What nobody tells of costs nothing, so it is beside the scale: else it would press the losses flat.
"""

from dataclasses import dataclass
from math import floor

from dashboards import format as fmt
from dashboards.components.markup import Content, Tree, tag
from dashboards.text import Words
from metrics.index766 import NOT_TOLD, Index766, ScoredComponent, ScoredGroup

STEP = 5  # the scale begins at a multiple of it


@dataclass(frozen=True)
class Fall:
    """Where bars hang: the scale runs from `floor` to `top`."""

    floor: float
    top: float

    def bar(self, high: float, low: float, kind: str) -> Tree:
        """A bar from `low` up to `high`."""
        width = self.top - self.floor
        style = {
            "--start": f"{(low - self.floor) / width * 100:.2f}%",
            "--width": f"{(high - low) / width * 100:.2f}%",
        }
        return tag("span", cls=f"ioc-fall__bar ioc-fall__bar--{kind}", style=style)


def waterfall(index: Index766, words: Words) -> Tree:
    """Groups with their components, the points each loses, and what is left."""
    level = index.judged
    left = level - sum(group.lost for group in index.groups)
    fall = Fall(floor(max(left - 1, 0) / STEP) * STEP, level)
    rows = [_edge(words("index766.judged"), level, fall, "whole", words)]
    for group in index.groups:
        rows.append(_group(group, level, fall, words))
        for part in group.components:
            rows.append(_component(part, level, fall, words))
            level -= part.lost or 0.0
    rows.append(_edge(words("index766.computed"), level, fall, "score", words))
    if index.unjudged:
        rows.append(_row("rest", words("index766.unjudged"), None, None, index.unjudged, "", words))
    heads = [
        tag("th", words("index766.part"), scope="col"),
        tag("th", _scale(fall, words), cls="ioc-fall__scale", scope="col"),
        tag("th", words("index766.lost"), cls="ioc-num", scope="col"),
        tag("th", words("index766.max"), cls="ioc-num", scope="col"),
        tag("th", words("index766.why"), scope="col"),
    ]
    table = tag(
        "table", tag("thead", tag("tr", *heads)), tag("tbody", *rows), cls="ioc-table ioc-fall"
    )
    name = words("index766.waterfall")
    return tag("div", table, cls="ioc-table-wrap", tabindex=0, role="region", aria_label=name)


def _scale(fall: Fall, words: Words) -> Tree:
    ends = (fall.floor, fall.top)
    return tag("span", *[tag("span", fmt.number(one, 0, words.language)) for one in ends])


def _edge(name: str, level: float, fall: Fall, kind: str, words: Words) -> Tree:
    """The first and the last row: a bar from the floor up to the level."""
    bar = fall.bar(level, fall.floor, kind)
    value = tag("b", fmt.number(level, 2, words.language))
    return tag(
        "tr",
        tag("th", name, scope="row"),
        tag("td", bar),
        tag("td", value, cls="ioc-num"),
        tag("td"),
        tag("td"),
        cls="ioc-fall__edge",
    )


def _group(group: ScoredGroup, level: float, fall: Fall, words: Words) -> Tree:
    bar = fall.bar(level, level - group.lost, "group") if group.lost else None
    name = group.group.name[words.language]
    return _row("group", name, bar, group.lost, group.group.max, "", words)


def _component(part: ScoredComponent, level: float, fall: Fall, words: Words) -> Tree:
    language = words.language
    bar = fall.bar(level, level - part.lost, "lost") if part.lost else None
    if part.score is None:
        why = NOT_TOLD[part.why][language]
    else:
        why = fmt.shown(part.share, "percent", language) if part.share is not None else ""
    return _row(
        "part", part.component.name[language], bar, part.lost, part.component.max, why, words
    )


def _row(
    kind: str,
    name: str,
    bar: Tree | None,
    lost: float | None,
    most: float,
    why: str,
    words: Words,
) -> Tree:
    language = words.language
    told: Content = fmt.MISSING if lost is None else fmt.signed(-lost, 2, language)
    return tag(
        "tr",
        tag("th", name, scope="row"),
        tag("td", bar),
        tag("td", told, cls="ioc-num"),
        tag("td", fmt.number(most, 0 if most == int(most) else 1, language), cls="ioc-num"),
        tag("td", why),
        cls=f"ioc-fall__{kind}",
    )
