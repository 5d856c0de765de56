"""A CSV of dossiers on its way to committed facts: ours, and the same file through dlt.

Ours is the collector's own way: a child process reads, checks and lands the file, the warehouse
merges it into versioned facts and appends what it adds to the counts, in one transaction.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from benchmarks.forms import stanza, write_csv
from benchmarks.province import changed, dossiers
from benchmarks.report import Line, table
from benchmarks.rival import Rival, environment
from benchmarks.timing import Spent, fastest, timed
from datasources.children import Children
from datasources.job import Job
from domain.dossier import local_day
from domain.period import Span
from store import Warehouse, publish

DAYS = 500
CHANGED, PLAIN = 5_000, 10_000
SPEED, FACTOR = 300_000, 10.0
SOURCE = "onestop"
RIVALS = {"duckdb": "read_csv_duckdb as Arrow", "arrow": "Arrow tables"}

NOTES = (
    "Ours: from starting the child process to the commit of facts, deltas and row accounting.",
    "dlt: pipeline.run alone, without Python's start; merged on the key, by the faster of two ways.",
    "dlt keeps no versions, looks up no areas and counts nothing.",
    f"dlt as its manual begins is read_csv with a dictionary per row, here for {PLAIN:,} records.",
    "Processor time is all cores together: it holds on a machine that is busy with other things.",
)


@dataclass
class Timings:
    """What each step took, one entry per round."""

    landed: list[Spent] = field(default_factory=list)
    loaded: list[Spent] = field(default_factory=list)
    published: list[Spent] = field(default_factory=list)
    landed_again: list[Spent] = field(default_factory=list)
    loaded_again: list[Spent] = field(default_factory=list)
    rivals: dict[str, list[Spent]] = field(default_factory=dict)
    rivals_again: dict[str, list[Spent]] = field(default_factory=dict)

    @property
    def first(self) -> Spent:
        """Ours from the file to the commit, in the fastest round."""
        return fastest([a + b for a, b in zip(self.landed, self.loaded, strict=True)])

    @property
    def again(self) -> Spent:
        return fastest([a + b for a, b in zip(self.landed_again, self.loaded_again, strict=True)])


@dataclass(frozen=True)
class Files:
    """The file, its changed successor, and the beginning of the file."""

    first: Path
    second: Path
    beginning: Path


def run(folder: Path, cache: Path, number: int, rounds: int) -> str:
    """Load a file of so many dossiers in every way, round by round; returns the report."""
    changes = min(CHANGED, number // 2)
    files = _files(folder / "files", number, changes)
    python = environment(cache)
    timings = Timings()
    for place in range(rounds):
        _ours(folder / f"home-{place}", files, number, changes, timings)
        for way in RIVALS:
            _rival(Rival(python, way, folder / f"dlt-{way}-{place}"), files, number, timings)
    plain, rows = Rival(python, "plain", folder / "dlt-plain").load(files.beginning)
    lines = _lines(timings, number, changes, rows / plain.wall)
    return table("From a file to committed facts", lines, NOTES)


def _files(folder: Path, number: int, changes: int) -> Files:
    folder.mkdir(parents=True)
    today = local_day(datetime.now(UTC))
    found = dossiers(number, Span(today - timedelta(days=DAYS), today))
    files = Files(folder / "first.csv", folder / "second.csv", folder / "beginning.csv")
    write_csv(found, files.first)
    write_csv(changed(found, changes, today), files.second)
    with files.first.open(encoding="utf-8") as whole:
        files.beginning.write_text("".join(islice(whole, PLAIN + 1)), encoding="utf-8")
    return files


def _ours(home: Path, files: Files, number: int, changes: int, timings: Timings) -> None:
    """A new home: the file, publishing it, then the changed file in its place."""
    (home / "config").mkdir(parents=True)
    delivered = home / "delivered.csv"
    (home / "config" / "sources.toml").write_text(stanza(delivered), encoding="utf-8")
    with Warehouse.open(home) as warehouse:
        _put(files.first, delivered)
        _collect(warehouse, home, timings.landed, timings.loaded, (number, 0))
        with timed(timings.published):
            publish(warehouse, home, datetime.now(UTC))
        _put(files.second, delivered)
        _collect(warehouse, home, timings.landed_again, timings.loaded_again, (0, changes))


def _put(file: Path, place: Path) -> None:
    """Deliver a file: the marker beside it says that it is whole."""
    place.unlink(missing_ok=True)
    place.hardlink_to(file)
    place.with_name(f"{place.name}.done").touch()


def _collect(
    warehouse: Warehouse,
    home: Path,
    landing: list[Spent],
    loading: list[Spent],
    expected: tuple[int, int],
) -> None:
    now = datetime.now(UTC)
    cursor = warehouse.cursor(SOURCE) or {}
    job = Job(str(home), SOURCE, str(home / "landing"), now, cursor=cursor)
    with timed(landing):
        outcome = Children().run(job)
    if outcome.folder is None:
        raise RuntimeError(outcome.error)
    with timed(loading):
        total = warehouse.load(Path(outcome.folder), now).total
    if (total.new, total.changed) != expected:
        raise RuntimeError(f"Expected {expected} new and changed records, but there are {total}.")


def _rival(rival: Rival, files: Files, number: int, timings: Timings) -> None:
    for file, found in ((files.first, timings.rivals), (files.second, timings.rivals_again)):
        spent, rows = rival.load(file)
        if rows != number:
            raise RuntimeError(f"dlt has {rows} records of {number}.")
        found.setdefault(rival.way, []).append(spent)


def _lines(timings: Timings, number: int, changes: int, plain: float) -> list[Line]:
    """Of every step and way the fastest round."""
    ours, again = timings.first, timings.again
    way = min(timings.rivals, key=lambda one: fastest(timings.rivals[one]).wall)
    rival, rival_again = fastest(timings.rivals[way]), fastest(timings.rivals_again[way])
    speed, factor = number / ours.wall, rival.wall / ours.wall
    many, fast = f"≥ {SPEED:,}/s", f"≥ {FACTOR:.0f}×"
    return [
        Line("records a second", _many(speed), "", None, many, speed >= SPEED),
        Line(
            f"  dlt, {RIVALS[way]}",
            _many(speed),
            _many(number / rival.wall),
            factor,
            fast,
            factor >= FACTOR,
        ),
        Line("  dlt, as its manual begins", _many(speed), _many(plain), speed / plain),
        _line(f"{number:,} records, all new", ours.wall, rival.wall),
        _line("  in processor time", ours.processor, rival.processor),
        _step("  of it read and landed", timings.landed),
        _step("  of it merged and counted", timings.loaded),
        _line(f"the file again, {changes:,} changed", again.wall, rival_again.wall),
        _line("  in processor time", again.processor, rival_again.processor),
        _step("committed → published", timings.published),
    ]


def _line(what: str, ours: float, rival: float) -> Line:
    return Line(what, f"{ours:.2f} s", f"{rival:.2f} s", rival / ours)


def _step(what: str, rounds: list[Spent]) -> Line:
    """A step of ours, with its processor time in brackets."""
    best = fastest(rounds)
    return Line(what, f"{best.wall:.2f} s ({best.processor:.2f} s)")


def _many(value: float) -> str:
    return f"{value:,.0f}/s"
