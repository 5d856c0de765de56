"""Dossiers as the national portal's synchronisation speaks of them, from files or polled.

`DongBoHoSoMC` delivers dossiers, `CapNhatTienDoHoSoMC` their steps. Only the fields written out
in dvcqg_messages.py are ever decoded: names, identity numbers, addresses and free text of
applicants and officials stay behind as bytes. docs/sources/dvcqg.md explains the fields.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal, TypeVar

import msgspec
import numpy as np
import pyarrow as pa
from pydantic import Field, model_validator

from datasources.arrow import PAUSES, Column, Flags
from datasources.base import (
    Columns,
    Document,
    Note,
    Order,
    Parsed,
    Read,
    Reading,
    Rejected,
    SourceConfig,
)
from datasources.client import Client
from datasources.dvcqg_messages import (
    DOSSIER_COLUMNS,
    JOINT,
    STEP_COLUMNS,
    THEIR_STEPS,
    THEIRS,
    Dossier,
    Step,
    waits,
)
from datasources.dvcqg_poll import (
    DOSSIERS,
    STEPS,
    Conversation,
    polled,
    read_answer,
    read_password,
    records,
)
from datasources.fields import Doubt, Forms
from datasources.files import new_files
from datasources.harmonise import Harmoniser, Rules
from datasources.located import Locator
from datasources.places import PlaceError
from domain.area import Level
from domain.errors import RecordError, SourceError

CHANNELS = {"1": "direct", "2": "online", "3": "postal"}
TOLERATED = 20


class DvcqgConfig(SourceConfig):
    """Keys of a dossier system: `path` of files it leaves, or `url` and account to ask it."""

    kind: Literal["dvcqg"]
    path: str | None = None
    url: str | None = None
    agency: str = ""
    username: str = ""
    password_file: Path | None = None
    page_size: int = Field(default=2000, ge=1, le=10_000)
    overlap_minutes: int = Field(default=15, ge=0, le=7 * 24 * 60)
    since: date = date(2000, 1, 1)
    allow_http: bool = False
    networks: tuple[str, ...] = ()
    ca_file: Path | None = None
    answer_seconds: float = Field(default=30.0, gt=0)

    @model_validator(mode="after")
    def _files_or_address(self) -> "DvcqgConfig":
        if (self.path is None) == (self.url is None):
            raise ValueError("needs either path (files) or url (to be asked), and not both")
        if self.url and not (self.agency and self.username and self.password_file):
            raise ValueError("url needs agency, username and password_file beside it")
        return self


class Dvcqg:
    """The national portal's synchronisation."""

    id = "dvcqg"
    config = DvcqgConfig
    records = ("dossier", "dossier_event")
    tolerated = TOLERATED

    def fetch(self, config: DvcqgConfig, order: Order) -> Iterator[Document | Note]:
        """New files of `path`, or every page of what changed at `url`."""
        if config.path is not None:
            yield from new_files(config.path, order, suffixes=(".json",))
            return
        password = read_password(order.home / str(config.password_file), order.source)
        since = datetime.combine(config.since, time.min, config.zone).astimezone(UTC)
        with Client(
            order.source,
            str(config.url),
            order.seconds,
            config.allow_http,
            config.networks,
            config.ca_file and order.home / config.ca_file,
            config.answer_seconds,
        ) as client:
            conversation = Conversation(
                client,
                order.source,
                config.agency,
                config.username,
                password,
                config.page_size,
                config.zone,
                order.sample,
            )
            yield from polled(conversation, order, timedelta(minutes=config.overlap_minutes), since)

    def parse(self, document: Document, config: DvcqgConfig, reading: Reading) -> Iterator[Parsed]:
        """Dossiers or steps, whichever the document holds; rows are counted from 1."""
        answer = read_answer(document.content, reading.source)
        rows = records(answer.data, reading.source)
        yield Read(len(rows))
        if answer.service == DOSSIERS:
            yield from _dossiers(rows, _rules("dossier", config), reading)
        elif answer.service == STEPS:
            yield from _steps(rows, _rules("dossier_event", config), reading)
        else:
            fact = f"{document.name} names no service that is known"
            raise SourceError(reading.source, fact, f"Known are {DOSSIERS} and {STEPS}")


KIND = Dvcqg()


class PortalLocator(Locator):
    """Organisations as the portal writes them: a counter's code, or a name beside that code."""

    known_only = True

    def organisation(self, text: str, day: date) -> tuple[str, str]:
        """The code and area of a counter, or of the organisation named in its province."""
        counter_code, joint, name = text.partition(JOINT)
        if not joint or not name or self.organisations.is_called(counter_code, name, day):
            return self.organisations.by_code(counter_code, day)
        code, area = self.organisations.by_name(name, self._province(counter_code, day), day)
        if code.split(".")[0] != counter_code.split(".")[0]:
            raise PlaceError("is an organisation of another province")
        return code, area

    def _province(self, counter_code: str, day: date) -> str | None:
        if self.within:
            return self.within
        _, area = self.organisations.by_code(counter_code, day)
        register = self.areas.register
        return register.get(register.ancestors(area, day)[Level.PROVINCE]).code


def _rules(record: str, config: DvcqgConfig) -> Rules:
    by_second = config.deadline_precision == "second"
    forms = Forms(config.zone, day_end=by_second)
    values = {"channel": CHANNELS}
    return Rules(record, forms, values, config.within, config.deadline_precision)


def _dossiers(rows: Sequence[msgspec.Raw], rules: Rules, reading: Reading) -> Iterator[Parsed]:
    found, numbers, broken = _decoded(rows, Dossier)
    yield from (_misshapen("dossier", row) for row in broken)
    if not found:
        return
    columns = {name: [tell(one) for one in found] for name, tell in DOSSIER_COLUMNS.items()}
    pauses, bad = _pauses(found, rules)
    table = pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})
    table = table.append_column("pauses", pauses)
    doubt = Doubt("DanhSachHoSoBoSung", "date", "holds a date that cannot be", bad)
    if "dvcqg dossier" not in reading.memo:
        locator = PortalLocator("dossier", rules.within, reading)
        reading.memo["dvcqg dossier"] = Harmoniser(rules, reading, locator)
    harmoniser = reading.memo["dvcqg dossier"]
    yield from _harmonised(harmoniser, table, numbers, [doubt], THEIRS)


def _steps(rows: Sequence[msgspec.Raw], rules: Rules, reading: Reading) -> Iterator[Parsed]:
    found, numbers, broken = _decoded(rows, Step)
    yield from (_misshapen("dossier_event", row) for row in broken)
    if not found:
        return
    columns = {name: [tell(one) for one in found] for name, tell in STEP_COLUMNS.items()}
    table = pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})
    harmoniser = reading.memo.setdefault("dvcqg step", Harmoniser(rules, reading))
    yield from _harmonised(harmoniser, table, numbers, [], THEIR_STEPS)


def _harmonised(
    harmoniser: Harmoniser,
    table: pa.Table,
    numbers: Sequence[int],
    doubts: list[Doubt],
    theirs: Mapping[str, str],
) -> Iterator[Parsed]:
    harmonised, refusals = harmoniser.records(table, np.array(numbers), doubts)
    for one in refusals:
        yield one._replace(field=theirs.get(one.field, one.field))
    if harmonised.num_rows:
        yield Columns(harmoniser.record, harmonised)


Form = TypeVar("Form", Dossier, Step)


def _decoded(
    rows: Sequence[msgspec.Raw], form: type[Form]
) -> tuple[list[Form], list[int], list[int]]:
    """The records that are shaped as agreed, their numbers, and the numbers of the others."""
    decoder = msgspec.json.Decoder(form)
    found, numbers, broken = [], [], []
    for number, raw in enumerate(rows, start=1):
        try:
            found.append(decoder.decode(raw))
            numbers.append(number)
        except msgspec.MsgspecError:
            broken.append(number)
    return found, numbers, broken


def _misshapen(kind: str, row: int) -> Rejected:
    return Rejected(kind, row, "", "shape", "is not shaped as agreed")


def _pauses(found: Sequence[Dossier], rules: Rules) -> tuple[Column, Flags]:
    """When each dossier waited for its applicant, and where a date of that cannot be."""
    column: list[list[dict[str, datetime | None]]] = []
    bad = np.zeros(len(found), dtype=np.bool_)
    for row, one in enumerate(found):
        try:
            column.append(waits(one, rules.forms.zone))
        except RecordError:
            column.append([])
            bad[row] = True
    return pa.array(column, PAUSES), bad
