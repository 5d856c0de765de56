"""The demo's form: figures that the offices of the simulated provinces count and hand in."""

from collections.abc import Iterable

STANZA = """
[bieu_quy]
kind = "submissions"
title.vi = "Biểu quý: bình chọn một cửa, tài khoản, điểm cầu (mô phỏng)"
title.en = "Quarterly form: one-stop votes, accounts, conference points (simulated)"
owner = "Tỉnh mô phỏng"
metrics = ["onestop_vote_rate", "qlvb_active_accounts", "qlvb_units", "vc_units_connected"]
grain = "quarter"
areas = [{areas}]
simulated = true
"""


def form_stanza(provinces: Iterable[str]) -> str:
    """One form for every province and each of its communes."""
    areas = [f'"{code}", "{code}/commune"' for code in provinces]
    return STANZA.format(areas=", ".join(areas))
