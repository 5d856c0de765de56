"""The demo's stanzas for what is listed and what is said: procedures, organisations, feedback."""

from collections.abc import Sequence

from datasources.simulator.desks import TWO_LEVELS, System
from datasources.simulator.dropbox import CATALOGUE, FEEDBACK
from datasources.simulator.server import BASE, USERNAME
from domain.area import register

PROCEDURES = """
[thu_tuc_{stanza}]
kind = "procedures"
title.vi = "Danh mục TTHC {place} (mô phỏng)"
title.en = "Procedures of {place} (simulated)"
owner = "Tỉnh mô phỏng"
url = "http://127.0.0.1:{port}{base}"
allow_http = true
agency = "{code}"
username = "{username}"
password_file = "{password_file}"
schedule = "15 5 * * *"
simulated = true
"""
FILES = """
[co_quan]
kind = "organisations"
title.vi = "Danh mục cơ quan, đơn vị (mô phỏng)"
title.en = "Organisations (simulated)"
owner = "Tỉnh mô phỏng"
path = "{folder}/{catalogue}/*.json"
schedule = "30 4 * * *"
simulated = true

[pakn]
kind = "feedback"
title.vi = "Phản ánh, kiến nghị: cổng, tổng đài 1022 (mô phỏng)"
title.en = "Feedback: portal, hotline 1022 (simulated)"
owner = "Tỉnh mô phỏng"
path = "{folder}/{feedback}/csv/*.csv"
schedule = "*/10 * * * *"
simulated = true

[zalo_ung_dung]
kind = "feedback"
title.vi = "Phản ánh, kiến nghị: Zalo, ứng dụng (mô phỏng)"
title.en = "Feedback: Zalo, app (simulated)"
owner = "Tỉnh mô phỏng"
path = "{folder}/{feedback}/json/*.json"
schedule = "*/10 * * * *"
simulated = true
"""


def catalogue_stanzas(speaking: Sequence[System], port: int, password_file: str) -> str:
    """The catalogue of procedures of every province that has a system."""
    return "".join(
        PROCEDURES.format(
            **vars(system),
            place=register().get(f"{system.joins}@{TWO_LEVELS}").name,
            port=port,
            base=BASE,
            username=USERNAME,
            password_file=password_file,
        )
        for system in speaking
    )


def feedback_stanzas(folder: str) -> str:
    """The folders of organisations and of feedback."""
    return FILES.format(folder=folder, feedback=FEEDBACK, catalogue=CATALOGUE)
