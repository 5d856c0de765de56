"""Dossiers as columns: what will happen to each of them, and what is known of it at an instant."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from datasources.simulator.chance import Counts, Keys
from datasources.simulator.clock import NEVER

ONLINE, DIRECT, POSTAL = 2, 1, 3  # as the national portal numbers its channels
SUPPLEMENT, PAYMENT = 5, 6  # and the statuses of a pause


@dataclass(frozen=True)
class Dossiers:
    """One element per dossier and column. Instants are local seconds, NEVER if it does not happen.

    `desk` decides, `receiving` takes in: rows of the province's desks. `due` holds while the
    first pause lasts, `due_1` after it, `due_2` after the second. Until `corrected` the source
    believes `finished` and `first_channel`, afterwards `right_finished` and `channel`.
    `withdrawn` and `stopped` end a dossier without a result.
    """

    key: Keys
    desk: Counts
    receiving: Counts
    procedure: Counts
    serial: Counts
    first_channel: Counts
    channel: Counts
    submitted: Counts
    received: Counts
    refused: Counts
    processing: Counts
    due: Counts
    due_1: Counts
    due_2: Counts
    pause_status: Counts
    pause_1: Counts
    resume_1: Counts
    pause_2: Counts
    resume_2: Counts
    finished: Counts
    returned: Counts
    withdrawn: Counts
    stopped: Counts
    corrected: Counts
    right_finished: Counts

    def __len__(self) -> int:
        return len(self.key)

    def rows(self, chosen: NDArray[np.bool_] | Counts) -> "Dossiers":
        return Dossiers(**{each.name: getattr(self, each.name)[chosen] for each in fields(self)})


EVENTS = (
    "submitted", "received", "refused", "processing", "pause_1", "resume_1", "pause_2",
    "resume_2", "finished", "returned", "withdrawn", "stopped", "corrected",
)  # fmt: skip
"""The columns that change what the source shows, each at its own instant."""


@dataclass(frozen=True)
class Known:
    """The same dossiers as a source shows them at an instant: nothing later has happened yet.

    `updated` is the last event of each, and `status` the code of the national portal.
    """

    channel: Counts
    submitted: Counts
    received: Counts
    refused: Counts
    due: Counts
    previous_due: Counts
    pause_1: Counts
    resume_1: Counts
    pause_2: Counts
    resume_2: Counts
    finished: Counts
    returned: Counts
    withdrawn: Counts
    status: Counts
    updated: Counts


def joined(parts: Sequence[Dossiers]) -> Dossiers:
    """Several batches of dossiers, one after the other."""
    return Dossiers(
        **{
            each.name: np.concatenate([getattr(part, each.name) for part in parts])
            for each in fields(Dossiers)
        }
    )


def last_event(dossiers: Dossiers, at: int) -> Counts:
    """The last thing that happened to each dossier by the instant; NEVER where nothing has yet."""
    latest = np.full(len(dossiers), -1, dtype=np.int64)
    for name in EVENTS:
        moment = getattr(dossiers, name)
        np.maximum(latest, np.where(moment <= at, moment, -1), out=latest)
    return np.where(latest < 0, NEVER, latest)


def known(dossiers: Dossiers, at: int) -> Known:
    """What the source shows at the instant, of dossiers that were submitted by then."""
    corrected = dossiers.corrected <= at
    finished = np.where(corrected, dossiers.right_finished, dossiers.finished)
    return Known(
        channel=np.where(corrected, dossiers.channel, dossiers.first_channel),
        submitted=dossiers.submitted,
        received=_by(dossiers.received, at),
        refused=_by(dossiers.refused, at),
        due=_due(dossiers, at),
        previous_due=np.where(dossiers.resume_2 <= at, dossiers.due_1, dossiers.due),
        pause_1=_by(dossiers.pause_1, at),
        resume_1=_by(dossiers.resume_1, at),
        pause_2=_by(dossiers.pause_2, at),
        resume_2=_by(dossiers.resume_2, at),
        finished=np.where(dossiers.finished <= at, finished, NEVER),
        returned=_by(dossiers.returned, at),
        withdrawn=_by(dossiers.withdrawn, at),
        status=_status(dossiers, at),
        updated=last_event(dossiers, at),
    )


def _by(moment: Counts, at: int) -> Counts:
    return np.where(moment <= at, moment, NEVER)


def _due(dossiers: Dossiers, at: int) -> Counts:
    """The due date the receipt slip shows: moved on each time work is taken up again."""
    first = np.where(dossiers.resume_1 <= at, dossiers.due_1, dossiers.due)
    due = np.where(dossiers.resume_2 <= at, dossiers.due_2, first)
    return np.where(dossiers.received <= at, due, NEVER)


def _status(dossiers: Dossiers, at: int) -> Counts:
    """The code of the last step; steps of a dossier follow one another in this order."""
    status = np.ones(len(dossiers), dtype=np.int64)
    for name, code in (
        ("received", 2), ("refused", 3), ("processing", 4), ("pause_1", 0), ("resume_1", 4),
        ("pause_2", 0), ("resume_2", 4), ("stopped", 8), ("finished", 9), ("returned", 10),
        ("withdrawn", 7),
    ):  # fmt: skip
        reached = getattr(dossiers, name) <= at
        status = np.where(reached, code or dossiers.pause_status, status)
    return status
