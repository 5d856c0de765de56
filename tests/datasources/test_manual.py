"""The manuals say what the program does: their stanzas are read, their example comes out."""

import re
import tomllib
from pathlib import Path

import pytest

from datasources.base import MODULES
from datasources.config import read_source
from datasources.reading.mapping import MappedConfig
from tests.datasources.home import Home

MANUALS = Path(__file__).parent.parent.parent / "docs" / "sources"

# Like the log of the manual: a case's columns come again on each of its events.
LOG = """\
case:channel,case:concept:name,case:deadline,case:department,case:enddate,case:startdate,org:resource
Internet,c1,2011-12-06 13:41:31.788000+01:00,General,2011-12-06 16:41:31.788000+01:00,2011-10-11 13:42:22.688000+02:00,R1
Internet,c1,2011-12-06 13:41:31.788000+01:00,General,2011-12-06 16:41:31.788000+01:00,2011-10-11 13:42:22.688000+02:00,R2
Desk,c2,2011-12-06 13:41:31+01:00,Experts,,2011-10-11 13:42:22.688000+02:00,R1
"""  # noqa: E501


def stanzas(kind: str) -> list[str]:
    text = (MANUALS / f"{kind}.md").read_text(encoding="utf-8")
    return re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)


@pytest.mark.parametrize("kind", MODULES)
def test_every_kind_has_a_manual_whose_stanzas_are_read(kind: str) -> None:
    assert stanzas(kind)
    for text in stanzas(kind):
        for name, stanza in tomllib.loads(text).items():
            assert read_source(name, stanza).kind == kind


@pytest.mark.parametrize("kind", MODULES)
def test_a_manual_begins_with_a_line_in_english(kind: str) -> None:
    lines = (MANUALS / f"{kind}.md").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# Nguồn")
    assert lines[2].startswith("*English: ")


def test_the_manual_of_csv_holds_one_stanza_that_works_once_its_path_is_set(home: Home) -> None:
    [text] = stanzas("csv")
    log = home.write("log.csv", LOG)
    home.configure(text.replace("permits/*.csv", str(log)))
    delivery = home.collect("permits")
    assert delivery.manifest["rows_read"] == 3
    assert delivery.manifest["records_read"] == {"dossier": 2}
    assert delivery.column("channel") == ["online", "direct"]
    assert delivery.column("competent_area") == ["25@", "25@"]
    assert delivery.column("deadline_precision") == ["day", "day"]


def test_the_manual_of_csv_names_every_field_of_a_dossier_and_every_key() -> None:
    text = (MANUALS / "csv.md").read_text(encoding="utf-8")
    keys = set(MappedConfig.model_fields) - {"kind"}
    missing = {key for key in keys if f"`{key}" not in text and f"{key} = " not in text}
    assert missing == set()
