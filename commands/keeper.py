"""Work beside the collector, in child processes: alerts are checked, packs are mailed.

A child has limits on memory, processor time and its time on the clock, so that no rule, no pack
and no mail server can stop collecting. Whatever becomes of it is told in a sentence.
"""

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from commands.processes import ROOT
from domain.errors import IocError

END_WITHIN = 10.0
GIGABYTE = 1024**3
MEMORY = 6 * GIGABYTE
"""Of addresses, most of which DuckDB and NumPy reserve without ever touching them."""
NICENESS = 5


def _always(_is_news: bool) -> bool:
    return True


@dataclass(frozen=True)
class Errand:
    """What a child does, and how it is called when it did not: "Alerts were not checked".

    It is done after news and `every` so many seconds where it is `needed`, which is asked whether
    there is news; it may take `deadline` seconds and rests afterwards. `hint` says where to look.
    """

    command: Sequence[str]
    undone: str
    hint: str = ""
    every: float = 300.0
    deadline: float = 180.0
    rest: float = 45.0
    needed: Callable[[bool], bool] = _always


CHECK = Errand(("app.py", "alert", "check", "--limited"), "Alerts were not checked", "`alert test`")
MAIL = Errand(
    ("app.py", "export", "send", "--limited"),
    "Packs were not mailed",
    "`export scheduled`",
    every=20.0,
    deadline=600.0,
    rest=1.0,
)


class Keeper:
    """Runs an errand when it is due, never twice at once. `tell` hears of it."""

    def __init__(self, tell: Callable[[str], None], errand: Errand) -> None:
        self._tell, self._errand = tell, errand
        self._news, self._stopping = threading.Event(), threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name=errand.undone, daemon=True)
        self._told = ""

    def note(self) -> None:
        """There is something new; this returns at once."""
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
            is_news = self._news.wait(self._errand.every)
            self._news.clear()
            if not self._stopping.is_set() and self._is_needed(is_news=is_news):
                self.once()
                self._stopping.wait(self._errand.rest)

    def _is_needed(self, *, is_news: bool) -> bool:
        """Whether there is something to do; where that cannot be found out, the child tells why."""
        try:
            return self._errand.needed(is_news)
        except IocError:
            return True

    def once(self) -> None:
        """Do it once. What is the matter is told, the same only once."""
        try:
            told = self._done()
        except OSError as error:
            told = f"{self._errand.undone}: {error}."
        if told and told != self._told and not self._stopping.is_set():
            self._tell(told)
        self._told = told

    def _done(self) -> str:
        """What the child had to say; nothing where all is well and nothing new."""
        errand = self._errand
        self._child = child = subprocess.Popen(
            [sys.executable, *self._errand.command],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            told, _ = child.communicate(timeout=errand.deadline)
        except subprocess.TimeoutExpired:
            _kill(child)
            child.communicate()
            see = f" See {errand.hint}." if errand.hint else ""
            return f"{errand.undone} within {errand.deadline:g} seconds.{see}"
        finally:
            _kill(child)
            self._child = None
        text = told.decode(errors="replace").strip()
        if child.returncode < 0:
            return f"{errand.undone}: the program was stopped (signal {-child.returncode})."
        return text


def limit(seconds: float = CHECK.deadline) -> None:
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
