"""The keys of the stanza of a JSON source."""

import re
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from datasources.kinds.changes import Changes
from datasources.kinds.paging import Paging
from datasources.reading.mapping import MappedConfig

HEADER = re.compile(r"[A-Za-z0-9_-]+")
SECRET_HEADERS = ("authorization", "cookie", "proxy-authorization", "host")
LINES = (".ndjson", ".jsonl")


class JsonConfig(MappedConfig):
    """Keys of a JSON source: `path` of files, or `url` and how it is asked."""

    kind: Literal["json"]
    path: str | None = None
    url: str | None = None
    items: str = ""
    lines: bool = False
    optional: tuple[str, ...] = ()
    epoch: Literal["s", "ms"] | None = None
    method: Literal["GET", "POST"] = "GET"
    params: dict[str, str] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    body: dict[str, Any] = Field(default_factory=dict)
    auth: Literal["none", "bearer", "basic", "header", "query"] = "none"
    auth_name: str = ""
    username: str = ""
    token_file: Path | None = None
    paging: Paging = Paging()
    changes: Changes | None = None
    live: bool = False
    allow_http: bool = False
    networks: tuple[str, ...] = ()
    ca_file: Path | None = None
    answer_seconds: float = Field(default=30.0, gt=0)

    @model_validator(mode="after")
    def _files_or_address(self) -> "JsonConfig":
        if (self.path is None) == (self.url is None):
            raise ValueError("needs either path (files) or url (to be asked), and not both")
        if self.lines and self.paging.kind == "cursor":
            raise ValueError("lines has no place for a next cursor: use page or offset")
        if self.lines and (self.items or self.paging.total):
            raise ValueError("lines are the items themselves: leave items and paging.total out")
        return self

    @model_validator(mode="after")
    def _tells_how_it_is_let_in(self) -> "JsonConfig":
        if self.auth != "none" and self.token_file is None:
            raise ValueError(f'auth = "{self.auth}" needs token_file, the file of the secret')
        if self.auth == "basic" and not self.username:
            raise ValueError('auth = "basic" needs username')
        if self.auth in ("header", "query") and not self.auth_name:
            raise ValueError(f'auth = "{self.auth}" needs auth_name, the name that carries it')
        for name, text in self.headers.items():
            if name.lower() in SECRET_HEADERS:
                raise ValueError(f"headers.{name} cannot be set here: use auth and token_file")
            if not HEADER.fullmatch(name) or not fits_a_header(text):
                raise ValueError(f"headers.{name} is no header: plain letters and digits only")
        if self.auth == "header" and not HEADER.fullmatch(self.auth_name):
            raise ValueError("auth_name is no name of a header, such as X-Api-Key")
        return self

    def are_lines(self, name: str) -> bool:
        """Whether a document of this name holds an item on each line."""
        return self.lines or name.lower().endswith(LINES)


def fits_a_header(text: str) -> bool:
    """Whether a text can stand in the header of a request."""
    return text.isascii() and text.isprintable()
