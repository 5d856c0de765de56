import csv
from pathlib import Path

import pytest

from domain.area import REGISTERS
from scripts import build_registers

UNITS = "code,name,level,parent_code,kind,valid_from,valid_to\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "units_pre2025.csv").write_text(
        UNITS + "91,Kiên Giang,province,,tỉnh,,2025-06-30\n", encoding="utf-8"
    )
    (tmp_path / "units_2025.csv").write_text(
        UNITS + "91,An Giang,province,,tỉnh,2025-07-01,\n", encoding="utf-8"
    )
    (tmp_path / "unit_changes.csv").write_text(
        "level,old_code,old_name,old_parent_code,new_code,new_name,change_kind,part,share_note,"
        "is_default,effective_from,legal_basis,note\n"
        "province,91,Tỉnh Kiên Giang,,91,Tỉnh An Giang,merge,full,,,2025-07-01,202/2025/QH15,\n"
        "commune,00472,,,00001,,split,part,rest,0,2025-07-01,L,\n"
        "district,237,,25,,,abolish,,,,2025-07-01,L,\n",
        encoding="utf-8",
    )
    return tmp_path


def test_the_last_day_of_a_unit_becomes_the_first_day_it_is_not(folder: Path) -> None:
    assert list(build_registers.area_rows(folder)) == [
        ("91", "", "2025-07-01", "tỉnh", "Kiên Giang", ""),
        ("91", "2025-07-01", "", "tỉnh", "An Giang", ""),
    ]


def test_a_link_is_the_default_unless_it_says_not_or_leads_nowhere(folder: Path) -> None:
    rows = list(build_registers.change_rows(folder))
    assert [row[5] for row in rows] == ["1", "0", "0"]
    assert rows[0] == ("2025-07-01", "91", "91", "merge", "full", "1", "202/2025/QH15", "")


def test_the_registers_are_written_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written = folder / "written"
    written.mkdir()
    monkeypatch.setattr(build_registers, "REGISTERS", written)
    assert build_registers.main([str(folder)]) == 0
    assert "areas.csv: 2 rows" in capsys.readouterr().out
    assert (written / "areas.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        "91,,2025-07-01,tỉnh,Kiên Giang,",
        "91,2025-07-01,,tỉnh,An Giang,",
    ]


def test_without_a_folder_it_says_how_to_call_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert build_registers.main([]) == 2
    assert "build_registers.py FOLDER" in capsys.readouterr().err


def test_the_shipped_calendar_is_what_the_library_knows() -> None:
    with (REGISTERS / "calendar_seed.csv").open(encoding="utf-8", newline="") as file:
        shipped = [tuple(row) for row in csv.reader(file)][1:]
    assert shipped == sorted(build_registers.calendar_rows())
    assert ("2026-08-31", "0", "swap_off") in {row[:3] for row in shipped}
    assert ("2026-08-22", "1", "swap_work") in {row[:3] for row in shipped}
    assert ("2026-04-27", "0", "compensation") in {row[:3] for row in shipped}
