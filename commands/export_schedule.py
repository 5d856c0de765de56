"""The command line's `export schedule …`: packs that are mailed on their days. Wiring only."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from commands.figure import rules_of
from commands.people import deed_of
from domain.dossier import VIETNAM
from domain.errors import ExportError
from settings import settings

if TYPE_CHECKING:
    from dashboards.digests.ways import MailServer
    from store.state.schedules import Schedule

SOME_FAILED = 3
GUEST = "guest"

schedule_cli = typer.Typer()

Number = Annotated[int, typer.Argument(metavar="ID", help="As `export scheduled` numbers them.")]


@schedule_cli.command()
def schedule(  # noqa: PLR0913, PLR0917 - one argument per option
    recipe: Annotated[str, typer.Argument(help="A name, as `export recipes` lists it.")],
    to: Annotated[
        list[str], typer.Option(help="An address, or a name in config/recipients.toml; repeatable.")
    ],
    area: Annotated[str | None, typer.Option(metavar="CODE", help="Else the recipe's own.")] = None,
    on: Annotated[str, typer.Option(help="workdays, mon … fri, or a day of the month.")] = (
        "workdays"
    ),
    at: Annotated[str, typer.Option(help="Hour, such as 07:00.")] = "07:00",
    until: Annotated[
        str | None, typer.Option(help="How long late data are waited for; else 45 minutes.")
    ] = None,
    form: Annotated[
        list[str] | None, typer.Option("--format", help="pptx|pdf|docx|xlsx; repeatable.")
    ] = None,
    owner: Annotated[
        str, typer.Option(help="Whose rights it has: the name of an account.")
    ] = GUEST,
    language: Annotated[str | None, typer.Option(help="vi|en")] = None,
) -> None:
    """Mail a pack on its days; it is held while its data are late, and says so."""
    from dashboards.access import EXPORT
    from dashboards.mailings.plan import plan_from
    from dashboards.mailings.sending import check_addresses, recipe_named
    from dashboards.people import person_now
    from store.state.schedules import arrange

    chosen, now, mail = settings(), datetime.now(UTC), _mail()
    given = {"recipe": recipe, "area": area, "on": on, "at": at, "until": until, "to": to,
             "forms": form, "language": language or chosen.language}  # fmt: skip
    plan = plan_from({name: one for name, one in given.items() if one is not None})
    recipe_named(chosen.home, plan.recipe)
    check_addresses(plan, mail)
    who = person_now(chosen.home, owner, now)
    if who is None or not who.may(EXPORT):
        raise ExportError(f"'{owner}' may not take figures away. Say whose rights it has: --owner")
    next_at = plan.next_at(now, rules_of(chosen.home).calendar)
    deed = deed_of("schedule.arrange", "")
    number = arrange(chosen.home, owner, plan.written, next_at, deed)
    if number is None:
        raise ExportError("There are too many schedules. Remove one: export unschedule ID")
    typer.echo(f"schedule {number}: next on {_at(next_at)}")


@schedule_cli.command()
def scheduled() -> None:
    """The packs that are mailed: when next, and what became of the last."""
    from dashboards.mailings.plan import plan_kept
    from store.state.schedules import last_mailings, schedules

    home = settings().home
    last = last_mailings(home)
    for one in schedules(home):
        plan, sent = plan_kept(one.plan), last.get(one.schedule_id)
        following = _at(one.next_at) if one.next_at else one.stopped
        typer.echo(
            f"{one.schedule_id:>4}  {plan.recipe} {plan.area or ''}  {plan.on} {plan.at:%H:%M}"
            f" (waits until {plan.until:%H:%M})  {','.join(plan.forms)}  of {one.person}"
            f"  to {', '.join(plan.to)}  next: {following}"
        )
        if sent is not None:
            at = sent.settled_at or sent.due_at
            told = sent.told.replace("\n", "; ")
            typer.echo(f"      last: {_at(at)} {sent.state}" + (f", {told}" if told else ""))


@schedule_cli.command()
def unschedule(number: Number) -> None:
    """Mail a pack no more, and forget its schedule."""
    from store.state.schedules import remove

    one = _known(number)
    remove(settings().home, one.schedule_id, deed_of("schedule.remove", ""))
    typer.echo(f"schedule {number} is removed.")


@schedule_cli.command()
def pause(number: Number) -> None:
    """Mail a pack no more until `export resume`."""
    from dashboards.mailings.sending import PAUSED
    from store.state.schedules import stop

    one = _known(number)
    stop(settings().home, one.schedule_id, PAUSED, deed_of("schedule.pause", ""))
    typer.echo(f"schedule {number} is paused.")


@schedule_cli.command()
def resume(number: Number) -> None:
    """Mail a pack again, from its next day on."""
    from dashboards.mailings.plan import plan_kept
    from store.state.schedules import resume as carry_on

    one, home = _known(number), settings().home
    calendar = rules_of(home).calendar
    next_at = plan_kept(one.plan).next_at(datetime.now(UTC), calendar)
    carry_on(home, one.schedule_id, next_at, deed_of("schedule.resume", ""))
    typer.echo(f"schedule {number}: next on {_at(next_at)}")


@schedule_cli.command()
def send(
    limited: Annotated[
        bool, typer.Option("--limited", help="With bounds on memory and time.", hidden=True)
    ] = False,
) -> None:
    """Make and mail the packs that are due, as the collector does."""
    from commands.keeper import MAIL, limit
    from commands.post_office import carried

    if limited:
        limit(MAIL.deadline)
    done = carried()
    if done.made or done.held or done.posted.sent:
        typer.echo(f"Packs: {done.made} made, {done.held} held, {done.posted.sent} mails sent.")
    for problem in [*done.problems, *done.posted.problems]:
        typer.echo(f"A pack was not mailed. {problem}")
    if done.problems or done.posted.problems:
        raise typer.Exit(SOME_FAILED)


def _mail() -> "MailServer":
    from commands.post_office import mail_server

    mail = mail_server()
    if mail is None:
        raise ExportError("No mail server is configured, so nothing can be mailed: IOC_SMTP_HOST")
    return mail


def _known(number: int) -> "Schedule":
    from store.state.schedules import schedule_of

    one = schedule_of(settings().home, number)
    if one is None:
        raise ExportError(f"There is no schedule {number}. See: python app.py export scheduled")
    return one


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
