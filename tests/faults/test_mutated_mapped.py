"""Whatever becomes of a payload on its way: a sentence or a batch whose books balance, never half.

JSON, workbooks and databases, mutated by chance: torn bytes, and values that nobody expects.
"""

import io
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from store import Warehouse
from tests.datasources.books import workbook
from tests.datasources.home import NOW, PAYLOADS, Delivery, Home
from tests.store.landed import NO_RESERVE

EXAMPLES = 5
Value = TypeVar("Value")
PERMITS = """
[source]
kind = "json"
record = "dossier"
path = "in/*.json"
items = "result.records"
[source.columns]
dossier_code = "num_expediente"
received_at = "fecha_entrada"
due_at = "fecha_limite"
finished_at = "fecha_resolucion"
status = "estado"
competent_area = "_id"
[source.values.status]
"En trámite" = "4"
"Concedida" = "9"
"Denegada" = "3"
"Desistida" = "7"
[source.values.competent_area]
"*" = "25"
"""
REQUESTS = """
[source]
kind = "json"
record = "feedback"
path = "in/*.ndjson"
within = "25"
[source.columns]
feedback_code = "service_request_id"
received_at = "requested_datetime"
due_at = "expected_datetime"
status = "status"
area = "service_code"
[source.values.status]
"open" = "processing"
"closed" = "answered"
[source.values.area]
"*" = "25"
"""
QUARTER = """
[source]
kind = "xlsx"
record = "observation"
path = "in/*.xlsx"
header_row = 3
skip = ["Tổng cộng"]
[source.columns]
metric = "Chỉ tiêu"
area = "Mã đơn vị"
period_start = "Từ ngày"
period_end = "Đến trước ngày"
numerator = "Đạt"
denominator = "Tổng số"
value = "Số lượng"
[source.values.metric]
"Lãnh đạo có chứng thư số" = "leaders_certified_rate"
"*" = "certificates_issued"
"""
TASKS = """
[source]
kind = "sql"
record = "observation"
url = "sqlite:///in/a.db"
table = "nhiem_vu"
updated = "ngay_giao"
key = "so"
[source.columns]
metric = "so"
area = "don_vi"
period_start = "ngay_giao"
period_end = "han"
numerator = "so"
value = "so"
[source.values.metric]
"*" = "tasks_counted"
[source.values.numerator]
"*" = "1"
[source.values.value]
"*" = "1"
"""

STRANGE = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(),
    some.floats(),
    some.text(max_size=20),
    some.dates().map(str),
    some.sampled_from(["", " ", "0", "-1", "00/00/0000", "31/02/2025", "\0", "=1+1", "9" * 400]),
)
TREE = some.recursive(
    STRANGE,
    lambda inner: (
        some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


class Kept(Generic[Value]):
    """A value that hypothesis does not print wherever it names a test case."""

    def __init__(self, value: Value) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "Kept(…)"


@some.composite
def torn(draw: some.DrawFn, whole: Kept[bytes]) -> bytes:
    """The bytes cut off, or a few of them overwritten, left out or doubled."""
    content = whole.value
    for _ in range(draw(some.integers(1, 3))):
        at = draw(some.integers(0, max(len(content) - 1, 0)))
        length = draw(some.integers(1, 40))
        match draw(some.sampled_from(["cut", "noise", "gap", "double"])):
            case "cut":
                content = content[:at]
            case "noise":
                noise = draw(some.binary(min_size=1, max_size=length))
                content = content[:at] + noise + content[at + len(noise) :]
            case "gap":
                content = content[:at] + content[at + length :]
            case "double":
                content = content[:at] + content[at : at + length] * 2 + content[at + length :]
    return content


@some.composite
def changed(draw: some.DrawFn, whole: Kept[list[dict[str, Any]]]) -> list[Any]:
    """Some values, keys or whole items replaced."""
    items = whole.value
    found: list[Any] = [dict(one) for one in items]
    for _ in range(draw(some.integers(1, 4))):
        at = draw(some.integers(0, len(found) - 1))
        what = draw(some.sampled_from(["value", "key", "item"]))
        if what == "item" or not isinstance(found[at], dict):
            found[at] = draw(TREE)
            continue
        key = draw(some.sampled_from(sorted(items[at])))
        if what == "key":
            found[at].pop(key, None)
            key = draw(some.text(max_size=8))
        found[at][key] = draw(TREE)
    return found


class Trial:
    """One home, into which payload after payload comes; every batch is loaded."""

    def __init__(self, path: Path, sources: str, name: str) -> None:
        self.home = Home(path)
        self.home.configure(sources)
        self.name = name
        self.warehouse = Warehouse.open(path, reserve=NO_RESERVE)
        self.tried = self.refused = 0

    def put(self, content: bytes) -> None:
        """Read one payload, and see that it left a sentence or a whole batch."""
        self.tried += 1
        self.home.write(self.name, content)
        before = set(self.home.path.glob("landing/*/*"))
        delivery = self.home.collect("source")
        if delivery.outcome.folder is None:
            self.refused += 1
            assert "unforeseen" not in delivery.error, delivery.error
            assert set(self.home.path.glob("landing/*/*")) == before
            return
        self._balances(delivery)

    def _balances(self, delivery: Delivery) -> None:
        told = delivery.manifest
        for kind, read in told["records_read"].items():
            kept = pq.read_table(delivery.folder / f"records-{kind}.parquet").num_rows
            assert read == kept + told["rejected"].get(kind, 0)
        result = self.warehouse.load(delivery.folder, NOW).total
        assert result.read == sum(told["records_read"].values())
        parts = (result.new, result.changed, result.unchanged, result.duplicate, result.rejected)
        assert result.read == sum(parts)


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Callable[[str, str], Trial]]:
    made: list[Trial] = []

    def make(sources: str, name: str) -> Trial:
        made.append(Trial(tmp_path, sources, name))
        return made[-1]

    yield make
    for one in made:
        one.warehouse.close()


def strike(
    trial: Trial, payloads: some.SearchStrategy[bytes], number: int, verdicts: list[str], kind: str
) -> None:
    """Put so many payloads, chosen by chance, and tell what became of them."""

    @settings(
        max_examples=number * EXAMPLES,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
    )
    @given(some.builds(Kept, payloads))
    def each(payload: Kept[bytes]) -> None:
        trial.put(payload.value)

    each()
    told = f"{trial.tried} payloads, {trial.refused} refused whole, 0 half, 0 unbalanced"
    verdicts.append(f"mutated {kind}: {told}")


PAGE = json.loads((PAYLOADS / "ckan_permits.json").read_text(encoding="utf-8"))
ITEMS = PAGE["result"]["records"]
SERVICE = json.loads((PAYLOADS / "open311_requests.json").read_text(encoding="utf-8"))


def page(items: list[Any]) -> bytes:
    return json.dumps({**PAGE, "result": {**PAGE["result"], "records": items}}).encode()


def lines(items: list[Any]) -> bytes:
    return "\n".join(json.dumps(one) for one in items).encode()


def test_mutated_answers_of_json(
    trial: Callable[[str, str], Trial], fault_number: int, verdicts: list[str]
) -> None:
    whole = Kept(json.dumps(PAGE, ensure_ascii=False).encode())
    payloads = some.one_of(
        torn(whole), changed(Kept(ITEMS * 4)).map(page), TREE.map(json.dumps).map(str.encode)
    )
    strike(trial(PERMITS, "in/a.json"), payloads, fault_number, verdicts, "json")


def test_mutated_lines_of_json(
    trial: Callable[[str, str], Trial], fault_number: int, verdicts: list[str]
) -> None:
    payloads = some.one_of(torn(Kept(lines(SERVICE))), changed(Kept(SERVICE * 4)).map(lines))
    strike(trial(REQUESTS, "in/a.ndjson"), payloads, fault_number, verdicts, "ndjson")


CELLS: list[list[Any]] = [
    ["BÁO CÁO"],
    [],
    ["Chỉ tiêu", "Mã đơn vị", "Từ ngày", "Đến trước ngày", "Đạt", "Tổng số", "Số lượng"],
    *(["Lãnh đạo có chứng thư số", "04", date(2025, 7, 1), date(2025, 10, 1), 5, 7, None],) * 40,
]
CELL = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(-(10**15), 10**15),
    some.floats(allow_nan=False, allow_infinity=False),
    some.text(some.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20),
    some.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001  (wall times)
)


@some.composite
def rewritten(draw: some.DrawFn) -> bytes:
    """The report with some cells replaced."""
    cells = [list(row) for row in CELLS]
    for _ in range(draw(some.integers(1, 6))):
        row = cells[draw(some.integers(0, len(cells) - 1))]
        if row:
            row[draw(some.integers(0, len(row) - 1))] = draw(CELL)
    return workbook(cells)


@some.composite
def repacked(draw: some.DrawFn, whole: Kept[bytes]) -> bytes:
    """One part of the archive torn, the archive itself whole."""
    with zipfile.ZipFile(io.BytesIO(whole.value)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = draw(some.sampled_from(sorted(parts)))
    parts[name] = draw(torn(Kept(parts[name])))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    return file.getvalue()


def test_mutated_workbooks(
    trial: Callable[[str, str], Trial], fault_number: int, verdicts: list[str]
) -> None:
    whole = Kept((PAYLOADS / "office_quarter.xlsx").read_bytes())
    payloads = some.one_of(torn(whole), repacked(whole), rewritten())
    strike(trial(QUARTER, "in/a.xlsx"), payloads, fault_number, verdicts, "xlsx")


COLUMNS = ("so", "don_vi", "ngay_giao", "han", "ngay_xong")


@some.composite
def inserted(draw: some.DrawFn, whole: Kept[bytes], folder: Path) -> bytes:
    """The table with values of any type in any column: SQLite keeps them all."""
    path = folder / "draft.db"
    path.write_bytes(whole.value)
    with closing(sqlite3.connect(path)) as connection:
        for _ in range(draw(some.integers(1, 4))):
            column = draw(some.sampled_from(COLUMNS[1:]))
            value = draw(STRANGE.filter(writable) | some.binary(max_size=8))
            kind = draw(some.sampled_from(["?", "cast(? as text)"]))
            row = draw(some.integers(0, 59))
            where = "(select so from nhiem_vu limit 1 offset ?)"
            statement = f"update or ignore nhiem_vu set {column} = {kind} where so = {where}"
            connection.execute(statement, (value, row))
        connection.commit()
    return path.read_bytes()


def writable(value: Any) -> bool:
    """Whether SQLite takes a value: 64 bits, and text of whole letters."""
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) < 2**63
    return not isinstance(value, str) or value.isprintable()


def test_mutated_databases(
    trial: Callable[[str, str], Trial], fault_number: int, verdicts: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "whole.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((PAYLOADS / "office_tasks.sql").read_text(encoding="utf-8"))
    whole = Kept(path.read_bytes())
    payloads = some.one_of(torn(whole), inserted(whole, tmp_path))
    strike(trial(TASKS, "in/a.db"), payloads, fault_number, verdicts, "sql")
