"""Counts by month, field of administration and channel, which pages are narrowed to most.

A month of one field in one commune is few events, so there are many such counts with many
measures each: more than fit into memory at once where millions of events are rolled up. They are
independent of each other by field and channel, and are made in parts.
"""

from collections.abc import Mapping
from typing import Any

from store.connection import Connection
from store.facts import Count
from store.sql import listed, quoted, run, scalar, sql_file

EVENTS_AT_ONCE = 2_000_000

ARRIVING = "select count(*) from {arriving}"


def write_cuts(
    connection: Connection,
    count: Count,
    arriving: str,
    params: Mapping[str, Any],
    names: Mapping[str, str],
) -> None:
    """Add what arrives to the attached snapshot's counts by field and channel.

    Follows rollup.sql, whose tables it reads; `names` are what its texts are filled in with.
    """
    if not count.cuts:
        return
    parts = 1 + int(scalar(connection, ARRIVING.format(arriving=arriving))) // EVENTS_AT_ONCE
    filled = {**names, "arriving": arriving}
    run(connection, sql_file("snapshot_mixes.sql"), {"parts": parts}, **filled)
    for part in range(parts):
        run(connection, sql_file("snapshot_cuts.sql"), {**params, "part": part}, **filled)


def cut_names(count: Count) -> dict[str, str]:
    """What the texts about these counts are filled in with, beside what all are."""
    bits = (
        f"case when {quoted(stock)} <> 0 then {1 << place} else 0 end"
        for place, stock in enumerate(count.stocks)
    )
    return {
        "cuts": listed(count.cuts),
        "cut_columns": listed(count.cuts, "{} varchar"),
        "touches": " | ".join(bits) or "0",
    }
