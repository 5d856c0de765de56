"""Homes for the fault tests, and how often a fault is brought about."""

import shutil
from pathlib import Path

import pytest

from store import Warehouse
from tests.store.landed import NO_RESERVE

TOLD = pytest.StashKey[list[str]]()


@pytest.fixture
def fault_number(request: pytest.FixtureRequest) -> int:
    """How often chance strikes in one test."""
    return int(request.config.getoption("--faults"))


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("empty") / "home"
    Warehouse.open(home, reserve=NO_RESERVE).close()
    return home


@pytest.fixture
def home(empty_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(empty_home, tmp_path / "home"))


@pytest.fixture
def verdicts(request: pytest.FixtureRequest) -> list[str]:
    """The report of the faults that were brought about: one line each, printed at the end."""
    return request.config.stash.setdefault(TOLD, [])


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if lines := config.stash.get(TOLD, []):
        terminalreporter.section("faults of sources")
        for line in sorted(lines):
            terminalreporter.write_line(line)
