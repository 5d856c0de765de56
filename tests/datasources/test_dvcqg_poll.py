"""Promises of asking a dossier system: everything, once, and a sentence for all that is wrong."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.datasources.home import NOW, Delivery, Home, payload
from tests.datasources.system import (
    Fault,
    Question,
    System,
    cut,
    drip,
    endless,
    expire,
    first_page,
    login_page,
    running,
    status,
    without_last,
)

SOURCE = """
[portal]
kind = "dvcqg"
url = "{url}"
allow_http = true
agency = "H44"
username = "ioc"
password_file = "config/password"
page_size = 10
overlap_minutes = 15
{keys}
"""


def item(number: int, updated: str | None = None) -> dict[str, Any]:
    """A dossier that last changed `number` seconds after midnight."""
    at = f"20200716{number // 3600:02}{number // 60 % 60:02}{number % 60:02}"
    return {
        **payload("dvcqg_dossiers.json")["data"][0],
        "MaHoSo": f"000.00.18.H44-200715-{number:04}",
        "NgayCapNhat": at if updated is None else updated,
    }


@pytest.fixture
def system() -> Iterator[System]:
    with running(System([item(number) for number in range(25)])) as found:
        yield found


def ask(
    home: Home, system: System, keys: str = "", *, url: str | None = None, **given: Any
) -> Delivery:
    home.configure(SOURCE.format(url=url or system.url, keys=keys))
    (home.path / "config" / "password").write_text("mật khẩu\n", encoding="utf-8")
    (home.path / "config" / "password").chmod(0o600)
    return home.collect("portal", **given)


def codes(delivery: Delivery) -> set[str]:
    return set(delivery.column("dossier_code"))


ALL = {item(number)["MaHoSo"] for number in range(25)}


def test_every_page_is_read_and_the_steps_after_the_dossiers(home: Home, system: System) -> None:
    system.steps = payload("dvcqg_steps.json")["data"][:2]
    delivery = ask(home, system)
    assert codes(delivery) == ALL
    assert len(delivery.rows("dossier_event")) == 2
    assert [(one["service"], one["trang"]) for one in system.asked] == [
        ("DongBoHoSoMC", 1),
        ("DongBoHoSoMC", 2),
        ("DongBoHoSoMC", 3),
        ("CapNhatTienDoHoSoMC", 1),
    ]


def test_a_question_is_asked_as_it_is_agreed(home: Home, system: System) -> None:
    ask(home, system)
    assert system.asked[0] == {
        "session": "s1",
        "madonvi": "H44",
        "service": "DongBoHoSoMC",
        "tuNgay": "20000101000000",
        "denNgay": "20261122100000",
        "trang": 1,
        "soBanGhi": 10,
    }


def test_the_data_are_known_to_reach_the_moment_of_the_question(home: Home, system: System) -> None:
    assert ask(home, system).manifest["data_as_of"] == NOW.isoformat()


def test_the_next_question_begins_a_little_before_the_last_change_that_was_seen(
    home: Home, system: System
) -> None:
    first = ask(home, system)
    system.asked.clear()
    system.items.append(item(25))
    second = ask(home, system, cursor=first.cursor)
    assert system.asked[0]["tuNgay"] == "20200715234524"
    assert item(25)["MaHoSo"] in codes(second)


def test_a_quiet_time_does_not_move_the_mark_back(home: Home, system: System) -> None:
    cursor = ask(home, system).cursor
    for _ in range(3):
        system.items.clear()
        cursor = ask(home, system, cursor=cursor).cursor
    assert cursor["until"]["DongBoHoSoMC"] == "2020-07-15T17:00:24+00:00"


def test_a_clock_of_the_source_that_runs_ahead_does_not_push_the_mark_into_the_future(
    home: Home, system: System
) -> None:
    ahead = (NOW + timedelta(hours=10)).strftime("%Y%m%d%H%M%S")
    system.items = [item(1), item(2, ahead)]
    # The system itself keeps to denNgay: what lies ahead is told when its time has come.
    assert codes(ask(home, system)) == {item(1)["MaHoSo"]}


def test_more_changes_in_one_second_than_a_page_holds_are_all_read(
    home: Home, system: System
) -> None:
    system.items = [item(number, "20200716080000") for number in range(95)]
    assert len(codes(ask(home, system))) == 95


def test_a_dossier_that_changes_while_pages_are_turned_is_neither_lost_nor_hides_another(
    home: Home, system: System
) -> None:
    later = NOW + timedelta(days=1)

    def change(system: System, question: Question) -> None:
        if question["trang"] == 2 and question["service"] == "DongBoHoSoMC" and moved:
            one = moved.pop()
            system.items[one]["NgayCapNhat"] = later.strftime("%Y%m%d%H%M%S")

    moved = [3, 7]
    system.before_page = change
    first = ask(home, system)
    # Those two changed after the question, and come with the next one; all others came.
    assert codes(first) >= ALL - {item(3)["MaHoSo"], item(7)["MaHoSo"]}
    assert codes(first) == ALL


def test_pages_that_never_stand_still_are_given_up_with_a_sentence(
    home: Home, system: System
) -> None:
    for one in system.items:
        one["NgayCapNhat"] = "20200716080000"

    def shrink(system: System, question: Question) -> None:
        if question["trang"] > 1:
            system.items.pop()

    system.before_page = shrink
    assert "changes faster than it can be read" in ask(home, system).error


def test_a_session_that_ran_out_is_renewed_once(home: Home, system: System) -> None:
    system.faults = [None, expire]
    assert codes(ask(home, system)) == ALL
    assert system.logins == 2


def test_a_session_that_is_refused_again_and_again_is_an_error(home: Home, system: System) -> None:
    system.always = expire
    assert "DongBoHoSoMC refuses a new session" in ask(home, system).error


def test_a_refused_login_is_an_error_and_its_password_is_not_told(
    home: Home, system: System
) -> None:
    system.login_answer = {"error_code": "02", "error_message": "mật khẩu"}
    delivery = ask(home, system)
    assert delivery.error == "portal: the login is refused. Check username and password_file."


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_passing_failure_is_asked_again(home: Home, system: System, code: int) -> None:
    system.faults = [status(code), None, status(code)]
    assert codes(ask(home, system)) == ALL


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (status(500), "127.0.0.1/dongbo answers 500. Ask whoever runs it."),
        (status(404), "answers 404. Check url"),
        (status(403), "answers 403"),
        (status(302, Location="http://169.254.169.254/"), "a redirect, which is not followed"),
        (login_page, "a page for people (text/html), perhaps a login page"),
        (cut, "broke off in the middle of its answer"),
        (endless, "answers with more than 50 MB"),
        (without_last, "holds 9 records where 10 are promised"),
    ],
)
def test_a_lasting_failure_is_a_sentence_and_nothing_lands(
    home: Home, system: System, fault: Fault, words: str
) -> None:
    system.always = fault
    delivery = ask(home, system)
    assert words in delivery.error
    assert list((home.path / "landing").glob("*/*")) == []
    # The line or the system failed, not the data.
    assert not delivery.outcome.suspect


def test_a_refusal_is_not_asked_again(home: Home, system: System) -> None:
    system.always = status(403)
    ask(home, system)
    assert len(system.asked) == 1


def test_a_failure_on_a_later_page_takes_nothing_of_the_earlier_ones(
    home: Home, system: System
) -> None:
    system.faults = [None, None, cut, cut, cut]
    assert "broke off" in ask(home, system).error
    assert list((home.path / "landing").glob("*/*")) == []


def test_a_server_that_asks_for_time_gets_it(home: Home, system: System) -> None:
    system.faults = [status(429, Retry_After="1")]
    began = time.monotonic()
    assert codes(ask(home, system)) == ALL
    assert time.monotonic() - began >= 1


def test_a_server_that_asks_for_too_much_time_is_left_for_the_next_run(
    home: Home, system: System
) -> None:
    system.always = status(429, Retry_After="9999")
    began = time.monotonic()
    assert "answers 429" in ask(home, system).error
    assert time.monotonic() - began < 5
    assert len(system.asked) == 1


def test_a_slow_drip_is_cut_by_the_deadline_of_the_whole_answer(home: Home, system: System) -> None:
    system.always = drip
    began = time.monotonic()
    delivery = ask(home, system, keys="answer_seconds = 0.5", seconds=2.0)
    assert "too slowly" in delivery.error or "no whole answer" in delivery.error
    assert time.monotonic() - began < 5


def test_a_page_that_comes_again_is_asked_for_again(home: Home, system: System) -> None:
    system.faults = [None, first_page]
    delivery = ask(home, system)
    assert codes(delivery) == ALL
    assert len(delivery.rows()) == 25


def test_a_system_that_always_tells_the_same_page_is_not_listened_to_for_ever(
    home: Home, system: System
) -> None:
    system.always = first_page
    assert "page 2 of DongBoHoSoMC repeats an earlier page" in ask(home, system).error
    assert len(system.asked) < 10


def test_a_system_that_is_not_there_is_an_error_of_the_line(home: Home) -> None:
    with running(System()) as system:
        pass
    delivery = ask(home, system)
    assert "127.0.0.1/login cannot be reached" in delivery.error
    assert not delivery.outcome.suspect


def test_a_long_history_is_read_in_several_runs(home: Home, system: System) -> None:
    def wait(system: System, question: Question) -> None:
        time.sleep(0.5)

    system.before_page = wait
    first = ask(home, system, seconds=3.0)
    assert "the rest follows" in first.manifest["contract"][0]
    assert 0 < len(codes(first)) < 25
    system.before_page = None
    second = ask(home, system, cursor=first.cursor)
    assert codes(first) | codes(second) == ALL


def test_looking_at_a_system_takes_one_page(home: Home, system: System) -> None:
    delivery = ask(home, system, sample=True)
    assert len(delivery.rows()) == 10


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://dichvucong.example/x", "is not encrypted. Use https"),
        ("https://user:secret@host.example/x", "holds more than host and path"),
        ("https://host.example/x?key=secret", "holds more than host and path"),
        ("ftp://host.example/x", "is no web address"),
        ("file:///etc/passwd", "is no web address"),
        ("https://169.254.169.254/latest", "leads to an address that may not be asked"),
        ("https://[fe80::1]/x", "leads to an address that may not be asked"),
        ("https://0.0.0.0/x", "leads to an address that may not be asked"),
        ("https://no-such-host.invalid/x", "has no address"),
        ("https://224.0.0.1/x", "leads to an address that may not be asked"),
    ],
)
def test_an_address_that_must_not_be_asked_is_refused_before_anything_is_sent(
    home: Home, url: str, words: str
) -> None:
    system = System()
    home.configure(SOURCE.format(url=url, keys="").replace("allow_http = true", ""))
    (home.path / "config" / "password").write_text("x")
    (home.path / "config" / "password").chmod(0o600)
    told = home.collect("portal").error
    assert words in told
    assert "secret" not in told
    assert system.logins == 0


def test_a_host_of_an_own_authority_is_believed_by_its_name_though_asked_by_its_address(
    home: Home, tmp_path: Path
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    certificate, key = tmp_path / "ca.pem", tmp_path / "key.pem"
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run([*make, *name, *files], check=True, capture_output=True)
    with running(System([item(1)]), certificate, key) as system:
        by_name = system.url.replace("http://127.0.0.1", "https://localhost")
        by_address = system.url.replace("http:", "https:")
        trusted = f'ca_file = "{certificate}"'
        assert codes(ask(home, system, trusted, url=by_name)) == {item(1)["MaHoSo"]}
        assert "certificate that is not trusted" in ask(home, system, url=by_name).error
        # The certificate is for the name: an address alone could be anybody's.
        assert "certificate that is not trusted" in ask(home, system, trusted, url=by_address).error


def test_only_the_networks_that_are_allowed_are_asked(home: Home, system: System) -> None:
    assert "may not be asked" in ask(home, system, keys='networks = ["10.0.0.0/8"]').error
    assert codes(ask(home, system, keys='networks = ["127.0.0.0/8"]')) == ALL


def test_a_proxy_of_the_environment_is_not_used(
    home: Home, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert codes(ask(home, system)) == ALL


def test_a_password_that_others_can_read_is_refused(home: Home, system: System) -> None:
    ask(home, system)
    password = home.path / "config" / "password"
    password.chmod(0o644)
    delivery = home.collect("portal")
    assert "can be read by others. Run: chmod 600" in delivery.error
    password.unlink()
    assert "cannot be read (No such file or directory)" in home.collect("portal").error
