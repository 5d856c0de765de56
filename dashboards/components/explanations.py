"""Requests of explanation: the list, one of them with all that was said, and beside a figure."""

from collections.abc import Mapping, Sequence
from datetime import date

from dashboards import format as fmt
from dashboards.components.alerts import request_href, said
from dashboards.components.head import panel_head
from dashboards.components.markup import Content, Tree, tag
from dashboards.components.states import empty
from dashboards.telling import Telling
from store.state.explanations import Entry, Explanation

KINDS = {"asked": "open", "answered": "seen", "accepted": "closed", "withdrawn": "closed"}
BRIEF = 240


def request_list(
    found: Sequence[Explanation], said_about: Mapping[int, Sequence[Entry]], telling: Telling,
    today: date,
) -> Tree:  # fmt: skip
    """Requests one below the other, what is due first; or the sentence that there are none."""
    say = telling.words
    rows: list[Content] = [
        _row(one, said_about[one.explanation_id], telling, today) for one in found
    ]
    if not rows:
        rows = [empty(say("explain.none"), say("explain.none_long"), icon="message-square-warning")]
    return tag("section", *rows, cls="ioc-panel ioc-panel--flush ioc-alerts")


def _row(one: Explanation, entries: Sequence[Entry], telling: Telling, today: date) -> Tree:
    say, href = telling.words, request_href(one)
    kind = "open" if one.is_overdue(today) else KINDS[one.state]
    return tag(
        "article",
        tag("span", cls="ioc-alert__mark", aria_hidden="true"),
        tag("h3", tag("a", title_of(one, telling), href=href), cls="ioc-alert__title"),
        tag("p", _brief(entries[-1].text if entries else ""), cls="ioc-alert__text"),
        tag("p", *_meta(one, telling, today), cls="ioc-alert__meta"),
        tag("div", tag("a", say("alerts.see"), href=href, cls="ioc-button", tabindex=-1,
                       aria_hidden="true"), cls="ioc-alert__actions"),
        cls=f"ioc-alert ioc-alert--{kind} ioc-alert--{one.state}",
    )  # fmt: skip


def title_of(one: Explanation, telling: Telling) -> str:
    """What is to be explained: the figure, where, and of which days."""
    subject = one.subject
    what = (
        telling.metric_name(subject.metric) if subject.metric else telling.words("explain.source")
    )
    parts = [what, telling.subject_place(subject), telling.period(subject.period_start,
                                                                  subject.period_end)]  # fmt: skip
    return " · ".join(part for part in parts if part)


def _brief(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= BRIEF else f"{line[:BRIEF]}…"


def _meta(one: Explanation, telling: Telling, today: date) -> list[Content]:
    say = telling.words
    told = [
        say("explain.number", number=one.explanation_id),
        say(f"explain.state_{one.state}"),
        say("explain.asked_by", who=telling.actor(one.asked_by), at=telling.at(one.asked_at)),
    ]
    parts: list[Content] = [" · ".join(told)]
    if one.state == "asked":
        parts += [" ", due_mark(one, telling, today)]
    return parts


def due_mark(one: Explanation, telling: Telling, today: date) -> Tree:
    """Until when, and whether that is over."""
    say, day = telling.words, fmt.day(one.due_day, telling.words.language)
    if one.is_overdue(today):
        late = telling.rules.calendar.likely_between(one.due_day, today)
        text = say("explain.overdue", day=day, days=late)
        return tag("span", text, cls="ioc-status ioc-status--missed ioc-status--pill")
    return tag("span", say("explain.due", day=day), cls="ioc-mark ioc-mark--provisional")


def request_panel(
    one: Explanation, entries: Sequence[Entry], telling: Telling, today: date,
    ways: Sequence[Tree],
) -> list[Tree]:  # fmt: skip
    """One request and everything that was said about it, the oldest first; `ways` lead on."""
    head = panel_head(title_of(one, telling), "", *ways)
    return [
        tag(
            "section",
            tag("div", *head, cls="ioc-panel__head"),
            tag("p", *_meta(one, telling, today), cls="ioc-panel__body ioc-alert__meta"),
            tag(
                "ol",
                *[said_item(entry, one, telling) for entry in entries],
                cls="ioc-panel__body ioc-said",
            ),
            cls="ioc-panel",
        )
    ]


def said_item(entry: Entry, one: Explanation, telling: Telling) -> Tree:
    """A question, a reply or a decision, with the figure as it was then."""
    say, figures = telling.words, entry.figures
    links = [tag("p", tag("code", link), cls="ioc-said__link") for link in entry.links]
    due = []
    if entry.due_day is not None and entry.act in ("ask", "return"):
        until = fmt.day(entry.due_day, say.language)
        due = [tag("p", say("explain.due", day=until), cls="ioc-said__link")]
    value = telling.value(one.subject.metric, figures) if figures.snapshot else ""
    version = say("alerts.version_of", version=figures.version) if figures.version else ""
    return said(
        say(f"explain.act_{entry.act}", who=telling.actor(entry.actor)),
        telling.at(entry.at),
        entry.text,
        [value, version, figures.snapshot, say("mark.simulated") if figures.simulated else ""],
        [*links, *due],
    )


def beside_figure(
    found: Sequence[Explanation], said_about: Mapping[int, Sequence[Entry]], telling: Telling,
    ask_href: str,
) -> list[Tree]:  # fmt: skip
    """What was said about a figure, and the way to ask, for the panel of its definition."""
    say = telling.words
    parts = [
        tag(
            "section",
            tag("h4", tag("a", _short(one, telling), href=request_href(one))),
            tag(
                "ol",
                *[said_item(entry, one, telling) for entry in said_about[one.explanation_id]],
                cls="ioc-said",
            ),
            cls="ioc-definition__said",
        )
        for one in found
    ]
    if ask_href:
        parts.append(tag("p", tag("a", say("explain.ask"), href=ask_href, cls="ioc-button")))
    return parts


def _short(one: Explanation, telling: Telling) -> str:
    period = telling.period(one.subject.period_start, one.subject.period_end)
    return f"{telling.words(f'explain.state_{one.state}')} · {period}"
