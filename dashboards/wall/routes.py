"""The wall's addresses.

    GET  /wall                        to the first playlist, with what was asked
    GET  /wall/<playlist>             the page; `area`, `lang` say of which area, in which language
    GET  /wall/<playlist>/state       what is on now: slides with the key of what each shows
    GET  /wall/<playlist>/slide/<n>   one slide for a screen of a shape (`ratio`)
    GET  /wall-image/<name>           a picture of a slide
    GET  /wall/worker.js, /screen/worker.js
                                      what waits for a server that is down while a page is loaded

`state` is asked every few seconds and draws nothing. An enrolled screen is shown its own playlist
whatever it asks for.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import flask
from werkzeug.wrappers import Response

from dashboards import format as fmt
from dashboards.access import OPEN, READ, Access, language, person
from dashboards.access import WALL as SCREEN
from dashboards.data import Figures, notices, written
from dashboards.text import LANGUAGES, Words, words
from dashboards.theme import ASSETS
from dashboards.wall.config import FOLDER, playlists, version_of
from dashboards.wall.editing import drafted
from dashboards.wall.layout import Sheet
from dashboards.wall.playlist import IMAGES, NAMES, Playlist
from dashboards.wall.show import IMAGE_PLACE, Show
from dashboards.wall.stage import Stage, area_of
from domain.dossier import local_day
from domain.errors import StoreError
from domain.lunar import lunar_day
from metrics.rules import Rules
from metrics.snapshots import Snapshot, progress_of
from metrics.sources import Sources
from store.state.screen_orders import Orders
from store.state.screens import Screen

WHERE = "/wall"
FIRST = "province"
DAYS_TOLD = 8
STYLES = ("tokens", "typeface", "icons", "layout", "components", "wall")
FONTS = ("latin", "vietnamese")
LEAST_RATIO, MOST_RATIO = 0.3, 5.0
WORKER = Path(__file__).with_name("worker.js")
SPOKEN = ("offline", "offline_frame", "behind", "ended", "paused")
PAGE = """<!DOCTYPE html>
<html lang="{language}" class="ioc-wall-root" data-mantine-color-scheme="{theme}" \
style="--scale:{scale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · {name}</title>
<link rel="icon" type="image/svg+xml" href="/assets/logo.svg">
{styles}
<script src="/assets/wall.js?m={build}" defer></script>
</head>
<body>
<main class="ioc-wall" {data}>
<div class="ioc-wall__moving" data-part="moving">
<header class="ioc-wall__head">
<div class="ioc-wall__titles"><h1 class="ioc-wall__title" data-part="title">{title}</h1>
<p class="ioc-wall__place" data-part="place"></p></div>
<span class="ioc-wall__mark" data-part="simulated" hidden>{simulated}</span>
<div class="ioc-wall__clock"><span data-clock="time"></span><span data-clock="date"></span>\
<span data-clock="lunar"></span></div>
</header>
<div data-part="stage"></div>
<footer class="ioc-wall__foot">
<span class="ioc-wall__sources"><span data-part="sources"></span></span>
<span class="ioc-wall__pages" data-part="pages"></span></footer>
</div>
<div class="ioc-wall__words" data-part="words">{loading}</div>
<div class="ioc-wall__paused" data-part="paused" hidden>{paused}</div>
<div class="ioc-wall__message" data-part="message" role="status" hidden>\
<span></span><small></small></div>
<div class="ioc-wall__banner" data-part="banner" role="alert" hidden><b></b><span></span></div>
<span class="ioc-wall__progress" data-part="progress"></span>
<noscript><p>Toàn Cảnh cần JavaScript.</p></noscript>
</main>
</body>
</html>"""


def register(access: Access, figures: Figures, poll_seconds: float) -> None:
    """The routes."""
    orders = Orders(figures.home)

    def wall(name: str) -> Wall:
        return Wall(figures, name, orders)

    @access.route(WHERE, READ)
    def first() -> Response:
        query = flask.request.query_string.decode(errors="replace")
        return flask.redirect(f"{WHERE}/{FIRST}" + (f"?{query}" if query else ""))

    @access.route(f"{WHERE}/<name>", READ)
    def page(name: str) -> Response:
        return flask.Response(_page(wall(name), poll_seconds))

    @access.route(f"{WHERE}/<name>/state", READ)
    def state(name: str) -> flask.Response:
        return _json(wall(name).state())

    @access.route(f"{WHERE}/<name>/slide/<int:place>", READ)
    def slide(name: str, place: int) -> flask.Response:
        found = wall(name).slide(place)
        return flask.Response("{}", 404) if found is None else _json(found)

    for place in (WHERE, SCREEN):  # a worker looks after the addresses below its own

        @access.route(f"{place}/worker.js", OPEN)
        def worker(allowed: str = place) -> Response:
            return flask.Response(
                _worker(),
                mimetype="text/javascript",
                headers={"Service-Worker-Allowed": allowed},
            )

    @access.route(f"{IMAGE_PLACE}<name>", READ)
    def image(name: str) -> Response:
        if not IMAGES.fullmatch(name):
            return flask.Response("", 404)
        return flask.send_from_directory(figures.home / "config" / FOLDER, name)


def _json(told: Mapping[str, Any]) -> flask.Response:
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return flask.Response(body, mimetype="application/json")


class Wall:
    """A playlist for whoever asks, now."""

    def __init__(self, figures: Figures, name: str, orders: Orders) -> None:
        self.figures = figures
        self.now = datetime.now(UTC)
        screen = flask.g.get("screen")
        own = screen.playlist if isinstance(screen, Screen) else ""
        self.order = orders.found(screen.screen_id, self.now) if screen else None
        self.name, self.only = own or name, -1
        if self.order is not None and self.order.kind == "slide":
            self.name, _, place = self.order.what.partition("/")
            self.only = int(place)
        self.rules: Rules = figures.rules
        self.words: Words = language(flask.request)
        self.scope = person().scope
        draft = drafted(figures, person()) if "draft" in flask.request.args else None
        self.all = draft or playlists(figures.home / "config", self.rules)
        self.playlist = self.all.get(self.name)

    @property
    def local(self) -> datetime:
        """The time on the clock of the wall."""
        return self.now.astimezone(fmt.ZONE)

    # ---- what is on

    def state(self) -> dict[str, Any]:
        """Slides with their keys, and how the playlist is shown. Draws nothing."""
        say, playlist = self.words, self.playlist
        told: dict[str, Any] = {
            "now": round(self.now.timestamp() * 1000),
            "build": self.figures.build,
            "days": days_told(local_day(self.now), say),
            "theme": "dark" if playlist is None else playlist.theme,
            "scale": 1.0 if playlist is None else playlist.scale,
            "slides": [],
            "message": self._message(),
        }
        if playlist is None:
            named = self.name if NAMES.fullmatch(self.name) else "?"
            return {**told, "gone": True, "problem": say("wall.no_playlist", name=named)}
        try:
            snapshot = self.figures.snapshot
            sources = self.figures.sources(self.now)
        except StoreError:
            return {**told, "problem": say("wall.no_snapshot")}
        playing = [one for one in playlist.playing(self.local) if self.only < 0]
        if 0 <= self.only < len(playlist.slides):
            playing = [(self.only, playlist.slides[self.only])]
        slides = [
            {
                "place": place,
                "key": _digest(self._key(playlist, snapshot, sources, place)),
                "seconds": playlist.seconds_of(slide, self.local),
            }
            for place, slide in playing
        ]
        return {
            **told,
            "slides": slides,
            "notice": " ".join(notices(snapshot, progress_of(self.figures.home), say)),
            "night": playlist.night or "",
            "jump": playlist.jump_to_red,
        }

    def _message(self) -> dict[str, str] | None:
        """The words an operator has sent to this screen, and when."""
        if self.order is None or self.order.kind != "message":
            return None
        at = fmt.instant(self.order.sent_at, self.words.language)
        return {"text": self.order.what, "by": self.words("wall.sent_at", at=at)}

    def _key(
        self, playlist: Playlist, snapshot: Snapshot, sources: Sources, place: int
    ) -> tuple[str, ...]:
        """Everything a slide depends on but the shape of the screen."""
        return (
            "wall",
            snapshot.version,
            snapshot.notice or "",
            self.rules.version,
            self.figures.build,
            self.scope.key,
            written(sources),
            self.name,
            version_of(playlist, place),
            str(place),
            self._area(playlist),
            self.words.language,
        )

    def _area(self, playlist: Playlist) -> str:
        asked = flask.request.args.get("area", "")[:40]
        return area_of(asked, playlist, self.scope, self.rules.register)

    # ---- one slide

    def slide(self, place: int) -> dict[str, Any] | None:
        """A slide for a screen of the shape asked for; None where there is none."""
        playlist = self.playlist
        if playlist is None or place >= len(playlist.slides):
            return None
        snapshot, sources = self.figures.snapshot, self.figures.sources(self.now)
        sheet = Sheet.of(_ratio(flask.request.args.get("ratio", "")), playlist.scale)
        key = (*self._key(playlist, snapshot, sources, place), f"{sheet.width}x{sheet.height}")
        stage = Stage(
            playlist,
            snapshot,
            self.rules,
            self.scope,
            sources,
            self.now,
            self._area(playlist),
            sheet,
            self.words.language,
        )
        chosen = playlist.slides[place]
        if not chosen.has_figures:  # quicker drawn than kept
            return Show(stage).slide(chosen)
        return self.figures.kept(key, lambda: Show(stage).slide(chosen))


def _digest(key: tuple[str, ...]) -> str:
    return hashlib.sha256("\x1f".join(key).encode()).hexdigest()[:16]


def _ratio(text: str) -> float:
    """Width over height, within what screens have; 16:9 where it is none."""
    try:
        ratio = float(text)
    except ValueError:
        ratio = math.nan
    if not math.isfinite(ratio):
        return 16 / 9
    return round(min(max(ratio, LEAST_RATIO), MOST_RATIO), 3)


def days_told(first: date, say: Words) -> dict[str, tuple[str, str]]:
    """The date and the lunar date of some days, in words: a screen without its server has them."""
    days = [first + timedelta(days=number) for number in range(-1, DAYS_TOLD)]
    return {day.isoformat(): (_day(day, say), _lunar(day, say)) for day in days}


def _day(day: date, say: Words) -> str:
    return f"{say(f'wall.weekday_{day.weekday()}')}, {fmt.day(day, say.language)}"


def _lunar(day: date, say: Words) -> str:
    lunar = lunar_day(day)
    counted = say("wall.first_days", day=lunar.day) if lunar.day <= 10 else str(lunar.day)
    leap = say("wall.leap") if lunar.leap else ""
    return say("wall.lunar", day=counted, month=lunar.month, leap=leap, year=lunar.year_name)


# ---- the page


def _page(wall: Wall, poll_seconds: float) -> str:
    say, playlist = wall.words, wall.playlist
    title = playlist.title.in_language(say.language) if playlist else wall.name[:40]
    data = {
        "poll": str(round(poll_seconds * 1000)),
        "build": wall.figures.build,
        "now": str(round(wall.now.timestamp() * 1000)),
        "night": (playlist.night or "") if playlist else "",
        "days": json.dumps(days_told(local_day(wall.now), say), ensure_ascii=False),
        "words": json.dumps({one: say(f"wall.{one}") for one in SPOKEN}, ensure_ascii=False),
    }
    fonts = [
        '<link rel="preload" as="font" type="font/woff2" crossorigin'
        f' href="/assets/fonts/plex-sans-{one}.woff2">'
        for one in FONTS
    ]
    styles = [f'<link rel="stylesheet" href="{_versioned(one)}">' for one in STYLES]
    return PAGE.format(
        language=say.language,
        theme=playlist.theme if playlist else "dark",
        scale=playlist.scale if playlist else 1.0,
        title=escape(title),
        name=escape(say("shell.name")),
        styles="\n".join([*fonts, *styles]),
        build=wall.figures.build,
        data=" ".join(f'data-{name}="{escape(value)}"' for name, value in data.items()),
        simulated=escape(say("mark.simulated")),
        loading=escape(say("wall.loading")),
        paused=escape(say("wall.paused")),
    )


@cache
def _worker() -> str:
    """The worker with what it says in each language, as HTML."""
    told = {
        name: {
            "title": escape(words(name)("wall.waiting")),
            "text": escape(words(name)("wall.waiting_long")),
        }
        for name in LANGUAGES
    }
    found = json.dumps(told, ensure_ascii=False)
    return WORKER.read_text(encoding="utf-8").replace(
        "const WORDS = {};", f"const WORDS = {found};"
    )


def _versioned(style: str) -> str:
    """The address of a stylesheet with the time it was last changed, so that it may be kept."""
    return f"/assets/{style}.css?m={(ASSETS / f'{style}.css').stat().st_mtime}"
