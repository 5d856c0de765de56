"""Promises of the drop folder: whole files, once each, whatever they are called."""

import os
import threading
import time
from pathlib import Path

import pytest

from datasources.reading.files import shown
from tests.datasources.home import Home

SOURCE = """
[desk]
kind = "csv"
record = "dossier"
path = "{path}"
[desk.columns]
dossier_code = "code"
competent_area = "area"
"""


def configure(home: Home, path: str = "in/*.csv") -> None:
    home.configure(SOURCE.format(path=path))


def text(*codes: str) -> str:
    return "".join(["code,area\n", *(f"{code},25\n" for code in codes)])


@pytest.mark.parametrize("path", ["in/*.csv", "in", "/nowhere/at/all.csv"])
def test_an_empty_folder_is_an_error_that_names_the_path(home: Home, path: str) -> None:
    configure(home, path)
    (home.path / "in").mkdir()
    delivery = home.collect("desk")
    assert delivery.error == (f"desk: no file matches {path}. Check path in config/sources.toml.")
    assert not delivery.outcome.suspect


def test_a_file_is_taken_once(home: Home) -> None:
    configure(home)
    home.write("in/a.csv", text("1"))
    first = home.collect("desk")
    again = home.collect("desk", cursor=first.cursor)
    assert first.column("dossier_code") == ["1"]
    assert again.manifest["origins"] == []
    assert again.manifest["rows_read"] == 0


def test_a_file_that_changed_is_taken_again(home: Home) -> None:
    configure(home)
    home.write("in/a.csv", text("1"))
    first = home.collect("desk")
    home.write("in/a.csv", text("1", "2"))
    assert home.collect("desk", cursor=first.cursor).column("dossier_code") == ["1", "2"]


def test_a_file_that_was_only_touched_is_not_taken_again(home: Home) -> None:
    configure(home)
    path = home.write("in/a.csv", text("1"))
    first = home.collect("desk")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert home.collect("desk", cursor=first.cursor).manifest["origins"] == []


def test_only_what_is_new_is_taken_beside_what_was_taken_before(home: Home) -> None:
    configure(home)
    home.write("in/a.csv", text("1"))
    first = home.collect("desk")
    home.write("in/b.csv", text("2"))
    second = home.collect("desk", cursor=first.cursor)
    assert second.column("dossier_code") == ["2"]
    assert sorted(second.cursor["files"]) == ["a.csv", "b.csv"]


def test_files_that_are_gone_are_forgotten(home: Home) -> None:
    configure(home)
    home.write("in/a.csv", text("1"))
    first = home.collect("desk")
    (home.path / "in" / "a.csv").unlink()
    home.write("in/b.csv", text("2"))
    assert list(home.collect("desk", cursor=first.cursor).cursor["files"]) == ["b.csv"]


def test_the_oldest_file_comes_first_so_that_the_newest_has_the_last_word(home: Home) -> None:
    configure(home)
    for name, age in (("b", 300), ("a", 200), ("c", 100)):
        path = home.write(f"in/{name}.csv", text(name))
        os.utime(path, (time.time() - age, time.time() - age))
    assert home.collect("desk").column("dossier_code") == ["b", "a", "c"]


def test_a_file_written_this_moment_is_taken_once_it_rests(home: Home) -> None:
    configure(home)
    path = home.path / "in" / "a.csv"
    path.parent.mkdir()
    path.write_text(text("1"))
    assert home.collect("desk").column("dossier_code") == ["1"]


def test_a_half_copied_file_waits_for_the_next_run_and_is_said_to(home: Home) -> None:
    configure(home)
    home.write("in/whole.csv", text("whole"))
    path = home.path / "in" / "half.csv"
    stop = threading.Event()

    def copy() -> None:
        with path.open("w") as file:
            file.write("code,area\n")
            while not stop.wait(0.1):
                file.write("x,25\n")
                file.flush()

    copying = threading.Thread(target=copy)
    copying.start()
    try:
        time.sleep(0.3)
        delivery = home.collect("desk")
    finally:
        stop.set()
        copying.join()
    assert delivery.column("dossier_code") == ["whole"]
    assert delivery.manifest["contract"] == [
        "half.csv is still being written; it is taken at the next run."
    ]
    assert list(delivery.cursor["files"]) == ["whole.csv"]


def test_a_done_file_says_that_its_neighbour_is_whole(home: Home) -> None:
    configure(home)
    path = home.path / "in" / "a.csv"
    path.parent.mkdir()
    path.write_text(text("1"))
    path.with_name("a.csv.done").touch()
    began = time.monotonic()
    assert home.collect("desk").column("dossier_code") == ["1"]
    assert time.monotonic() - began < 1.5


def test_links_pipes_and_folders_are_not_files(home: Home) -> None:
    configure(home)
    folder = home.path / "in"
    home.write("in/a.csv", text("1"))
    home.write("elsewhere/secret.csv", text("secret"))
    (folder / "link.csv").symlink_to(home.path / "elsewhere" / "secret.csv")
    (folder / "folder.csv").mkdir()
    os.mkfifo(folder / "pipe.csv")
    assert home.collect("desk").column("dossier_code") == ["1"]


def test_a_path_that_is_a_link_itself_is_followed_for_it_was_configured(home: Home) -> None:
    configure(home, "latest.csv")
    target = home.write("2020-07.csv", text("1"))
    (home.path / "latest.csv").symlink_to(target)
    assert home.collect("desk").column("dossier_code") == ["1"]


@pytest.mark.parametrize(
    "name",
    [
        "a b.csv", "-rf.csv", "$(id).csv", "'; drop table x;--.csv", "a\nb.csv", "a\tb.csv",
        "Hồ sơ tháng 7.csv", "a..csv", "%2e%2e.csv", "x" * 200 + ".csv", "a\x1b[31m.csv",
        "\u202egnp.csv", "=1+1.csv", "<b>.csv",
    ],
)  # fmt: skip
def test_a_hostile_name_is_shown_with_care_and_taken_once(home: Home, name: str) -> None:
    configure(home)
    home.write(f"in/{name}", text("1"))
    first = home.collect("desk")
    assert first.column("dossier_code") == ["1"]
    [origin] = first.manifest["origins"]
    assert origin["name"].isprintable()
    assert len(origin["name"]) <= 130
    assert home.collect("desk", cursor=first.cursor).manifest["origins"] == []


def test_a_name_that_is_no_text_is_taken_too(home: Home) -> None:
    configure(home)
    (home.path / "in").mkdir()
    path = os.fsencode(home.path / "in") + b"/\xff\xfe.csv"
    with open(path, "w") as file:  # noqa: PTH123  (a name that is no text)
        file.write(text("1"))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    [origin] = home.collect("desk").manifest["origins"]
    assert origin["name"] == "\\xff\\xfe.csv"


def test_long_names_that_begin_alike_stay_apart() -> None:
    assert shown("x" * 200 + "1") != shown("x" * 200 + "2")


def test_a_file_that_may_not_be_read_is_an_error_of_its_own(home: Home) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    configure(home)
    home.write("in/a.csv", text("1")).chmod(0)
    assert "a.csv cannot be read (Permission denied)" in home.collect("desk").error


def test_a_source_that_is_pushed_to_says_that_nothing_came_and_not_that_a_path_is_wrong(
    home: Home,
) -> None:
    home.configure(SOURCE.replace('path = "{path}"', "push = true"))
    assert home.collect("desk").error == (
        "desk: nothing was pushed to it that is still to be read. "
        "Push a document to it, or submit its form."
    )


def test_a_folder_is_searched_at_any_depth_for_files_of_its_kind(home: Home) -> None:
    configure(home, "in")
    home.write("in/2020/07/a.csv", text("1"))
    home.write("in/2020/notes.txt", "not ours")
    home.write("in/2020/.hidden.csv", text("hidden"))
    delivery = home.collect("desk")
    assert [origin["name"] for origin in delivery.manifest["origins"]] == ["2020/07/a.csv"]


def test_the_newest_manifest_sorts_last_even_if_the_clock_stands_still(home: Home) -> None:
    configure(home)
    folders: list[Path] = []
    for number in range(3):
        home.write("in/a.csv", text(str(number)))
        folders.append(home.collect("desk").folder)
    assert sorted(folders) == folders
