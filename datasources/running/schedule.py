"""When a source is due, and what that promises to whoever reads its figures."""

from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from apscheduler.triggers.cron import CronTrigger

from datasources.base import SourceConfig
from domain.dossier import VIETNAM

LOOKED_AHEAD = 50
LEAST_GRACE = 300
WORKING_DAYS_STALE = 72 * 3600
ASKED_STALE = 24 * 3600


def trigger_of(config: SourceConfig) -> CronTrigger:
    """The moments at which a source is collected, by the clocks of Vietnam."""
    return CronTrigger.from_crontab(config.schedule, timezone=VIETNAM)


def is_due(config: SourceConfig, last: datetime | None, now: datetime) -> bool:
    """Whether a source has never been collected, or has missed a run since `last`."""
    if last is None:
        return True
    following = trigger_of(config).get_next_fire_time(None, last + timedelta(seconds=1))
    return following is not None and following <= now


def usual_gap(config: SourceConfig, now: datetime) -> int:
    """The seconds that usually lie between two runs."""
    trigger, moments = trigger_of(config), [now]
    for _ in range(LOOKED_AHEAD):
        following = trigger.get_next_fire_time(None, moments[-1] + timedelta(seconds=1))
        if following is None:
            break
        moments.append(following)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(moments[1:])]
    return int(median(gaps)) if gaps else 24 * 3600


def grace(gap: int) -> int:
    """The seconds a run may be late without being missed."""
    return max(gap, LEAST_GRACE)


def stale_after(config: SourceConfig) -> int | None:
    """The seconds after which data are too old to be judged; None is never.

    A folder without `expected_by` promises nothing; a system that is asked answers at any time.
    """
    if config.stale_after_hours is not None:
        return int(config.stale_after_hours * 3600)
    if config.expected_by is not None:
        return WORKING_DAYS_STALE
    return ASKED_STALE if getattr(config, "url", None) else None
