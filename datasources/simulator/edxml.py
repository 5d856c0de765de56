"""Documents and their status messages as edXML (QCVN 102:2016/BTTTT), in two dialects.

The national dialect names the signer in `SignerInfo` and organisations from wide to narrow. The
vendor's is older: `Author`, codes from narrow to wide, and the mark of secrecy in `OtherInfo`.
"""

from collections.abc import Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape

import numpy as np

from datasources.simulator.clock import DAY, NEVER, date_of
from datasources.simulator.desks import Desk, System
from datasources.simulator.documents import (
    INVALID,
    KINDS,
    NOBODY,
    NOTATIONS,
    UNSIGNED,
    UNVERIFIED,
    Documents,
)
from datasources.simulator.people import official, person
from datasources.simulator.portal import vendor_date
from datasources.simulator.signing import SLOT, signed

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
BUSINESS = ("Văn bản điện tử mới", "Thu hồi văn bản", "Cập nhật văn bản", "Thay thế văn bản")
MARK_OF_SECRECY = "Mật"
CONTENT, ALTERED_CONTENT = "Nội dung mô phỏng", "Nội dung mô phỏng đã bị sửa"
STATUSES = {
    "arrived": ("01", "Đã đến"),
    "refused": ("02", "Từ chối tiếp nhận"),
    "accepted": ("03", "Đã tiếp nhận"),
    "done": ("06", "Hoàn thành"),
}


class Message(NamedTuple):
    """One file: when it is dropped (local second), its name, and its text."""

    at: int
    name: str
    text: str


class Clerk:
    """Writes what the desks of one province send."""

    def __init__(self, desks: tuple[Desk, ...], system_of: dict[str, System]) -> None:
        self._desks = desks
        self._system_of = system_of

    def messages(self, documents: Documents, since: int, until: int) -> Iterator[Message]:
        """Every message dropped from `since` up to, not including, `until`."""
        moments = {name: getattr(documents, name) for name in ("sent", *STATUSES)}
        inside = {name: (since <= at) & (at < until) for name, at in moments.items()}
        for place in np.flatnonzero(np.logical_or.reduce(list(inside.values()))).tolist():
            document = _Document(self, documents, place)
            for name in moments:
                if inside[name][place]:
                    yield document.message(name, int(moments[name][place]))

    def desk(self, row: int) -> Desk:
        return self._desks[row]

    def is_vendor(self, desk: Desk) -> bool:
        return self._system_of[desk.system].dialect == "vendor"


class _Document:
    """One document and how it is written."""

    def __init__(self, clerk: Clerk, documents: Documents, place: int) -> None:
        self.clerk = clerk
        self.sender = clerk.desk(int(documents.desk[place]))
        self.vendor = clerk.is_vendor(self.sender)
        receivers = documents.receivers[place].tolist()
        self.receivers = [clerk.desk(row) for row in receivers if row != NOBODY]
        self.key = int(documents.key[place])
        self.sent = int(documents.sent[place])
        self.promulgated = _day(int(documents.promulgated[place]))
        due = int(documents.due[place])
        self.due = _day(due) if due < NEVER else ""
        self.kind = int(documents.kind[place])
        self.number = int(documents.number[place])
        self.signature = int(documents.signature[place])
        self.paper = bool(documents.paper[place])
        self.secret = bool(documents.secret[place]) and self.vendor
        self.business = int(documents.business[place])
        self.notation = f"{NOTATIONS[self.kind]}-{'SBN' if self.sender.department else 'UBND'}"
        self.slug = f"{date_of(self.sent // DAY):%Y%m%d}-{self.sender.code}-{self.number}"
        self.id = f"{self.code_of(self.sender)},{self.promulgated},{self.number}/{self.notation}"

    def code_of(self, desk: Desk) -> str:
        return desk.old_code if self.vendor else desk.code

    def message(self, what: str, at: int) -> Message:
        """The document itself, or one of the steps its receiver tells."""
        if what == "sent":
            return Message(at, f"{self.slug}.edxml", self.text())
        return Message(at, f"{self.slug}-tt{STATUSES[what][0]}.edxml", self.status_text(what, at))

    def text(self) -> str:
        """The message, signed if it is; what was altered after that no longer fits."""
        text = self._unsigned()
        if self.signature == UNSIGNED:
            return text
        text = signed(text, self.sender.code, trusted=self.signature != UNVERIFIED)
        return text.replace(CONTENT, ALTERED_CONTENT) if self.signature == INVALID else text

    def _unsigned(self) -> str:
        name = person(self.key).name
        return _message(
            "".join(
                (
                    "<edXML:MessageHeader>",
                    self._organisation("From", self.sender),
                    *(self._organisation("To", each) for each in self.receivers),
                    _one("DocumentId", self.id),
                    self._code(),
                    _many("PromulgationInfo", Place="", PromulgationDate=self.promulgated),
                    _many(
                        "DocumentType",
                        Type=str(self.kind + 1),
                        TypeDetail="",
                        TypeName=KINDS[self.kind],
                    ),
                    _one("Subject", f"{KINDS[self.kind]} mô phỏng số {self.number}"),
                    _one("Content", CONTENT),
                    self._signer(name),
                    _one("DueDate", self.due),
                    self._other(),
                    _many("ResponseFor", OrganId="", Code="", PromulgationDate="", DocumentId=""),
                    _one("SteeringType", "1"),
                    "</edXML:MessageHeader>",
                    self._trace(),
                    SLOT,
                )
            )
        )

    def status_text(self, name: str, at: int) -> str:
        """What the first receiver says about it."""
        status, description = STATUSES[name]
        receiver = self.receivers[0]
        response = (
            f"<edXML:ResponseFor>{_one('OrganId', self.code_of(self.sender))}"
            f"{_one('Code', f'{self.number}/{self.notation}')}"
            f"{_one('PromulgationDate', self.promulgated)}"
            f"{_one('DocumentId', self.id)}</edXML:ResponseFor>"
        )
        return _message(
            "<edXML:MessageHeader>"
            f"{self._organisation('From', receiver)}{response}"
            f"{_one('StatusCode', status)}{_one('Description', description)}"
            f"{_one('Timestamp', _moment(at))}"
            f"{_staff(self.key + 3)}</edXML:MessageHeader>"
        )

    def _organisation(self, role: str, desk: Desk) -> str:
        return _many(
            role,
            OrganId=self.code_of(desk),
            OrganizationInCharge="",
            OrganName=desk.name,
            OrganAdd="",
            Email="",
            Telephone="",
            Fax="",
            Website="",
        )

    def _code(self) -> str:
        return _many("Code", CodeNumber=str(self.number), CodeNotation=self.notation)

    def _signer(self, name: str) -> str:
        if self.vendor:
            return _many(
                "Author", Competence="KT. CHỦ TỊCH", Function="Phó Chủ tịch", FullName=name
            )
        return _many(
            "SignerInfo", Competence="KT. CHỦ TỊCH", Position="Phó Chủ tịch", FullName=name
        )

    def _other(self) -> str:
        older = {"Secret": MARK_OF_SECRECY if self.secret else ""} if self.vendor else {}
        return _many(
            "OtherInfo",
            Priority="0",
            **older,
            SphereOfPromulgation="",
            TyperNotation="",
            PromulgationAmount="1",
            PageAmount=str(1 + self.key % 6),
            Direction="",
            Appendixes="",
        )

    def _trace(self) -> str:
        trace = _many(
            "TraceHeader", OrganId=self.code_of(self.sender), Timestamp=_moment(self.sent)
        )
        return (
            f"<edXML:TraceHeaderList>{trace}<edXML:Bussiness>"
            f"{_one('BussinessDocType', str(self.business))}"
            f"{_one('BussinessDocReason', BUSINESS[self.business])}"
            f"{_one('Paper', str(int(self.paper)))}{_staff(self.key)}"
            "</edXML:Bussiness></edXML:TraceHeaderList>"
        )


def _message(header: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<edXML:edXML xmlns:edXML="{NAMESPACE}"><edXML:edXMLEnvelope><edXML:edXMLHeader>'
        f"{header}</edXML:edXMLHeader><edXML:edXMLBody><edXML:edXMLManifest/></edXML:edXMLBody>"
        "</edXML:edXMLEnvelope></edXML:edXML>\n"
    )


def _staff(key: int) -> str:
    who = person(key)
    return _many("StaffInfo", Department="", Staff=official(key), Email=who.email, Mobile=who.phone)


def _many(tag: str, **children: str) -> str:
    inside = "".join(_one(name, value) for name, value in children.items())
    return f"<edXML:{tag}>{inside}</edXML:{tag}>"


def _one(tag: str, value: str) -> str:
    return f"<edXML:{tag}>{escape(value)}</edXML:{tag}>" if value else f"<edXML:{tag}/>"


def _day(number: int) -> str:
    return f"{date_of(number):%Y/%m/%d}"


def _moment(seconds: int) -> str:
    """2020/12/07 09:15:00."""
    return vendor_date(seconds).replace("-", "/")
