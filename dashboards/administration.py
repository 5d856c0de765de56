"""For administrators: who may log in, and the trail of what was done.

    GET  /people                      everybody, and forms for what can be done
    POST /people/new                  somebody new; the answer shows the first password, once
    POST /people/<name>/<action>      rights, disable, unlock, password
    GET  /audit                       the trail, newest first; `q` is what is sought

Whatever is changed here is in the trail under the administrator's name, and so is who read it.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from html import escape

import flask
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response

from dashboards import format as fmt
from dashboards import passwords, plain
from dashboards.access import AUDIT, PEOPLE, TOKEN_FIELD, Access, Person, language, person
from dashboards.people import People, note_deed
from dashboards.roles import ROLES, role_named
from dashboards.signin import scope_text
from dashboards.text import Words
from domain.area import register as areas
from domain.dossier import local_day
from domain.errors import IocError
from domain.grant import scope_named, scope_told
from domain.scope import Scope
from store.state import people as accounts
from store.state.audit import Deed, Entry, entries
from store.state.people import Account

WHERE, TRAIL = "/people", "/audit"
MOST_ENTRIES = 200
ALL = "*"


def register(access: Access, people: People) -> None:
    """The routes."""
    _people(access, people)
    _trail(access, people)


def _people(access: Access, people: People) -> None:
    @access.route(WHERE, PEOPLE)
    def listed() -> Response:
        return _page(people, "")

    @access.route(f"{WHERE}/new", PEOPLE, "POST")
    def add() -> Response:
        given = flask.request.form

        def done() -> str:
            name = accounts.normal_name(given.get("name", ""))
            role, scope = _rights(given)
            deed = _deed("person.add", name, f"{role}, {scope_told(scope)}")
            password = passwords.first_password()
            kept, shown = passwords.hashed(password), given.get("shown", "").strip()[:100]
            accounts.add_person(people.home, name, shown or name, role, scope, kept, deed)
            return _handed_over(name, password)

        return _tried(people, done)

    @access.route(f"{WHERE}/<name>/<action>", PEOPLE, "POST")
    def change(name: str, action: str) -> Response:
        deeds = {"rights": _new_rights, "disable": _disabled, "unlock": _unlocked}
        deeds["password"] = _new_password
        if action not in deeds:
            return flask.Response("", 404)
        return _tried(people, lambda: deeds[action](people, name))


def _trail(access: Access, people: People) -> None:
    @access.route(TRAIL, AUDIT)
    def trail() -> Response:
        say, sought = language(flask.request), flask.request.args.get("q", "").strip()[:200]
        note_deed("audit.read", sought)
        found = entries(people.home, sought=sought, most=MOST_ENTRIES)
        heads = [say(f"audit.{one}") for one in ("at", "actor", "address", "event", "object")]
        body = [
            plain.search(TRAIL, say("audit.sought"), sought, say("audit.search")),
            plain.table([*heads, say("audit.outcome")], [_told(one, say) for one in found]),
            plain.link("/", say("account.back")),
        ]
        text = plain.plain_page(say("audit.title"), [say("audit.lead")], say, "\n".join(body))
        return flask.Response(plain.wide(text))


# ---- what is done -----------------------------------------------------------------------------


def _new_rights(people: People, name: str) -> str:
    role, scope = _rights(flask.request.form)
    deed = _deed("person.rights", name, f"{role}, {scope_told(scope)}")
    accounts.change_rights(people.home, name, role, scope, deed)
    return ""


def _disabled(people: People, name: str) -> str:
    say = language(flask.request)
    if name == person().name:
        return plain.error(say("people.not_oneself"))
    accounts.disable_person(people.home, name, _deed("person.disable", name))
    return ""


def _unlocked(people: People, name: str) -> str:
    accounts.unlock_person(people.home, name, _deed("person.unlock", name))
    return ""


def _new_password(people: People, name: str) -> str:
    password = passwords.first_password()
    deed = _deed("person.password", name)
    kept = passwords.hashed(password)
    accounts.change_password(people.home, name, kept, deed, must_change=True)
    return _handed_over(name, password)


def _rights(given: ImmutableMultiDict[str, str]) -> tuple[str, Scope]:
    """The role and scope of a form; `*` alone is everything, so that nothing is not."""
    areas, organisations = (_codes(given.get(name, "")) for name in ("areas", "organisations"))
    scope = scope_named(areas or (), organisations or (), local_day(datetime.now(UTC)))
    return role_named(given.get("role", "")).name, scope


def _codes(text: str) -> list[str] | None:
    """Codes between commas; None for all. Raises IocError for nothing at all."""
    if text.strip() == ALL:
        return None
    codes = [code.strip() for code in text.split(",") if code.strip()]
    if not codes:
        raise IocError(f"Say which, by their codes, or {ALL} for all.")
    return codes


def _deed(event: str, what: str, detail: str = "") -> Deed:
    address = flask.request.remote_addr or ""
    return Deed(datetime.now(UTC), person().name, address, event, what, detail=detail)


def _tried(people: People, do: Callable[[], str]) -> Response:
    """The page again, with what came of it: a first password, or why it could not be done."""
    try:
        return _page(people, do())
    except IocError as error:
        return _page(people, plain.error(error.message), 400)


def _handed_over(name: str, password: str) -> str:
    say = language(flask.request)
    sentence = escape(say("people.handed_over", name=name))
    return f'<p role="status">{sentence} <code>{escape(password)}</code></p>'


# ---- what is seen -----------------------------------------------------------------------------


def _page(people: People, news: str, status: int = 200) -> Response:
    who, say = person(), language(flask.request)
    heads = ("name", "shown", "role", "scope", "last_in", "state", "actions")
    rows = [_row(one, who, say) for one in accounts.people(people.home)]
    parts = [
        news,
        plain.table([say(f"people.{one}") for one in heads], rows),
        f"<h2>{escape(say('people.new'))}</h2>",
        plain.form(f"{WHERE}/new", _new_fields(say), say("people.add"), _hidden(who, say)),
        plain.link(TRAIL, say("audit.title")),
        plain.link("/", say("account.back")),
    ]
    text = plain.plain_page(say("people.title"), [say("people.lead")], say, "\n".join(parts))
    return flask.Response(plain.wide(text), status)


def _row(one: Account, who: Person, say: Words) -> list[str]:
    """Cells, as HTML: who somebody is, and what can be done about it."""
    last = fmt.instant(one.last_in_at, say.language) if one.last_in_at else "–"
    state = "people.disabled" if one.disabled_at else "people.may_log_in"
    told = (one.name, one.shown, _role(one.role, say), _scope(one.scope, say), last, say(state))
    actions = "".join(
        plain.form(f"{WHERE}/{one.name}/{action}", [], say(f"people.{action}"), _hidden(who, say))
        for action in ("unlock" if one.disabled_at else "disable", "password")
    )
    rights = [_choice(say, one.role), *_scope_fields(say, one.scope)]
    form = plain.form(f"{WHERE}/{one.name}/rights", rights, say("people.rights"), _hidden(who, say))
    title = escape(say("people.rights"))
    return [
        *(escape(text) for text in told),
        f"{actions}<details><summary>{title}</summary>{form}</details>",
    ]


def _told(entry: Entry, say: Words) -> list[str]:
    """One entry of the trail, as cells."""
    deed = entry.deed
    what = " · ".join(text for text in (deed.object, deed.detail) if text)
    told = (fmt.instant(deed.at, say.language), deed.actor, deed.address, deed.event, what)
    return [escape(text) for text in (*told, deed.outcome)]


def _scope(scope: Scope, say: Words) -> str:
    organisations = () if scope.organisations is None else sorted(scope.organisations)
    return "; ".join([scope_text(scope, areas(), say), *organisations])


def _role(name: str, say: Words) -> str:
    role = ROLES.get(name)
    return name if role is None else (role.vi if say.language == "vi" else role.en)


def _hidden(who: Person, say: Words) -> dict[str, str]:
    return {TOKEN_FIELD: who.token, "lang": say.language}


def _new_fields(say: Words) -> list[str]:
    return [
        plain.field("name", say("people.name")),
        plain.field("shown", say("people.shown")),
        _choice(say, "department"),
        *_scope_fields(say, None),
    ]


def _choice(say: Words, chosen: str) -> str:
    options = {name: _role(name, say) for name in ROLES if name != "kiosk"}
    return plain.choice("role", say("people.role"), options, chosen)


def _scope_fields(say: Words, scope: Scope | None) -> list[str]:
    """What somebody may see, by codes; all organisations unless somebody says otherwise."""
    areas = "" if scope is None else ALL
    if scope is not None and scope.areas is not None:
        areas = ", ".join(sorted(one.partition("@")[0] for one in scope.areas))
    organisations = ALL
    if scope is not None and scope.organisations is not None:
        organisations = ", ".join(sorted(scope.organisations))
    return [
        plain.field("areas", say("people.areas"), value=areas),
        plain.field("organisations", say("people.organisations"), value=organisations),
    ]
