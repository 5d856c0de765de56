"""The same promise for dossiers, catalogues, feedback, figures and submissions: all or a sentence.

Mutated by chance: torn bytes, fields and rows replaced, columns left out, values nobody expects.
"""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import strategies as some

from domain.area import register
from tests.datasources.home import PAYLOADS
from tests.datasources.test_submissions import SENT, SOURCES
from tests.faults.mutating import STRANGE, TREE, Kept, Trial, changed, strike, torn

pytestmark = pytest.mark.timeout(1800)

PERMITS = """
[source]
kind = "csv"
record = "dossier"
path = "in/*.csv"
within = "25"
[source.columns]
dossier_code = "SoHoSo"
channel = "HinhThuc"
received_at = "NgayNhan"
due_at = "HanTra"
finished_at = "NgayXong"
competent_area = "DonVi"
[source.values.channel]
"Trực tuyến" = "online"
"*" = "direct"
"""
PLAIN = """
[source]
kind = "{kind}"
path = "{path}"
"""
FORM = SOURCES.replace("[work]", "[source]")
FIGURES = [
    ["metric", "area", "period_start", "period_end", "numerator", "denominator", "value"],
    *(
        ["work_files_online_rate", "25", f"{year}-0{month}-01", f"{year}-0{month + 1}-01", 8, 9, ""]
        for year in range(2021, 2026)
        for month in range(1, 9)
    ),
]
COMMUNES = register().children("25@2025-07-01", SENT.period_start)[:40]


def rows_of(name: str) -> list[list[Any]]:
    text = (PAYLOADS / name).read_text(encoding="utf-8")
    header, *rows = csv.reader(io.StringIO(text))
    return [header, *([f"{row[0]}-{turn}", *row[1:]] for turn in range(20) for row in rows)]


def written(rows: list[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


@some.composite
def rewritten(draw: some.DrawFn, whole: Kept[list[list[Any]]]) -> bytes:
    """The file with some cells replaced, columns renamed, or fields too many and too few."""
    rows: list[list[Any]] = [list(row) for row in whole.value]
    for _ in range(draw(some.integers(1, 4))):
        row = rows[draw(some.integers(0, len(rows) - 1))]
        match draw(some.sampled_from(["cell", "more", "fewer"])):
            case "cell" if row:
                row[draw(some.integers(0, len(row) - 1))] = draw(STRANGE)
            case "more":
                row.append(draw(STRANGE))
            case "fewer" if row:
                row.pop()
    return written(rows)


# A row of the wrong width that is not UTF-8 cannot be shown to us: pyarrow says so on the side,
# and the file is refused.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("kind", "stanza", "rows"),
    [
        ("csv", PERMITS, rows_of("one_stop.csv")),
        (
            "feedback.csv",
            PLAIN.format(kind="feedback", path="in"),
            rows_of("feedback/feedback.csv"),
        ),
        ("observations", PLAIN.format(kind="observations", path="in/*.csv"), FIGURES),
    ],
    ids=["csv", "feedback", "observations"],
)
def test_mutated_files_of_rows(
    trial: Callable[[str, str], Trial],
    fault_number: int,
    verdicts: list[str],
    kind: str,
    stanza: str,
    rows: list[list[Any]],
) -> None:
    payloads = some.one_of(torn(Kept(written(rows))), rewritten(Kept(rows)))
    strike(trial(stanza, "in/a.csv"), payloads, fault_number, verdicts, kind)


@pytest.mark.parametrize(
    ("kind", "name", "key"),
    [
        ("dvcqg", "dvcqg_dossiers.json", "data"),
        ("dvcqg", "dvcqg_steps.json", "data"),
        ("procedures", "procedures/procedures.json", "result"),
        ("feedback", "feedback/feedback.json", "data"),
        ("organisations", "organisations/organisations.json", ""),
    ],
)
def test_mutated_lists_of_records(
    trial: Callable[[str, str], Trial],
    fault_number: int,
    verdicts: list[str],
    kind: str,
    name: str,
    key: str,
) -> None:
    answer = json.loads((PAYLOADS / name).read_text(encoding="utf-8"))
    items = answer[key] if key else answer

    def told(items: Any) -> bytes:
        return json.dumps({**answer, key: items} if key else items).encode()

    payloads = some.one_of(
        torn(Kept(told(items))), changed(Kept(items * 6)).map(told), TREE.map(told)
    )
    stanza = PLAIN.format(kind=kind, path="in")
    strike(trial(stanza, "in/a.json"), payloads, fault_number, verdicts, name)


def test_mutated_submissions(
    trial: Callable[[str, str], Trial], fault_number: int, verdicts: list[str]
) -> None:
    first = SENT.figures[0]
    figures = [msgspec.structs.replace(first, area=one.area_id) for one in COMMUNES]
    whole = msgspec.structs.replace(SENT, source="source", figures=figures)
    sent = msgspec.to_builtins(whole)

    def told(figures: Any) -> bytes:
        return json.dumps({**sent, "figures": figures}).encode()

    def recounted(counts: list[int]) -> bytes:
        pairs = zip(sent["figures"], counts, strict=True)
        return told([{**figure, "numerator": count} for figure, count in pairs])

    payloads = some.one_of(
        torn(Kept(told(sent["figures"]))),
        changed(Kept(sent["figures"])).map(told),
        changed(Kept([sent])).map(lambda items: json.dumps(items[0]).encode()),
        some.lists(some.integers(-1, 200), min_size=40, max_size=40).map(recounted),
    )
    place = "inbox/source/ready/a.json"
    strike(trial(FORM, place), payloads, fault_number, verdicts, "submissions")
