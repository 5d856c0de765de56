"""What the mail of a pack says: that it is enclosed, that it is held and why, or that it failed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboards import format as fmt
from dashboards.exports.exhibit import Folder
from dashboards.mailings.plan import Plan
from dashboards.text import Words, words
from store.state.outbox import Attached, Message
from store.state.schedules import Mailing, recipient_of

SLACK = timedelta(minutes=5)
"""What making and sending may take."""


@dataclass(frozen=True)
class Letter:
    """The mails of one mailing. `address` is where people open the pages; "" is unknown."""

    mailing: Mailing
    plan: Plan
    to: Sequence[str]
    address: str = ""

    @property
    def words(self) -> Words:
        return words(self.plan.language)

    def enclosed(self, folder: Folder, files: tuple[Attached, ...], now: datetime) -> list[Message]:
        """The pack; that it comes after its hour; what is late, where it was held for that."""
        say = self.words
        lines = [say("mailing.enclosed", title=folder.title, subtitle=folder.subtitle)]
        lines += self._marked(folder)
        is_after = comes_after(self.mailing, now)
        if is_after:
            hours = {"at": fmt.clock(self.mailing.due_at), "now": fmt.clock(now)}
            lines += ["", say("mailing.after", **hours)]
        if folder.late:
            lines += ["", say("mailing.late_figures"), *_listed(folder.late)]
        lines += ["", say("mailing.contents"), *_listed(one.title for one in folder.exhibits)]
        lines += ["", *(f"{name}: {text}" for name, text in folder.about)]
        key = "mailing.subject_late" if folder.late else "mailing.subject"
        key = "mailing.subject_after" if is_after else key
        subject = say(key, title=folder.title, subtitle=folder.subtitle)
        return self._messages("", subject, lines, files)

    def held(self, folder: Folder) -> list[Message]:
        """That it is not sent yet, which data it waits for, and until when."""
        say = self.words
        until = fmt.clock(self.mailing.until_at)
        lines = [say("mailing.held", title=folder.title, subtitle=folder.subtitle)]
        lines += [
            *self._marked(folder),
            *_listed(folder.late),
            "",
            say("mailing.waits", until=until),
        ]
        subject = say("mailing.subject_held", title=folder.title, subtitle=folder.subtitle)
        return self._messages(" held", subject, lines)

    def failed(self, title: str) -> list[Message]:
        """That there will be none today; why stands on the page, not in a mail."""
        say, day = self.words, fmt.day(self.mailing.day, self.plan.language)
        subject = say("mailing.subject_failed", title=title, day=day)
        return self._messages(" failed", subject, [say("mailing.failed", title=title, day=day)])

    def _marked(self, folder: Folder) -> list[str]:
        say = self.words
        if not folder.simulated:
            return []
        return [f"*** {say('banner.simulated')} {say('banner.simulated_long')} ***"]

    def _messages(
        self, what: str, subject: str, lines: list[str], files: tuple[Attached, ...] = ()
    ) -> list[Message]:
        """One for each address; `what` keeps apart those of one day."""
        say, recipient = self.words, recipient_of(self.mailing.schedule_id)
        link = [f"{self.address}/packs"] if self.address else []
        body = "\n".join([*lines, "", *link, say("mailing.foot")]) + "\n"
        return [
            Message(
                f"{recipient}{what}", self.mailing.day, "email", one, subject, body, files=files
            )
            for one in self.to
        ]


def comes_after(mailing: Mailing, moment: datetime) -> bool:
    """Whether a pack that is sent at a moment comes later than late data would have it wait."""
    return moment > mailing.until_at + SLACK


def _listed(texts: Iterable[str]) -> list[str]:
    return [f"- {text}" for text in texts]
