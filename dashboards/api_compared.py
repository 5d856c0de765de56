"""The API for figures beside others: what a value is compared with, was, ranks and is doubted for.

    GET /api/v1/compare    one value beside other periods, its target, the area above, its peers
    GET /api/v1/restated   values as known now beside those known on the day `as_of`
    GET /api/v1/ranking    the areas in an area in order of one metric
    GET /api/v1/quality    figures that cannot be right, or deserve a second look
    GET /api/v1/index766   the index of Decision 766: published, computed, points lost

They take the parameters of /api/v1/query and answer within the asker's scope.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import flask

from dashboards.access import READ, Access, person
from dashboards.api import Asked, asked_for, json_answer, problems_told
from dashboards.data import Figures
from domain.errors import SelectionError
from metrics.compare import comparisons
from metrics.documents import (
    compared_document,
    findings_document,
    ranking_document,
    restated_document,
)
from metrics.index766 import document as index_document
from metrics.index766 import index766
from metrics.quality import findings
from metrics.query import query
from metrics.ranking import Order, ranking
from metrics.restated import restated
from metrics.selection import By, Selection

ANY_METRIC = "dossiers_received"
"""Stands where a question names no metric: what answers it chooses its own."""


def register(access: Access, figures: Figures) -> None:
    """The routes that set figures beside others."""

    def known() -> dict[str, Any]:
        return {"now": datetime.now(UTC), "rules": figures.rules}

    @access.route("/api/v1/compare", READ)
    @problems_told
    def compared() -> flask.Response:
        found = comparisons(_selection(), person().scope, figures.snapshot, **known())
        return json_answer({"comparisons": compared_document(found)})

    @access.route("/api/v1/restated", READ)
    @problems_told
    def as_it_was() -> flask.Response:
        selection = _selection()
        if selection.as_of is None:
            raise SelectionError("Say as of which day, as in as_of=2026-06-30.")
        past, now = selection.as_of, replace(selection, as_of=None)
        frame = restated(now, past, person().scope, figures.snapshot, **known())
        return json_answer(restated_document(frame, past))

    @access.route("/api/v1/ranking", READ)
    @problems_told
    def ranked() -> flask.Response:
        selection = replace(_selection(), by=By.AREA)
        if len(selection.metrics) > 1:
            raise SelectionError("One metric is ranked at a time.")
        frame = query(selection, person().scope, figures.snapshot, **known())
        metric = figures.rules.catalogue.metric(selection.metrics[0])
        return json_answer(ranking_document(ranking(frame, metric, order=Order.WORST), frame))

    @access.route("/api/v1/quality", READ)
    @problems_told
    def doubts() -> flask.Response:
        found = findings(_selection(ANY_METRIC), person().scope, figures.snapshot, **known())
        return json_answer({"findings": findings_document(found)})

    @access.route("/api/v1/index766", READ)
    @problems_told
    def index() -> flask.Response:
        found = index766(_selection(ANY_METRIC), person().scope, figures.snapshot, **known())
        return json_answer({"indexes": index_document(found)})


def _selection(default: str = "") -> Selection:
    """The question of a request; without a metric that of `default`, if there is one."""
    given = flask.request.args.copy()
    if default and "metric" not in given:
        given["metric"] = default
    selection = asked_for(given, Asked).selection()
    if default and selection.filters:
        raise SelectionError("This is told of whole areas. Leave out the filter.")
    return selection
