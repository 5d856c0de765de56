"""Homes that tests begin with: making one anew would take most of a short test's time."""

import atexit
import shutil
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from store import Snapshot, Warehouse, publish
from tests.store.landed import NO_RESERVE, NOW, dossier, land


def prepare(home: Path) -> Path:
    """Put an empty warehouse into a home that has none; the home."""
    if not (home / "warehouse.duckdb").exists():
        shutil.copytree(_empty(), home, dirs_exist_ok=True)
    return home


def publish_figures(warehouse: Warehouse, now: datetime = NOW) -> Snapshot:
    """Publish without the docket, which takes half the time: where nobody lists dossiers."""
    return publish(warehouse, warehouse.home, now, with_dossiers=False)


def prepare_published(home: Path) -> Path:
    """Make a home with one dossier, received on 1 July 2026, and its first snapshot; the home."""
    return shutil.copytree(_published(), home)


@cache
def _empty() -> Path:
    """A home that was opened once by this process."""
    home = _made("empty-")
    Warehouse.open(home, reserve=NO_RESERVE).close()
    return home


@cache
def _published() -> Path:
    home = _made("published-")
    with Warehouse.open(home, reserve=NO_RESERVE) as warehouse:
        told = {"dossier": [dossier("A", received_at="2026-07-01")]}
        warehouse.load(land(home, told), NOW)
        publish(warehouse, home, NOW)
    return home


def _made(prefix: str) -> Path:
    """A folder that is there until this process ends."""
    home = Path(mkdtemp(prefix=prefix))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return home
