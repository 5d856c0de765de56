"""The trail: nothing acknowledged is lost, and nothing can be changed unnoticed."""

import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store.state.audit import Deed, entries, is_kept, note, verified
from store.state.database import FILE

ROOT = Path(__file__).parents[3]
NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from store.state.audit import Deed, note
for number in range(1_000_000):
    note(Path(sys.argv[1]), Deed(datetime.now(UTC), sys.argv[2], "", "test", str(number)))
    print(number, flush=True)
"""


def deed(event: str = "login", actor: str = "lan") -> Deed:
    return Deed(NOON, actor, "10.0.0.7", event)


@pytest.fixture
def trail(tmp_path: Path) -> Path:
    for event in ("login", "export", "person.rights", "logout"):
        note(tmp_path, deed(event))
    return tmp_path


def changed(home: Path, *statements: str) -> None:
    """What somebody with the file in hand can do, triggers or not."""
    with sqlite3.connect(home / FILE) as connection:
        connection.execute("drop trigger audit_is_not_changed")
        connection.execute("drop trigger audit_is_not_removed")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_a_trail_nobody_touched_is_unbroken(trail: Path) -> None:
    verdict = verified(trail)
    assert (verdict.entries, verdict.problem) == (4, None)
    assert is_kept(trail, verdict.head)
    assert not is_kept(trail, "0" * 64)


def test_an_empty_trail_is_unbroken(tmp_path: Path) -> None:
    assert verified(tmp_path).problem is None


@pytest.mark.parametrize(
    ("statement", "entry"),
    [
        ("update audit set actor = 'minh' where seq = 2", 2),
        ("update audit set at = replace(at, '2026', '2025') where seq = 3", 3),
        ("update audit set detail = ' ' where seq = 4", 4),
        ("update audit set hash = upper(hash) where seq = 1", 1),
        ("delete from audit where seq = 2", 2),
        ("update audit set seq = 9 where seq = 4", 4),
    ],
)
def test_a_changed_entry_is_found_where_it_stands(trail: Path, statement: str, entry: int) -> None:
    changed(trail, statement)
    verdict = verified(trail)
    assert verdict.problem is not None
    assert f"Entry {entry} " in verdict.problem


def test_an_end_that_was_cut_off_is_found_by_the_head_noted_before(trail: Path) -> None:
    head = verified(trail).head
    changed(trail, "delete from audit where seq = 4")
    assert verified(trail).problem is None
    assert not is_kept(trail, head)


@pytest.mark.parametrize("statement", ["delete from audit", "update audit set actor = 'minh'"])
def test_the_file_itself_refuses_to_change_the_trail(trail: Path, statement: str) -> None:
    connection = sqlite3.connect(trail / FILE)
    with pytest.raises(sqlite3.IntegrityError, match="only added to"):
        connection.execute(statement)
    connection.close()


def test_entries_are_found_by_who_what_and_how_they_begin(trail: Path) -> None:
    note(trail, deed("login", actor="minh"))
    assert [one.deed.event for one in entries(trail, most=2)] == ["login", "logout"]
    assert [one.deed.actor for one in entries(trail, sought="minh")] == ["minh"]
    assert [one.deed.event for one in entries(trail, sought="person.")] == ["person.rights"]
    assert entries(trail, sought="nobody") == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_writers_lose_no_entry_that_was_acknowledged(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """Two at a time, killed in the middle of writing; `--faults 100` before a release."""
    note(tmp_path, deed())
    acknowledged: dict[str, int] = {}
    for round_ in range(int(pytestconfig.getoption("faults"))):
        writers = {
            name: subprocess.Popen(
                [sys.executable, "-c", WRITER, str(tmp_path), name],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
            )
            for name in (f"{round_}a", f"{round_}b")
        }
        for name, writer in writers.items():
            assert writer.stdout is not None
            for _ in range(3):
                acknowledged[name] = int(writer.stdout.readline())
        for name, writer in writers.items():
            writer.send_signal(signal.SIGKILL)
            rest, _ = writer.communicate()
            told = [int(line) for line in rest.splitlines(keepends=True) if line.endswith("\n")]
            acknowledged[name] = max([acknowledged[name], *told])
    verdict = verified(tmp_path)
    assert verdict.problem is None
    for name, last in acknowledged.items():
        kept = {entry.deed.object for entry in entries(tmp_path, sought=name, most=100_000)}
        assert {str(number) for number in range(last + 1)} <= kept
