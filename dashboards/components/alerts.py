"""Alerts on the page: the list, one of them with its facts, and what happened to it."""

from collections.abc import Sequence
from datetime import date, datetime

from dashboards import format as fmt
from dashboards.components.choices import Option, segment
from dashboards.components.head import panel_head
from dashboards.components.markup import Content, Tree, tag
from dashboards.components.states import empty
from dashboards.places import area_path
from dashboards.telling import Telling
from dashboards.text import Words
from domain.area import COUNTRY_ID
from domain.period import DAY
from store.state.alerts import Alert, Entry
from store.state.explanations import Explanation, Figures

KINDS = {"open": "open", "acknowledged": "seen", "explained": "seen", "closed": "closed"}
SHOWN = 200


def tabs(options: Sequence[Option], telling: Telling) -> Tree:
    """The states to choose from, as addresses."""
    return tag("div", segment(telling.words("alerts.state"), options), cls="ioc-alerts__tabs")


def alert_list(found: Sequence[Alert], telling: Telling, now: datetime) -> Tree:
    """Alerts one below the other, or the sentence that there are none."""
    say = telling.words
    if not found:
        return _panel(empty(say("alerts.none"), say("alerts.none_long"), icon="check"))
    rows = [_row(one, telling, now) for one in found[:SHOWN]]
    rest = len(found) - SHOWN
    foot = tag("p", say("alerts.rest", count=rest), cls="ioc-panel__foot") if rest > 0 else None
    return _panel(*rows, foot)


def _panel(*content: Content) -> Tree:
    return tag("section", *content, cls="ioc-panel ioc-panel--flush ioc-alerts")


def _row(one: Alert, telling: Telling, now: datetime) -> Tree:
    say, href = telling.words, f"/alerts/{one.alert_id}"
    title = f"{telling.title(one.key)} · {telling.place_of(one.key)}"
    return tag(
        "article",
        tag("span", cls="ioc-alert__mark", aria_hidden="true"),
        tag("h3", tag("a", title, href=href), cls="ioc-alert__title"),
        tag("p", telling.found(one.key, one.seen), cls="ioc-alert__text"),
        tag("p", *_meta(one, telling, now), cls="ioc-alert__meta"),
        tag("div", tag("a", say("alerts.see"), href=href, cls="ioc-button", tabindex=-1,
                       aria_hidden="true"), cls="ioc-alert__actions"),
        cls=f"ioc-alert ioc-alert--{KINDS[one.state]} ioc-alert--{one.severity}",
    )  # fmt: skip


def _meta(one: Alert, telling: Telling, now: datetime) -> list[Content]:
    """State, since when, how often, and what else is to be known at a glance."""
    say = telling.words
    told = [
        say(f"alerts.severity_{one.severity}"),
        say(f"alerts.state_{one.state}"),
        say("alerts.since", at=telling.at(one.raised_at), days=telling.waited(one.raised_at, now)),
    ]
    if one.times > 1:
        told.append(say("alerts.times", count=one.times))
    if one.escalated_at is not None:
        told.append(say("alerts.escalated"))
    parts: list[Content] = [" · ".join(told)]
    parts += [tag("span", text, cls="ioc-mark ioc-mark--provisional") for text in _doubts(one, say)]
    if one.seen.simulated:
        parts.append(tag("span", say("mark.simulated"), cls="ioc-mark ioc-mark--simulated"))
    return [one for part in parts for one in (part, " ")]


def _doubts(one: Alert, say: Words) -> list[str]:
    """What is known of how it stands now."""
    if one.state == "closed":
        return []
    if one.good_since is not None:
        return [say("alerts.better")]
    return [say("alerts.untold")] if one.unknown_since is not None else []


# ---- one alert


def case_panel(
    one: Alert, entries: Sequence[Entry], asked: Sequence[Explanation], telling: Telling,
    now: datetime, ways: Sequence[Tree],
) -> list[Tree]:  # fmt: skip
    """One alert: its facts, the requests about it, what happened to it; `ways` lead on."""
    say = telling.words
    head = panel_head(telling.found(one.key, one.seen), telling.place_of(one.key), *ways)
    return [
        tag(
            "section",
            tag("div", *head, cls="ioc-panel__head"),
            tag("div", _facts(one, asked, telling, now), cls="ioc-panel__body"),
            cls="ioc-panel",
        ),
        tag(
            "section",
            tag("div", *panel_head(say("alerts.history"), ""), cls="ioc-panel__head"),
            tag(
                "ol",
                *[_entry(entry, one, telling) for entry in entries],
                cls="ioc-panel__body ioc-said",
            ),
            cls="ioc-panel",
        ),
    ]


def _facts(one: Alert, asked: Sequence[Explanation], telling: Telling, now: datetime) -> Tree:
    rows: list[Tree] = []
    for key, content in _fact_list(one, asked, telling, now):
        if content:
            rows += [tag("dt", telling.words(f"alerts.{key}")), tag("dd", content)]
    return tag("dl", *rows, cls="ioc-definition__facts")


def _fact_list(
    one: Alert, asked: Sequence[Explanation], telling: Telling, now: datetime
) -> list[tuple[str, Content]]:
    say, seen, key = telling.words, one.seen, one.key
    requests = [
        tag("a", say("explain.number", number=each.explanation_id), href=request_href(each))
        for each in asked
    ]
    return [
        ("state", say(f"alerts.state_{one.state}")),
        ("stands", _stands(one, telling)),
        ("raised", say("alerts.since", at=telling.at(one.raised_at),
                       days=telling.waited(one.raised_at, now))),
        ("value", telling.value(key.metric, seen) if key.metric else ""),
        ("period", telling.period(seen.period_start, seen.period_end)),
        ("freshness", say(f"freshness.{seen.freshness}") if seen.freshness else ""),
        ("times_label", fmt.number(one.times, 0, say.language) if one.times > 1 else ""),
        ("escalated_label", telling.at(one.escalated_at) if one.escalated_at else ""),
        ("requests", tag("span", *_spaced(requests)) if requests else ""),
        ("follows", tag("a", say("alerts.number", number=one.follows),
                        href=f"/alerts/{one.follows}") if one.follows else ""),
        ("rule", f"{telling.title(key)} ({key.rule})"),
        ("version", say("alerts.version_of", version=seen.version) if key.metric else ""),
        ("snapshot", f"{seen.snapshot} · {say('mark.simulated')}" if seen.simulated
         else seen.snapshot),
    ]  # fmt: skip


def _spaced(parts: Sequence[Tree]) -> list[Content]:
    return [one for part in parts for one in (part, " ")]


def _stands(one: Alert, telling: Telling) -> str:
    """What is known of it now: whether it holds, has ceased to, or cannot be told."""
    say = telling.words
    if not telling.is_in_force(one.key):
        return say("alerts.no_rule")
    if one.good_since is not None:
        return say("alerts.good_since", at=telling.at(one.good_since))
    if one.unknown_since is not None:
        return say("alerts.unknown_since", at=telling.at(one.unknown_since))
    return say("alerts.bad_at", at=telling.at(one.bad_at))


def _entry(entry: Entry, one: Alert, telling: Telling) -> Tree:
    say = telling.words
    value = ""
    if one.key.metric and entry.value is not None:
        value = telling.value(one.key.metric, _figures_of(entry))
    return said(
        say(f"alerts.act_{entry.act}", who=telling.actor(entry.actor)),
        telling.at(entry.at),
        entry.word,
        [telling.period(entry.period_start, entry.period_end), value, entry.snapshot],
    )


def _figures_of(entry: Entry) -> Figures:
    return Figures(entry.numerator, entry.denominator, entry.value)


def said(what: str, at: str, text: str, figure: Sequence[str], more: Sequence[Tree] = ()) -> Tree:
    """One thing that was said or done, with the figure as it was then."""
    told = " · ".join(part for part in figure if part)
    return tag(
        "li",
        tag("p", tag("b", what), " ", tag("time", at, cls="ioc-said__at"), cls="ioc-said__what"),
        *[tag("p", line, cls="ioc-said__text") for line in text.split("\n") if line],
        *more,
        tag("p", told, cls="ioc-said__figure") if told else None,
        cls="ioc-said__item",
    )


def request_href(one: Explanation) -> str:
    """The address of a request."""
    return f"/alerts/request/{one.explanation_id}"


def area_href(
    telling: Telling, area_id: str, metric: str, first: date | None, end: date | None, today: date
) -> str:
    """The page of an area, with a metric and a period; nothing for an area nobody knows."""
    area = telling.area(area_id)
    if area is None:
        return ""
    if area.area_id == COUNTRY_ID:
        return f"/?metric={metric}"
    span = f"&from={first}&to={end - DAY}" if first is not None and end is not None else ""
    return f"/area/{area_path(area, today)}?metric={metric}{span}"
