"""Rebuild the registers that ship with domain/ from reference data.

    python scripts/build_registers.py FOLDER

FOLDER holds the reference geography: units_pre2025.csv, units_2025.csv and
unit_changes.csv, with the codes of the statistics office. The calendar's seed comes from the
`holidays` package (MIT). Corrections belong in registers/calendar_overrides.csv, which this
script leaves alone. Every file is written whole, sorted, so that a diff shows what changed.
"""

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import holidays

REGISTERS = Path(__file__).resolve().parents[1] / "domain" / "registers"
YEARS = range(2009, 2031)
AREA_COLUMNS = ("code", "valid_from", "valid_until", "kind", "name", "parent_code")
CHANGE_COLUMNS = (
    "effective_from", "old_code", "new_code", "change_kind", "part", "is_default",
    "legal_basis", "share_note",
)  # fmt: skip
CALENDAR_COLUMNS = ("date", "is_working", "kind", "note")


def area_rows(folder: Path) -> Iterator[tuple[str, ...]]:
    """One row per version of an area; `valid_until` is the first day it no longer holds."""
    for name in ("units_pre2025.csv", "units_2025.csv"):
        for row in read(folder / name):
            last = row["valid_to"]
            until = str(date.fromisoformat(last) + timedelta(days=1)) if last else ""
            yield (
                row["code"], row["valid_from"], until, row["kind"], row["name"], row["parent_code"]
            )  # fmt: skip


def change_rows(folder: Path) -> Iterator[tuple[str, ...]]:
    """One row per link from an old area to a new one; a link is the default unless it says not."""
    for row in read(folder / "unit_changes.csv"):
        yield (
            row["effective_from"],
            row["old_code"],
            row["new_code"],
            row["change_kind"],
            row["part"],
            "0" if row["is_default"] == "0" or not row["new_code"] else "1",
            row["legal_basis"],
            row["share_note"],
        )


def calendar_rows() -> Iterator[tuple[str, ...]]:
    """Public holidays and exchanged Saturdays, as the library knows or predicts them."""
    known = holidays.country_holidays("VN", language="vi", years=YEARS)
    for day, name in known.items():
        yield str(day), "0", kind_of(name), name
    for day in known.weekend_workdays:
        yield str(day), "1", "swap_work", "Ngày làm bù"


def kind_of(name: str) -> str:
    """What sort of day off a holiday's Vietnamese name tells of."""
    if "thay cho ngày" in name:
        return "swap_off"
    return "compensation" if "nghỉ bù" in name else "holiday"


def read(path: Path) -> list[dict[str, str]]:
    """The lines of a CSV file, by its column names."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, columns: Sequence[str], rows: Iterable[tuple[str, ...]]) -> None:
    """Write a register whole, its lines sorted."""
    lines = sorted(rows)
    with (REGISTERS / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(lines)
    sys.stdout.write(f"{name}: {len(lines)} rows\n")


def main(arguments: Sequence[str]) -> int:
    """Rebuild every register; the exit code is 2 without a folder to read."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.stderr.write(f"{__doc__}")
        return 2
    folder = Path(arguments[0])
    write("areas.csv", AREA_COLUMNS, area_rows(folder))
    write("area_changes.csv", CHANGE_COLUMNS, change_rows(folder))
    write("calendar_seed.csv", CALENDAR_COLUMNS, calendar_rows())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
