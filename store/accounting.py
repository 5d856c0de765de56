"""Row accounting: what became of every record of a batch."""

from dataclasses import astuple, dataclass
from datetime import datetime


@dataclass(frozen=True)
class Accounting:
    """What became of the records of a batch: read is the sum of the others, always.

    `unchanged` includes versions older than what is known; `duplicate` is the same record
    again within the batch, of which the last one counts.
    """

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicate: int = 0
    rejected: int = 0

    def __add__(self, other: "Accounting") -> "Accounting":
        return Accounting(*map(sum, zip(astuple(self), astuple(other), strict=True)))

    @property
    def adds_up(self) -> bool:
        read, *parts = astuple(self)
        return bool(read == sum(parts))


@dataclass(frozen=True)
class Moment:
    """Who brings a batch, its number, and from when on it is known: bound in its statements."""

    source: str
    batch_id: int
    now: datetime
