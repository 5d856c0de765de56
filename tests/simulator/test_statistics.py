"""The simulated provinces look like provinces: sizes, seasons, weeks, channels, punctuality."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pytest

from datasources.simulator.clock import DAY, NEVER, day_number, end_of_day
from datasources.simulator.dossiers import Dossiers, known
from datasources.simulator.people import GIVEN, person
from datasources.simulator.province import Province
from datasources.simulator.world import World
from domain.area import Level

TODAY = date(2026, 11, 20)
DEMO_SEED = 20200101
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Demo:
    """The whole demo, as it stands on a Friday evening."""

    world: World

    @cached_property
    def drawn(self) -> dict[str, Dossiers]:
        at = end_of_day(TODAY)
        return {home: self.world.dossiers(home, at) for home in self.world.provinces}

    def days(self, home: str) -> npt.NDArray[np.int64]:
        days: npt.NDArray[np.int64] = self.drawn[home].submitted // DAY
        return days

    def during(self, home: str, first: date, until: date) -> Flags:
        day = self.days(home)
        inside: Flags = (day_number(first) <= day) & (day < day_number(until))
        return inside

    def count(self, first: date, until: date) -> int:
        return sum(int(self.during(home, first, until).sum()) for home in self.drawn)

    def province(self, home: str) -> Province:
        return self.world.provinces[home]


@pytest.fixture(scope="module")
def demo() -> Demo:
    return Demo(World(DEMO_SEED))


def late_share(drawn: Dossiers, chosen: Flags) -> float:
    finished = chosen & (drawn.finished < NEVER) & (drawn.due_2 < NEVER)
    late = drawn.finished[finished] // DAY > drawn.due_2[finished] // DAY
    return float(late.mean())


def test_there_are_enough_dossiers_and_not_too_many(demo: Demo) -> None:
    assert 150_000 < sum(len(drawn) for drawn in demo.drawn.values()) < 300_000


def test_the_number_of_files_stays_within_what_a_demo_can_read(demo: Demo) -> None:
    files = 0
    for home in demo.world.provinces:
        documents = demo.world.documents(home, end_of_day(TODAY))
        told = (documents.arrived, documents.accepted, documents.refused, documents.done)
        files += len(documents) + sum(int((moments < NEVER).sum()) for moments in told)
    assert 10_000 < files < 20_000


def test_dossiers_and_documents_grow_over_the_years(demo: Demo) -> None:
    years = [demo.count(date(year, 1, 1), date(year + 1, 1, 1)) for year in range(2020, 2026)]
    assert years == sorted(years)
    assert 1.5 < years[-1] / years[0] < 3
    sent = demo.world.documents("25", end_of_day(TODAY)).sent // DAY
    letters = [((sent - day_number(date(y, 1, 1))) // 365 == 0).sum() for y in (2020, 2024)]
    assert letters[1] > 3 * letters[0]


def test_tet_is_quiet_and_the_weekend_is_for_the_web(demo: Demo) -> None:
    # Tết 2024 was on 10 February.
    quiet = demo.count(date(2024, 2, 8), date(2024, 2, 15)) / 7
    usual = demo.count(date(2024, 3, 4), date(2024, 3, 11)) / 7
    assert quiet < 0.25 * usual
    for home, drawn in demo.drawn.items():
        weekend = (demo.days(home) + 3) % 7 == 6
        assert (drawn.channel[weekend] == 2).all()
        assert 0.01 < weekend.mean() < 0.1


def test_mondays_are_busier_than_fridays(demo: Demo) -> None:
    weekday = np.concatenate([(demo.days(home) + 3) % 7 for home in demo.drawn])
    assert (weekday == 0).sum() > 1.15 * (weekday == 4).sum()


def test_the_online_share_grows_from_a_fifth_to_most(demo: Demo) -> None:
    shares = []
    for year in range(2020, 2027):
        online = [
            drawn.channel[demo.during(home, date(year, 1, 1), date(year + 1, 1, 1))] == 2
            for home, drawn in demo.drawn.items()
        ]
        shares.append(float(np.concatenate(online).mean()))
    assert shares == sorted(shares)
    assert 0.15 < shares[0] < 0.35
    assert 0.75 < shares[-1] < 0.95


def test_the_online_share_differs_between_communes(demo: Demo) -> None:
    drawn = demo.drawn["25"].rows(demo.during("25", date(2022, 1, 1), date(2024, 1, 1)))
    shares = [
        (drawn.channel[drawn.desk == desk] == 2).mean()
        for desk, number in zip(*np.unique(drawn.desk, return_counts=True), strict=True)
        if number >= 60
    ]
    assert len(shares) > 40
    assert np.quantile(shares, 0.1) < 0.4
    assert np.quantile(shares, 0.9) > 0.7


def test_few_dossiers_are_late_and_a_few_communes_are_clearly_bad(demo: Demo) -> None:
    shares, bad, excellent = [], 0, 0
    for home, drawn in demo.drawn.items():
        since = demo.during(home, date(2025, 7, 1), TODAY)
        shares.append(late_share(drawn, since))
        for desk in np.unique(drawn.desk[since]):
            here = since & (drawn.desk == desk)
            if here.sum() >= 80:
                share = late_share(drawn, here)
                bad += share > 0.08
                excellent += share < 0.005
    assert 0.01 < min(shares) < max(shares) < 0.04
    assert 8 < bad < 60
    assert excellent > 40


def test_most_are_early_and_some_are_on_the_day(demo: Demo) -> None:
    drawn = demo.drawn["25"]
    finished = drawn.rows((drawn.finished < NEVER) & (drawn.due_2 < NEVER))
    done, due = finished.finished // DAY, finished.due_2 // DAY
    assert 0.35 < (done < due).mean() < 0.75
    assert 0.2 < (done == due).mean() < 0.6
    in_the_evening = (done == due) & (finished.finished > finished.due_2)
    assert 0.001 < in_the_evening.mean() < 0.03


def test_the_reorganisation_upset_punctuality_for_a_season(demo: Demo) -> None:
    drawn = demo.drawn["25"]
    spring = late_share(drawn, demo.during("25", date(2025, 1, 1), date(2025, 6, 1)))
    summer = late_share(drawn, demo.during("25", date(2025, 7, 1), date(2025, 10, 1)))
    year_after = late_share(drawn, demo.during("25", date(2026, 1, 1), date(2026, 9, 1)))
    assert summer > 1.3 * max(spring, year_after)


def test_sizes_are_skewed_and_large_communes_are_alive(demo: Demo) -> None:
    for home, drawn in demo.drawn.items():
        desks = demo.province(home).desks
        month = drawn.rows(demo.during(home, date(2026, 10, 1), date(2026, 11, 1)))
        numbers = sorted(
            (
                int(number)
                for desk, number in zip(*np.unique(month.desk, return_counts=True), strict=True)
                if desks[desk].level is Level.COMMUNE
            ),
            reverse=True,
        )
        assert numbers[0] >= 15
        assert numbers[len(numbers) // 10] > 2 * np.median(numbers)


def test_unusual_endings_happen_and_stay_rare(demo: Demo) -> None:
    for drawn in demo.drawn.values():
        received = drawn.received < NEVER
        shares = {
            "refused": (drawn.refused < NEVER).mean(),
            "withdrawn": (drawn.withdrawn < NEVER).mean(),
            "no due date": (drawn.due[received] == NEVER).mean(),
            "corrected": (drawn.corrected < NEVER).mean(),
        }
        assert all(0.002 < share < 0.02 for share in shares.values()), shares
        paused = (drawn.pause_1 < NEVER).mean()
        assert 0.04 < paused < 0.2
        assert 0 < (drawn.pause_2 < NEVER).mean() < 0.02
        assert 0 < (drawn.stopped < NEVER).mean() < 0.003


def test_something_is_open_overdue_and_paused_today(demo: Demo) -> None:
    paused = 0
    for drawn in demo.drawn.values():
        shown = known(drawn, end_of_day(TODAY))
        is_open = np.isin(shown.status, (2, 4))
        overdue = is_open & (shown.due // DAY < day_number(TODAY))
        assert is_open.sum() > 40
        assert 0 < overdue.sum() < 0.2 * is_open.sum()
        paused += np.isin(shown.status, (5, 6)).sum()
    assert paused > 60


def test_a_third_of_what_departments_do_is_handed_in_elsewhere(demo: Demo) -> None:
    drawn, desks = demo.drawn["25"], demo.province("25").desks
    since = drawn.rows(demo.during("25", date(2025, 7, 1), TODAY))
    department = np.array([bool(desk.department) for desk in desks])[since.desk]
    elsewhere = since.desk != since.receiving
    assert 0.15 < elsewhere[department].mean() < 0.35
    assert 0.02 < elsewhere[~department].mean() < 0.1


def test_eight_fields_and_forty_procedures_are_in_use(demo: Demo) -> None:
    used = {int(one) for drawn in demo.drawn.values() for one in np.unique(drawn.procedure)}
    assert len(used) >= 40


def test_nobody_in_the_world_could_be_real() -> None:
    for key in range(0, 10_000, 7):
        assert any(person(key).name.endswith(given) for given in GIVEN)
