"""A fresh home and its warehouse, for tests that load and publish for real."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store import Warehouse
from tests.store.landed import NO_RESERVE
from tests.store.prepared import prepare


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return prepare(tmp_path / "home")


@pytest.fixture
def warehouse(home: Path) -> Iterator[Warehouse]:
    with Warehouse.open(home, reserve=NO_RESERVE) as opened:
        yield opened
