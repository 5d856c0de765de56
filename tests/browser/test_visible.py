"""The benchmark that watches a number change on an open page runs and reports."""

from pathlib import Path

import pytest

from benchmarks import visible


@pytest.mark.browser
@pytest.mark.slow
def test_a_batch_that_was_committed_shows_on_the_open_page(tmp_path: Path) -> None:
    # The run itself waits in vain, and fails, if the number never changes.
    report = visible.run(tmp_path, number=3_000, rounds=1)
    assert "| committed → on the open page" in report
    assert "1,000 dossiers arriving among 3,000" in report
