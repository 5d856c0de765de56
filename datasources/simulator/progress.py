"""The single steps of dossiers, as the portal's progress service tells them."""

from dataclasses import dataclass

import numpy as np

from datasources.simulator.chance import Counts
from datasources.simulator.clock import DAY, NEVER
from datasources.simulator.dossiers import Dossiers, known
from datasources.simulator.people import official
from datasources.simulator.portal import Speaker

STEPS = (
    ("received", 2, "Tiếp nhận hồ sơ"),
    ("refused", 3, "Từ chối tiếp nhận"),
    ("processing", 4, "Thụ lý hồ sơ"),
    ("pause_1", 0, "Tạm dừng, chờ người dân"),
    ("resume_1", 4, "Tiếp tục thụ lý"),
    ("pause_2", 0, "Tạm dừng, chờ người dân"),
    ("resume_2", 4, "Tiếp tục thụ lý"),
    ("stopped", 8, "Dừng xử lý"),
    ("finished", 9, "Đã có kết quả"),
    ("returned", 10, "Trả kết quả"),
    ("withdrawn", 7, "Người dân rút hồ sơ"),
)


@dataclass(frozen=True)
class Steps:
    """Steps in the order they are sent: the dossier's place, which step, its instant, the term."""

    dossiers: Dossiers
    dossier: Counts
    step: Counts
    at: Counts
    due: Counts

    def __len__(self) -> int:
        return len(self.at)


def steps(speaker: Speaker, dossiers: Dossiers, since: int, until: int) -> Steps:
    """Every step from `since` up to, not including, `until`, by its instant and the code."""
    found = [np.flatnonzero(_inside(getattr(dossiers, name), since, until)) for name, *_ in STEPS]
    dossier = np.concatenate(found)
    step = np.repeat(np.arange(len(STEPS)), [len(rows) for rows in found])
    at = np.concatenate([getattr(dossiers, s[0])[r] for s, r in zip(STEPS, found, strict=True)])
    place = speaker.code_order[dossiers.receiving[dossier]]
    day = dossiers.submitted[dossier] // DAY
    order = np.lexsort((step, dossiers.serial[dossier], day, place, at))
    due = known(dossiers, until - 1).due[dossier[order]]
    return Steps(dossiers, dossier[order], step[order], at[order], due)


def step_items(speaker: Speaker, told: Steps, first: int, last: int) -> list[str]:
    """The JSON of the steps from place `first` up to `last`."""
    part = slice(first, last)
    rows = told.dossier[part]
    drawn = told.dossiers
    columns = (drawn.key, drawn.desk, drawn.receiving, drawn.serial, drawn.submitted)
    about = zip(*(column[rows].tolist() for column in columns), strict=True)
    pauses = drawn.pause_status[rows].tolist()
    when = zip(
        told.step[part].tolist(), told.at[part].tolist(), told.due[part].tolist(), strict=True
    )
    items = []
    for (key, desk, receiving, serial, submitted), pause, (step, at, due) in zip(
        about, pauses, when, strict=True
    ):
        _, status, what = STEPS[step]
        code = speaker.code(receiving, submitted, serial)
        moment, term = speaker.written(at), speaker.written(due if status < 9 else NEVER)
        items.append(
            f'{{"MaHoSo":"{code}","NguoiXuLy":"{official(key + step)}","ChucDanh":"Chuyên viên",'
            f'"ThoiDiemXuLy":"{moment}","PhongBanXuLy":"{speaker.province.desks[desk].name}",'
            f'"NoiDungXuLy":"{what}","TrangThai":"{status or pause}","NgayBatDau":"{moment}",'
            f'"NgayKetThucTheoQuyDinh":"{term}"}}'
        )
    return items


def _inside(moments: Counts, since: int, until: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    inside: np.ndarray[tuple[int], np.dtype[np.bool_]] = (moments >= since) & (moments < until)
    return inside
