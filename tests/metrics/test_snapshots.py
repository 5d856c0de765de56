from metrics.snapshots import rejections
from store import Snapshot


def test_without_refusals_there_are_no_reasons(year_2020: Snapshot) -> None:
    frame = rejections(year_2020)
    assert frame.empty
    assert {"source", "field", "reason", "count"} <= set(frame.columns)
