"""The command line's `alert`: what rules find, what is under way, and what people do about it."""

import getpass
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from commands.figure import rules_of
from domain.dossier import VIETNAM
from domain.errors import IocError, UnknownNameError
from settings import settings

if TYPE_CHECKING:
    from metrics.alerts.look import Judgement
    from metrics.rules import Rules
    from store.state.alerts import Act, Alert, Key

SOME_FAILED = 3
MOST_SHOWN = 40

alert_cli = typer.Typer(
    help="What needs somebody: rules, alerts under way, what is done about them.",
    no_args_is_help=True,
)
AlertId = Annotated[int, typer.Argument(metavar="ID", help="As `alert list` numbers them.")]
Word = Annotated[str, typer.Argument(metavar="WORD", help="In a sentence, why or what.")]


@alert_cli.command("list")
def listed(
    closed: Annotated[bool, typer.Option("--closed", help="Those that are over.")] = False,
    form: Annotated[str, typer.Option("--format", help="table|json")] = "table",
) -> None:
    """The alerts under way, the newest first."""
    from store.state.alerts import UNDER_WAY, alerts

    chosen, ours = settings(), rules_of(settings().home)
    found = alerts(chosen.home, ("closed",) if closed else UNDER_WAY)
    if form == "json":
        lines = [_document(one) for one in found]
        typer.echo(json.dumps(lines, ensure_ascii=False, indent=1, default=str))
        return
    for one in found:
        at = one.raised_at.astimezone(VIETNAM)
        typer.echo(
            f"{one.alert_id:>6}  {one.state:12}  {one.severity:7}  {at:%d/%m/%Y %H:%M}  "
            f"{_told(one.key, ours)}  {_figure(one.seen.value, one.seen.bound)}"
        )
    typer.echo(f"{len(found)} alerts.")


@alert_cli.command("rules")
def rules_listed() -> None:
    """The rules in force, the shipped ones and one's own; a wrong one is told with its place."""
    from metrics.rules import read_rules

    ours = read_rules(settings().home / "config")
    for rule in ours.alerts:
        state = rule.severity if rule.enabled else "off"
        typer.echo(f"{rule.id:24}  {rule.kind:9}  {state:7}  {rule.name[settings().language]}")


@alert_cli.command("test")
def try_rules(
    rule: Annotated[str, typer.Option(help="Only this one; else every one in force.")] = "",
) -> None:
    """What the rules would find now. Nothing is kept, nobody is told."""
    from commands.published import limits
    from metrics.alerts.check import tried

    home = settings().home
    ours, failed = rules_of(home), False
    for name, found in tried(home, datetime.now(UTC), rule, limits()).items():
        if isinstance(found, str):
            failed = True
            typer.echo(f"{name}: {found}")
            continue
        typer.echo(f"{name}: {len(found)} found")
        _print_found(found, ours)
    if failed:
        raise typer.Exit(SOME_FAILED)


def _print_found(found: "list[Judgement]", ours: "Rules") -> None:
    for one in found[:MOST_SHOWN]:
        typer.echo(f"  {_told(one.key, ours)}  {_figure(one.seen.value, one.seen.bound)}")
    if len(found) > MOST_SHOWN:
        typer.echo(f"  and {len(found) - MOST_SHOWN} more")


@alert_cli.command()
def check(
    limited: Annotated[
        bool, typer.Option("--limited", help="With bounds on memory and time.", hidden=True)
    ] = False,
) -> None:
    """Judge every rule by the newest figures and keep what follows, as the collector does."""
    from commands.keeper import limit
    from commands.published import limits
    from metrics.alerts.check import check as checked

    if limited:
        limit()
    done = checked(settings().home, datetime.now(UTC), limits())
    if done.news:
        typer.echo(f"{done.news} alerts are new or came again.")
    for problem in done.problems.values():
        typer.echo(f"An alert rule could not be judged. {problem}")
    is_well = _post() and not done.problems
    if not is_well:
        raise typer.Exit(SOME_FAILED)


def _post() -> bool:
    """Write and send the digests that are due; whether nothing is the matter."""
    from commands.post_office import posted

    try:
        done = posted()
    except IocError as error:
        typer.echo(f"No digest was written. {error.message}")
        return False
    if done.sent or done.failed:
        typer.echo(f"Digests: {done.written} written, {done.sent} sent, {done.failed} given up.")
    for problem in done.problems:
        typer.echo(f"A digest was not sent. {problem}")
    return not done.problems


@alert_cli.command()
def send() -> None:
    """Write the digests that are due and send what waits, as the collector does."""
    if not _post():
        raise typer.Exit(SOME_FAILED)


@alert_cli.command()
def outbox() -> None:
    """The last digests: to whom, when, and what became of each; never their text."""
    from store.state.outbox import messages

    for one in messages(settings().home):
        at = (one.sent_at or one.made_at or datetime.now(UTC)).astimezone(VIETNAM)
        problem = f"  {one.problem}" if one.problem else ""
        typer.echo(
            f"{at:%d/%m/%Y %H:%M}  {one.state:8}  {one.channel:8}  {one.recipient}  "
            f"{one.address}  attempts {one.attempts}{problem}"
        )


@alert_cli.command("test-send")
def try_way(
    recipient: Annotated[str, typer.Argument(help="A stanza of config/recipients.toml.")],
) -> None:
    """Send one recipient a short test message at once; nothing is kept."""
    from commands.post_office import ways
    from dashboards.digests.post import send as hand_over
    from dashboards.digests.recipients import read_recipients
    from store.state.outbox import Channel, Message, identifier

    today = datetime.now(VIETNAM).date()
    named = {one.id: one for one in read_recipients(settings().home, today)}
    if recipient not in named:
        raise UnknownNameError("recipient", recipient, named)
    to, out, now = named[recipient], ways(settings()), datetime.now(UTC)
    addresses: dict[Channel, tuple[str, ...]] = {"email": to.email, "webhook": to.webhook}
    text = "Toàn Cảnh: thử gửi. Không cần trả lời."
    for channel, some in addresses.items():
        for address in some:
            message = Message(f"test {now}", today, channel, address, text, text, '{"test": true}')
            hand_over(replace(message, message_id=identifier(message), made_at=now), out)
            typer.echo(f"sent to {address}")


@alert_cli.command()
def ack(alert: AlertId, word: Word = "") -> None:
    """Somebody has seen it and looks after it."""
    _act(alert, "acknowledge", word)


@alert_cli.command()
def explain(alert: AlertId, word: Word) -> None:
    """Say what the reason is."""
    _act(alert, "explain", word)


@alert_cli.command()
def close(alert: AlertId, word: Word) -> None:
    """It needs nobody any more, though it may still hold."""
    _act(alert, "close", word)


@alert_cli.command()
def reopen(alert: AlertId, word: Word) -> None:
    """It needs somebody after all."""
    _act(alert, "reopen", word)


def _act(alert: int, act: "Act", word: str) -> None:
    """Do it in the name of the user of this machine."""
    from store.state.alerts import act_on
    from store.state.audit import Deed
    from store.state.words import spoken

    actor = f"cli {_user()}"
    deed = Deed(datetime.now(UTC), actor, "", f"alert.{act}")
    done = act_on(settings().home, alert, act, spoken(word, needed=act != "acknowledge"), deed)
    typer.echo(f"The alert {done.alert_id} is {done.state}.")


def _user() -> str:
    try:
        return getpass.getuser()
    except OSError:
        return "unknown"


def _told(key: "Key", ours: "Rules") -> str:
    """What an alert is about, in a line."""
    try:
        place = ours.register.get(key.area_id).full_name if key.area_id else ""
    except IocError:
        place = key.area_id
    metric = ours.catalogue.metrics.get(key.metric)
    parts = [key.rule, metric.short.vi if metric else key.metric, place, key.organisation]
    return " · ".join(part for part in (*parts, key.source) if part)


def _figure(value: float | None, bound: float | None) -> str:
    if value is None:
        return ""
    told = f"{value:,.2f}".rstrip("0").rstrip(".")
    return told if bound is None else f"{told} (bound {bound:g})"


def _document(one: "Alert") -> dict[str, object]:
    seen = one.seen
    return {
        "alert": one.alert_id,
        **one.key._asdict(),
        "severity": one.severity,
        "state": one.state,
        "raised_at": one.raised_at,
        "state_at": one.state_at,
        "times": one.times,
        "period_start": seen.period_start,
        "period_end": seen.period_end,
        "numerator": seen.numerator,
        "denominator": seen.denominator,
        "value": seen.value,
        "bound": seen.bound,
        "freshness": seen.freshness,
        "snapshot": seen.snapshot,
        "definition_version": seen.version,
        "simulated": seen.simulated,
    }
