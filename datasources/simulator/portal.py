"""Dossiers as the national portal's synchronisation tells them, with its own field names.

National systems write `yyyyMMddHHmmss` and nothing for "none"; the vendor's write
`yyyy-MM-dd HH:mm:ss`, a date of zeros for "none", and the commune's code in `MaXa`. Both send
names and numbers of people, all invented, so that a collector can show that it drops them.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache

import numpy as np

from datasources.simulator.chance import Counts
from datasources.simulator.clock import DAY, NEVER, date_of
from datasources.simulator.desks import System
from datasources.simulator.dossiers import Dossiers, Known, known
from datasources.simulator.people import Person, official, person
from datasources.simulator.procedures import procedures
from datasources.simulator.province import Province
from datasources.simulator.services import PRICE, Services, services
from domain.area import Level

Writer = Callable[[int], str]
NO_DATE = "0000-00-00T00:00:00"
_COLUMNS = [each.name for each in fields(Known)]
_SERVICES = [each.name for each in fields(Services)]


@lru_cache(maxsize=8192)
def _compact_day(day: int) -> str:
    return date_of(day).strftime("%Y%m%d")


@lru_cache(maxsize=8192)
def _dashed_day(day: int) -> str:
    return date_of(day).isoformat()


_COMPACT_TIMES = [f"{s // 3600:02d}{s // 60 % 60:02d}{s % 60:02d}" for s in range(DAY)]
_COLON_TIMES = [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(DAY)]


def national_date(seconds: int) -> str:
    """20200715083000, or nothing."""
    if seconds >= NEVER:
        return ""
    return _compact_day(seconds // DAY) + _COMPACT_TIMES[seconds % DAY]


def vendor_date(seconds: int) -> str:
    """2020-07-15 08:30:00, or zeros."""
    if seconds >= NEVER:
        return NO_DATE
    return f"{_dashed_day(seconds // DAY)} {_COLON_TIMES[seconds % DAY]}"


@dataclass(frozen=True)
class Sheet:
    """Dossiers of one province as they are known at an instant, in the order they are sent."""

    dossiers: Dossiers
    known: Known

    def __len__(self) -> int:
        return len(self.dossiers)


class Speaker:
    """One province's system: it writes the dossiers of its desks in its own dialect."""

    def __init__(self, province: Province, system: System) -> None:
        self.province = province
        self.system = system
        self.written: Writer = vendor_date if system.dialect == "vendor" else national_date

    def sheet(self, dossiers: Dossiers, since: int, until: int, at: int) -> Sheet:
        """What was last changed from `since` up to, not including, `until`, as known `at`.

        Sorted by the time of the change and the dossier's code.
        """
        told = known(dossiers, at)
        inside = np.flatnonzero((told.updated >= since) & (told.updated < until))
        chosen = dossiers.rows(inside)
        places = self.code_order[chosen.receiving]
        day = chosen.submitted // DAY
        order = np.lexsort((chosen.serial, day, places, told.updated[inside]))
        rows = inside[order]
        shown = Known(**{name: getattr(told, name)[rows] for name in _COLUMNS})
        return Sheet(chosen.rows(order), shown)

    @cached_property
    def code_order(self) -> Counts:
        """The place of each desk's code among all codes, as text is sorted."""
        codes = [f"{desk.old_code}-" for desk in self.province.desks]
        places = {code: place for place, code in enumerate(sorted(set(codes)))}
        return np.array([places[code] for code in codes])

    def items(self, sheet: Sheet, first: int, last: int) -> Iterator[str]:
        """The JSON of the dossiers from place `first` up to `last`."""
        part = slice(first, last)
        shown = zip(*(getattr(sheet.known, name)[part].tolist() for name in _COLUMNS), strict=True)
        drawn = sheet.dossiers
        columns = (drawn.key, drawn.desk, drawn.receiving, drawn.procedure, drawn.serial)
        about = zip(*(column[part].tolist() for column in columns), strict=True)
        status = drawn.pause_status[part].tolist()
        told = services(drawn, sheet.known)
        beside = zip(*(getattr(told, name)[part].tolist() for name in _SERVICES), strict=True)
        for (key, desk, receiving, procedure, serial), row, pause, more in zip(
            about, shown, status, beside, strict=True
        ):
            state = dict(zip((*_COLUMNS, *_SERVICES), (*row, *more), strict=True))
            yield self._item(key, desk, receiving, procedure, serial, state, pause)

    def code(self, receiving: int, submitted: int, serial: int) -> str:
        """The dossier's code: the counter that took it in, the day, the number of the day."""
        counter = self.province.desks[receiving].old_code
        return f"{counter}-{_compact_day(submitted // DAY)[2:]}-{serial:04d}"

    def _item(
        self,
        key: int,
        desk: int,
        receiving: int,
        procedure: int,
        serial: int,
        state: dict[str, int],
        pause: int,
    ) -> str:
        written = self.written
        who = person(key)
        finished = state["finished"]
        if self.system.dialect == "national":
            finished = min(finished, state["withdrawn"])
        return (
            f'{{"MaHoSo":"{self.code(receiving, state["submitted"], serial)}",'
            f"{self._subject(procedure)},"
            f'"KenhThucHien":"{state["channel"]}","SoBienNhan":"{serial:04d}/TNHS",'
            f"{_applicant(who)},"
            f'"NgayNopHoSo":"{written(state["submitted"])}",'
            f'"NgayTiepNhan":"{written(state["received"])}",'
            f'"NgayHenTra":"{written(state["due"])}",'
            f'"NgayKetThucXuLy":"{written(finished)}",'
            f'"NgayTra":"{written(state["returned"])}",'
            f'"NgayTuChoi":"{written(state["refused"])}",'
            f'"TrangThaiHoSo":"{state["status"]}","ThongTinTra":"","HinhThuc":"0",'
            f"{self._place(desk)},"
            f'"GhiChu":"","NoiNopHoSo":"1",{self._services(state, who)},'
            f'"DanhSachTepDinhKemKhac":[],"DanhSachHoSoBoSung":[{self._pauses(state, pause, key)}],'
            f'"NgayCapNhat":"{written(state["updated"])}"}}'
        )

    def _services(self, state: dict[str, int], who: Person) -> str:
        """Papers, fees, payment and results; files are named after people, as real ones are."""
        paid = (1 + state["submitted"] % 2) if state["paid_online"] else 0
        price = PRICE if state["has_fee"] else 0
        result = f"https://mo-phong.invalid/kq/{who.identity}.pdf" if state["result"] else ""
        apology = f'"CoVanBanXinLoi":"{int(state["apology"])}",' * (not self._is_vendor)
        return (
            f'"HoSoCoThanhPhanSoHoa":"{int(state["digitised"])}",'
            f'"TaiKhoanDuocXacThucVoiVNeID":"1","DuocThanhToanTrucTuyen":"{paid}",{apology}'
            f'"HanTiepNhan":"{self.written(state["reception_due"])}",'
            f'"DSKetNoiCSDL":[{{"MaCSDL":"1"}}],"TaiLieuNop":[{{"TepDinhKemId":"1",'
            f'"TenTepDinhKem":"to_khai_{who.name}.pdf","IsDeleted":"False",'
            f'"DuongDanTaiTepTin":"https://mo-phong.invalid/tl/{who.identity}.pdf",'
            f'"DuocSoHoa":"{int(state["digitised"])}","DuocTaiSuDung":"{int(state["reused"])}",'
            f'"DuocLayTuKhoDMQG":"0"}}],"DanhSachLePhi":[{{"TenPhiLePhi":"Lệ phí",'
            f'"MaPhiLePhi":"1","HinhThucThu":"1","Gia":"{price}","LoaiPhiLePhi":"1"}}],'
            f'"DanhSachGiayToKetQua":[{{"TenGiayTo":"Kết quả của {who.name}",'
            f'"DuongDanTepTinKetQua":"{result}"}}]'
        )

    @property
    def _is_vendor(self) -> bool:
        return self.system.dialect == "vendor"

    def _subject(self, procedure: int) -> str:
        return self._subjects[procedure]

    @cached_property
    def _subjects(self) -> list[str]:
        return [
            _members(
                MaTTHC=f"{one.code}.000.00.00.{self.system.code}",
                TenTTHC=one.name,
                MaLinhVuc=one.field_code,
                TenLinhVuc=one.field_name,
                TrichYeuHoSo=one.name,
            )
            for one in procedures()
        ]

    def _place(self, desk: int) -> str:
        return self._places[desk]

    @cached_property
    def _places(self) -> list[str]:
        """Who decides; the vendor's systems add the code of the commune."""
        return [
            _members(DonViXuLy=desk.name)
            + (f',"MaXa":"{desk.area_code if desk.level is Level.COMMUNE else ""}"')
            * self._is_vendor
            for desk in self.province.desks
        ]

    def _pauses(self, state: dict[str, int], status: int, key: int) -> str:
        """Each time work had to wait, with the due date before and after."""
        found = []
        for number in (1, 2):
            start, end = state[f"pause_{number}"], state[f"resume_{number}"]
            if start < NEVER:
                found.append(self._pause(number, start, end, state, status, key))
        return ",".join(found)

    def _pause(
        self, number: int, start: int, end: int, state: dict[str, int], status: int, key: int
    ) -> str:
        asked = "Bổ sung giấy tờ" if status == 5 else "Thực hiện nghĩa vụ tài chính"
        answered = end < NEVER
        return (
            f'{{"HoSoBoSungId":"{number}","NguoiYeuCauBoSung":"{official(key)}",'
            f'"NoiDungBoSung":"{asked}","NgayBoSung":"{self.written(start)}",'
            f'"NguoiTiepNhanBoSung":"{official(key + 1) if answered else ""}",'
            f'"ThongTinTiepNhan":"","NgayTiepNhanBoSung":"{self.written(end)}",'
            f'"TrangThaiBoSung":"{1 if answered else 0}",'
            f'"DanhSachGiayToBoSung":[],"DanhSachLePhiBoSung":[],'
            f'"NgayHenTraTruoc":"{self.written(state["previous_due"])}",'
            f'"NgayHenTraMoi":"{self.written(state["due"] if answered else NEVER)}"}}'
        )


def _applicant(who: Person) -> str:
    return (
        f'"ChuHoSo":"{who.name}","LoaiDoiTuong":"1","MaDoiTuong":"","Email":"{who.email}",'
        f'"Fax":"","SoDienThoai":"{who.phone}",'
        f'"DinhDanhCHS":{{"LoaiDinhDanh":"1","SoDinhDanh":"{who.identity}"}}'
    )


def _members(**values: str) -> str:
    """JSON members without the braces around them."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))[1:-1]
