"""The benchmark that watches a number change on an open page runs and reports."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from pathlib import Path
from benchmarks import visible
print(visible.run(Path(sys.argv[1]), number=3_000, rounds=1))
"""


@pytest.mark.browser
@pytest.mark.slow
def test_a_batch_that_was_committed_shows_on_the_open_page(tmp_path: Path) -> None:
    # A process of its own, with a browser of its own. It waits in vain, and fails, if the
    # number never changes.
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "| committed → on the open page" in run.stdout
    assert "1,000 dossiers arriving among 3,000" in run.stdout
