"""The page on which playlists are edited: the text of wall.toml, tried before it is kept.

    GET  /screens/playlists            the text, what is wrong with it, and every playlist
    POST /screens/playlists/keep       keep it: checked, whole or not at all, in the audit trail
    POST /screens/playlists/preview    check it, and show it to oneself: /wall/<name>?draft=1

A draft is its author's alone, and no screen ever plays it.
"""

import hashlib
import os
import tempfile
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import flask
from werkzeug.wrappers import Response

from dashboards import plain
from dashboards.access import SCREENS, TOKEN_FIELD, Access, Person, language, person
from dashboards.data import Figures
from dashboards.people import address
from dashboards.text import Words
from dashboards.told import told
from dashboards.wall.config import FILE, LARGEST, SHIPPED, Playlists, line_of, read
from domain.errors import CatalogueError
from store.state.audit import Deed, note

WHERE = "/screens/playlists"
DRAFTS = ("cache", "wall-drafts")


def register(access: Access, figures: Figures) -> None:
    """The routes."""

    @access.route(WHERE, SCREENS)
    def edit() -> Response:
        text = _kept(figures.home)
        return _page(figures, text, text, "")

    @access.route(f"{WHERE}/keep", SCREENS, "POST")
    def keep() -> Response:
        return _keep(figures)

    @access.route(f"{WHERE}/preview", SCREENS, "POST")
    def preview() -> Response:
        text, say = _sent(), language(flask.request)
        found = read(text, figures.rules)
        if found.problems:
            return _page(figures, text, _kept(figures.home), _wrong(text, found, say), 400)
        _write(draft_of(figures.home, person()), text)
        return _page(figures, text, _kept(figures.home), _previews(found, say))


def draft_of(home: Path, who: Person) -> Path:
    """Where somebody's draft is kept."""
    name = hashlib.sha256(who.name.encode()).hexdigest()[:16]
    return home.joinpath(*DRAFTS, f"{name}.toml")


def drafted(figures: Figures, who: Person) -> Playlists | None:
    """The playlists of somebody's draft; None where they have none or may not edit."""
    path = draft_of(figures.home, who)
    if not who.may(SCREENS) or not path.exists():
        return None
    return read(path.read_text(encoding="utf-8"), figures.rules)


def _keep(figures: Figures) -> Response:
    text, say, home = _sent(), language(flask.request), figures.home
    before = _kept(home)
    if flask.request.form.get("before") != _digest(before):
        return _page(figures, text, before, plain.error(say("playlists.changed")), 409)
    found = read(text, figures.rules)
    if found.problems:
        return _page(figures, text, before, _wrong(text, found, say), 400)
    _write(home / "config" / FILE, text)
    names = ", ".join(sorted(found.own)) or "none of its own"
    note(home, Deed(datetime.now(UTC), person().name, address(), "wall.edit", FILE, detail=names))
    news = f'<p role="status">{escape(say("playlists.kept"))}</p>'
    return _page(figures, text, text, news)


def _sent() -> str:
    """The text of the form, with the ends of lines that files have here."""
    return flask.request.form.get("text", "")[: LARGEST + 1].replace("\r\n", "\n")


def _kept(home: Path) -> str:
    try:
        return (home / "config" / FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _write(path: Path, text: str) -> None:
    """All of it or nothing: the web may be reading."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    held = Path(name)
    held.chmod(0o640)
    held.replace(path)


# ---- what is seen


def _wrong(text: str, found: Playlists, say: Words) -> str:
    """Every problem with its line, the line itself, and the nearest right name."""
    items = "".join(f"<li>{_problem(text, one, say)}</li>" for one in found.problems)
    return f"{plain.error(say('playlists.wrong', count=len(found.problems)))}<ol>{items}</ol>"


def _problem(text: str, problem: CatalogueError, say: Words) -> str:
    number = line_of(text, problem)
    lines = text.splitlines()
    line = lines[number - 1].strip() if number and number <= len(lines) else ""
    place = escape(say("playlists.line", line=number)) if number else ""
    quoted = f" <code>{escape(line)}</code>" if line else ""
    sentence = problem.message.removeprefix(f"{FILE}: ")
    return f"<b>{place}</b>{quoted}<br>{escape(told(sentence, say.language))}"


def _previews(found: Playlists, say: Words) -> str:
    links = "".join(_link(f"/wall/{name}?draft=1", f"{name} ↗") for name in found.found)
    return f'<p role="status">{escape(say("playlists.preview"))}</p>{links}'


def _link(href: str, text: str) -> str:
    return f'<p><a href="{escape(href)}" target="_blank" rel="noopener">{escape(text)}</a></p>'


def _page(figures: Figures, text: str, before: str, news: str, status: int = 200) -> Response:
    who, say = person(), language(flask.request)
    shown = read(before, figures.rules)
    parts = [
        news,
        _form(text, before, who, say),
        f"<h2>{escape(say('playlists.all'))}</h2>",
        *(_link(f"/wall/{name}", f"{name} ↗") for name in shown.found),
        _shipped(say),
        plain.link("/screens", say("screens.title")),
    ]
    page = plain.plain_page(say("playlists.title"), [say("playlists.lead")], say, "\n".join(parts))
    return flask.Response(plain.wide(page), status)


def _shipped(say: Words) -> str:
    text = escape(SHIPPED.read_text(encoding="utf-8"))
    return (
        f"<details><summary>{escape(say('playlists.shipped'))}</summary><pre>{text}</pre></details>"
    )


def _form(text: str, before: str, who: Person, say: Words) -> str:
    hidden = {TOKEN_FIELD: who.token, "lang": say.language, "before": _digest(before)}
    unseen = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in hidden.items()
    )
    return (
        f'<form class="ioc-signin__fields" method="post" action="{WHERE}/keep">{unseen}'
        f'<label class="ioc-field"><span class="ioc-field__label">{escape(FILE)}</span>'
        '<textarea class="ioc-field__input ioc-playlists" name="text" rows="28" spellcheck="false"'
        f' autocapitalize="none" wrap="off">\n{escape(text)}</textarea></label>'
        f'<button class="ioc-button" type="submit" formaction="{WHERE}/preview">'
        f"{escape(say('playlists.try'))}</button>"
        f'<button class="ioc-button ioc-button--primary" type="submit">'
        f"{escape(say('playlists.keep'))}</button></form>"
    )
