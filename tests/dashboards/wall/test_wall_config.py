"""wall.toml: what it may say, and that a slip in it is told where it is and changes nothing."""

from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dashboards.wall.config import SHIPPED, line_of, playlists, read
from dashboards.wall.playlist import Playlist, within
from metrics.rules import rules

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
GOOD = """
[hall]
title = "Sảnh"
[[hall.slides]]
[[hall.slides.tiles]]
kind = "text"
text = "Chào mừng"
"""


def test_the_shipped_playlists_have_every_slide_that_was_promised() -> None:
    found = read("", rules())
    assert found.problems == ()
    assert set(found.found) == {"province", "meeting"}
    kinds = [tile.kind for slide in found.found["province"].slides for tile in slide.tiles]
    assert {"values", "map", "ranking", "chart", "index766", "sources", "concerns"} <= set(kinds)
    assert {"clock", "ticker"} <= set(kinds)


@pytest.mark.parametrize(
    ("change", "line", "told"),
    [
        (('title = "Sảnh"', 'titel = "Sảnh"'), 3, "[hall]: titel is no key of this stanza. Did"),
        (('kind = "text"', 'kind = "txt"'), 6, "tiles[1]]: kind cannot be 'txt'. Did you mean 'te"),
        (('kind = "text"', 'kind = "chart"'), 5, "metric is missing: a tile 'chart' needs it"),
        (
            ('kind = "text"', 'kind = "chart"\nmetric = "on_time_rate"'),
            7,
            "is in no catalogue: 'on_time_rate'. Did you mean",
        ),
        (('kind = "text"', 'kind = "text"\narea = "99"'), 7, "the code of no area: '99'"),
        (('title = "Sảnh"', 'title = "Sảnh"\nnight = "22h"'), 4, "'22h' is not like 06:30-08:00"),
        (('title = "Sảnh"', 'title = "Sảnh"\nseconds = 1'), 4, "greater than or equal to 5"),
        (("[[hall.slides]]", '[[hall.slides]]\nsets = ["sang"]'), 5, "names no set: 'sang'"),
        (('kind = "text"', 'kind = "image"\nimage = "../x.png"'), 7, "is no name of a PNG"),
        (("[hall]", "[hall"), 2, "is not TOML"),
    ],
)
def test_a_slip_is_told_with_its_line_its_stanza_and_what_was_meant(
    change: tuple[str, str], line: int, told: str
) -> None:
    text = GOOD.replace(*change, 1)
    assert text != GOOD
    problems = read(text, rules()).problems
    assert told in problems[0].message
    assert problems[0].message.startswith("wall.toml")
    assert line_of(text, problems[0]) == line


def test_a_home_adds_playlists_and_replaces_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "wall.toml").write_text(GOOD + GOOD.replace("hall", "meeting"))
    found = playlists(tmp_path, rules())
    assert found.problems == ()
    assert set(found.found) == {"province", "meeting", "hall"}
    assert found.own == {"hall", "meeting"}
    assert len(found.found["meeting"].slides) == 1


def test_a_file_that_cannot_be_read_changes_nothing_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "wall.toml"
    file.write_text(GOOD)
    assert "hall" in playlists(tmp_path, rules()).found
    file.write_text(GOOD.replace("kind", "kinds"))
    found = playlists(tmp_path, rules())
    assert "hall" in found.found
    assert "kinds is no key of this stanza. Did you mean 'kind'?" in found.problems[0].message
    file.write_text(GOOD)
    assert playlists(tmp_path, rules()).problems == ()


def playing(playlist: Playlist, moment: str) -> list[int]:
    now = datetime.fromisoformat(moment).replace(tzinfo=ZONE)
    return [place for place, _ in playlist.playing(now)]


def test_each_hour_has_its_own_slides() -> None:
    province = read(SHIPPED.read_text(), rules()).found["province"]
    every = [1, 2, 3, 4, 5, 6]
    assert playing(province, "2026-11-23 07:00") == [0, *every]  # Monday morning: what to decide
    assert playing(province, "2026-11-22 07:00") == every  # Sunday
    assert playing(province, "2026-11-23 14:00") == every
    assert playing(province, "2026-11-23 23:00") == [7]
    assert playing(province, "2026-11-24 03:00") == [7]
    at = datetime(2026, 11, 23, 9, tzinfo=ZONE)
    assert province.seconds_of(province.slides[0], at) == 45  # as it says itself
    assert province.seconds_of(province.slides[1], at) == 60  # as the meeting does
    assert province.seconds_of(province.slides[1], at.replace(hour=14)) == 20


def test_hours_may_go_over_midnight() -> None:
    moment = time(21, 30)
    assert within("21:30-05:30", moment)
    assert within("21:30-05:30", moment.replace(hour=5, minute=29))
    assert not within("21:30-05:30", moment.replace(hour=5, minute=30))
    assert not within("06:30-08:00", moment.replace(hour=8, minute=0))
