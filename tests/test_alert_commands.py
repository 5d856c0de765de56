"""Alerts from the command line, and the keeper that checks them beside the collector."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands.doctor import findings
from commands.keeper import CHECK, Keeper
from store.progress import Progress, forget, note_progress
from store.state.alerts import alerts, entries_of
from tests import command_line
from tests.metrics.alerts.test_check import OFF, OVERDUE, deliver
from tests.metrics.collected import Collected


def ask(home: Path, *words: str, code: int = 0) -> str:
    done = command_line.ask(home, "alert", *words)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A commune with three overdue dossiers, and a rule that finds more than two."""
    collected = Collected(tmp_path_factory.mktemp("alerts"))
    (collected.home / "config").mkdir()
    (collected.home / "config" / "alerts.toml").write_text(OFF + OVERDUE, encoding="utf-8")
    deliver(collected, 3, "2025-08-25")
    return collected.home


def test_an_alert_is_tried_found_seen_explained_and_closed(home: Path) -> None:
    assert "backlog: 1 found" in ask(home, "test")
    assert ask(home, "list") == "0 alerts.\n"
    assert ask(home, "check", "--limited") == "1 alerts are new or came again.\n"
    assert ask(home, "check") == ""
    assert "xã Phùng Nguyên  3 (bound 2)" in ask(home, "list")
    assert '"value": 3.0' in ask(home, "list", "--format", "json")
    assert "is acknowledged" in ask(home, "ack", "1")
    assert "the text is empty" in ask(home, "explain", "1", " ", code=2)
    assert "is explained" in ask(home, "explain", "1", "Thiếu cán bộ")
    assert "is closed" in ask(home, "close", "1", "Đã bổ sung")
    assert "is closed now" in ask(home, "ack", "1", code=2)
    assert [one.act for one in entries_of(home, 1)] == ["raise", "acknowledge", "explain", "close"]
    assert entries_of(home, 1)[1].actor.startswith("cli ")


def test_a_misspelt_rule_is_told_with_its_place(home: Path, tmp_path: Path) -> None:
    assert "backlog" in ask(home, "rules")
    assert "Did you mean 'backlog'" in ask(home, "test", "--rule", "backlo", code=2)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "alerts.toml").write_text("[overdue]\nabov = 1\n")
    assert "alerts.toml: [overdue]: abov is not a key" in ask(tmp_path, "rules", code=2)


def test_the_doctor_tells_of_rules_and_of_what_could_not_be_judged(home: Path) -> None:
    told = [one.sentence for one in findings(home)]
    assert any("1 alert rules are in force" in sentence for sentence in told)


def test_the_doctor_tells_how_far_counting_anew_has_come(home: Path) -> None:
    at = datetime(2026, 11, 22, 3, 5, tzinfo=UTC)
    note_progress(home, Progress("dossier", 3, 11, at, at))
    (found,) = [one for one in findings(home) if "3 of 11 parts" in one.sentence]
    assert found.state == "note"
    assert "on 22/11/2026 at 10:05" in found.sentence
    forget(home)
    assert not [one for one in findings(home) if "parts" in one.sentence]


# ---- the keeper


def keeper(told: list[str], *code: str, deadline: float = 20) -> Keeper:
    """One whose child is a few lines of Python."""
    errand = replace(CHECK, command=["-c", "\n".join(code)], deadline=deadline, rest=0)
    return Keeper(told.append, errand)


def test_what_the_check_says_is_told_once() -> None:
    told: list[str] = []
    ours = keeper(told, "print('2 alerts are new')")
    ours.once()
    ours.once()
    assert told == ["2 alerts are new"]


def test_a_check_that_never_ends_is_ended_and_holds_up_nobody() -> None:
    told: list[str] = []
    keeper(told, "import time", "time.sleep(600)", deadline=0.5).once()
    assert told == ["Alerts were not checked within 0.5 seconds. See `alert test`."]


def test_a_check_that_eats_all_memory_ends_alone() -> None:
    told: list[str] = []
    keeper(told, "from commands import keeper", "keeper.MEMORY = 2**29",
           "keeper.limit()", "held = bytearray(2**30)").once()  # fmt: skip
    assert "MemoryError" in told[0]


def test_a_check_that_dies_is_told() -> None:
    told: list[str] = []
    keeper(told, "import os", "os.kill(os.getpid(), 9)").once()
    assert told == ["Alerts were not checked: the program was stopped (signal 9)."]


def test_news_start_a_check_and_the_end_ends_it(tmp_path: Path) -> None:
    began = threading.Event()
    code = ["import pathlib, time", f"pathlib.Path({str(tmp_path / 'pid')!r}).touch()",
            "time.sleep(600)"]  # fmt: skip
    with keeper([], *code) as ours:
        ours.note()
        while not (tmp_path / "pid").exists():
            began.wait(0.05)
    assert ours._child is None
    assert not ours._thread.is_alive()
    assert alerts(tmp_path) == []
