"""What can go wrong between a collector and a source, on request: one entry per answer.

A script is played from its beginning, one entry for each answer to a question for data; None
lets an answer through, and so does a script that has ended.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True)
class Status:
    """Another HTTP status, with the page of an unhappy proxy."""

    code: int


@dataclass(frozen=True)
class Drip:
    """The right answer, in small pieces over so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Truncate:
    """The head promises the whole answer, the line breaks after a share of it."""

    share: float = 0.5


@dataclass(frozen=True)
class DuplicatePage:
    """The page before the one that was asked for comes again; the first page as it is."""


@dataclass(frozen=True)
class ExpireSession:
    """The session is forgotten: the question must be asked again after a new login."""


@dataclass(frozen=True)
class Garbage:
    """Status 200 and something that is not JSON."""


Fault = Status | Drip | Truncate | DuplicatePage | ExpireSession | Garbage


class Script:
    """Faults in the order in which they are played; safe to change while the server runs."""

    def __init__(self, faults: Iterable[Fault | None] = ()) -> None:
        self._faults = deque(faults)
        self._lock = Lock()

    def next(self) -> Fault | None:
        with self._lock:
            return self._faults.popleft() if self._faults else None

    def play(self, *faults: Fault | None) -> None:
        """Forget what is left and begin with these."""
        with self._lock:
            self._faults = deque(faults)

    def __len__(self) -> int:
        return len(self._faults)
