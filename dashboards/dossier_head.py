"""The head of a page of dossiers: what is listed, where, and on which day."""

from dashboards import format as fmt
from dashboards.components.head import page_head
from dashboards.components.markup import Content, Tree, tag
from dashboards.data import Visit
from dashboards.places import area_title, crumbs
from dashboards.selection import Listed
from domain.period import label
from metrics.catalogue import Metric
from metrics.formula import Gathering

PAUSED_METRIC = "dossiers_paused"
OF_LIST = {
    Listed.NEAR: "dossiers_near_due",
    Listed.OVERDUE: "dossiers_pending_overdue",
    Listed.PAUSED: PAUSED_METRIC,
    Listed.WAITING: PAUSED_METRIC,
    Listed.RECEPTION: "reception_late_rate",
}
"""The metric whose numerator each list is."""


def metric_of(visit: Visit) -> Metric:
    """The metric whose dossiers are listed: the one asked for, or that of the list."""
    asked = visit.view.metric or OF_LIST[visit.view.listed]
    return visit.rules.catalogue.metric(asked)


def is_on_a_day(metric: Metric) -> bool:
    """Whether dossiers are listed as they stand on a day, and not those of a period."""
    return metric.formula.gathering is Gathering.STOCK


def head(visit: Visit) -> list[Tree]:
    """Where and when, and whose figure it is; of one dossier its code."""
    say, view = visit.words, visit.view
    if view.rest:
        _, _, code = view.rest.partition("/")
        way = [(say("dossiers.heading"), view.href(rest=None))]
        return page_head(code, [say("dossiers.one_lead")], way, say)
    board, metric = visit.board, metric_of(visit)
    way = crumbs(view, board.area, board.register, board.span.last_day)
    last = min(board.span.last_day, board.horizon)
    when = (
        say("dossiers.on_day", day=fmt.day(last, say.language))
        if is_on_a_day(metric)
        else label(board.span, None, say.language)
    )
    lead: list[Content] = [f"{area_title(board.area, board.map_day)} · {when}"]
    if view.metric is None:
        return page_head(say("dossiers.heading"), lead, way, say)
    href = view.href(page="metric", metric=metric.id)
    lead += [" · ", tag("a", say("dossiers.to_metric"), href=href)]
    title = say(f"dossiers.behind_{view.part}", metric=metric.name[say.language])
    return page_head(title, lead, way, say)
