"""What the scheduler itself has to say: told in our words, and only when somebody should act.

A run that takes longer than the time between two is in order: a first reading of many years
takes hours, and its next run simply waits; none can outlast its deadline, at which its child is
ended. Runs that never began, or broke off, are trouble.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.base import BaseScheduler

STILL_RUNNING = "maximum number of running instances reached"
LOGGERS = ("apscheduler.scheduler", "apscheduler.executors.default")


class StillRunning(logging.Filter):
    """Drops the warning that a run was left out because the one before still goes on."""

    def filter(self, record: logging.LogRecord) -> bool:
        return STILL_RUNNING not in record.getMessage()


def watch_scheduler(scheduler: BaseScheduler, tell: Callable[[str], None]) -> None:
    """Tell of runs that broke off or were missed; a run that is left out is no news."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(one, StillRunning) for one in logger.filters):
            logger.addFilter(StillRunning())

    def told(event: JobExecutionEvent) -> None:
        if event.code == EVENT_JOB_MISSED:
            tell(f"{event.job_id} was not run at {event.scheduled_run_time:%H:%M:%S}: too busy.")
        else:
            kind = type(event.exception).__name__
            tell(f"{event.job_id} broke off in an unforeseen way ({kind}). See the log.")

    scheduler.add_listener(told, EVENT_JOB_ERROR | EVENT_JOB_MISSED)


def utc_now() -> datetime:
    """Now, for the scheduler, whose clock is always the machine's."""
    return datetime.now(UTC)
