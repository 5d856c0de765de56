"""Promises of the page of submissions: who may, how large, and a sentence for everything."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from dash import Dash
from flask.testing import FlaskClient

from commands.submission_desk import SubmissionDesk
from dashboards import submissions
from dashboards.access import CALLBACKS_ENDPOINT, READ, SUBMIT, Access, Person
from dashboards.components.submission_preview import preview_panel, retry_note
from dashboards.components.submissions import entries_panel
from dashboards.data import Visit
from dashboards.pages import PAGES
from dashboards.submitting import Choice, Preview, Problem, Refused, Row
from dashboards.text import words
from domain.scope import EVERYTHING, Scope
from metrics.rules import rules
from tests.dashboards.conftest import NOW
from tests.dashboards.reading import elements, text_of
from tests.datasources.filling import filled

SOURCES = """
[work]
kind = "submissions"
metrics = ["work_files_online_rate"]
grain = "month"
areas = ["25", "25/commune"]
"""
WHERE = "/submissions/work/2026-10/25"
LAN = Person("lan", frozenset({READ, SUBMIT}), EVERYTHING)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "sources.toml").write_text(SOURCES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def desk(folder: Path) -> SubmissionDesk:
    return SubmissionDesk(folder, lambda: rules(folder / "config"), lambda: NOW)


Asking = Callable[[Person], FlaskClient]


@pytest.fixture
def asking(desk: SubmissionDesk) -> Asking:
    """A client in somebody's name."""

    def asking_as(person: Person) -> FlaskClient:
        app = Dash("small", suppress_callback_exceptions=True)
        app.layout = []
        submissions.register(Access(app, lambda: person), desk)
        app.server.config["MAX_CONTENT_LENGTH"] = 256 * 1024
        client: FlaskClient = app.server.test_client()
        return client

    return asking_as


def put(client: FlaskClient, body: bytes, where: str = WHERE) -> str:
    answer = client.post(f"{where}?lang=vi", data=body, content_type="application/octet-stream")
    assert answer.status_code == 200
    return text_of((answer.json or {})["tree"])


def test_the_form_is_handed_out_and_its_figures_are_read(asking: Asking) -> None:
    client = asking(LAN)
    answer = client.get(f"{WHERE}/bieu.xlsx")
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="bieu-work-2026-10-25.xlsx"'
    )
    book = filled(answer.data, {"D6": 95.0, "E6": 100.0})
    told = put(client, book)
    assert hashlib.sha256(book).hexdigest()[:12] in told
    assert "Đọc tốt, có thể nộp" in told
    assert "1 dòng mới" in told


def test_without_the_permission_nothing_is_handed_out_or_in(asking: Asking) -> None:
    client = asking(Person("guest", frozenset({READ}), EVERYTHING))
    assert client.get(f"{WHERE}/bieu.xlsx").status_code == 403
    assert client.post(WHERE, data=b"x").status_code == 403


def test_an_area_outside_the_scope_does_not_exist(asking: Asking) -> None:
    client = asking(Person("an", frozenset({SUBMIT}), Scope(frozenset({"08521@2025-07-01"}))))
    assert client.get(f"{WHERE}/bieu.xlsx").status_code == 404
    assert "không nộp biểu mẫu này" in put(client, b"x")
    assert client.get("/submissions/work/2026-10/08521/bieu.xlsx").status_code == 200


def test_another_site_cannot_hand_anything_in(asking: Asking) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert asking(LAN).post(WHERE, data=b"x", headers=headers).status_code == 403


def test_a_workbook_may_be_larger_than_a_page_asks_but_not_endless(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = asking(LAN)
    assert "Tệp không phải sổ tính Excel" in put(client, b"x" * 300_000)
    monkeypatch.setattr(submissions, "LARGEST", 300_000)
    assert "Tệp lớn hơn mức cho phép" in put(client, b"x" * 300_001)
    callback = client.post(CALLBACKS_ENDPOINT, json={"output": "x" * 300_000})
    assert callback.status_code in (403, 413)


def test_an_empty_body_and_a_form_that_is_none_get_a_sentence(asking: Asking) -> None:
    client = asking(LAN)
    assert put(client, b"") == "Tệp trống."
    assert "Không có biểu mẫu" in put(client, b"x", "/submissions/none/2026-10/25")
    assert client.get("/submissions/none/2026-10/25/bieu.xlsx").status_code == 404


def test_without_a_desk_the_page_is_there_and_says_that_it_is_off(
    access: Access, visit: Callable[..., Visit]
) -> None:
    assert not [rule for rule in access.routes if rule.startswith("/submissions")]
    outputs = [output for output, needed in access.callbacks.items() if needed == SUBMIT]
    assert "submit-told.tree" in outputs
    assert not [output for output in outputs if "preview" in output or "chosen" in output]
    values = PAGES["submit"].drawn(visit("/submit/work/2026-10"))
    assert "Nộp số liệu" in text_of(values["submit-head.tree"])


ROW = Row(
    7, "Hồ sơ", "Xã A", "%", "DE", ("101", "100", ""), (95, 100, None), None, "wrong",
    (Problem("D7", "numerator_above"),),
)  # fmt: skip


def test_a_doubt_is_marked_at_its_cell_and_told_in_words() -> None:
    tree = preview_panel(Preview((ROW,), sha256="ab" * 32), words("vi"))
    (mark,) = elements(tree, "ioc-wrong")
    assert text_of(mark) == "101D7"
    assert mark[1]["title"] == "tử số lớn hơn mẫu số"
    assert text_of(elements(tree, "ioc-told__list")[0]) == "D7Hồ sơ: tử số lớn hơn mẫu số"
    assert "95 / 100" in text_of(tree)
    assert "submit-confirm" not in str(tree)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_doubt_has_its_sentence(language: str) -> None:
    say = words(language)
    source = Path("datasources/kinds/submission_reading.py").read_text(encoding="utf-8")
    keys = [key.removeprefix("submit.problem_") for key in say.phrases if ".problem_" in key]
    assert [key for key in keys if f'"{key}"' not in source and not key.startswith("other_")] == [
        "unreadable", "nothing",
    ]  # fmt: skip


def test_the_memo_of_a_foreign_file_becomes_no_foreign_link() -> None:
    other = Choice("work/../..", "2026", "//evil.example")
    tree = preview_panel(Preview(problems=(Problem("", "other_area"),), other=other), words("vi"))
    assert "href" not in str(tree)


@pytest.mark.parametrize(("key", "again"), [("unkept", True), ("full", True), ("gone", False)])
def test_what_is_no_fault_of_a_draft_may_be_tried_again(key: str, again: bool) -> None:
    tree = retry_note(Refused(key), "draft-1", words("vi"))
    assert ("submit-confirm" in str(tree)) is again


def test_nobody_has_submitted_yet_is_said() -> None:
    assert "Chưa ai nộp" in text_of(entries_panel([], words("vi")))
