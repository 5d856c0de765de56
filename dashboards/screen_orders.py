"""On the operators' page of screens: what one is sent, and which playlist it plays.

    POST /screens/<id>/send       some words, or one slide, for some minutes
    POST /screens/<id>/recall     nothing any more
    POST /screens/<id>/playlist   another playlist

All of it is in the audit trail under the operator's name.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import flask

from dashboards import format as fmt
from dashboards import plain
from dashboards.access import language, person
from dashboards.people import address
from dashboards.text import Words
from dashboards.wall.config import Playlists, playlists
from domain.errors import IocError
from metrics.rules import rules
from store.state import screen_orders
from store.state.audit import Deed
from store.state.screen_orders import LONGEST, MOST_MINUTES, Order, Orders
from store.state.screens import Screen

MINUTES = 15


def known(home: Path) -> Playlists:
    """The playlists of a home."""
    config = home / "config"
    return playlists(config, rules(config))


def playlist_choice(home: Path, say: Words, chosen: str = "") -> str:
    """A choice of playlists, with none first."""
    found = known(home).found
    options = {"": say("screens.of_area")}
    options |= {name: one.title.in_language(say.language) for name, one in found.items()}
    return plain.choice("playlist", say("screens.playlist"), options, chosen)


def playlist_of(home: Path, given: Mapping[str, str], say: Words) -> str:
    """The playlist of a form. Raises IocError in the reader's words."""
    name = given.get("playlist", "").strip()[:60]
    if name and known(home).get(name) is None:
        raise IocError(say("screens.no_playlist", name=name))
    return name


# ---- what is done


def sent(home: Path, screen_id: str) -> str:
    """Send what the form says; the sentence that it was. Raises IocError."""
    given, say, now = flask.request.form, language(flask.request), datetime.now(UTC)
    text, slide = given.get("text", "").strip()[:LONGEST], given.get("slide", "")
    minutes = given.get("minutes", "")
    if not minutes.isascii() or not minutes.isdigit() or not 1 <= int(minutes) <= MOST_MINUTES:
        raise IocError(say("screens.bad_minutes"))
    if not text and slide not in _slides(home, say):
        raise IocError(say("screens.nothing_to_send"))
    kind, what = ("message", text) if text else ("slide", slide)
    ends = now + timedelta(minutes=int(minutes))
    order = Order(screen_id, kind, what, now, person().name, ends)
    detail = f"{kind}, {minutes} min: {what}"
    screen_orders.send(home, order, _deed("screen.send", screen_id, detail))
    return _news(say("screens.sent"))


def recalled(home: Path, screen_id: str) -> str:
    """Send nothing any more. Raises IocError."""
    screen_orders.recall(home, screen_id, _deed("screen.recall", screen_id))
    return ""


def assigned(home: Path, screen_id: str) -> str:
    """Give the screen another playlist. Raises IocError."""
    say = language(flask.request)
    name = playlist_of(home, flask.request.form, say)
    screen_orders.assign(home, screen_id, name, _deed("screen.playlist", screen_id, name))
    return _news(say("screens.assigned"))


def _news(sentence: str) -> str:
    return f'<p role="status">{escape(sentence)}</p>'


def _deed(event: str, what: str, detail: str = "") -> Deed:
    return Deed(datetime.now(UTC), person().name, address(), event, what, detail=detail)


# ---- what is seen


def actions(home: Path, one: Screen, say: Words, hidden: dict[str, str]) -> str:
    """The forms of one screen: what it is being sent, what it might be, its playlist."""
    where = f"/screens/{one.screen_id}"
    order = Orders(home).found(one.screen_id, datetime.now(UTC))
    now = "" if order is None else _now(order, where, say, hidden)
    slides = {"": say("screens.no_slide"), **_slides(home, say)}
    fields = [
        plain.field("text", say("screens.message"), optional=True),
        plain.choice("slide", say("screens.slide"), slides, ""),
        plain.field("minutes", say("screens.minutes"), value=str(MINUTES)),
    ]
    send = plain.form(f"{where}/send", fields, say("screens.send"), hidden)
    choice = playlist_choice(home, say, one.playlist)
    assign = plain.form(f"{where}/playlist", [choice], say("screens.assign"), hidden)
    return now + _folded(say("screens.send_title"), send) + _folded(say("screens.assign"), assign)


def _now(order: Order, where: str, say: Words, hidden: dict[str, str]) -> str:
    until = say("screens.until", at=fmt.clock(order.ends_at))
    told = f"{say('screens.sending')}: {order.what} ({until})"
    form = plain.form(f"{where}/recall", [], say("screens.recall"), hidden)
    return f"<p>{escape(told)}</p>{form}"


def _folded(title: str, body: str) -> str:
    return f"<details><summary>{escape(title)}</summary>{body}</details>"


def _slides(home: Path, say: Words) -> dict[str, str]:
    """Every slide of every playlist, by `playlist/place`."""
    return {
        f"{name}/{place}": " · ".join(
            (
                playlist.title.in_language(say.language),
                (slide.title or playlist.title).in_language(say.language),
            )
        )
        for name, playlist in known(home).found.items()
        for place, slide in enumerate(playlist.slides)
    }
