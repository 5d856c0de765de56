"""The one place that says in which table a kind of record is kept, and how it is counted."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from domain.measure import Additivity, measures
from domain.record import RECORDS, Field, FieldType
from store.sql import sql_file

SQL_TYPES: Mapping[FieldType, str] = MappingProxyType(
    {
        FieldType.TEXT: "varchar",
        FieldType.INSTANT: "timestamptz",
        FieldType.DATE: "date",
        FieldType.INT: "bigint",
        FieldType.NUMBER: "double",
        FieldType.FLAG: "boolean",
        FieldType.MAYBE: "boolean",
        FieldType.PAUSES: 'struct("start" timestamptz, "end" timestamptz)[]',
    }
)

# Fields that must name an area of the register: without one a record counts nowhere.
AREAS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "dossier": ("receiving_area", "competent_area"),
        "document": ("sender_area",),
        "observation": ("area",),
        "feedback": ("area",),
        "procedure": ("owner_area",),
        "station_hour": ("area",),
    }
)

# What pages are narrowed to and broken down by most, beside areas.
CUTS = ("field_code", "channel")

# Which rules of handing over (handover.py) counts were made by, and which form they are kept in.
HANDOVER = "heirs-1"
FORM = "tallied by batch, amounts apart"

# Stands between the statements of a file.
END = ";\n\n"

# A field in which the source itself dates its version: an older one never replaces a newer.
VERSION = "updated_at"


@dataclass(frozen=True)
class Fact:
    """A kind of record as it lands and is kept; its table has the same name."""

    kind: str
    fields: tuple[Field, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields if field.key)

    @property
    def text_keys(self) -> tuple[str, ...]:
        """Keys that must not be empty; the level of an observation may be."""
        texts = (field for field in self.fields if field.key and field.type is FieldType.TEXT)
        return tuple(field.name for field in texts if field.name != "level")

    @property
    def values(self) -> tuple[str, ...]:
        """The columns that are no part of the key."""
        return tuple(field.name for field in self.fields if not field.key)

    @property
    def areas(self) -> tuple[str, ...]:
        return AREAS.get(self.kind, ())

    @property
    def dates_itself(self) -> bool:
        return VERSION in self.columns


@dataclass(frozen=True)
class Count:
    """A kind of record that is counted into `<record>_delta`.

    Its own table has its name; `steps` is the table of the steps that tell more about it. What
    is `joined` has no table of its own: it is put together of others (joined.py).
    `measures` are the columns that add up; `keys` are columns beside the dimensions that tell
    rows apart. `is_tallied` is whether its events are kept one by one (tallies.py), in snapshots
    too; observations each have a value of their own, and are themselves in a snapshot.
    `cuts` are the dimensions it is rolled up by beside the areas, which pages are narrowed to most.
    `by_calendar` is whether working days are counted. `lives` are the relations that
    the first statements of its rules make. With `is_anew` it is counted into other tables,
    which are to take the place of those that hold (recount.py).
    """

    record: str
    measures: tuple[str, ...]
    measure_type: str
    steps: str | None = None
    joined: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    cuts: tuple[str, ...] = ()
    is_tallied: bool = True
    by_calendar: bool = False
    lives: tuple[str, ...] = ("lives",)
    is_anew: bool = False

    @property
    def counted(self) -> str:
        """What the names of the tables it is counted into begin with."""
        return f"{self.record}_anew" if self.is_anew else self.record

    @property
    def stocks(self) -> tuple[str, ...]:
        """The measures that are sums over all days, and pass on when an area ends."""
        known = measures()
        return tuple(
            one
            for one in self.measures
            if one in known and known[one].additivity is Additivity.LAST
        )

    @property
    def spread(self) -> tuple[str, str] | None:
        """The measure of which it is kept how often each amount was there, and what counts it.

        Each event adds one amount to the first and 1 to the second, or takes both back.
        """
        known = measures()
        found = ((one, known[one].spread_over) for one in self.measures if one in known)
        return next(((one, over) for one, over in found if over is not None), None)

    @property
    def facts(self) -> tuple[str, ...]:
        """The kinds of record that tell about it."""
        if self.joined:
            return self.joined
        return (self.record,) if self.steps is None else (self.record, self.steps)

    @property
    def rolled_tables(self) -> tuple[str, ...]:
        """The tables of a snapshot that hold its counts for every area."""
        months = (f"{self.record}_month",) if self.is_tallied else ()
        return (f"{self.record}_area", *months, *self.cut_tables)

    @property
    def event_tables(self) -> tuple[str, ...]:
        """The tables of a snapshot that hold its single events, and how often each amount came."""
        tallied = (f"{self.record}_effect", f"{self.record}_tally") if self.is_tallied else ()
        return tallied if self.spread is None else (*tallied, f"{self.record}_spread")

    @property
    def cut_tables(self) -> tuple[str, ...]:
        """The table of a snapshot that holds its counts by month and what it is cut by."""
        return (f"{self.record}_cut_month",) if self.cuts else ()

    @property
    def known_sql(self) -> str:
        """DuckDB's SQL that brings together what is known of each record."""
        return sql_file(f"known/{self.record}.sql")

    @property
    def measure_sql(self) -> str:
        """Portable SQL that counts it."""
        return sql_file(f"measures/{self.record}.sql")

    @property
    def lives_sql(self) -> Mapping[str, str]:
        """Its first statements where it is tallied: the lives of records, and what is in them."""
        return dict(zip(self.lives, self._statements, strict=False))

    @property
    def steps_sql(self) -> tuple[str, ...]:
        """The next ones: what happens in each kind of life, and on which of its days."""
        return self._statements[len(self.lives) : -1]

    @property
    def kinds_sql(self) -> str:
        """The last: what each step counts as."""
        return self._statements[-1]

    @property
    def _statements(self) -> tuple[str, ...]:
        return tuple(self.measure_sql.split(END))

    def fingerprint(self, calendar: str) -> str:
        """Another one means that the rules of counting have changed, or the `calendar` has."""
        rules = (
            self.known_sql,
            self.measure_sql,
            *self.measures,
            repr(observed_measures()),
            HANDOVER,
            FORM,
            *([calendar] if self.by_calendar else []),
        )
        return hashlib.sha256("\n".join(rules).encode()).hexdigest()


FACTS: Mapping[str, Fact] = MappingProxyType(
    {kind: Fact(kind, fields) for kind, fields in RECORDS.items()}
)


@lru_cache(maxsize=1)
def counts() -> Mapping[str, Count]:
    """What is counted, by record."""
    dossier = Count(
        "dossier",
        _columns("dossier"),
        "integer",
        steps="dossier_event",
        cuts=CUTS,
        by_calendar=True,
        lives=("lives", "waits"),
    )
    document = Count("document", _columns("document"), "integer")
    receipt = Count(
        "receipt",
        _columns("receipt"),
        "integer",
        joined=("document_status", "document"),
        by_calendar=True,
    )
    observation = Count("observation", ("value",), "double", keys=("measure",), is_tallied=False)
    feedback = Count("feedback", _columns("feedback"), "integer", cuts=CUTS)
    others = (Count(one, _columns(one), "integer") for one in ("procedure", "station_hour"))
    return MappingProxyType(
        {one.record: one for one in (dossier, document, receipt, observation, feedback, *others)}
    )


def observed_measures() -> list[tuple[str, str, str]]:
    """Metric, part and measure of every observation that adds up."""
    return [
        (one.of or "", one.part or "", one.id)
        for one in measures().values()
        if one.record == "observation" and one.additivity is not Additivity.NONE
    ]


def _columns(record: str) -> tuple[str, ...]:
    return tuple(one.id for one in measures().values() if one.record == record)
