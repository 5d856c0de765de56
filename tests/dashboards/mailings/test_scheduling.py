"""Schedules on the page of packs: arranged, seen and stopped by whose they are."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from dash import Dash
from flask.testing import FlaskClient

from dashboards.access import EXPORT, PEOPLE, READ, Access, Person
from dashboards.digests.ways import MailServer
from dashboards.mailings.plan import plan_from
from dashboards.mailings.sending import MISSED
from dashboards.shell import create_app
from domain.scope import EVERYTHING, Scope
from store.state import audit, schedules

PLAN: dict[str, Any] = {"recipe": "giao-ban-tuan", "area": "25", "to": ["vp@tinh.example.vn"]}
SERVER = MailServer("127.0.0.1", 1, "none", "ioc@tinh.example.vn")


@pytest.fixture(scope="module")
def place(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scheduling") / "home"
    folder.mkdir()
    (folder / "snapshots").symlink_to(home / "snapshots")
    return folder


@pytest.fixture(scope="module")
def scheduling(place: Path) -> Dash:
    return create_app(place, mail=SERVER)


@pytest.fixture
def browser(scheduling: Dash) -> Iterator[FlaskClient]:
    with scheduling.server.test_client() as client:
        yield client


@pytest.fixture
def become(scheduling: Dash, monkeypatch: pytest.MonkeyPatch) -> Any:
    access: Access = scheduling.server.extensions["ioc-access"]

    def one(name: str, scope: Scope = EVERYTHING, *more: str) -> None:
        asking = Person(name, frozenset({READ, EXPORT, *more}), scope)
        monkeypatch.setattr(access, "person_of", lambda: asking)

    return one


def arrange(client: FlaskClient, **changes: Any) -> Any:
    return client.post("/schedules/new", data=json.dumps(PLAN | changes))


def listed(client: FlaskClient, language: str = "vi") -> list[dict[str, Any]]:
    return list(client.get(f"/schedules?lang={language}").get_json()["schedules"])


def test_a_schedule_is_arranged_seen_paused_resumed_and_removed_by_its_owner(
    browser: FlaskClient, become: Any, place: Path
) -> None:
    become("lan")
    answer = arrange(browser, on="mon", at="07:00")
    assert answer.status_code == 200, answer.text
    [one] = listed(browser)
    assert (one["pack"], one["on"], one["at"], one["until"]) == (
        "Giao ban tuần – Tỉnh Phú Thọ", "Thứ Hai hằng tuần", "07:00", "07:45",
    )  # fmt: skip
    assert listed(browser, "en")[0]["on"] == "Mondays"
    following = schedules.schedules(place)[0].next_at
    assert following is not None
    assert following > datetime.now(UTC)
    become("minh")
    assert listed(browser) == []
    assert browser.post(f"/schedules/{one['id']}/remove").status_code == 404
    become("quan-tri", EVERYTHING, PEOPLE)
    assert [one["person"] for one in listed(browser)] == ["lan"]
    become("lan")
    assert browser.post(f"/schedules/{one['id']}/pause").status_code == 200
    assert listed(browser)[0]["stopped"] == "Đang tạm dừng"
    assert browser.post(f"/schedules/{one['id']}/resume").status_code == 200
    assert listed(browser)[0]["stopped"] == ""
    assert browser.post(f"/schedules/{one['id']}/explode").status_code == 404
    assert browser.post(f"/schedules/{one['id']}/remove").status_code == 200
    assert listed(browser) == []
    events = [entry.deed.event for entry in audit.entries(place)][:4]
    assert events == ["schedule.remove", "schedule.resume", "schedule.pause", "schedule.arrange"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"to": ["an@gmail.example.com"]}, "chỉ được gửi tới tinh.example.vn"),
        ({"to": ["nobody"]}, "không có nhóm 'nobody'"),
        ({"to": []}, "phải có ít nhất một mục"),
        ({"at": "7h"}, "giờ không đúng dạng"),
        ({"recipe": "no-such"}, "no-such"),
        ({"area": "04"}, "ngoài phạm vi của bạn"),
        ({"area": None}, "ngoài phạm vi của bạn"),
        ({"area": "99999"}, "99999"),
    ],
)
def test_what_cannot_be_carried_out_is_refused_with_why(
    browser: FlaskClient, become: Any, changes: dict[str, Any], told: str
) -> None:
    become("lan", Scope(frozenset({"25@2025-07-01"})))
    answer = arrange(browser, **changes)
    assert answer.status_code == 400
    assert told in answer.get_json()["detail"]
    assert listed(browser) == []


def test_addresses_below_the_senders_domain_are_the_senders() -> None:
    assert SERVER.takes("an@so.tinh.example.vn")
    assert not SERVER.takes("an@xtinh.example.vn")


def test_a_person_has_only_so_many_schedules(
    browser: FlaskClient, become: Any, place: Path
) -> None:
    become("dung")
    codes = {arrange(browser).status_code for _ in range(schedules.MOST_OF_PERSON)}
    assert codes == {200}
    assert arrange(browser).status_code == 409
    assert len(schedules.schedules(place)) == schedules.MOST_OF_PERSON


def test_without_a_mail_server_nothing_is_arranged(home: Path, tmp_path: Path) -> None:
    (tmp_path / "snapshots").symlink_to(home / "snapshots")
    client = create_app(tmp_path).server.test_client()
    assert client.get("/schedules").get_json()["has_mail"] is False
    answer = arrange(client)
    assert (answer.status_code, "IOC_SMTP_HOST" in answer.text) == (409, True)


def test_a_pack_sent_after_its_hour_and_one_that_was_not_are_told_on_the_page(
    browser: FlaskClient, become: Any, place: Path
) -> None:
    become("lan")
    plan = plan_from(PLAN)
    hour = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # 07:00 in Vietnam, as promised until 07:45
    deed = audit.Deed(hour, "lan", "", "test")
    ends: list[tuple[schedules.MailingState, int, str]] = [("sent", 0, ""), ("skipped", 2, MISSED)]
    for state, day, told in ends:
        due = hour + timedelta(days=day)
        number = schedules.arrange(place, "lan", plan.written, due, deed)
        one = schedules.schedule_of(place, number or 0)
        assert one is not None
        schedules.begin(place, one, due.date(), plan.until_on(due.date()), due + timedelta(days=1))
        [mailing] = schedules.open_mailings(place)
        with time_machine.travel(due + timedelta(hours=3), tick=False):
            schedules.settle(place, mailing, state, told, [], replace(deed, at=datetime.now(UTC)))
    late, missed = sorted((one["last"] for one in listed(browser)), key=len)
    assert late == "10:00 23/11/2026: đã gửi, muộn so với giờ hẹn 07:00"
    assert missed == "10:00 25/11/2026: bỏ qua (chương trình không chạy vào giờ gửi)"
