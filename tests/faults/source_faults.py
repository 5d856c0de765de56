"""What goes wrong between a source and the collector, F01 to F13 and F35 to F37.

Each fault brings itself about so many times against a real server or real files, lets the
collector go on, and compares what it knows with the truth.
"""

import base64
import gzip
import io
import os
import random
import time
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from datasources.reading.dates import instant
from datasources.running.children import Children
from domain.calendar import load_calendar
from domain.dossier import VIETNAM
from domain.freshness import SourceClock, is_overdue
from store import oversight
from tests.datasources.collecting import Books
from tests.datasources.home import Home, payload, settle
from tests.datasources.system import (
    DRIPPING,
    cut,
    drip,
    expire,
    first_page,
    login_page,
    status,
    without_last,
)
from tests.faults.faulty import (
    Fault,
    Portal,
    Verdict,
    desk_of,
    desk_verdict,
    files_of,
    portal_of,
    rows_csv,
    state_of,
)


def f01_down(home: Home, tries: int) -> Verdict:
    """The port refuses: down at once, late when its promise is broken, stale after a day."""
    with portal_of(home) as portal:
        portal.work(5)
        portal.run()
        for number in range(tries):
            portal.unplug()
            good = portal.books.now
            portal.later(10 + 400 * (number % 5)).work(3)
            assert portal.run().status == "failed"
            age = portal.books.now - good
            expected = "stale" if age > timedelta(hours=24) else "down"
            portal.lies += portal.state() != expected
            clock = _clock(portal)
            portal.lies += is_overdue(clock, portal.books.now, load_calendar()) != (
                age > timedelta(minutes=30)
            )
            portal.plug_in()
            portal.later().run()
            portal.lies += portal.state() != "fresh"
        return portal.verdict("F01", tries)


def f02_statuses(home: Home, tries: int) -> Verdict:
    """500, 502, 503 and 429: asked again within the budget, and then given up with a reason."""
    with portal_of(home) as portal:
        for number in range(tries):
            portal.later().work(4)
            code = (500, 502, 503, 429)[number % 4]
            bad = [status(code, Retry_After="1" if code == 429 else "0")] * (1 + number % 3)
            portal.system.faults[:] = bad
            assert (portal.run().status == "failed") is (len(bad) == 3)
        portal.later().run()
        return portal.verdict("F02", tries)


def f03_drip(home: Home, tries: int) -> Verdict:
    """A byte at a time: the deadline is for the whole answer."""
    tries = max(1, tries // 4)
    with portal_of(home, "deadline_seconds = 1\nanswer_seconds = 0.3") as portal:
        for _ in range(tries):
            portal.later().work(3)
            portal.system.always = drip
            began = time.monotonic()
            assert portal.run().status == "failed"
            assert time.monotonic() - began < DRIPPING / 2
            portal.system.always = None
        # A run takes what it can in its second, and the next goes on from there.
        while portal.later().run().total.new:
            pass
        return portal.verdict("F03", tries)


def f04_cut(home: Home, tries: int) -> Verdict:
    """The line breaks in the middle of a page: nothing of the run is taken."""
    with portal_of(home) as portal:
        for _ in range(tries):
            portal.later().work(14)
            portal.system.faults[:] = [None, *[cut] * 3]
            assert portal.run().status == "failed"
            portal.later().run()
        return portal.verdict("F04", tries)


def f05_truncated(home: Home, tries: int) -> Verdict:
    """A file cut off at the end of a line, which nothing in it tells: held, and doubtful."""
    with desk_of(home, now="2026-06-01 08:00") as books:
        chance, truth, lies, day = random.Random(5), set[str](), 0, date(2026, 6, 1)
        for number in range(8 + tries):
            codes = [f"{day:%m%d}-{one}" for one in range(chance.randrange(95, 106))]
            path = home.write(f"in/{day}.csv", rows_csv(codes, f"{day:%d/%m/%Y}"))
            books.at(f"{day} 18:00")
            if number >= 8:
                lines = path.read_text().splitlines(keepends=True)
                home.write(f"in/{day}.csv", "".join(lines[: chance.randrange(2, 60)]))
                before = _received(books)
                lies += books.run("desk").status != "held" or _received(books) != before
                lies += state_of(books, "desk") != "suspect"
                home.write(f"in/{day}.csv", rows_csv(codes, f"{day:%d/%m/%Y}"))
                books.now += timedelta(minutes=15)
            books.run("desk")
            truth |= set(codes)
            day += timedelta(days=7)
        return desk_verdict("F05", tries, books, truth, lies)


def f06_login_page(home: Home, tries: int) -> Verdict:
    """Status 200 and a page for people, or a session that ran out."""
    with portal_of(home) as portal:
        for number in range(tries):
            portal.later().work(3)
            portal.system.faults[:] = [login_page if number % 2 == 0 else expire]
            assert (portal.run().status == "failed") is (number % 2 == 0)
        portal.later().run()
        return portal.verdict("F06", tries)


BROKEN = (
    "code,at,place\n9,15/07/2020,25\n",
    "code;at;area\n9;15/07/2020;25\n",
    "Code,at,area\n9,15/07/2020,25\n",
    "at,area\n15/07/2020,25\n",
    "code,at,area,area\n9,15/07/2020,25,25\n",
    "code,at,area\n" + "9,no day,25\n" * 30,
    "code,at,area\n" + "9,15/07/2020,nowhere\n" * 30,
    "code,at,area\n" + ",15/07/2020,25\n" * 30,
    "code,at,area\n9,15/07/2020,25\n10,15/0",
    "",
    "\x1f\x8b\x08",
    "<html><body>Đăng nhập</body></html>",
)


def f07_schema(home: Home, tries: int) -> Verdict:
    """A column gone or renamed, values that cannot be: the batch fails whole, and is suspect."""
    with desk_of(home, "volume_jump = 0") as books:
        home.write("in/0.csv", rows_csv(["1", "2"], "15/07/2020"))
        books.run("desk")
        lies = 0
        for number in range(tries):
            text = BROKEN[5 * number % len(BROKEN)]  # early on one of each sort
            path = home.write("in/1.csv", text)
            books.now += timedelta(minutes=15)
            lies += books.run("desk").status != "failed" or state_of(books, "desk") == "fresh"
            path.unlink()
        extra = "code,at,area,more\n" + "".join(f"e{one},15/07/2020,25,x\n" for one in range(40))
        home.write("in/2.csv", extra + "bad,31/02/2020,25,x\n")
        books.now += timedelta(minutes=15)
        result = books.run("desk")
        assert (result.total.new, result.total.rejected) == (40, 1)
        truth = {"1", "2", *(f"e{one}" for one in range(40))}
        return desk_verdict("F07", tries, books, truth, lies)


def f08_pages(home: Home, tries: int) -> Verdict:
    """A page twice, a page that never ends, a record left out of a page."""
    with portal_of(home) as portal:
        for number in range(tries):
            portal.later().work(24)
            fault = (first_page, first_page, without_last)[number % 3]
            portal.system.faults[:] = [None, *[fault] * (1 if number % 3 == 0 else 9)]
            portal.run()
            portal.system.faults.clear()
        portal.later().run()
        return portal.verdict("F08", tries)


def f09_drift(home: Home, tries: int) -> Verdict:
    """Dossiers come and change while pages are turned."""
    with portal_of(home) as portal:
        for _ in range(tries):
            portal.later().work(25)
            turns = iter(range(6))

            def churn(_system: object, _question: object, turns: object = turns) -> None:
                turn = next(turns, None)  # type: ignore[call-overload]
                if turn is not None:
                    # Some changes stay in the stretch that is asked for, and some leave it.
                    portal.work(1, portal.books.now + timedelta(seconds=turn % 2 * 2 - 1))

            portal.system.before_page = churn
            portal.run()
            portal.system.before_page = None
        portal.later().run()
        return portal.verdict("F09", tries)


def f10_late(home: Home, tries: int) -> Verdict:
    """Weeks-old dossiers change or vanish: now is the truth, and each past day what was known."""
    with portal_of(home) as portal:
        portal.work(12)
        portal.run()
        past: list[tuple[datetime, dict[str, datetime]]] = []
        for _ in range(tries):
            past.append((portal.books.now + timedelta(seconds=1), dict(portal.truth)))
            portal.later(24 * 60)
            oldest = min(portal.truth, key=lambda code: portal.truth[code])
            portal.tell(oldest, portal.books.now - timedelta(minutes=1))
            portal.work(2)
            portal.run()
        for moment, truth in past:
            sql = (
                "select dossier_code, updated_at from dossier where known_from <= '{0}'"
                " and (known_to is null or known_to > '{0}')"
            )
            portal.lies += dict(portal.books.rows(sql.format(moment.isoformat()))) != truth
        gone = portal.system.items.pop()["MaHoSo"]
        portal.later().run(again=True)
        portal.lies += "1 are no longer told" not in portal.books.told[-1]
        del portal.truth[gone]
        kept = portal.verdict("F10", tries)
        # What a source drops stays known, and is reported: it is no doubling.
        return Verdict(kept.fault, kept.tries, kept.lost, kept.doubled - 1, kept.lies)


def f11_same_second(home: Home, tries: int) -> Verdict:
    """Many changes in one second, older versions after newer ones."""
    with portal_of(home) as portal:
        for number in range(tries):
            portal.later()
            second = portal.books.now.replace(microsecond=0) - timedelta(seconds=60)
            for one in range(30):
                portal.tell(f"000.00.18.H44-2611{number % 100:02}-{one:04}", second)
            portal.chance.shuffle(portal.system.items)
            portal.run()
        code, newest = next(iter(portal.truth.items()))
        portal.later().tell(code, newest - timedelta(days=1))
        portal.truth[code] = newest
        portal.run(again=True)
        return portal.verdict("F11", tries)


def f12_clocks(home: Home, tries: int) -> Verdict:
    """Their clock is three hours off, ours jumps two: told as future, and nothing is left out."""
    with portal_of(home) as portal:
        portal.work(5)
        portal.run()
        for number in range(tries):
            portal.later(20).work(3)
            hours = (3, -3, 0)[number % 3]
            if hours:
                ahead = portal.books.now + timedelta(hours=hours)
                portal.tell(f"000.00.18.H44-261117-{number:04}", ahead)
            else:
                portal.books.now -= timedelta(hours=2)
                portal.run()
                portal.books.now += timedelta(hours=2)
            portal.run()
        portal.later(270).run(again=True)
        portal.lies += portal.state() not in ("fresh", "future")
        return portal.verdict("F12", tries)


VECTORS = (
    ("2026-02-28 23:30:00", "2026-02-28"),
    ("2026-03-01 00:10:00", "2026-03-01"),
    ("2026-03-01 06:00:00", "2026-03-01"),
    ("20260301060000", "2026-03-01"),
    ("2026-02-28T23:30:00Z", "2026-03-01"),
    ("2026-02-28T23:30:00+07:00", "2026-02-28"),
    ("01/03/2026 06:00", "2026-03-01"),
    ("01/03/2026", "2026-03-01"),
    ("0000-00-00T00:00:00", None),
)


def f13_zones(home: Home, tries: int) -> Verdict:
    """The same day whatever zone the machine lives in."""
    lies, before = 0, os.environ.get("TZ")
    try:
        for zone in ("UTC", "Asia/Ho_Chi_Minh"):
            os.environ["TZ"] = zone
            time.tzset()
            for text, day in VECTORS:
                found = instant(text, VIETNAM)
                lies += (found and str(found.astimezone(VIETNAM).date())) != day
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()
    with desk_of(home, "volume_jump = 0") as books:
        told = [text for text, day in VECTORS if day]
        home.write("in/a.csv", "code,at,area\n" + "".join(f"{t},{t},25\n" for t in told))
        books.run("desk")
        days = "select day, sum(dossiers_received)::int from dossier_delta group by 1 order by 1"
        lies += books.rows(days) != [(date(2026, 2, 28), 2), (date(2026, 3, 1), 6)]
        return desk_verdict("F13", tries, books, set(told), lies)


def _deep() -> bytes:
    return b"<a>" * 5000 + b"</a>" * 5000


def _xlsx() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    return file.getvalue()


_ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 99}">' for n in range(9))
BOMBS: Mapping[str, bytes] = {
    "line.csv": b"code,at,area\n" + b"9" * 10_000_000,
    "laughs.xml": f"<!DOCTYPE a [{_ENTITIES}]><a>&e8;</a>".encode(),
    "gzip.csv": gzip.compress(b"0" * 50_000_000),
    "deep.xml": _deep(),
    "zip.csv": _xlsx(),
    "deep.json": b"[" * 100_000,
    "base64.xml": b"<a>" + base64.b64encode(bytes(20_000_000)) + b"</a>",
    "entity.xml": b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
    "quotes.csv": b'code,at,area\n"' + b"x,\n" * 1_000_000,
    "wide.csv": b"code,at,area" + b",x" * 200_000 + b"\n1,,25\n",
    "nul.csv": bytes(5_000_000),
    "number.json": b'{"data":[' + b"9" * 5_000_000 + b"]}",
}
BOMBED = """
[csv]
kind = "csv"
record = "dossier"
path = "csv"
memory_mb = 1024
[csv.columns]
dossier_code = "code"
competent_area = "area"
[xml]
kind = "edxml"
path = "xml"
memory_mb = 1024
[json]
kind = "dvcqg"
path = "json"
memory_mb = 1024
"""


def f35_bombs(home: Home, tries: int) -> Verdict:
    """Files made to swallow memory or time: the child ends within its limits, the parent lives."""
    home.configure(BOMBED)
    lies, children = 0, Children()
    for name, content in list(BOMBS.items())[:tries]:
        kind = name.rpartition(".")[2]
        path = home.write(f"{kind}/{name}", content)
        outcome = children.run(home.job(kind, seconds=20.0))
        landed = Path(outcome.folder or "/")
        taken = outcome.folder and list(landed.glob("records-*.parquet"))
        if taken:
            rows = duckdb.connect().execute(f"from '{landed}/records-*.parquet'").fetchall()
            lies += len(rows)
        told = (outcome.error or "") + "".join(
            file.read_text() for file in files_of(home.path) if file.suffix == ".log"
        )
        lies += "root:" in told
        path.unlink()
    home.write("csv/good.csv", "code,area\n1,25\n")
    outcome = children.run(home.job("csv"))
    return Verdict("F35", min(tries, len(BOMBS)), lost=int(outcome.folder is None), lies=lies)


NAMES = (
    "-rf.csv",
    "a b.csv",
    "$(reboot).csv",
    "`id`.csv",
    "..csv",
    "a\nb.csv",
    "a\x1b[31m.csv",
    "ngày tháng.csv",
    "x" * 200 + ".csv",
    "%2e%2e%2f.csv",
    "a;b.csv",
    "'quote'.csv",
    '"double".csv',
    "*.csv",
    "[a].csv",
    "?.csv",
    "~.csv",
    "#.csv",
    "\\back.csv",
    "=cmd.csv",
)


def f36_names(home: Home, tries: int) -> Verdict:
    """Hostile names, half-copied files, the same file twice, a link to somewhere else."""
    truth: set[str] = set()
    with desk_of(home, "volume_jump = 0") as books:
        outside = home.path / "secret.txt"
        outside.write_text(rows_csv(["stolen"], "15/07/2020"))
        home.write("in/0.csv", rows_csv(["0"], "15/07/2020"))
        (home.path / "in" / "link.csv").symlink_to(outside)
        os.mkfifo(home.path / "in" / "pipe.csv")
        truth.add("0")
        for number, name in enumerate(NAMES[:tries], start=1):
            text = rows_csv([str(number)], "15/07/2020")
            home.write(f"in/{name}", text)
            home.write(f"in/again-{number}.csv", text)
            truth.add(str(number))
        books.run("desk")
        assert not any("\x1b" in line or "\n" in line for line in books.told)
        half = home.path / "in" / "half.csv"
        whole = rows_csv(["h1", "h2"], "15/07/2020")
        half.write_text(whole[:20])
        before, ahead = half.stat(), time.time() + 1.0
        os.utime(half, (ahead, ahead))  # somebody has just written to it
        assert before.st_size == 20
        books.run("desk")
        half.write_text(whole)
        settle(half)
        books.now += timedelta(minutes=15)
        books.run("desk")
        return desk_verdict("F36", min(tries, len(NAMES)), books, truth | {"h1", "h2"})


CANARY = "ZQX"
DROPPED = ("ChuHoSo", "Email", "SoDienThoai", "TrichYeuHoSo", "GhiChu", "ThongTinTra", "NguoiXuLy")


def f37_canaries(home: Home, tries: int) -> Verdict:
    """People's names and numbers in every field that is dropped, in good rows and in bad ones."""
    with portal_of(home) as portal:
        for number in range(tries):
            portal.later().work(10)
            for place, one in enumerate(portal.system.items):
                one.update({name: f"{CANARY}{place % 25:02} {name}" for name in DROPPED})
                one["DinhDanhCHS"] = {"SoDinhDanh": f"{CANARY}{number % 25:02}"}
            bad = payload("dvcqg_dossiers.json")["data"][0] | {
                "MaHoSo": f"bad-{number}",
                "NgayTiepNhan": f"{CANARY}90",
                "DonViXuLy": f"{CANARY}91",
                "NgayCapNhat": portal.books.now.strftime("%Y%m%d%H%M%S"),
            }
            portal.system.items.append(bad)
            portal.run()
            portal.system.items.remove(bad)
        portal.later().run()
        assert portal.books.ledger.publish()
        verdict = portal.verdict("F37", tries)
        hits = "\n".join(portal.books.told).count(CANARY)
        tables = "select table_name from duckdb_tables() where not temporary"
        for (table,) in portal.books.rows(tables):
            held = f'select count(*) from "{table}" as one where cast(one as varchar) like'
            hits += int(portal.books.one(f"{held} '%{CANARY}%'"))
    hits += sum(path.read_bytes().count(CANARY.encode()) for path in files_of(home.path))
    return Verdict("F37", tries, verdict.lost, verdict.doubled, verdict.lies + hits)


FAULTS: Mapping[str, Fault] = {
    "F01": f01_down,
    "F02": f02_statuses,
    "F03": f03_drip,
    "F04": f04_cut,
    "F05": f05_truncated,
    "F06": f06_login_page,
    "F07": f07_schema,
    "F08": f08_pages,
    "F09": f09_drift,
    "F10": f10_late,
    "F11": f11_same_second,
    "F12": f12_clocks,
    "F13": f13_zones,
    "F35": f35_bombs,
    "F36": f36_names,
    "F37": f37_canaries,
}


def _clock(portal: Portal) -> SourceClock:
    found = oversight.attendance(portal.books.warehouse, "portal")
    assert found is not None
    return found.clock


def _received(books: Books) -> int:
    return int(books.one("select coalesce(sum(dossiers_received), 0) from dossier_delta"))
