"""Whatever a source does: nothing is lost, nothing counts twice, and no figure claims too much.

`make test` brings each fault about three times, `make faults` two hundred times.
"""

import pytest

from tests.datasources.home import Home
from tests.faults.json_faults import JSON_FAULTS
from tests.faults.source_faults import FAULTS

ALL = {**FAULTS, **JSON_FAULTS}
SORTS = 3
"""So many tries bring most sorts of a fault about: each is of another."""


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("fault", ALL)
def test_nothing_is_lost_doubled_or_shown_as_newer_than_it_is(
    fault: str,
    tmp_path_factory: pytest.TempPathFactory,
    fault_number: int,
    verdicts: list[str],
) -> None:
    verdict = ALL[fault](Home(tmp_path_factory.mktemp("home")), max(fault_number, SORTS))
    verdicts.append(str(verdict))
    assert (verdict.lost, verdict.doubled, verdict.lies) == (0, 0, 0), verdict
