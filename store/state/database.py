"""Opening `app.sqlite`: every commit reaches the disk, and a writer waits for another."""

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from domain.errors import StoreError

FILE = "app.sqlite"
PATIENCE_SECONDS = 10.0
SAFE = "pragma journal_mode = wal; pragma synchronous = full;"


@contextmanager
def opened(
    home: Path, schema: str, patience: float = PATIENCE_SECONDS
) -> Iterator[sqlite3.Connection]:
    """A connection for one piece of work, which is kept whole or not at all.

    `schema` makes the tables it needs where they are missing; `patience` is how long another
    writer is waited for, in seconds. Raises StoreError.
    """
    with _connected(home, schema, patience) as connection, connection:
        connection.execute("begin immediate")
        yield connection


@contextmanager
def consulted(
    home: Path, schema: str, patience: float = PATIENCE_SECONDS
) -> Iterator[sqlite3.Connection]:
    """A connection for a look: it changes nothing and waits for no writer. Raises StoreError."""
    with _connected(home, schema, patience) as connection:
        connection.execute("pragma query_only = true")
        yield connection


class _Kept(sqlite3.Connection):
    """A connection that closes when nothing holds it any more, as when its thread has ended."""

    def __del__(self) -> None:
        self.close()


class Lookout:
    """A look at the file that costs no opening: each thread keeps its connection."""

    def __init__(self, home: Path, schema: str, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._path = home / FILE
        self._home, self._schema = home, schema
        self._kept = threading.local()

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[sqlite3.Row]:
        """The rows of a query; none while there is no file. Raises StoreError."""
        try:
            return self._connection().execute(sql, params).fetchall()
        except FileNotFoundError:
            return []
        except (OSError, sqlite3.Error) as error:
            self._kept.__dict__.clear()
            raise _unusable(self._path, error) from error

    def _connection(self) -> sqlite3.Connection:
        """This thread's connection, to the file that is there now and in this process."""
        stat = self._path.stat()
        identity = (stat.st_dev, stat.st_ino, os.getpid())
        if getattr(self._kept, "identity", None) != identity:
            with consulted(self._home, self._schema, self._patience):
                pass  # its tables are there from now on
            connection = sqlite3.connect(
                self._path, timeout=self._patience, factory=_Kept, check_same_thread=False
            )
            connection.row_factory = sqlite3.Row
            connection.execute("pragma query_only = true")
            self._kept.connection, self._kept.identity = connection, identity
        return self._kept.connection  # type: ignore[no-any-return]  # threads keep what they like


@contextmanager
def _connected(home: Path, schema: str, patience: float) -> Iterator[sqlite3.Connection]:
    path = home / FILE
    try:
        if not path.exists():
            home.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o660)  # it holds what strangers of this machine must not read
        with closing(sqlite3.connect(path, timeout=patience)) as connection:
            connection.row_factory = sqlite3.Row
            connection.executescript(SAFE + schema)
            yield connection
    except (OSError, sqlite3.Error) as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: Exception) -> StoreError:
    return StoreError(f"{path} cannot be used: {error}. Check the disk and its owner.")


def written(moment: datetime) -> str:
    """An instant as the file holds it: UTC, and sorted as text is."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def read(text: str | None) -> datetime | None:
    """An instant from the file."""
    return None if text is None else datetime.fromisoformat(text)
