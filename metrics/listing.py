"""Lists: the lines of an answer in the order of a ranking, and what ended areas became."""

import pandas as pd

from domain.area import AreaRegister
from domain.errors import SelectionError, suggestion
from metrics.catalogue import Catalogue
from metrics.ranking import Order, ranking


def in_order(
    frame: pd.DataFrame, catalogue: Catalogue, order: str, limit: int | None = None
) -> pd.DataFrame:
    """The lines of a query's frame, metric by metric, in the order of their ranking.

    With the columns rank, ranked and not_ranked (see metrics.ranking), and of each metric no
    more than `limit` lines. Raises SelectionError for an order there is not, and for a frame
    of several periods.
    """
    if order not in list(Order):
        known = [one.value for one in Order]
        hint = suggestion(order, known) or f" There are: {', '.join(known)}."
        raise SelectionError(f"There is no order '{order}'.{hint}")
    parts = [
        ranking(frame, catalogue.metric(name), order=Order(order)).head(
            len(frame) if limit is None else limit
        )
        for name in dict.fromkeys(frame["metric"])
    ]
    listed = pd.concat(parts, ignore_index=True)
    listed.attrs = frame.attrs
    return listed


def with_successors(frame: pd.DataFrame, register: AreaRegister) -> pd.DataFrame:
    """The frame with the area of today's map that answers for each of its areas.

    `today_area_id` and `today_area_name` are empty for an area that ended without a single
    successor (a district); `today_estimated` tells one that was split, whose dossiers count
    whole for its main successor.
    """
    links = {area_id: register.today(area_id) for area_id in set(frame["area_id"])}
    ids = [links[area_id].area_id or "" for area_id in frame["area_id"]]
    found = frame.assign(
        today_area_id=ids,
        today_area_name=[register.get(one).full_name if one else "" for one in ids],
        today_estimated=[links[area_id].estimated for area_id in frame["area_id"]],
    )
    found.attrs = frame.attrs
    return found
