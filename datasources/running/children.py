"""Child processes, from the side of the parent: started with little, and ended in time."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

import msgspec

from datasources.reading.landed import clear_unfinished
from datasources.running.job import Job, Outcome, Progress
from domain.errors import SourceError

PROJECT = Path(__file__).parents[2]
LOGS = "logs"


class Children:
    """Runs jobs, each in a process of its own; may be used from several threads."""

    def __init__(self) -> None:
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._guard = threading.Lock()
        self._stopped = False

    def run(self, job: Job, tell: Callable[[Progress], None] = lambda _: None) -> Outcome:
        """How a job ended; never later than its seconds, and never with an exception.

        `tell` hears how far it has come, after each document.
        """
        logs = Path(job.home, LOGS)
        logs.mkdir(parents=True, exist_ok=True)
        with (logs / f"{job.source}.log").open("ab") as log:
            child = self._start(log.fileno(), Path(job.home))
            if child is None:
                return _ended(job, "was not started: the collector is ending")
            try:
                answer = self._answer(child, job, tell)
            finally:
                with self._guard:
                    self._running.pop(child.pid, None)
        if answer.folder is None:
            clear_unfinished(Path(job.root), job.source)
        return answer

    def stop(self) -> None:
        """End every child at once, and start no more."""
        with self._guard:
            self._stopped = True
            for child in self._running.values():
                _kill(child)

    def _start(self, log: int, home: Path) -> "subprocess.Popen[bytes] | None":
        """A child with a clean environment: no secret of ours is handed down."""
        with self._guard:
            if self._stopped:
                return None
            child = subprocess.Popen(
                [sys.executable, "-m", "datasources.running.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=home,
                env={
                    "PATH": os.defpath,
                    "PYTHONPATH": str(PROJECT),
                    "LANG": "C.UTF-8",
                    "OPENBLAS_NUM_THREADS": "1",
                    # Two threads that fill columns wait less for this one than for the default.
                    "ARROW_DEFAULT_MEMORY_POOL": "system",
                },
                start_new_session=True,
            )
            self._running[child.pid] = child
            return child

    def _answer(
        self, child: "subprocess.Popen[bytes]", job: Job, tell: Callable[[Progress], None]
    ) -> Outcome:
        """What the child says. Its input stays open until then: its end would end the child."""
        order = msgspec.json.encode(job) + b"\n"
        timer = threading.Timer(job.seconds, _kill, [child])
        timer.start()
        try:
            _input(child).write(order)
            _input(child).flush()
            answer = _last_line(_output(child), tell)
        except BrokenPipeError:
            answer = b""
        finally:
            in_time = timer.is_alive()
            timer.cancel()
            _kill(child)
            status = child.wait()
            _close(child)
        try:
            return msgspec.json.decode(answer, type=Outcome)
        except msgspec.MsgspecError:
            return _ended(job, _why(status, job, in_time=in_time), suspect=in_time)


def _last_line(lines: IO[bytes], tell: Callable[[Progress], None]) -> bytes:
    """The answer, which comes last; what comes before it is how far the child has come."""
    last = b""
    for line in lines:
        try:
            tell(msgspec.json.decode(line, type=Progress))
        except msgspec.MsgspecError:
            last = line
    return last


def _why(status: int, job: Job, *, in_time: bool) -> str:
    if not in_time:
        return f"was not read within {job.seconds:g} seconds, and was stopped"
    if status == -signal.SIGXCPU:
        return "was stopped: it used more processor time than it may"
    if status < 0:
        return f"was stopped (signal {-status}), perhaps for want of memory"
    return f"was not read: the reader ended with status {status}"


def _ended(job: Job, fact: str, *, suspect: bool = False) -> Outcome:
    message = SourceError(job.source, fact, f"See logs/{job.source}.log").message
    return Outcome(error=message.replace(f"{job.source}: ", f"{job.source} ", 1), suspect=suspect)


def _kill(child: "subprocess.Popen[bytes]") -> None:
    """End a child and whatever it started; one that has ended already is left in peace."""
    if child.poll() is None:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def _input(child: "subprocess.Popen[bytes]") -> IO[bytes]:
    if child.stdin is None:
        raise ValueError("the child was started without an input")
    return child.stdin


def _output(child: "subprocess.Popen[bytes]") -> IO[bytes]:
    if child.stdout is None:
        raise ValueError("the child was started without an output")
    return child.stdout


def _close(child: "subprocess.Popen[bytes]") -> None:
    for pipe in (_input(child), _output(child)):
        try:
            pipe.close()
        except BrokenPipeError:
            continue
