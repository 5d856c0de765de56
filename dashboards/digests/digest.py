"""Writing a digest: what waits for somebody within a recipient's areas, as text and as JSON."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from dashboards import format as fmt
from dashboards.access import ALERTS, Person
from dashboards.cases import Cases
from dashboards.components.explanations import title_of
from dashboards.digests.recipients import Recipient
from dashboards.telling import Telling
from dashboards.text import words
from domain.dossier import local_day
from metrics.contents import told_names
from metrics.rules import Rules
from metrics.selection import By
from metrics.snapshots import Snapshot
from store.state.alerts import Alert
from store.state.explanations import Explanation
from store.state.outbox import Message

MOST_LINES = 60


@dataclass(frozen=True)
class Desk:
    """What digests are written from: the home, its rules and figures, and where the web is."""

    home: Path
    rules: Rules
    snapshot: Snapshot
    at: datetime
    address: str = ""

    @property
    def today(self) -> date:
        return local_day(self.at)


@dataclass(frozen=True)
class Digest:
    """What one recipient is told on one day."""

    desk: Desk
    to: Recipient
    alerts: tuple[Alert, ...]
    requests: tuple[Explanation, ...]
    telling: Telling

    @property
    def is_empty(self) -> bool:
        return not (self.alerts or self.requests)

    def messages(self, *, has_mail: bool, has_hooks: bool) -> list[Message]:
        """One for each address that can be reached; none where there is nothing to tell."""
        if self.is_empty:
            return []
        subject, body = self.subject(), self.body()
        document = json.dumps(self.document(), ensure_ascii=False, default=str)
        ways = [("email", self.to.email if has_mail else ())]
        ways += [("webhook", self.to.webhook if has_hooks else ())]
        return [
            Message(self.to.id, self.desk.today, channel, one, subject, body, document)  # type: ignore[arg-type]  # the two channels
            for channel, addresses in ways
            for one in addresses
        ]

    def subject(self) -> str:
        """What stands in the list of mails."""
        say = self.telling.words
        count = len(self.alerts) + len(self.requests)
        day = fmt.day(self.desk.today, say.language)
        key = "digest.subject_leaders" if self.to.leaders else "digest.subject"
        return say(key, count=count, name=self.to.name, day=day)

    def body(self) -> str:
        """The whole text."""
        say = self.telling.words
        lines = [say("digest.greeting", name=self.to.name)]
        if self.is_simulated:
            lines += [f"*** {say('banner.simulated')} {say('banner.simulated_long')} ***"]
        if self.requests:
            lines += ["", say("digest.requests", count=len(self.requests))]
            lines += [f"- {self._request(one)}" for one in self.requests[:MOST_LINES]]
        if self.alerts:
            key = "digest.escalated" if self.to.leaders else "digest.alerts"
            lines += ["", say(key, count=len(self.alerts))]
            lines += [f"- {self._alert(one)}" for one in self.alerts[:MOST_LINES]]
        left = len(self.alerts) - MOST_LINES
        if left > 0:
            lines += [say("alerts.rest", count=left)]
        built = fmt.instant(self.desk.snapshot.built_at, say.language)
        lines += ["", say("digest.figures", version=self.desk.snapshot.version, built=built)]
        if self.desk.address:
            lines += [f"{self.desk.address}/alerts"]
        lines += [say("digest.foot")]
        return "\n".join(lines) + "\n"

    @property
    def is_simulated(self) -> bool:
        """Whether anything that is told of rests on made-up figures."""
        return any(one.seen.simulated for one in self.alerts) or self.desk.snapshot.simulated

    def document(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "recipient": self.to.id,
            "day": self.desk.today.isoformat(),
            "simulated": self.is_simulated,
            "snapshot": self.desk.snapshot.version,
            "text": self.body(),
            "alerts": [_alert_document(one) for one in self.alerts],
            "requests": [_request_document(one) for one in self.requests],
        }

    def _alert(self, one: Alert) -> str:
        say, telling = self.telling.words, self.telling
        waited = telling.waited(one.raised_at, self.desk.at)
        parts = [
            f"[{say(f'alerts.severity_{one.severity}')}] {telling.title(one.key)}",
            telling.place_of(one.key),
            telling.found(one.key, one.seen),
            say("alerts.since", at=telling.at(one.raised_at), days=waited),
        ]
        return self._with_link(parts, f"/alerts/{one.alert_id}")

    def _request(self, one: Explanation) -> str:
        say, day = self.telling.words, fmt.day(one.due_day, self.telling.words.language)
        if one.is_overdue(self.desk.today):
            late = self.desk.rules.calendar.likely_between(one.due_day, self.desk.today)
            due = say("explain.overdue", day=day, days=late)
        else:
            due = say("explain.due", day=day)
        parts = [say("explain.number", number=one.explanation_id), title_of(one, self.telling), due]
        return self._with_link(parts, f"/alerts/request/{one.explanation_id}")

    def _with_link(self, parts: list[str], path: str) -> str:
        text = " · ".join(part for part in parts if part)
        return f"{text}\n  {self.desk.address}{path}" if self.desk.address else text


def digest_for(to: Recipient, desk: Desk) -> Digest:
    """What a recipient is told: what nobody has answered yet, of their areas and organisations.

    Leaders are told only of what nobody has answered in time.
    """
    reader = Person(f"digest {to.id}", frozenset({ALERTS}), to.scope(desk.today))
    cases, say = Cases(desk.home, reader), words(to.language)
    alerts = cases.alerts(("open", "acknowledged"))
    requests = cases.requests(("asked",))
    if to.leaders:
        alerts = [one for one in alerts if one.escalated_at is not None]
        requests = [one for one in requests if one.is_overdue(desk.today)]
    rows = desk.snapshot.sources
    titles = {row["source"]: row[f"title_{to.language}"] for row in rows}
    offices = told_names(desk.snapshot).get(By.ORGANISATION, {})
    telling = Telling(desk.rules, say, titles, {}, offices)
    return Digest(desk, to, tuple(alerts), tuple(requests), telling)


def _alert_document(one: Alert) -> dict[str, Any]:
    return {
        "alert": one.alert_id,
        **one.key._asdict(),
        "severity": one.severity,
        "state": one.state,
        "raised_at": one.raised_at.isoformat(),
        "value": one.seen.value,
        "bound": one.seen.bound,
        "simulated": one.seen.simulated,
    }


def _request_document(one: Explanation) -> dict[str, Any]:
    subject = one.subject
    return {
        "explanation": one.explanation_id,
        "metric": subject.metric,
        "area_id": subject.area_id,
        "organisation": subject.organisation,
        "due": one.due_day.isoformat(),
    }
