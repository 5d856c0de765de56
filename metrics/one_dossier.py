"""One dossier: its own course, down to the batch, the file and the rules it was counted by."""

from domain.area import AreaRegister
from domain.errors import ScopeError, SelectionError
from domain.scope import Scope
from metrics import drill_statements as statements
from metrics.dossiers import DossierLife, DossierRow, Provenance, row_of
from store import Snapshot


def one_dossier(
    source: str, code: str, scope: Scope, snapshot: Snapshot, register: AreaRegister
) -> DossierLife:
    """A dossier of a source by its code, as it is known now.

    Raises SelectionError where there is none, ScopeError where it is not one of the scope's,
    and the same sentence for both: that a dossier exists is told to nobody else.
    """
    docket = snapshot.docket
    asked = {"source": source, "code": code, "today": snapshot.horizon}
    found = docket.rows(statements.ONE, asked)
    if not found:
        raise SelectionError(_unknown(code))
    (*told, steps) = found[0]
    row = row_of(told, snapshot.horizon)
    if not _is_within(row, scope, register):
        raise ScopeError(_unknown(code))
    reported = tuple((one["at"], int(one["status"])) for one in steps or ())
    return DossierLife(row, reported, _provenance(row, docket))


def _unknown(code: str) -> str:
    return f"There is no dossier {code} among those you may see. Look its code up in the list."


def _is_within(row: DossierRow, scope: Scope, register: AreaRegister) -> bool:
    """Whether it counts for an area and an organisation of the scope."""
    own = scope.allows(row.area_id, register) and scope.allows_organisation(row.organisation)
    return own and not scope.least


def _provenance(row: DossierRow, docket: Snapshot) -> Provenance:
    ((_, _, booked, origins, counting),) = docket.rows(
        statements.BATCH, {"batch_id": row.batch_id}
    ) or ((None, None, None, "", ""),)
    hashes = tuple(one for one in str(origins).split(",") if one)
    return Provenance(row.source, row.batch_id, row.known_from, booked, hashes, str(counting))
