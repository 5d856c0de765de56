"""A CSV of dossiers on its way to committed facts: ours, and the same file through dlt.

Ours is the collector's own way: a child process reads, checks and lands the file, the warehouse
merges it into versioned facts and appends what it adds to the counts, in one transaction.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from benchmarks.forms import stanza, write_csv
from benchmarks.province import changed, dossiers
from benchmarks.report import Line, table
from benchmarks.rival import Rival, environment
from benchmarks.timing import Spent, fastest, timed
from datasources.running.children import Children
from datasources.running.job import Job
from domain.dossier import local_day
from domain.period import Span
from store import Warehouse, publish

DAYS = 500
CHANGED, PLAIN = 5_000, 20_000
SPEED, FACTOR = 300_000, 10.0
SOURCE = "onestop"
RIVALS = {"duckdb": "read_csv_duckdb as Arrow", "arrow": "Arrow tables"}
ROW_BY_ROW = {
    "plain": "dlt, as its manual begins",
    "parquet": "dlt, the same by its parquet loader",
}

NOTES = (
    "Ours: from starting the child process to the commit of facts, deltas and row accounting.",
    "In brackets: processor time, all cores together, which a busy machine does not stretch.",
    "dlt: pipeline.run alone, without Python's start; merged on the key, the faster of two ways.",
    "dlt keeps no versions, looks up no areas and counts nothing.",
    "dlt as its manual begins is read_csv with a dictionary per row; by its parquet loader,",
    f"the same with loader_file_format='parquet'. Both for {PLAIN:,} records: all take minutes.",
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


def run(folder: Path, cache: Path | None, number: int, rounds: int) -> str:
    """Load a file of so many dossiers in every way, round by round; returns the report.

    `cache` is the folder of dlt's environment; without it ours is measured alone.
    """
    changes = min(CHANGED, number // 2)
    files = _files(folder / "files", number, changes)
    timings = Timings()
    rival = environment(cache, "dlt") if cache else None
    for place in range(rounds):
        _ours(folder / f"home-{place}", files, number, changes, timings)
        if rival:
            _rivals(rival, folder / f"dlt-{place}", files, number, timings)
    lines = _lines(timings, number, changes)
    if rival:
        lines += _compared(timings, number, changes)
        lines += [
            _row_by_row(rival, way, folder, files, number / timings.first.wall)
            for way in ROW_BY_ROW
        ]
    return table("From a file to committed facts", lines, NOTES if rival else NOTES[:2])


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


def _rivals(python: Path, folder: Path, files: Files, number: int, timings: Timings) -> None:
    """Each of dlt's ways in a new database: the file, then the changed file."""
    for way in RIVALS:
        rival = Rival(python, way, folder / way)
        for file, found in ((files.first, timings.rivals), (files.second, timings.rivals_again)):
            spent, rows = rival.load(file)
            if rows != number:
                raise RuntimeError(f"dlt has {rows} records of {number}.")
            found.setdefault(way, []).append(spent)


def _lines(timings: Timings, number: int, changes: int) -> list[Line]:
    """Every step of ours, in its fastest round."""
    speed = number / timings.first.wall
    landed = number / fastest(timings.loaded).wall
    many = f"≥ {SPEED:,}/s"
    return [
        Line("records a second, from the file", _many(speed), budget=many, is_met=speed >= SPEED),
        Line("records a second, once landed", _many(landed), budget=many, is_met=landed >= SPEED),
        _step(f"{number:,} records, all new", timings.first),
        _step("  of it read and landed", fastest(timings.landed)),
        _step("  of it merged and counted", fastest(timings.loaded)),
        _step(f"the file again, {changes:,} changed", timings.again),
        _step("committed → published", fastest(timings.published)),
    ]


def _row_by_row(python: Path, way: str, folder: Path, files: Files, speed: float) -> Line:
    """Ours against a way of dlt that makes a dictionary of every row of the file's beginning."""
    spent, rows = Rival(python, way, folder / f"dlt-{way}").load(files.beginning)
    rival = rows / spent.wall
    factor = speed / rival
    line = Line(ROW_BY_ROW[way], _many(speed), _many(rival), factor)
    if way != "parquet":
        return line
    return replace(line, budget=f"≥ {FACTOR:.0f}×", is_met=factor >= FACTOR)


def _compared(timings: Timings, number: int, changes: int) -> list[Line]:
    """Ours against the faster of dlt's Arrow ways: on the wall, and in processor time."""
    ours, again = timings.first, timings.again
    way = min(timings.rivals, key=lambda one: fastest(timings.rivals[one]).wall)
    rival, rival_again = fastest(timings.rivals[way]), fastest(timings.rivals_again[way])
    factor, speed = rival.wall / ours.wall, number / ours.wall
    fast = f"≥ {FACTOR:.0f}×"
    return [
        Line(
            f"dlt, {RIVALS[way]}",
            _many(speed),
            _many(number / rival.wall),
            factor,
            fast,
            factor >= FACTOR,
        ),
        _line(f"dlt, {number:,} records, all new", ours, rival),
        _line(f"dlt, the file again, {changes:,} changed", again, rival_again),
    ]


def _step(what: str, spent: Spent) -> Line:
    return Line(what, str(spent))


def _line(what: str, ours: Spent, rival: Spent) -> Line:
    return Line(what, str(ours), str(rival), rival.wall / ours.wall)


def _many(value: float) -> str:
    return f"{value:,.0f}/s"
