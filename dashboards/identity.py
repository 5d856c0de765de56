"""What `config/identity.toml` says: where people log in elsewhere, and what its groups may do.

Without the file nobody does: every account is local, and no other host is asked for anything.
"""

import ssl
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from dashboards.opening import LOOPBACK
from dashboards.roles import persons_role
from domain.dossier import local_day
from domain.errors import IocError
from domain.grant import scope_named
from domain.scope import Scope

FILE = Path("config", "identity.toml")
# Signed with a key only the provider has. What is signed with a shared secret, or not at all,
# is not among them and cannot be configured.
ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
)


class Grant(BaseModel):
    """What the members of one group may do, and see: codes of areas and organisations, or "*"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    group: str = Field(min_length=1)
    role: str
    areas: Literal["*"] | tuple[str, ...]
    organisations: Literal["*"] | tuple[str, ...] = "*"

    @field_validator("role")
    @classmethod
    def _persons_role(cls, name: str) -> str:
        try:
            return persons_role(name).name
        except IocError as error:
            raise ValueError(error.message) from None

    @field_validator("areas", "organisations")
    @classmethod
    def _some(cls, codes: str | tuple[str, ...]) -> str | tuple[str, ...]:
        if not codes:
            raise ValueError('say which, by their codes, or "*" for all.')
        return codes

    @property
    def scope(self) -> Scope:
        """The areas of today's map and the organisations. Raises IocError for an unknown code."""
        areas, organisations = (
            () if one == "*" else one for one in (self.areas, self.organisations)
        )
        return scope_named(areas, organisations, local_day(datetime.now(UTC)))


class IdentityConfig(BaseModel):
    """An OpenID Connect provider, and what we make of whom it vouches for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str
    client_id: str = Field(min_length=1)
    label: str = Field(min_length=1, max_length=60)
    algorithms: tuple[str, ...] = ("RS256",)
    scopes: tuple[str, ...] = ("openid", "profile")
    groups_claim: str = "groups"
    name_claim: str = "preferred_username"
    shown_claim: str = "name"
    second_factor: tuple[str, ...] = ()
    clock_skew_seconds: int = Field(default=60, ge=0, le=300)
    timeout_seconds: float = Field(default=5.0, ge=1, le=30)
    ca_file: Path | None = None
    grant: tuple[Grant, ...] = Field(min_length=1)

    @field_validator("issuer")
    @classmethod
    def _safe(cls, issuer: str) -> str:
        parts = urlsplit(issuer)
        is_ours = parts.scheme == "http" and parts.hostname in LOOPBACK
        if not parts.hostname or parts.query or not (parts.scheme == "https" or is_ours):
            raise ValueError("an issuer is like https://sso.example.gov.vn/realms/province.")
        return issuer

    @field_validator("algorithms")
    @classmethod
    def _asymmetric(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        wrong = sorted(set(names) - set(ALGORITHMS))
        if wrong or not names:
            raise ValueError(f"{', '.join(wrong) or 'none'}: use some of {', '.join(ALGORITHMS)}.")
        return names

    @field_validator("scopes")
    @classmethod
    def _openid(cls, scopes: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in scopes:
            raise ValueError("without openid nobody is vouched for.")
        return scopes

    @cached_property
    def trust(self) -> ssl.SSLContext:
        """Whose certificates are believed: this machine's authorities, or those of `ca_file`."""
        return ssl.create_default_context(cafile=self.ca_file)

    def granted(self, groups: Sequence[str]) -> tuple[str, Scope] | None:
        """Role and scope of a member of some groups; None: nothing is granted to any of them.

        The first grant in the file that fits says the role; grants of the same role add up.
        """
        fitting = [one for one in self.grant if one.group in groups]
        if not fitting:
            return None
        role = fitting[0].role
        scopes = [one.scope for one in fitting if one.role == role]
        areas = _together([one.areas for one in scopes])
        organisations = _together([one.organisations for one in scopes])
        if len({one.organisations for one in scopes}) > 1 and len({s.areas for s in scopes}) > 1:
            return role, scopes[0]  # areas of one and organisations of another were never granted
        return role, Scope(areas, organisations)


def read_identity(home: Path) -> IdentityConfig | None:
    """The provider of a home; None if there is none. Raises IocError naming file, key and fact."""
    path = home / FILE
    if not path.exists():
        return None
    try:
        config = IdentityConfig.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        config.trust  # noqa: B018 - certificates that cannot be read are found now, not at a login
        for grant in config.grant:
            _check(grant)
    except ValidationError as error:
        raise IocError("\n".join(f"{path}: {one}" for one in _complaints(error))) from None
    except (OSError, ValueError, IocError) as error:
        raise IocError(f"{path}: {error}") from None
    return config


def value_at(claims: Mapping[str, Any], path: str) -> object:
    """A claim, or one inside others: `realm_access.roles`; None where there is none."""
    if path in claims:
        return claims[path]
    found: object = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _check(grant: Grant) -> None:
    try:
        grant.scope  # noqa: B018 - raises for a code nobody knows
    except IocError as error:
        raise IocError(f"grant of '{grant.group}': {error.message}") from None


def _together(sets: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
    known = [one for one in sets if one is not None]
    return frozenset().union(*known) if len(known) == len(sets) else None


def _complaints(error: ValidationError) -> list[str]:
    """One sentence per bad key."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return [
        f"{'.'.join(str(part) for part in one['loc'])}: {one['msg'].removeprefix('Value error, ')}"
        for one in found
    ]
