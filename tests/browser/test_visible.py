"""The benchmarks that look at pages in Chromium run and report."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from pathlib import Path
from benchmarks import pages, visible
folder = Path(sys.argv[1])
print(visible.run(folder, number=3_000, rounds=1))
pages.addresses = lambda: ["/area/25", "/my"]
print(pages.run(folder, None, number=3_000, rounds=1))
"""


@pytest.mark.browser
@pytest.mark.slow
def test_a_committed_batch_shows_on_the_open_page_and_pages_tell_what_they_take(
    tmp_path: Path,
) -> None:
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
    assert [line.split("|")[1].strip() for line in run.stdout.splitlines() if "| /" in line] == [
        "/area/25",
        "/my",
    ]
