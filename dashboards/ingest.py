"""Push: other systems bring a document, get a receipt, and may ask what became of it.

    POST /api/v1/ingest/<source>             Authorization: Bearer <token>; the document as body
    GET  /api/v1/ingest/<source>/<receipt>   its fate

The document goes into the source's inbox as it is, under a name of ours; the collector reads it
in a limited child like any file, and removes it once its records have landed. An unknown
source, a wrong token and a revoked one get the same answer.
"""

import hashlib
import os
import re
import secrets
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import flask
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from dashboards.access import PUSH, Access, Person, person, refusal
from domain.errors import StoreError
from domain.scope import Scope
from store.state import (
    KeyUsedError,
    Receipt,
    receipt_of,
    receive,
    received_since,
    token_named,
)

LARGEST = 50 * 1024**2
MOST_A_MINUTE = 120
RESERVE = 1_000_000_000
PIECE = 64 * 1024
SOURCE = re.compile(r"[a-z][a-z0-9_]{0,39}")
KEY = re.compile(r"[\x21-\x7e]{1,200}")
SUFFIXES = {
    "text/csv": "csv",
    "application/json": "json",
    "application/x-ndjson": "ndjson",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
NOWHERE = Scope(frozenset())


class Refused(Exception):  # noqa: N818  (an answer, not a failure)
    """Why a document is not taken: the status, and the sentence."""

    def __init__(self, status: int, detail: str, wait: int | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.wait = wait


def register(access: Access, home: Path) -> None:
    """The two routes, for whoever brings a token of the source."""

    def bearer(request: flask.Request) -> Person | None:
        source = str((request.view_args or {}).get("source", ""))
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        known = source if SOURCE.fullmatch(source) else ""
        presented = token.strip() if scheme.lower() == "bearer" else ""
        token_id = token_named(home, known, presented, datetime.now(UTC))
        return None if token_id is None else Person(token_id, frozenset({PUSH}), NOWHERE)

    access.keep(PUSH, bearer)

    @access.route("/api/v1/ingest/<source>", PUSH, "POST")
    def ingest(source: str) -> flask.Response:
        try:
            receipt = _received(home, source, flask.request)
        except Refused as refused:
            return _problem(refused)
        answer = flask.jsonify(_shown(receipt))
        answer.status_code = 202
        answer.headers["Location"] = f"/api/v1/ingest/{source}/{receipt.receipt_id}"
        return answer

    @access.route("/api/v1/ingest/<source>/<receipt>", PUSH)
    def fate(source: str, receipt: str) -> flask.Response:
        found = receipt_of(home, source, receipt)
        if found is None:
            return _problem(Refused(404, "There is no such receipt of this source."))
        return flask.jsonify(_shown(found))


def _received(home: Path, source: str, request: flask.Request) -> Receipt:
    """Take the document of a request. Raises Refused."""
    suffix, key, now = _suffix(request), _key(request), datetime.now(UTC)
    if received_since(home, source, now - timedelta(minutes=1)) >= MOST_A_MINUTE:
        raise Refused(429, f"A source may push {MOST_A_MINUTE} documents a minute.", wait=60)
    if shutil.disk_usage(home).free < RESERVE:
        raise Refused(503, "The server is short of space. Try again later.", wait=600)
    receipt_id = f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(8)}"
    inbox = home / "inbox" / source
    inbox.mkdir(parents=True, exist_ok=True)
    part, whole = inbox / f".{receipt_id}.part", inbox / f"{receipt_id}.{suffix}"
    try:
        digest, size = _written(request, part)
        receipt = Receipt(receipt_id, source, digest, size, whole.name, now)
        return receive(home, receipt, person().name, key, lambda: _appear(part, whole))
    except KeyUsedError as error:
        raise Refused(409, error.message) from None
    except (OSError, StoreError):
        raise Refused(503, "The document could not be kept. Try again later.", wait=60) from None
    finally:
        part.unlink(missing_ok=True)


def _suffix(request: flask.Request) -> str:
    kind = (request.mimetype or "").lower()
    if kind not in SUFFIXES or request.headers.get("Content-Encoding", "identity") != "identity":
        known = ", ".join(SUFFIXES)
        raise Refused(415, f"Send the document uncompressed, with a Content-Type of: {known}.")
    return SUFFIXES[kind]


def _key(request: flask.Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not KEY.fullmatch(key):
        raise Refused(400, "An Idempotency-Key has 1 to 200 visible ASCII characters.")
    return key


def _written(request: flask.Request, path: Path) -> tuple[str, int]:
    """Write the body to the disk; its hash and size. Raises Refused for one that is no document."""
    request.max_content_length = LARGEST
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o660)
    try:
        with os.fdopen(descriptor, "wb") as file:
            while piece := request.stream.read(PIECE):
                digest.update(piece)
                size += len(piece)
                if size > LARGEST:
                    raise RequestEntityTooLarge
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except RequestEntityTooLarge:
        megabytes = LARGEST // 1024**2
        raise Refused(413, f"A document may have {megabytes} MB. Send it in parts.") from None
    except ClientDisconnected:
        raise Refused(400, "The document was cut off before its end.") from None
    if size == 0 or request.content_length not in (None, size):
        raise Refused(400, "The document is empty, or was cut off before its end.")
    return digest.hexdigest(), size


def _appear(part: Path, whole: Path) -> None:
    """Let the whole document appear at once. Nobody is writing it any more, as its age tells."""
    past = part.stat().st_mtime - 60
    os.utime(part, (past, past))
    part.rename(whole)
    folder = os.open(whole.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _shown(receipt: Receipt) -> dict[str, object]:
    return {
        "receipt": receipt.receipt_id,
        "source": receipt.source,
        "state": receipt.state,
        "detail": receipt.detail,
        "sha256": receipt.sha256,
        "bytes": receipt.bytes,
        "received_at": receipt.received_at.isoformat(),
        "batch": receipt.batch_id,
    }


def _problem(refused: Refused) -> flask.Response:
    answer = refusal(refused.status, refused.detail)
    if refused.wait is not None:
        answer.headers["Retry-After"] = str(refused.wait)
    return answer
