"""The simulator as a process: it fills a home, says when it is ready, and ends when told to."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]


@contextmanager
def running(home: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A simulator of one commune that is ready, and what it has said so far."""
    command = [sys.executable, "-m", "datasources.simulator", "--home", str(home), "--port", "0"]
    process = subprocess.Popen(
        [*command, "--area", "01290", *more],
        cwd=ROOT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        said: list[str] = []
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line.strip())
            if "ready on" in line:
                break
        yield process, said
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_it_fills_an_empty_home_serves_ends_when_told_to_and_begins_again_there(
    tmp_path: Path,
) -> None:
    with running(tmp_path) as (process, said):
        url = said[-1].rpartition(" ")[2]
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/dvcqg", url)
        assert f'url = "{url}"' in (tmp_path / "config" / "sources.toml").read_text("utf-8")
        assert list((tmp_path / "demo" / "edxml").rglob("*.edxml"))
        assert list((tmp_path / "demo" / "reports").glob("*.csv"))
        root = url.removesuffix("/dvcqg")
        assert httpx.get(f"{root}/readyz", trust_env=False).json() == {"ready": True}
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{root}/readyz", trust_env=False)
    # It begins again in the home that is filled now.
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")}
    with running(tmp_path) as (_, said):
        assert not any("config" in line for line in said)
    again = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")}
    assert {path: again[path] for path in files} == files


def test_a_taken_port_and_a_place_that_is_not_simulated_are_told_in_a_sentence(
    tmp_path: Path,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        for options in (["--port", str(taken.getsockname()[1])], ["--area", "01"]):
            command = [sys.executable, "-m", "datasources.simulator", "--home", str(tmp_path)]
            ended = subprocess.run(
                [*command, *options],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
                encoding="utf-8",
            )
            assert ended.returncode == 1
            assert ended.stderr.startswith("simulator: ")
            assert "Traceback" not in ended.stderr
    assert not (tmp_path / "config").exists()
