"""The catalogue of organisations, as a province's integration platform (LGSP) keeps it.

A record names an organisation by its code at its level (`MaDinhDanhCap1` to `Cap4`), in either
of the two orders in use. What is collected becomes the register that later runs look names and
codes up in; `config/organisations.csv` has the last word.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

import msgspec
import numpy as np
import pyarrow as pa

from datasources.base import (
    Columns,
    Document,
    Note,
    Order,
    Parsed,
    Reading,
    SourceConfig,
)
from datasources.kinds.lists import listed
from datasources.reading.dates import day
from datasources.reading.fields import Forms
from datasources.reading.files import new_files
from datasources.reading.harmonise import Harmoniser, Rules
from datasources.reading.places import Areas, PlaceError
from domain.area import Area
from domain.dossier import local_day
from domain.errors import RecordError
from domain.vietnamese import folded

Text = str | int | None
TOLERATED = 20
COMMITTEE, DEPARTMENT = "committee", "department"
COMMITTEES = ("uy ban nhan dan ", "ubnd ", "hdnd va ubnd ")
THEIRS = {
    "organisation_code": "MaDinhDanh",
    "name": "TenDonVi",
    "area": "MaDonViHanhChinh",
    "valid_from": "NgayHieuLuc",
    "valid_until": "NgayHetHieuLuc",
}


class OrganisationsConfig(SourceConfig):
    """Keys of a catalogue of organisations. `within` is the province all of them lie in."""

    kind: Literal["organisations"]
    path: str


class Entry(msgspec.Struct):
    """All that is taken of one organisation: no address, no telephone, nobody's name."""

    level_1: Text = msgspec.field(name="MaDinhDanhCap1", default=None)
    level_2: Text = msgspec.field(name="MaDinhDanhCap2", default=None)
    level_3: Text = msgspec.field(name="MaDinhDanhCap3", default=None)
    level_4: Text = msgspec.field(name="MaDinhDanhCap4", default=None)
    any_level: Text = msgspec.field(name="MaDinhDanh", default=None)
    name: Text = msgspec.field(name="TenDonVi", default=None)
    area: Text = msgspec.field(name="MaDonViHanhChinh", default=None)
    begun: Text = msgspec.field(name="NgayHieuLuc", default=None)
    ended: Text = msgspec.field(name="NgayHetHieuLuc", default=None)

    @property
    def code(self) -> str:
        """The code of the narrowest level that is told."""
        codes = (self.any_level, self.level_4, self.level_3, self.level_2, self.level_1)
        return next((text for code in codes if (text := _text(code))), "")


class Organisations:
    """Files of the catalogue."""

    id = "organisations"
    config = OrganisationsConfig
    records = ("organisation",)
    tolerated = TOLERATED

    def fetch(self, config: OrganisationsConfig, order: Order) -> Iterator[Document | Note]:
        """The new or changed files of `path`."""
        yield from new_files(config.path, order, suffixes=(".json",))

    def parse(
        self, document: Document, config: OrganisationsConfig, reading: Reading
    ) -> Iterator[Parsed]:
        """Organisations and refusals; rows are counted from 1."""
        found, numbers = yield from listed(document, reading.source, "organisation", Entry)
        if not found:
            return
        clerk = Clerk(config, reading)
        table = pa.Table.from_pylist([clerk.row(one) for one in found], schema=LAYOUT)
        rules = Rules("organisation", Forms(config.zone), within=config.within)
        harmoniser = reading.memo.setdefault("organisations", Harmoniser(rules, reading))
        records, refusals = harmoniser.records(table, np.array(numbers))
        for one in refusals:
            yield one._replace(field=THEIRS.get(one.field, one.field))
        if records.num_rows:
            yield Columns("organisation", records)


KIND = Organisations()

LAYOUT = pa.schema(
    [
        (name, pa.string())
        for name in (
            "organisation_code", "name", "area", "level", "kind", "valid_from", "valid_until",
        )
    ]
)  # fmt: skip


class Clerk:
    """Finds the area an organisation answers for, where the catalogue does not say."""

    def __init__(self, config: OrganisationsConfig, reading: Reading) -> None:
        self.zone = config.zone
        self.within = config.within
        self.areas = Areas(reading.areas, config.within)
        self.today = local_day(reading.now)

    def row(self, one: Entry) -> Mapping[str, str]:
        """Our fields of one organisation, as texts; its area as it was on its own day."""
        name, on = _text(one.name), self._day(one)
        area_id, level = self._area(_text(one.area) or self._told_by(name), on)
        return {
            "organisation_code": one.code,
            "name": name,
            "area": area_id,
            "level": level,
            "kind": COMMITTEE if _is_committee(name) else DEPARTMENT,
            "valid_from": _text(one.begun),
            "valid_until": _text(one.ended),
        }

    def _day(self, one: Entry) -> date:
        """A day on which it is there: its first, its last, or the day it is read."""
        try:
            begun, ended = (day(_text(text), self.zone) for text in (one.begun, one.ended))
        except RecordError:
            return self.today
        return begun or (ended - timedelta(days=1) if ended else self.today)

    def _told_by(self, name: str) -> str:
        """A committee is named after its area; a department answers for the whole province."""
        return name if _is_committee(name) else self.within or ""

    def _area(self, text: str, on: date) -> tuple[str, str]:
        """What the area is called on a day beyond doubt, and its level.

        A code that is on no map of that day is taken for the last area that had it: catalogues
        keep what has ended. One that never was is left to be refused; a name says nothing then.
        """
        try:
            found = self.areas.register.get(self.areas.area_id(text, on)) if text else None
        except PlaceError:
            found = self._last_areas.get(text)
            if found is None:
                return text if text.isdecimal() else "", ""
            on = found.valid_until - timedelta(days=1) if found.valid_until else on
        return (f"{found.code}@{on}", str(found.level)) if found else ("", "")

    @cached_property
    def _last_areas(self) -> Mapping[str, Area]:
        """The area that had each code last."""
        areas = self.areas.register.areas.values()
        return {one.code: one for one in sorted(areas, key=lambda one: one.valid_until or date.max)}


def _is_committee(name: str) -> bool:
    return folded(name).startswith(COMMITTEES)


def _text(value: Text) -> str:
    return "" if value is None else str(value).strip()
