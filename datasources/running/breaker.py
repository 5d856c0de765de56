"""Leaving alone a source that keeps failing: now and then one try, with growing pauses.

After five failures in a row a source is tried again only after five minutes, then ten, twenty,
forty, and then every hour. The first try that goes well puts it back on its schedule; so does a
change of its stanza, or a person who asks for a run.
"""

import zlib
from datetime import datetime, timedelta

from domain.dossier import VIETNAM

PATIENCE = 5
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=1)
JITTER = 0.2


def retry_at(source: str, failures: int, now: datetime) -> datetime | None:
    """When to try again after so many failures in a row; None while the schedule still holds."""
    if failures < PATIENCE:
        return None
    pause = min(FIRST_PAUSE * (1 << min(failures - PATIENCE, 10)), LONGEST_PAUSE)
    # Sources that failed together, because a line was cut, do not all come back at once.
    share = zlib.crc32(f"{source} {failures}".encode()) / 2**32
    return now + pause * (1 - JITTER * share)


def sentence(source: str, failures: int, again: datetime) -> str:
    """What a person is told of a source that is left alone."""
    return (
        f"{source} has failed {failures} times in a row. "
        f"It is tried again at {again.astimezone(VIETNAM):%H:%M}, or by: source run {source}"
    )
