"""Who is told of what: `config/recipients.toml`, one stanza per organisation or desk.

[van_phong]
name = "Văn phòng UBND tỉnh"
areas = ["25"]                          # with all that lies in them; [] or left out: all
organisations = []                      # with all below them; [] or left out: all
leaders = false                         # true: only what nobody has answered in time
language = "vi"
email = ["canhbao@phutho.example.vn"]
webhook = ["https://chat.phutho.example.vn/hooks/ioc"]
"""

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from domain.errors import IocError, nearest
from domain.grant import scope_named
from domain.scope import Scope

FILE = Path("config", "recipients.toml")
ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
ID = re.compile(r"[a-z][a-z0-9_-]{0,39}")
MOST_ADDRESSES = 20


class Recipient(BaseModel):
    """One organisation or desk, what it is told of, and where."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")
    areas: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    leaders: bool = False
    language: Literal["vi", "en"] = "vi"
    email: tuple[str, ...] = Field(default=(), max_length=MOST_ADDRESSES)
    webhook: tuple[str, ...] = Field(default=(), max_length=MOST_ADDRESSES)
    id: str = ""

    @field_validator("email")
    @classmethod
    def _addresses(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for one in given:
            if not ADDRESS.fullmatch(one) or len(one) > 254:
                raise ValueError(f"'{one}' is not an e-mail address.")
        return given

    @field_validator("webhook")
    @classmethod
    def _hooks(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for one in given:
            parts = urlsplit(one)
            if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
                raise ValueError(f"'{one}' is not like https://chat.example.gov.vn/hooks/1.")
        return given

    def scope(self, today: date) -> Scope:
        """The areas of today's map and the organisations. Raises IocError for unknown codes."""
        return scope_named(self.areas, self.organisations, today)


def read_recipients(home: Path, today: date) -> list[Recipient]:
    """Everybody who is told of anything; nobody without the file.

    Raises IocError with every problem: file, stanza, key, and the nearest right name.
    """
    path = home / FILE
    if not path.exists():
        return []
    try:
        stanzas = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise IocError(f"{FILE.name} cannot be read: {error}") from None
    found, problems = [], []
    for name, stanza in stanzas.items():
        try:
            found.append(_recipient(name, stanza, today))
        except ValidationError as error:
            problems += [f"{FILE.name}: [{name}]: {one}" for one in _complaints(error)]
        except IocError as error:
            problems.append(f"{FILE.name}: [{name}]: {error.message}")
    if problems:
        raise IocError("\n".join(problems))
    return found


def _recipient(name: str, stanza: Any, today: date) -> Recipient:
    if not ID.fullmatch(name):
        raise IocError("a stanza's name has only a-z, 0-9, hyphen and underscore.")
    if not isinstance(stanza, dict) or "id" in stanza:
        raise IocError("is not a stanza of a recipient.")
    one = Recipient.model_validate({**stanza, "id": name})
    if not (one.email or one.webhook):
        raise IocError("has neither email nor webhook, so nobody would be told.")
    one.scope(today)
    return one


def _complaints(error: ValidationError) -> list[str]:
    """One sentence per bad key, with the nearest right one."""
    return [_complaint(detail) for detail in error.errors(include_url=False)]


def _complaint(detail: Any) -> str:
    key = str(detail["loc"][0]) if detail["loc"] else ""
    if detail["type"] == "extra_forbidden":
        names = nearest(key, [name for name in Recipient.model_fields if name != "id"])
        hint = f" Did you mean '{names[0]}'?" if names else ""
        return f"{key} is not a key of a recipient.{hint}"
    return f"{key}: {detail['msg'].removeprefix('Value error, ')}"
