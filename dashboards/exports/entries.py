"""Tables of values: the columns that a series, a ranking and a list of metrics have."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dashboards import format as fmt
from dashboards.cells import Cell
from dashboards.components import marks
from dashboards.components.ranking import Standing
from dashboards.exports.exhibit import Column, Entry, Kind, Table
from dashboards.text import Words
from domain.period import Grain, ReportingCalendar, label
from metrics.catalogue import Metric
from metrics.ranking import NOT_RANKED, not_ranked
from metrics.ranking import Entry as Ranked
from metrics.status import Reason

NOTHING = Entry(None, "")


@dataclass(frozen=True)
class Written:
    """One value in words: its number, what it was made of, its verdict and reservations."""

    metric: Metric
    cell: Cell
    words: Words

    @property
    def value(self) -> Entry:
        cell, unit = self.cell, self.metric.unit
        text = fmt.figure(cell.value, unit, self.words.language, against=cell.target)
        return Entry(cell.value, text)

    @property
    def parts(self) -> tuple[Entry, Entry]:
        """Numerator and denominator; where nothing is divided there is nothing to say."""
        if not self.metric.is_rate:
            return NOTHING, NOTHING
        return self._count(self.cell.numerator), self._count(self.cell.denominator)

    def _count(self, number: float | None) -> Entry:
        return Entry(number, fmt.number(number, 0, self.words.language))

    @property
    def target(self) -> Entry:
        target = self.cell.target
        if target is None:
            return NOTHING
        return Entry(target, fmt.goal(target, self.metric.unit, self.words.language))

    @property
    def verdict(self) -> Entry:
        """The status in a word; why there is none stands in the note."""
        if self.cell.value is None or self.cell.target is None:
            return NOTHING
        text = self.words(f"status.{self.cell.status}")
        return Entry(text, text, self.cell.status)

    def change(self, before: Cell | None) -> Entry:
        """How the value moved, in points or percent; nothing where it cannot be told."""
        if before is None or before.value is None or self.cell.value is None:
            return NOTHING
        text = marks.movement(self.metric, self.cell.value, before.value, self.words)[0]
        return Entry(text, text)

    @property
    def note(self) -> Entry:
        """Every reservation about the value, and why it has no verdict."""
        cell, say = self.cell, self.words
        reached, expected = cell.coverage_reported, cell.coverage_expected
        partial = cell.value is not None and cell.coverage is not None and cell.coverage < 1
        coverage = {
            "reported": fmt.number(reached, 0, say.language),
            "expected": fmt.number(expected, 0, say.language),
        }
        told = [
            "" if cell.value is not None else say("value.none"),
            say("mark.open") if cell.open else "",
            say("mark.estimated") if cell.estimated else "",
            say("mark.reported") if cell.reported else "",
            say("mark.averaged") if cell.averaged else "",
            marks.locked_text(cell, say) if cell.locked else "",
            say("mark.coverage", **coverage) if partial else "",
            self._why if cell.value is not None and not cell.open else "",
            cell.citation,
        ]
        text = "; ".join(part for part in told if part)
        return Entry(text or None, text)

    @property
    def _why(self) -> str:
        return "" if self.cell.target is None else marks.why_unknown(self.cell, self.words)


def decimals_of(texts: Iterable[str], language: str) -> int:
    """The digits after the comma that some written numbers have at most."""
    comma = "," if language == "vi" else "."
    rests = (text.partition(comma)[2] for text in texts)
    return max((sum(sign.isdigit() for sign in rest) for rest in rests), default=0)


def _value_column(metric: Metric, words: Words) -> Column:
    """The column of a metric's values, headed by their unit."""
    heading = words("export.value_of", unit=metric.unit_name(words.language))
    return Column(heading, Kind.NUMBER, 1.0)


def _part_columns(metric: Metric, words: Words) -> tuple[Column, ...]:
    if not metric.is_rate:
        return ()
    return (
        Column(words("table.numerator"), Kind.NUMBER, 0.9),
        Column(words("table.denominator"), Kind.NUMBER, 0.9),
    )


def series_table(
    metric: Metric, cells: Sequence[Cell], grain: Grain, reporting: ReportingCalendar, words: Words
) -> Table:
    """The periods of a metric, oldest first, with what each value was made of."""
    has_target = any(cell.target is not None for cell in cells)
    judged = (
        Column(words("table.target"), Kind.NUMBER, 0.9),
        Column(words("table.status"), width=1.25),
    )
    columns = (
        Column(words("table.period"), width=1.2),
        Column(words("export.first_day"), Kind.DAY, apart=True),
        Column(words("export.last_day"), Kind.DAY, apart=True),
        _value_column(metric, words),
        *_part_columns(metric, words),
        *(judged if has_target else ()),
        Column(words("table.note"), width=2.2),
    )
    rows = []
    for cell in cells:
        written = Written(metric, cell, words)
        name = label(cell.period, grain, words.language, reporting)
        rows.append(
            (
                Entry(name, name),
                _day(cell.period.start, words),
                _day(cell.period.last_day, words),
                written.value,
                *(written.parts if metric.is_rate else ()),
                *((written.target, written.verdict) if has_target else ()),
                written.note,
            )
        )
    return Table(columns, tuple(rows))


def _day(day: date, words: Words) -> Entry:
    return Entry(day, fmt.day(day, words.language))


def ranking_table(
    metric: Metric,
    placed: Sequence[tuple[int | None, Standing]],
    compared: str,
    words: Words,
) -> Table:
    """Areas in their order with rank, value, parts, verdict and change; those unranked say why.

    `compared` says what changes are measured against, or is empty.
    """
    has_target = any(one.cell.target is not None for _, one in placed)
    judged = (
        Column(words("table.target"), Kind.NUMBER, 0.85),
        Column(words("ranking.status"), width=1.6),
    )
    moved = (
        Column(words("export.before"), Kind.NUMBER, apart=True),
        Column(words("change.label"), width=1.5),
    )
    columns = (
        Column(words("ranking.rank"), Kind.NUMBER, 0.6),
        Column(words("export.code"), apart=True),
        Column(words("ranking.area"), width=2.2),
        _value_column(metric, words),
        *_part_columns(metric, words),
        *(judged if has_target else ()),
        *(moved if compared else ()),
        Column(words("table.note"), width=1.85),
    )
    return Table(
        columns,
        tuple(
            _ranked_row(
                Written(metric, one.cell, words),
                rank,
                one,
                has_target=has_target,
                is_compared=bool(compared),
            )
            for rank, one in placed
        ),
    )


def _ranked_row(
    written: Written,
    rank: int | None,
    one: Standing,
    *,
    has_target: bool,
    is_compared: bool,
) -> tuple[Entry, ...]:
    before = one.before.value if one.before else None
    earlier = Entry(before, fmt.figure(before, written.metric.unit, written.words.language))
    return (
        Entry(rank, fmt.MISSING if rank is None else str(rank)),
        Entry(one.cell.area, one.cell.area),
        Entry(one.name, one.name),
        written.value,
        *(written.parts if written.metric.is_rate else ()),
        *((written.target, written.verdict) if has_target else ()),
        *((earlier, written.change(one.before)) if is_compared else ()),
        _ranking_note(written, one, rank),
    )


def _ranking_note(written: Written, one: Standing, rank: int | None) -> Entry:
    """The reservations, or why there is no rank."""
    if rank is None and one.cell.value is not None:
        why = why_unranked(one, written.words)
        return Entry(why, why)
    return written.note


def why_unranked(one: Standing, words: Words) -> str:
    """Why an area has no rank, in words."""
    cell = one.cell
    line = Ranked("", one.name, cell.value, cell.denominator, cell.freshness, cell.status_reason)
    return NOT_RANKED[Reason(not_ranked(line))][words.language]
