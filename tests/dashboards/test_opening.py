"""To whom a home is opened: never wider than its figures and its accounts allow."""

import tomllib
from pathlib import Path

import pytest

from dashboards.opening import KEY_FILE, opening_of
from datasources.simulator.demo import sources_toml
from datasources.simulator.world import World
from domain.errors import IocError
from tests.dashboards.logging_in import add

HERE, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104 - nothing listens there
P = "::1"
TLS = "https://ioc.example.gov.vn"


def test_the_simulated_province_is_shown_to_whoever_is_at_this_machine(tmp_path: Path) -> None:
    opening = opening_of(tmp_path, host=HERE)
    assert (opening.guests, opening.is_real, opening.is_secure) == (True, False, False)


def test_real_figures_need_an_account_or_the_operators_word(tmp_path: Path) -> None:
    with pytest.raises(IocError, match=r"permits: .* user add NAME .* IOC_OPEN=loopback"):
        opening_of(tmp_path, host=HERE, real_sources=["permits"])
    opening = opening_of(tmp_path, host=HERE, real_sources=["permits"], openness="loopback")
    assert (opening.guests, opening.is_real) == (True, True)
    add(tmp_path, "lan", "leader")
    assert not opening_of(tmp_path, host=HERE, real_sources=["permits"]).guests


def test_an_account_ends_the_open_demo_whatever_the_operator_said(tmp_path: Path) -> None:
    add(tmp_path, "lan", "leader")
    assert not opening_of(tmp_path, host=HERE, openness="loopback").guests


@pytest.mark.parametrize(("host", "origins"), [(EVERYWHERE, ""), (HERE, TLS), (EVERYWHERE, TLS)])
def test_nothing_leaves_this_machine_without_accounts(
    tmp_path: Path, host: str, origins: str
) -> None:
    with pytest.raises(IocError, match="nobody has an account"):
        opening_of(tmp_path, host=host, origins=origins, openness="loopback")


def test_what_leaves_this_machine_states_its_addresses(tmp_path: Path) -> None:
    add(tmp_path, "lan", "leader")
    with pytest.raises(IocError, match="IOC_ORIGINS=https://"):
        opening_of(tmp_path, host=EVERYWHERE)
    opening = opening_of(
        tmp_path, host=EVERYWHERE, origins=f"{TLS}, https://[::1]:8443/", proxies="::1"
    )
    assert opening.origins == (TLS, "https://[::1]:8443")
    assert opening.is_secure
    assert {"ioc.example.gov.vn", "[::1]", "localhost"} <= set(opening.hosts)


@pytest.mark.parametrize(
    ("origin", "sentence"),
    [
        ("http://ioc.example.gov.vn", "in the open"),
        ("ioc.example.gov.vn", "is not like"),
        ("https://ioc.example.gov.vn/toan-canh", "is not like"),
        ("ftp://ioc.example.gov.vn", "is not like"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(
    tmp_path: Path, origin: str, sentence: str
) -> None:
    add(tmp_path, "lan", "leader")
    with pytest.raises(IocError, match=sentence):
        opening_of(tmp_path, host=EVERYWHERE, origins=origin)


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first, second = (opening_of(tmp_path, host=HERE).key for _ in range(2))
    assert first == second
    assert len(first) == 64
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    opening_of(tmp_path, host=HERE)
    (tmp_path / KEY_FILE).chmod(0o640)
    with pytest.raises(IocError, match="chmod 600"):
        opening_of(tmp_path, host=HERE)


def test_a_key_that_is_too_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_text("hunter2")
    (tmp_path / KEY_FILE).chmod(0o600)
    with pytest.raises(IocError, match="too short"):
        opening_of(tmp_path, host=HERE)


def test_the_key_is_not_printed(tmp_path: Path) -> None:
    opening = opening_of(tmp_path, host=HERE)
    assert opening.key.decode() not in repr(opening)


def test_everything_the_demo_brings_is_simulated(tmp_path: Path) -> None:
    stanzas = tomllib.loads(sources_toml(World(1), 8051))
    assert len(stanzas) > 5
    assert [name for name, stanza in stanzas.items() if stanza["simulated"] is not True] == []
