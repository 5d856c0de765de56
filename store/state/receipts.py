"""Receipts of pushed documents: what came when, and what became of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection, Row
from typing import Literal

from domain.errors import StoreError
from store.state.database import opened, written

State = Literal["received", "held", "loaded", "failed", "refused"]

SCHEMA = """
create table if not exists receipt (
    receipt_id text primary key,
    source text not null,
    token_id text not null,
    idempotency_key text,
    sha256 text not null,
    bytes integer not null,
    file text not null,
    received_at text not null,
    state text not null default 'received',
    detail text not null default '',
    batch_id integer,
    settled_at text,
    unique (source, idempotency_key)
);
create index if not exists receipt_of_source on receipt (source, received_at);
"""


@dataclass(frozen=True)
class Receipt:
    """One pushed document. `file` is our own name for it in the inbox."""

    receipt_id: str
    source: str
    sha256: str
    bytes: int
    file: str
    received_at: datetime
    state: State = "received"
    detail: str = ""
    batch_id: int | None = None


class KeyUsedError(StoreError):
    """An idempotency key that came with another document before."""


def receive(
    home: Path, receipt: Receipt, token_id: str, key: str | None, appear: Callable[[], object]
) -> Receipt:
    """Keep a receipt, or answer with the one its key was given before.

    `appear` puts the document where the collector finds it. It is called before the receipt is
    final, so there is never a receipt without its document; and the collector, which settles
    receipts here too, has to wait until it is. Raises KeyUsedError where the key came with
    another document.
    """
    with opened(home, SCHEMA) as state:
        if key is not None and (earlier := _with_key(state, receipt.source, key)):
            if earlier.sha256 != receipt.sha256:
                raise KeyUsedError(
                    "This Idempotency-Key came with another document before. Use a new one."
                )
            return earlier
        state.execute(
            "insert into receipt (receipt_id, source, token_id, idempotency_key, sha256, bytes,"
            " file, received_at) values (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                receipt.receipt_id,
                receipt.source,
                token_id,
                key,
                receipt.sha256,
                receipt.bytes,
                receipt.file,
                written(receipt.received_at),
            ),
        )
        appear()
    return receipt


def receipt_of(home: Path, source: str, receipt_id: str) -> Receipt | None:
    """One receipt of a source; None if there is none."""
    with opened(home, SCHEMA) as state:
        row = state.execute(
            "select * from receipt where source = ? and receipt_id = ?", (source, receipt_id)
        ).fetchone()
    return None if row is None else _receipt(row)


def received_since(home: Path, source: str, since: datetime) -> int:
    """How many documents a source has pushed since an instant."""
    with opened(home, SCHEMA) as state:
        (number,) = state.execute(
            "select count(*) from receipt where source = ? and received_at > ?",
            (source, written(since)),
        ).fetchone()
    return int(number)


def settle(
    home: Path,
    source: str,
    files: Iterable[str],
    state: State,
    now: datetime,
    detail: str = "",
    batch_id: int | None = None,
) -> None:
    """Note what became of documents, by the names we gave them."""
    told = [(state, detail, batch_id, written(now), source, file) for file in files]
    with opened(home, SCHEMA) as database:
        database.executemany(
            "update receipt set state = ?, detail = ?, batch_id = ?, settled_at = ?"
            " where source = ? and file = ?",
            told,
        )


def _with_key(state: Connection, source: str, key: str) -> Receipt | None:
    row = state.execute(
        "select * from receipt where source = ? and idempotency_key = ?", (source, key)
    ).fetchone()
    return None if row is None else _receipt(row)


def _receipt(row: Row) -> Receipt:
    return Receipt(
        row["receipt_id"],
        row["source"],
        row["sha256"],
        row["bytes"],
        row["file"],
        datetime.fromisoformat(row["received_at"]),
        row["state"],
        row["detail"],
        row["batch_id"],
    )
