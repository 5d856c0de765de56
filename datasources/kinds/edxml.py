"""Documents exchanged between organisations: folders of edXML messages and their statuses.

Only who sent what kind of document to whom, when, signed or on paper too, is kept; subjects,
contents, names and attachments are not. A message marked secret is counted and left alone.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
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
from datasources.kinds.edxml_message import SECRET_RULE, Message, MessageError, read_message
from datasources.kinds.edxml_signature import (
    LARGEST,
    Signature,
    Trust,
    read_trust,
    signature_of,
    trust_mark,
)
from datasources.reading.dates import day, instant
from datasources.reading.files import new_files
from datasources.reading.places import Areas, Organisations, PlaceError
from domain.dossier import local_day
from domain.errors import RecordError
from domain.organisation import normalise_code

TOLERATED = 20
TRUST = "trusted"
CLERK = "edxml"
SECRET = "At least one message bears a mark of secrecy: tell the security officer."  # noqa: S105
BROKEN = "At least one message bears a signature that does not hold: ask its sender."
TOO_LARGE = f"Signatures of messages over {LARGEST // 1024**2} MB are not verified."
STATUS = re.compile(r"\d{2,3}")
BUSINESS = {"": 0, "0": 0, "1": 1, "2": 2, "3": 3}


class EdxmlConfig(SourceConfig):
    """Keys of a folder of messages."""

    kind: Literal["edxml"]
    path: str
    certificates: str | None = None


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
        """The new or changed messages of the folder, at any depth.

        When other certificates are trusted than before, all of them are read again.
        """
        folder = config.certificates
        mark = trust_mark(order.home / folder, order.source) if folder else ""
        if order.cursor.get(TRUST, mark) != mark:
            order = replace(order, cursor={})
        for one in new_files(config.path, order, suffixes=(".edxml", ".xml"), most=LARGEST):
            if isinstance(one, Document):
                yield replace(one, remember={**one.remember, TRUST: mark})
            else:
                yield one

    def parse(self, document: Document, config: EdxmlConfig, reading: Reading) -> Iterator[Parsed]:
        """One document, one status, or one refusal."""
        yield Read(1)
        if CLERK not in reading.memo:
            reading.memo[CLERK] = Clerk(config, reading)
        kind, clerk = "document", reading.memo[CLERK]
        try:
            message = read_message(document.content)
            kind = "document" if message.status is None else "document_status"
            signature = clerk.signature(message, document)
            yield from clerk.notes(signature, document)
            yield Record(kind, clerk.values(message, signature))
        except MessageError as error:
            reason = f"{document.name} {error.message}"
            if error.rule == SECRET_RULE:
                yield Note(SECRET)
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
        folder = config.certificates
        self.trust = read_trust(reading.home / folder, reading.source) if folder else Trust()

    def signature(self, message: Message, document: Document) -> Signature:
        """What is known of the signature of a message. Raises RefusedError."""
        if not message.has_signature:
            return Signature.NONE
        if _is_cut(document):
            return Signature.UNVERIFIED
        return signature_of(document.content, self._moment(message), self.trust)

    def notes(self, signature: Signature, document: Document) -> Iterator[Note]:
        """What a person should know of a signature."""
        if signature is Signature.INVALID:
            yield Note(BROKEN)
        if signature is Signature.UNVERIFIED and _is_cut(document):
            yield Note(TOO_LARGE)

    def values(self, message: Message, signature: Signature) -> tuple[object, ...]:
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
            signature is Signature.VERIFIED,
            message.paper == "1",
            self._day_or_none(message.due),
            _business(message.business),
            len(receivers),
            ";".join(receivers),
            signature.value,
        )

    def _status(self, message: Message, at: datetime) -> tuple[object, ...]:
        if not STATUS.fullmatch(message.status or ""):
            raise RefusedError("StatusCode", "value", "is not a status such as 03")
        code, area = self._receiver(message.sender, local_day(at))
        return message.document_id, code, message.status, at, area

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

    def _receiver(self, text: str, on: date) -> tuple[str, str]:
        """Who tells a status, and where. A ministry's is no fault, and counts nowhere here."""
        try:
            return self.organisations.by_code(text, on)
        except PlaceError:
            return _code(text), ""

    def _sender(self, text: str, on: date) -> tuple[str, str]:
        try:
            return self.organisations.by_code(text, on)
        except PlaceError as error:
            raise RefusedError("From/OrganId", "organisation", error.message) from None


def _is_cut(document: Document) -> bool:
    """Whether the middle of a large message was left out while it was read."""
    return document.size is not None and document.size > len(document.content)


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
