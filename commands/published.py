"""The published snapshot a command answers from, within the limits the settings set."""

from metrics.snapshots import Limits, Snapshot, current_snapshot
from settings import settings


def limits() -> Limits:
    """What a query may use."""
    chosen = settings()
    return Limits(memory=chosen.memory_limit, timeout_ms=chosen.query_timeout_ms)


def published() -> Snapshot:
    """The newest good snapshot of the chosen home. Raises StoreError where there is none."""
    return current_snapshot(settings().home, limits())
