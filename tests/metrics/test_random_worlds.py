"""Small worlds drawn at random, with pauses, corrections, areas that merge, split or move, counted
twice.

Each world is delivered as it stood on two days, published, and asked on both maps, as known on
either day; every figure must be what counting dossier by dossier gives. More of them with
`--oracle`.
"""

import math
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from datasources.simulator.dossiers import DIRECT, ONLINE, POSTAL
from datasources.simulator.truth_cases import Case, add_cases
from datasources.simulator.truth_places import FOREVER, Cell, Figures
from domain.area import Boundaries, register
from domain.period import Grain, Span, add_months
from tests.metrics.asking import ask
from tests.metrics.collected import MOVED, PHUNG_NGUYEN, SON_VI, Collected, at

SPLIT = "26449@"  # Xuân Tâm, most of which is Xuân Hòa's since


class Setting(NamedTuple):
    """When and where worlds are: from when, seen on which day, up to which, in which areas."""

    first: date
    seen: date
    last: date
    areas: tuple[str, ...]

    @property
    def span(self) -> Span:
        return Span(self.first, add_months(self.last.replace(day=1), 1))


# Communes merged and split on 1 July 2025; and some that lay in another district from 1 January.
SETTINGS = {
    "merged": Setting(
        date(2025, 5, 1), date(2025, 7, 8), date(2025, 8, 20), (PHUNG_NGUYEN, SON_VI, SPLIT)
    ),
    "moved": Setting(
        date(2024, 11, 1), date(2025, 1, 8), date(2025, 2, 20), (MOVED, "07528@", "07681@")
    ),
}
CHANNELS = {ONLINE: "online", DIRECT: "direct", POSTAL: "postal"}
# Narrowed to all there is, the same is counted another way.
EVERY_CHANNEL = tuple(("channel", channel) for channel in CHANNELS.values())
FLAGS = ("digitised", "reused", "has_fee", "paid_online", "electronic_result", "apology")
METRICS = (
    "dossiers_received", "dossiers_resolved", "dossiers_resolved_early",
    "dossiers_resolved_on_time", "dossiers_resolved_late", "dossiers_pending",
    "dossiers_pending_overdue", "dossiers_paused", "dossiers_near_due", "dossiers_carried_over",
    "overdue_rate", "on_time_rate_resolved", "on_time_rate_qd766", "on_time_rate_must_process",
    "on_time_rate_received", "on_time_rate_commitment", "resolution_rate", "null_due_share",
    "avg_processing_days", "median_processing_days", "reception_late_rate",
    "online_dossier_rate", "postal_dossier_rate",
    "supplement_rate", "digitised_component_rate", "reuse_rate", "online_payment_dossier_rate",
    "electronic_result_rate", "cross_boundary_share", "apology_letter_rate",
)  # fmt: skip
Life = dict[str, Any]


@some.composite
def lives(draw: some.DrawFn, setting: Setting) -> Life:
    """What happens to a dossier, in days after one another, and what is corrected of it later."""
    submitted = setting.first + timedelta(days=draw(some.integers(0, 90)))
    received = submitted + timedelta(days=draw(some.integers(0, 3)))
    moments, day = [], received
    for days in draw(some.lists(some.integers(0, 12), min_size=1, max_size=5)):
        day += timedelta(days=days)
        moments.append(day)
    waits = list(zip(moments[:-1:2], moments[1::2], strict=False))
    end = draw(some.sampled_from(["finished", "finished", "withdrawn", "open"]))
    due = draw(some.none() | some.integers(0, 25))
    return {
        "area": draw(some.sampled_from(setting.areas)),
        "elsewhere": draw(some.sampled_from([None, *setting.areas])),
        "channel": draw(some.sampled_from(list(CHANNELS))),
        "submitted": submitted,
        "received": received,
        "waits": waits,
        "due": None if due is None else received + timedelta(days=due),
        "ends": {end: moments[-1]} if end != "open" else {},
        "earlier": draw(some.integers(0, 5)),
        "flags": {name: draw(some.booleans()) for name in FLAGS},
    }


def seen(life: Life, day: date, setting: Setting) -> Life | None:
    """The same as it is told on a day: nothing later has happened, nothing is corrected before."""
    if life["submitted"] > day:
        return None
    told = dict(life)
    told["received"] = _by(life["received"], day)
    told["waits"] = [
        (start, end if end <= day else FOREVER) for start, end in life["waits"] if start <= day
    ]
    # On the last day the result is said to have been there some days earlier than told before.
    back = timedelta(days=life["earlier"] if day == setting.last else 0)
    least = max([life["received"], *(end for _, end in life["waits"])])
    told["ends"] = {
        how: max(when - back, least) for how, when in life["ends"].items() if when <= day
    }
    return told


def _by(when: date, day: date) -> date:
    return when if when <= day else FOREVER


def record(number: int, told: Life) -> dict[str, Any]:
    """What a source delivers of it."""
    waits_still = any(end == FOREVER for _, end in told["waits"])
    is_in = told["received"] < FOREVER
    status = 9 if "finished" in told["ends"] else 7 if "withdrawn" in told["ends"] else 2
    return {
        "dossier_code": f"R{number}",
        "competent_area": told["area"],
        "receiving_area": told["elsewhere"] or told["area"],
        "channel": CHANNELS[told["channel"]],
        "deadline_precision": "day",
        "submitted_at": at(str(told["submitted"])),
        "received_at": at(f"{told['received']} 09:00") if is_in else None,
        "reception_due_at": at(f"{told['submitted'] + timedelta(days=1)} 10:00"),
        "due_at": at(f"{told['due']} 17:00") if told["due"] and is_in else None,
        "status": (5 if waits_still and status == 2 else status) if is_in else 1,
        "pauses": [
            {"start": at(str(start)), "end": None if end == FOREVER else at(str(end))}
            for start, end in told["waits"]
        ],
        "supplements": len(told["waits"]),
        **{f"{how}_at": at(f"{when} 16:00") for how, when in told["ends"].items()},
        **told["flags"],
    }


def case(told: Life) -> Case:
    """The same for counting one by one."""
    flags = told["flags"]
    traits = {name for name in FLAGS if flags[name]} - {"electronic_result"}
    traits |= {"result"} if flags["electronic_result"] else set()
    traits |= {"supplemented"} if told["waits"] else set()
    traits |= {"elsewhere"} if told["elsewhere"] not in (None, told["area"]) else set()
    traits -= set() if flags["has_fee"] else {"paid_online"}
    promised = told["submitted"] + timedelta(days=1)
    traits |= (
        {"slow"} if min(told["received"], *told["ends"].values(), FOREVER) > promised else set()
    )
    return Case(
        area_id=told["area"],
        received=told["received"],
        refused=FOREVER,
        due=told["due"] if told["received"] < FOREVER else None,
        finished=told["ends"].get("finished", FOREVER),
        withdrawn=told["ends"].get("withdrawn", FOREVER),
        channel=told["channel"],
        reception=promised if told["channel"] == ONLINE else FOREVER,
        waits=tuple(told["waits"]),
        traits=frozenset(traits),
    )


def agrees(expected: Figures | None, found: Figures) -> bool:
    """The same numbers; where nothing happened, 0 and unknown are the same."""
    if expected is None:
        return not found.numerator and not found.denominator
    if expected.denominator == 0:
        return not found.denominator and found.value is None
    pairs = zip(expected, found, strict=True)
    return all((a or 0) == (b or 0) or math.isclose(a or 0, b or 0) for a, b in pairs)


def answers(
    snapshot: Any, setting: Setting, area_id: str, boundaries: str, as_of: date | None
) -> Iterator[Any]:
    cut: dict[str, Any] = {"boundaries": Boundaries(boundaries), "as_of": as_of}
    now = at(f"{setting.last} 23:59")
    asked = (snapshot, METRICS, area_id, setting.span)
    frames = [
        ask(*asked, now=now, grain=Grain.MONTH, filters=filters, **cut)
        for filters in ((), EVERY_CHANNEL)
    ]
    for row in pd.concat(frames).to_dict("records"):
        key = (row["metric"], boundaries, area_id, row["period_start"])
        above, below, value = (
            None if math.isnan(row[name]) else row[name]
            for name in ("numerator", "denominator", "value")
        )
        yield key, Figures(above or 0, below, value)


@pytest.mark.parametrize("name", SETTINGS)
def test_random_worlds_are_counted_as_dossier_by_dossier(
    request: pytest.FixtureRequest, name: str
) -> None:
    many, setting = int(request.config.getoption("--oracle")) // 1000, SETTINGS[name]

    @settings(
        max_examples=many,
        phases=[Phase.generate],  # making an example small would publish hundreds of worlds
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(some.lists(lives(setting), min_size=1, max_size=25))
    def check(world: list[Life]) -> None:
        with TemporaryDirectory() as folder:
            compare(world, setting, Path(folder))

    check()


def compare(world: list[Life], setting: Setting, folder: Path) -> None:
    home = Collected(folder, with_dossiers=False)
    days = (setting.seen, setting.last)
    told = {day: [seen(life, day, setting) for life in world] for day in days}
    for day, shown in told.items():
        rows = [record(number, one) for number, one in enumerate(shown) if one]
        home.deliver(rows, known=f"{day} 20:00", reaches=f"{day} 19:00")
    snapshot = home.published(f"{setting.last} 21:00")
    for day, shown in told.items():
        cells: dict[Cell, Figures] = {}
        add_cases(cells, [case(one) for one in shown if one], day)
        areas = {(boundaries, area_id) for _, boundaries, area_id, _ in cells}
        for boundaries, area_id in areas:
            if boundaries == Boundaries.TODAY and register().get(area_id).valid_until is not None:
                continue
            as_of = None if day == setting.last else day
            for key, found in answers(snapshot, setting, area_id, boundaries, as_of):
                assert agrees(cells.get(key), found), (key, day, cells.get(key), found)
