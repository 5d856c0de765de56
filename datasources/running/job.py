"""One collection run of one source: how it is ordered from a child process, and how it ends.

The order goes to the child as one line of JSON on its standard input, which then stays open:
when it closes, the parent is gone and the child ends too. The answer comes back as one line.
"""

from datetime import datetime
from typing import Any

import msgspec


class Job(msgspec.Struct, frozen=True):
    """What a child has to do: read `source` of the installation `home`, and land it below `root`.

    `now` is the instant of the run, `cursor` where the last one left off, `seconds` the time
    it has. With `sample` one document is enough; from `reread_from` on everything is read again.
    A `replay` reads again what a person wants to be read again.
    """

    home: str
    source: str
    root: str
    now: datetime
    seconds: float = 900.0
    cursor: dict[str, Any] = {}
    sample: bool = False
    reread_from: datetime | None = None
    replay: bool = False


class Progress(msgspec.Struct, frozen=True, tag=True):
    """How far a child has come: documents and raw rows read, and the last document's name."""

    documents: int
    rows: int
    name: str


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """How it ended: the folder that landed, or the sentence that says why none did.

    `suspect` is set where the source did answer, but with something that cannot be believed.
    """

    folder: str | None = None
    error: str | None = None
    suspect: bool = False
