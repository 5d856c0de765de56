"""The stanza of a system that speaks like the national portal, and a conversation with it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from datasources.base import Order, SourceConfig
from datasources.kinds.dvcqg_poll import Conversation
from datasources.reading.client import client_of
from datasources.reading.secret import read_secret
from domain.deadline import PausePolicy
from domain.errors import suggestion

# What their numbers mean where the stanza does not say otherwise. Payment as the formulas of
# Decision 766/QĐ-TTg count it: 1 on the national portal, 2 on the authority's own gateway.
VALUES: Mapping[str, Mapping[str, str]] = {
    "channel": {"1": "direct", "2": "online", "3": "postal"},
    "paid_online": {"0": "no", "1": "yes", "2": "yes"},
}
RESULT, STATUS = "electronic_result", "status"
FLAGS = ("paid_online", "digitised", RESULT, "apology")
CODED = ("channel", STATUS, *FLAGS)


class PortalConfig(SourceConfig):
    """Keys of every such system: `path` of files it leaves, or `url` and account to ask it."""

    path: str | None = None
    url: str | None = None
    agency: str = ""
    username: str = ""
    password_file: Path | None = None
    style: Literal["session", "path"] = "session"
    page_size: int = Field(default=2000, ge=1, le=10_000)
    allow_http: bool = False
    networks: tuple[str, ...] = ()
    ca_file: Path | None = None
    answer_seconds: float = Field(default=30.0, gt=0)

    @model_validator(mode="after")
    def _files_or_address(self) -> Self:
        if (self.path is None) == (self.url is None):
            raise ValueError("needs either path (files) or url (to be asked), and not both")
        if self.url and not (self.agency and self.username and self.password_file):
            raise ValueError("url needs agency, username and password_file beside it")
        return self


class DvcqgConfig(PortalConfig):
    """Keys of a dossier system."""

    kind: Literal["dvcqg"]
    overlap_minutes: int = Field(default=15, ge=0, le=7 * 24 * 60)
    since: date = date(2000, 1, 1)
    pause_policy: PausePolicy = PausePolicy.STOP_RESUME
    values: dict[str, dict[str, str]] = Field(default_factory=dict)

    @field_validator("values")
    @classmethod
    def _coded(cls, values: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        return only_coded(values, CODED)


def only_coded(
    values: dict[str, dict[str, str]], coded: tuple[str, ...]
) -> dict[str, dict[str, str]]:
    """The translations of a stanza. Raises ValueError for a field that has no codes."""
    for name in values:
        if name not in coded:
            near = suggestion(name, coded) or f" Known: {', '.join(coded)}."
            raise ValueError(f"values.{name} is no field that has codes.{near}")
    return values


@contextmanager
def asked(config: PortalConfig, order: Order) -> Iterator[Conversation]:
    """A conversation with the system at `url`. Raises SourceError where none can be had."""
    password = read_secret(order.home / str(config.password_file), order.source, "password_file")
    with client_of(config, order) as client:
        yield Conversation(
            client,
            order.source,
            config.agency,
            config.username,
            password,
            config.page_size,
            config.zone,
            order.sample,
            by_path=config.style == "path",
        )
