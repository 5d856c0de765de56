"""Single dossiers through the API, for who may see them; every list is in the audit trail.

    GET /api/v1/dossiers?metric=dossiers_pending_overdue&area=25&from=2026-11-22&to=2026-11-23
    GET /download/dossiers       the same list, whole, as a CSV file

The parameters are those of /api/v1/query, of one figure; `part` is the count that is asked about.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

import flask
from pydantic import Field

from dashboards.access import DOSSIERS, EXPORT, Access, person
from dashboards.api import BYTE_ORDER_MARK, Asked, asked_for, json_answer, problems_told
from dashboards.data import Figures
from dashboards.people import note_deed
from domain.dossier import STATUSES
from domain.errors import ScopeError
from metrics import dossier_answer
from metrics.drill import MOST_ROWS, ORDERS, Drilled, Page, Part, drill

MOST_AT_ONCE = 1000


class AskedDossiers(Asked):
    """The parameters of a list of dossiers; unknown ones are refused."""

    part: Part = Part.NUMERATOR
    order: Literal[tuple(ORDERS)] = "late"  # type: ignore[valid-type]  # the closed list itself
    limit: int = Field(default=100, ge=1, le=MOST_AT_ONCE)
    offset: int = Field(default=0, ge=0, le=10_000_000)

    status: tuple[int, ...] = Field(default=(), max_length=len(STATUSES))

    def page(self) -> Page:
        return Page(self.order, self.limit, self.offset)


def register(access: Access, figures: Figures) -> None:
    """The routes of single dossiers."""

    def found(asked: AskedDossiers, page: Page) -> Drilled:
        """The list; that it was asked for is kept before anybody sees it."""
        drilled = drill(
            asked.selection(),
            asked.part,
            person().scope,
            figures.snapshot,
            now=datetime.now(UTC),
            rules=figures.rules,
            page=page,
            statuses=asked.status,
        )
        told = f"{asked.part}, {len(drilled.rows)} of {drilled.dossiers}"
        note_deed("dossiers", asked.selection().key, f"{told}, {figures.snapshot.version}")
        return drilled

    @access.route("/api/v1/dossiers", DOSSIERS)
    @problems_told
    def dossiers() -> flask.Response:
        asked = asked_for(flask.request.args, AskedDossiers)
        drilled = found(asked, asked.page())
        if asked.format == "csv":
            return flask.Response(dossier_answer.as_csv(drilled.rows), mimetype="text/csv")
        return json_answer(dossier_answer.document(drilled, asked.offset))

    @access.route("/download/dossiers", DOSSIERS)
    @problems_told
    def download() -> flask.Response:
        if not person().may(EXPORT):
            raise ScopeError("You may see dossiers, and not take them away as a file.")
        asked = asked_for(flask.request.args, AskedDossiers)
        drilled = found(asked, replace(asked.page(), limit=MOST_ROWS, offset=0))
        text = BYTE_ORDER_MARK + dossier_answer.as_csv(drilled.rows)
        response = flask.Response(text, mimetype="text/csv")
        name = f"ho-so-{asked.since:%Y%m%d}-{asked.until:%Y%m%d}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
