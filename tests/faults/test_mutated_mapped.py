"""Whatever becomes of a payload on its way: a sentence or a batch whose books balance, never half.

JSON, workbooks and databases, mutated by chance: torn bytes, and values that nobody expects.
"""

import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as some

from tests.datasources.books import workbook
from tests.datasources.home import PAYLOADS
from tests.faults.mutating import STRANGE, TREE, Kept, Trial, changed, strike, torn

pytestmark = pytest.mark.timeout(1800)

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
