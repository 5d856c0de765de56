"""How a dossier comes in: when, by which channel, and whether it is turned away.

The counter takes in at once, the post brings it some days later, and what is filed online lies
until somebody at the desk looks at it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datasources.simulator.chance import Counts, Keys, Numbers, happens, uniform, waiting
from datasources.simulator.clock import (
    CLOSES,
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    OPENS,
    within_hours,
    work_days,
)
from datasources.simulator.dossiers import DIRECT, ONLINE, POSTAL

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Subjects:
    """What a life depends on, one element per dossier: its chance, its desk and its procedure.

    `last_moment` is the last second at which the desk takes anything in.
    """

    key: Keys
    day: Counts
    online: Numbers
    last_moment: Counts
    late: Numbers
    early: Numbers
    slow: Numbers
    term: Counts
    paid_share: Numbers

    def rows(self, chosen: Flags) -> "Subjects":
        return Subjects(**{name: column[chosen] for name, column in vars(self).items()})


@dataclass(frozen=True)
class Reception:
    """How dossiers came in; NEVER where they were refused, or not."""

    channel: Counts
    submitted: Counts
    received: Counts
    refused: Counts


def reception(of: Subjects) -> Reception:
    """When and how each came in, or was turned away."""
    channel = _channel(of)
    submitted = _submitted(of, channel)
    by_channel = [channel == DIRECT, channel == POSTAL]
    at_counter = submitted + MINUTE + (uniform(of.key, "counter") * 14 * MINUTE).astype(np.int64)
    received = np.select(by_channel, [at_counter, _by_post(of)], _from_web(of, submitted))
    # A desk that ceases to exist takes everything in that has been handed to it by then.
    received = np.where(received > of.last_moment, submitted + 10 * MINUTE, received)
    refused = happens(of.key, "refused", np.where(channel == ONLINE, 0.013, 0.006))
    return Reception(
        channel=channel,
        submitted=submitted,
        received=np.where(refused, NEVER, received),
        refused=np.where(refused, received, NEVER),
    )


def in_time(of: Subjects, came: Reception) -> Flags:
    """Whether the desk still existed when the dossier came in."""
    return np.minimum(came.received, came.refused) <= of.last_moment


def _channel(of: Subjects) -> Counts:
    away = np.where(happens(of.key, "postal", 0.025), POSTAL, DIRECT)
    return np.where(happens(of.key, "online", of.online), ONLINE, away)


def _submitted(of: Subjects, channel: Counts) -> Counts:
    share = uniform(of.key, "submitted")
    by_day = OPENS + share * 9.5 * HOUR
    any_time = 5.5 * HOUR + share * 17.5 * HOUR
    second = np.where(happens(of.key, "in office hours", 0.68), by_day, any_time).astype(np.int64)
    return np.where(channel == ONLINE, of.day * DAY + second, within_hours(of.day, share))


def _by_post(of: Subjects) -> Counts:
    days = 1 + happens(of.key, "slow post", 0.35).astype(np.int64)
    return within_hours(work_days().after(of.day, days), 0.5 * uniform(of.key, "post"))


def _from_web(of: Subjects, submitted: Counts) -> Counts:
    """The first working hour after it was sent, and the time the desk lets it lie."""
    week = work_days()
    can_start = week.works(of.day) & (submitted % DAY < CLOSES)
    day = np.where(can_start, of.day, week.after(of.day, 1))
    start = np.maximum(submitted, day * DAY + OPENS)
    lying = waiting(of.key, "lying", 75 * MINUTE * of.slow).astype(np.int64) + 3 * MINUTE
    days, rest = lying // (8 * HOUR), lying % (8 * HOUR)
    evening = start + rest > day * DAY + CLOSES
    same_day = (days == 0) & ~evening
    later = week.after(day, days + evening) * DAY + OPENS + rest % (2 * HOUR)
    return np.where(same_day, start + rest, later)
