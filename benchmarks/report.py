"""What was measured, as tables that can be read in a terminal and pasted into a manual."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from domain.dossier import VIETNAM

MET, MISSED, NOTED = "met", "MISSED", ""
HEADER = ("what", "ours", "compared", "ratio", "budget", "verdict")


@dataclass(frozen=True)
class Line:
    """One line: what was measured, ours, what it is compared with, and whether that will do.

    `is_met` is None where nothing was promised.
    """

    what: str
    ours: str
    compared: str = ""
    ratio: float | None = None
    budget: str = ""
    is_met: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        ratio = "" if self.ratio is None else f"{self.ratio:.1f}×"
        verdict = NOTED if self.is_met is None else MET if self.is_met else MISSED
        return (self.what, self.ours, self.compared, ratio, self.budget, verdict)


def table(title: str, lines: Sequence[Line], notes: Sequence[str] = ()) -> str:
    """Lines as a table."""
    return sheet(title, HEADER, [line.cells for line in lines], notes)


def sheet(
    title: str, header: Sequence[str], cells: Sequence[Sequence[str]], notes: Sequence[str] = ()
) -> str:
    """A table in Markdown, padded so that it also reads well in a terminal."""
    rows = [header, *cells]
    widths = [max(len(row[place]) for row in rows) for place in range(len(header))]
    texts = [_row(row, widths) for row in rows]
    rule = "|".join(["", *("-" * (width + 2) for width in widths), ""])
    explained = [f"- {note}" for note in notes]
    return "\n".join(
        [f"\n## {title}\n", texts[0], rule, *texts[1:], *([""] if notes else []), *explained]
    )


def _row(row: Sequence[str], widths: Sequence[int]) -> str:
    return (
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
    )


def machine() -> str:
    """The machine and how busy it was, without which no number means anything."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return (
        f"{datetime.now(VIETNAM):%d/%m/%Y %H:%M} · {_processor()} · {os.cpu_count()} cores · "
        f"{memory:.0f} GB · load {os.getloadavg()[0]:.1f} · "
        f"Python {platform.python_version()} · DuckDB {duckdb.__version__}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
