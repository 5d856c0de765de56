"""The index of Decision 766: the published score beside ours, and where points are lost.

The published score is authoritative; ours is a reconstruction that explains it. A component
whose figures nobody told is not judged: it costs no points, and the score says of how many
points it is. A score of five groups is never one "of 100".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import ceil, isnan
from typing import Any

from domain.period import Span
from domain.scope import Scope
from metrics.formula import Text
from metrics.query import query
from metrics.rules import Rules
from metrics.rules import rules as shipped_rules
from metrics.scheme766 import Component, Group, Scheme766, scheme
from metrics.selection import Selection
from store import Snapshot

Row = Mapping[str, Any]
NOT_TOLD: Mapping[str, Text] = {
    "no_metric": Text("chưa có chỉ tiêu để tính", "no metric counts this yet"),
    "missing": Text("chưa có số liệu", "no figures"),
    "nothing": Text("không phát sinh", "there was nothing to judge"),
    "level": Text("không tính ở cấp này", "not counted at this level"),
}


@dataclass(frozen=True)
class ScoredComponent:
    """One component's points; None is not told, and `why` says why (a key of NOT_TOLD).

    `share` is in percent. `is_reported`: the share is the portal's, not counted by us.
    """

    component: Component
    share: float | None
    numerator: float | None
    denominator: float | None
    score: float | None
    why: str = ""
    is_reported: bool = False

    @property
    def lost(self) -> float | None:
        """Points that were to be had and were not reached."""
        return None if self.score is None else self.component.max - self.score

    @property
    def missing(self) -> int | None:
        """How many more of the denominator would have to count for all points."""
        if self.numerator is None or not self.denominator or self.lost is None:
            return None
        wanted = Fraction(str(self.component.full_at)) / 100 * Fraction(str(self.denominator))
        return max(0, ceil(wanted - Fraction(str(self.numerator))))


@dataclass(frozen=True)
class ScoredGroup:
    """One group: our score of so many points judged, and the published score."""

    group: Group
    components: tuple[ScoredComponent, ...]
    official: float | None

    @property
    def judged(self) -> float:
        """The points that what is told could reach."""
        return sum(one.component.max for one in self.components if one.score is not None)

    @property
    def score(self) -> float | None:
        """Our points; None if nothing is told."""
        told = [one.score for one in self.components if one.score is not None]
        return sum(told) if told else None

    @property
    def lost(self) -> float:
        """The points of those judged that were not reached."""
        return sum(one.lost or 0.0 for one in self.components)

    @property
    def difference(self) -> float | None:
        """Ours less the published, where both are of the whole group."""
        if self.official is None or self.score is None or self.judged < self.group.max:
            return None
        return self.score - self.official

    def agrees(self, tolerance: float) -> bool | None:
        """Whether the two are the same but for rounding; None if they cannot be compared."""
        return None if self.difference is None else abs(self.difference) <= tolerance


@dataclass(frozen=True)
class Index766:
    """The index of one area and period. Scores are points; None is not told.

    `official` is the published total: as published, else the sum of all groups published.
    """

    scheme: Scheme766
    area_id: str
    area_name: str
    span: Span
    groups: tuple[ScoredGroup, ...]
    published: float | None

    @property
    def official(self) -> float | None:
        if self.published is not None:
            return self.published
        return self.official_score if self.official_judged == self.scheme.max else None

    @property
    def official_score(self) -> float | None:
        """The published scores of the groups that answered, added up: of `official_judged`."""
        told = [one.official for one in self.groups if one.official is not None]
        return round(sum(told), 6) if told else None

    @property
    def official_judged(self) -> float:
        """The most points those groups could reach: 80 where only five answer."""
        return sum(one.group.max for one in self.groups if one.official is not None)

    @property
    def score(self) -> float | None:
        """Our points: of `judged`."""
        told = [one.score for one in self.groups if one.score is not None]
        return sum(told) if told else None

    @property
    def judged(self) -> float:
        return sum(one.judged for one in self.groups)

    @property
    def unjudged(self) -> float:
        """The points nobody can tell of: they are neither reached nor lost."""
        return self.scheme.max - self.judged

    @property
    def band(self) -> Text | None:
        """What the score is called; nothing unless it is one of the whole index."""
        if self.official is not None:
            return self.scheme.band(self.official)
        whole = self.score is not None and self.judged == self.scheme.max
        return self.scheme.band(self.score) if whole and self.score is not None else None

    @property
    def losses(self) -> list[ScoredComponent]:
        """The components with points to win back, the most first."""
        found = [one for group in self.groups for one in group.components if (one.lost or 0) > 1e-9]
        return sorted(found, key=lambda one: -(one.lost or 0.0))

    @property
    def words(self) -> Text:
        """The score that counts, never without what it is of."""
        if self.official is not None:
            return _of(self.official, self.scheme.max, "chính thức", "official")
        if self.official_score is not None:
            groups = sum(1 for one in self.groups if one.official is not None)
            return _of(
                self.official_score,
                self.official_judged,
                f"{groups} nhóm đã công bố",
                f"{groups} groups published",
            )
        if self.score is None:
            return Text("Chưa có số liệu.", "There are no figures.")
        return _of(self.score, self.judged, "tính lại", "reconstruction")


def _of(score: float, most: float, vi: str, en: str) -> Text:
    said = f"{score:.2f}"
    return Text(
        f"{said.replace('.', ',')} trên tối đa {most:g} điểm ({vi})",
        f"{said} of {most:g} points ({en})",
    )


def index766(
    selection: Selection,
    scope: Scope,
    snapshot: Snapshot,
    *,
    now: datetime,
    rules: Rules | None = None,
) -> list[Index766]:
    """The index of the areas of a selection, in the order of `query`; one area with by=none.

    The selection's metrics and grain play no part: the scheme asks for its own, over the whole
    span. Raises: as `query`.
    """
    by, ours = rules or shipped_rules(), scheme()
    known = tuple(dict.fromkeys(name for name in ours.metrics if name in by.catalogue))
    asked = Selection(
        known,
        selection.span,
        selection.area,
        None,
        selection.by,
        selection.level,
        selection.boundaries,
        selection.as_of,
        reporting=selection.reporting,
    )
    frame = query(asked, scope, snapshot, now=now, rules=by)
    rows: dict[str, dict[str, Row]] = {}
    for row in frame.to_dict("records"):
        _remember(rows.setdefault(row["area_id"], {}), row)  # type: ignore[arg-type]  # keys are column names
    return [_index(ours, told, selection.span, by) for told in rows.values()]


def _remember(told: dict[str, Row], row: Row) -> None:
    """Of a computed and a printed figure the computed one, if it has a value."""
    held = told.get(row["metric"])
    if held is None or (isnan(held["value"]) and not isnan(row["value"])):
        told[row["metric"]] = row


def _index(ours: Scheme766, told: Mapping[str, Row], span: Span, by: Rules) -> Index766:
    first = next(iter(told.values()))
    return Index766(
        ours,
        first["area_id"],
        first["area_name"],
        span,
        tuple(_group(group, told, by) for group in ours.groups),
        _value(told.get(ours.total)),
    )


def _group(group: Group, told: Mapping[str, Row], by: Rules) -> ScoredGroup:
    components = tuple(_component(one, told.get(one.metric), by) for one in group.components)
    return ScoredGroup(group, components, _value(told.get(group.official)))


def _component(component: Component, row: Row | None, by: Rules) -> ScoredComponent:
    """The points of one component from its metric's row."""
    if row is None:
        return ScoredComponent(component, None, None, None, None, "no_metric")
    share, parts = _value(row), (_known(row["numerator"]), _known(row["denominator"]))
    reported = bool(row["reported"])
    if share is not None:
        score = component.score(share)
        return ScoredComponent(component, share, *parts, score, is_reported=reported)
    if parts[1] == 0:
        nothing = component.score_of_nothing
        why = "nothing" if nothing is None else ""
        return ScoredComponent(component, None, *parts, nothing, why, reported)
    levels = by.catalogue.metric(component.metric).levels
    why = "missing" if row["level"] in levels else "level"
    return ScoredComponent(component, None, *parts, None, why)


def _value(row: Row | None) -> float | None:
    return None if row is None else _known(row["value"])


def _known(number: float) -> float | None:
    return None if isnan(number) else float(number)


def document(indexes: Iterable[Index766]) -> list[dict[str, Any]]:
    """The indexes as plain mappings, for JSON: missing is None."""
    return [
        {
            "scheme": f"{one.scheme.id} v{one.scheme.version}",
            "note": {"vi": one.scheme.note.vi, "en": one.scheme.note.en},
            "area_id": one.area_id,
            "area_name": one.area_name,
            "period_start": one.span.start.isoformat(),
            "period_end": one.span.end.isoformat(),
            "official": one.official,
            "official_groups": {"score": one.official_score, "of": one.official_judged},
            "computed": {"score": one.score, "of": one.judged},
            "words": {"vi": one.words.vi, "en": one.words.en},
            "band": one.band and {"vi": one.band.vi, "en": one.band.en},
            "groups": [_group_document(group) for group in one.groups],
        }
        for one in indexes
    ]


def _group_document(one: ScoredGroup) -> dict[str, Any]:
    return {
        "code": one.group.code,
        "name": {"vi": one.group.name.vi, "en": one.group.name.en},
        "max": one.group.max,
        "official": one.official,
        "computed": one.score,
        "judged": one.judged,
        "difference": one.difference,
        "components": [
            {
                "code": part.component.code,
                "name": {"vi": part.component.name.vi, "en": part.component.name.en},
                "max": part.component.max,
                "metric": part.component.metric,
                "share": part.share,
                "numerator": part.numerator,
                "denominator": part.denominator,
                "score": part.score,
                "lost": part.lost,
                "missing": part.missing,
                "why": part.why,
                "reported": part.is_reported,
            }
            for part in one.components
        ],
    }
