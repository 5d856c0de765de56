"""A fresh home and its warehouse, for tests that load and publish for real."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.area import register
from store import Warehouse
from tests.store.landed import NO_RESERVE

register()  # read once, so that no single test is charged for it


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def warehouse(home: Path) -> Iterator[Warehouse]:
    with Warehouse.open(home, reserve=NO_RESERVE) as opened:
        yield opened
