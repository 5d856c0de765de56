"""Ranking: areas in order of one metric, who is not ranked and why, and how a rank moved.

Equal values share a rank and the next one counts them all: 1, 1, 3. What cannot be believed or
says too little (late or old data, a small denominator, no value) is listed without a rank.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from domain.area import AreaRegister
from domain.errors import SelectionError
from domain.freshness import Freshness
from domain.period import DAY
from domain.vietnamese import sort_key
from metrics.formula import Text
from metrics.metric import Better, Metric
from metrics.status import MIN_DENOMINATOR, Reason

DECIMALS = 9  # values closer than that are equal
BANDS = 3
LEAST_IN_BANDS = 9  # fewer areas of a kind are all of one size


class Order(StrEnum):
    """Which end of a ranking is listed first."""

    BEST = "best"
    WORST = "worst"


NOT_RANKED: Mapping[Reason, Text] = {
    Reason.MISSING: Text("chưa có số liệu", "no figures"),
    Reason.NEVER: Text("chưa nguồn nào gửi số liệu", "no source has delivered"),
    Reason.STALE: Text("số liệu cũ", "the data are old"),
    Reason.DOWN: Text("nguồn mất kết nối", "the source is down"),
    Reason.SUSPECT: Text("số liệu cần kiểm tra", "the data are suspect"),
    Reason.FUTURE: Text("ngày số liệu sai", "the data are dated in the future"),
    Reason.LATE: Text("số liệu trễ", "the data are late"),
    Reason.WITHHELD: Text("số liệu nhỏ, không công bố", "too small to be told"),
    Reason.SMALL: Text(
        f"mẫu số dưới {MIN_DENOMINATOR}", f"fewer than {MIN_DENOMINATOR} in the denominator"
    ),
}
"""Why an area has no rank, in words."""


@dataclass(frozen=True)
class Entry:
    """What a ranking needs to know of one line; None is missing.

    `reason` is why the value was not judged, where that is known already.
    """

    key: str
    name: str
    value: float | None
    denominator: float | None = None
    freshness: str = Freshness.FRESH.value
    reason: str = ""


@dataclass(frozen=True)
class Standing:
    """One line of a ranking: its rank among `of`, or why it has none (a Reason).

    `percentile` is the share of the other ranked lines that are worse, 0 to 100; None where
    there are no others.
    """

    key: str
    rank: int | None
    of: int
    percentile: float | None
    not_ranked: str


@dataclass(frozen=True)
class PeerGroup:
    """Whom an area is fairly compared with: areas of its level, kind and size.

    `band` is 1 (smallest third) to 3, or 0 where there are too few of the kind to tell sizes.
    """

    level: str
    kind: str
    band: int

    @property
    def words(self) -> Text:
        size = SIZES[self.band]
        return Text(f"{self.kind}{size.vi}".strip(), f"{self.kind}{size.en}".strip())


SIZES = (
    Text("", ""),
    Text(", ít hồ sơ", ", small volume"),
    Text(", hồ sơ vừa", ", medium volume"),
    Text(", nhiều hồ sơ", ", large volume"),
)


def standings(
    entries: Iterable[Entry],
    better: Better,
    *,
    order: Order = Order.BEST,
    minimum: float = MIN_DENOMINATOR,
) -> list[Standing]:
    """The lines in order: ranked ones best or worst first, then the others by name.

    Rank 1 is the best whatever is listed first; of a neutral metric it is the largest. Equal
    values are listed in Vietnamese order of their names.
    """
    given = list(entries)
    reasons = {one.key: not_ranked(one, minimum) for one in given}
    fit = [one for one in given if not reasons[one.key]]
    rest = [one for one in given if reasons[one.key]]
    worth = {one.key: _worth(one, better) for one in fit}
    falling = sorted(worth.values(), reverse=True)
    turn = -1 if order is Order.BEST else 1
    fit.sort(key=lambda one: (turn * worth[one.key], sort_key(one.name)))
    rest.sort(key=lambda one: (one.value is None, sort_key(one.name)))
    return [
        *(_placed(one.key, worth[one.key], falling) for one in fit),
        *(Standing(one.key, None, len(fit), None, reasons[one.key]) for one in rest),
    ]


def not_ranked(entry: Entry, minimum: float = MIN_DENOMINATOR) -> str:
    """The first reason why a line has no rank; "" where it has one."""
    if entry.reason in NOT_RANKED:
        return entry.reason
    if entry.value is None:
        return (Reason.NEVER if entry.freshness == Freshness.NEVER else Reason.MISSING).value
    if entry.freshness in NOT_RANKED:
        return entry.freshness
    is_small = entry.denominator is not None and entry.denominator < minimum
    return Reason.SMALL.value if is_small else ""


def _worth(entry: Entry, better: Better) -> float:
    """The value, turned so that more is better."""
    value = round(entry.value or 0.0, DECIMALS)
    return -value if better is Better.LOWER else value


def _placed(key: str, worth: float, falling: Sequence[float]) -> Standing:
    """`falling` are the values of all ranked lines, the best first."""
    above = falling.index(worth)
    others = len(falling) - 1
    worse = sum(1 for other in falling if other < worth)
    return Standing(key, above + 1, len(falling), 100 * worse / others if others else None, "")


# ---- of a query's frame


def ranking(
    frame: pd.DataFrame,
    metric: Metric,
    *,
    before: pd.DataFrame | None = None,
    groups: Mapping[str, PeerGroup] | None = None,
    order: Order = Order.BEST,
    minimum: float = MIN_DENOMINATOR,
) -> pd.DataFrame:
    """The lines of one metric in a query's frame, one row each, in order.

    A line is an area, or a value of the dimension; where it has a printed figure beside the
    computed one, the computed one is ranked. Besides the frame's columns there are, with <NA>
    and NaN for none:
        rank, ranked             the place, and among how many
        percentile               share of the other ranked lines that are worse, 0..100
        not_ranked               a Reason, or ""
        rank_before, rank_change the place in the frame `before`, and the places gained since
        value_before             the value there
        peers, peer_rank, peer_ranked
                                 in `groups` (see peer_groups): the group in Vietnamese, the
                                 place in it, and among how many
    Raises SelectionError if the frame holds several periods of the metric.
    """
    rows = _lines(frame, metric)
    entries = _entries(rows)
    placed = standings(entries, metric.better, order=order, minimum=minimum)
    listed = rows.set_index("line").loc[[one.key for one in placed]].reset_index()
    listed["rank"] = _whole(one.rank for one in placed)
    listed["ranked"] = [one.of for one in placed]
    listed["percentile"] = [np.nan if one.percentile is None else one.percentile for one in placed]
    listed["not_ranked"] = [one.not_ranked for one in placed]
    _add_before(listed, metric, before, minimum)
    _add_peers(listed, metric, entries, groups or {}, minimum)
    return listed.drop(columns="line")


def _lines(frame: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """One row per line: the first that has a value, else the first."""
    rows = frame[frame["metric"] == metric.id]
    if rows.groupby(["period_start", "period_end"]).ngroups > 1:
        raise SelectionError(
            f"A ranking of '{metric.id}' is of one period. Ask without a grain, or for one period."
        )
    line = np.where(rows["dimension"] == "", rows["area_id"], rows["dimension_value"])
    rows = rows.assign(line=line, is_missing=rows["value"].isna())
    rows = rows.sort_values("is_missing", kind="stable").drop_duplicates("line")
    return rows.drop(columns="is_missing")


def _entries(rows: pd.DataFrame) -> list[Entry]:
    names = np.where(rows["dimension"] == "", rows["area_name"], rows["dimension_value"])
    reasons = rows["status_reason"].where(rows["status_reason"] == Reason.WITHHELD.value, "")
    return [
        Entry(line, name, _known(value), _known(denominator), freshness, reason)
        for line, name, value, denominator, freshness, reason in zip(
            rows["line"],
            names,
            rows["value"],
            rows["denominator"],
            rows["freshness"],
            reasons,
            strict=True,
        )
    ]


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)


def _whole(numbers: Iterable[int | None]) -> pd.Series:
    return pd.Series([pd.NA if one is None else one for one in numbers], dtype="Int64")


def _add_before(
    listed: pd.DataFrame, metric: Metric, before: pd.DataFrame | None, minimum: float
) -> None:
    """The rank each line had, and how many places it has gained since."""
    rows = _lines(before, metric) if before is not None else None
    placed = [] if rows is None else standings(_entries(rows), metric.better, minimum=minimum)
    ranks = {one.key: one.rank for one in placed}
    values = {} if rows is None else dict(zip(rows["line"], rows["value"], strict=True))
    listed["rank_before"] = _whole(ranks.get(line) for line in listed["line"])
    listed["rank_change"] = listed["rank_before"] - listed["rank"]
    listed["value_before"] = [values.get(line, np.nan) for line in listed["line"]]


def _add_peers(
    listed: pd.DataFrame,
    metric: Metric,
    entries: Sequence[Entry],
    groups: Mapping[str, PeerGroup],
    minimum: float,
) -> None:
    """The rank of each line among those of its own group."""
    found: dict[str, Standing] = {}
    for group in set(groups.values()):
        members = [one for one in entries if groups.get(one.key) == group]
        placed = standings(members, metric.better, minimum=minimum)
        found.update((one.key, one) for one in placed)
    lines = listed["line"].tolist()
    listed["peers"] = [groups[line].words.vi if line in groups else "" for line in lines]
    listed["peer_rank"] = _whole(found[line].rank if line in found else None for line in lines)
    listed["peer_ranked"] = [found[line].of if line in found else 0 for line in lines]


def peer_groups(
    frame: pd.DataFrame, register: AreaRegister, volumes: Mapping[str, float]
) -> dict[str, PeerGroup]:
    """The group of each area in a frame: same level, same kind, same third by volume.

    `volumes` are counts by area id, such as dossiers received; an area without one is in the
    smallest third. The kind (xã, phường, thành phố) is that of the span's last day.
    """
    ids = list(dict.fromkeys(frame["area_id"]))
    days = dict(zip(frame["area_id"], frame["period_end"], strict=True))
    kinds: dict[tuple[str, str], list[str]] = {}
    for area_id in ids:
        area = register.get(area_id)
        kind = area.version(days[area_id] - DAY).kind
        kinds.setdefault((area.level.value, kind), []).append(area_id)
    return {
        area_id: PeerGroup(*kind, band)
        for kind, members in kinds.items()
        for area_id, band in _bands(members, volumes).items()
    }


def _bands(members: Sequence[str], volumes: Mapping[str, float]) -> dict[str, int]:
    """Thirds by volume; equal volumes are never parted."""
    if len(members) < LEAST_IN_BANDS:
        return dict.fromkeys(members, 0)
    sizes = [np.nan_to_num(volumes.get(one, 0.0)) for one in members]
    smaller = [sum(1 for other in sizes if other < size) for size in sizes]
    return {
        one: 1 + BANDS * count // len(members) for one, count in zip(members, smaller, strict=True)
    }
