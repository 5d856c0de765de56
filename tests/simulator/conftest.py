"""A small world that everybody shares: Cao Bằng around the reorganisation of July 2025."""

from collections.abc import Iterator

import pytest

from datasources.simulator.world import World
from tests.simulator.asking import END, SEED, START, Client, collector, second


@pytest.fixture(scope="session")
def world() -> World:
    return World(SEED, ["04"], START, END)


@pytest.fixture
def client(world: World) -> Iterator[Client]:
    """A collector that is logged in, on 20 August 2025 at ten."""
    with collector(world, second("2025-08-20 10:00")) as client:
        yield client
