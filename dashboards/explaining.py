"""Asking for explanations and giving them: the figure as it is now, and what is kept with it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from dashboards.access import ALERTS, ASK, Person
from dashboards.board import first_of_each, metric_of
from dashboards.cases import Cases
from dashboards.cells import Cell, ask_href, cells
from dashboards.components.explanations import beside_figure
from dashboards.components.markup import Tree
from dashboards.data import Figures, Visit
from dashboards.telling import Telling
from domain.area import Boundaries
from domain.dossier import local_day
from domain.errors import IocError
from domain.period import Span
from domain.scope import Scope
from metrics.contents import told_names
from metrics.query import query
from metrics.selection import By, Selection
from store.state.explanations import Figures as Kept
from store.state.explanations import Subject


@dataclass(frozen=True)
class Now:
    """The figures, rules and clock that a request is made or answered by."""

    figures: Figures
    at: datetime

    @property
    def today(self) -> date:
        return local_day(self.at)

    def due(self, days: int) -> date:
        """The last of so many working days from today. Raises CalendarError."""
        return self.figures.rules.calendar.add(self.today, days)

    def cell(self, subject: Subject, scope: Scope) -> Cell:
        """The value to be explained, as this scope sees it now.

        Raises UnknownNameError, AreaError, ScopeError, PeriodError or SelectionError.
        """
        if subject.period_start is None or subject.period_end is None:
            raise IocError("A figure has a period.")
        rules = self.figures.rules
        area = rules.register.get(subject.area_id)
        asked = Selection(
            (subject.metric,),
            Span(subject.period_start, subject.period_end),
            area.area_id,
            boundaries=Boundaries.TODAY if area.valid_until is None else Boundaries.THEN,
            filters=(("organisation", subject.organisation),) if subject.organisation else (),
        )
        found = query(asked, scope, self.figures.snapshot, now=self.at, rules=rules)
        return first_of_each(cells(found), metric_of)[subject.metric]

    def kept(self, subject: Subject, scope: Scope) -> Kept:
        """The same as it is kept with what is said; nothing where the subject is a source."""
        if not subject.metric:
            return Kept()
        cell = self.cell(subject, scope)
        return Kept(
            cell.numerator,
            cell.denominator,
            cell.value,
            cell.target,
            cell.status,
            cell.snapshot,
            cell.definition_version or 0,
            cell.simulated,
        )


def now(figures: Figures) -> Now:
    """This moment."""
    return Now(figures, datetime.now(UTC))


def telling_of(figures: Figures, cases: Cases, visit: Visit) -> Telling:
    """The words for what this visit shows of the book."""
    rows = visit.snapshot.sources
    titles = {row["source"]: row[f"title_{visit.words.language}"] for row in rows}
    offices = told_names(visit.snapshot).get(By.ORGANISATION, {})
    return Telling(figures.rules, visit.words, titles, cases.names, offices)


def beside(figures: Figures, visit: Visit, cell: Cell, who: Person) -> list[Tree]:
    """What was said about the figure of a card, and the way to ask about it."""
    if not who.may(ALERTS) or visit.view.filters:
        return []
    cases = Cases(figures.home, who)
    found = cases.said_about(cell.metric, cell.area_id, cell.period.start, cell.period.end)
    can_ask = who.may(ASK) and cell.value is not None
    href = ask_href(cell) if can_ask else ""
    return beside_figure(found, cases.entries(found), telling_of(figures, cases, visit), href)
