"""Documents sent between organisations, and what becomes of them at their first receiver."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

import numpy as np
from numpy.typing import NDArray

from datasources.simulator.arrivals import Arrivals, documents_leaving
from datasources.simulator.chance import (
    Counts,
    Keys,
    Numbers,
    chosen,
    fraction,
    happens,
    uniform,
    waiting,
)
from datasources.simulator.clock import (
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    day_number,
    within_hours,
    work_days,
)
from datasources.simulator.desks import Desk
from datasources.simulator.habits import Habits
from domain.period import add_months

MOST_RECEIVERS = 8
NEW, REVOKE, UPDATE, REPLACE = range(4)
KINDS = ("Công văn", "Báo cáo", "Quyết định", "Thông báo", "Giấy mời", "Kế hoạch", "Tờ trình")
NOTATIONS = ("CV", "BC", "QĐ", "TB", "GM", "KH", "TTr")
NOBODY = -1
UNSIGNED, VERIFIED, UNVERIFIED, INVALID = range(4)
"""What there is to be found of a signature: who vouches for it, and whether it holds."""

TELLING = 0.25
"""The share of organisations whose systems tell what becomes of the documents that reach them."""

OWN_CERTIFICATES, ALTERED = 0.035, 0.006
"""The share of organisations whose certificates nobody knows; of messages altered on the way."""


@dataclass(frozen=True)
class Documents:
    """One element per document and column; instants are local seconds, NEVER if not.

    `receivers` has a line per document, filled up with NOBODY. `arrived`, `accepted`, `refused`
    and `done` are told by the first receiver, if its system tells anything.
    """

    key: Keys
    desk: Counts
    number: Counts
    kind: Counts
    sent: Counts
    promulgated: Counts
    due: Counts
    signature: Counts
    paper: NDArray[np.bool_]
    secret: NDArray[np.bool_]
    business: Counts
    receivers: Counts
    arrived: Counts
    accepted: Counts
    refused: Counts
    done: Counts

    def __len__(self) -> int:
        return len(self.key)

    @property
    def signed(self) -> NDArray[np.bool_]:
        """Which bear a signature, whatever it is worth."""
        bearing: NDArray[np.bool_] = self.signature != UNSIGNED
        return bearing

    def rows(self, chosen: NDArray[np.bool_] | Counts) -> "Documents":
        return Documents(**{each.name: getattr(self, each.name)[chosen] for each in fields(self)})


def documents_joined(parts: Sequence[Documents]) -> Documents:
    """Several batches of documents, one after the other."""
    return Documents(
        **{
            each.name: np.concatenate([getattr(part, each.name) for part in parts])
            for each in fields(Documents)
        }
    )


def drawn_documents(
    seed: int, desks: Sequence[Desk], rows: Counts, habit: Habits, month: date, scale: float
) -> Documents:
    """Every document sent in a calendar month by the desks of some rows."""
    days = range(day_number(month), day_number(add_months(month, 1)))
    left = documents_leaving(seed, desks, rows, habit, days, scale)
    years = (left.day - day_number(date(2020, 1, 1))) / 365.25
    ahead = habit.online[left.desk]
    sent = within_hours(left.day, uniform(left.key, "sent"))
    secret = happens(left.key, "secret", 0.02)
    receivers = _receivers(left, desks, days)
    pace = _paces(seed, desks, receivers[:, 0])
    arrived, accepted, refused, done = _followed(left, sent, np.where(secret, 0, pace))
    return Documents(
        key=left.key,
        desk=left.desk,
        number=_numbers(left),
        kind=_kinds(left.key),
        sent=sent,
        promulgated=work_days().day(
            work_days().ordinal(left.day) - happens(left.key, "a day before", 0.35)
        ),
        due=_due(left),
        signature=_signatures(seed, desks, left, 0.55 * (years - 1.3) + 0.8 * ahead),
        paper=happens(left.key, "paper", _logistic(0.2 - 0.5 * years - 0.6 * ahead)),
        secret=secret,
        business=_business(left.key),
        receivers=receivers,
        arrived=arrived,
        accepted=accepted,
        refused=refused,
        done=done,
    )


def _paces(seed: int, desks: Sequence[Desk], rows: Counts) -> Numbers:
    """How many hours each first receiver takes to accept, on average; 0 where it never tells."""
    known, place = np.unique(rows, return_inverse=True)
    names = [f"{seed} {desks[row].code}" if row != NOBODY else "" for row in known]
    paces = [
        0.5 * 40 ** fraction(f"{name} pace") if name and fraction(f"{name} tells") < TELLING else 0
        for name in names
    ]
    return np.array(paces, dtype=np.float64)[place]


def _followed(left: Arrivals, sent: Counts, pace: Numbers) -> tuple[Counts, Counts, Counts, Counts]:
    """When it arrived, was accepted or refused, and was done with, where its receiver tells."""
    tells = pace > 0
    arrives = sent + 2 + (waiting(left.key, "arrives", 40.0)).astype(np.int64)
    accepts = arrives + MINUTE + (waiting(left.key, "accepts", 1.0) * pace * HOUR).astype(np.int64)
    days = 1 + waiting(left.key, "done", 4.0).astype(np.int64)
    done = within_hours(work_days().after(accepts // DAY, days), uniform(left.key, "done at"))
    refuses = happens(left.key, "refuses", 0.02)
    finishes = tells & ~refuses & happens(left.key, "finishes", 0.7)
    return (
        np.where(tells, arrives, NEVER),
        np.where(tells & ~refuses, accepts, NEVER),
        np.where(tells & refuses, accepts, NEVER),
        np.where(finishes, done, NEVER),
    )


def _signatures(seed: int, desks: Sequence[Desk], left: Arrivals, readiness: Numbers) -> Counts:
    """Which are signed, and what the signature will be found to be worth."""
    signed = happens(left.key, "signed", _logistic(readiness))
    sends, place = np.unique(left.desk, return_inverse=True)
    own = [fraction(f"{seed} {desks[row].code} certificate") < OWN_CERTIFICATES for row in sends]
    altered = happens(left.key, "altered", ALTERED)
    stranger = np.array(own, dtype=np.bool_)[place]
    found: Counts = np.select(
        [~signed, altered, stranger], [UNSIGNED, INVALID, UNVERIFIED], VERIFIED
    ).astype(np.int64)
    return found


def _numbers(left: Arrivals) -> Counts:
    """The number in the sender's register: it grows through the year and never repeats."""
    first = np.array([day_number(date(1970 + year, 1, 1)) for year in range(100)])
    begins = first[np.searchsorted(first, left.day, side="right") - 1]
    number: Counts = (left.day - begins) * 10 + left.number + 1
    return number


def _kinds(key: Keys) -> Counts:
    weights = np.cumsum([0.42, 0.2, 0.12, 0.1, 0.08, 0.05, 0.03])
    return chosen(key, "kind", weights)


def _business(key: Keys) -> Counts:
    share = uniform(key, "business")
    return np.select([share < 0.004, share < 0.007, share < 0.012], [REVOKE, UPDATE, REPLACE], NEW)


def _due(left: Arrivals) -> Counts:
    """The day an answer is wanted by, of the documents that want one."""
    days = 2 + (uniform(left.key, "answer in") * 12).astype(np.int64)
    wanted = happens(left.key, "wants an answer", 0.3)
    return np.where(wanted, work_days().after(left.day, days), NEVER)


def _receivers(left: Arrivals, desks: Sequence[Desk], days: range) -> Counts:
    """Other desks of the same system, and as many of them as chance will have."""
    open_all_month = [desk.first <= days.start and desk.until >= days.stop for desk in desks]
    systems = np.array([desk.system for desk in desks])
    receivers = np.full((len(left.key), MOST_RECEIVERS), NOBODY, dtype=np.int64)
    count = 1 + waiting(left.key, "receivers", 1.6).astype(np.int64)
    for system in np.unique(systems[left.desk]):
        others = np.flatnonzero(np.array(open_all_month) & (systems == system))
        mine = systems[left.desk] == system
        for place in range(MOST_RECEIVERS if len(others) > MOST_RECEIVERS else 0):
            step = 1 + (uniform(left.key, "to") * (len(others) - MOST_RECEIVERS)).astype(np.int64)
            chosen = others[(np.searchsorted(others, left.desk) + step + place) % len(others)]
            receivers[:, place] = np.where(mine & (place < count), chosen, receivers[:, place])
    return receivers


def _logistic(value: Numbers) -> Numbers:
    return 1 / (1 + np.exp(-value))
