"""Two clocks: the one on the wall, and the processor time that a busy machine does not stretch."""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Spent:
    """Seconds on the wall, and of all processors together."""

    wall: float
    processor: float

    def __str__(self) -> str:
        return f"{self.wall:.2f} s ({self.processor:.2f} s)"

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.wall + other.wall, self.processor + other.processor)


@contextmanager
def timed(spent: list[Spent]) -> Iterator[None]:
    """Add what a block takes to a list, the child processes that ended in it included."""
    wall, processor = time.perf_counter(), _processor()
    yield
    spent.append(Spent(time.perf_counter() - wall, _processor() - processor))


def fastest(rounds: list[Spent]) -> Spent:
    """The best round: whatever else the machine did, it did least of it then."""
    return Spent(min(one.wall for one in rounds), min(one.processor for one in rounds))


def _processor() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
