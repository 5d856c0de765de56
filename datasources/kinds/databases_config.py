"""The keys of a database's stanza."""

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from datasources.kinds.connecting import checked_url
from datasources.reading.mapping import MappedConfig
from datasources.reading.texts import ISO_FORMS

YEAR_MINUTES = 366 * 24 * 60


class SqlConfig(MappedConfig):
    """Keys of a database: `table`, or `query`, and how it tells what changed."""

    kind: Literal["sql"]
    url: str
    password_file: Path | None = None
    table: str | None = None
    query: str | None = None
    updated: str | None = None
    key: str | None = None
    overlap_minutes: int = Field(default=60, ge=0, le=YEAR_MINUTES)
    statement_seconds: float = Field(default=300.0, gt=0)
    epoch: Literal["s", "ms"] | None = None
    live: bool = False

    own_forms: ClassVar[tuple[str, ...]] = ISO_FORMS

    @field_validator("url")
    @classmethod
    def _known(cls, url: str) -> str:
        checked_url(url)
        return url

    @field_validator("query")
    @classmethod
    def _one_select(cls, query: str | None) -> str | None:
        if query is None:
            return None
        plain = query.strip().removesuffix(";").rstrip()
        if not plain.lower().startswith(("select", "with")) or ";" in plain:
            raise ValueError("is not one select: it begins with select, or with, and has no ;")
        return plain

    @model_validator(mode="after")
    def _reads_something(self) -> "SqlConfig":
        if (self.table is None) == (self.query is None):
            raise ValueError("needs either table or query, and not both")
        if self.key and not self.updated:
            raise ValueError("key orders rows of one updated: set updated beside it")
        return self
