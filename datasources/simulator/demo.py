"""The demo configuration: an installation whose sources are the simulated provinces."""

from collections.abc import Sequence
from pathlib import Path

from datasources.simulator.catalogue_stanzas import catalogue_stanzas, feedback_stanzas
from datasources.simulator.desks import System, systems
from datasources.simulator.dropbox import (
    DOCUMENTS,
    REPORTS,
    organisations_csv,
)
from datasources.simulator.feed_stanzas import feed_stanzas
from datasources.simulator.form_stanzas import form_stanza
from datasources.simulator.office_stanzas import office_stanzas, write_token
from datasources.simulator.server import BASE, PASSWORD, USERNAME
from datasources.simulator.signing import authority_pem
from datasources.simulator.world import World

FOLDER = "demo"
CERTIFICATES = "config/demo-certificates"
PASSWORD_FILE = "config/demo-password"  # noqa: S105 - where the invented password lies
HEAD = """\
# The simulated provinces. Every figure from these sources is invented and shown as simulated.
# Remove a stanza, or point its url or path at a real system, to go over to real data.
"""
SYSTEM = """
[{stanza}]
kind = "dvcqg"
title.vi = "{title_vi}"
title.en = "{title_en}"
owner = "Tỉnh mô phỏng"
url = "http://127.0.0.1:{port}{base}"
allow_http = true
agency = "{code}"
username = "{username}"
password_file = "{password_file}"
page_size = 2000
overlap_minutes = 10
schedule = "* * * * *"
deadline_precision = "day"
simulated = true
"""
FILES = """
[van_ban]
kind = "edxml"
title.vi = "Trục liên thông văn bản (mô phỏng)"
title.en = "Document exchange (simulated)"
owner = "Tỉnh mô phỏng"
path = "{folder}/{documents}"
certificates = "{certificates}"
schedule = "* * * * *"
simulated = true

[bao_cao_thang]
kind = "observations"
title.vi = "Báo cáo tháng: hồ sơ công việc, ký số (mô phỏng)"
title.en = "Monthly reports: work files, signing (simulated)"
owner = "Tỉnh mô phỏng"
path = "{folder}/{reports}/*.csv"
schedule = "*/5 * * * *"
simulated = true
"""


def fill(home: Path, world: World, port: int) -> tuple[Path, ...]:
    """Write the demo's configuration where there is none; the files that were written.

    A home that has a `config/sources.toml` is left as it is.
    """
    config = home / "config"
    sources = config / "sources.toml"
    if sources.exists():
        return ()
    config.mkdir(parents=True, exist_ok=True)
    password = home / PASSWORD_FILE
    password.touch(mode=0o600)
    password.write_text(f"{PASSWORD}\n", encoding="utf-8")
    certificate = home / CERTIFICATES / "authority.pem"
    certificate.parent.mkdir(exist_ok=True)
    certificate.write_bytes(authority_pem())
    written = [password, certificate, write_token(home)]
    organisations = config / "organisations.csv"
    if not organisations.exists():
        organisations.write_text(organisations_csv(world), encoding="utf-8")
        written.append(organisations)
    # The sources come last: a home that has them is complete.
    sources.write_text(sources_toml(world, port), encoding="utf-8")
    return (*written, sources)


def sources_toml(world: World, port: int) -> str:
    """The stanzas of `config/sources.toml`: questions to every province's system, and folders."""
    speaking: Sequence[System] = [
        system for system in systems() if system.stanza and system.joins in world.provinces
    ]
    stanzas = [
        SYSTEM.format(
            **vars(system),
            port=port,
            base=BASE,
            username=USERNAME,
            password_file=PASSWORD_FILE,
        )
        for system in speaking
    ]
    others = (catalogue_stanzas(speaking, port, PASSWORD_FILE), feedback_stanzas(FOLDER))
    feeds = feed_stanzas(world.provinces, FOLDER)
    files = FILES.format(
        folder=FOLDER,
        documents=DOCUMENTS,
        reports=REPORTS,
        certificates=CERTIFICATES,
    )
    offices = office_stanzas(FOLDER, port)
    forms = form_stanza(world.provinces)
    return "".join((HEAD, *stanzas, files, *others, feeds, offices, forms))
