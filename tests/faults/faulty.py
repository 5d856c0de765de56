"""Sources that fail on purpose, the truth they hold, and what a collector made of it."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import stamina

from domain.calendar import load_calendar
from domain.dossier import VIETNAM
from domain.freshness import freshness
from store import BatchResult, oversight
from tests.datasources.collecting import Books, books_of
from tests.datasources.home import Home, payload
from tests.datasources.system import Handler, Item, System

PORTAL = """
[portal]
kind = "dvcqg"
url = "http://127.0.0.1:{port}/dvcqg"
allow_http = true
agency = "H44"
username = "ioc"
password_file = "config/password"
page_size = 10
overlap_minutes = 15
since = 2026-11-01
{keys}
"""
DESK = """
[desk]
kind = "csv"
record = "dossier"
path = "in"
schedule = "0 18 * * *"
{keys}
[desk.columns]
dossier_code = "code"
received_at = "at"
competent_area = "area"
"""
START = "2026-11-16 08:00"
FORM = "%Y%m%d%H%M%S"


@dataclass(frozen=True)
class Verdict:
    """What a fault did in so many tries. `lies` are figures or states that claimed too much."""

    fault: str
    tries: int
    lost: int = 0
    doubled: int = 0
    lies: int = 0

    def __str__(self) -> str:
        return (
            f"{self.fault:<8}  N={self.tries:<4} lost={self.lost} doubled={self.doubled} "
            f"stale lies={self.lies}"
        )


Fault = Callable[[Home, int], Verdict]


@dataclass
class Portal:
    """A dossier system whose dossiers change, and the books of who collects it."""

    books: Books
    system: System
    port: int
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    truth: dict[str, datetime] = field(default_factory=dict)
    lies: int = 0
    _server: ThreadingHTTPServer | None = None

    def plug_in(self) -> None:
        """Answer on the port."""
        handler = type("Bound", (Handler,), {"system": self.system})
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.port = int(self._server.server_address[1])
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def unplug(self) -> None:
        """Refuse every connection."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def work(self, number: int, at: datetime | None = None) -> None:
        """So many dossiers are new or change, in the minutes up to now."""
        for _ in range(number):
            known = list(self.truth)
            again = bool(known) and self.chance.random() < 0.4
            code = self.chance.choice(known) if again else f"000.00.18.H44-261116-{len(known):04}"
            moment = at or self.books.now - timedelta(seconds=self.chance.randrange(1, 500))
            self.tell(code, max(moment, self.truth.get(code, moment)))

    def tell(self, code: str, moment: datetime) -> None:
        """One dossier as it stands since a moment."""
        moment = moment.astimezone(VIETNAM).replace(microsecond=0)
        self.truth[code] = moment
        self.system.items[:] = [one for one in self.system.items if one["MaHoSo"] != code]
        self.system.items.append(item(code, moment))

    def later(self, minutes: float = 15) -> "Portal":
        self.books.now += timedelta(minutes=minutes)
        return self

    def run(self, *, again: bool = False) -> BatchResult:
        """One collection; a source that failed and still shows as fresh would be a lie."""
        result = self.books.run("portal", again=again)
        self.lies += result.status == "failed" and self.state() == "fresh"
        return result

    def state(self) -> str:
        return state_of(self.books, "portal")

    def verdict(self, fault: str, tries: int) -> Verdict:
        """The truth against what is known now."""
        rows = self.books.rows(
            "select dossier_code, updated_at from dossier"
            " where source = 'portal' and known_to is null"
        )
        known = dict(rows)
        lost = sum(known.get(code) != moment for code, moment in self.truth.items())
        doubled = len(rows) - len(known) + len(known.keys() - self.truth.keys())
        return Verdict(fault, tries, lost, doubled + counted_wrong(self.books), self.lies)


def item(code: str, moment: datetime) -> Item:
    return {
        **payload("dvcqg_dossiers.json")["data"][0],
        "MaHoSo": code,
        "NgayCapNhat": moment.strftime(FORM),
    }


@contextmanager
def portal_of(home: Home, keys: str = "") -> Iterator[Portal]:
    """A portal that answers, and the open books of a home that collects it."""
    system = System()
    found = Portal.__new__(Portal)
    Portal.__init__(found, None, system, 0)  # type: ignore[arg-type]  # its port comes first
    found.plug_in()
    home.configure(PORTAL.format(port=found.port, keys=keys))
    password = home.path / "config" / "password"
    password.write_text("x")
    password.chmod(0o600)
    stamina.set_testing(True, attempts=3)
    try:
        with books_of(home, START) as books:
            found.books = books
            yield found
    finally:
        stamina.set_testing(False)
        found.unplug()


@contextmanager
def desk_of(home: Home, keys: str = "", now: str = START) -> Iterator[Books]:
    """The open books of a home that collects a folder of files."""
    home.configure(DESK.format(keys=keys))
    with books_of(home, now) as books:
        yield books


def rows_csv(codes: list[str], day: str, area: str = "25") -> str:
    return "code,at,area\n" + "".join(f"{code},{day},{area}\n" for code in codes)


def desk_verdict(fault: str, tries: int, books: Books, truth: set[str], lies: int = 0) -> Verdict:
    """The codes of the truth against those that are known now."""
    rows = [
        code for (code,) in books.rows("select dossier_code from dossier where known_to is null")
    ]
    doubled = len(rows) - len(set(rows)) + len(set(rows) - truth) + counted_wrong(books)
    return Verdict(fault, tries, len(truth - set(rows)), doubled, lies)


def counted_wrong(books: Books) -> int:
    """How far counts and accounting are from the facts: always 0."""
    facts = books.one(
        "select count(*) from dossier where known_to is null and received_at is not null"
    )
    counted = books.one("select coalesce(sum(dossiers_received), 0) from dossier_delta")
    adds_up = '"read" = new + changed + unchanged + duplicate + rejected'
    wrong = books.one(f"select count(*) from batch where not ({adds_up})")
    return abs(int(facts) - int(counted)) + int(wrong)


def state_of(books: Books, source: str) -> str:
    found = oversight.attendance(books.warehouse, source)
    assert found is not None
    return freshness(found.clock, books.now, load_calendar()).value


def files_of(home: Path) -> Iterator[Path]:
    return (path for path in home.rglob("*") if path.is_file())
