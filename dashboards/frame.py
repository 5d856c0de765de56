"""The frame around a page, for one visit: band, banners, choices, foot."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from dashboards import format as fmt
from dashboards import ids
from dashboards.components import shell
from dashboards.components.chips import chips, narrowing_label
from dashboards.components.choices import Option, labelled, options_of, period_options, segment
from dashboards.components.markup import Tree, tag
from dashboards.components.pins import pin_button
from dashboards.components.shell import SourceState
from dashboards.data import Figures, Visit, notices
from dashboards.narrowing import Chip, Narrowing
from dashboards.places import area_title, area_view
from dashboards.selection import AREA_IN_QUERY, FILTERS, Compare, Listed, View
from dashboards.subjects import subject, subject_names
from dashboards.text import Words
from domain.area import Boundaries
from domain.freshness import Freshness
from domain.period import ReportingCalendar

Parts = dict[str, Any]


@dataclass(frozen=True)
class Frame:
    """Every part of the frame, by the name callbacks give it."""

    visit: Visit

    PARTS: ClassVar[dict[str, str]] = {
        "header": f"{ids.HEADER}.tree",
        "banner": f"{ids.BANNER}.tree",
        "footer": f"{ids.FOOTER}.tree",
        "hidden": f"{ids.FILTERS}.hidden",
        "more": f"{ids.MORE}.tree",
        "period": f"{ids.PERIOD}.tree",
        "boundaries": f"{ids.BOUNDARIES}.tree",
        "options": f"{ids.OPTIONS}.tree",
        "narrowing": f"{ids.NARROWING_LABEL}.tree",
        "chips": f"{ids.CHIPS}.tree",
        **{
            f"{name}_{what}": f"{ids.picker(name)}.{what}"
            for name in FILTERS
            for what in ("label", "data", "placeholder", "nothingFoundMessage")
        },
        "search_label": f"{ids.SEARCH}.label",
        "search_hint": f"{ids.SEARCH}.hint",
        "search_failed": f"{ids.SEARCH}.failed",
        "dates_label": f"{ids.DATES}.label",
        "dates": f"{ids.DATES}.value",
        "phrases": f"{ids.PHRASES}.data",
    }

    @property
    def words(self) -> Words:
        return self.visit.words

    @cached_property
    def view(self) -> View:
        """The view, or the country's where the address cannot be read."""
        return View(lang=self.visit.place.language) if self.visit.problem else self.visit.view

    @property
    def has_choices(self) -> bool:
        return self.visit.problem is None and self.view.has_choices

    def parts(self) -> Parts:
        """The value of every part."""
        span = [self._span.start.isoformat(), self._span.last_day.isoformat()]
        say = self.words
        return {
            "header": shell.header(self._place, self._links(), self._overall(), say, self._wall()),
            "banner": self._banner(),
            "footer": self._footer(),
            "hidden": not self.has_choices,
            "more": tag(
                "button",
                say("filter.more"),
                cls="ioc-button ioc-filters__more",
                type="button",
                data_action="filters",
            ),
            "period": self._periods(),
            "boundaries": self._boundaries(),
            "options": self._options(),
            "narrowing": narrowing_label(len(self.view.filters), say),
            "chips": chips(self._chips(), self._narrowing.without_any, say),
            **self._pickers(),
            "search_label": say("search.label"),
            "search_hint": say("search.hint"),
            "search_failed": say("search.failed"),
            "dates_label": say("filter.dates"),
            "dates": span,
            "phrases": self._phrases(span),
        }

    @property
    def _span(self) -> Any:
        return self.view.span(self.visit.snapshot.horizon)

    @cached_property
    def _place(self) -> str:
        if self.has_choices and self.view.area is not None:
            return area_title(self.visit.board.area, self.visit.board.map_day)
        return self.words("area.country")

    def _links(self) -> list[tuple[str, str, bool]]:
        """Navigation keeps the language and, between pages of figures, the whole selection."""
        view, say = self.view, self.words
        home = view.model_copy(update={"page": "overview", "area": None}).href()
        beside = view.href(page="compare", rest=None)
        own = view.rest if view.page == "subject" else subject_names()[0]
        about = view.href(page="subject", rest=own, metric=None)
        catalogue = view.href(page="methodology", metric=None, rest=None, sought="")
        books = View(page="sources", lang=view.lang).href()
        forms = View(page="submit", lang=view.lang).href()
        alerts = View(page="alerts", lang=view.lang).href()
        packs = View(page="packs", lang=view.lang).href()
        boards = View(page="my", lang=view.lang).href()
        lists = view.href(page="dossiers", metric=None, rest=None, listed=Listed.NEAR, number=1)
        return [
            (say("shell.overview"), home, view.page == "overview" and not self.visit.problem),
            (say("shell.alerts"), alerts, view.page == "alerts"),
            (say("shell.dossiers"), lists, view.page == "dossiers"),
            (say("shell.subject"), about, view.page in ("subject", "index766")),
            (say("shell.compare"), beside, view.page == "compare"),
            (say("shell.methodology"), catalogue, view.page in ("metric", "methodology")),
            (say("shell.packs"), packs, view.page == "packs"),
            (say("shell.my"), boards, view.page == "my"),
            (say("shell.sources"), books, view.page == "sources"),
            (say("shell.submit"), forms, view.page == "submit"),
        ]

    def _wall(self) -> str:
        """The wall of the same area; of whatever can be seen where that area has ended."""
        view = self.view
        is_today = self.has_choices and view.area is not None and not self.visit.board.is_history
        asked = {"area": view.area if is_today else None, "lang": "en" if view.lang == "en" else ""}
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"/wall?{query}" if query else "/wall"

    # ---- trust

    @cached_property
    def _sources(self) -> list[SourceState]:
        titles = self._titles
        return [
            SourceState(
                source.id, titles.get(source.id, source.id), source.state.value, source.data_as_of
            )
            for source in self.visit.sources.all
        ]

    @cached_property
    def _titles(self) -> dict[str, str]:
        rows = self.visit.snapshot.sources
        return {row["source"]: row[f"title_{self.words.language}"] for row in rows}

    def _overall(self) -> SourceState | None:
        """The worst source; among troubled ones the one whose data reach least far.

        Where all is well it is the one that reaches furthest: an archive is not out of date.
        """
        dated = [one for one in self._sources if one.data_as_of] or self._sources
        return max(dated, key=_urgency, default=None)

    def _banner(self) -> list[Tree]:
        snapshot = self.visit.snapshot
        simulated = [shell.simulated_banner(self.words)] if snapshot.simulated else []
        told = notices(snapshot, self.visit.recounting, self.words)
        return [*simulated, *map(shell.warning_banner, told)]

    def _footer(self) -> list[Tree]:
        snapshot = self.visit.snapshot
        return shell.footer(self._sources, snapshot.built_at, snapshot.version, self.words)

    # ---- choices

    def _periods(self) -> list[Tree]:
        return labelled(self.words("filter.period"), period_options(self.view, self.words))

    @cached_property
    def _narrowing(self) -> Narrowing:
        return Narrowing(self.view, self.visit.snapshot, self.visit.scope, self.words)

    def _chips(self) -> list[Chip]:
        """What is chosen beyond the usual; nothing where it plays no part."""
        if not self.has_choices:
            return []
        return [
            *self._area_chips(),
            *self._narrowing.period_chips(self._span),
            *self._narrowing.chips(),
        ]

    def _area_chips(self) -> list[Chip]:
        """The area, on a page of another subject that can be seen for all of the country."""
        view = self.view
        if view.area is None or view.page not in AREA_IN_QUERY or view.page == "compare":
            return []
        return [Chip(self.words("search.label"), self._place, self.view.href(area=None))]

    def _pickers(self) -> Parts:
        """What every picker of a filter says and offers."""
        say = self.words
        parts: Parts = {}
        for name in FILTERS:
            offered = self._narrowing.options(name) if self.has_choices else []
            parts[f"{name}_label"] = say(f"filter.{name}")
            parts[f"{name}_data"] = offered
            parts[f"{name}_placeholder"] = say("filter.any") if offered else say("filter.nothing")
            parts[f"{name}_nothingFoundMessage"] = say("filter.not_found")
        return parts

    def _boundaries(self) -> list[Tree]:
        """Today's map or each day's own; for an ended area, today's is its successor's page."""
        options = []
        if self.has_choices:
            board = self.visit.board
            values = [Boundaries.TODAY, Boundaries.THEN]
            options = options_of(self.view, "boundaries", values, board.boundaries, self.words)
            if board.is_history:
                options = [*self._successor(options[0]), options[1]]
        return labelled(self.words("filter.boundaries"), options)

    def _successor(self, today: Option) -> list[Option]:
        board = self.visit.board
        link = board.register.today(board.area.area_id)
        if link.area_id is None:
            return []
        view = self.view.model_copy(update={"boundaries": None})
        area = board.register.get(link.area_id)
        href = area_view(view, area, board.span.last_day).href()
        return [replace(today, href=href)]

    def _options(self) -> Tree:
        """What is rarely changed: the comparison and the reporting calendar."""
        say, view = self.words, self.view
        comparison = segment(
            say("filter.compare"), options_of(view, "compare", list(Compare), view.compare, say)
        )
        calendar = segment(
            say("filter.calendar"),
            options_of(view, "calendar", list(ReportingCalendar), view.calendar, say),
        )
        return tag(
            "details",
            tag("summary", say("filter.options"), cls="ioc-button"),
            tag(
                "div",
                tag("p", say("filter.compare"), cls="ioc-filters__label"),
                comparison,
                tag("p", say("filter.calendar"), cls="ioc-filters__label"),
                calendar,
                pin_button("view", self._subject(), say, wide=True),
                cls="ioc-options__panel",
            ),
            cls="ioc-options",
        )

    # ---- words for the browser

    def _phrases(self, span: list[str]) -> Parts:
        say, snapshot = self.words, self.visit.snapshot
        return {
            "title": f"{self._subject()} · {say('shell.name')}",
            "offline": say("banner.offline"),
            "until": fmt.instant(snapshot.built_at, say.language),
            "dates": span,
        }

    def _subject(self) -> str:
        """What the page is about, for the browser's title."""
        view, say = self.view, self.words
        if view.page == "metric" and view.metric:
            name = self.visit.rules.catalogue.metric(view.metric).short[say.language]
            return f"{name} · {self._place}"
        if view.page == "subject":
            return f"{subject(view.rest).short[say.language]} · {self._place}"
        if view.page in ("index766", "compare", "ranking"):
            return f"{say(f'shell.{view.page}')} · {self._place}"
        if view.has_choices:
            return self._place
        return say(f"shell.{view.page}")


def framed(figures: Figures, visit: Visit) -> Parts:
    """The parts of a visit's frame, drawn once for all who see the same."""
    if visit.problem:
        return Frame(visit).parts()
    return figures.remembered("frame", visit, Frame(visit).parts)


def _urgency(source: SourceState) -> tuple[int, float]:
    reached = source.data_as_of.timestamp() if source.data_as_of else 0.0
    severity = Freshness(source.freshness).severity
    return severity, -reached if severity else reached


def bare_parts(words: Words) -> Parts:
    """The frame while there is nothing to show."""
    return {
        **dict.fromkeys(Frame.PARTS),
        "header": shell.header(words("area.country"), [], None, words),
        "hidden": True,
        "phrases": {
            "title": words("shell.name"),
            "offline": words("banner.offline"),
            "until": "",
            "dates": None,
        },
    }
