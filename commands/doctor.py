"""What is in order on this machine and in this home, and what to do about the rest."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from commands.post_office import outlook
from dashboards.identity import read_identity
from dashboards.provider import Provider, ProviderDownError
from dashboards.roles import ROLES
from dashboards.shell import create_app
from datasources.config import read_sources
from domain.calendar import load_calendar
from domain.dossier import VIETNAM, local_day
from domain.errors import IocError
from domain.freshness import Freshness
from metrics.rules import rules
from metrics.snapshots import current_snapshot, progress_of
from metrics.sources import sources_of
from store.state.alert_steps import last_check
from store.state.audit import verified
from store.state.database import FILE
from store.state.outbox import messages
from store.state.people import people

LOW_MB = 2000
UNWELL = (Freshness.STALE, Freshness.DOWN, Freshness.NEVER, Freshness.SUSPECT, Freshness.FUTURE)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `state` is good, note (works, but look at it) or bad."""

    state: Literal["good", "note", "bad"]
    sentence: str


def findings(home: Path) -> Iterator[Finding]:
    """Everything that was looked at, in the order data walk. Nothing is written or mended."""
    for look in LOOKS:
        try:
            yield from look(home)
        except IocError as error:
            yield Finding("bad", error.message)


def _disk(home: Path) -> Iterator[Finding]:
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(place).free // 1_000_000
    if free < LOW_MB:
        yield Finding("bad", f"{home} has {free:,} MB left; below {LOW_MB:,} nothing is published.")
    else:
        yield Finding("good", f"{home} has {free:,} MB left.")


def _sources(home: Path) -> Iterator[Finding]:
    configured = read_sources(home)
    yield Finding("good", f"{len(configured)} sources are configured, and every key is known.")


def _calendar(home: Path) -> Iterator[Finding]:
    calendar = load_calendar(home / "config" / "calendar.csv")
    this_year = local_day(datetime.now(UTC)).year
    states: dict[int, Literal["note", "bad"]] = {this_year: "bad", this_year + 1: "note"}
    for year, state in states.items():
        if calendar.is_confirmed(year):
            yield Finding("good", f"The working calendar of {year} is confirmed.")
        else:
            yield Finding(
                state,
                f"The working calendar of {year} is not confirmed. When the decision is out, "
                "add it to config/calendar.csv.",
            )


def _rules(home: Path) -> Iterator[Finding]:
    ours = rules(home / "config")
    if ours.problem:
        yield Finding("bad", ours.problem)
    yield Finding("good", f"{len(list(ours.catalogue))} metrics and their targets can be read.")


def _alerts(home: Path) -> Iterator[Finding]:
    for sentence in outlook(home):
        yield Finding("good", sentence)
    in_force = [rule for rule in rules(home / "config").alerts if rule.enabled]
    yield Finding("good", f"{len(in_force)} alert rules are in force.")
    if not (home / FILE).exists():
        return
    last = last_check(home)
    if last.at is not None:
        at = last.at.astimezone(VIETNAM)
        yield Finding("good", f"Alerts were checked last on {at:%d/%m/%Y at %H:%M}.")
    for problem in last.problems.values():
        yield Finding("bad", f"An alert rule could not be judged. {problem}")
    for one in messages(home):
        if one.state == "failed":
            yield Finding("note", f"A digest to {one.address} was given up. {one.problem}")


def _recount(home: Path) -> Iterator[Finding]:
    progress = progress_of(home)
    if progress is not None:
        at = progress.told_at.astimezone(VIETNAM)
        yield Finding(
            "note",
            f"{progress.sentence} That was on {at:%d/%m/%Y at %H:%M}; until the last is, the "
            "figures are those published before. If nothing moves, start the collector.",
        )


def _snapshot(home: Path) -> Iterator[Finding]:
    snapshot = current_snapshot(home)
    now = datetime.now(UTC)
    yield Finding(
        "good", f"Snapshot {snapshot.version} is whole and holds days to {snapshot.horizon}."
    )
    if snapshot.notice:
        yield Finding("note", snapshot.notice)
    ours = rules(home / "config")
    for source in sources_of(snapshot, now, ours.calendar, snapshot.horizon).all:
        unwell = source.state in UNWELL
        yield Finding("note" if unwell else "good", f"Source {source.id} is {source.state}.")


def _gate(home: Path) -> Iterator[Finding]:
    access = create_app(home).server.extensions["ioc-access"]
    yield Finding("good", f"The web starts; {len(access.callbacks)} callbacks are registered.")
    for output in access.unregistered:
        yield Finding("bad", f"The callback of {output} has no permission: nobody may call it.")


def _identity(home: Path) -> Iterator[Finding]:
    config = read_identity(home)
    if config is None:
        return
    try:
        Provider(config).metadata()
    except ProviderDownError as error:
        yield Finding("note", f"People cannot log in elsewhere now. {error.message}")
    else:
        yield Finding("good", f"{config.issuer} vouches for {len(config.grant)} groups.")


def _people(home: Path) -> Iterator[Finding]:
    if not (home / FILE).exists():
        yield Finding("good", "Nobody has an account: whoever is at this machine may look.")
        return
    known = [one for one in people(home) if one.disabled_at is None]
    administrators = [one for one in known if one.role == "administrator"]
    if known and not administrators:
        yield Finding("note", "No administrator may log in: python app.py user add NAME")
    for one in known:
        if one.role not in ROLES:
            yield Finding("bad", f"{one.name} has the role {one.role}, which does not exist.")
    yield Finding("good", f"{len(known)} people may log in.")
    verdict = verified(home)
    if verdict.problem:
        yield Finding("bad", f"The audit trail was changed. {verdict.problem}")
    else:
        yield Finding("good", f"The audit trail of {verdict.entries} entries is unbroken.")


LOOKS = (
    _disk,
    _sources,
    _calendar,
    _rules,
    _alerts,
    _recount,
    _snapshot,
    _gate,
    _people,
    _identity,
)
