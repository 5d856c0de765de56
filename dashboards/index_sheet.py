"""The index of Decision 766 for one area: what was published, what we compute, where points go.

Scores are those of metrics.index766; nothing is computed here.
"""

from dataclasses import dataclass
from functools import cached_property

from dashboards import format as fmt
from dashboards.board import Board
from dashboards.components.head import page_head, panel_head
from dashboards.components.markup import Content, Tree, tag
from dashboards.components.states import empty
from dashboards.components.table import table
from dashboards.components.waterfall import waterfall
from dashboards.places import area_title, crumbs
from dashboards.selection import Period
from dashboards.text import Words
from domain.period import label
from metrics.index766 import Index766, ScoredComponent, ScoredGroup, index766
from metrics.selection import Selection

MOST_WINS = 8


@dataclass(frozen=True)
class IndexSheet:
    """Every panel of the page about the index, in one language."""

    board: Board
    words: Words

    @cached_property
    def index(self) -> Index766:
        """The index of the board's area over its whole span, which filters do not narrow."""
        board = self.board
        asked = Selection(
            ("qd766_total_score",),
            board.span,
            board.area.area_id,
            boundaries=board.boundaries,
            reporting=board.view.calendar,
        )
        return index766(asked, board.scope, board.snapshot, now=board.now, rules=board.rules)[0]

    def head(self) -> list[Tree]:
        board, say = self.board, self.words
        path = crumbs(board.view, board.area, board.register, board.span.last_day)
        place = area_title(board.area, board.map_day)
        lead: list[Content] = [
            f"{place} · {label(board.span, None, say.language)} · ",
            say(f"boundaries.{board.boundaries}_long"),
        ]
        if board.view.filters:
            lead.append(f" · {say('index766.unfiltered')}")
        mark = tag("span", say("index766.mark"), cls="ioc-mark ioc-mark--reported")
        return page_head(
            say("index766.heading"), lead, [*path, (place, board.view.href())], say, [mark]
        )

    # ---- the score

    def score(self) -> Tree:
        """The published score beside ours, each with what it is of, and what it is called."""
        index, say = self.index, self.words
        published = index.official if index.official is not None else index.official_score
        most = index.scheme.max if index.official is not None else index.official_judged
        told = [
            self._figure(say("index766.published"), published, most, self._published_mark()),
            self._figure(say("index766.computed"), index.score, index.judged, say("index766.mark")),
        ]
        band = index.band
        verdict = (
            tag("p", say("index766.band"), " ", tag("b", band[say.language])) if band else None
        )
        note = tag("p", index.scheme.note[say.language], cls="ioc-section__note")
        return tag("section", *told, verdict, note, cls="ioc-panel ioc-score")

    def _published_mark(self) -> Content:
        """What the published score is; without one where it may be found."""
        say, view = self.words, self.board.view
        if self.index.official_score is not None or self.index.official is not None:
            return say("index766.official")
        if view.period is Period.LAST_MONTH:
            return say("index766.unpublished")
        href = view.href(period=Period.LAST_MONTH, first=None, last=None)
        return tag("a", say("index766.monthly"), href=href)

    def _figure(self, name: str, score: float | None, most: float, mark: Content) -> Tree:
        language = self.words.language
        value = fmt.number(score, 2, language)
        of = self.words("index766.of", most=fmt.number(most, 0, language))
        return tag(
            "div",
            tag("h2", name, cls="ioc-score__name"),
            tag(
                "p",
                tag("span", value, cls="ioc-card__value"),
                tag("span", of, cls="ioc-card__unit") if score is not None else None,
                cls="ioc-card__figure",
            ),
            tag("p", mark, cls="ioc-score__mark"),
            cls="ioc-score__figure",
        )

    # ---- where points go

    def fall(self) -> list[Tree]:
        say = self.words
        head = panel_head(say("index766.waterfall"), say("index766.waterfall_note"))
        if self.index.score is None:
            return self._panel(head, empty(say("value.none"), icon="list-checks"))
        return self._panel(head, waterfall(self.index, say))

    def wins(self) -> list[Tree]:
        """The components with the most to win back, and how many records that would take."""
        say, losses = self.words, self.index.losses[:MOST_WINS]
        head = panel_head(say("index766.wins"), say("index766.wins_note"))
        if not losses:
            return self._panel(head, empty(say("index766.no_losses"), icon="check"))
        items = [self._win(one) for one in losses]
        return self._panel(head, tag("ol", *items, cls="ioc-wins"))

    def _win(self, one: ScoredComponent) -> Tree:
        say, language = self.words, self.words.language
        href = self.board.view.href(page="metric", metric=one.component.metric)
        share = fmt.shown(one.share, "percent", language)
        told = say(
            "index766.now", share=share, full=fmt.goal(one.component.full_at, "percent", language)
        )
        if one.missing:
            told += " · " + say("index766.missing", count=fmt.number(one.missing, 0, language))
        return tag(
            "li",
            tag("b", fmt.signed(one.lost, 2, language), cls="ioc-wins__points"),
            tag("a", one.component.name[language], href=href),
            tag("span", told, cls="ioc-wins__told"),
        )

    # ---- group by group

    def groups(self) -> list[Tree]:
        """Every group: published, computed, of how much, and whether the two agree."""
        say = self.words
        columns = [
            (say("index766.group"), False),
            (say("index766.max"), True),
            (say("index766.published"), True),
            (say("index766.computed"), True),
            (say("index766.judged"), True),
            (say("index766.difference"), True),
            (say("index766.agrees"), False),
        ]
        rows = [self._group_row(one) for one in self.index.groups]
        note = say("index766.groups_note")
        body = table(say("index766.groups"), columns, rows, "ioc-table--sticky")
        return self._panel(panel_head(say("index766.groups"), note), body)

    def _group_row(self, one: ScoredGroup) -> list[Content]:
        language = self.words.language
        agrees = one.agrees(self.index.scheme.tolerance)
        said = {True: "same", False: "differs", None: "incomparable"}[agrees]
        difference = one.difference
        return [
            one.group.name[language],
            fmt.number(one.group.max, 0, language),
            fmt.number(one.official, 2, language),
            fmt.number(one.score, 2, language),
            fmt.number(one.judged, 0, language),
            fmt.MISSING if difference is None else fmt.signed(difference, 2, language),
            self.words(f"agrees.{said}"),
        ]

    def _panel(self, head: list[Tree], body: Tree) -> list[Tree]:
        return [
            tag("div", *head, cls="ioc-panel__head"),
            tag("div", body, cls="ioc-panel__body"),
        ]
