"""One simulated province: its desks, and everything that is ever handed in to them.

A calendar month is drawn at a time, whole, so the same month is always the same, whatever was
drawn before it and whatever day it is.
"""

from collections.abc import Sequence
from datetime import date
from functools import cached_property

import numpy as np

from datasources.simulator.arrivals import Arrivals, dossiers_arriving
from datasources.simulator.chance import Counts, chosen, happens
from datasources.simulator.clock import DAY, TERM_ENDS, day_number
from datasources.simulator.desks import TWO_LEVELS, Desk, desks_of
from datasources.simulator.documents import Documents, drawn_documents
from datasources.simulator.dossiers import Dossiers
from datasources.simulator.habits import Habits, habits
from datasources.simulator.lives import ending, pauses, processing
from datasources.simulator.menus import LATENESS, PAID, TERMS, Counters, Menu, counters, menus
from datasources.simulator.receptions import Subjects, in_time, reception
from domain.area import Level, register
from domain.period import add_months

REORGANISED = day_number(TWO_LEVELS)


class Province:
    """What is today the province `home`, with the provinces it was made of.

    `only` restricts it to present-day communes by code, with the old communes they took in;
    districts and departments then stand still. `scale` multiplies what comes in.
    """

    def __init__(self, seed: int, home: str, only: Sequence[str] = (), scale: float = 1.0) -> None:
        self.seed = seed
        self.home = home
        self.scale = scale
        self.only = frozenset(only)
        self.desks: tuple[Desk, ...] = desks_of(home)

    @cached_property
    def habits(self) -> Habits:
        return habits(self.seed, self.desks)

    @cached_property
    def rows(self) -> Counts:
        """The rows of the desks that are simulated."""
        return np.flatnonzero([self._lives(desk) for desk in self.desks])

    @cached_property
    def _menus(self) -> tuple[tuple[Menu, ...], Counts]:
        return menus(self.desks)

    @cached_property
    def _counters(self) -> Counters:
        return counters(self.desks, self.habits)

    def dossiers(self, month: date) -> Dossiers:
        """Every dossier handed in during a calendar month, with all that will happen to it."""
        days = range(day_number(month), day_number(add_months(month, 1)))
        came = dossiers_arriving(self.seed, self.desks, self.rows, self.habits, days, self.scale)
        procedure = self._procedures(came)
        subjects = self._subjects(came, procedure)
        kept = in_time(subjects, reception(subjects))
        return self._lived(subjects.rows(kept), came.desk[kept], procedure[kept])

    def documents(self, month: date) -> Documents:
        """Every document sent during a calendar month, and what becomes of it."""
        return drawn_documents(self.seed, self.desks, self.rows, self.habits, month, self.scale)

    def _lives(self, desk: Desk) -> bool:
        if not self.only:
            return True
        if desk.level is not Level.COMMUNE:
            return False
        if desk.two_levels:
            return desk.area_code in self.only
        became = (change.new_id or "" for change in register().successors(desk.area_id))
        return any(area_id.partition("@")[0] in self.only for area_id in became)

    def _procedures(self, came: Arrivals) -> Counts:
        """What each is about, from the menu of its desk."""
        found, kinds = self._menus
        procedure = np.zeros(len(came.key), dtype=np.int64)
        for kind in np.unique(kinds[came.desk]):
            here = np.flatnonzero(kinds[came.desk] == kind)
            picked = chosen(came.key[here], "procedure", found[kind].cumulated)
            procedure[here] = found[kind].procedures[picked]
        return procedure

    def _subjects(self, came: Arrivals, procedure: Counts) -> Subjects:
        until = np.array([desk.until for desk in self.desks], dtype=np.int64)
        return Subjects(
            key=came.key,
            day=came.day,
            online=came.online,
            last_moment=(until[came.desk] - 1) * DAY + TERM_ENDS,
            late=self.habits.late[came.desk] * LATENESS[procedure],
            early=self.habits.early[came.desk],
            slow=self.habits.slow[came.desk],
            term=TERMS[procedure],
            paid_share=PAID[procedure],
        )

    def _lived(self, of: Subjects, desk: Counts, procedure: Counts) -> Dossiers:
        came = reception(of)
        waits = pauses(of, came)
        end = ending(of, came, waits)
        receiving = self._receiving(of, desk)
        return Dossiers(
            key=of.key,
            desk=desk,
            receiving=receiving,
            procedure=procedure,
            serial=self._serial(of, receiving, came.submitted),
            first_channel=end.first_channel,
            channel=came.channel,
            submitted=came.submitted,
            received=came.received,
            refused=came.refused,
            processing=processing(of, came, waits, end),
            due=waits.due,
            due_1=waits.due_1,
            due_2=waits.due_2,
            pause_status=waits.status,
            pause_1=waits.pause_1,
            resume_1=waits.resume_1,
            pause_2=waits.pause_2,
            resume_2=waits.resume_2,
            finished=end.finished,
            returned=end.returned,
            withdrawn=end.withdrawn,
            stopped=end.stopped,
            corrected=end.corrected,
            right_finished=end.right_finished,
        )

    def _receiving(self, of: Subjects, desk: Counts) -> Counts:
        """Since July 2025 any counter of the province takes in what another desk decides."""
        places = self._counters
        years = (of.day - REORGANISED) / 365.25
        department = np.array([bool(each.department) for each in self.desks])[desk]
        share = np.where(department, 0.25, 0.035 + 0.03 * years)
        elsewhere = (of.day >= REORGANISED) & happens(of.key, "elsewhere", share)
        if not elsewhere.any():
            return desk
        place = chosen(of.key, "counter of", places.cumulated)
        turn = (places.until[place] <= of.day[:, None]).sum(axis=1)
        return np.where(elsewhere, places.rows[place, turn], desk)

    def _serial(self, of: Subjects, receiving: Counts, submitted: Counts) -> Counts:
        """1, 2, 3 … at each counter on each day, in the order of handing in."""
        codes = {code: n for n, code in enumerate(sorted({desk.code for desk in self.desks}))}
        counter = np.array([codes[desk.code] for desk in self.desks])[receiving]
        order = np.lexsort((of.key, submitted, of.day, counter))
        place = np.stack([counter[order], of.day[order]])
        begins = np.flatnonzero(np.r_[True, (place[:, 1:] != place[:, :-1]).any(axis=0)])
        number = np.arange(len(order))
        serial = np.empty(len(order), dtype=np.int64)
        lengths = np.diff(np.r_[begins, len(order)])
        serial[order] = number - np.repeat(begins, lengths) + 1
        return serial
