"""The catalogue: every metric, as its stanza in definitions/*.toml says.

`catalogue().metric("on_time_rate_resolved").name["vi"]`
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from domain.errors import UnknownNameError
from metrics.formula import Text
from metrics.metric import Aggregation, Better, Metric
from metrics.stanza import DefinitionError, read_definitions

__all__ = ["Aggregation", "Better", "Catalogue", "DefinitionError", "Metric", "catalogue"]

DEFINITIONS = Path(__file__).with_name("definitions")
SUBJECTS: Mapping[str, Text] = MappingProxyType(
    {
        "dossiers": Text("Hồ sơ thủ tục hành chính", "Dossiers"),
        "online_services": Text("Thủ tục và dịch vụ công trực tuyến", "Online services"),
        "documents": Text("Văn bản và chữ ký số", "Documents and signatures"),
        "work": Text("Công việc trong cơ quan", "Work inside offices"),
        "citizens": Text("Phản ánh, kiến nghị của người dân", "Citizens and feedback"),
        "offices": Text("Báo cáo và nhiệm vụ", "Reports and tasks"),
        "evaluation": Text("Đánh giá theo Quyết định 766", "Evaluation by Decision 766"),
        "sectors": Text("Ngành, lĩnh vực và nền tảng chung", "Sectors and platforms"),
        "feeds": Text("Nguồn số liệu", "Sources of figures"),
        "society": Text("Chuyển đổi số, hạ tầng, xã hội", "Digital transformation and society"),
    }
)
"""Titles of the subjects, one file each, in reading order."""


@dataclass(frozen=True)
class Catalogue:
    """All metrics, in the order of the files and of the stanzas in them.

    `version` changes whenever any definition does: part of every cache key.
    """

    metrics: Mapping[str, Metric]
    version: str

    def metric(self, metric_id: str) -> Metric:
        """One metric. Raises UnknownNameError with the nearest names."""
        if metric_id not in self.metrics:
            raise UnknownNameError("metric", metric_id, self.metrics)
        return self.metrics[metric_id]

    def some(self, metric_ids: Sequence[str]) -> tuple[Metric, ...]:
        """The metrics asked for, in that order. Raises UnknownNameError."""
        return tuple(self.metric(metric_id) for metric_id in metric_ids)

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subjects (files) in reading order."""
        return tuple(dict.fromkeys(metric.subject for metric in self))

    def __iter__(self) -> Iterator[Metric]:
        return iter(self.metrics.values())

    def __len__(self) -> int:
        return len(self.metrics)

    def __contains__(self, metric_id: object) -> bool:
        return metric_id in self.metrics


def subject_title(subject: str) -> Text:
    """What a subject is called; a file of somebody's own goes by its name."""
    return SUBJECTS.get(subject, Text(subject, subject))


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The shipped catalogue, read once."""
    return load_catalogue(DEFINITIONS)


def load_catalogue(folder: Path, own: Sequence[Path] = ()) -> Catalogue:
    """The catalogue of one folder of TOML files, in reading order, and of a deployment's own.

    Raises DefinitionError, a CatalogueError that lists every problem of every file.
    """
    order = list(SUBJECTS)
    files = sorted(
        folder.glob("*.toml"),
        key=lambda file: (order.index(file.stem) if file.stem in order else len(order), file.name),
    )
    metrics = read_definitions(files, own)
    digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in (*files, *own)))
    return Catalogue(MappingProxyType(metrics), digest.hexdigest()[:12])
