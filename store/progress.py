"""How far counting anew has come: a small file that tells everybody who cannot ask the collector.

While the collector counts anew it opens nothing and answers nobody. The web and `doctor` read
here why the figures do not move.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

FILE = "recount.json"
RECORDS = {
    "dossier": "dossiers",
    "document": "documents",
    "receipt": "receipts of documents",
    "observation": "observations",
    "feedback": "feedback",
    "procedure": "procedures",
    "station_hour": "hours of stations",
}


@dataclass(frozen=True)
class Progress:
    """So many of the `parts` of one kind of record are counted anew, `told_at` an instant."""

    record: str
    done: int
    parts: int
    began_at: datetime
    told_at: datetime

    @property
    def sentence(self) -> str:
        """For the log."""
        what = f"By other rules than before, all {RECORDS[self.record]} are counted anew"
        return f"{what}: {self.done} of {self.parts} parts are done."


def note_progress(home: Path, progress: Progress) -> None:
    """Replace what was told before. A full disk keeps nobody from counting."""
    moments = {name: getattr(progress, name).isoformat() for name in ("began_at", "told_at")}
    temporary = home / f"{FILE}.tmp"
    with suppress(OSError):
        temporary.write_text(json.dumps(asdict(progress) | moments), encoding="utf-8")
        temporary.replace(home / FILE)


def forget(home: Path) -> None:
    """Nothing is being counted anew any more."""
    (home / FILE).unlink(missing_ok=True)


def progress_of(home: Path) -> Progress | None:
    """How far it has come, or had when the collector was stopped; None: nothing is left."""
    try:
        told = json.loads((home / FILE).read_text(encoding="utf-8"))
        moments = {name: datetime.fromisoformat(told[name]) for name in ("began_at", "told_at")}
        return Progress(**(told | moments))
    except (OSError, ValueError, KeyError, TypeError):
        return None
