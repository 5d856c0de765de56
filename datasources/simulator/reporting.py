"""The reporting system of the simulated provinces: one JSON service, in words of its own.

    GET /bao-cao/v1/chi-tieu?tu=…&trang=1&so_dong=500   Authorization: Bearer …
        -> {"trang", "tong", "du_lieu": [{"don_vi": {"ma"}, "ky": {"tu", "den"}, "chi_tieu",
            "dat", "tong", "cap_nhat"}]}

What was told since `tu` (ISO 8601), the earliest first. A page holds 500 rows at most, whatever
is asked for.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from http import HTTPStatus
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

from datasources.simulator.clock import DAY, date_of, instant_of
from datasources.simulator.desks import TWO_LEVELS
from datasources.simulator.dropbox import report_second
from datasources.simulator.offices import ON_TIME, VIA_SYSTEM, desks_of, reports
from datasources.simulator.world import World
from domain.dossier import VIETNAM
from domain.period import add_months

REPORTING = "/bao-cao"
TOKEN = "mo-phong-bao-cao"  # noqa: S105 - an invented token
LARGEST_PAGE = 500
THEIR_WORDS = {VIA_SYSTEM: "BC_QUA_HE_THONG", ON_TIME: "BC_DUNG_HAN"}

Row = dict[str, Any]
Answer = tuple[HTTPStatus, str]


class ReportingService:
    """The service over one world; several threads may ask."""

    def __init__(self, world: World, clock: Callable[[], int]) -> None:
        self._world = world
        self._clock = clock
        self._months: dict[date, list[Row]] = {}
        self._lock = Lock()

    def answer(self, path: str, headers: Mapping[str, str]) -> Answer:
        """The answer to one question, or a refusal."""
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            return HTTPStatus.UNAUTHORIZED, _told({"loi": "Chưa đăng nhập"})
        parts = urlsplit(path)
        if parts.path != f"{REPORTING}/v1/chi-tieu":
            return HTTPStatus.NOT_FOUND, _told({"loi": "Không có dịch vụ này"})
        try:
            return HTTPStatus.OK, self._page(parse_qs(parts.query))
        except ValueError:
            return HTTPStatus.BAD_REQUEST, _told({"loi": "Tham số không hợp lệ"})

    def _page(self, asked: Mapping[str, list[str]]) -> str:
        since = datetime.fromisoformat(asked["tu"][0]) if "tu" in asked else None
        page = max(int(asked.get("trang", ["1"])[0]), 1)
        size = min(max(int(asked.get("so_dong", ["100"])[0]), 1), LARGEST_PAGE)
        rows = self._rows(since)
        part = rows[(page - 1) * size : page * size]
        return _told({"trang": page, "tong": len(rows), "du_lieu": part})

    def _rows(self, since: datetime | None) -> list[Row]:
        """Every row that is there by now and was told since an instant."""
        now = self._clock()
        found: list[Row] = []
        month = max(TWO_LEVELS, self._world.start.replace(day=1))
        while report_second(month) <= now and month <= date_of(now // DAY):
            if since is None or instant_of(report_second(month)) >= since:
                found += self._month(month)
            month = add_months(month, 1)
        return found

    def _month(self, month: date) -> list[Row]:
        with self._lock:
            if month not in self._months:
                self._months[month] = list(self._drawn(month))
            return self._months[month]

    def _drawn(self, month: date) -> list[Row]:
        told = instant_of(report_second(month)).astimezone(VIETNAM).isoformat()
        return [
            {
                "don_vi": {"ma": one.area},
                "ky": {"tu": one.period_start.isoformat(), "den": one.period_end.isoformat()},
                "chi_tieu": THEIR_WORDS[one.metric],
                "dat": one.numerator,
                "tong": one.denominator,
                "cap_nhat": told,
            }
            for home in self._world.provinces
            for one in reports(self._world.seed, desks_of(self._world, home), month)
        ]


def _told(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
