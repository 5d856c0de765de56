"""The rules of counting are plain SQL, so that a larger engine could roll up a whole country."""

import re
from pathlib import Path

import pytest

from store.facts import Count, counts

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
def test_a_measure_file_tells_of_lives_then_what_happens_in_them_then_what_that_counts_as(
    path: Path,
) -> None:
    statements = [" ".join(one.split()) for one in code(path).split(";")]
    assert all(one.startswith(("select", "with")) for one in statements)
    count = counts()[path.stem]
    if not count.is_tallied:
        assert len(statements) == 1
        return
    *steps, kinds = statements[len(count.lives) :]
    assert kinds.startswith("select steps.*,")
    assert kinds.endswith("from steps")
    for one in steps:
        assert re.match(rf"with kinds as \( select distinct [\w, ]+ from ({lives(count)}) \)", one)
        assert "as day_name" in one
        assert "as origin_name" in one


def lives(count: Count) -> str:
    return "|".join(count.lives)


def test_every_kind_of_record_that_is_counted_has_its_file() -> None:
    assert [path.stem for path in MEASURES] == [
        "document",
        "dossier",
        "feedback",
        "observation",
        "procedure",
        "receipt",
        "station_hour",
    ]
