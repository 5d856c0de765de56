"""Documents exchanged between organisations: folders of edXML messages and their statuses.

Only who sent what kind of document to whom, when, signed or on paper too, is kept; subjects,
contents, names and attachments are not. A message marked secret is counted and left alone.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal

from datasources.base import (
    Document,
    Note,
    Order,
    Parsed,
    Read,
    Reading,
    Record,
    Rejected,
    SourceConfig,
)
from datasources.dates import day, instant
from datasources.edxml_message import SECRET_RULE, Message, MessageError, read_message
from datasources.files import new_files
from datasources.places import Areas, Organisations, PlaceError
from domain.dossier import local_day
from domain.errors import RecordError
from domain.organisation import normalise_code

TOLERATED = 20
STATUS = re.compile(r"\d{2,3}")
BUSINESS = {"": 0, "0": 0, "1": 1, "2": 2, "3": 3}


class EdxmlConfig(SourceConfig):
    """Keys of a folder of messages."""

    kind: Literal["edxml"]
    path: str


class RefusedError(RecordError):
    """Why a message is refused: the field, the rule and the reason."""

    def __init__(self, field: str, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.rule = rule


class Edxml:
    """Folders of messages of the document exchange."""

    id = "edxml"
    config = EdxmlConfig
    records = ("document", "document_status")
    tolerated = TOLERATED

    def fetch(self, config: EdxmlConfig, order: Order) -> Iterator[Document | Note]:
        """The new or changed messages of the folder, at any depth."""
        yield from new_files(config.path, order, suffixes=(".edxml", ".xml"))

    def parse(self, document: Document, config: EdxmlConfig, reading: Reading) -> Iterator[Parsed]:
        """One document, one status, or one refusal."""
        yield Read(1)
        clerk = reading.memo.setdefault("edxml", Clerk(config, reading))
        kind = "document"
        try:
            message = read_message(document.content)
            kind = "document" if message.status is None else "document_status"
            yield Record(kind, clerk.values(message))
        except MessageError as error:
            reason = f"{document.name} {error.message}"
            if error.rule == SECRET_RULE:
                yield Note(
                    "At least one message bears a mark of secrecy: tell the security officer."
                )
                reason = error.message
            yield Rejected(kind, 1, "", error.rule, reason)
        except RefusedError as error:
            yield Rejected(kind, 1, error.field, error.rule, f"{document.name}: {error.message}")


KIND = Edxml()


class Clerk:
    """Turns messages into the values of records, in the order of their fields."""

    def __init__(self, config: EdxmlConfig, reading: Reading) -> None:
        self.zone = config.zone
        areas = Areas(reading.areas, config.within)
        self.organisations = Organisations(reading.organisations, areas, reading.organisation_days)

    def values(self, message: Message) -> tuple[object, ...]:
        """The record of a message. Raises RefusedError."""
        if not message.document_id:
            raise RefusedError("DocumentId", "missing", "is empty")
        at = self._moment(message)
        if message.status is not None:
            return self._status(message, at)
        sender, area = self._sender(message.sender, local_day(at))
        receivers = [_code(one) for one in message.receivers]
        return (
            message.document_id,
            sender,
            area,
            at,
            self._day_or_none(message.promulgated),
            message.kind,
            message.signed,
            message.paper == "1",
            self._day_or_none(message.due),
            _business(message.business),
            len(receivers),
            ";".join(receivers),
        )

    def _status(self, message: Message, at: datetime) -> tuple[object, ...]:
        if not STATUS.fullmatch(message.status or ""):
            raise RefusedError("StatusCode", "value", "is not a status such as 03")
        return message.document_id, _code(message.sender), message.status, at

    def _moment(self, message: Message) -> datetime:
        """When it was sent; the day it was promulgated where no trace tells."""
        try:
            at = instant(message.sent, self.zone) or instant(message.promulgated, self.zone)
        except RecordError:
            raise RefusedError("Timestamp", "date", "is no date in a known form") from None
        if at is None:
            raise RefusedError("Timestamp", "missing", "is empty")
        return at

    def _day_or_none(self, text: str) -> date | None:
        """Days such as 30 February are written in real messages, and mean nothing."""
        try:
            return day(text, self.zone)
        except RecordError:
            return None

    def _sender(self, text: str, on: date) -> tuple[str, str]:
        try:
            return self.organisations.by_code(text, on)
        except PlaceError as error:
            raise RefusedError("From/OrganId", "organisation", error.message) from None


def _code(text: str) -> str:
    try:
        return normalise_code(text)
    except RecordError:
        raise RefusedError(
            "OrganId", "organisation", "is no organisation code such as H44.18"
        ) from None


def _business(text: str) -> int:
    if text not in BUSINESS:
        raise RefusedError("BussinessDocType", "value", "is not one of 0, 1, 2, 3")
    return BUSINESS[text]
