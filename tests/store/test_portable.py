"""The rules of counting are plain SQL, so that a larger engine could roll up a whole country."""

import re
from pathlib import Path

import pytest

from store.facts import counts

MEASURES = sorted((Path(__file__).parents[2] / "store/measures").glob("*.sql"))

# Words before a bracket that any engine knows, functions and syntax alike.
PORTABLE = {
    "as", "cast", "coalesce", "in", "join", "least", "sum", "values", "and", "or", "when", "step",
}  # fmt: skip
OURS_ALONE = ["::", "exclude", "qualify", "group by all", "by name", "unnest", "[", "{", "$"]


def code(path: Path) -> str:
    """The statements without their comments."""
    return re.sub(r"--.*", "", path.read_text()).lower()


@pytest.mark.parametrize("path", MEASURES, ids=lambda path: path.stem)
def test_measures_use_no_function_or_syntax_of_one_engine_alone(path: Path) -> None:
    called = set(re.findall(r"(\w+)\s*\(", code(path)))
    assert called <= PORTABLE
    assert [word for word in OURS_ALONE if word in code(path)] == []


@pytest.mark.parametrize("path", MEASURES, ids=lambda path: path.stem)
def test_a_measure_file_tells_the_events_and_then_what_each_kind_counts_as(path: Path) -> None:
    events, *kinds = code(path).split(";")
    assert events.lstrip().startswith(("select", "with"))
    if counts()[path.stem].is_tallied:
        (kind,) = kinds
        assert kind.split()[:2] == ["select", "kinds.*,"]
        assert kind.split()[-2:] == ["from", "kinds"]
    else:
        assert not kinds


def test_every_kind_of_record_that_is_counted_has_its_file() -> None:
    assert [path.stem for path in MEASURES] == [
        "document",
        "dossier",
        "feedback",
        "observation",
        "procedure",
        "station_hour",
    ]
