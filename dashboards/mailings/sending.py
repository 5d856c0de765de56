"""Carrying out plans: packs whose hour has come are made, held while their data are late, sent.

Each pack is made with the rights its owner has at that moment. Every step is kept before the next
begins, so that a program that dies anywhere goes on where it was (store/state/schedules.py).
"""

import fcntl
import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from dashboards.access import EXPORT, Person
from dashboards.digests.digest import Desk
from dashboards.digests.post import Posted, Ways, hand_over
from dashboards.digests.recipients import read_recipients
from dashboards.digests.ways import MailServer
from dashboards.exports.builder import file_name, keep, no_longer_than
from dashboards.exports.exhibit import Folder
from dashboards.exports.forms import form_named
from dashboards.exports.making import Maker
from dashboards.exports.recipe import Recipe, recipe_from, shipped_recipe
from dashboards.mailings.letter import Letter
from dashboards.mailings.plan import Plan, plan_kept
from dashboards.people import person_now
from domain.dossier import local_day
from domain.errors import ExportError, IocError
from store.state import outbox, recipes, schedules
from store.state.audit import Deed
from store.state.outbox import Attached
from store.state.schedules import Mailing, MailingState, Schedule

log = logging.getLogger(__name__)
LOCK = "mailings.lock"
SECONDS = 60
MOST_TRIES = 3
MOST_BYTES = 15 * 1024**2
PAUSED, NO_OWNER = "paused", "owner"
"""Why a schedule is not carried out: somebody paused it, or its owner may not export any more."""
MISSED = "The program was not running."


@dataclass
class Carried:
    """What was done: how many packs were made, held, or could not be made, and what was posted."""

    made: int = 0
    held: int = 0
    problems: list[str] = field(default_factory=list)
    posted: Posted = field(default_factory=Posted)


@dataclass(frozen=True)
class Clerk:
    """Who carries plans out: a desk with rules and figures, a mail server, a clock."""

    desk: Desk
    mail: MailServer
    now: Callable[[], datetime]
    done: Carried = field(default_factory=Carried)

    @property
    def home(self) -> Path:
        return self.desk.home

    # ---- what is due

    def begin(self) -> None:
        """There is a mailing of each day that has come."""
        now = self.now()
        for one in schedules.schedules(self.home):
            if one.next_at is not None and one.next_at <= now:
                plan, day = plan_kept(one.plan), local_day(one.next_at)
                following = plan.next_at(now, self.desk.rules.calendar)
                schedules.begin(self.home, one, day, plan.until_on(day), following)

    def carry_out(self) -> None:
        """Make, hold or give up each mailing that is open, the longest due first."""
        known = {one.schedule_id: one for one in schedules.schedules(self.home)}
        for mailing in schedules.open_mailings(self.home):
            one = known.get(mailing.schedule_id)
            if one is not None:
                self._carry_out(mailing, one)

    def _carry_out(self, mailing: Mailing, one: Schedule) -> None:
        now, plan = self.now(), plan_kept(one.plan)
        if mailing.day < local_day(now):
            self._miss(mailing, one, plan)
            return
        owner = person_now(self.home, one.person, now)
        if owner is None or not owner.may(EXPORT):
            deed = Deed(now, one.person, "", "schedule.stop", detail="no right to export")
            schedules.stop(self.home, one.schedule_id, NO_OWNER, deed)
            return
        tries = schedules.attempt(self.home, mailing)
        try:
            if tries > MOST_TRIES:
                raise ExportError(mailing.told or "The program ended each time it was made.")
            with no_longer_than(SECONDS):
                self._make(mailing, one, plan, owner)
        except MemoryError:
            self._failed(mailing, one, plan, tries, "It needs more memory than it may.")
        except IocError as error:
            self._failed(mailing, one, plan, tries, error.message)
        except Exception:
            log.exception("The mailing %s of %s failed", one.schedule_id, mailing.day)
            self._failed(mailing, one, plan, tries, "It could not be made; the log says why.")

    def _miss(self, mailing: Mailing, one: Schedule, plan: Plan) -> None:
        """Its day is over: yesterday's pack is no use, but who was told to wait for it is told."""
        if mailing.state == "held":
            self._failed(mailing, one, plan, MOST_TRIES, MISSED)
        else:
            self._settle(mailing, one, "skipped", MISSED, Letter(mailing, plan, ()), None)

    def _make(self, mailing: Mailing, one: Schedule, plan: Plan, owner: Person) -> None:
        """The pack as its owner may see it now: sent, or held while data are late."""
        letter = self._letter(mailing, plan)
        now = self.now()
        desk = self.desk
        name = "" if owner.name == "guest" else owner.shown or owner.name
        maker = Maker(desk.snapshot, desk.rules, owner.scope, now, plan.language, name, self.home)
        folder = maker.pack(recipe_named(self.home, plan.recipe), plan.area)
        if folder.late and now < mailing.until_at:
            if mailing.state != "held":
                self._settle(mailing, one, "held", "\n".join(folder.late), letter, folder)
                self.done.held += 1
            else:
                schedules.wait_on(self.home, mailing, "\n".join(folder.late))
            return
        self._settle(mailing, one, "sent", "\n".join(folder.late), letter, folder)
        self.done.made += 1

    def _letter(self, mailing: Mailing, plan: Plan) -> Letter:
        """To whom it goes as things are now. Raises ExportError where somebody may not have it."""
        to = plan.addresses(read_recipients(self.home, local_day(self.now())))
        check_addresses(plan, self.mail)
        return Letter(mailing, plan, to, self.desk.address)

    def _settle(
        self,
        mailing: Mailing,
        one: Schedule,
        state: MailingState,
        told: str,
        letter: Letter,
        folder: Folder | None,
    ) -> None:
        """Keep what became of a mailing with the mails that say so and its entry in the trail."""
        now, plan = self.now(), letter.plan
        files = self._files(folder, plan) if folder and state == "sent" else ()
        messages = []
        if folder and state == "sent":
            messages = letter.enclosed(folder, files, now)
        elif folder and state == "held":
            messages = letter.held(folder)
        elif state == "failed":
            messages = letter.failed(_title(self.home, plan))
        version = self.desk.snapshot.version
        hashes = " ".join(f"sha256 {file.path.name}" for file in files)
        deed = Deed(
            now,
            one.person,
            "",
            f"export.{state}" if state != "sent" else "export.mail",
            f"pack {plan.recipe} {plan.area or 'country'} {' '.join(plan.forms)}",
            detail=f"schedule {one.schedule_id}, {mailing.day}, to {len(letter.to)}, "
            f"{version} {hashes}".strip(),
        )
        schedules.settle(self.home, mailing, state, told, messages, deed, version)

    def _files(self, folder: Folder, plan: Plan) -> tuple[Attached, ...]:
        """The files of a pack, each under the hash of its content. Raises ExportError."""
        lies = self.home / outbox.FOLDER
        found, size = [], 0
        for form in map(form_named, plan.forms):
            content = form.write(folder, self.home / "config")
            size += len(content)
            path = lies / hashlib.sha256(content).hexdigest()
            keep(path, content)
            found.append(Attached(file_name(folder, form), form.media, path))
        if size > MOST_BYTES:
            raise ExportError(
                f"The files are larger than a mail may be ({size // 1024**2} MB). Choose fewer."
            )
        return tuple(found)

    def _failed(self, mailing: Mailing, one: Schedule, plan: Plan, tries: int, why: str) -> None:
        """Try again a little later, or give it up and tell those who wait."""
        self.done.problems.append(f"schedule {one.schedule_id}: {why}")
        if tries < MOST_TRIES:
            schedules.trouble(self.home, mailing, why)
            return
        try:
            letter = self._letter(mailing, plan)
        except IocError:
            letter = Letter(mailing, plan, ())
        self._settle(mailing, one, "failed", why, letter, None)

    # ---- and sent

    def send(self) -> None:
        """Hand over what waits, and take away the files that nobody waits for."""
        hand_over(self.desk, Ways(mail=self.mail), self.now, self.done.posted)
        needed = outbox.files_to_keep(self.home)
        for path in (self.home / outbox.FOLDER).iterdir():
            if path.name not in needed:
                path.unlink(missing_ok=True)


def carry_out(desk: Desk, mail: MailServer, now: Callable[[], datetime]) -> Carried:
    """Make and send what is due; nothing where another does it already. Raises IocError."""
    clerk = Clerk(desk, mail, now)
    with _only_one(desk.home) as is_ours:
        if is_ours:
            clerk.begin()
            clerk.carry_out()
            clerk.send()
            schedules.forget(desk.home, now())
    return clerk.done


@contextmanager
def _only_one(home: Path) -> Iterator[bool]:
    (home / outbox.FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home / LOCK).open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def recipe_named(home: Path, name: str) -> Recipe:
    """The recipe of a name, kept or shipped. Raises UnknownNameError, or ExportError."""
    kept = recipes.recipe_kept(home, name)
    return recipe_from(json.loads(kept.body), name) if kept else shipped_recipe(name)


def check_addresses(plan: Plan, mail: MailServer) -> None:
    """Whether packs may be mailed where a plan says. Raises ExportError with the way on."""
    outside = [one for one in plan.chosen if not mail.takes(one)]
    if outside:
        raise ExportError(
            f"{', '.join(outside)}: packs are mailed to {', '.join(sorted(mail.own_domains))} "
            "alone. More domains stand in IOC_MAIL_DOMAINS."
        )


def _title(home: Path, plan: Plan) -> str:
    try:
        return recipe_named(home, plan.recipe).title
    except IocError:
        return plan.recipe
