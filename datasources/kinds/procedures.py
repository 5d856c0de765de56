"""Procedures as the national database describes them (LayDanhSachTTHC, LayThuTuc).

From files, or over the same session as dossiers. An entry is one version of a procedure: from
the day it came into force until the day it ended, or until the next version of the same
procedure begins. docs/sources/procedures.md explains the keys, all in capitals.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

import msgspec
import numpy as np
import pyarrow as pa
from pydantic import Field, field_validator

from datasources.base import Columns, Document, Note, Order, Parsed, Read, Reading, Rejected
from datasources.kinds.dvcqg_config import PortalConfig, asked, only_coded
from datasources.kinds.dvcqg_messages import text
from datasources.kinds.dvcqg_poll import Conversation, read_catalogue, records
from datasources.kinds.procedure_messages import COLUMNS, THEIRS, Listed, Procedure
from datasources.reading.dates import day
from datasources.reading.fields import FALSE, TRUE, WORDS, Forms, translate
from datasources.reading.files import new_files
from datasources.reading.harmonise import Harmoniser, Rules
from datasources.reading.texts import UNREADABLE
from domain.errors import RecordError, SourceError

LIST, ENTRY = "LayDanhSachTTHC", "LayThuTuc"
AT_ONCE = 50
TOLERATED = 20
VALUES: Mapping[str, Mapping[str, str]] = {
    "service_level": {
        "toàn trình": "full",
        "một phần": "partial",
        "cung cấp thông tin": "information",
        "còn lại": "information",
    },
    "term_unit": {
        "ngày làm việc": "day",
        "ngày": "day",
        "giờ làm việc": "hour",
        "giờ": "hour",
    },
}
CODED = (*VALUES, "linked", "online_payment")
IN_FORCE = ("", "1")


class ProceduresConfig(PortalConfig):
    """Keys of a catalogue of procedures."""

    kind: Literal["procedures"]
    values: dict[str, dict[str, str]] = Field(default_factory=dict)

    @field_validator("values")
    @classmethod
    def _coded(cls, values: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        return only_coded(values, CODED)


class Procedures:
    """The catalogue of procedures."""

    id = "procedures"
    config = ProceduresConfig
    records = ("procedure",)
    tolerated = TOLERATED

    def fetch(self, config: ProceduresConfig, order: Order) -> Iterator[Document | Note]:
        """New files of `path`, or every procedure that the system at `url` lists."""
        if config.path is not None:
            yield from new_files(config.path, order, suffixes=(".json",))
            return
        with asked(config, order) as conversation:
            codes = _listed(conversation)
            for first in range(0, len(codes), AT_ONCE):
                told = codes[first : first + AT_ONCE]
                entries = [one for code in told for one in _entries(conversation, code)]
                content = _answer(conversation.agency, entries)
                yield Document(f"{ENTRY} {first + 1}", content, as_of=order.now)
                if order.sample:
                    return

    def parse(
        self, document: Document, config: ProceduresConfig, reading: Reading
    ) -> Iterator[Parsed]:
        """The versions of procedures; rows are counted from 1."""
        answer = read_catalogue(document.content, reading.source)
        rows = records(answer.result, reading.source)
        yield Read(len(rows))
        if answer.service not in ("", ENTRY):
            fact = f"{document.name} is no answer of {ENTRY}"
            raise SourceError(reading.source, fact, "The list alone has no levels and no terms")
        found, numbers = [], []
        for number, raw in enumerate(rows, start=1):
            try:
                found.append(msgspec.json.decode(raw, type=Procedure))
                numbers.append(number)
            except UNREADABLE:
                yield Rejected("procedure", number, "", "shape", "is not shaped as agreed")
        if found:
            agency = answer.madonvi or config.agency
            yield from _harmonised(found, numbers, agency, config, reading)


KIND = Procedures()


def _listed(conversation: Conversation) -> list[str]:
    """The codes of every procedure, in their order."""
    entries = conversation.entries(LIST)
    try:
        codes = [text(msgspec.json.decode(one, type=Listed).code) for one in entries]
    except UNREADABLE:
        fact = f"{LIST} lists something without MATTHC"
        raise SourceError(conversation.source, fact, "Ask whoever runs the system") from None
    return sorted({code for code in codes if code})


def _entries(conversation: Conversation, code: str) -> list[msgspec.Raw]:
    return conversation.entries(ENTRY, maTTHC=code)


def _answer(agency: str, entries: Sequence[msgspec.Raw]) -> bytes:
    """Several answers as one: each entry byte by byte as it came."""
    head = msgspec.json.encode({"error_code": "00", "service": ENTRY, "madonvi": agency})
    return head[:-1] + b',"result":[' + b",".join(bytes(one) for one in entries) + b"]}"


def _harmonised(
    found: Sequence[Procedure],
    numbers: Sequence[int],
    agency: str,
    config: ProceduresConfig,
    reading: Reading,
) -> Iterator[Parsed]:
    columns = {name: [tell(one) for one in found] for name, tell in COLUMNS.items()}
    columns["owner_organisation"] = [one or agency for one in columns["owner_organisation"]]
    yield from _translated(columns, config)
    columns["scheme"] = [_scheme(level) for level in columns["service_level"]]
    columns["valid_until"] = _ends(found, columns, config)
    table = pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})
    rules = Rules("procedure", Forms(config.zone), within=config.within)
    harmoniser = reading.memo.setdefault("procedures", Harmoniser(rules, reading))
    records_, refusals = harmoniser.records(table, np.array(numbers))
    for one in refusals:
        yield one._replace(field=THEIRS.get(one.field, one.field))
    if records_.num_rows:
        yield Columns("procedure", records_)


def _translated(columns: dict[str, list[str]], config: ProceduresConfig) -> Iterator[Note]:
    """Codes as words of ours; one that means nothing known is not told, and said so once."""
    known: Mapping[str, Callable[[str], bool]] = {
        "service_level": WORDS["procedure.service_level"].__contains__,
        "term_unit": WORDS["procedure.term_unit"].__contains__,
        "linked": (TRUE | FALSE).__contains__,
        "online_payment": (TRUE | FALSE).__contains__,
    }
    for name, is_known in known.items():
        values = config.values.get(name, {})
        shipped = VALUES.get(name, {})
        ours = [translate(code, values) for code in columns[name]]
        ours = [shipped.get(code.casefold(), code.casefold()) for code in ours]
        strange = sum(bool(code) and not is_known(code) for code in ours)
        if strange:
            yield Note(f"{strange} codes in {THEIRS[name]} mean nothing known: see values.{name}.")
        columns[name] = [code if code and is_known(code) else "" for code in ours]


def _scheme(level: str) -> str:
    """Levels 1 to 4 until August 2022, and the three words of Decree 42/2022/NĐ-CP since."""
    if not level:
        return ""
    return "level_1_4" if level.isdecimal() else "nd42"


def _ends(
    found: Sequence[Procedure], columns: Mapping[str, Sequence[str]], config: ProceduresConfig
) -> list[str]:
    """When each version ended: as told, or else when it was withdrawn."""
    ends = []
    for one, told, begun in zip(found, columns["valid_until"], columns["valid_from"], strict=True):
        withdrawn = "" if text(one.state) in IN_FORCE else text(one.updated)
        ends.append(told or (withdrawn if _is_later(withdrawn, begun, config) else ""))
    return ends


def _is_later(end: str, begin: str, config: ProceduresConfig) -> bool:
    try:
        days = day(end, config.zone), day(begin, config.zone)
    except RecordError:
        return bool(end)
    return days[0] is not None and days[1] is not None and days[0] > days[1]
