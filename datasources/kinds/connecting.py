"""Connections to other people's databases: to read, in one transaction, and not for ever.

The words of a driver may quote rows and accounts; a person gets ours.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from domain.errors import SourceError

CONNECT_SECONDS = 10
STEPS = 100_000


class Driver(NamedTuple):
    """How one system is spoken to: by which package, and how it is told to give up."""

    name: str
    module: str
    package: str
    give_up: Mapping[str, int]


DRIVERS: Mapping[str, Driver] = {
    "postgresql": Driver(
        "postgresql+psycopg", "psycopg", "psycopg[binary]", {"connect_timeout": CONNECT_SECONDS}
    ),
    "mysql": Driver(
        "mysql+pymysql", "pymysql", "pymysql", {"connect_timeout": CONNECT_SECONDS}
    ),
    "mariadb": Driver(
        "mariadb+pymysql", "pymysql", "pymysql", {"connect_timeout": CONNECT_SECONDS}
    ),
    "mssql": Driver("mssql+pymssql", "pymssql", "pymssql", {"login_timeout": CONNECT_SECONDS}),
    "oracle": Driver(
        "oracle+oracledb", "oracledb", "oracledb", {"tcp_connect_timeout": CONNECT_SECONDS}
    ),
    "sqlite": Driver("sqlite", "sqlite3", "", {}),
}  # fmt: skip
MYSQL = ("mysql", "mariadb")
READS_FOR = ("pymysql", "pymssql")
"""Drivers that give up by a limit of their own, named `read_timeout` or `timeout`."""

OPTIONS = frozenset({"sslmode", "sslrootcert", "ssl_ca", "charset", "service_name"})

FACTS: Mapping[str, tuple[str, str]] = {
    "28P01": ("refuses the account", "Check the name in url, and password_file"),
    "28000": ("refuses the account", "Check the name in url, and password_file"),
    "3D000": ("has no such database", "Correct url"),
    "42501": ("does not let this account read that", "Grant it select, and nothing more"),
    "25006": ("refuses the query: it would write", "Write a plain select"),
    "57014": ("was stopped: the query took too long", "Add an index, or raise statement_seconds"),
    "42P01": ("has no such table", "Correct table or query"),
    "42703": ("has no such column", "Correct query"),
    "42601": ("cannot read the query", "Try it in the database's own tool first"),
    "22021": ("holds text that is not written in its own encoding", "Mend those rows"),
    "XX001": ("is damaged", "Restore it, or export it again"),
}
"""What a state of the SQL standard means for a person, and the way on."""

UNREACHED = ("cannot be reached, or does not let us in", "Check url, and password_file")
UNKNOWN = ("breaks off, or refuses the query", "Try it in the database's own tool first")

NUMBERS: Mapping[int, str] = {
    1044: "28000",
    1045: "28000",
    1049: "3D000",
    1142: "42501",
    1143: "42501",
    1792: "25006",
    1969: "57014",
    3024: "57014",
    1146: "42P01",
    1054: "42703",
    1064: "42601",
}
"""MySQL and MariaDB number their complaints."""

SAYINGS: Mapping[str, str] = {
    "interrupted": "57014",
    "readonly database": "25006",
    "no such table": "42P01",
    "no such column": "42703",
    "syntax error": "42601",
    "decode to UTF-8": "22021",
    "malformed": "XX001",
    "not a database": "XX001",
}
"""SQLite has no states; its own words are fixed."""


def checked_url(url: str) -> URL:
    """An address without a password, of a system that is known. Raises ValueError."""
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        raise ValueError("is no address such as postgresql://account@host/database") from None
    system = parts.get_backend_name()
    if system not in DRIVERS:
        raise ValueError(f"begins with none of {', '.join(DRIVERS)}")
    if parts.password is not None:
        raise ValueError("holds a password: put it into a file, and name that in password_file")
    if unknown := sorted(set(parts.query) - OPTIONS):
        raise ValueError(f"sets {', '.join(unknown)}; known are {', '.join(sorted(OPTIONS))}")
    return parts.set(drivername=DRIVERS[system].name)


@contextmanager
def read_only(
    url: URL, home: Path, source: str, password: str | None, seconds: float
) -> Iterator[Connection]:
    """A transaction that can only read. `seconds` bound each statement. Raises SourceError."""
    system = url.get_backend_name()
    driver = DRIVERS[system]
    if driver.package and find_spec(driver.module) is None:
        fact = f"{system} is spoken by the package {driver.package}, which is not installed"
        way_on = f"Run: .venv/bin/pip install '{driver.package}'"
        raise SourceError(source, fact, way_on)
    engine = _engine(url, home, source, password, seconds)
    try:
        with _connected(engine, url, source) as connection:
            _bound(connection, seconds)
            yield connection
    except SQLAlchemyError as error:
        fact, way_on = FACTS.get(_state(error, url), UNKNOWN)
        raise SourceError(source, f"{_place(url)} {fact}", way_on) from None
    finally:
        engine.dispose()


def _connected(engine: Engine, url: URL, source: str) -> Connection:
    try:
        return engine.connect()
    except SQLAlchemyError as error:
        fact, way_on = FACTS.get(_state(error, url), UNREACHED)
        raise SourceError(source, f"{_place(url)} {fact}", way_on) from None


def _engine(url: URL, home: Path, source: str, password: str | None, seconds: float) -> Engine:
    driver = DRIVERS[url.get_backend_name()]
    given: dict[str, Any] = dict(driver.give_up)
    if driver.module in READS_FOR:
        given["read_timeout" if driver.module == "pymysql" else "timeout"] = int(seconds) + 1
    if driver.module == "pymysql" and password is not None:
        # It would write a text in Latin-1, which has few of Vietnam's letters.
        given["password"] = password.encode()
    if driver.name != "sqlite":
        return create_engine(url.set(password=password), poolclass=NullPool, connect_args=given)
    path = home / Path(url.database or "").expanduser()
    if not path.is_file():
        fact = f"there is no file {url.database}"
        raise SourceError(source, fact, "Correct url in config/sources.toml")
    to_read = URL.create("sqlite", database=f"file:{path}", query={"mode": "ro", "uri": "true"})
    return create_engine(to_read, poolclass=NullPool)


def _bound(connection: Connection, seconds: float) -> None:
    """Make the connection one that reads, of one moment, with a limit for each statement."""
    limit = max(int(seconds * 1000), 1)
    match connection.dialect.name:
        case "postgresql":
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            connection.execute(text(f"set local statement_timeout = {limit}"))
        case "mysql" | "mariadb":
            if getattr(connection.dialect, "is_mariadb", False):
                connection.execute(text(f"set session max_statement_time = {limit / 1000}"))
            else:
                connection.execute(text(f"set session max_execution_time = {limit}"))
            connection.execute(text("set session transaction read only"))
            connection.rollback()
        case "oracle":
            driver: Any = connection.connection.driver_connection
            driver.call_timeout = limit
            connection.execute(text("set transaction read only"))
        case "sqlite":
            _bound_sqlite(connection, seconds)


def _bound_sqlite(connection: Connection, seconds: float) -> None:
    """SQLite looks at the clock every so many steps of its machine."""
    connection.execute(text("pragma query_only = on"))
    driver: Any = connection.connection.driver_connection
    ends = [time.monotonic() + seconds]

    @event.listens_for(connection, "before_cursor_execute")
    def restart(*_: object) -> None:
        ends[0] = time.monotonic() + seconds

    driver.set_progress_handler(lambda: time.monotonic() > ends[0], STEPS)


def _state(error: SQLAlchemyError, url: URL) -> str:
    """The state of the SQL standard that a driver's complaint stands for; empty if unknown."""
    original: Any = error.orig if isinstance(error, DBAPIError) else None
    if url.get_backend_name() == "sqlite":
        words = str(original)
        return next((code for saying, code in SAYINGS.items() if saying in words), "")
    if url.get_backend_name() in MYSQL:
        return NUMBERS.get(original.args[0], "") if original and original.args else ""
    return str(getattr(original, "sqlstate", None) or "")


def _place(url: URL) -> str:
    return f"the database {url.host or url.database or ''}".strip()
