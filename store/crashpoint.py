"""Named steps at which the crash tests let the process die as a power cut would."""

import os
import signal

from domain.errors import UnknownNameError

STEPS = (
    "after_stage",
    "before_commit",
    "after_commit",
    "before_rename",
    "after_rename",
    "before_pointer",
    "after_pointer",
)

_armed: set[str] = set()


def arm(step: str | None) -> None:
    """Choose the step to die at; None is none. Raises UnknownNameError."""
    if step is not None and step not in STEPS:
        raise UnknownNameError("crash point", step, STEPS)
    _armed.clear()
    _armed.update(() if step is None else (step,))


def crashpoint(step: str) -> None:
    """Die here, without any clearing up, if this step is the chosen one."""
    if step in _armed:
        os.kill(os.getpid(), signal.SIGKILL)
