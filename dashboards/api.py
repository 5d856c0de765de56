"""The API: the same names as the command line, the same documents as its answers.

    GET /api/v1/query?metric=on_time_rate_resolved&area=25&from=2026-01-01&to=2026-02-01
    GET /api/v1/compare …        figures beside others (api_compared.py)
    GET /api/v1/dossiers         the dossiers behind a figure (dossiers_api.py)
    GET /api/v1/metrics          the catalogue
    GET /api/v1/openapi.json     all of this for machines
    GET /download                a query as a CSV file that Excel reads as Vietnamese
    GET /download/rejected       the records that were refused: where they stand, and why, in the
                                 words of `lang` (vi or en)

What cannot be answered is a problem document (RFC 9457) whose `detail` is one sentence.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any, TypeVar

import flask
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from werkzeug.datastructures import MultiDict

from dashboards.access import ALERTS, EXPORT, OPEN, READ, Access, person
from dashboards.alert_documents import said_about, with_replies
from dashboards.data import Figures, language_of
from dashboards.openapi import openapi
from dashboards.people import note_deed
from dashboards.told import told
from domain.area import Boundaries, Level
from domain.errors import (
    BusyError,
    CalendarError,
    IocError,
    ScopeError,
    SelectionError,
    StoreError,
    suggestion,
)
from domain.period import Grain, ReportingCalendar, Span, periods
from metrics import answer
from metrics.describe import catalogue_document
from metrics.query import query
from metrics.selection import By, Selection
from metrics.snapshots import rejected_rows

LONGEST_YEARS = 30
MOST_VALUES = 250_000
MOST_AREAS = {Level.COUNTRY: 1, Level.PROVINCE: 64, Level.DISTRICT: 720, Level.COMMUNE: 10_600}
LARGEST_FAMILY = 250  # the areas directly in any one area
REPEATED = ("metric", "filter", "status")
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as Windows-1258


class Asked(BaseModel):
    """The parameters of a query; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metric: tuple[str, ...] = Field(min_length=1, max_length=60)
    since: date = Field(alias="from")
    until: date = Field(alias="to")
    area: str | None = Field(default=None, max_length=40)
    grain: Grain | None = None
    by: By = By.NONE
    level: Level | None = None
    boundaries: Boundaries = Boundaries.THEN
    as_of: date | None = None
    filter: tuple[tuple[str, str], ...] = Field(default=(), max_length=20)
    calendar: ReportingCalendar = ReportingCalendar.MONTH
    format: str = Field(default="json", pattern="^(json|csv)$")

    @field_validator("metric", mode="before")
    @classmethod
    def _names(cls, given: list[str]) -> list[str]:
        """Repeated, or separated by commas."""
        return [name.strip() for part in given for name in part.split(",") if name.strip()]

    @field_validator("filter", mode="before")
    @classmethod
    def _pairs(cls, given: list[str]) -> list[tuple[str, str]]:
        pairs = [text.partition("=") for text in given]
        if any(not name or not value for name, _, value in pairs):
            raise ValueError("a filter is NAME=VALUE, as in filter=channel=online")
        return [(name, value) for name, _, value in pairs]

    def selection(self) -> Selection:
        """The question. Raises PeriodError, SelectionError."""
        span = Span(self.since, self.until)
        self._refuse_too_much(span)
        return Selection(
            self.metric,
            span,
            self.area,
            self.grain,
            self.by,
            self.level,
            self.boundaries,
            self.as_of,
            self.filter,
            self.calendar,
        )

    def _refuse_too_much(self, span: Span) -> None:
        if span.days > LONGEST_YEARS * 366:
            raise SelectionError(f"A query may span {LONGEST_YEARS} years. Ask for fewer.")
        listed = MOST_AREAS[self.level] if self.level else LARGEST_FAMILY
        lines = listed if self.by is not By.NONE else 1
        values = len(self.metric) * lines * len(periods(span, self.grain, self.calendar))
        if values > MOST_VALUES:
            raise SelectionError(
                f"This could be {values:,} values; one query may give {MOST_VALUES:,}. "
                "Ask for a coarser grain, fewer metrics or a smaller area."
            )


Question = TypeVar("Question", bound=Asked)


def register(access: Access, figures: Figures, listing: type[BaseModel]) -> None:
    """The routes of the API; `listing` are the parameters of a list of dossiers, to describe."""

    def result(asked: Asked) -> pd.DataFrame:
        return query(
            asked.selection(),
            person().scope,
            figures.snapshot,
            now=datetime.now(UTC),
            rules=figures.rules,
        )

    @access.route("/api/v1/query", READ)
    @problems_told
    def values() -> flask.Response:
        asked = asked_for(flask.request.args, Asked)
        frame = result(asked)
        if asked.format == "csv":
            return flask.Response(answer.as_csv(frame), mimetype="text/csv")
        document = answer.document(frame)
        # Without any the document is the command line's.
        if person().may(ALERTS) and (said := said_about(figures, frame, person())):
            document["explanations"] = said
        return json_answer(document)

    @access.route("/download", EXPORT)
    @problems_told
    def download() -> flask.Response:
        asked = asked_for(flask.request.args, Asked)
        frame = result(asked)
        if person().may(ALERTS):
            frame = with_replies(figures, frame, person())
        text = BYTE_ORDER_MARK + answer.as_csv(frame)
        note_deed("export", asked.selection().key, figures.snapshot.version)
        response = flask.Response(text, mimetype="text/csv")
        name = f"toan-canh-{asked.since:%Y%m%d}-{asked.until:%Y%m%d}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    @access.route("/download/rejected", EXPORT)
    @problems_told
    def refused() -> flask.Response:
        source = flask.request.args.get("source", "")
        language = language_of({"language": flask.request.args.get("lang")})
        rows = rejected_rows(figures.snapshot, source)
        rows["reason"] = [told(reason, language) for reason in rows["reason"]]
        note_deed("export", f"rejected {source}", figures.snapshot.version)
        text = BYTE_ORDER_MARK + rows.map(answer.inert).to_csv(index=False, lineterminator="\r\n")
        response = flask.Response(text, mimetype="text/csv")
        name = f"tu-choi-{figures.snapshot.version}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    @access.route("/api/v1/metrics", READ)
    @problems_told
    def catalogue() -> flask.Response:
        return json_answer(catalogue_document(figures.rules))

    @access.route("/api/v1/openapi.json", OPEN)
    def description() -> flask.Response:
        return json_answer(openapi(Asked, listing, figures.rules.catalogue))


def asked_for(given: MultiDict[str, str], kind: type[Question]) -> Question:
    """The parameters of a request. Raises SelectionError with the nearest name, ValidationError."""
    known = [field.alias or name for name, field in kind.model_fields.items()]
    parameters: dict[str, Any] = {}
    for name in given:
        if name not in known:
            hint = suggestion(name, known) or f" There are: {', '.join(known)}."
            raise SelectionError(f"There is no parameter '{name}'.{hint}")
        values = given.getlist(name)
        if len(values) > 1 and name not in REPEATED:
            raise SelectionError(f"The parameter '{name}' is given {len(values)} times.")
        parameters[name] = values if name in REPEATED else values[0]
    return kind.model_validate(parameters)


STATUSES: tuple[tuple[type[IocError], int, str], ...] = (
    (ScopeError, 403, "not allowed"),
    (BusyError, 503, "busy"),
    (StoreError, 503, "no figures"),
    (CalendarError, 422, "no calendar"),
    (IocError, 400, "bad request"),
)


def problems_told(respond: Callable[[], flask.Response]) -> Callable[[], flask.Response]:
    """Turn our errors into problem documents."""

    @wraps(respond)
    def told() -> flask.Response:
        try:
            return respond()
        except ValidationError as error:
            return _problem(400, "bad request", _sentences(error))
        except IocError as error:
            _, status, title = next(one for one in STATUSES if isinstance(error, one[0]))
            return _problem(status, title, error.message)

    return told


def _sentences(error: ValidationError) -> str:
    """What is wrong with each parameter, without repeating what was sent."""
    return " ".join(
        f"{'.'.join(str(part) for part in detail['loc'][:1])}: {detail['msg']}."
        for detail in error.errors(include_input=False, include_url=False, include_context=False)
    )


def _problem(status: int, title: str, detail: str) -> flask.Response:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    response = json_answer(body)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def json_answer(document: dict[str, Any]) -> flask.Response:
    """A document as the API gives it."""
    text = flask.json.dumps(document, ensure_ascii=False, sort_keys=False)
    return flask.Response(text, mimetype="application/json")
