"""Dossiers as the national portal's synchronisation speaks of them, from files or polled.

`DongBoHoSoMC` delivers dossiers, `CapNhatTienDoHoSoMC` their steps. Only the fields written out
in dvcqg_messages.py are ever decoded: names, identity numbers, addresses and free text of
applicants and officials stay behind as bytes. docs/sources/dvcqg.md explains the fields.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

import msgspec
import numpy as np
import pyarrow as pa

from datasources.base import (
    Columns,
    Document,
    Note,
    Order,
    Parsed,
    Read,
    Reading,
    Rejected,
)
from datasources.kinds.dvcqg_config import FLAGS, RESULT, STATUS, VALUES, DvcqgConfig, asked
from datasources.kinds.dvcqg_messages import (
    DOSSIER_COLUMNS,
    JOINT,
    STEP_COLUMNS,
    THEIR_STEPS,
    THEIRS,
    Dossier,
    Step,
    text,
)
from datasources.kinds.dvcqg_pauses import PAUSED_CODES, PauseRules
from datasources.kinds.dvcqg_poll import (
    DOSSIERS,
    STEPS,
    polled,
    read_answer,
    records,
)
from datasources.reading.arrow import PAUSES, Column, Flags
from datasources.reading.fields import FALSE, TRUE, Doubt, Forms, translate
from datasources.reading.files import new_files
from datasources.reading.harmonise import Harmoniser, Rules
from datasources.reading.located import Locator
from datasources.reading.places import PlaceError
from datasources.reading.texts import UNREADABLE
from domain.area import Level
from domain.calendar import load_calendar
from domain.dossier import is_jump
from domain.errors import CalendarError, RecordError, SourceError

CALENDAR = "config/calendar.csv"
TOLERATED = 20
KEPT_STATUSES = 200_000


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
        since = datetime.combine(config.since, time.min, config.zone).astimezone(UTC)
        overlap = timedelta(minutes=config.overlap_minutes)
        with asked(config, order) as conversation:
            yield from polled(conversation, order, overlap, since)

    def can_reread(self, config: DvcqgConfig) -> bool:
        """A system that is asked can be asked again about any stretch of time."""
        return config.url is not None

    def parse(self, document: Document, config: DvcqgConfig, reading: Reading) -> Iterator[Parsed]:
        """Dossiers or steps, whichever the document holds; rows are counted from 1."""
        answer = read_answer(document.content, reading.source)
        rows = records(answer.data, reading.source)
        yield Read(len(rows))
        if answer.service == DOSSIERS:
            yield from _dossiers(rows, config, reading)
        elif answer.service == STEPS:
            yield from _steps(rows, config, reading)
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
    values = {"channel": config.values.get("channel", VALUES["channel"])}
    return Rules(record, forms, values, config.within, config.deadline_precision)


def _pause_rules(config: DvcqgConfig, reading: Reading) -> PauseRules:
    calendar = load_calendar(reading.home / CALENDAR)
    return PauseRules(config.pause_policy, config.zone, calendar)


def _dossiers(
    rows: Sequence[msgspec.Raw], config: DvcqgConfig, reading: Reading
) -> Iterator[Parsed]:
    found, numbers, broken = _decoded(rows, Dossier, config)
    yield from (_misshapen("dossier", row) for row in broken)
    if not found:
        return
    columns = {name: [tell(one) for one in found] for name, tell in DOSSIER_COLUMNS.items()}
    if RESULT in config.values:
        columns[RESULT] = [text(one.handing_over) for one in found]
    yield from _translated(columns, config)
    pauses, dues, doubts = _paused(found, _pause_rules(config, reading), columns)
    table = pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})
    table = table.append_column("pauses", pauses)
    table = table.set_column(table.column_names.index("due_at"), "due_at", dues)
    if "dvcqg dossier" not in reading.memo:
        rules = _rules("dossier", config)
        locator = PortalLocator("dossier", rules.within, reading)
        reading.memo["dvcqg dossier"] = Harmoniser(rules, reading, locator)
    yield from _harmonised(reading.memo["dvcqg dossier"], table, numbers, doubts, THEIRS)


def _steps(rows: Sequence[msgspec.Raw], config: DvcqgConfig, reading: Reading) -> Iterator[Parsed]:
    found, numbers, broken = _decoded(rows, Step, config)
    yield from (_misshapen("dossier_event", row) for row in broken)
    if not found:
        return
    pauses = _pause_rules(config, reading)
    columns = {name: [tell(one) for one in found] for name, tell in STEP_COLUMNS.items()}
    columns["status"] = [pauses.status(code) for code in columns["status"]]
    table = pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})
    rules = _rules("dossier_event", config)
    harmoniser = reading.memo.setdefault("dvcqg step", Harmoniser(rules, reading))
    for item in _harmonised(harmoniser, table, numbers, [], THEIR_STEPS):
        yield item
        if isinstance(item, Columns) and (jumps := _jumps(item.table, reading)):
            yield Note(f"dq_status_jump: {jumps} steps lead to a status that cannot follow.")


def _translated(columns: dict[str, list[str]], config: DvcqgConfig) -> Iterator[Note]:
    """The flags that come as codes become yes, no or nothing: no dossier is refused for one."""
    for name in FLAGS:
        values = config.values.get(name, VALUES.get(name, {}))
        ours = [translate(code, values) for code in columns[name]]
        strange = sum(text.casefold() not in TRUE | FALSE for text in ours)
        if strange:
            yield Note(f"{strange} codes in {THEIRS[name]} mean nothing known: see values.{name}.")
        columns[name] = [one if one.casefold() in TRUE | FALSE else "" for one in ours]


def _jumps(steps: pa.Table, reading: Reading) -> int:
    """How many steps lead to a status that cannot follow the one before, as far as it is known."""
    last: dict[str, int] = reading.memo.setdefault("dvcqg status", {})
    if len(last) > KEPT_STATUSES:
        last.clear()
    jumps = 0
    ordered = steps.sort_by([("at", "ascending"), (STATUS, "ascending")])
    told: list[dict[str, Any]] = ordered.select(["dossier_code", STATUS]).to_pylist()
    for step in told:
        code, status = step["dossier_code"], step[STATUS]
        jumps += code in last and is_jump(last[code], status)
        last[code] = status
    return jumps


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
    rows: Sequence[msgspec.Raw], form: type[Form], config: DvcqgConfig
) -> tuple[list[Form], list[int], list[int]]:
    """The records that are shaped as agreed, their numbers, and the numbers of the others."""
    decoder = msgspec.json.Decoder(form)
    found, numbers, broken = [], [], []
    for number, raw in enumerate(rows, start=1):
        try:
            one = decoder.decode(raw)
            one.status = translate(text(one.status), config.values.get(STATUS, {}))
            found.append(one)
            numbers.append(number)
        except UNREADABLE:
            broken.append(number)
    return found, numbers, broken


def _misshapen(kind: str, row: int) -> Rejected:
    return Rejected(kind, row, "", "shape", "is not shaped as agreed")


def _paused(
    found: Sequence[Dossier], rules: PauseRules, columns: dict[str, list[str]]
) -> tuple[Column, Column, list[Doubt]]:
    """When each dossier waited, the due date that holds, and where a date of that cannot be.

    The statuses in `columns` become those that count.
    """
    pauses: list[list[dict[str, datetime | None]]] = []
    dues, bad_date, bad_year = list(columns["due_at"]), _none_of(found), _none_of(found)
    for row, one in enumerate(found):
        pauses.append([])
        columns["status"][row] = rules.status(columns["status"][row])
        if not one.supplements and text(one.status) not in PAUSED_CODES:
            continue
        try:
            pauses[row] = rules.pauses(one)
            dues[row] = rules.due(one)
        except RecordError:
            bad_date[row] = True
        except CalendarError:
            bad_year[row] = True
    where = "DanhSachHoSoBoSung"
    doubts = [
        Doubt(where, "date", "holds a date that cannot be", bad_date),
        Doubt(where, "calendar", "falls in a year whose working days are not confirmed", bad_year),
    ]
    return pa.array(pauses, PAUSES), pa.array(dues, pa.string()), doubts


def _none_of(found: Sequence[Dossier]) -> Flags:
    return np.zeros(len(found), dtype=np.bool_)
