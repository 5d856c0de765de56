"""Keeping alerts beside the collector: a child process checks the rules after each publication.

The child has limits on memory, processor time and its time on the clock, so that no rule and no
mail server can stop collecting. Whatever becomes of it is told in a sentence.
"""

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from commands.processes import ROOT

COMMAND = ("app.py", "alert", "check", "--limited")
DEADLINE_SECONDS = 180.0
REST_SECONDS = 45.0
AT_LEAST_EVERY_SECONDS = 300.0
END_WITHIN = 10.0
GIGABYTE = 1024**3
MEMORY = 6 * GIGABYTE
"""Of addresses, most of which DuckDB and NumPy reserve without ever touching them."""
NICENESS = 5


class AlertKeeper:
    """Runs the check after news and every few minutes, never twice at once. `tell` hears of it."""

    def __init__(
        self,
        tell: Callable[[str], None],
        command: Sequence[str] = COMMAND,
        deadline: float = DEADLINE_SECONDS,
        rest: float = REST_SECONDS,
    ) -> None:
        self._tell, self._command = tell, command
        self._deadline, self._rest = deadline, rest
        self._news, self._stopping = threading.Event(), threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)
        self._told = ""

    def note(self) -> None:
        """There is something new to check; this returns at once."""
        self._news.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._news.set()
        child = self._child
        if child is not None:
            _kill(child)
        self._thread.join(END_WITHIN)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._news.wait(AT_LEAST_EVERY_SECONDS)
            self._news.clear()
            if not self._stopping.is_set():
                self.once()
                self._stopping.wait(self._rest)

    def once(self) -> None:
        """Check once. What is the matter is told, the same only once."""
        try:
            told = self._checked()
        except OSError as error:
            told = f"Alerts were not checked: {error}."
        if told and told != self._told and not self._stopping.is_set():
            self._tell(told)
        self._told = told

    def _checked(self) -> str:
        """What the child had to say; nothing where all is well and nothing new."""
        self._child = child = subprocess.Popen(
            [sys.executable, *self._command],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            told, _ = child.communicate(timeout=self._deadline)
        except subprocess.TimeoutExpired:
            _kill(child)
            child.communicate()
            return f"Alerts were not checked within {self._deadline:g} seconds. See `alert test`."
        finally:
            _kill(child)
            self._child = None
        text = told.decode(errors="replace").strip()
        if child.returncode < 0:
            return f"Alerts were not checked: the check was stopped (signal {-child.returncode})."
        return text


def limit(seconds: float = DEADLINE_SECONDS) -> None:
    """Bound what this process may use, once and for all."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    processor = int(2 * seconds) + 1  # two cores can use twice the time on the clock
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)


def _kill(child: "subprocess.Popen[bytes]") -> None:
    """End a child and whatever it started; one that has ended already is left in peace."""
    if child.poll() is None:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
