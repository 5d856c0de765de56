"""People and the audit trail from the command line, as an operator uses it."""

from pathlib import Path

from tests.command_line import ask


def test_people_are_added_listed_disabled_and_let_in_again(tmp_path: Path) -> None:
    added = ask(tmp_path, "user", "add", "Lan", "--role", "department", "--area", "25")
    assert added.returncode == 0
    password = added.stdout.strip()
    assert len(password) == 23
    assert password not in added.stderr
    listed = ask(tmp_path, "user", "list").stdout
    assert "lan  lan  department  25@2025-07-01  last login never  may log in" in listed
    assert ask(tmp_path, "user", "disable", "lan").returncode == 0
    assert "disabled" in ask(tmp_path, "user", "list").stdout
    ask(tmp_path, "user", "unlock", "lan")
    assert "may log in" in ask(tmp_path, "user", "list").stdout
    ask(tmp_path, "user", "rights", "lan", "--role", "leader", "--organisation", "000.00.05.H44")
    assert "leader  all areas, organisations H44.05" in ask(tmp_path, "user", "list").stdout
    assert ask(tmp_path, "user", "password", "lan").stdout.strip() != password
    shown = ask(tmp_path, "audit", "show").stdout
    events = ["password", "rights", "unlock", "disable", "add"]
    assert [line.split("  ")[3] for line in shown.splitlines()] == [f"person.{e}" for e in events]
    assert password not in shown
    verified = ask(tmp_path, "audit", "verify")
    assert "5 entries, unbroken. Head: " in verified.stdout
    head = verified.stdout.split()[-1]
    assert ask(tmp_path, "audit", "verify", "--head", head).returncode == 0
    assert ask(tmp_path, "audit", "verify", "--head", "0" * 64).returncode == 1


def test_slips_get_a_sentence(tmp_path: Path) -> None:
    for words, sentence in {
        ("add", "lan", "--role", "leeder"): "Did you mean 'leader'",
        ("add", "lan", "--role", "kiosk"): "belong to no person",
        ("add", "Lan Anh", "--role", "leader"): "cannot be a name",
        ("add", "lan", "--role", "leader", "--area", "99"): "99",
        ("disable", "lan"): "There is no person 'lan'",
    }.items():
        refused = ask(tmp_path, "user", *words)
        assert refused.returncode == 2
        assert sentence in refused.stderr
        assert "Traceback" not in refused.stderr
    assert ask(tmp_path, "user", "list").stdout == ""


def test_a_playlist_there_is_not_is_refused_before_a_screen_is_confirmed(tmp_path: Path) -> None:
    refused = ask(tmp_path, "screen", "confirm", "12345678", "--name", "Hall", "--playlist", "hal")
    assert refused.returncode == 2
    assert "There is no playlist 'hal'. There are: meeting, province." in refused.stderr
