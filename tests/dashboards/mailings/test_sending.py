"""Packs by mail: sent on their days, held while data are late, once even after a crash."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from dashboards.digests.digest import Desk
from dashboards.digests.ways import MailServer
from dashboards.mailings.letter import comes_after
from dashboards.mailings.plan import plan_from
from dashboards.mailings.sending import Carried, carry_out
from domain.scope import EVERYTHING, Scope
from metrics.rules import rules
from metrics.snapshots import current_snapshot
from store.state import audit, people, recipes, schedules
from store.state.outbox import messages
from store.state.schedules import Mailing
from tests.dashboards.exports import reading
from tests.dashboards.logging_in import KEPT
from tests.dashboards.mailbox import MailBox
from tests.metrics.collected import NEW_PHU_THO, Collected, dossier

ROOT = Path(__file__).parents[3]
MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # 07:00 in Vietnam
EVE = MONDAY - timedelta(days=2)
VP, CT = "vp@tinh.example.vn", "ct@tinh.example.vn"
RECIPE = {
    "title": "Giao ban thứ Hai",
    "period": "last_week",
    "sections": [{"kind": "figures", "metrics": ["dossiers_received"], "comment": "Đôn đốc."}],
}
Box = tuple[MailBox, MailServer]


def filled(folder: Path, reaches: str, received: int) -> Path:
    """A home of so many dossiers of last week, of a source that delivers by 17:00."""
    found = Collected(folder)
    found.deliver(
        [dossier(f"A{n}", "2026-11-17", area=NEW_PHU_THO) for n in range(received)],
        source="cong", reaches=reaches, known=reaches, simulated=True,
    ).promise("cong", title_vi="Cổng Dịch vụ công", title_en="Portal", simulated=True,
              expected_by=time(17))  # fmt: skip
    found.published("2026-11-23 06:50")
    return folder


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("fresh"), "2026-11-20 17:30", 3)


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nothing came on Friday."""
    return filled(tmp_path_factory.mktemp("late"), "2026-11-19 17:30", 2)


def scheduled(folder: Path, published: Path) -> Path:
    """A home with one schedule, of Lan's: on working days at 7 to two people."""
    (folder / "config").mkdir(parents=True)
    (folder / "snapshots").symlink_to(published / "snapshots")
    made = audit.Deed(EVE, "test", "", "test")
    people.add_person(folder, "lan", "Nguyễn Thị Lan", "department", EVERYTHING, KEPT, made)
    recipes.keep(folder, "thu-hai", "lan", json.dumps(RECIPE), EVE)
    arranged(folder)
    return folder


@pytest.fixture
def home(fresh: Path, tmp_path: Path) -> Path:
    return scheduled(tmp_path / "home", fresh)


def arranged(home: Path, person: str = "lan", **fields: Any) -> int:
    plan = plan_from(
        {"recipe": "thu-hai", "area": "25", "to": [VP, CT], "forms": ["xlsx", "pdf"], **fields}
    )
    deed = audit.Deed(EVE, person, "", "schedule.arrange")
    number = schedules.arrange(home, person, plan.written, MONDAY, deed)
    assert number is not None
    return number


def carried(
    home: Path, server: MailServer, at: datetime = MONDAY, published: Path | None = None
) -> Carried:
    """Carry out what is due, by the figures published in another home if told."""
    figures = current_snapshot(published or home)
    desk = Desk(home, rules(home / "config"), figures, at, "https://ioc.example.vn")
    return carry_out(desk, server, lambda: at)


def last(home: Path, number: int = 1) -> Mailing:
    return schedules.last_mailings(home)[number]


def after(minutes: float) -> datetime:
    return MONDAY + timedelta(minutes=minutes)


def test_a_pack_is_mailed_at_seven_on_working_days_once_to_each(home: Path, mailbox: Box) -> None:
    box, server = mailbox
    assert carried(home, server, after(-1)).made == 0
    assert carried(home, server).made == 1
    assert carried(home, server, after(30)).made == 0
    [mail] = box.to(VP)
    assert len(box.to(CT)) == 1
    assert "Giao ban thứ Hai" in mail["Subject"]
    text = mail.get_body().get_content()
    assert "DỮ LIỆU MÔ PHỎNG" in text
    assert "https://ioc.example.vn/packs" in text
    book, printed = list(mail.iter_attachments())
    assert book.get_filename() == "giao-ban-thu-hai-20261123.xlsx"
    assert 3 in [value for row in reading.sheet_rows(book.get_content()) for value in row]
    assert "Đôn đốc." in " ".join(reading.pdf_pages(printed.get_content()))
    assert [one.next_at for one in schedules.schedules(home)] == [
        datetime(2026, 11, 25, 0, 0, tzinfo=UTC)  # Tuesday 24/11 is a holiday
    ]
    deeds = {entry.deed.event: entry.deed for entry in audit.entries(home)}
    assert (deeds["export.mail"].actor, deeds["export.mail"].object) == (
        "lan", "pack thu-hai 25 xlsx pdf",
    )  # fmt: skip
    assert VP not in str(deeds)
    assert list((home / "post").iterdir()) == []  # what is sent lies about no longer


# ---- late data


def test_while_data_are_late_a_pack_is_held_and_says_so_and_goes_when_they_come(
    home: Path, late: Path, mailbox: Box
) -> None:
    box, server = mailbox
    assert carried(home, server, MONDAY, late).held == 1
    carried(home, server, after(5), late)
    [mail] = box.to(VP)
    assert mail["Subject"].startswith("[Toàn Cảnh] Tạm giữ, chờ số liệu: Giao ban thứ Hai")
    text = mail.get_content()
    assert "- Cổng Dịch vụ công: Số liệu đến 17:30 19/11/2026 (Trễ)" in text.replace("\xa0", " ")
    assert "chậm nhất 07:45 hôm nay" in text
    assert list(mail.iter_attachments()) == []
    assert (last(home).state, "Cổng Dịch vụ công" in last(home).told) == ("held", True)
    assert carried(home, server, after(10)).made == 1
    sent = box.to(VP)[1]
    assert "trễ" not in sent["Subject"]
    assert len(list(sent.iter_attachments())) == 2
    assert (last(home).state, last(home).told) == ("sent", "")


def test_when_the_time_to_wait_is_over_a_pack_goes_with_the_late_figures_marked(
    home: Path, late: Path, mailbox: Box
) -> None:
    box, server = mailbox
    carried(home, server, MONDAY, late)
    assert carried(home, server, after(44), late).made == 0
    assert carried(home, server, after(45), late).made == 1
    sent = box.to(VP)[1]
    assert "(có số liệu trễ)" in sent["Subject"]
    assert "19/11/2026 (Trễ)" in sent.get_body().get_content()
    printed = list(sent.iter_attachments())[1].get_content()
    assert "Trễ" in " ".join(reading.pdf_pages(printed))
    assert last(home).state == "sent"


def test_held_packs_wait_for_news_and_the_hour_and_nothing_else(
    home: Path, late: Path, mailbox: Box
) -> None:
    def works(at: datetime, *, is_news: bool = False) -> bool:
        return schedules.has_work(home, at, is_news=is_news)

    assert not works(after(-1), is_news=True)
    assert works(MONDAY)
    carried(home, mailbox[1], MONDAY, late)
    assert not works(after(10))
    assert works(after(10), is_news=True)
    assert works(after(45))


# ---- whose rights


def test_a_pack_holds_what_its_owner_may_see_when_it_is_sent(home: Path, mailbox: Box) -> None:
    box, server = mailbox
    deed = audit.Deed(EVE, "quan-tri", "", "person.rights")
    people.change_rights(home, "lan", "department", Scope(frozenset({"04@2025-07-01"})), deed)
    for minute in (0, 1, 2):
        carried(home, server, after(minute))
    assert last(home).state == "failed"
    [mail] = box.to(VP)
    assert "Không lập được" in mail["Subject"]
    assert list(mail.iter_attachments()) == []


@pytest.mark.parametrize("how", ["disabled", "no longer allowed", "idle", "account later"])
def test_who_may_take_nothing_away_any_more_sends_nothing(
    home: Path, mailbox: Box, how: str
) -> None:
    box, server = mailbox
    deed = audit.Deed(EVE, "quan-tri", "", "person.disable")
    at, number = MONDAY, 1
    if how == "disabled":
        people.disable_person(home, "lan", deed)
    elif how == "no longer allowed":
        people.change_rights(home, "lan", "public", EVERYTHING, deed)
    elif how == "idle":
        at = MONDAY + timedelta(days=60)
        schedules.resume(home, 1, at, deed)
    else:
        schedules.remove(home, 1, deed)
        number = arranged(home, "guest")
    carried(home, server, at)
    assert box.taken == []
    [one] = schedules.schedules(home)
    assert (one.stopped, one.next_at) == ("owner", None)
    assert audit.entries(home)[0].deed.event == "schedule.stop"
    assert last(home, number).state == "skipped"


def test_what_waits_for_a_mail_server_is_not_sent_after_its_schedule_is_gone(
    home: Path, mailbox: Box
) -> None:
    box, server = mailbox
    carried(home, replace(server, port=1))
    assert [one.state for one in messages(home)] == ["waiting", "waiting"]
    assert len(list((home / "post").iterdir())) == 2
    schedules.remove(home, 1, audit.Deed(after(1), "lan", "", "schedule.remove"))
    carried(home, server, after(20))
    assert box.taken == []
    assert {one.problem for one in messages(home)} == {"withdrawn"}
    assert list((home / "post").iterdir()) == []


def test_packs_go_to_the_domains_allowed_alone(home: Path, mailbox: Box) -> None:
    box, server = mailbox
    strict = replace(server, domains=frozenset({"bo.example.vn"}))
    for minute in (0, 1, 2):
        carried(home, strict, after(minute))
    assert box.taken == []
    assert "packs are mailed to bo.example.vn alone" in last(home).told


# ---- crashes and troubles

DYING = """
import os, sys
from pathlib import Path
from dashboards.mailings import sending
from dashboards.digests.ways import MailServer
from store.state import outbox, schedules
from tests.dashboards.mailings.test_sending import STEPS, carried

def dying(room, name, before):
    whole = getattr(room, name)
    def dies(*given, **named):
        if not before:
            whole(*given, **named)
        os._exit(9)
    setattr(room, name, dies)

rooms = {"sending": sending, "outbox": outbox, "schedules": schedules}
for step, (room, name, before) in STEPS.items():
    if not os.fork():
        dying(rooms[room], name, before)
        server = MailServer("127.0.0.1", int(sys.argv[2]), "none", "ioc@tinh.example.vn")
        carried(Path(sys.argv[1]) / step, server)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.wait()[1]) == 9, step
"""
STEPS = {
    "begun": ("schedules", "begin", False),
    "attempted": ("schedules", "attempt", False),
    "written": ("sending", "keep", False),
    "unsettled": ("schedules", "settle", True),
    "settled": ("schedules", "settle", False),
    "claimed": ("outbox", "claim", False),
    "sent": ("outbox", "settle", True),
}
"""Where the program dies: in which function, before it does its work or just after."""


def test_killed_at_any_step_each_gets_the_pack_and_never_two_packs(
    fresh: Path, tmp_path: Path, mailbox: Box
) -> None:
    # Only after a mail server took it and before that is kept, the same mail may go once more,
    # under the same Message-ID.
    box, server = mailbox
    for step in STEPS:
        scheduled(tmp_path / step, fresh)
    subprocess.run(
        [sys.executable, "-c", DYING, str(tmp_path), str(server.port)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        timeout=200,
    )
    assert len(box.taken) == 1  # of `sent`
    for step in reversed(STEPS):
        for minute in (1, 17):
            carried(tmp_path / step, server, after(minute))
        assert last(tmp_path / step).state == "sent", step
        assert len(box.taken) == 2 + (step == "sent"), step
        for address in (VP, CT):
            assert len({mail["Message-ID"] for mail in box.to(address)}) == 1, step
        box.taken.clear()


def test_what_ends_the_program_each_time_is_given_up_and_those_who_wait_are_told(
    home: Path, mailbox: Box
) -> None:
    box, server = mailbox
    schedules.begin(home, schedules.schedules(home)[0], MONDAY.date(), after(45), after(2000))
    for _ in range(3):
        schedules.attempt(home, last(home))  # and then the program was killed
    carried(home, server, after(1))
    assert last(home).state == "failed"
    assert "Không lập được" in box.to(VP)[0]["Subject"]


def test_a_recipe_that_is_gone_is_tried_thrice_and_told(home: Path, mailbox: Box) -> None:
    box, server = mailbox
    recipes.remove(home, "thu-hai", "lan")
    states = []
    for minute in (0, 1, 2):
        carried(home, server, after(minute))
        states.append(last(home).state)
    assert states == ["waiting", "waiting", "failed"]
    assert "There is no recipe 'thu-hai'" in last(home).told
    assert len(box.taken) == 2


def test_a_pack_whose_hour_was_missed_goes_the_same_day_and_says_that_it_is_late(
    home: Path, mailbox: Box
) -> None:
    box, server = mailbox
    assert carried(home, server, after(200)).made == 1  # nothing ran before 10:20
    [mail] = box.to(VP)
    assert mail["Subject"].startswith("[Toàn Cảnh] Gửi muộn: Giao ban thứ Hai")
    assert "hẹn lúc 07:00, đến 10:20 mới gửi được" in mail.get_body().get_content()
    assert len(list(mail.iter_attachments())) == 2
    assert carried(home, server, after(260)).made == 0
    sent = last(home)
    assert comes_after(sent, sent.settled_at or MONDAY)


def test_a_day_on_which_nothing_ran_is_not_made_up_for(home: Path, mailbox: Box) -> None:
    box, server = mailbox
    wednesday = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    carried(home, server, wednesday)
    assert box.taken == []
    assert last(home).state == "skipped"
    assert [one.next_at for one in schedules.schedules(home)] == [
        datetime(2026, 11, 26, 0, 0, tzinfo=UTC)
    ]
