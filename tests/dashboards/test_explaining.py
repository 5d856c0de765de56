"""A leader asks, a commune answers: who sees what, who may do what, and what is kept of it."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from dash import Dash

from dashboards.shell import create_app
from domain.dossier import local_day
from domain.scope import Scope
from store.state import alerts, explanations
from store.state.alert_rows import Key, Seen, Step
from store.state.alert_steps import take
from store.state.audit import entries, verified
from store.state.explanations import entries_of, explanation_of
from tests.dashboards.conftest import NOW
from tests.dashboards.logging_in import Visitor, add, called
from tests.dashboards.made_up import made_up_copy

HERE, THERE = "08521@2025-07-01", "08515@2025-07-01"
METRIC = "on_time_rate_resolved"
ASK = f"/alerts/ask/{METRIC}/{HERE}/2026-01-01/2026-10-31"
WORD = "Vì sao nhiều hồ sơ trễ?"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two alerts, one in each of two communes; a leader, and somebody of each commune."""
    home = made_up_copy(tmp_path_factory, "explaining")
    seen = Seen("ioc-1", date(2026, 11, 1), date(2026, 11, 23), 13, 15, 86.7, 95, version=1)
    steps = [
        Step(Key("on_time_low", METRIC, area), None, "raise", seen, "urgent")
        for area in (HERE, THERE)
    ]
    take(home, steps, NOW)
    add(home, "chu.tich", "leader", Scope(frozenset({"25@2025-07-01"})))
    add(home, "xa.nay", "commune", Scope(frozenset({HERE})))
    add(home, "xa.kia", "commune", Scope(frozenset({THERE})))
    add(home, "so.mot", "department", Scope(None, frozenset({"H44.05"})))
    add(home, "nguoi.dan", "public")
    return home


@pytest.fixture(scope="module")
def app(home: Path) -> Dash:
    return create_app(home)


def person(app: Dash, name: str) -> Visitor:
    visitor = Visitor(app)
    visitor.log_in(name)
    people = app.server.extensions["ioc-people"]
    visitor.how["headers"] = {"X-CSRFToken": people.form_token(visitor.cookie())}
    return visitor


@pytest.fixture(scope="module")
def leader(app: Dash) -> Visitor:
    return person(app, "chu.tich")


@pytest.fixture(scope="module")
def commune(app: Dash) -> Visitor:
    return person(app, "xa.nay")


@pytest.fixture(scope="module")
def neighbour(app: Dash) -> Visitor:
    return person(app, "xa.kia")


def shown(app: Dash, who: Visitor, path: str) -> str:
    """The page at an address as this person sees it."""
    answer = called(who, app, "show_alerts", "alerts-tabs", path)
    assert answer.status_code == 200, answer.text
    return str(answer.json)


def did(
    app: Dash, who: Visitor, group: str, act: str, path: str, word: Any = "", **more: Any
) -> Any:
    """Press a button of the page at an address; the answer as it is."""
    access = app.server.extensions["ioc-access"]
    output = next(o for o, n in access.names.items() if n == group and "alerts-told" in o)
    entry = app.callback_map[output]
    place = {"path": path, "search": "", "theme": "light", "language": "vi"}
    values = {
        f"alerts-{group}": {"action": act, "at": 1},
        "place": place,
        "alerts-word": word,
        "alerts-links": more.get("links", ""),
        "alerts-days": more.get("days", 3),
    }
    body = {
        "output": output,
        "outputs": [
            {"id": one.rpartition(".")[0], "property": one.rpartition(".")[2]}
            for one in output.strip(".").split("...")
        ],
        "inputs": [{**one, "value": values[one["id"]]} for one in entry["inputs"]],
        "state": [{**one, "value": values[one["id"]]} for one in entry["state"]],
        "changedPropIds": [f"alerts-{group}.clicked"],
    }
    return who.client.post("/_dash-update-component", json=body, **who.how)


def told(*given: Any, **more: Any) -> str:
    answer = did(*given, **more)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def test_everybody_sees_the_alerts_of_their_scope_and_no_others(
    app: Dash, leader: Visitor, commune: Visitor, neighbour: Visitor
) -> None:
    both = shown(app, leader, "/alerts")
    assert "Xã Phùng Nguyên, Tỉnh Phú Thọ" in both
    assert both.count("ioc-alert--urgent") == 2
    own = shown(app, commune, "/alerts")
    assert own.count("ioc-alert--urgent") == 1
    assert "Phùng Nguyên" in own
    assert "Phùng Nguyên" not in shown(app, neighbour, "/alerts")
    # Whoever counts only what some organisations do sees nothing about a whole area.
    assert "Không có cảnh báo nào ở đây" in shown(app, person(app, "so.mot"), "/alerts")


def test_an_alert_outside_the_scope_does_not_exist(app: Dash, neighbour: Visitor) -> None:
    page = shown(app, neighbour, "/alerts/1")
    assert "Không có cảnh báo này" in page
    answer = told(app, neighbour, "handle", "acknowledge", "/alerts/1")
    assert "Không có việc này trong phạm vi của bạn" in answer


def test_the_public_is_refused(app: Dash) -> None:
    public = person(app, "nguoi.dan")
    assert called(public, app, "show_alerts", "alerts-tabs", "/alerts").status_code == 403
    assert did(app, public, "handle", "acknowledge", "/alerts/1").status_code == 403
    assert public.get("/alerts").status_code in (200, 403)
    assert "ioc-nav__count" not in called(public, app, "show_frame", "header", "/").text


def test_a_commune_may_not_ask_and_a_leader_may_not_answer(
    app: Dash, leader: Visitor, commune: Visitor
) -> None:
    assert did(app, commune, "ask", "ask", ASK, WORD).status_code == 403
    assert did(app, commune, "close", "close", "/alerts/1", "xong").status_code == 403
    assert did(app, leader, "answer", "answer", "/alerts/request/1", "x").status_code == 403
    assert "Bạn không yêu cầu giải trình được" in shown(app, commune, ASK)


def test_a_leader_asks_and_the_commune_answers_and_all_of_it_is_kept(
    app: Dash, home: Path, leader: Visitor, commune: Visitor, neighbour: Visitor
) -> None:
    # The leader sees the figure that is asked about, and asks.
    page = shown(app, leader, ASK)
    assert "Xã Phùng Nguyên" in page
    assert "Gửi yêu cầu" in page
    sent = told(app, leader, "ask", "ask", ASK, f"  {WORD}\r\n", days=3)
    assert "Đã gửi yêu cầu số 1" in sent
    one = explanation_of(home, 1)
    assert one is not None
    assert (one.subject.metric, one.subject.area_id) == (METRIC, HERE)
    assert one.due_day > local_day(datetime.now().astimezone())
    [asked] = entries_of(home, [1])
    figures = asked.figures
    assert asked.text == WORD
    assert figures.snapshot.startswith("ioc-")
    assert figures.numerator is not None
    assert figures.denominator is not None
    assert figures.value == pytest.approx(100 * figures.numerator / figures.denominator)
    assert figures.version >= 1

    # The same is not asked twice; the page leads to the request.
    assert "Con số này đang có yêu cầu giải trình" in shown(app, leader, ASK)
    assert "Có người vừa xử lý" in told(app, leader, "ask", "ask", ASK, WORD)

    # The neighbour sees nothing of it, the commune answers with a link.
    assert "Không có yêu cầu này" in shown(app, neighbour, "/alerts/request/1")
    assert WORD in shown(app, commune, "/alerts/request/1")
    link = "https://vanban.example.vn/qd/12"
    answer = told(app, commune, "answer", "answer", "/alerts/request/1", "Do lỗi liên thông.",
                  links=link)  # fmt: skip
    assert "Đã gửi giải trình" in answer
    read = shown(app, leader, "/alerts/request/1")
    assert "Do lỗi liên thông." in read
    assert link in read
    assert "Xa.Nay trả lời" in read

    # The leader asks for more, then accepts.
    back = told(app, leader, "ask", "return", "/alerts/request/1", "Còn bao nhiêu?", days=2)
    assert "Đã trả lại" in back
    told(app, commune, "answer", "answer", "/alerts/request/1", "Còn 3 hồ sơ.")
    assert "Đã chấp nhận" in told(app, leader, "ask", "accept", "/alerts/request/1")
    acts = [(entry.actor, entry.act) for entry in entries_of(home, [1])]
    assert acts == [
        ("chu.tich", "ask"),
        ("xa.nay", "answer"),
        ("chu.tich", "return"),
        ("xa.nay", "answer"),
        ("chu.tich", "accept"),
    ]
    trail = [one.deed.event for one in entries(home, sought="explanation 1")]
    assert trail[::-1] == [f"explanation.{act}" for _, act in acts]
    assert verified(home).problem is None


def test_the_reply_stands_beside_the_figure_for_those_who_may_read_it(
    app: Dash, leader: Visitor, neighbour: Visitor
) -> None:
    area = "/area/08521?from=2026-01-01&to=2026-10-31"
    path, _, search = area.partition("?")
    page = called(leader, app, "show_page", "page", path, f"?{search}").text
    assert "có giải trình" in page
    public = person(app, "nguoi.dan")
    assert "có giải trình" not in called(public, app, "show_page", "page", path, f"?{search}").text
    query = f"/api/v1/query?metric={METRIC}&area=08521&from=2026-01-01&to=2026-11-01"
    document = leader.get(query).json
    assert document is not None
    [said] = document["explanations"]
    assert (said["area"], said["period_end"]) == (HERE, "2026-11-01")
    assert said["entries"][-2]["text"] == "Còn 3 hồ sơ."
    csv = leader.get(query.replace("/api/v1/query", "/download")).text
    assert "Còn 3 hồ sơ." in csv
    open_to_all = public.get(query).json
    assert open_to_all is not None
    assert "explanations" not in open_to_all
    assert neighbour.get("/api/v1/explanations").json == {"explanations": []}
    listed = leader.get("/api/v1/alerts").json
    assert listed is not None
    assert len(listed["alerts"]) == 2


def test_the_answer_to_a_request_about_an_alert_explains_the_alert(
    app: Dash, home: Path, leader: Visitor, commune: Visitor
) -> None:
    asked = told(app, leader, "ask", "ask", "/alerts/ask/1", "Giải trình cảnh báo này.", days=1)
    number = explanations.explanations(home, ("asked",), alert_id=1)[0].explanation_id
    assert f"Đã gửi yêu cầu số {number}" in asked
    told(app, commune, "answer", "answer", f"/alerts/request/{number}", "Thiếu người.")
    explained = alerts.alert_of(home, 1)
    assert explained is not None
    assert explained.state == "explained"
    assert alerts.entries_of(home, 1)[-1].word == f"[{number}] Thiếu người."
    assert f"/alerts/request/{number}" in shown(app, leader, "/alerts/1")
    assert "Đã đóng cảnh báo" in told(app, leader, "close", "close", "/alerts/1", "Đủ rõ.")


@pytest.mark.parametrize(
    ("word", "more", "why"),
    [
        ("", {}, "Hãy ghi nội dung"),
        (" \u200b\n ", {}, "Hãy ghi nội dung"),
        (None, {}, "Hãy ghi nội dung"),
        ({"x": 1}, {}, "Hãy ghi nội dung"),
        ("x" * 5000, {}, "dài quá 2.000 ký tự"),
        ("được", {"days": 0}, "từ 1 đến 60"),
        ("được", {"days": "3"}, "từ 1 đến 60"),
        ("được", {"days": 10**9}, "từ 1 đến 60"),
        ("được", {"days": None}, "từ 1 đến 60"),
        ("được", {"days": 60}, "Chưa tính được hạn: 2027"),
    ],
)
def test_what_cannot_be_kept_is_told_and_nothing_is_lost(
    app: Dash, leader: Visitor, word: Any, more: dict[str, Any], why: str
) -> None:
    there = f"/alerts/ask/{METRIC}/{THERE}/2026-01-01/2026-10-31"
    answer = told(app, leader, "ask", "ask", there, word, **more)
    assert why in answer
    if isinstance(word, str) and word == "được":
        assert f'"value":"{word}"' in answer


@pytest.mark.parametrize(
    "links",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://x.vn/a b",
        "https://",
        "https://user:secret@x.vn/",
        "https://x.vn/<script>",
        "https://" + "x" * 600,
        "không phải",
    ],
)
def test_a_link_that_is_none_is_refused(
    app: Dash, home: Path, leader: Visitor, commune: Visitor, links: str
) -> None:
    waiting = explanations.explanations(home, ("asked",), area_id=HERE)
    if not waiting:
        told(app, leader, "ask", "ask", ASK.replace("10-31", "09-30"), WORD)
        waiting = explanations.explanations(home, ("asked",), area_id=HERE)
    path = f"/alerts/request/{waiting[0].explanation_id}"
    answer = told(app, commune, "answer", "answer", path, "Đây.", links=links)
    assert "Đường dẫn phải bắt đầu bằng" in answer
    still = explanation_of(home, waiting[0].explanation_id)
    assert still is not None
    assert still.state == "asked"


def test_a_script_stays_text(app: Dash, home: Path, leader: Visitor) -> None:
    there = f"/alerts/ask/{METRIC}/{THERE}/2026-01-01/2026-09-30"
    script = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
    told(app, leader, "ask", "ask", there, script)
    number = explanations.explanations(home, ("asked",), area_id=THERE)[0].explanation_id
    shown_tree = called(leader, app, "show_alerts", "alerts-tabs", f"/alerts/request/{number}").json
    texts = str(shown_tree)
    assert "'p', {'className': 'ioc-said__text'}, '<img src=x" in texts  # a text, never an element


@pytest.mark.parametrize(
    "path",
    [
        f"/alerts/ask/{METRIC}/91@2025-07-01/2026-01-01/2026-10-31",  # another province
        f"/alerts/ask/{METRIC}/VN@/2026-01-01/2026-10-31",
    ],
)
def test_nobody_asks_outside_their_scope(app: Dash, leader: Visitor, path: str) -> None:
    assert "Không có việc này trong phạm vi" in told(app, leader, "ask", "ask", path, WORD)
    assert "Gửi yêu cầu" not in shown(app, leader, path)


@pytest.mark.parametrize(
    "path",
    [
        f"/alerts/ask/nothing/{HERE}/2026-01-01/2026-10-31",
        f"/alerts/ask/{METRIC}/99999@/2026-01-01/2026-10-31",
        f"/alerts/ask/{METRIC}/{HERE}/2026-13-01/2026-10-31",
        f"/alerts/ask/{METRIC}/{HERE}/2026-10-31/2026-01-01",
        "/alerts/ask/999",
        "/alerts/999",
        "/alerts/request/999",
    ],
)
def test_an_address_of_nothing_shows_nothing_and_breaks_nothing(
    app: Dash, leader: Visitor, path: str
) -> None:
    assert "Không có" in shown(app, leader, path) or "không" in shown(app, leader, path)


def test_the_badge_counts_what_waits_in_ones_scope(app: Dash, neighbour: Visitor) -> None:
    header = called(neighbour, app, "show_frame", "header", "/").text
    assert "ioc-nav__count" in header


def test_an_overdue_request_is_shown_first_and_as_overdue(home: Path) -> None:
    [one, *_] = explanations.explanations(home, ("asked",))
    assert not one.is_overdue(one.due_day)
    assert one.is_overdue(one.due_day + timedelta(days=1))
