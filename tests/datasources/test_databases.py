"""Promises of databases: every row that changed, nothing but what was asked, and never a write."""

import os
import sqlite3
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import Engine, event
from sqlalchemy.dialects import mssql, mysql, oracle

from datasources.base import Document, Order
from datasources.config import read_source
from datasources.kinds import databases, selecting
from datasources.kinds.keyset import Position, earlier, position_of
from domain.errors import CatalogueError, RecordError
from tests.datasources import mariadb, postgres
from tests.datasources.home import NOW, Delivery, Home

SOURCE = """
[desk]
kind = "sql"
record = "dossier"
url = "{url}"
{keys}
[desk.columns]
dossier_code = "ma_ho_so"
received_at = "ngay_nhan"
due_at = "ngay_hen"
updated_at = "cap_nhat"
competent_area = "xa"
status = "trang_thai"
[desk.values.status]
"DANG_XU_LY" = "4"
"DA_XONG" = "9"
"""
TABLE = 'table = "ho_so"'
INCREMENTAL = TABLE + '\nupdated = "cap_nhat"\nkey = "id"\noverlap_minutes = 30'
CREATE = """
create table ho_so (
    id integer primary key, ma_ho_so text, ngay_nhan {time}, ngay_hen date, cap_nhat {time},
    xa text, trang_thai text, nguoi_nop text
)
"""
INSERT = "insert into ho_so values ({id}, 'HS-{id}', '2020-07-15 08:30:00', '2020-07-16', {at}, "
INSERT += "'25', 'DA_XONG', 'Nguyễn Thị Canh')"


def row(number: int, at: str | None = "2020-07-16 09:00:00") -> str:
    return INSERT.format(id=number, at="null" if at is None else f"'{at}'")


def codes(delivery: Delivery) -> list[str]:
    return list(delivery.column("dossier_code"))


class Lite:
    """An SQLite file in a home."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.run(CREATE.format(time="text"))

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path.name}"

    def run(self, *statements: str) -> None:
        connection = sqlite3.connect(self.path)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()


@pytest.fixture
def lite(home: Home) -> Lite:
    return Lite(home.path / "mot_cua.db")


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    programs = postgres.programs()
    if programs is None:
        do_without("PostgreSQL")
    with postgres.running(Path(str(programs))) as found:
        yield found


@pytest.fixture(scope="session")
def maria() -> Iterator[mariadb.Server]:
    if not mariadb.is_installed():
        do_without("MariaDB")
    with mariadb.running() as found:
        yield found


def do_without(system: str) -> NoReturn:
    way_on = f"no {system} server is installed; run: deploy/setup.sh database"
    if os.environ.get("CI"):
        pytest.fail(way_on)
    pytest.skip(way_on)


@pytest.fixture
def postgresql(home: Home, server: postgres.Server) -> postgres.Server:
    server.run("drop table if exists ho_so cascade", CREATE.format(time="timestamptz"))
    server.run("alter database postgres set time zone 'Asia/Ho_Chi_Minh'")
    secret(home)
    return server


@pytest.fixture
def mysql_server(home: Home, maria: mariadb.Server) -> mariadb.Server:
    maria.run("drop table if exists ho_so", CREATE.format(time="datetime"))
    secret(home)
    return maria


def secret(home: Home) -> None:
    home.write("config/password", postgres.PASSWORD).chmod(0o600)


Database = Lite | postgres.Server | mariadb.Server


@pytest.fixture(params=["lite", "postgresql", "mysql_server"])
def database(request: pytest.FixtureRequest) -> Database:
    found: Database = request.getfixturevalue(request.param)
    return found


def collect(home: Home, database: Database, keys: str = TABLE, **given: Any) -> Delivery:
    if not isinstance(database, Lite):
        keys += '\npassword_file = "config/password"'
    home.configure(SOURCE.format(url=database.url, keys=keys))
    return home.collect("desk", **given)


def test_rows_become_records_and_other_columns_are_not_even_selected(
    home: Home, database: Database
) -> None:
    database.run(row(1))
    delivery = collect(home, database)
    [found] = delivery.rows()
    assert found["dossier_code"] == "HS-1"
    assert found["received_at"] == datetime(2020, 7, 15, 1, 30, tzinfo=UTC)
    assert found["due_at"] == datetime(2020, 7, 15, 17, tzinfo=UTC)
    assert found["status"] == 9
    assert found["competent_area"] == "25@"
    assert delivery.manifest["records_read"] == {"dossier": 1}


def test_only_what_changed_is_read_again_with_an_overlap(home: Home, database: Database) -> None:
    database.run(row(1, "2020-07-16 08:00:00"), row(2, "2020-07-16 09:00:00"))
    first = collect(home, database, INCREMENTAL)
    assert codes(first) == ["HS-1", "HS-2"]
    database.run(row(3, "2020-07-16 08:45:00"), row(4, "2020-07-16 10:00:00"))
    second = collect(home, database, INCREMENTAL, cursor=first.cursor)
    assert codes(second) == ["HS-3", "HS-2", "HS-4"]
    third = collect(home, database, INCREMENTAL, cursor=second.cursor)
    assert codes(third) == ["HS-4"]
    again = datetime(2020, 7, 16, 1, tzinfo=UTC)
    reread = collect(home, database, INCREMENTAL, cursor=third.cursor, reread_from=again)
    assert codes(reread) == ["HS-1", "HS-3", "HS-2", "HS-4"]


def test_rows_that_do_not_tell_when_they_changed_are_read_every_time(
    home: Home, database: Database
) -> None:
    database.run(row(1), row(2, None))
    first = collect(home, database, INCREMENTAL)
    assert codes(first) == ["HS-1", "HS-2"]
    database.run(row(3, None))
    second = collect(home, database, INCREMENTAL, cursor=first.cursor)
    assert codes(second) == ["HS-1", "HS-2", "HS-3"]


def test_many_rows_of_one_instant_are_each_read_once_part_by_part_and_run_by_run(
    home: Home, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selecting, "CHUNK", 10)
    monkeypatch.setattr(selecting, "SHARE", 0.0)
    database.run(*(row(number) for number in range(25)))
    cursor: dict[str, Any] = {}
    found: list[list[str]] = []
    for _ in range(3):
        delivery = collect(home, database, INCREMENTAL, cursor=cursor)
        cursor = delivery.cursor
        found.append(codes(delivery))
    assert found == [
        [f"HS-{number}" for number in numbers]
        for numbers in (range(10), range(10, 20), range(20, 25))
    ]
    assert cursor["position"]["done"] is True


def test_a_clock_that_is_fast_hides_nothing_that_comes_after(
    home: Home, database: Database
) -> None:
    ahead = f"{NOW + timedelta(days=30):%Y-%m-%d %H:%M:%S}"
    database.run(row(1, ahead))
    first = collect(home, database, INCREMENTAL)
    database.run(row(2, f"{NOW:%Y-%m-%d} 09:45:00"))
    second = collect(home, database, INCREMENTAL, cursor=first.cursor)
    assert codes(second) == ["HS-2", "HS-1"]


QUERY = '''query = """
select id, ma_ho_so, ngay_nhan, ngay_hen, cap_nhat, xa, trang_thai  -- all but the names
from ho_so where trang_thai <> '::x' and id > 1 -- the last line is a comment"""'''


def test_a_query_of_ones_own_is_a_table_like_any_other(home: Home, database: Database) -> None:
    database.run(row(1), row(2))
    keys = QUERY + '\nupdated = "cap_nhat"\nkey = "ID"'
    assert codes(collect(home, database, keys)) == ["HS-2"]


def test_a_missing_column_is_named_with_the_nearest(home: Home, database: Database) -> None:
    database.run("alter table ho_so rename column ngay_hen to ngay_hen_tra")
    error = collect(home, database).error
    assert error.startswith(
        "desk: ho_so has no column 'ngay_hen'. Did you mean 'ngay_hen_tra' or 'ngay_nhan'? "
    )
    assert error.endswith("Correct [desk.columns] due_at in config/sources.toml.")


def test_a_missing_table_is_told_in_a_sentence(home: Home, database: Database) -> None:
    error = collect(home, database, 'table = "ho_sa"').error
    assert "has no such table. Correct table or query" in error


@pytest.mark.parametrize(
    "statement", ["delete from ho_so", "select 1; delete from ho_so", "update ho_so set xa = 1"]
)
def test_what_is_no_single_select_is_refused_before_anything_is_asked(statement: str) -> None:
    with pytest.raises(CatalogueError, match="is not one select"):
        stanza({"query": statement})


def test_not_even_a_select_that_writes_can_write(home: Home, postgresql: postgres.Server) -> None:
    postgresql.run(
        row(1),
        "create or replace function wipe() returns setof ho_so language plpgsql as "
        "$$ begin delete from ho_so; return query select * from ho_so; end $$",
    )
    error = collect(home, postgresql, 'query = "select * from wipe()"').error
    assert "refuses the query: it would write. Write a plain select" in error
    assert codes(collect(home, postgresql)) == ["HS-1"]


def test_a_file_of_sqlite_is_opened_only_to_be_read(home: Home, lite: Lite) -> None:
    lite.run(row(1))
    lite.path.chmod(0o444)
    before = lite.path.read_bytes()
    assert codes(collect(home, lite)) == ["HS-1"]
    assert lite.path.read_bytes() == before
    lite.path.unlink()
    assert "there is no file mot_cua.db" in collect(home, lite).error
    assert not lite.path.exists()


SLOW: dict[type[Database], str] = {
    Lite: "with recursive n(i) as (select 1 union all select i + 1 from n) "
    "select ho_so.* from ho_so, n",
    postgres.Server: "select ho_so.* from ho_so, pg_sleep(30)",
    mariadb.Server: "select ho_so.* from ho_so where sleep(30) = 0",
}


def test_a_query_that_takes_too_long_is_stopped(home: Home, database: Database) -> None:
    database.run(row(1))
    keys = f'query = "{SLOW[type(database)]}"\nstatement_seconds = 0.5\nupdated = "cap_nhat"'
    error = collect(home, database, keys).error
    assert "was stopped: the query took too long" in error


@pytest.mark.parametrize("system", ["postgresql", "mysql_server"])
def test_a_wrong_password_and_a_closed_port_are_told_without_the_password(
    home: Home, system: str, request: pytest.FixtureRequest
) -> None:
    database: Database = request.getfixturevalue(system)
    home.write("config/password", "s3cret").chmod(0o600)
    error = collect(home, database).error
    assert error.startswith("desk: the database 127.0.0.1 ")
    assert "password_file" in error
    assert "s3cret" not in error
    home.configure(SOURCE.format(url="postgresql://ioc@127.0.0.1:9/x", keys=TABLE))
    assert "cannot be reached, or does not let us in" in home.collect("desk").error


def test_a_table_that_changes_while_it_is_read_is_seen_as_it_was_at_one_moment(
    home: Home, postgresql: postgres.Server
) -> None:
    postgresql.run(row(1), row(2, None))
    keys = INCREMENTAL + '\npassword_file = "config/password"'
    config = stanza(tomllib.loads(SOURCE.format(url=postgresql.url, keys=keys))["desk"])
    documents = databases.KIND.fetch(config, Order("desk", home.path, NOW))
    found = [next(documents)]
    # By now it would be among the rows that were read already, and no more among those to come.
    postgresql.run("update ho_so set cap_nhat = '2020-07-16 08:00:00' where id = 2")
    found += documents
    read = [
        pa.ipc.open_stream(one.content).read_all() for one in found if isinstance(one, Document)
    ]
    assert pa.concat_tables(read)["ma_ho_so"].to_pylist() == ["HS-1", "HS-2"]


TYPES = """
[kinds]
kind = "sql"
record = "observation"
url = "{url}"
password_file = "config/password"
decimal = ","
formats = ["dd.MM.yyyy"]
query = '''
select 'paper_saved' as m, '25' as a, date '2025-01-01' as f, '01.02.2025' as t,
       {numerator} as n, 3 as d, 1.50::numeric as v, true as r
'''
[kinds.columns]
metric = "m"
area = "a"
period_start = "f"
period_end = "t"
numerator = "n"
denominator = "d"
value = "v"
as_reported = "r"
"""


def test_numbers_days_and_flags_are_read_as_what_they_are(
    home: Home, postgresql: postgres.Server
) -> None:
    home.configure(TYPES.format(url=postgresql.url, numerator="2.5::float8"))
    [found] = home.collect("kinds").rows("observation")
    assert (found["numerator"], found["denominator"], found["value"]) == (2.5, 3.0, 1.5)
    assert [found[name].isoformat() for name in ("period_start", "period_end")] == [
        "2025-01-01",
        "2025-02-01",
    ]
    assert found["as_reported"] is True


def test_what_is_no_plain_value_refuses_its_row(home: Home, postgresql: postgres.Server) -> None:
    rows = r"select i, case when i = 7 then '\x00'::bytea end as n from generate_series(1, 40) i"
    text = TYPES.format(url=postgresql.url, numerator="x.n").replace("'25' as a", "i::text as a")
    home.configure(text.replace("true as r", f"true as r from ({rows}) x") + AREAS)
    delivery = home.collect("kinds")
    assert delivery.refusals == [(7, "numerator", "shape", "is not one plain value")]
    assert delivery.manifest["records_read"] == {"observation": 40}


AREAS = '[kinds.values.area]\n"*" = "25"\n'


def stanza(changed: dict[str, Any]) -> Any:
    columns = {"dossier_code": "a", "competent_area": "b"}
    given = {"kind": "sql", "record": "dossier", "url": "sqlite:///x.db", "columns": columns}
    return read_source("desk", {**given, **changed})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "needs either table or query"),
        ({"table": "t", "query": "select 1"}, "and not both"),
        ({"table": "t", "key": "id"}, "set updated beside it"),
        ({"table": "t", "url": "postgresql://ioc:pw@host/db"}, "holds a password"),
        ({"table": "t", "url": "db2://host/db"}, "begins with none of postgresql, mysql"),
        ({"table": "t", "url": "host/db"}, "is no address such as"),
        ({"table": "t", "url": "postgresql://h/db?passfile=x"}, "sets passfile; known are"),
    ],
)
def test_a_stanza_that_cannot_work_is_refused(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        stanza(changed)
    assert words in caught.value.message
    assert "pw" not in caught.value.message


@pytest.mark.parametrize(("system", "package"), [("mssql", "pymssql"), ("oracle", "oracledb")])
def test_a_system_whose_package_is_not_there_says_which_to_install(
    home: Home, system: str, package: str
) -> None:
    home.configure(SOURCE.format(url=f"{system}://ioc@127.0.0.1/x", keys=TABLE))
    error = home.collect("desk").error
    assert f"{system} is spoken by the package {package}, which is not installed" in error
    assert f"pip install '{package}'" in error


HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FORMS = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S+07:00", "%Y%m%d%H%M%S", "%Y/%m/%d %H:%M"]


@given(some.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)), some.sampled_from(FORMS))  # noqa: DTZ001
def test_a_text_moved_back_in_time_keeps_its_form_and_sorts_before(
    moment: datetime, form: str
) -> None:
    text = moment.strftime(form)
    back = earlier(text, timedelta(hours=30), HANOI)
    assert back == (moment - timedelta(hours=30)).strftime(form)
    assert back < text


def test_a_text_that_does_not_sort_by_time_is_no_mark() -> None:
    for text in ("31/12/2020", "2020-1-5", "version 7", ""):
        with pytest.raises(RecordError):
            earlier(text, timedelta(hours=1), HANOI)


@pytest.mark.parametrize(
    "updated",
    [
        datetime(2020, 7, 16, 1, 2, 3, 4, tzinfo=UTC),
        datetime(2020, 7, 16, 1, 2, 3),  # noqa: DTZ001  (a wall time)
        datetime(2020, 7, 16).date(),  # noqa: DTZ001
        "2020-07-16",
        77,
    ],
)
def test_a_position_is_the_same_after_it_was_kept(updated: Any) -> None:
    kept = Position(updated, "HS-1", done=True)
    assert position_of(kept.told()) == kept


ASKED = {
    "mssql": (
        "SELECT TOP __[POSTCOMPILE_param_1] [Mã], cap_nhat, [order] FROM main.[Ho so] "
        "WHERE cap_nhat IS NOT NULL AND "
        "(cap_nhat > :cap_nhat_1 OR cap_nhat = :cap_nhat_2 AND [order] > :order_1) "
        "ORDER BY cap_nhat, [order]"
    ),
    "mysql": (
        "SELECT `Mã`, cap_nhat, `order` FROM main.`Ho so` WHERE cap_nhat IS NOT NULL AND "
        "(cap_nhat > %s OR cap_nhat = %s AND `order` > %s) "
        "ORDER BY cap_nhat, `order` LIMIT %s"
    ),
    "oracle": (
        'SELECT "Mã", cap_nhat, "order" FROM main."Ho so" WHERE cap_nhat IS NOT NULL AND '
        '(cap_nhat > :cap_nhat_1 OR cap_nhat = :cap_nhat_2 AND "order" > :order_1) '
        'ORDER BY cap_nhat, "order" FETCH FIRST __[POSTCOMPILE_param_1] ROWS ONLY'
    ),
}
"""What is asked of the systems that no test can start, and of MySQL, from a position on."""


def test_each_system_is_asked_in_its_own_words_with_every_value_bound(
    home: Home, lite: Lite
) -> None:
    lite.run('create table "Ho so" ("Mã" text, cap_nhat text, "order" integer, xa text)')
    given = {"url": f"sqlite:///{lite.path}", "table": "main.Ho so", "key": "order"}
    columns = {"dossier_code": "Mã", "competent_area": "Mã"}
    config = stanza({**given, "updated": "cap_nhat", "columns": columns})
    position = Position("2020-07-16 09:00:00", 7, done=False)
    order = Order("desk", home.path, NOW, {"position": position.told()}, sample=True)
    heard: list[Any] = []

    def hear(_connection: object, statement: Any, *_: object) -> None:
        heard.append(statement)

    event.listen(Engine, "before_execute", hear)
    try:
        list(databases.KIND.fetch(config, order))
    finally:
        event.remove(Engine, "before_execute", hear)
    [asked] = [one for one in heard if "ORDER BY" in str(one)]
    dialects: dict[str, Any] = {"mssql": mssql, "mysql": mysql, "oracle": oracle}
    said = {name: str(asked.compile(dialect=one.dialect())) for name, one in dialects.items()}
    assert {name: " ".join(text.split()) for name, text in said.items()} == ASKED
