"""Asking a dossier system for what changed: log in, page after page, nothing lost or taken twice.

A question names a stretch of time and a page. A dossier that changes while its page is turned
leaves the stretch, and the pages after it move up: then the number of records promised has
changed too, and the question is asked again from the last record that is safe.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from datasources.base import Document, Note, Order
from datasources.kinds.dvcqg_messages import Text
from datasources.reading.client import Client, Question
from datasources.reading.dates import instant
from datasources.reading.texts import UNREADABLE
from domain.errors import RecordError, SourceError

DOSSIERS, STEPS = "DongBoHoSoMC", "CapNhatTienDoHoSoMC"
WRITTEN = "%Y%m%d%H%M%S"
GOOD = ("0", "00")
EXPIRED = "01"
SAME_AGAIN = 3
MOVED = 100
SHARE_FOR_ONE = 0.3


class Answer(msgspec.Struct):
    """The envelope of every answer, its records still undecoded."""

    error_code: Text = None
    service: str = ""
    madonvi: str = ""
    total: Text = msgspec.field(name="tongSo", default=None)
    data: msgspec.Raw = msgspec.Raw(b"[]")


NO_RESULT = msgspec.Raw(b"[]")


class Catalogue(msgspec.Struct):
    """The envelope of a catalogue, its entries still undecoded."""

    error_code: Text = None
    service: str = ""
    madonvi: str = ""
    result: msgspec.Raw = NO_RESULT


class Login(msgspec.Struct):
    """The answer to a login."""

    error_code: Text = None
    session: str = ""


class Dated(msgspec.Struct):
    """Which record it is and when it last changed, whichever of the two services tells it."""

    code: Text = msgspec.field(name="MaHoSo", default=None)
    updated: Text = msgspec.field(name="NgayCapNhat", default=None)
    done: Text = msgspec.field(name="ThoiDiemXuLy", default=None)


@dataclass
class Conversation:
    """A session with one system. `zone` is the one its dates are written in.

    One family of systems has a single address and names service and agency in the question; the
    other has an address for each service, `by_path`, and names the agency behind it.
    """

    client: Client
    source: str
    agency: str
    username: str
    password: str = field(repr=False)
    page_size: int
    zone: ZoneInfo
    sample: bool = False
    by_path: bool = False
    _session: str = ""

    def changes(
        self, service: str, since: datetime, until: datetime, known: datetime, seconds: float
    ) -> Iterator[Document | Note]:
        """Every page of what changed from `since` up to, not including, `until`.

        Everything up to `known` was read before. After so many seconds it stops at a page's
        end; the next run goes on from there.
        """
        stops = time.monotonic() + seconds
        position = reached = since
        page, promised, moves, again = 1, -1, 0, 0
        seen: set[bytes] = set()
        while True:
            content, answer, rows = self._page(service, position, until, page)
            total, digest = _whole(answer.total), _fingerprint(rows)
            if page > 1 and total != promised:
                moves += 1
                self._refuse_stall(service, moves, progress=reached > position)
                position, page = reached, 1
                continue
            if page > 1 and rows and digest in seen:
                again += 1
                self._refuse_loop(service, page, again)
                continue
            self._refuse_short(service, page, total, len(rows))
            seen.add(digest)
            promised, again = total, 0
            reached = max(reached, _latest(rows, self.zone) or reached)
            done, late = page * self.page_size >= total, time.monotonic() > stops
            remember, as_of = {}, None
            if done or (late and reached > since):
                mark = min(max(reached, known), until)
                remember = {"until": {service: mark.astimezone(UTC).isoformat()}}
                as_of = until if done else reached
            name = f"{service} {self._written(position)}-{self._written(until)} {page}"
            yield Document(name, content, remember, as_of)
            if remember and not done:
                yield Note(f"{service} is read up to {reached:%d/%m/%Y %H:%M}; the rest follows.")
            if remember or self.sample:
                return
            page += 1

    def entries(self, service: str, **more: str) -> list[msgspec.Raw]:
        """The entries of a catalogue, still undecoded. Raises SourceError."""
        question = {"madonvi": self.agency, "service": service, **more}
        answer = read_catalogue(self._asked(question), self.source)
        if _code(answer.error_code) == EXPIRED:
            self._session = ""
            answer = read_catalogue(self._asked(question), self.source)
        if _code(answer.error_code) not in GOOD:
            fact = f"{service} answers with error_code {_code(answer.error_code)[:8] or '(none)'}"
            raise SourceError(self.source, fact, "Ask whoever runs the system")
        return records(answer.result, self.source)

    def _page(
        self, service: str, since: datetime, until: datetime, page: int
    ) -> tuple[bytes, Answer, list[msgspec.Raw]]:
        question = {
            "madonvi": self.agency,
            "service": service,
            "tuNgay": self._written(since),
            "denNgay": self._written(until),
            "trang": page,
            "soBanGhi": self.page_size,
        }
        content = self._asked(question)
        answer = read_answer(content, self.source)
        if _code(answer.error_code) == EXPIRED:
            self._session = ""
            content = self._asked(question)
            answer = read_answer(content, self.source)
        if _code(answer.error_code) == EXPIRED:
            way_on = "Check username and password_file"
            raise SourceError(self.source, f"{service} refuses a new session", way_on)
        self._refuse_wrong(service, answer)
        return content, answer, records(answer.data, self.source)

    def _asked(self, question: Mapping[str, Any]) -> bytes:
        """The answer to a question, after logging in where no session is open."""
        if not self._session:
            self._log_in()
        asked = {"session": self._session, **question}
        if not self.by_path:
            return self.client.post("/dongbo", asked)
        service, agency = str(asked.pop("service")), str(asked.pop("madonvi"))
        params = {"MaDinhDanhDV": agency, "isUpdating": "false"}
        return self.client.ask(Question(f"/{service}", "POST", params, body=asked))

    def _log_in(self) -> None:
        question = {"username": self.username, "password": self.password}
        content = self.client.post("/login", question)
        try:
            answer = msgspec.json.decode(content, type=Login)
        except UNREADABLE:
            raise SourceError(self.source, "the answer to the login is not as agreed", "") from None
        if _code(answer.error_code) not in GOOD or not answer.session:
            way_on = "Check username and password_file"
            raise SourceError(self.source, "the login is refused", way_on)
        self._session = answer.session

    def _written(self, moment: datetime) -> str:
        return moment.astimezone(self.zone).strftime(WRITTEN)

    def _refuse_wrong(self, service: str, answer: Answer) -> None:
        code = _code(answer.error_code)
        if code not in GOOD:
            fact = f"{service} answers with error_code {code[:8] or '(none)'}"
            raise SourceError(self.source, fact, "Ask whoever runs the system")
        if answer.service != service or _whole(answer.total) < 0:
            fact = f"the answer to {service} lacks its service or tongSo"
            raise SourceError(self.source, fact, "Ask whoever runs the system")

    def _refuse_short(self, service: str, page: int, total: int, rows: int) -> None:
        expected = min(self.page_size, max(0, total - (page - 1) * self.page_size))
        if rows != expected:
            fact = f"page {page} of {service} holds {rows} records where {expected} are promised"
            raise SourceError(self.source, fact, "Nothing is taken; it is asked again next time")

    def _refuse_loop(self, service: str, page: int, again: int) -> None:
        if again >= SAME_AGAIN:
            fact = f"page {page} of {service} repeats an earlier page"
            raise SourceError(self.source, fact, "Ask whoever runs the system")

    def _refuse_stall(self, service: str, moves: int, *, progress: bool) -> None:
        if moves > MOVED or not progress:
            fact = f"{service} changes faster than it can be read"
            raise SourceError(self.source, fact, "Raise page_size, or choose a quieter hour")


def read_answer(content: bytes, source: str) -> Answer:
    """The envelope of an answer or a file. Raises SourceError, without quoting it."""
    try:
        return msgspec.json.decode(content, type=Answer)
    except msgspec.ValidationError:
        fact = "the JSON is not an answer of the synchronisation service"
    except UNREADABLE:
        fact = "the JSON is broken or cut off"
    raise SourceError(source, fact, "Nothing of it is taken")


def read_catalogue(content: bytes, source: str) -> Catalogue:
    """The envelope of a catalogue. Raises SourceError, without quoting it."""
    try:
        told = msgspec.json.decode(content, type=Catalogue)
        if told.error_code is not None or told.service or told.result != NO_RESULT:
            return told
        fact = "the JSON is not an answer of the catalogue service"
    except msgspec.ValidationError:
        fact = "the JSON is not an answer of the catalogue service"
    except UNREADABLE:
        fact = "the JSON is broken or cut off"
    raise SourceError(source, fact, "Nothing of it is taken")


def records(data: msgspec.Raw, source: str) -> list[msgspec.Raw]:
    """The records of an answer, each still undecoded. Raises SourceError."""
    try:
        return msgspec.json.decode(data, type=list[msgspec.Raw])
    except UNREADABLE:
        raise SourceError(source, "data is not a list of records", "") from None


def _fingerprint(rows: Sequence[msgspec.Raw]) -> bytes:
    """The same for two pages of the same records, however they are written."""
    decoder, digest = msgspec.json.Decoder(Dated), sha256()
    for row in rows:
        try:
            one = decoder.decode(row)
            digest.update(f"{one.code}\0{one.updated}\0{one.done}\n".encode())
        except UNREADABLE:
            digest.update(row)
    return digest.digest()


def _latest(rows: Sequence[msgspec.Raw], zone: ZoneInfo) -> datetime | None:
    """When the last record of a page changed, if it says so: pages are in that order."""
    if not rows:
        return None
    try:
        dated = msgspec.json.decode(rows[-1], type=Dated)
        return instant(str(dated.updated or dated.done or ""), zone)
    except UNREADABLE:
        return None
    except RecordError:
        return None


def _code(code: Text) -> str:
    return "" if code is None else str(code).strip()


def _whole(number: Text) -> int:
    text = _code(number)
    return int(text) if text.isascii() and text.isdecimal() else -1


def polled(
    conversation: Conversation, order: Order, overlap: timedelta, since: datetime
) -> Iterator[Document | Note]:
    """Both services, from a little before where the last run left off, up to now."""
    until = order.now.replace(microsecond=0)
    reached: Mapping[str, str] = order.cursor.get("until", {})
    for service in (DOSSIERS, STEPS):
        known = datetime.fromisoformat(reached[service]) if service in reached else since
        begin = max(since, min(known - overlap, order.reread_from or known))
        seconds = order.seconds * SHARE_FOR_ONE
        yield from conversation.changes(service, begin, until, known, seconds)
