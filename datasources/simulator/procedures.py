"""The procedures of the simulated provinces, and which desk carries out which.

Codes have the shape of the national register's; terms are in working days.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REGISTER = Path(__file__).with_name("registers") / "procedures.csv"


@dataclass(frozen=True)
class Procedure:
    """One administrative procedure.

    `level` is where it was carried out before July 2025; `lateness` how much harder than others
    it is to finish in time; `paid_share` how often the applicant owes money first.
    """

    code: str
    name: str
    field_code: str
    field_name: str
    level: str
    term_days: int
    weight: float
    lateness: float
    paid_share: float


@cache
def procedures() -> tuple[Procedure, ...]:
    """All of them, in the order of the register."""
    with REGISTER.open(encoding="utf-8", newline="") as file:
        return tuple(
            Procedure(
                code=row["code"],
                name=row["name"],
                field_code=row["field_code"],
                field_name=row["field_name"],
                level=row["level"],
                term_days=int(row["term_days"]),
                weight=float(row["weight"]),
                lateness=float(row["lateness"]),
                paid_share=float(row["paid_share"]),
            )
            for row in csv.DictReader(file)
        )
