"""Mass rescheduling: many open dossiers of an organisation promised for later on the same day.

What was promised before and after is compared where snapshots are written, from two versions of
each dossier (store/snapshot_rescheduled.sql); here are their numbers, by day and organisation.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.area import Boundaries
from domain.period import Span
from metrics.contents import has_table
from metrics.doubt import Finding, Look, en, vi
from metrics.formula import Text
from metrics.names import named
from metrics.places import places
from metrics.quality_rules import QualityRule
from metrics.selection import By

# Of the areas in the one asked for: what was promised for later, and how many dossiers with a
# promised day were open, or waiting, the day before.
POSTPONED = """
with postponed as (
    select
        known_day,
        area_id,
        organisation,
        sum(dossiers) as dossiers,
        min(old_due) as first_old,
        max(old_due) as last_old,
        min(new_due) as first_new,
        max(new_due) as last_new,
        string_agg(distinct source, ', ' order by source) as sources,
        string_agg(distinct batch_id::text, ', ' order by batch_id::text) as batches
    from rescheduled
    where known_day >= $start
        and known_day < $end
        and area_id in (
            select area_id
            from area_link
            where boundaries = $map
                and ancestor_id = $area
        )
    group by all
    having sum(dossiers) >= $least
)

select
    postponed.*,
    (
        select coalesce(sum(d.dossiers_pending_due + d.dossiers_paused_due), 0)
        from dossier_delta as d
        where d.organisation = postponed.organisation
            and d.day < postponed.known_day
            and (
                d.area_id = postponed.area_id
                -- What is open in an area that ended is its heir's.
                or d.area_id in (
                    select heir.ancestor_id
                    from area_link as heir
                    join area as own on own.area_id = heir.area_id
                    where heir.boundaries = 'today'
                        and heir.area_id = postponed.area_id
                        and heir.level = own.level
                )
            )
    ) as open_before
from postponed
order by known_day, area_id, organisation
"""


@dataclass(frozen=True)
class Postponed:
    """What an organisation put off on a day; days are the earliest and latest promised."""

    day: date
    area_id: str
    organisation: str
    dossiers: int
    first_old: date
    last_old: date
    first_new: date
    last_new: date
    sources: str
    batches: str
    open_before: int

    @property
    def share(self) -> float:
        """Percent of what was open; all of it where more is told than was known to be."""
        return 100.0 if self.open_before <= 0 else min(100, 100 * self.dossiers / self.open_before)


def rescheduled(look: Look, rule: QualityRule) -> Iterator[Finding]:
    """A finding per organisation and day, of what the scope allows. Raises as `query`."""
    for one in _postponed(look, rule):
        if one.share < rule.share or not look.scope.allows_organisation(one.organisation):
            continue
        area = look.rules.register.get(_shown(look, one))
        said = _words(look, one)
        yield Finding(
            rule.id,
            rule.metrics[0],
            area.area_id,
            area.full_name,
            Span.of_days(one.day, one.day),
            float(one.dossiers),
            rule.least,
            Text(f"{rule.name.vi}. {said.vi}.", f"{rule.name.en}. {said.en}."),
        )


def _postponed(look: Look, rule: QualityRule) -> list[Postponed]:
    """What was put off in the area asked for, by day. Raises AreaError, ScopeError."""
    selection = replace(look.selection, by=By.NONE, level=None)
    within = places(selection, look.scope, look.rules.register).within
    end = selection.span.end
    if selection.as_of is not None:
        end = min(end, selection.as_of + timedelta(days=1))
    if not has_table(look.snapshot, "rescheduled"):
        return []
    rows = look.snapshot.rows(
        POSTPONED,
        {
            "start": selection.span.start,
            "end": end,
            "map": str(Boundaries.THEN if within.valid_until else Boundaries.TODAY),
            "area": within.area_id,
            "least": rule.least,
        },
    )
    return [Postponed(*row) for row in rows]


def _shown(look: Look, one: Postponed) -> str:
    """The area a finding is told of: on today's map, or where it has ended, who took it in."""
    register = look.rules.register
    if look.selection.boundaries is Boundaries.THEN and register.get(one.area_id).is_valid(one.day):
        return one.area_id
    return register.today(one.area_id).area_id or one.area_id


def _words(look: Look, one: Postponed) -> Text:
    name, batches = _who(look, one), f"{one.sources} {one.batches}"
    open_before = max(one.open_before, one.dossiers)
    return Text(
        f"{name}, ngày {one.day:%d/%m/%Y}: {vi(one.dossiers)} hồ sơ đang mở được hẹn lại muộn hơn "
        f"({vi(one.share)} % của {vi(open_before)}); ngày hẹn cũ "
        f"{_days(one.first_old, one.last_old)}, mới {_days(one.first_new, one.last_new)}; "
        f"lô {batches}",
        f"{name}, on {one.day:%d/%m/%Y}: {en(one.dossiers)} open dossiers were promised for later "
        f"({en(one.share)}% of {en(open_before)}); promised for "
        f"{_days(one.first_old, one.last_old)} before, for "
        f"{_days(one.first_new, one.last_new)} now; batch {batches}",
    )


def _who(look: Look, one: Postponed) -> str:
    """The organisation by name, and the area it answers in."""
    area = look.rules.register.get(_shown(look, one)).full_name
    if not one.organisation:
        return area
    return f"{named(look.snapshot, By.ORGANISATION, one.organisation).name} ({area})"


def _days(first: date, last: date) -> str:
    return f"{first:%d/%m/%Y}" if first == last else f"{first:%d/%m/%Y}–{last:%d/%m/%Y}"
