"""Small published snapshots, each with numbers that can be checked by hand."""

from pathlib import Path

import pytest

from store import Snapshot
from tests.metrics.collected import (
    LAM_THAO,
    MOC_LY,
    MOVED,
    NEW_PHU_THO,
    OLD_PHU_THO,
    PHUNG_NGUYEN,
    SON_VI,
    Collected,
    at,
    document,
    dossier,
    observation,
)


@pytest.fixture
def collected(tmp_path: Path) -> Collected:
    """An empty home that sources may deliver to; its figures are published alone."""
    return Collected(tmp_path, with_dossiers=False)


@pytest.fixture(scope="session")
def year_2020(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Old Phú Thọ in 2020, published on 5 January 2021.

    Received 15: one in Phùng Nguyên (early), nine in Sơn Vi (one on the due day, eight late),
    five at the province: one on time after 17:00, one finished in the next year, one without a
    due date (online), one never finished, one paused.
    """
    sent = [
        dossier("P1", "2020-02-29", due="2020-03-06", finished="2020-03-05", area=PHUNG_NGUYEN),
        dossier("S1", "2020-03-02", due="2020-03-10", finished="2020-03-10", area=SON_VI),
        *(
            dossier(f"S{n}", "2020-03-02", due="2020-03-10", finished="2020-03-12", area=SON_VI)
            for n in range(2, 10)
        ),
        dossier("ON", "2020-07-10", due="2020-07-16 17:00", finished="2020-07-16 17:45"),
        dossier("NEXT", "2020-12-20", due="2021-01-10", finished="2021-01-02"),
        dossier("NODUE", "2020-08-01 00:10", channel="online"),
        dossier("OVERDUE", "2020-07-31 23:30", due="2020-08-05", channel="postal"),
        dossier(
            "PAUSED",
            "2020-09-01",
            due="2020-09-10",
            pauses=[{"start": at("2020-09-05"), "end": None}],
            status=5,
        ),
    ]
    for record in sent:
        record["procedure_code"] = "1.00" + ("2" if record["dossier_code"][0] == "S" else "1")
        record["competent_organisation"] = "H44.07" if record["dossier_code"] != "ON" else "H44.18"
    home = Collected(tmp_path_factory.mktemp("year_2020"))
    return home.deliver(sent, reaches="2021-01-05 09:00").published("2021-01-05 10:00")


@pytest.fixture(scope="session")
def reorganised(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Around 1 July 2025, published on 5 October 2025; every source is simulated."""
    sent = [
        # Phùng Nguyên took over Sơn Vi, and what both had not finished.
        dossier("D1", "2025-06-20", due="2025-07-20", finished="2025-07-10", area=PHUNG_NGUYEN),
        dossier("D2", "2025-06-25", due="2025-07-05", area=SON_VI),
        dossier(
            "D3", "2025-07-15", due="2025-08-01", finished="2025-07-20", area="08521@2025-07-01"
        ),
        # Xuân Tâm was split; Xuân Hòa is its main successor.
        dossier("E1", "2025-06-02", due="2025-06-12", finished="2025-06-10", area="26449@"),
        # The code 91 was Kiên Giang's and is An Giang's.
        dossier("K1", "2025-05-05", due="2025-05-15", finished="2025-05-10", area="91@"),
        dossier("L1", "2025-05-06", due="2025-05-16", finished="2025-05-10", area="89@"),
        dossier("A1", "2025-08-05", due="2025-08-15", finished="2025-08-10", area="91@2025-07-01"),
        dossier("A2", "2025-08-05", due="2025-08-15", area="91@2025-07-01"),
        # Mộc Lỵ began on 1 March 2025, and its dossier a month before.
        dossier("M1", "2025-02-10", due="2025-05-10", finished="2025-05-05", area=MOC_LY),
        # Tân An changed its district on 1 January 2025.
        dossier("T1", "2024-12-10", due="2025-05-10", finished="2025-05-05", area=MOVED),
    ]
    home = Collected(tmp_path_factory.mktemp("reorganised"))
    home.deliver(sent, reaches="2025-10-05 09:00", known="2025-10-05 09:30", simulated=True)
    return home.published("2025-10-05 10:00")


@pytest.fixture(scope="session")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Documents, observations and printed figures, published on 5 October 2025."""
    year, next_year = "2020-01-01", "2021-01-01"
    documents = [
        document(1, "2020-03-02"),
        document(2, "2020-03-03", paper=True),
        document(3, "2020-03-04", signed=False, area=PHUNG_NGUYEN),
        document(4, "2020-03-05", business=1),
    ]
    files = "work_files_online_rate"
    exchange = "units_exchanging_signed_rate"
    work = [
        observation(files, OLD_PHU_THO, year, "2020-02-01", numerator=90, denominator=100),
        observation(files, PHUNG_NGUYEN, year, "2020-02-01", numerator=8, denominator=10),
        observation(files, SON_VI, year, "2020-02-01", numerator=3, denominator=5),
        observation(files, LAM_THAO, "2020-02-01", "2020-03-01", numerator=1, denominator=2),
        observation(files, LAM_THAO, "2020-03-01", "2020-04-01", numerator=3, denominator=2),
        observation(files, LAM_THAO, "2020-02-01", "2020-04-01", numerator=5, denominator=9),
    ]
    # 225 communes, then 207, then 148: fewer units, never a lower share.
    units = [
        observation(exchange, area, start, end, level="commune", numerator=some, denominator=of_all)
        for area, start, end, some, of_all in (
            (OLD_PHU_THO, "2020-11-01", "2020-12-01", 200, 225),
            (OLD_PHU_THO, "2020-12-01", "2021-01-01", 207, 225),
            (OLD_PHU_THO, "2021-01-01", "2021-02-01", 207, 207),
            (NEW_PHU_THO, "2025-08-01", "2025-09-01", 148, 148),
        )
    ]
    printed = [
        observation(metric, area, year, next_year, **figures)
        for metric, area, figures in (
            ("dossiers_received", OLD_PHU_THO, {"value": 296931}),
            ("on_time_rate_resolved", OLD_PHU_THO, {"value": 98.3}),
            ("dossiers_received", "93@", {"value": 87669}),
            ("on_time_rate_resolved", "93@", {"value": 99.1}),
            ("procedures_linked_dvcqg_rate", "93@", {"numerator": 1681, "denominator": 1901}),
            (exchange, OLD_PHU_THO, {"level": "commune", "numerator": 207, "denominator": 225}),
            (files, OLD_PHU_THO, {"level": "province", "value": 70}),
            (files, OLD_PHU_THO, {"level": "district", "value": 60}),
            (files, OLD_PHU_THO, {"level": "commune", "value": 30}),
        )
    ]
    for figure in printed:
        figure |= {"standalone": True, "citation": "Phú Thọ, 07/02/2021"}
        figure["as_reported"] = (
            "numerator" not in figure and figure["metric"] != "dossiers_received"
        )
    scores = [
        observation("dti_score", area, year, next_year, value=score)
        for area, score in ((OLD_PHU_THO, 512.5), ("26@", 600.0))
    ]
    home = Collected(tmp_path_factory.mktemp("offices"), with_dossiers=False)
    home.deliver(documents, kind="document", source="qlvb", reaches="2020-12-31 20:00")
    home.deliver(work, kind="observation", source="work_files", reaches="2020-12-31 20:00")
    home.deliver(units, kind="observation", source="exchange", reaches="2025-09-30 20:00")
    home.deliver(printed, kind="observation", source="press", reaches="2020-12-31 20:00")
    home.deliver(scores, kind="observation", source="index", reaches="2020-12-31 20:00")
    return home.published("2025-10-05 10:00")
