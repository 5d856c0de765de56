"""The post: digests are written once a working day, and handed over until they are taken."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from datetime import time as clock

from dashboards.digests.digest import Desk, digest_for
from dashboards.digests.recipients import Recipient, read_recipients
from dashboards.digests.ways import Hooks, MailServer, NotSentError
from domain.calendar import WorkingCalendar
from domain.dossier import VIETNAM
from store.state import outbox
from store.state.outbox import Message

ENOUGH_SECONDS = 90.0
END_OF_WORK = clock(17, 0)


@dataclass(frozen=True)
class Ways:
    """What is configured: a mail server, webhooks, and from which hour on digests are written."""

    mail: MailServer | None = None
    hooks: Hooks | None = None
    digest_at: clock = clock(7, 30)

    @property
    def any(self) -> bool:
        return self.mail is not None or self.hooks is not None


@dataclass
class Posted:
    """What was done: how many messages were written, sent, put off, given up, and why."""

    written: int = 0
    sent: int = 0
    put_off: int = 0
    failed: int = 0
    problems: list[str] = field(default_factory=list)


def post(desk: Desk, ways: Ways, now: Callable[[], datetime]) -> Posted:
    """Write the digests that are due, and hand over what waits.

    Raises IocError where the recipients' file is wrong; nothing is written then.
    """
    done = Posted()
    if not ways.any:
        return done
    if is_hour(desk.at, desk.rules.calendar, ways.digest_at):
        recipients = read_recipients(desk.home, desk.today)
        done.written = write(desk, ways, recipients)
    hand_over(desk, ways, now, done)
    return done


def is_hour(at: datetime, calendar: WorkingCalendar, begin: clock) -> bool:
    """Whether people are at work: a working day, from the hour digests are written until 17:00."""
    local = at.astimezone(VIETNAM)
    return calendar.is_likely_working(local.date()) and begin <= local.time() < END_OF_WORK


def write(desk: Desk, ways: Ways, recipients: list[Recipient]) -> int:
    """Write today's digest for each recipient who has none yet; how many messages there are."""
    made: list[Message] = []
    for one in recipients:
        if not outbox.has_message(desk.home, one.id, desk.today):
            digest = digest_for(one, desk)
            made += digest.messages(
                has_mail=ways.mail is not None, has_hooks=ways.hooks is not None
            )
    return outbox.put(desk.home, made, desk.at)


def hand_over(desk: Desk, ways: Ways, now: Callable[[], datetime], done: Posted) -> None:
    """Send what waits, one after the other, until nothing does or enough time has passed."""
    began = time.monotonic()
    while time.monotonic() - began < ENOUGH_SECONDS:
        message = outbox.claim(desk.home, now())
        if message is None:
            return
        try:
            send(message, ways)
        except NotSentError as error:
            outbox.put_off(desk.home, message, error.message, now(), for_good=error.for_good)
            done.failed += error.for_good
            done.put_off += not error.for_good
            if error.message not in done.problems:
                done.problems.append(error.message)
        else:
            outbox.settle(desk.home, message, now())
            done.sent += 1


def send(message: Message, ways: Ways) -> None:
    """Hand over one message by its channel. Raises NotSentError."""
    way = ways.mail if message.channel == "email" else ways.hooks
    if way is None:
        raise NotSentError(f"No way is configured for {message.channel}.")
    way.send(message)
