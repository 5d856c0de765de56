"""The command line for figures: order, successors, locks, findings, the index."""

import json
from pathlib import Path

import pytest

from tests.command_line import ask
from tests.metrics.collected import PHUNG_NGUYEN, SON_VI, Collected, dossier

JUNE = ("--from", "2025-06-01", "--to", "2025-07-01")
EVE = ("--from", "2025-06-30", "--to", "2025-07-01")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """On 30 June 2025 three dossiers are overdue in Sơn Vi and one in Phùng Nguyên; one of Sơn
    Vi's is told only after everybody had looked."""
    found = Collected(tmp_path_factory.mktemp("commands"))
    overdue = [
        dossier(f"D{n}", "2025-06-02", due="2025-06-10", area=area)
        for n, area in enumerate((SON_VI, SON_VI, SON_VI, PHUNG_NGUYEN))
    ]
    found.deliver(overdue, known="2025-07-02", reaches="2025-07-02")
    found.published("2025-07-02 12:00")
    return found.home


def run(home: Path, *words: str, code: int = 0) -> str:
    done = ask(home, *words)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def test_the_worst_communes_of_a_day_and_who_holds_them_today(home: Path) -> None:
    # The question that the help of the command answers.
    listed = ("--by", "area", "--level", "commune", "--order", "worst", "--limit", "2")
    told = run(
        home, "query", "dossiers_pending_overdue", "--area", "25", *EVE, *listed, "--successors",
        "--format", "json",
    )  # fmt: skip
    rows = json.loads(told)["values"]
    assert [(row["area_name"], row["value"]) for row in rows] == [
        ("Sơn Vi", 3),
        ("Phùng Nguyên", 1),
    ]
    assert {row["today_area_name"] for row in rows} == {"xã Phùng Nguyên"}
    assert [row["rank"] for row in rows] == [2, 1]
    table = run(home, "query", "dossiers_pending_overdue", "--area", "25", *EVE, *listed)
    assert table.split()[0] == "rank"


def test_a_period_is_locked_listed_and_opened_again(home: Path) -> None:
    told = run(home, "lock", "2025-06", "--area", "25", "--by", "Nguyễn Văn A", "--note", "BC 12")
    assert "01/06/2025–30/06/2025  tỉnh Phú Thọ (25@)" in told
    assert "BC 12" in run(home, "locks")
    answer = json.loads(
        run(home, "query", "dossiers_received", "--area", "25", *JUNE, "--format", "json")
    )
    [row] = answer["values"]
    assert row["locked"]
    assert row["restated_value"] == 4
    again = run(home, "lock", "2025-06", "--area", "25", "--by", "B", code=2)
    assert "is locked since" in again
    run(home, "unlock", "2025-06", "--area", "25", "--by", "B")
    assert len(run(home, "locks").splitlines()) == 2
    refused = run(home, "lock", "2025-07", "--area", "25", "--by", "A", code=2)
    assert "is not over in the figures" in refused


def test_findings_and_the_index_are_answered(home: Path) -> None:
    assert run(home, "quality", "--area", "25", *JUNE).endswith("0 findings.\n")
    [index] = json.loads(run(home, "index766", "--area", "25", *JUNE))
    assert index["computed"] == {"score": 0.0, "of": 26.0}
    assert [group["max"] for group in index["groups"]] == [18, 20, 22, 12, 10, 18]


def test_a_configuration_that_was_not_taken_is_said_aside(home: Path) -> None:
    own = home / "config" / "metrics"
    own.mkdir(parents=True, exist_ok=True)
    (own / "x.toml").write_text("[dossiers_receivd]\ntolerance = 1\n")
    told = run(home, "metrics")
    assert "Did you mean [dossiers_received]?" in told
    assert "dossiers_received" in told
    (own / "x.toml").unlink()
