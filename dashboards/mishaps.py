"""What nobody foresaw: logged with a number, and told to the visitor with the same number."""

import logging
import secrets

import flask
from dash import Dash, ctx, set_props
from pydantic import ValidationError
from werkzeug.exceptions import BadRequest, InternalServerError

from dashboards import ids
from dashboards.access import language
from dashboards.data import language_of
from dashboards.pages import not_found
from dashboards.plain import plain_page
from dashboards.text import words
from domain.errors import StoreError

log = logging.getLogger(__name__)


def expect_mishaps(app: Dash) -> None:
    """Let no failure show its inside, and none go unnoticed."""
    app.server.register_error_handler(InternalServerError, _problem)
    app.server.register_error_handler(StoreError, _unavailable)


def _unavailable(error: StoreError) -> tuple[flask.Response, int]:
    """Who asks, or what they want kept, cannot be looked up now: nothing is done without it."""
    number, say = _logged(error), language(flask.request)
    if "text/html" not in flask.request.headers.get("Accept", ""):
        detail = f"This cannot be looked up or kept now. It is logged as {number}."
        body = {"type": "about:blank", "title": "failed", "status": 503, "detail": detail}
        response = flask.jsonify(body)
        response.mimetype = "application/problem+json"
        return response, 503
    sentences = [say("refusal.no_state"), say("refusal.mishap", number=number)]
    return flask.Response(plain_page(say("refusal.failed_state"), sentences, say)), 503


def _problem(error: InternalServerError) -> tuple[flask.Response, int]:
    number = _logged(error.original_exception or error)
    detail = f"Something failed that should not. It is logged as {number}."
    body = {"type": "about:blank", "title": "failed", "status": 500, "detail": detail}
    response = flask.jsonify(body)
    response.mimetype = "application/problem+json"
    return response, 500


def in_a_callback(error: Exception) -> None:
    """Dash's `on_error`: in place of the page, what happened and under which number.

    Raises BadRequest for what no page of ours sends: that is no failure of ours.
    """
    if isinstance(error, ValidationError):
        raise BadRequest("The request says nothing that a page could say.")
    number = _logged(error)
    place = ctx.inputs.get(f"{ids.PLACE}.data") or ctx.states.get(f"{ids.PLACE}.data")
    say = words(language_of(place))
    page = not_found.refusal(say("refusal.failed"), say("refusal.mishap", number=number), say)
    set_props(ids.PAGE, {"children": page, "data-page": ""})


def _logged(error: BaseException) -> str:
    """A number that finds this failure in the log."""
    number = secrets.token_hex(4)
    log.error("failure %s", number, exc_info=error)
    return number
