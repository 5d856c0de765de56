"""Documents that others push: read in their turn, their senders told, and none kept."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from datasources.running import inbox
from datasources.running.ledger.desk import FAILED, Desk
from domain.errors import StoreError
from store import BatchResult, state
from store.state.receipts import State

TRIES_OF_A_DOCUMENT = 5


@dataclass
class Pushed:
    """The inboxes of a home.

    A batch that cannot be believed is read again one document at a time, so that one bad
    document spoils no other. What could not be read for another reason waits for its turn.
    """

    desk: Desk
    _gingerly: set[str] = field(default_factory=set)
    _resting: set[str] = field(default_factory=set)

    def make_ready(self, source: str) -> bool:
        """Put the documents that have come where they are read; whether there are any."""
        self._resting.discard(source)
        if inbox.make_ready(self.desk.home, source, one=source in self._gingerly):
            return True
        self._gingerly.discard(source)
        return False

    def can_go_on(self, source: str) -> bool:
        """Whether there are documents that need not wait for the schedule."""
        if not self.desk.is_pushed(source) or source in self._resting:
            return False
        return inbox.has_arrived(self.desk.home, source)

    def follow(self, source: str, result: BatchResult, *, suspect: bool) -> None:
        """Give up documents that had their chance, and go on with the others."""
        names = inbox.ready_names(self.desk.home, source)
        if result.status != FAILED:
            # What is left was not read, and is not tried again and again.
            self._resting.update({source} if names else ())
        elif suspect and len(names) > 1:
            self._gingerly.add(source)
        elif suspect or self.desk.failures(source) >= TRIES_OF_A_DOCUMENT:
            self.settle(source, names, "failed", result.message, result.batch_id)
        else:
            self._resting.add(source)

    def settle(
        self, source: str, names: Iterable[str], fate: State, detail: str, batch_id: int
    ) -> None:
        """Tell senders what became of their documents, and keep none of these."""
        told = list(names)
        try:
            state.settle(self.desk.home, source, told, fate, self.desk.now(), detail, batch_id)
        except StoreError as error:
            # The figures are right all the same, and no original may stay.
            self.desk.tell(error.message)
        inbox.remove(self.desk.home, source, told)
