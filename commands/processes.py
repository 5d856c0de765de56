"""Running several of our programs side by side, and leaving none of them behind."""

import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from domain.errors import IocError

ROOT = Path(__file__).parents[1]
END_WITHIN = 10.0  # seconds a program may take to end before it is killed
LOOK_EVERY = 0.2
RESTARTS, RESTART_WINDOW = 5, 600.0
FINAL = (
    1,
    2,
    75,
)  # it said what is wrong, or somebody else does its work: starting anew won't help


@dataclass
class Program:
    """One program, by the arguments Python gets. Those after it wait until `ready` answers 200."""

    name: str
    arguments: Sequence[str]
    ready: str | None = None
    starts: list[float] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it in a session of its own: Ctrl-C reaches us alone, and we end it in order."""
        self.starts.append(time.monotonic())
        self.process = subprocess.Popen(
            [sys.executable, *self.arguments], cwd=ROOT, start_new_session=True
        )

    @property
    def is_ready(self) -> bool:
        """Whether it can be used: it runs, and its address, if it has one, says so."""
        if self.ready is None or self.process is None:
            return self.process is not None
        try:
            with urllib.request.urlopen(self.ready, timeout=1) as answer:  # noqa: S310 - our own address
                self.ready = None if answer.status == 200 else self.ready
        except OSError:
            return False
        return self.ready is None

    @property
    def status(self) -> int | None:
        """Its exit status, None while it runs."""
        return None if self.process is None else self.process.poll()

    @property
    def may_restart(self) -> bool:
        """Whether it ended without giving a reason, and not too often."""
        recent = [at for at in self.starts if time.monotonic() - at < RESTART_WINDOW]
        return self.status not in FINAL and len(recent) <= RESTARTS

    def end(self) -> None:
        """Ask it to end, and make it end when it does not listen."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(END_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def stop_signals() -> Iterator[list[int]]:
    """A list that fills with the signals that ask us to stop, while the block runs."""
    taken: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda got, _: taken.append(got)) for number in numbers}
    try:
        yield taken
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def supervise(programs: Sequence[Program], stopping: Sequence[int]) -> None:
    """Keep all programs running until `stopping` holds a signal; then end them, last one first.

    A program that dies without a reason is started again, a few times. Raises IocError when
    one cannot be kept running; the others are ended before that.
    """
    try:
        while not stopping:
            for program in programs:
                _keep(program)
                if not program.is_ready:
                    break
            time.sleep(LOOK_EVERY)
    finally:
        for program in reversed(programs):
            program.end()


def announce(sentence: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def _keep(program: Program) -> None:
    if program.process is None:
        program.start()
    elif program.status is not None:
        if not program.may_restart:
            raise IocError(
                f"The {program.name} ended with status {program.status}, so everything was "
                "stopped. Its own words stand above."
            )
        program.start()
