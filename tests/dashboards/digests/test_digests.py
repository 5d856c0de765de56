"""Digests: one a recipient and working day, sent to a real mail server and a real web server."""

import hashlib
import hmac
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from dashboards.digests.digest import Desk
from dashboards.digests.post import Posted, Ways, post
from dashboards.digests.recipients import read_recipients
from dashboards.digests.ways import Hooks, MailServer
from domain.errors import IocError
from metrics.rules import rules
from metrics.snapshots import current_snapshot
from store.state import alerts, outbox
from store.state.alert_rows import Key, Seen, Step
from store.state.alert_steps import latest, take
from store.state.audit import Deed
from store.state.outbox import claim, messages
from tests.dashboards.mailbox import MailBox
from tests.metrics.collected import NEW_PHU_THO, Collected, dossier

ROOT = Path(__file__).parents[3]
HERE, THERE = "08521@2025-07-01", "08515@2025-07-01"
METRIC = "on_time_rate_resolved"
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 08:00 in Vietnam
RECIPIENTS = """
[xa]
name = "UBND xã Phùng Nguyên"
areas = ["08521"]
email = ["xa@tinh.example.vn"]

[tinh]
name = "Văn phòng UBND tỉnh"
areas = ["25"]
email = ["vp@tinh.example.vn", "ioc@tinh.example.vn"]

[lanh_dao]
name = "Lãnh đạo tỉnh"
areas = ["25"]
leaders = true
email = ["ld@tinh.example.vn"]
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = Collected(tmp_path_factory.mktemp("digests"))
    found.deliver([dossier("A", "2026-01-05", area=NEW_PHU_THO)], known="2026-11-22")
    found.published("2026-11-22 08:00")
    return found.home


@pytest.fixture
def home(published: Path, tmp_path: Path) -> Path:
    """Two alerts in two communes of Phú Thọ, raised on the Friday before; three recipients."""
    (tmp_path / "snapshots").symlink_to(published / "snapshots")
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "recipients.toml").write_text(RECIPIENTS, encoding="utf-8")
    seen = Seen("ioc-1", date(2026, 11, 1), date(2026, 11, 23), 13, 15, 86.7, 95, version=1,
                simulated=True)  # fmt: skip
    steps = [
        Step(Key("on_time_low", METRIC, area), None, "raise", seen, "urgent")
        for area in (HERE, THERE)
    ]
    take(tmp_path, steps, MONDAY - timedelta(days=3))
    return tmp_path


def posted(home: Path, ways: Ways, at: datetime = MONDAY) -> Posted:
    desk = Desk(home, rules(home / "config"), current_snapshot(home), at, "https://ioc.example.vn")
    return post(desk, ways, lambda: at)


def test_each_recipient_gets_one_mail_a_day_about_their_own_areas(
    home: Path, mailbox: tuple[MailBox, MailServer]
) -> None:
    box, server = mailbox
    ways = Ways(mail=server)
    assert posted(home, ways).sent == 3
    assert posted(home, ways, MONDAY + timedelta(hours=2)).sent == 0  # one a day
    [xa] = box.to("xa@tinh.example.vn")
    assert xa["Subject"] == "[Toàn Cảnh] 1 việc chờ xử lý – UBND xã Phùng Nguyên – 23/11/2026"
    text = xa.get_content().replace("\xa0", " ")
    assert "Xã Phùng Nguyên, Tỉnh Phú Thọ" in text
    assert "86,7 % (13 / 15), dưới ngưỡng 95 %" in text
    assert "https://ioc.example.vn/alerts/1" in text
    assert "DỮ LIỆU MÔ PHỎNG" in text
    [tinh] = box.to("vp@tinh.example.vn")
    assert "2 việc chờ xử lý" in tinh["Subject"]
    assert len(box.to("ioc@tinh.example.vn")) == 1
    assert box.to("ld@tinh.example.vn") == []  # nothing is overdue for leaders
    assert posted(home, ways, MONDAY + timedelta(days=2)).sent == 3  # Tuesday is a holiday


def test_leaders_are_told_of_what_nobody_answered_in_time(
    home: Path, mailbox: tuple[MailBox, MailServer]
) -> None:
    box, server = mailbox
    [one, _] = latest(home, "on_time_low").values()
    take(home, [Step(one.key, one, "escalate")], MONDAY)
    posted(home, Ways(mail=server))
    [mail] = box.to("ld@tinh.example.vn")
    assert "1 việc quá hạn trả lời" in mail["Subject"]
    assert "Cảnh báo quá hạn chưa ai giải trình (1)" in mail.get_content()


def test_what_is_explained_is_told_no_more(home: Path, mailbox: tuple[MailBox, MailServer]) -> None:
    box, server = mailbox
    deed = Deed(MONDAY, "lan", "", "alert.explain")
    for number in (1, 2):
        alerts.act_on(home, number, "explain", "Do nghỉ lễ.", deed)
    assert posted(home, Ways(mail=server)).written == 0
    assert box.taken == []


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 22, 3, 0, tzinfo=UTC),  # a Sunday
        datetime(2026, 11, 23, 0, 29, tzinfo=UTC),  # Monday, 07:29
        datetime(2026, 11, 23, 10, 0, tzinfo=UTC),  # 17:00
        datetime(2026, 9, 2, 3, 0, tzinfo=UTC),  # National Day, a Wednesday
    ],
)
def test_nobody_is_written_to_outside_working_hours(
    home: Path, mailbox: tuple[MailBox, MailServer], moment: datetime
) -> None:
    assert posted(home, Ways(mail=mailbox[1]), moment).written == 0


def test_without_a_way_nothing_is_written_down_and_nothing_leaves(home: Path) -> None:
    assert posted(home, Ways()) == Posted()
    assert messages(home) == []


# ---- crashes and troubles


def test_a_server_that_is_away_is_asked_again_ever_later(
    home: Path, mailbox: tuple[MailBox, MailServer]
) -> None:
    box, server = mailbox
    away = replace(server, port=1)
    done = posted(home, Ways(mail=away))
    assert (done.written, done.sent, done.put_off) == (3, 0, 3)
    assert "127.0.0.1:1 cannot be used: ConnectionRefusedError" in done.problems[0]
    assert posted(home, Ways(mail=server), MONDAY + timedelta(seconds=30)).sent == 0
    assert posted(home, Ways(mail=server), MONDAY + timedelta(minutes=3)).sent == 3
    assert {one.attempts for one in messages(home)} == {2}
    assert len(box.taken) == 3


def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_not(
    home: Path, mailbox: tuple[MailBox, MailServer]
) -> None:
    box, server = mailbox
    box.refuse = ["451 later", "554 never"]
    done = posted(home, Ways(mail=server))
    assert (done.sent, done.put_off, done.failed) == (1, 1, 1)
    assert posted(home, Ways(mail=server), MONDAY + timedelta(hours=1)).sent == 1
    assert sorted(one.state for one in messages(home)) == ["failed", "sent", "sent"]
    assert "never" not in str(messages(home))  # the other side's words are not kept


def test_what_cannot_be_sent_for_a_day_is_given_up(
    home: Path, mailbox: tuple[MailBox, MailServer]
) -> None:
    posted(home, Ways(mail=replace(mailbox[1], port=1)))
    assert claim(home, MONDAY + timedelta(hours=25)) is None
    assert {one.state for one in messages(home)} == {"failed"}


def test_a_program_that_dies_before_sending_loses_nothing(
    home: Path, mailbox: tuple[MailBox, MailServer]
) -> None:
    box, server = mailbox
    posted(home, Ways(mail=replace(server, port=1)))
    later = MONDAY + timedelta(minutes=5)
    assert claim(home, later) is not None  # claimed, and then the program died
    assert posted(home, Ways(mail=server), later).sent == 2
    assert posted(home, Ways(mail=server), later + timedelta(minutes=16)).sent == 1
    assert len(box.taken) == 3


DYING = """
import os, sys
from datetime import datetime, UTC
from pathlib import Path
from dashboards.digests import post as rooms
from dashboards.digests.post import Ways
from dashboards.digests.ways import MailServer
from store.state import outbox
from tests.dashboards.digests.test_digests import MONDAY, posted
outbox.settle = lambda *_: os._exit(9)
home, port = Path(sys.argv[1]), int(sys.argv[2])
posted(home, Ways(mail=MailServer("127.0.0.1", port, "none", "ioc@tinh.example.vn")))
"""


def test_killed_after_the_server_took_it_a_mail_comes_twice_and_is_known_by_its_id(
    home: Path, mailbox: tuple[MailBox, MailServer]
) -> None:
    # At least once: the one whose fate nobody knows goes again, under the same Message-ID.
    box, server = mailbox
    died = subprocess.run(
        [sys.executable, "-c", DYING, str(home), str(server.port)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        timeout=100,
    )
    assert died.returncode == 9
    assert len(box.taken) == 1
    assert posted(home, Ways(mail=server), MONDAY + timedelta(minutes=1)).sent == 2
    assert posted(home, Ways(mail=server), MONDAY + timedelta(minutes=16)).sent == 1
    ids = [mail["Message-ID"] for _, mail in box.taken]
    assert len(ids) == 4
    assert len(set(ids)) == 3
    assert posted(home, Ways(mail=server), MONDAY + timedelta(hours=2)).sent == 0


def test_two_programs_at_once_send_each_mail_once(
    home: Path, mailbox: tuple[MailBox, MailServer]
) -> None:
    box, server = mailbox
    threads = [threading.Thread(target=posted, args=(home, Ways(mail=server))) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(box.taken) == 3


def test_a_password_never_goes_in_the_open_and_its_file_is_ours_alone(
    home: Path, mailbox: tuple[MailBox, MailServer], tmp_path: Path
) -> None:
    box, server = mailbox
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    secret.chmod(0o644)
    named = replace(server, user="ioc", password_file=secret)
    assert "can be read by others" in posted(home, Ways(mail=named)).problems[0]
    safe = replace(server, security="starttls")  # this server offers no TLS
    later = MONDAY + timedelta(minutes=10)
    assert "SMTPNotSupportedError" in posted(home, Ways(mail=safe), later).problems[0]
    assert box.taken == []


# ---- webhooks


class Hook(BaseHTTPRequestHandler):
    """A receiver that keeps what comes, and answers as told."""

    taken: list[tuple[dict[str, str], bytes]]
    answers: list[tuple[int, str]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).taken.append((dict(self.headers), body))
        status, target = type(self).answers.pop() if type(self).answers else (200, "")
        self.send_response(status)
        if target:
            self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[tuple[type[Hook], int]]:
    receiver = type("Receiver", (Hook,), {"taken": [], "answers": []})
    server = HTTPServer(("127.0.0.1", 0), receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield receiver, server.server_port
    server.shutdown()
    server.server_close()


def hooked(home: Path, port: int) -> None:
    text = f'[chat]\nname = "Trực ban"\nwebhook = ["http://127.0.0.1:{port}/hook"]\n'
    (home / "config" / "recipients.toml").write_text(text, encoding="utf-8")


def test_a_webhook_gets_the_digest_as_json_signed_and_known_by_its_key(
    home: Path, hook: tuple[type[Hook], int], tmp_path: Path
) -> None:
    receiver, port = hook
    hooked(home, port)
    secret = tmp_path / "secret"
    secret.write_text("k" * 20 + "\n")
    secret.chmod(0o600)
    hooks = Hooks(frozenset({"127.0.0.1"}), plain=True, secret_file=secret)
    assert posted(home, Ways(hooks=hooks)).sent == 1
    [(headers, body)] = receiver.taken
    document = json.loads(body)
    assert (document["recipient"], len(document["alerts"]), document["simulated"]) == (
        "chat", 2, True,
    )  # fmt: skip
    assert document["alerts"][0]["value"] == 86.7
    signature = hmac.new(b"k" * 20, body, hashlib.sha256).hexdigest()
    assert headers["X-IOC-Signature"] == f"sha256={signature}"
    assert headers["Idempotency-Key"] == messages(home)[0].message_id


@pytest.mark.parametrize(
    ("hosts", "plain", "told"),
    [
        (frozenset({"chat.example.vn"}), True, "127.0.0.1 is not among IOC_WEBHOOK_HOSTS"),
        (frozenset({"127.0.0.1"}), False, "without TLS nothing is sent"),
    ],
)
def test_a_webhook_leads_nowhere_else(
    home: Path, hook: tuple[type[Hook], int], hosts: frozenset[str], plain: bool, told: str
) -> None:
    receiver, port = hook
    hooked(home, port)
    done = posted(home, Ways(hooks=Hooks(hosts, plain=plain)))
    assert (done.failed, told in done.problems[0]) == (1, True)
    assert receiver.taken == []


def test_a_redirect_is_not_followed_and_a_busy_receiver_is_asked_again(
    home: Path, hook: tuple[type[Hook], int]
) -> None:
    receiver, port = hook
    hooked(home, port)
    receiver.answers = [(302, f"http://127.0.0.1:{port}/elsewhere"), (503, "")]
    ways = Ways(hooks=Hooks(frozenset({"127.0.0.1"}), plain=True))
    assert posted(home, ways).put_off == 1
    done = posted(home, ways, MONDAY + timedelta(minutes=5))
    assert (done.failed, done.problems) == (1, ["127.0.0.1 answered 302."])
    assert len(receiver.taken) == 2


# ---- who is told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[xa]\nname = 'x'\n", r"recipients.toml: \[xa\]: has neither email nor webhook"),
        ("[xa]\nname = 'x'\nemial = ['a@b.vn']\n", "emial is not a key .* Did you mean 'email'"),
        ("[xa]\nname = 'x'\nemail = ['a b@c.vn']\n", "'a b@c.vn' is not an e-mail address"),
        ("[xa]\nname = 'x'\nemail = ['a@b.vn\\nBcc: c@d.vn']\n", "is not an e-mail address"),
        ('[xa]\nname = "x\\ny"\nemail = ["a@b.vn"]\n', "name: "),
        ("[xa]\nname = 'x'\nemail = ['a@b.vn']\nareas = ['9999']\n", "9999"),
        ("[xa]\nname = 'x'\nemail = ['a@b.vn']\norganisations = ['H4']\n", "H4"),
        ("[xa]\nname = 'x'\nwebhook = ['file:///etc/passwd']\n", "is not like https://"),
        ("[xa]\nname = 'x'\nwebhook = ['https://a@b.vn/']\n", "is not like https://"),
        ("[Xa]\nname = 'x'\nemail = ['a@b.vn']\n", "a stanza's name has only"),
        ("xa = 1\n", "is not a stanza"),
        ("[xa\n", "cannot be read"),
    ],
)
def test_a_wrong_recipient_is_refused_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "recipients.toml").write_text(text, encoding="utf-8")
    with pytest.raises(IocError, match=told):
        read_recipients(tmp_path, date(2026, 11, 23))


def test_without_the_file_nobody_is_told(tmp_path: Path) -> None:
    assert read_recipients(tmp_path, date(2026, 11, 23)) == []
    assert outbox.messages(tmp_path) == []
