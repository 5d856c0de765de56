"""Homes for the fault tests, and how often a fault is brought about."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.mutating import Trial
from tests.store.prepared import prepare

TOLD = pytest.StashKey[list[str]]()


@pytest.fixture
def fault_number(request: pytest.FixtureRequest) -> int:
    """How often chance strikes in one test."""
    return int(request.config.getoption("--faults"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return prepare(tmp_path / "home")


@pytest.fixture
def verdicts(request: pytest.FixtureRequest) -> list[str]:
    """The report of the faults that were brought about: one line each, printed at the end."""
    return request.config.stash.setdefault(TOLD, [])


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Callable[[str, str], Trial]]:
    """Homes with one source each, by its stanza and the name of its payload."""
    made: list[Trial] = []

    def make(sources: str, name: str) -> Trial:
        made.append(Trial(tmp_path, sources, name))
        return made[-1]

    yield make
    for one in made:
        one.warehouse.close()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if lines := config.stash.get(TOLD, []):
        terminalreporter.section("faults of sources")
        for line in sorted(lines):
            terminalreporter.write_line(line)
