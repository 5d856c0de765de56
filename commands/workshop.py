"""Starting the builder of exports from the web: a process of its own, one at a time."""

import subprocess
import sys
import threading
from pathlib import Path

from dashboards.exports.builder import is_at_work

ROOT = Path(__file__).parents[1]
COMMAND = ("app.py", "export", "build")


class Workshop:
    """Starts a builder where none is at work; called as often as anybody waits for a file."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def __call__(self) -> None:
        with self._lock:
            if self._child is not None and self._child.poll() is None:
                return
            if not is_at_work(self._home):
                self._child = subprocess.Popen(
                    [sys.executable, *COMMAND], cwd=ROOT, stdin=subprocess.DEVNULL
                )
