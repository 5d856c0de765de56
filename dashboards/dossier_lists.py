"""A list of dossiers as a page shows it: its tabs, its rows, its groups, and one dossier."""

from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

from dashboards import format as fmt
from dashboards.components.choices import Option, segment
from dashboards.components.dossiers import Shown, dossier_table, group_table, life_panels
from dashboards.components.head import panel_head
from dashboards.components.markup import Tree, tag
from dashboards.components.paging import page_ways
from dashboards.components.states import empty
from dashboards.data import Visit
from dashboards.dossier_head import OF_LIST, PAUSED_METRIC, metric_of
from dashboards.places import area_title
from dashboards.selection import Listed
from domain.errors import AreaError
from metrics.dossiers import DossierLife, DossierRow
from metrics.drill import Drilled, Group, Page, Part, drill, groups
from metrics.names import named
from metrics.query import query
from metrics.selection import By, Selection

ROWS = 50
MOST_GROUPS = 12
FROM_APPLICANT = (5, 6)
"""Statuses of the national portal in which the applicant has to bring something, or to pay."""


@dataclass(frozen=True)
class DossierLists:
    """The list at an address, and what stands around it."""

    visit: Visit

    @cached_property
    def selection(self) -> Selection:
        """The one figure whose dossiers are listed."""
        board = self.visit.board
        return board.selection(board.area, [metric_of(self.visit).id], board.span)

    @property
    def statuses(self) -> tuple[int, ...]:
        """The only statuses listed; none: all."""
        view = self.visit.view
        is_waiting = view.metric is None and view.listed is Listed.WAITING
        return FROM_APPLICANT if is_waiting else ()

    @property
    def part(self) -> Part:
        return self.visit.view.part if self.visit.view.metric else Part.NUMERATOR

    @cached_property
    def found(self) -> Drilled:
        """The page of the list. Raises IocError."""
        visit = self.visit
        return drill(
            self.selection,
            self.part,
            visit.scope,
            visit.snapshot,
            now=visit.now,
            rules=visit.rules,
            page=Page(visit.view.sort, ROWS, ROWS * (visit.view.number - 1)),
            statuses=self.statuses,
        )

    # ---- what can be looked at

    def tabs(self) -> Tree:
        """The lists of every day with how many each has, or the two counts of a figure."""
        view, say = self.visit.view, self.visit.words
        if view.metric is not None:
            return tag("div", self._parts(), cls="ioc-alerts__tabs")
        options = [
            Option(
                f"{say(f'dossiers.{one}')} {self._count(one)}".strip(),
                view.href(listed=one, number=1, sort="late"),
                is_current=view.listed is one,
                title=say(f"dossiers.{one}_long"),
            )
            for one in Listed
        ]
        return tag("div", segment(say("dossiers.lists"), options), cls="ioc-alerts__tabs")

    def _parts(self) -> Tree | None:
        view, say, metric = self.visit.view, self.visit.words, metric_of(self.visit)
        if not metric.is_rate:
            return None
        options = [
            Option(
                say(f"table.{one}"),
                view.href(part=one, number=1),
                is_current=view.part is one,
            )
            for one in Part
        ]
        return segment(say("dossiers.parts"), options)

    def _count(self, one: Listed) -> str:
        if one is Listed.WAITING:
            known: float | None = self._waiting
        else:
            known = self._counts.get(OF_LIST[one])
        return "" if known is None else f"({fmt.number(known, 0, self.visit.words.language)})"

    @cached_property
    def _counts(self) -> dict[str, float]:
        """The numerators of the lists' metrics."""
        visit = self.visit
        asked = replace(self.selection, metrics=tuple(dict.fromkeys(OF_LIST.values())))
        frame = query(asked, visit.scope, visit.snapshot, now=visit.now, rules=visit.rules)
        told = frame[~frame["reported"]].dropna(subset=["numerator"])
        return dict(zip(told["metric"], told["numerator"], strict=True))

    @cached_property
    def _waiting(self) -> float:
        if self.statuses:
            return self.found.dossiers
        visit, metric = self.visit, OF_LIST[Listed.WAITING]
        found = drill(
            replace(self.selection, metrics=(metric,)),
            Part.NUMERATOR,
            visit.scope,
            visit.snapshot,
            now=visit.now,
            rules=visit.rules,
            page=Page(limit=1),
            statuses=FROM_APPLICANT,
        )
        return found.dossiers

    # ---- the list

    def panel(self) -> Tree:
        """The list with its head, its pages and whether it explains the figure."""
        say, found = self.visit.words, self.found
        if not found.dossiers:
            none = empty(say("dossiers.none"), say("dossiers.none_long"), icon="check")
            return tag("section", none, cls="ioc-panel ioc-panel--flush")
        count = fmt.number(found.dossiers, 0, say.language)
        download = tag("a", say("dossiers.csv"), href=self._csv, download=True, cls="ioc-button")
        head = panel_head(say("dossiers.title", count=count), self._account(), download, level=2)
        rows = [self._shown(row) for row in found.rows]
        table = dossier_table(rows, self.visit.view, say, has_shares=found.total != found.dossiers)
        return tag(
            "section",
            tag("div", *head, cls="ioc-panel__head"),
            tag("div", table, cls="ioc-panel__body"),
            self._pages(),
            cls="ioc-panel ioc-panel--flush ioc-panel--whole ioc-docket__list",
        )

    def _account(self) -> str:
        """Whether the list is as long as the number it stands behind."""
        say, found = self.visit.words, self.found
        if found.expected is None:
            return say("dossiers.own_count") if self.statuses else say("dossiers.unknown")
        total, expected = (fmt.number(n, 0, say.language) for n in (found.total, found.expected))
        key = "dossiers.complete" if found.is_complete else "dossiers.incomplete"
        told = say(key, total=total, expected=expected)
        if found.locked is not None:
            locked = fmt.number(found.locked, 0, say.language)
            told += f" {say('dossiers.locked', locked=locked)}"
        return f"{told} {say('dossiers.estimated')}" if found.estimated else told

    def _pages(self) -> Tree:
        view, say, found = self.visit.view, self.visit.words, self.found
        first = ROWS * (view.number - 1) + 1
        last = first + len(found.rows) - 1
        shown, whole = f"{first}–{last}" if found.rows else "0", found.dossiers
        told = say("dossiers.shown", shown=shown, whole=fmt.number(whole, 0, say.language))
        return page_ways(view, view.number, -(-whole // ROWS), told, say)

    @property
    def _csv(self) -> str:
        """Where the whole list can be had as a file."""
        selection, span = self.selection, self.selection.span
        asked = {
            "metric": selection.metrics[0],
            "area": selection.area,
            "from": span.start.isoformat(),
            "to": span.end.isoformat(),
            "boundaries": selection.boundaries.value,
            "calendar": selection.reporting.value,
            "part": self.part.value,
            "order": self.visit.view.sort,
            "filter": [f"{name}={code}" for name, code in selection.filters],
            "status": list(self.statuses),
        }
        return f"/download/dossiers?{urlencode(asked, safe='@:', doseq=True)}"

    def _shown(self, row: DossierRow) -> Shown:
        rest = f"{row.source}/{row.dossier_code}"
        return Shown(
            row,
            self.visit.view.href(rest=rest),
            self._name(By.PROCEDURE, row.procedure_code),
            self._name(By.ORGANISATION, row.organisation),
            self._area(row.area_id),
        )

    def _name(self, by: By, code: str) -> str:
        return named(self.visit.snapshot, by, code).name or self.visit.words("filter.untold")

    def _area(self, area_id: str) -> str:
        try:
            return area_title(self.visit.rules.register.get(area_id))
        except AreaError:
            return area_id

    # ---- groups

    def groups(self) -> Tree | None:
        """The list by organisation and by procedure; a row narrows the list to itself."""
        visit = self.visit
        if not self.found.dossiers:
            return None
        found = groups(
            self.selection,
            self.part,
            visit.scope,
            visit.snapshot,
            now=visit.now,
            rules=visit.rules,
            statuses=self.statuses,
        )
        panels = [self._group(by, rows) for by, rows in found.items()]
        return tag("div", *panels, cls="ioc-docket__groups")

    @property
    def _has_late(self) -> bool:
        """Whether time runs for what is listed: not in a pause."""
        return self.selection.metrics[0] != PAUSED_METRIC

    def _group(self, by: By, rows: list[Group]) -> Tree:
        say, view = self.visit.words, self.visit.view
        told = [
            (
                self._name(by, one.code),
                view.toggled(by.value, one.code).href(number=1) if one.code else "",
                one,
            )
            for one in rows[:MOST_GROUPS]
        ]
        more = len(rows) - len(told)
        note = say("dossiers.more_groups", count=more) if more > 0 else ""
        head = panel_head(say(f"dossiers.by_{by}"), note)
        return tag(
            "section",
            tag("div", *head, cls="ioc-panel__head"),
            tag("div", group_table(by, told, say, has_late=self._has_late), cls="ioc-panel__body"),
            cls="ioc-panel ioc-panel--flush",
        )

    # ---- one dossier

    def life(self, life: DossierLife) -> Tree:
        """One dossier: what it is, its course, and where what is known comes from."""
        titles = self.visit.board.source_titles(self.visit.words.language)
        return life_panels(life, self._shown(life.row), titles, self.visit.words)
