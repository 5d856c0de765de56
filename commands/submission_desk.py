"""The desk of submissions: workbooks in, figures onward, and a book of who handed in what.

A workbook is read in a limited child, shown, and kept as a draft. What a person confirms goes into
the inbox of its source like anything that is pushed: the figures alone, never the workbook.
"""

import hashlib
import os
import shutil
import threading
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from commands.submission_choices import Choices, FormChoices, Meant
from dashboards.submitting import (
    Change,
    Choice,
    Entry,
    Fate,
    Figures,
    Preview,
    Problem,
    Refused,
    Row,
)
from datasources.kinds.submission_child import read_in_child
from datasources.kinds.submission_forms import FILLED, Form, Item, period_key
from datasources.kinds.submission_reading import Filled
from datasources.kinds.submission_reading import Problem as Doubt
from datasources.kinds.submission_reading import Row as FilledRow
from datasources.kinds.submissions import Figure, Submission, SubmissionsConfig
from datasources.reading.files import INBOX
from domain.errors import StoreError
from domain.period import Grain, Span, label
from domain.scope import Scope
from metrics.metric import Metric
from store.state import submissions as book
from store.state.receipts import Receipt, receive

AT_A_TIME = threading.BoundedSemaphore(2)
PATIENCE_SECONDS = 30
RESERVE = 1_000_000_000


class SubmissionDesk(FormChoices):
    """Where the forms of one home are handed in."""

    def preview(
        self, choice: Choice, content: bytes, person: str, scope: Scope, language: str
    ) -> Preview:
        meant = self._meant(choice, scope, language)
        form = self._form(meant, language)
        if not AT_A_TIME.acquire(timeout=PATIENCE_SECONDS):
            raise Refused("busy")
        try:
            filled = read_in_child(content, form)
        finally:
            AT_A_TIME.release()
        digest = hashlib.sha256(content).hexdigest()
        rows = self._compared(filled, form, meant)
        told = [row for row in rows if row.change in ("new", "changed", "unchanged")]
        wrong = bool(filled.problems) or not told
        whole = tuple(_problem(one) for one in filled.problems if not one.cell or not rows)
        if not told and not filled.problems:
            whole = (Problem("", "nothing"),)
        draft = "" if wrong else self._draft(meant, filled, content, digest, person)
        other = Choice(**_as_choice(filled.other)) if filled.other else None
        return Preview(tuple(rows), whole, filled.absent, other, draft, digest)

    def confirm(self, draft: str, person: str, scope: Scope) -> str:
        now = self._now()
        if shutil.disk_usage(self.home).free < RESERVE:
            raise Refused("full")
        kept = book.confirm(self.home, draft, person, now)
        if kept is None or kept.submitted_at is None:
            raise Refused("gone")
        self._refuse_others(kept, scope)
        document = _document(kept)
        receipt = Receipt(
            kept.submission_id,
            kept.source,
            hashlib.sha256(document).hexdigest(),
            len(document),
            f"{kept.submission_id}.json",
            kept.submitted_at,
        )
        try:
            receive(self.home, receipt, "", draft, lambda: self._appear(receipt, document))
        except (OSError, StoreError):
            raise Refused("unkept") from None
        book.book(self.home, draft, receipt.receipt_id)
        return receipt.receipt_id

    def cancel(self, draft: str, person: str) -> None:
        book.withdraw(self.home, draft, person)

    def entries(self, form: str, scope: Scope, language: str, most: int) -> Sequence[Entry]:
        config = self._config(form)
        found = book.submissions(self.home, form, most if scope.areas is None else 10 * most)
        periods = {Span(one.draft.period_start, one.draft.period_end) for one in found}
        choices = {span: self._offered(form, config, span, scope, language) for span in periods}
        entries = [_entry(one, config, choices, language) for one in found]
        return [one for one in entries if one is not None][:most]

    # ---- figures ----------------------------------------------------------------------------

    def _compared(self, filled: Filled, form: Form, meant: Meant) -> list[Row]:
        """Every row that was read, in the order of the sheet, with what was submitted last."""
        standing = self._standing(form.source, meant.span.start)
        items = {item.metric: item for item in form.items}
        names = {place.area_id: place.name for place in form.places}
        doubts: dict[int, list[Problem]] = {}
        for one in filled.problems:
            doubts.setdefault(int(one.cell[1:] or 0), []).append(_problem(one))
        rows = [
            _row(row, items[row.metric], names, standing, doubts.pop(row.row, []))
            for row in filled.rows
        ]
        strays = [
            Row(number, "", "", "", "", ("", "", ""), None, None, "wrong", tuple(problems))
            for number, problems in doubts.items()
            if number
        ]
        return sorted([*rows, *strays], key=lambda one: one.row)

    def _standing(self, source: str, start: date) -> dict[tuple[str, str], Figures]:
        """The figures of a period as they were submitted last."""
        found: dict[tuple[str, str], Figures] = {}
        for text in book.standing_figures(self.home, source, start):
            for one in msgspec.json.decode(text, type=list[Figure]):
                found[one.metric, one.area] = (one.numerator, one.denominator, one.value)
        return found

    def _draft(self, meant: Meant, filled: Filled, content: bytes, digest: str, person: str) -> str:
        catalogue = self._rules().catalogue
        figures = [
            _figure(row, catalogue.metric(row.metric)) for row in filled.rows if not row.is_empty
        ]
        return book.keep_draft(
            self.home,
            book.Draft(
                source=meant.choice.form,
                area=meant.choice.area,
                period_start=meant.span.start,
                period_end=meant.span.end,
                sha256=digest,
                bytes=len(content),
                figures=msgspec.json.encode(figures).decode(),
                number=len(figures),
                person=person,
                read_at=self._now(),
            ),
        )

    def _appear(self, receipt: Receipt, document: bytes) -> None:
        """Let the whole document appear at once; its age says that nobody is writing it."""
        inbox = self.home / INBOX / receipt.source
        inbox.mkdir(parents=True, exist_ok=True)
        part, whole = inbox / f".{receipt.receipt_id}.part", inbox / receipt.file
        with part.open("wb") as file:
            file.write(document)
            file.flush()
            os.fsync(file.fileno())
        past = part.stat().st_mtime - 60
        os.utime(part, (past, past))
        part.rename(whole)
        folder = os.open(inbox, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    # ---- the book ---------------------------------------------------------------------------

    def _choice_of(self, draft: book.Draft) -> Choice:
        config = self._config(draft.source)
        span = Span(draft.period_start, draft.period_end)
        return Choice(
            draft.source, period_key(span, Grain(config.grain), config.calendar), draft.area
        )

    def _offered(
        self, form: str, config: SubmissionsConfig, span: Span, scope: Scope, language: str
    ) -> Choices:
        """What may be chosen for a period; nothing where the stanza does not fit it."""
        try:
            return self._choices(form, config, span, scope, language)
        except Refused:
            return {}

    def _refuse_others(self, draft: book.Draft, scope: Scope) -> None:
        """Raise Refused if a draft holds figures of areas outside a scope, which may change."""
        meant = self._meant(self._choice_of(draft), scope, "vi")
        allowed = {area.area_id for area in meant.areas}
        if any(one.area not in allowed for one in _figures(draft)):
            raise Refused("no_area", area=draft.area)


def _entry(
    one: book.Booked, config: SubmissionsConfig, choices: Mapping[Span, Choices], language: str
) -> Entry | None:
    """An entry as it is shown; None for areas that this person may not see."""
    draft = one.draft
    span = Span(draft.period_start, draft.period_end)
    if draft.area not in choices[span] or draft.submitted_at is None:
        return None
    fate: Fate = one.state  # type: ignore[assignment]  # the receipt's states are these
    return Entry(
        receipt=draft.submission_id,
        period=label(span, Grain(config.grain), language, config.calendar),
        area=choices[span][draft.area][0],
        person=draft.person,
        submitted_at=draft.submitted_at,
        sha256=draft.sha256,
        bytes=draft.bytes,
        figures=draft.number,
        fate=fate,
        settled_at=one.settled_at,
        detail=one.detail,
    )


# ---- rows ------------------------------------------------------------------------------------


def _problem(one: Doubt) -> Problem:
    return Problem(one.cell, one.key, one.gaps)


def _as_choice(other: Mapping[str, str]) -> dict[str, str]:
    return {"form": other["source"], "period": other["period"], "area": other["area"]}


def _row(
    row: FilledRow,
    item: Item,
    names: Mapping[str, str],
    standing: Mapping[tuple[str, str], Figures],
    problems: Sequence[Problem],
) -> Row:
    new = (row.numerator, row.denominator, row.value)
    old = standing.get((row.metric, row.area_id))
    change: Change
    if problems:
        change = "wrong"
    elif row.is_empty:
        change = "empty"
    elif old is None:
        change = "new"
    else:
        change = "unchanged" if old == new else "changed"
    return Row(
        row=row.row,
        metric=item.name,
        area=names[row.area_id],
        unit=item.unit,
        asks=FILLED[item.asks],
        shown=row.shown,
        old=old,
        new=None if change in ("wrong", "empty") else new,
        change=change,
        problems=tuple(problems),
    )


def _figure(row: FilledRow, metric: Metric) -> Figure:
    """A row that says something; a rate alone is as reported, a score is not."""
    as_reported = row.value is not None and metric.formula.id != "score"
    return Figure(
        row.metric, row.area_id, row.row, row.numerator, row.denominator, row.value, as_reported
    )


def _document(draft: book.Draft) -> bytes:
    """What goes to the source: the same bytes whenever the same draft is confirmed."""
    if draft.submitted_at is None:
        raise Refused("gone")
    told = Submission(
        draft.source,
        draft.period_start,
        draft.period_end,
        draft.sha256,
        draft.submitted_at,
        _figures(draft),
    )
    return msgspec.json.encode(told)


def _figures(draft: book.Draft) -> list[Figure]:
    return msgspec.json.decode(draft.figures, type=list[Figure])
