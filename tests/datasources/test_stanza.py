"""Promises of `source new`: whatever kind there is, a stanza to start from."""

import re
import tomllib

import pytest

from datasources.base import MODULES, kind_of
from datasources.config import read_source
from datasources.stanza import PAGES, stanza
from domain.errors import UnknownNameError


@pytest.mark.parametrize("kind", [one for one in MODULES if (PAGES / f"{one}.md").exists()])
def test_the_stanza_of_every_kind_that_has_a_page_is_one_that_is_accepted(kind: str) -> None:
    [(name, content)] = list(tomllib.loads(stanza(kind)).items())[:1]
    assert read_source(name, content).kind == kind


@pytest.mark.parametrize("kind", MODULES)
def test_it_names_every_key_and_each_may_be_uncommented(kind: str) -> None:
    text = stanza(kind)
    for key in kind_of(kind).config.model_fields:
        assert re.search(rf"^#? ?(\[.*\.)?{key}\b", text, re.MULTILINE), key
    whole = re.sub(r"^# ([a-z_]+ = )", r"\1", text, flags=re.MULTILINE)
    [content] = list(tomllib.loads(whole).values())[:1]
    plain = [key for key in re.findall(r"^([a-z_]+) = ", whole, re.MULTILINE) if key in content]
    assert set(plain) <= set(content)


def test_a_kind_that_does_not_exist_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="csv"):
        stanza("cvs")
