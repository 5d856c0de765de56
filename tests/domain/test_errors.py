import pytest

from domain.errors import (
    BusyError,
    CatalogueError,
    IocError,
    SourceError,
    StoreError,
    UnknownNameError,
    nearest,
)

METRICS = ["on_time_rate_resolved", "on_time_rate_received", "docs_sent"]


def test_an_unknown_name_is_answered_with_the_nearest_known_ones() -> None:
    assert nearest("on_time_rate_resolve", METRICS)[0] == "on_time_rate_resolved"
    error = UnknownNameError("metric", "docs_snt", METRICS)
    assert error.message == "There is no metric 'docs_snt'. Did you mean 'docs_sent'?"
    two = UnknownNameError("metric", "on_time_rate_res", METRICS)
    assert two.message.endswith("Did you mean 'on_time_rate_resolved' or 'on_time_rate_received'?")


def test_nothing_is_suggested_where_nothing_is_near() -> None:
    assert str(UnknownNameError("metric", "zzz", METRICS)) == "There is no metric 'zzz'."


def test_an_error_says_the_thing_the_fact_and_the_way_on() -> None:
    source = SourceError("permits", "the answer lacks day and rows", "Ask the portal's owner.")
    assert source.message == "permits: the answer lacks day and rows. Ask the portal's owner."
    assert SourceError("permits", "no answer").message == "permits: no answer."
    stanza = CatalogueError("dossiers.toml", "docs_sent", "y-label", "is not known", "Remove it")
    assert stanza.message == "dossiers.toml: [docs_sent]: y-label is not known. Remove it."
    assert CatalogueError("dossiers.toml", "", "", "is not TOML").message == (
        "dossiers.toml is not TOML."
    )


def test_whoever_catches_our_errors_catches_them_all() -> None:
    with pytest.raises(IocError):
        raise BusyError("The warehouse is held by process 12.")
    assert issubclass(BusyError, StoreError)
