"""Options of the whole test suite."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from store import Reserve, Warehouse
from store import warehouse as room
from store.connection import connect_warehouse

# No test asserts a time: a machine that is busy with something else is no defect.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


SLOWEST = (
    *("test_oracle.py", "test_random_worlds.py", "test_store_kill.py", "test_recipes.py"),
    *("test_sending.py", "test_accessible.py", "test_matrix.py", "test_pages.py"),
)
"""Files that take a minute or more begin first: none is left over when the others are done."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda one: SLOWEST.index(one.path.name) if one.path.name in SLOWEST else 99)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--faults",
        default="2",
        metavar="N",
        help="How often each fault test lets chance strike; 200 before a release.",
    )
    parser.addoption(
        "--oracle",
        default="1500",
        metavar="DOSSIERS",
        help="How many dossiers the oracle counts one by one; 60000 before a release.",
    )


@pytest.fixture(scope="session", autouse=True)
def _a_new_home_begins_with_a_copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The program makes one empty warehouse; every other home's begins as a copy of it.

    Filling the areas and the calendar takes half a second, and there are a thousand homes.
    """
    empty = tmp_path_factory.mktemp("empty")
    Warehouse.open(empty, reserve=Reserve(0, 0)).close()

    def connect_to_copy(path: Path, **how: Any) -> Any:
        if not path.exists():
            shutil.copyfile(empty / path.name, path)
        return connect_warehouse(path, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "connect_warehouse", connect_to_copy)
        yield
