"""Handing in figures: the routes of template and workbook, and the callbacks of the page.

A workbook comes as the body of one request, which alone may be larger than what pages ask. What
is answered is the preview as it is drawn; it is confirmed by the id of its draft.
"""

from dataclasses import asdict
from typing import Any

import flask
from dash import ClientsideFunction, Input, Output, State
from dash.exceptions import PreventUpdate
from werkzeug.exceptions import RequestEntityTooLarge

from dashboards import ids
from dashboards.access import SUBMIT, Access, person, refusal
from dashboards.components.markup import Tree
from dashboards.components.submission_preview import preview_panel, retry_note
from dashboards.components.submissions import (
    drop_text,
    entries_panel,
    receipt_panel,
    refusal_note,
    template_text,
    unusable,
)
from dashboards.data import language_of
from dashboards.ids import part
from dashboards.pages.submit import NAME
from dashboards.people import note_deed
from dashboards.submitting import Choice, Desk, FormInfo, Option, Preview, Problem, Refused
from dashboards.text import Words, words
from domain.errors import StoreError

LARGEST = 5 * 1024**2
MOST_ENTRIES = 50
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WHERE = "/submissions/<form>/<period>/<area>"
PlaceData = dict[str, str]
Parts = dict[str, Any]
PLACE = Input(ids.PLACE, "data")
SERVED = Input(ids.SERVED, "data")
CHOICES = ("form", "period", "area")


def register(access: Access, desk: Desk | None) -> None:
    """Everything the page may ask for; without a desk only that there is none."""
    if desk is None:
        _say_off(access)
        return
    _routes(access, desk)
    _choices(access, desk)
    _handing_in(access, desk)
    _in_the_browser(access)


def _say_off(access: Access) -> None:
    @access.callback(SUBMIT, output=Output(part(NAME, "told"), "tree"), inputs={"place": PLACE})
    def say_off(place: PlaceData | None) -> Tree:
        """That nothing can be handed in here."""
        say = words(language_of(place))
        return unusable(say("submit.off"), say("submit.off_long"))


# ---- routes ----------------------------------------------------------------------------------


def _routes(access: Access, desk: Desk) -> None:
    @access.route(f"{WHERE}/bieu.xlsx", SUBMIT)
    def download(form: str, period: str, area: str) -> flask.Response:
        try:
            content = desk.template(Choice(form, period, area), person().scope)
        except Refused as refused:
            return _problem(404, refused)
        answer = flask.Response(content, mimetype=SHEET)
        name = f"bieu-{form}-{period}-{area}.xlsx"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    @access.route(WHERE, SUBMIT, "POST")
    def upload(form: str, period: str, area: str) -> flask.Response:
        say = words(language_of({"language": flask.request.args.get("lang", "")}))
        asking, choice = person(), Choice(form, period, area)
        try:
            content = _body(flask.request)
            seen = desk.preview(choice, content, asking.name, asking.scope, say.language)
        except RequestEntityTooLarge:
            seen = Preview(problems=(Problem("", "too_large"),))
        except Refused as refused:
            return flask.jsonify({"tree": refusal_note(refused, say)})
        return flask.jsonify({"tree": preview_panel(seen, say)})


def _body(request: flask.Request) -> bytes:
    """The workbook. Raises RequestEntityTooLarge, Refused where there is none."""
    request.max_content_length = LARGEST
    content = request.get_data(cache=False)
    if not content:
        raise Refused("empty")
    return content


def _problem(status: int, refused: Refused) -> flask.Response:
    return refusal(status, words("en")(f"submit.refused_{refused.key}", **refused.gaps))


# ---- choosing --------------------------------------------------------------------------------


def _choices(access: Access, desk: Desk) -> None:
    outputs = {
        f"{name}_{what}": Output(part(NAME, name), what)
        for name in CHOICES
        for what in ("data", "value", "label", "nothingFoundMessage")
    }

    @access.callback(
        SUBMIT,
        output={
            **outputs,
            "hint": Output(part(NAME, "area"), "placeholder"),
            "told": Output(part(NAME, "told"), "tree"),
            "hidden": Output(part(NAME, "body"), "hidden"),
            "ways": Output(part(NAME, "ways"), "hidden"),
            "template": Output(part(NAME, "template"), "tree"),
            "drop": Output(part(NAME, "upload-text"), "tree"),
            "chosen": Output(part(NAME, "chosen"), "data"),
        },
        inputs={"place": PLACE},
    )
    def show_choices(place: PlaceData | None) -> Parts:
        """The forms, their periods and areas, and what is asked where all three are chosen."""
        chosen = _chosen(place)
        say = words(language_of(place))
        parts = _Choosing(desk, say).parts(*chosen)
        return {name: parts.get(name) for name in (*outputs, *OTHERS)}


OTHERS = ("hint", "told", "hidden", "ways", "template", "drop", "chosen")


def _chosen(place: PlaceData | None) -> tuple[str, str, str]:
    """Form, period and area of an address; empty where it does not say."""
    if place is None:
        raise PreventUpdate
    first, *rest = [one for one in place.get("path", "").split("/") if one] or [""]
    if first != NAME:
        raise PreventUpdate
    form, period, area, *_ = [*rest, "", "", ""]
    return form, period, area


class _Choosing:
    """What the page shows for an address, as far as it is one of ours."""

    def __init__(self, desk: Desk, say: Words) -> None:
        self.desk = desk
        self.say = say
        self.scope = person().scope

    def parts(self, form: str, period: str, area: str) -> Parts:
        say, forms = self.say, self.desk.forms(self.say.language)
        if not forms:
            return {"hidden": True, "told": unusable(say("submit.none"), say("submit.none_long"))}
        known = {one.key: one for one in forms}
        form = form or forms[0].key
        parts = {"hidden": False, "hint": say("submit.area_hint"), **self._labels()}
        parts |= _select("form", [Option(one.key, one.name) for one in forms], form)
        try:
            return {**parts, **self._of_form(known.get(form), form, period, area)}
        except Refused as refused:
            return {**parts, "ways": True, "told": refusal_note(refused, say)}

    def _of_form(self, info: FormInfo | None, form: str, period: str, area: str) -> Parts:
        say, desk = self.say, self.desk
        if info is not None and info.problem:
            raise Refused("misfit_told", form=form, problem=info.problem)
        period = period or desk.usual_period(form)
        periods = desk.periods(form, say.language)
        parts = _select("period", periods, period)
        areas = desk.areas(form, period, self.scope, say.language)
        if not area and len(areas) == 1:
            area = areas[0].key
        parts |= _select("area", areas, area)
        is_whole = area in {one.key for one in areas}
        choice = Choice(form, period, area if is_whole else "")
        texts = {name: say(f"submit.{name}") for name in ("reading", "failed", "give")}
        parts["chosen"] = {**asdict(choice), "language": say.language, "words": texts}
        parts["ways"] = not is_whole
        if is_whole:
            asked = desk.asked(choice, self.scope, say.language)
            parts["template"] = template_text(asked, choice, say)
            parts["drop"] = drop_text(say)
        elif area:
            parts["told"] = refusal_note(Refused("no_area", area=area), say)
        return parts

    def _labels(self) -> Parts:
        labels = {f"{name}_label": self.say(f"submit.{name}") for name in CHOICES}
        nothing = {f"{name}_nothingFoundMessage": self.say("submit.no_match") for name in CHOICES}
        return labels | nothing


def _select(name: str, options: Any, value: str) -> Parts:
    """The options of a choice, and which is chosen; none that is not among them."""
    data = [{"value": one.key, "label": one.name} for one in options]
    known = {one.key for one in options}
    return {f"{name}_data": data, f"{name}_value": value if value in known else None}


# ---- handing in ------------------------------------------------------------------------------


def _handing_in(access: Access, desk: Desk) -> None:
    @access.callback(
        SUBMIT,
        output={
            "preview": Output(part(NAME, "preview"), "tree", allow_duplicate=True),
            "done": Output(part(NAME, "done"), "data"),
        },
        inputs={
            "clicked": Input(part(NAME, "preview"), "clicked"),
            "place": State(ids.PLACE, "data"),
        },
        prevent_initial_call=True,
    )
    def decide(clicked: dict[str, Any] | None, place: PlaceData | None) -> Parts:
        """Submit what was shown, or forget it."""
        say, asking = words(language_of(place)), person()
        draft = str((clicked or {}).get("draft", ""))
        action = (clicked or {}).get("action")
        if action == "submit-cancel":
            desk.cancel(draft, asking.name)
            return {"preview": None, "done": None}
        if action != "submit-confirm":
            raise PreventUpdate
        try:
            receipt = desk.confirm(draft, asking.name, asking.scope)
            note_deed("submission", receipt)
            return {"preview": None, "done": receipt}
        except StoreError:
            return {"preview": retry_note(Refused("unkept"), draft, say), "done": None}
        except Refused as refused:
            return {"preview": retry_note(refused, draft, say), "done": None}

    @access.callback(
        SUBMIT,
        output={
            "entries": Output(part(NAME, "entries"), "tree"),
            "receipt": Output(part(NAME, "receipt"), "tree"),
        },
        inputs={
            "chosen": Input(part(NAME, "chosen"), "data"),
            "done": Input(part(NAME, "done"), "data"),
            "served": SERVED,
            "place": State(ids.PLACE, "data"),
        },
    )
    def show_entries(
        chosen: dict[str, Any] | None,
        done: str | None,
        served: object,  # noqa: ARG001 - what was collected may have changed a fate
        place: PlaceData | None,
    ) -> Parts:
        """What was handed in for this form, and the receipt of what was handed in just now."""
        if not chosen:
            return {"entries": None, "receipt": None}
        say = words(language_of(place))
        try:
            entries = desk.entries(chosen["form"], person().scope, say.language, MOST_ENTRIES)
        except Refused:
            return {"entries": None, "receipt": None}
        ours = next((one for one in entries if one.receipt == done), None)
        receipt = receipt_panel(ours, say) if ours else None
        return {"entries": entries_panel(entries, say), "receipt": receipt}


def _in_the_browser(access: Access) -> None:
    """Callbacks that ask nobody."""
    chosen = State(part(NAME, "chosen"), "data")
    access.app.clientside_callback(
        ClientsideFunction("ioc", "submitChoose"),
        Output(part(NAME, "form"), "error"),
        *[Input(part(NAME, name), "value") for name in CHOICES],
        chosen,
        prevent_initial_call=True,
    )
    access.app.clientside_callback(
        ClientsideFunction("ioc", "submitFile"),
        [
            Output(part(NAME, "preview"), "tree", allow_duplicate=True),
            Output(part(NAME, "done"), "data", allow_duplicate=True),
            Output(part(NAME, "upload"), "contents"),
        ],
        Input(part(NAME, "upload"), "contents"),
        chosen,
        prevent_initial_call=True,
    )
    access.app.clientside_callback(
        ClientsideFunction("ioc", "submitLeft"),
        [
            Output(part(NAME, "preview"), "tree", allow_duplicate=True),
            Output(part(NAME, "done"), "data", allow_duplicate=True),
        ],
        Input(part(NAME, "chosen"), "data"),
        prevent_initial_call=True,
    )
