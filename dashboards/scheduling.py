"""Packs on schedule, on the page of packs: what is arranged, by whom, and what became of it.

GET  /schedules                        one's own; who looks after people sees everybody's
POST /schedules/new                    arrange one (mailings/plan.py)
POST /schedules/<id>/<action>          pause, resume or remove one's own
"""

import json
from datetime import UTC, datetime
from typing import Any

import flask

from dashboards import format as fmt
from dashboards.access import EXPORT, PEOPLE, Access, language, person
from dashboards.data import Figures
from dashboards.digests.recipients import read_recipients
from dashboards.digests.ways import MailServer
from dashboards.mailings.letter import comes_after
from dashboards.mailings.plan import Plan, plan_from, plan_kept
from dashboards.mailings.sending import MISSED, PAUSED, check_addresses, recipe_named
from dashboards.people import deed_now
from dashboards.places import area_title
from dashboards.text import Words
from dashboards.told import told
from domain.dossier import local_day
from domain.errors import ExportError, IocError
from store.state import schedules
from store.state.schedules import Mailing, Schedule

ACTIONS = ("pause", "resume", "remove")


def register(access: Access, figures: Figures, mail: MailServer | None) -> None:
    """The routes; without a mail server nothing can be arranged."""

    @access.route("/schedules", EXPORT)
    def listed() -> flask.Response:
        say = language(flask.request)
        last = schedules.last_mailings(figures.home)
        found = {
            "has_mail": mail is not None,
            "domains": sorted(mail.own_domains) if mail else [],
            "schedules": [
                _document(one, last.get(one.schedule_id), figures, say)
                for one in schedules.schedules(figures.home)
                if _is_seen(one)
            ],
        }
        return flask.Response(json.dumps(found, ensure_ascii=False), mimetype="application/json")

    _arranging(access, figures, mail)

    @access.route("/schedules/<number>/<action>", EXPORT, "POST")
    def act(number: str, action: str) -> flask.Response:
        one = _own(figures, number)
        if one is None or action not in ACTIONS:
            return _answer(404, "You have no such schedule.")
        if action == "resume" and mail is None:
            return _answer(409, "No mail server is configured: IOC_SMTP_HOST.")
        _done(figures, one, action)
        return _answer(200, action)


def _arranging(access: Access, figures: Figures, mail: MailServer | None) -> None:
    """The route by which a schedule is made."""

    @access.route("/schedules/new", EXPORT, "POST")
    def arrange() -> flask.Response:
        if mail is None:
            return _answer(409, "No mail server is configured: IOC_SMTP_HOST.")
        try:
            plan = plan_from(json.loads(flask.request.get_data(cache=False)))
            check(plan, figures, mail)
        except (ValueError, IocError) as error:
            return _answer(400, told(str(error), language(flask.request).language))
        now = datetime.now(UTC)
        next_at = plan.next_at(now, figures.rules.calendar)
        deed = deed_now("schedule.arrange")
        number = schedules.arrange(figures.home, person().name, plan.written, next_at, deed)
        if number is None:
            return _answer(409, "There are too many schedules. Remove one first.")
        return _answer(200, fmt.instant(next_at, language(flask.request).language))


def check(plan: Plan, figures: Figures, mail: MailServer) -> None:
    """Whether a plan can be carried out by whoever asks. Raises IocError."""
    recipe = recipe_named(figures.home, plan.recipe)
    where = plan.area or recipe.area
    scope, areas = person().scope, figures.rules.register
    day = figures.snapshot.horizon
    area = areas.resolve(where, day) if where else None
    if (scope.areas is not None) if area is None else not scope.allows(area.area_id, areas):
        raise ExportError("That area is not among yours.")
    plan.addresses(read_recipients(figures.home, local_day(datetime.now(UTC))))
    check_addresses(plan, mail)


def _done(figures: Figures, one: Schedule, action: str) -> None:
    deed = deed_now(f"schedule.{action}")
    if action == "pause":
        schedules.stop(figures.home, one.schedule_id, PAUSED, deed)
    elif action == "resume":
        next_at = plan_kept(one.plan).next_at(datetime.now(UTC), figures.rules.calendar)
        schedules.resume(figures.home, one.schedule_id, next_at, deed)
    else:
        schedules.remove(figures.home, one.schedule_id, deed)


def _is_seen(one: Schedule) -> bool:
    return one.person == person().name or person().may(PEOPLE)


def _own(figures: Figures, number: str) -> Schedule | None:
    """One's own schedule of a number; who looks after people may stop anybody's."""
    if not number.isdecimal() or len(number) > 9:
        return None
    one = schedules.schedule_of(figures.home, int(number))
    return one if one is not None and _is_seen(one) else None


def _document(one: Schedule, last: Mailing | None, figures: Figures, say: Words) -> dict[str, Any]:
    plan = plan_kept(one.plan)
    return {
        "id": one.schedule_id,
        "person": one.person,
        "own": one.person == person().name,
        "pack": _title(plan, figures, say),
        "on": on_told(plan, say),
        "at": f"{plan.at:%H:%M}",
        "until": f"{plan.until:%H:%M}",
        "to": list(plan.to),
        "forms": list(plan.forms),
        "next": fmt.instant(one.next_at, say.language) if one.next_at else "",
        "stopped": say(f"schedule.stopped_{one.stopped}") if one.stopped else "",
        "last": "" if last is None else _told(last, say),
        "state": "" if last is None else last.state,
    }


def _title(plan: Plan, figures: Figures, say: Words) -> str:
    """The recipe's title, and the area."""
    try:
        recipe = recipe_named(figures.home, plan.recipe)
        code, day = plan.area or recipe.area, figures.snapshot.horizon
        found = figures.rules.register.resolve(code, day) if code else None
    except IocError:
        return plan.recipe
    place = area_title(found, day) if found else say("area.country")
    return f"{recipe.title} – {place}"


def on_told(plan: Plan, say: Words) -> str:
    """Its days in words."""
    if not plan.on.isdecimal():
        return say(f"schedule.on_{plan.on}")
    return say("schedule.on_last") if plan.on == "31" else say("schedule.on_month", day=plan.on)


def _told(last: Mailing, say: Words) -> str:
    """What became of a mailing, and why."""
    at = fmt.instant(last.settled_at or last.due_at, say.language)
    state = say(f"schedule.state_{last.state}")
    if last.state == "sent" and last.told:
        state = say("schedule.sent_late")
    if last.state == "sent" and last.settled_at and comes_after(last, last.settled_at):
        state += f", {say('schedule.sent_after', at=fmt.clock(last.due_at))}"
    told = say("schedule.missed") if last.told == MISSED else last.told.replace("\n", "; ")
    return f"{at}: {state}" + (f" ({told})" if told else "")


def _answer(status: int, detail: str) -> flask.Response:
    answer = flask.jsonify({"status": status, "detail": detail})
    answer.status_code = status
    return answer
