"""A maker of files on the room's own home, at the hour its figures are fresh."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dashboards.exports.exhibit import Folder
from dashboards.exports.making import Maker
from dashboards.selection import View, view_of
from domain.scope import EVERYTHING
from metrics.rules import rules
from metrics.snapshots import Snapshot
from tests.dashboards.conftest import NOW


@pytest.fixture(scope="session")
def maker(home: Path, snapshot: Snapshot) -> Maker:
    return Maker(snapshot, rules(home / "config"), EVERYTHING, NOW)


@pytest.fixture(scope="session")
def seen(maker: Maker) -> Callable[[str], View]:
    """The view at an address."""

    def at(address: str) -> View:
        path, _, search = address.partition("?")
        register = maker.rules.register
        return view_of(
            path,
            search,
            metrics=maker.rules.catalogue.metrics,
            register=register,
            horizon=maker.snapshot.horizon,
        )

    return at


@pytest.fixture(scope="session")
def ranking(maker: Maker, seen: Callable[[str], View]) -> Folder:
    """The communes of Phú Thọ in 2026, by the share resolved in time."""
    return maker.panel("ranking", seen("/area/25?from=2026-01-01&to=2026-11-21"))


@pytest.fixture(scope="session")
def trend(maker: Maker, seen: Callable[[str], View]) -> Folder:
    """Phú Thọ month by month."""
    return maker.panel("trend", seen("/area/25?from=2026-01-01&to=2026-11-21"))
