"""An unplugged source over Tết 2026: late, then stale, on time, and whole again once it is back.

One story for every way of collecting: a system that is asked, an exchange of documents and their
statuses, an address with cursors, a department's figures by hand, and documents that are pushed.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import isnan
from typing import Any

import pytest
import stamina
from dash import Dash, html

from dashboards import ingest
from dashboards.access import Access
from domain.calendar import load_calendar
from domain.dossier import VIETNAM
from domain.period import Grain, Span
from domain.scope import EVERYTHING
from metrics.query import query
from metrics.selection import Selection
from store.state import make_token
from tests.datasources.api import Answer, Asked, serving, told
from tests.datasources.collecting import Books, books_of
from tests.datasources.home import PAYLOADS, Home, payload
from tests.datasources.system import System, running
from tests.faults.faulty import counted_wrong, state_of
from tests.store.prepared import publish_figures

EACH = 6
MONDAY, TUESDAY, WEDNESDAY = date(2026, 2, 9), date(2026, 2, 10), date(2026, 2, 11)
THURSDAY, FRIDAY, BACK = date(2026, 2, 12), date(2026, 2, 13), date(2026, 2, 23)
WORKING = (MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, BACK)
STORY = Span(MONDAY, BACK + timedelta(days=1))
DOSSIER_COLUMNS = """
[feed.columns]
dossier_code = "code"
received_at = "at"
channel = "by"
updated_at = "changed"
competent_area = "area"
[feed.values.channel]
"mạng" = "online"
"""


@dataclass
class Feed:
    """What happens in the world, day by day, and the way it comes to us.

    `metrics` are counts that grow by EACH a day. `tell` is told of each day's work when it
    happens, `plug_in` and `unplug` what becomes of the way; `down` says that an unplugged one
    refuses to answer, and does not only fall silent.
    """

    stanza: str
    metrics: tuple[str, ...]
    tell: Callable[[date], None]
    plug_in: Callable[[], None] = lambda: None
    unplug: Callable[[], None] = lambda: None
    down: bool = False
    worked: list[date] = field(default_factory=list)

    def work(self, day: date) -> None:
        self.worked.append(day)
        self.tell(day)


@contextmanager
def portal(home: Home) -> Iterator[Feed]:
    """A system that is asked with a mark in time, an overlap, and pages."""
    system, line = System(), ExitStack()

    def tell(day: date) -> None:
        for number in range(EACH):
            item = {
                **payload("dvcqg_dossiers.json")["data"][0],
                "MaHoSo": f"000.00.13.H44-{day:%y%m%d}-{number:04}",
                "DonViXuLy": "Sở Tư pháp",
                "DanhSachHoSoBoSung": [],
            }
            instants = {"NgayNopHoSo": 8, "NgayTiepNhan": 9, "NgayHenTra": 17, "NgayCapNhat": 10}
            for name, hour in instants.items():
                item[name] = f"{day:%Y%m%d}{hour:02}{number:02}00"
            item |= {"NgayKetThucXuLy": "", "NgayTra": "", "TrangThaiHoSo": "4"}
            system.items.append(item)

    def plug_in() -> None:
        line.enter_context(running(system))

    plug_in()
    password = home.write("config/password", "x")
    password.chmod(0o600)
    stanza = f"""
        kind = "dvcqg"
        url = "{system.url}"
        allow_http = true
        agency = "H44"
        username = "ioc"
        password_file = "config/password"
        page_size = 4
        overlap_minutes = 15
        since = 2026-02-01
    """
    with line:
        yield Feed(stanza, ("dossiers_received",), tell, plug_in, line.close, down=True)


@contextmanager
def exchange(home: Home) -> Iterator[Feed]:
    """A folder of edXML messages: what was sent, and the statuses that answer it."""
    sent = (PAYLOADS / "edxml_national.edxml").read_text(encoding="utf-8")
    status = (PAYLOADS / "edxml_status.edxml").read_text(encoding="utf-8")
    waiting: list[tuple[str, str]] = []
    plugged = [True]

    def arrive() -> None:
        while plugged[0] and waiting:
            home.write(*waiting.pop(0))

    def tell(day: date) -> None:
        for number in range(EACH):
            own = f"H44,{day:%Y/%m/%d},{number}/UBND"
            for name, message in (("a", sent), ("b", status)):
                text = message.replace("H44,2020/12/07,123/UBND-KSTT", own)
                text = text.replace("000.00.18.H44", "000.00.13.H44").replace("2020/12/15", "")
                text = text.replace("2020/12/07", f"{day:%Y/%m/%d}")
                waiting.append((f"in/{day:%m%d}-{number}{name}.edxml", text))
        arrive()

    def plug_in() -> None:
        plugged[0] = True
        arrive()

    stanza = 'kind = "edxml"\npath = "in"'
    metrics = ("docs_sent", "docs_received")
    yield Feed(stanza, metrics, tell, plug_in, lambda: plugged.__setitem__(0, False))


@contextmanager
def address(home: Home) -> Iterator[Feed]:
    """An address that answers JSON: what changed since a mark, page by page by cursors."""
    items: list[dict[str, str]] = []
    plugged = [True]

    def tell(day: date) -> None:
        items.extend(dossier(day, number) for number in range(EACH))

    def answer(asked: Asked) -> Answer:
        if not plugged[0]:
            return Answer(b"Bad Gateway", status=502)
        since, place = asked.params["since"], int(asked.params.get("after", 0))
        found = [one for one in items if one["changed"] >= since]
        following = str(place + 4) if place + 4 < len(found) else None
        return told({"items": found[place : place + 4], "next": following})

    with serving(answer) as api:
        stanza = f"""
            kind = "json"
            record = "dossier"
            url = "{api.url}"
            allow_http = true
            items = "items"
            paging = {{ kind = "cursor", parameter = "after", next = "next" }}
            [feed.changes]
            from_parameter = "since"
            column = "changed"
            overlap_minutes = 60
            since = 2026-02-01
            {DOSSIER_COLUMNS}
        """
        yield Feed(
            stanza,
            ("dossiers_received",),
            tell,
            lambda: plugged.__setitem__(0, True),
            lambda: plugged.__setitem__(0, False),
            down=True,
        )


@contextmanager
def department(home: Home) -> Iterator[Feed]:
    """Figures that a department counts by hand: while it is silent, nobody writes the file."""
    plugged, days = [True], list[date]()

    def write() -> None:
        lines = "".join(
            f"lgsp_success_rate,25,{day},{day + timedelta(days=1)},{EACH},{EACH}\n" for day in days
        )
        head = "metric,area,period_start,period_end,numerator,denominator"
        home.write("in/figures.csv", f"{head}\n{lines}")

    def tell(day: date) -> None:
        days.append(day)
        if plugged[0]:
            write()

    def plug_in() -> None:
        plugged[0] = True
        write()

    stanza = 'kind = "observations"\npath = "in"'
    metrics = ("lgsp_success_rate",)
    yield Feed(stanza, metrics, tell, plug_in, lambda: plugged.__setitem__(0, False))


@contextmanager
def pushing(home: Home) -> Iterator[Feed]:
    """A system that pushes each day's dossiers, and all it could not push once it can again."""
    app = Dash("small")
    app.layout = html.Div()
    ingest.register(Access(app), home.path)
    plugged, waiting = [True], list[date]()
    token: list[str] = []

    def push(day: date) -> None:
        token[:] = token or [make_token(home.path, "feed", "tester", at(day, 8))]
        body = json.dumps([dossier(day, number) for number in range(EACH)]).encode()
        answer = client.post(
            "/api/v1/ingest/feed",
            data=body,
            headers={"Authorization": f"Bearer {token[0]}", "Idempotency-Key": f"{day}"},
            content_type="application/json",
        )
        assert answer.status_code == 202

    def tell(day: date) -> None:
        waiting.append(day)
        while plugged[0] and waiting:
            push(waiting.pop(0))

    def plug_in() -> None:
        plugged[0] = True
        # Whoever cannot be sure what arrived brings the last of it once more.
        for day in (WEDNESDAY, *waiting):
            push(day)
        waiting.clear()

    stanza = f'kind = "json"\nrecord = "dossier"\npush = true\n{DOSSIER_COLUMNS}'
    with app.server.test_client() as client:
        yield Feed(
            stanza,
            ("dossiers_received",),
            tell,
            plug_in,
            lambda: plugged.__setitem__(0, False),
        )


def dossier(day: date, number: int) -> dict[str, str]:
    return {
        "code": f"{day:%m%d}-{number}",
        "at": f"{day} 09:00:00",
        "by": "mạng",
        "changed": at(day, 10).isoformat(),
        "area": "25",
    }


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), VIETNAM)


@dataclass
class Story:
    """One feed and the books of who collects it."""

    home: Home
    feed: Feed
    books: Books

    def collect(self, day: date, hour: int, minute: int = 0, *, again: bool = False) -> None:
        """What the schedule does at an instant: everything that waits, as often as it takes."""
        self.books.now = at(day, hour, minute)
        for _ in range(10):
            config = self.books.sources["feed"]
            job = self.books.ledger.job("feed", config, again=again)
            if job is None:
                return
            self.books.ledger.book(job, config, self.books.ledger.read(job))
            if not self.books.ledger.has_more("feed", config):
                return

    @property
    def state(self) -> str:
        return state_of(self.books, "feed")

    def shown(self) -> list[dict[str, Any]]:
        """The days of the story, each of its metrics, as a screen gets them."""
        frame = query(
            Selection(self.feed.metrics, STORY, None, grain=Grain.DAY),
            EVERYTHING,
            publish_figures(self.books.warehouse, self.books.now),
            now=self.books.now,
        )
        return [dict(zip(frame.columns, row, strict=True)) for row in frame.itertuples(index=False)]

    def is_whole(self, shown: list[dict[str, Any]], *days: date) -> bool:
        """Whether exactly these days' work is counted, and once."""
        counted = {
            (row["metric"], row["period_start"]): row["numerator"]
            for row in shown
            if row["numerator"] > 0
        }
        return counted == {(metric, day): EACH for metric in self.feed.metrics for day in days}

    def promised(self) -> list[tuple[date, bool]]:
        """The days that were due, and whether each was missed."""
        return [
            tuple(row)
            for row in self.books.rows(
                "select due_day, kept from promise where source = 'feed' and area_id = ''"
                " and organisation = '' order by due_day"
            )
        ]


FEEDS = {
    "a system that is asked": portal,
    "documents and their statuses": exchange,
    "an address with cursors": address,
    "figures counted by hand": department,
    "documents that are pushed": pushing,
}


@pytest.fixture(params=FEEDS)
def story(request: pytest.FixtureRequest, home: Home) -> Iterator[Story]:
    stamina.set_testing(True, attempts=1)
    try:
        with FEEDS[request.param](home) as feed:
            home.configure(f'[feed]\nexpected_by = "17:00"\n{feed.stanza}')
            with books_of(home, f"{MONDAY} 08:00") as books:
                yield Story(home, feed, books)
    finally:
        stamina.set_testing(False)


def test_unplugged_over_tet_it_is_late_then_stale_and_is_whole_once_it_is_back(
    story: Story,
) -> None:
    feed, silent = story.feed, "down" if story.feed.down else "late"
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        feed.work(day)
        story.collect(day, 17, 30)
        assert story.state == "fresh"
    assert story.is_whole(story.shown(), MONDAY, TUESDAY, WEDNESDAY)

    feed.unplug()
    feed.work(THURSDAY)
    story.collect(THURSDAY, 16, 59)
    assert all(kept for _, kept in story.promised())  # nothing was due yet
    story.collect(THURSDAY, 17, 30)
    assert (story.state, story.promised()[-1]) == (silent, (THURSDAY, False))
    feed.work(FRIDAY)
    story.collect(FRIDAY, 17, 30)
    for day in (date(2026, 2, 16), date(2026, 2, 20), date(2026, 2, 22)):
        assert not load_calendar().is_working(day)
        story.collect(day, 17, 30)
        assert story.state == silent  # days off age nothing
    feed.work(BACK)
    story.collect(BACK, 17, 45)
    assert story.state == "stale"  # three working days without data
    assert [day for day, kept in story.promised() if not kept] == [THURSDAY, FRIDAY, BACK]
    rows = story.shown()
    since = [row for row in rows if row["period_start"] >= THURSDAY]
    assert {(row["freshness"], row["status"]) for row in since} == {("stale", "unknown")}
    assert all(isnan(row["value"]) for row in since)  # what nobody told is missing, never 0
    # The last good figures are still there, with the time they reach.
    assert story.is_whole(rows, MONDAY, TUESDAY, WEDNESDAY)
    assert {row["data_as_of"].astimezone(VIETNAM).date() for row in rows} == {WEDNESDAY}

    feed.plug_in()
    story.collect(BACK, 18)
    story.collect(BACK, 18, 15)
    story.collect(BACK, 23, 30, again=True)  # the night's reading of the week again
    assert story.state == "fresh"
    assert story.is_whole(story.shown(), *WORKING)
    assert counted_wrong(story.books) == 0
