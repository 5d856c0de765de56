"""Empty warehouses for tests: making one anew would take most of a short test's time."""

import atexit
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from store import Warehouse
from tests.store.landed import NO_RESERVE


def prepare(home: Path) -> Path:
    """Put an empty warehouse into a home that has none; the home."""
    if not (home / "warehouse.duckdb").exists():
        shutil.copytree(_empty(), home, dirs_exist_ok=True)
    return home


@cache
def _empty() -> Path:
    """A home that was opened once by this process."""
    home = Path(mkdtemp(prefix="empty-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    Warehouse.open(home, reserve=NO_RESERVE).close()
    return home
