"""Reading a filled workbook in a limited child: `python -m datasources.kinds.submission_child`.

A workbook comes from anybody's desk. The child has little memory and time and hands back plain
JSON; whatever becomes of it, the parent lives and has a sentence.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path

import msgspec

from datasources.kinds.submission_forms import Form
from datasources.kinds.submission_reading import Filled, Problem, read_filled

PROJECT = Path(__file__).parents[2]
SECONDS = 20
MEGABYTE = 1024**2
MEMORY = 1024 * MEGABYTE
OPEN_FILES = 64


class Order(msgspec.Struct, frozen=True):
    """A workbook, and the form it is read against."""

    form: Form
    content: bytes


def read_in_child(content: bytes, form: Form, seconds: float = SECONDS) -> Filled:
    """What a workbook says, read where it can do no harm."""
    order = msgspec.json.encode(Order(form, content))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "datasources.kinds.submission_child"],
            input=order,
            capture_output=True,
            timeout=seconds,
            check=True,
            cwd=PROJECT,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"},
            start_new_session=True,
        )
        return msgspec.json.decode(done.stdout, type=Filled)
    except (subprocess.SubprocessError, OSError, msgspec.MsgspecError):
        return Filled(problems=(Problem("", "unreadable"),))


def main() -> int:
    """Read the one workbook on standard input; the exit status."""
    _limit()
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    sys.stdout.buffer.write(msgspec.json.encode(read_filled(order.content, order.form)))
    return 0


def _limit() -> None:
    """Bound what this process may use, once and for all."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
