"""The one door: what the command line answers, and that nothing is left behind."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import ask, environment

ROOT = Path(__file__).parent.parent
SOURCES = """
[permits]
kind = "csv"
record = "dossier"
path = "{path}"
deadline_precision = "day"
[permits.columns]
dossier_code = "id"
received_at = "in"
due_at = "due"
finished_at = "out"
channel = "how"
competent_area = "where"
[permits.values.channel]
"web" = "online"
"*" = "direct"
"""
HANDED_IN = """
[work]
kind = "submissions"
metrics = ["work_files_online_rate"]
grain = "quarter"
areas = ["25"]
"""
# Received in January 2026 in Phú Thọ: 2 of 3 results in time, one dossier still open.
ROWS = """id,in,due,out,how,where
A,2026-01-05 08:00:00,2026-01-09 17:00:00,2026-01-08 09:00:00,web,25
B,2026-01-05 08:00:00,2026-01-09 17:00:00,2026-01-09 17:45:00,desk,25
C,2026-01-05 08:00:00,2026-01-09 17:00:00,2026-01-12 08:00:00,desk,25
D,2026-01-06 08:00:00,2026-01-09 17:00:00,,desk,25
"""
MORE = "E,2026-01-07 08:00:00,2026-01-12 17:00:00,,web,25\n"
JANUARY = ("--from", "2026-01-01", "--to", "2026-02-01")


def with_a_file(home: Path) -> Path:
    (home / "config").mkdir()
    (home / "permits.csv").write_text(ROWS)
    text = SOURCES.format(path=home / "permits.csv")
    (home / "config" / "sources.toml").write_text(text)
    return home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one real file and no simulated province."""
    return with_a_file(tmp_path)


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, collected once, for those who only ask."""
    home = with_a_file(tmp_path_factory.mktemp("collected"))
    ask(home, "collect", "--once")
    return home


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_file_becomes_a_figure_by_configuration_alone(home: Path) -> None:
    collected = ask(home, "collect", "--once")
    assert collected.returncode == 0
    assert "permits: 4 rows, 4 records = 4 new" in collected.stdout
    asked = ask(
        home, "query", "on_time_rate_resolved", "--area", "25", *JANUARY, "--format", "json"
    )
    answer = json.loads(asked.stdout)
    (value,) = answer["values"]
    assert (value["numerator"], value["denominator"]) == (2, 3)
    assert value["value"] == pytest.approx(200 / 3)
    assert value["sources"] == "permits"
    assert not answer["simulated"]


def test_collecting_again_finds_nothing_new(home: Path) -> None:
    ask(home, "collect", "--once")
    again = ask(home, "collect", "--once")
    assert again.returncode == 0
    assert "permits: nothing new" in again.stdout


def test_a_source_can_be_looked_at_without_writing_anything(home: Path) -> None:
    before = sorted(path.name for path in home.iterdir())
    checked = ask(home, "source", "check", "permits")
    assert checked.returncode == 0
    assert "4 dossier, 0 rejected" in checked.stdout
    previewed = ask(home, "source", "preview", "permits", "--rows", "1")
    assert "dossier_code=A" in previewed.stdout
    assert sorted(path.name for path in home.iterdir() if path.name != "logs") == before


def test_a_check_compares_with_what_is_known(home: Path) -> None:
    ask(home, "collect", "--once")
    (home / "permits.csv").write_text(ROWS.replace("2026-01-12 08", "2026-01-13 08") + MORE)
    checked = ask(home, "source", "check", "permits")
    assert checked.returncode == 0
    assert "5 dossier: 1 new, 1 changed, 3 unchanged" in checked.stdout
    again = ask(home, "source", "run", "permits")
    assert "permits: 5 rows, 5 records = 1 new + 1 changed + 3 unchanged" in again.stdout


def test_refused_rows_are_listed_by_reason_and_as_csv_without_their_values(home: Path) -> None:
    many = "".join(f"M{number},2026-01-05 08:00:00,,,web,25\n" for number in range(40))
    (home / "permits.csv").write_text(ROWS + many + "X,not a date,,,web,25\n")
    ask(home, "collect", "--once")
    told = ask(home, "source", "rejected", "permits")
    assert "received_at  date" in told.stdout
    listed = ask(home, "source", "rejected", "permits", "--format", "csv")
    assert listed.stdout.splitlines()[0] == "batch,row,field,rule,reason"
    assert ",46,received_at,date," in listed.stdout
    assert "not a date" not in told.stdout + listed.stdout


def test_a_token_is_shown_once_listed_without_its_secret_and_revoked(home: Path) -> None:
    refused = ask(home, "token", "new", "permits")
    assert refused.returncode == 2
    assert "push = true" in refused.stderr
    sources = home / "config" / "sources.toml"
    sources.write_text(re.sub(r"(?m)^path = .*$", "push = true", sources.read_text()) + HANDED_IN)
    refused = ask(home, "token", "new", "work")
    assert "handed in by people" in refused.stderr
    token = ask(home, "token", "new", "permits").stdout.strip()
    assert re.fullmatch(r"tc_[0-9a-f]{8}_[\w-]{43}", token)
    listed = ask(home, "token", "list").stdout
    assert "permits" in listed
    assert "valid" in listed
    assert token.split("_", 2)[2] not in listed
    assert ask(home, "token", "revoke", "permits").stdout == "1 revoked.\n"
    assert ask(home, "token", "revoke", "permits").returncode == 2


def test_a_stanza_to_start_from_is_printed_for_any_kind(home: Path) -> None:
    printed = ask(home, "source", "new", "csv")
    assert printed.returncode == 0
    assert 'kind = "csv"' in printed.stdout
    assert "Did you mean" in ask(home, "source", "new", "csw").stderr


def test_one_failed_source_holds_up_no_other_and_is_told_by_the_status(home: Path) -> None:
    sources = home / "config" / "sources.toml"
    more = SOURCES.replace("[permits", "[gone").format(path=home / "nowhere" / "*.csv")
    sources.write_text(sources.read_text() + more)
    collected = ask(home, "collect", "--once")
    assert collected.returncode == 3
    assert "permits: 4 rows" in collected.stdout
    assert "gone: no file matches" in collected.stdout
    assert ask(home, "query", "dossiers_received", *JANUARY).returncode == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("query", "on_time_rate_resolvd", *JANUARY), "Did you mean 'on_time_rate_resolved'"),
        (("query", "dossiers_received", "--area", "99", *JANUARY), "99"),
        (("query", "dossiers_received", "--by", "moon", *JANUARY), "area, organisation"),
        (("query", "dossiers_received", "--filter", "channel", *JANUARY), "NAME=VALUE"),
        (("source", "check", "permit"), "Did you mean 'permits'"),
        (("metrics", "--format", "yaml"), "table, json, markdown"),
    ],
)
def test_a_slip_gets_a_sentence_with_the_way_on(
    collected: Path, words: tuple[str, ...], sentence: str
) -> None:
    refused = ask(collected, *words)
    assert refused.returncode == 2
    assert sentence in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_question_before_the_first_collection_says_what_to_do(home: Path) -> None:
    refused = ask(home, "query", "dossiers_received", *JANUARY)
    assert refused.returncode == 2
    assert "python app.py collect --once" in refused.stderr


def test_the_web_refuses_to_leave_this_machine_without_a_login(home: Path) -> None:
    refused = ask(home, "serve", IOC_HOST="0.0.0.0")  # noqa: S104 - it has to be refused
    assert refused.returncode == 2
    assert "python app.py user add" in refused.stderr


def test_real_figures_are_not_served_without_a_login_unless_the_operator_says_so(
    home: Path,
) -> None:
    for command in ("serve", "run"):
        refused = ask(home, command)
        assert refused.returncode == 2
        assert "permits: this is no simulated source" in refused.stderr
        assert "IOC_OPEN=loopback" in refused.stderr


def test_the_doctor_finds_a_collected_home_in_order(collected: Path) -> None:
    examined = ask(collected, "doctor")
    assert "✗" not in examined.stdout
    assert "is whole and holds days to" in examined.stdout


@pytest.fixture
def running(home: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Collector and web together, as `make run` starts them, and the web's port."""
    port = free_port()
    with (home / "run.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "app.py", "run"],
            cwd=ROOT,
            env=environment(home, IOC_PORT=str(port), IOC_WEB_WORKERS="1", IOC_OPEN="loopback"),
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )
    yield process, port
    process.terminate()
    process.wait(30)


def wait_for(url: str, seconds: float = 60) -> int:
    """The status of the first answer that is not a refusal."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
                return int(answer.status)
        except OSError:
            time.sleep(0.3)
    return 0


def test_ctrl_c_leaves_no_process_and_no_lock(
    home: Path, running: tuple[subprocess.Popen[str], int]
) -> None:
    process, port = running
    assert wait_for(f"http://127.0.0.1:{port}/readyz") == 200
    busy = ask(home, "collect", "--once")
    assert busy.returncode == 75
    assert "is being collected into by process" in busy.stdout
    children = descendants(process.pid)
    assert len(children) >= 2
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert [child for child in children if is_alive(child)] == []
    assert ask(home, "collect", "--once").returncode == 0


def descendants(pid: int) -> list[int]:
    """The processes started by a process, and by those."""
    children = [
        int(child)
        for path in Path(f"/proc/{pid}/task").glob("*/children")
        for child in path.read_text().split()
    ]
    return [one for child in children for one in (child, *descendants(child))]


def is_alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_a_changed_mapping_reads_everything_again(home: Path) -> None:
    ask(home, "collect", "--once")
    sources = home / "config" / "sources.toml"
    sources.write_text(sources.read_text().replace('"day"', '"second"'))
    again = ask(home, "collect", "--once")
    assert "0 new + 4 changed" in again.stdout
    asked = ask(home, "query", "on_time_rate_resolved", *JANUARY, "--format", "json")
    (value,) = json.loads(asked.stdout)["values"]
    assert (value["numerator"], value["denominator"]) == (1, 3)  # B came 45 minutes late


def test_a_chart_and_a_table_are_written_to_files_that_hold_the_figure(
    collected: Path, tmp_path: Path
) -> None:
    told = ask(
        collected, "export", "table", "on_time_rate_resolved", "--area", "25", *JANUARY,
        "--out", str(tmp_path / "a.csv"),
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert ",66.66666666666667," in (tmp_path / "a.csv").read_text()
    told = ask(
        collected, "export", "chart", "on_time_rate_resolved", "--area", "25", *JANUARY,
        "--out", str(tmp_path / "a.png"),
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_an_export_in_a_form_there_is_not_names_the_ones_there_are(collected: Path) -> None:
    words = ("pack", "mot-xa", "--area", "25", "--out", str(collected / "a.pptxx"))
    told = ask(collected, "export", *words)
    assert told.returncode == 2
    assert "Did you mean 'pptx'" in told.stderr
    assert "Traceback" not in told.stderr
