"""A fresh home and its warehouse, for tests that load and publish for real."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import Warehouse
from tests.store.landed import NO_RESERVE


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that was opened once; making it anew for each test would take most of its time."""
    home = tmp_path_factory.mktemp("empty") / "home"
    Warehouse.open(home, reserve=NO_RESERVE).close()
    return home


@pytest.fixture
def home(empty_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(empty_home, tmp_path / "home"))


@pytest.fixture
def warehouse(home: Path) -> Iterator[Warehouse]:
    with Warehouse.open(home, reserve=NO_RESERVE) as opened:
        yield opened
