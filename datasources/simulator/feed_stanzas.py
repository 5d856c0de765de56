"""The demo's stanzas for what platforms, departments and stations tell."""

from collections.abc import Iterable

from datasources.simulator.feeds import LGSP, SCORES, SECTORS, STATIONS
from datasources.simulator.stations import LIMITS, stations_of

STANZAS = """
[lgsp]
kind = "lgsp_statistics"
title.vi = "Nền tảng tích hợp LGSP: thống kê, lượt gọi (mô phỏng)"
title.en = "Integration platform LGSP: statistics, calls (simulated)"
owner = "Tỉnh mô phỏng"
path = "{folder}/{lgsp}"
schedule = "20 * * * *"
simulated = true

[bo_chi_so_766]
kind = "qd766"
title.vi = "Bộ chỉ số 766, bản xuất từ Cổng Dịch vụ công quốc gia (mô phỏng)"
title.en = "Index 766, exported from the national portal (simulated)"
owner = "Tỉnh mô phỏng"
path = "{folder}/{scores}"
schedule = "40 6 * * *"
simulated = true

[bao_cao_nganh]
kind = "observations"
title.vi = "Báo cáo ngành: hạ tầng số, DTI, hộ kinh doanh, thanh toán (mô phỏng)"
title.en = "Sectors: infrastructure, DTI, trade, payments (simulated)"
owner = "Tỉnh mô phỏng"
path = "{folder}/{sectors}/*.csv"
schedule = "30 8 * * *"
simulated = true

[quan_trac_nuoc]
kind = "mqtt"
title.vi = "Trạm quan trắc nước tự động (mô phỏng)"
title.en = "Water stations (simulated)"
owner = "Tỉnh mô phỏng"
path = "{folder}/{stations}"
schedule = "*/15 * * * *"
simulated = true
"""


def feed_stanzas(homes: Iterable[str], folder: str) -> str:
    """Stanzas of the sources whose files are in `folder`, for some present-day provinces."""
    text = STANZAS.format(
        folder=folder, lgsp=LGSP, scores=SCORES, sectors=SECTORS, stations=STATIONS
    )
    places = [
        f'{station.name} = "{station.area}@2025-07-01"'
        for home in homes
        for station in stations_of(home)
    ]
    limits = [
        f"[quan_trac_nuoc.limits.{name}]\n{_bounds(*bounds)}" for name, bounds in LIMITS.items()
    ]
    return "\n".join((f"{text}[quan_trac_nuoc.stations]", *places, *limits, ""))


def _bounds(least: float | None, most: float | None) -> str:
    told = (("min", least), ("max", most))
    return "\n".join(f"{name} = {value}" for name, value in told if value is not None)
