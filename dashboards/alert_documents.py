"""Alerts and explanations as documents: for programs, beside values, and in files.

GET /api/v1/alerts?state=open           alerts of one's scope; without a state those under way
GET /api/v1/explanations?metric=M       requests of one's scope with all that was said
"""

from typing import Any

import flask
import pandas as pd

from dashboards.access import ALERTS, Access, Person, person
from dashboards.cases import Cases
from dashboards.data import Figures
from store.state import explanations
from store.state.alerts import STATES, UNDER_WAY, Alert
from store.state.explanations import Entry, Explanation


def register(access: Access, figures: Figures) -> None:
    """The two routes."""

    @access.route("/api/v1/alerts", ALERTS)
    def alerts() -> flask.Response:
        state = flask.request.args.get("state", "")
        states = [one for one in STATES if one == state] or list(UNDER_WAY)
        found = Cases(figures.home, person()).alerts(states)
        return _json({"alerts": [_alert(one) for one in found]})

    @access.route("/api/v1/explanations", ALERTS)
    def requests() -> flask.Response:
        metric = flask.request.args.get("metric", "")[:100]
        cases = Cases(figures.home, person())
        found = cases.requests(explanations.STATES)
        some = [one for one in found if metric in ("", one.subject.metric)]
        return _json({"explanations": documents(cases, some)})


def said_about(figures: Figures, frame: pd.DataFrame, who: Person) -> list[dict[str, Any]]:
    """What was said about the values of a result, for those who may read it."""
    cases = Cases(figures.home, who)
    keys = set(zip(frame["metric"], frame["area_id"], strict=True))
    spans = list(zip(frame["period_start"], frame["period_end"], strict=True))
    found = [
        one
        for one in cases.requests(("asked", "answered", "accepted"))
        if (one.subject.metric, one.subject.area_id) in keys and _is_of(one, spans)
    ]
    return documents(cases, found)


def with_replies(figures: Figures, frame: pd.DataFrame, who: Person) -> pd.DataFrame:
    """The result with a column of the last reply about each value; empty where there is none."""
    replies = _replies(figures, who)
    texts = [
        " | ".join(
            text
            for key, start, end, text in replies
            if key == (metric, area_id) and first <= start and end <= until
        )
        for metric, area_id, first, until in zip(
            *(frame[name] for name in ("metric", "area_id", "period_start", "period_end")),
            strict=True,
        )
    ]
    told = frame.assign(explanation=texts)
    told.attrs = frame.attrs
    return told


def _replies(figures: Figures, who: Person) -> list[tuple[tuple[str, str], Any, Any, str]]:
    """Metric and area, period and last reply of each request that has one."""
    cases = Cases(figures.home, who)
    found = cases.requests(("asked", "answered", "accepted"))
    told = []
    for one in found:
        answers = [each for each in cases.entries([one])[one.explanation_id]
                   if each.act == "answer"]  # fmt: skip
        subject = one.subject
        if answers and subject.period_start is not None and not subject.organisation:
            key = (subject.metric, subject.area_id)
            text = " ".join(answers[-1].text.split())
            told.append((key, subject.period_start, subject.period_end, text))
    return told


def _is_of(one: Explanation, spans: list[tuple[Any, Any]]) -> bool:
    start, end = one.subject.period_start, one.subject.period_end
    if start is None or end is None or one.subject.organisation:
        return False
    return any(first <= start and end <= until for first, until in spans)


def documents(cases: Cases, found: list[Explanation]) -> list[dict[str, Any]]:
    """Requests with all that was said, as plain mappings."""
    said = cases.entries(found)
    return [_request(one, said[one.explanation_id], cases) for one in found]


def _request(one: Explanation, entries: list[Entry], cases: Cases) -> dict[str, Any]:
    subject = one.subject
    return {
        "explanation": one.explanation_id,
        "alert": one.alert_id,
        "metric": subject.metric or None,
        "area": subject.area_id or None,
        "organisation": subject.organisation or None,
        "source": subject.source or None,
        "period_start": subject.period_start and subject.period_start.isoformat(),
        "period_end": subject.period_end and subject.period_end.isoformat(),
        "state": one.state,
        "due": one.due_day.isoformat(),
        "entries": [_entry(entry, cases) for entry in entries],
    }


def _entry(entry: Entry, cases: Cases) -> dict[str, Any]:
    figures = entry.figures
    return {
        "at": entry.at.isoformat(),
        "by": cases.names.get(entry.actor, entry.actor),
        "act": entry.act,
        "text": entry.text,
        "links": list(entry.links),
        "numerator": figures.numerator,
        "denominator": figures.denominator,
        "value": figures.value,
        "target": figures.target,
        "status": figures.status,
        "snapshot": figures.snapshot,
        "definition_version": figures.version,
        "simulated": figures.simulated,
    }


def _alert(one: Alert) -> dict[str, Any]:
    seen = one.seen
    return {
        "alert": one.alert_id,
        **{name: text or None for name, text in one.key._asdict().items()},
        "severity": one.severity,
        "state": one.state,
        "raised_at": one.raised_at.isoformat(),
        "state_at": one.state_at.isoformat(),
        "times": one.times,
        "escalated_at": one.escalated_at and one.escalated_at.isoformat(),
        "period_start": seen.period_start and seen.period_start.isoformat(),
        "period_end": seen.period_end and seen.period_end.isoformat(),
        "numerator": seen.numerator,
        "denominator": seen.denominator,
        "value": seen.value,
        "bound": seen.bound,
        "freshness": seen.freshness or None,
        "snapshot": seen.snapshot,
        "definition_version": seen.version,
        "simulated": seen.simulated,
    }


def _json(document: dict[str, Any]) -> flask.Response:
    text = flask.json.dumps(document, ensure_ascii=False, sort_keys=False)
    return flask.Response(text, mimetype="application/json")
