"""Every setting of the program, its default and its meaning: the only reader of the environment.

A setting `port` is read from `IOC_PORT`, or from a file `ioc_port` in the folder that
systemd's `LoadCredential=` offers, so that a secret need not stand in any environment.
"""

import os
from datetime import time
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "IOC_"
SHORTEST_KEY = 32
Memory = Annotated[str, Field(pattern=r"^[1-9]\d* ?(KB|MB|GB|KiB|MiB|GiB)$")]


class SettingsError(ValueError):
    """A setting that cannot be used; the message names the variable and the way on."""


class Settings(BaseSettings):
    """What a deployment may choose. Frozen: nothing changes while the program runs."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, validate_default=True
    )

    home: Path = Field(
        default=Path("var"),
        description="Folder of everything kept: config, landing, warehouse, snapshots, exports.",
    )
    host: str = Field(default="127.0.0.1", description="Address the web listens on.")
    port: int = Field(default=8050, ge=1, le=65535, description="Port the web listens on.")
    origins: str | None = Field(
        default=None,
        description="Addresses people open the web under, separated by commas.",
    )
    proxied: bool = Field(
        default=False, description="Whether a proxy in front tells who asks (X-Forwarded-For)."
    )
    proxies: str = Field(
        default="127.0.0.1,::1",
        description="Where that proxy stands: addresses or ranges, separated by commas.",
    )
    admin_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="A port of its own for administration: people, screens, the audit trail.",
    )
    admin_from: str = Field(
        default="", description="Addresses or ranges administration may come from; else any."
    )
    admin_hours: str = Field(
        default="", description="When administration is open, such as 07:00-19:00; else always."
    )
    security_contact: str | None = Field(
        default=None,
        pattern=r"^(mailto:|https://|tel:)\S+$",
        description="Whom to tell of a weakness, for security.txt: mailto:, https: or tel:.",
    )
    syslog: str | None = Field(
        default=None,
        pattern=r"^(/.+|(udp|tcp)://.+:\d+)$",
        description="Where `audit send` copies the trail: /dev/log, udp://HOST:514, tcp://HOST:601.",
    )
    open: Literal["demo", "loopback"] = Field(
        default="demo",
        description="What whoever is at this machine sees while nobody has an account: "
        "simulated figures alone (demo), or all (loopback).",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Signs forms; the same in every web process. Else the file secret_key.",
    )
    identity_secret: SecretStr | None = Field(
        default=None,
        description="Our secret at the identity provider of config/identity.toml, if it gave one.",
    )
    language: Literal["vi", "en"] = Field(
        default="vi", description="Language of a visitor who has not chosen one."
    )
    web_workers: int = Field(default=2, ge=1, description="Web processes.")
    web_threads: int = Field(default=4, ge=1, description="Threads in each web process.")
    query_timeout_ms: int = Field(
        default=5000, ge=1, description="Milliseconds after which a query is interrupted."
    )
    memory_limit: Memory = Field(
        default="512MB", description="Memory the queries of one web process may use."
    )
    collect_memory_limit: Memory = Field(
        default="2GB",
        description="Memory the collector's database may use; "
        "counting millions of dossiers anew needs much.",
    )
    demo_port: int = Field(
        default=8051, ge=1, le=65535, description="Port of the simulated province."
    )
    demo_seed: int = Field(
        default=20200101, description="Seed of the simulated province: same seed, same province."
    )
    poll_seconds: int = Field(
        default=2, ge=1, description="How often an open page asks whether there is a new snapshot."
    )
    keep_snapshots: int = Field(default=3, ge=3, description="Published snapshots that are kept.")
    keep_landing_days: int = Field(
        default=400,
        ge=30,
        description="Days for which landed batches are kept, to read the warehouse anew from.",
    )
    job_deadline_seconds: int = Field(
        default=900, ge=1, description="Seconds after which a collection run is stopped."
    )
    digest_at: time = Field(
        default=time(7, 30), description="Hour from which a working day's digest is written."
    )
    smtp_host: str | None = Field(
        default=None, description="Mail server for digests; without it no mail is sent."
    )
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Port of the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How mails are protected on their way to the server."
    )
    smtp_from: str | None = Field(default=None, description="Address digests come from.")
    smtp_user: str | None = Field(
        default=None, description="Whom the mail server knows us as, if it asks."
    )
    smtp_password_file: Path | None = Field(
        default=None, description="File with the password of that user, readable by us alone."
    )
    mail_domains: str | None = Field(
        default=None,
        description="Domains packs may be mailed to, separated by commas; else the sender's own.",
    )
    webhook_hosts: str | None = Field(
        default=None,
        description="Hosts digests may be posted to, separated by commas; without it none.",
    )
    webhook_plain: bool = Field(
        default=False, description="Whether webhooks without TLS are allowed, in a closed network."
    )
    webhook_secret_file: Path | None = Field(
        default=None, description="File with the secret that signs webhooks, readable by us alone."
    )
    crash_at: str | None = Field(
        default=None, description="For the crash tests alone: the step at which to die."
    )

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(key) < SHORTEST_KEY:
            raise ValueError(f"a secret key has at least {SHORTEST_KEY} characters.")
        return key


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    _refuse_unknown_variables()
    try:
        return Settings(_secrets_dir=os.environ.get("CREDENTIALS_DIRECTORY"))
    except ValidationError as error:
        raise SettingsError("\n".join(_complaints(error))) from None


def _refuse_unknown_variables() -> None:
    """A misspelt variable would otherwise leave the default in force without a word."""
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise SettingsError(f"There is no setting {name}{_did_you_mean(name.upper(), known)}")


def _complaints(error: ValidationError) -> list[str]:
    """One sentence per bad setting, without its value: it may be a secret."""
    return [
        f"{PREFIX}{str(detail['loc'][0]).upper()}: {detail['msg'].removeprefix('Value error, ')}"
        for detail in error.errors(include_input=False, include_url=False, include_context=False)
    ]


def _did_you_mean(name: str, known: list[str]) -> str:
    nearest = get_close_matches(name, known, n=1)
    return f". Did you mean {nearest[0]}?" if nearest else f". There are: {', '.join(known)}."
