"""What a dossier of the simulated provinces tells beside its steps: papers, fees, results.

Digitising, payment online and electronic results grow over the years, as they did.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from datasources.simulator.chance import Counts, happens
from datasources.simulator.clock import DAY, HOUR, NEVER, OPENS, day_number, day_of, work_days
from datasources.simulator.dossiers import ONLINE, Dossiers, Known
from datasources.simulator.procedures import procedures

Flags = NDArray[np.bool_]
NEW_YEAR = day_number(date(2020, 1, 1))
PRICE = 50_000


@dataclass(frozen=True)
class Services:
    """One element per dossier and column, as its source shows it at an instant.

    `result` is whether an electronic document lies there, `apology` whether one was sent once
    the result was late; `reception_due` is when what came in online had to be received.
    """

    digitised: Flags
    reused: Flags
    has_fee: Flags
    paid_online: Flags
    result: Flags
    apology: Flags
    reception_due: Counts


def services(dossiers: Dossiers, shown: Known) -> Services:
    """What is told of some dossiers at the instant of `shown`."""
    key = dossiers.key.astype(np.uint64)
    years = (day_of(dossiers.submitted) - NEW_YEAR) / 365.25
    has_fee = np.take(_costs(), dossiers.procedure, mode="clip")
    digitised = happens(key, "digitised", np.clip(0.08 + 0.14 * years, 0.02, 0.95))
    reused = digitised & happens(key, "reused", np.clip(0.09 * years, 0.0, 0.7))
    is_done = shown.finished < NEVER
    is_late = is_done & (shown.due < NEVER) & (day_of(shown.finished) > day_of(shown.due))
    return Services(
        digitised=digitised,
        reused=reused,
        has_fee=has_fee,
        paid_online=has_fee & happens(key, "paid online", np.clip(0.03 + 0.13 * years, 0, 0.9)),
        result=is_done & happens(key, "electronic result", np.clip(0.15 * years - 0.1, 0, 0.92)),
        apology=is_late & happens(key, "apology", 0.45),
        reception_due=np.where(shown.channel == ONLINE, _in_eight_hours(dossiers), NEVER),
    )


def _in_eight_hours(dossiers: Dossiers) -> Counts:
    """Eight working hours, which is a working day, after a dossier was sent."""
    week = work_days()
    day = day_of(dossiers.submitted)
    starts = np.where(week.works(day), day, week.after(day, 1))
    hour = np.clip(dossiers.submitted - starts * DAY, OPENS, OPENS + 8 * HOUR)
    due: Counts = week.after(starts, 1) * DAY + hour
    return due


@cache
def _costs() -> Flags:
    """Which procedures cost something."""
    return np.array([procedure.paid_share > 0 for procedure in procedures()])
