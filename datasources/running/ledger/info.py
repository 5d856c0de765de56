"""What the warehouse should know of a source, and with it everybody who reads its figures."""

from datetime import datetime

from datasources.base import SourceConfig, kind_of
from datasources.config import PRESS
from datasources.reading.mapping import MappedConfig
from datasources.running.schedule import grace, stale_after, usual_gap
from store import SourceInfo


def source_info(name: str, config: SourceConfig, now: datetime) -> SourceInfo:
    """What the warehouse should know of a source; the printed figures promise no next time."""
    records = kind_of(config.kind).records
    if isinstance(config, MappedConfig):
        records = (config.record, *(("dossier_event",) if config.events else ()))
    gap = None if name == PRESS else usual_gap(config, now)
    return SourceInfo(
        source=name,
        kind=config.kind,
        records=records,
        title_vi=config.title.vi if config.title else name,
        title_en=config.title.en if config.title else name,
        owner=config.owner,
        simulated=config.simulated,
        schedule=None if gap is None else config.schedule,
        expected_by=config.expected_by,
        # Nobody promises how often something is pushed, only by when.
        expected_every_s=None if config.push else gap,
        grace_s=0 if gap is None else grace(gap),
        hard_max_s=stale_after(config),
    )
