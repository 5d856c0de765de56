"""Homes for tests: real folders with a configuration, read by the real reader."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from datasources.reading.landed import read_landed
from datasources.running.job import Job, Outcome
from datasources.running.worker import perform

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PAYLOADS = Path(__file__).parent.parent / "payloads"
ORGANISATIONS = """\
code,name,area_code,level,kind,valid_from,valid_until
H44,UBND tỉnh Phú Thọ,25,province,committee,,
H44.18,UBND huyện Thanh Sơn,238,district,committee,,2025-07-01
H44.18.01,UBND xã Sơn Hùng,08563,commune,committee,,2025-07-01
H44.18.02,UBND xã Địch Quả,08572,commune,committee,,2025-07-01
H44.13,Sở Tư pháp,25,province,department,,
H14,UBND tỉnh Cao Bằng,04,province,committee,,
"""


@dataclass(frozen=True)
class Home:
    """One installation below a temporary folder."""

    path: Path

    def configure(self, sources: str, organisations: str = ORGANISATIONS) -> None:
        config = self.path / "config"
        config.mkdir(parents=True, exist_ok=True)
        (config / "sources.toml").write_text(sources, encoding="utf-8")
        (config / "organisations.csv").write_text(organisations, encoding="utf-8")

    def write(self, name: str, text: str | bytes) -> Path:
        """A file below the home that nobody is still writing."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        settle(path)
        return path

    def job(self, source: str, **given: Any) -> Job:
        return Job(str(self.path), source, str(self.path / "landing"), NOW, **given)

    def collect(self, source: str, **given: Any) -> "Delivery":
        """Read a source as the child process does, but in this one."""
        return Delivery(perform(self.job(source, **given)))


@dataclass(frozen=True)
class Delivery:
    """What one run left behind."""

    outcome: Outcome

    @property
    def error(self) -> str:
        assert self.outcome.error is not None, "it went well"
        return self.outcome.error

    @property
    def folder(self) -> Path:
        assert self.outcome.folder is not None, self.outcome.error
        return Path(self.outcome.folder)

    @property
    def manifest(self) -> dict[str, Any]:
        return dict(read_landed(self.folder).manifest)

    @property
    def cursor(self) -> dict[str, Any]:
        return dict(self.manifest["cursor"])

    def rows(self, kind: str = "dossier") -> list[dict[str, Any]]:
        return pq.read_table(self.folder / f"records-{kind}.parquet").to_pylist()

    def column(self, name: str, kind: str = "dossier") -> list[Any]:
        return [row[name] for row in self.rows(kind)]

    @property
    def refusals(self) -> list[tuple[int, str, str, str]]:
        table = pq.read_table(self.folder / "rejected.parquet").to_pylist()
        return [(one["row"], one["field"], one["rule"], one["reason"]) for one in table]


def settle(path: Path) -> None:
    """Give a file the time of yesterday, so that it counts as whole at once."""
    import os
    import time

    yesterday = time.time() - 86_400
    os.utime(path, (yesterday, yesterday))


def payload(name: str) -> dict[str, Any]:
    return dict(json.loads((PAYLOADS / name).read_text(encoding="utf-8")))
