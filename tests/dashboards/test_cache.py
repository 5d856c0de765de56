import threading
import time
from pathlib import Path

import flask
import pytest

from dashboards.cache import AnswerCache


@pytest.fixture
def cache(tmp_path: Path) -> AnswerCache:
    return AnswerCache(flask.Flask("x"), tmp_path / "drawn")


def test_an_answer_is_computed_once(cache: AnswerCache) -> None:
    asked: list[str] = []

    def compute() -> dict[str, object]:
        asked.append("x")
        return {"tree": ["p", {}, "Đạt", None, 1.5]}

    assert cache.remembered(("a", "b"), compute) == cache.remembered(("a", "b"), compute)
    assert asked == ["x"]


def test_every_part_of_a_key_counts(cache: AnswerCache) -> None:
    keys = [("a", "b"), ("a", "c"), ("ab", ""), ("a", "b", "")]
    for key in keys:
        cache.remembered(key, lambda key=key: list(key))  # type: ignore[misc]
    assert [cache.remembered(key, list) for key in keys] == [list(key) for key in keys]


@pytest.mark.parametrize("part", [object(), 1, None, ("a",)])
def test_only_texts_make_a_key(cache: AnswerCache, part: object) -> None:
    with pytest.raises(TypeError, match="made of texts"):
        cache.remembered(("a", part), list)  # type: ignore[arg-type]


def test_many_who_ask_at_once_wait_for_one_computation(cache: AnswerCache) -> None:
    computed: list[int] = []

    def compute() -> str:
        time.sleep(0.05)
        computed.append(1)
        return "answer"

    threads = [threading.Thread(target=cache.remembered, args=(("k",), compute)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert computed == [1]


def test_a_failed_computation_is_not_kept(cache: AnswerCache) -> None:
    with pytest.raises(ZeroDivisionError):
        cache.remembered(("k",), lambda: 1 // 0)
    assert cache.remembered(("k",), lambda: "well") == "well"


def test_another_process_reads_what_this_one_kept(tmp_path: Path) -> None:
    one = AnswerCache(flask.Flask("one"), tmp_path / "drawn")
    one.remembered(("k",), lambda: "kept")
    other = AnswerCache(flask.Flask("other"), tmp_path / "drawn")
    assert other.remembered(("k",), lambda: "made anew") == "kept"


def test_entries_are_json_and_readable_by_nobody_else(cache: AnswerCache, tmp_path: Path) -> None:
    cache.remembered(("k",), lambda: {"a": "Đ"})
    folder = tmp_path / "drawn"
    assert folder.stat().st_mode & 0o777 == 0o700
    contents = [path.read_bytes() for path in folder.iterdir()]
    assert any(content.endswith('{"a":"Đ"}'.encode()) for content in contents)
    assert not any(b"\x80\x04" in content for content in contents)  # how a pickle begins


def test_a_damaged_entry_is_made_anew(cache: AnswerCache, tmp_path: Path) -> None:
    cache.remembered(("k",), lambda: "first")
    for path in (tmp_path / "drawn").iterdir():
        path.write_bytes(path.read_bytes()[:4] + b"{rubbish")
    assert cache.remembered(("k",), lambda: "second") == "second"
