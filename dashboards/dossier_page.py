"""What fills the page of dossiers: lists, groups and single ones, each look kept in the trail."""

from typing import Any

from dash import Input, Output
from dash.exceptions import PreventUpdate

from dashboards import ids
from dashboards.access import DOSSIERS, Access, person
from dashboards.components.states import empty
from dashboards.data import Figures, Visit
from dashboards.dossier_lists import DossierLists
from dashboards.ids import part
from dashboards.pages.dossiers import NAME
from dashboards.people import note_deed
from dashboards.told import told
from domain.errors import IocError
from metrics.one_dossier import one_dossier

Parts = dict[str, Any]


def register(access: Access, figures: Figures) -> None:
    """The one question the page asks."""

    @access.callback(
        DOSSIERS,
        output={
            "tabs": Output(part(NAME, "tabs"), "tree"),
            "body": Output(part(NAME, "body"), "tree"),
        },
        inputs={"place": Input(ids.PLACE, "data"), "served": Input(ids.SERVED, "data")},
    )
    def show_dossiers(place: dict[str, str] | None, served: object) -> Parts:  # noqa: ARG001 - a new snapshot asks again
        """A list with its groups, or one dossier, as the address says and the scope allows."""
        if place is None:
            raise PreventUpdate
        visit = figures.visit(place, person().scope)
        if visit.problem or visit.view.page != NAME:
            raise PreventUpdate
        try:
            return _one(visit) if visit.view.rest else _list(visit)
        except IocError as error:
            title = visit.words("dossiers.refused")
            why = told(error.message, visit.words.language)
            return {"tabs": None, "body": empty(title, why, icon="list-checks")}


def _list(visit: Visit) -> Parts:
    lists = DossierLists(visit)
    found = lists.found
    seen = f"{visit.view.part}, {len(found.rows)} of {found.dossiers}, {visit.snapshot.version}"
    note_deed("dossiers", lists.selection.key, seen)
    return {"tabs": lists.tabs(), "body": [lists.panel(), lists.groups()]}


def _one(visit: Visit) -> Parts:
    source, _, code = (visit.view.rest or "").partition("/")
    life = one_dossier(source, code, visit.scope, visit.snapshot, visit.rules.register)
    note_deed("dossier", f"{source}/{code}", visit.snapshot.version)
    return {"tabs": None, "body": DossierLists(visit).life(life)}
