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
from dashboards.grants import scope_fields, scope_of_form
from dashboards.people import People, note_deed
from dashboards.roles import ROLES, SCREEN
from dashboards.signin import scope_text
from dashboards.text import Words
from domain.area import register as areas
from domain.errors import IocError, StoreError
from domain.grant import scope_told
from domain.scope import Scope
from store.state import people as accounts
from store.state.audit import Deed, Entry, entries
from store.state.people import Account

WHERE, TRAIL = "/people", "/audit"
MOST_ENTRIES = 200


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
            say = language(flask.request)
            name = _new_name(people, given.get("name", ""), say)
            role, scope = _rights(given, say)
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
    say = language(flask.request)
    _own(people, name, say)
    role, scope = _rights(flask.request.form, say)
    deed = _deed("person.rights", name, f"{role}, {scope_told(scope)}")
    accounts.change_rights(people.home, name, role, scope, deed)
    return ""


def _disabled(people: People, name: str) -> str:
    say = language(flask.request)
    if name == person().name:
        return plain.error(say("people.not_oneself"))
    _known(people, name, say)
    accounts.disable_person(people.home, name, _deed("person.disable", name))
    return ""


def _unlocked(people: People, name: str) -> str:
    _known(people, name, language(flask.request))
    accounts.unlock_person(people.home, name, _deed("person.unlock", name))
    return ""


def _new_password(people: People, name: str) -> str:
    _own(people, name, language(flask.request))
    password = passwords.first_password()
    deed = _deed("person.password", name)
    kept = passwords.hashed(password)
    accounts.change_password(people.home, name, kept, deed, must_change=True)
    return _handed_over(name, password)


def _rights(given: ImmutableMultiDict[str, str], say: Words) -> tuple[str, Scope]:
    """The role and scope of a form. Raises IocError in the reader's words."""
    role = given.get("role", "")
    if role not in ROLES or role == SCREEN:
        raise IocError(say("people.no_role", role=role))
    return role, scope_of_form(given, say)


def _new_name(people: People, text: str, say: Words) -> str:
    """A name nobody has. Raises IocError in the reader's words."""
    try:
        name = accounts.normal_name(text)
    except StoreError:
        raise IocError(say("people.bad_name", name=text)) from None
    if accounts.person_named(people.home, name) is not None:
        raise IocError(say("people.taken", name=name))
    return name


def _known(people: People, name: str, say: Words) -> Account:
    """Somebody there is. Raises IocError in the reader's words."""
    found = accounts.person_named(people.home, name)
    if found is None:
        raise IocError(say("people.nobody", name=name))
    return found


def _own(people: People, name: str, say: Words) -> Account:
    """Somebody whose rights and password are kept here. Raises IocError in the reader's words."""
    found = _known(people, name, say)
    if found.is_foreign:
        raise IocError(say("people.foreign", name=name))
    return found


def _deed(event: str, what: str, detail: str = "") -> Deed:
    address = flask.request.remote_addr or ""
    return Deed(datetime.now(UTC), person().name, address, event, what, detail=detail)


def _tried(people: People, do: Callable[[], str]) -> Response:
    """The page again, with what came of it: a first password, or why it could not be done."""
    try:
        return _page(people, do())
    except StoreError as error:
        say = language(flask.request)
        return _page(people, plain.error(f"{say('people.failed')} {error.message}"), 400)
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
    able = ["unlock" if one.disabled_at else "disable", *([] if one.is_foreign else ["password"])]
    actions = "".join(
        plain.form(f"{WHERE}/{one.name}/{action}", [], say(f"people.{action}"), _hidden(who, say))
        for action in able
    )
    if one.is_foreign:
        actions += f"<p>{escape(say('people.by_groups'))}</p>"
        return [*(escape(text) for text in told), actions]
    rights = [_choice(say, one.role), *scope_fields(say, one.scope)]
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
        *scope_fields(say, None),
    ]


def _choice(say: Words, chosen: str) -> str:
    options = {name: _role(name, say) for name in ROLES if name != SCREEN}
    return plain.choice("role", say("people.role"), options, chosen)
