"""Asking only for what changed: windows of time, and how far the last run got.

The mark of a source never lies ahead of what was seen, nor ahead of our own clock: a system
whose clock is fast would else hide what it says afterwards.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from datasources.base import Frozen
from datasources.reading.dates import form_of

FROM, UNTIL = "{from}", "{until}"
YEAR_MINUTES = 366 * 24 * 60
TOKEN = re.compile("yyyy|MM|dd|HH|mm|ss|f|Z|M|d|H")


class Changes(Frozen):
    """How a source is asked for what changed.

    Where a source has no parameter for each end but a filter, `expression` is that filter with
    {from} and {until} in it, and `from_parameter` carries it. `form` is how an instant is
    written, `days` the longest stretch for one question, `column` where an item tells when it
    last changed.
    """

    from_parameter: str
    until_parameter: str = ""
    expression: str = ""
    form: str = "yyyy-MM-ddTHH:mm:ssZ"
    days: int | None = Field(default=None, ge=1, le=3660)
    since: date = date(2000, 1, 1)
    overlap_minutes: int = Field(default=60, ge=0, le=YEAR_MINUTES)
    column: str = ""

    @field_validator("form")
    @classmethod
    def _known(cls, form: str) -> str:
        if form not in ("epoch", "epoch_ms"):
            form_of(form)
        return form

    @model_validator(mode="after")
    def _ends_its_windows(self) -> "Changes":
        if self.days and not (self.until_parameter or UNTIL in self.expression):
            raise ValueError("days needs until_parameter, the name that carries a window's end")
        if self.expression and FROM not in self.expression:
            raise ValueError(f"expression lacks {FROM}, the beginning of what is asked for")
        return self


class Window(NamedTuple):
    """From `begin` up to `until`; the last one reaches up to now."""

    begin: datetime
    until: datetime
    last: bool


def windows(
    changes: Changes,
    known: datetime | None,
    now: datetime,
    zone: ZoneInfo,
    reread_from: datetime | None = None,
) -> Iterator[Window]:
    """The stretches to ask for, one after the other.

    Everything before `known` was read, save for the overlap; from `reread_from` on it is read
    once more.
    """
    begin = datetime.combine(changes.since, time.min, zone).astimezone(UTC)
    if known is not None:
        again = known - timedelta(minutes=changes.overlap_minutes)
        begin = max(begin, min(again, reread_from or again))
    while changes.days and begin + timedelta(days=changes.days) < now:
        until = begin + timedelta(days=changes.days)
        yield Window(begin, until, last=False)
        begin = until
    yield Window(begin, now, last=True)


def parameters(changes: Changes, window: Window, zone: ZoneInfo) -> dict[str, str]:
    """What a question adds to be asked about one window."""
    begin = written(window.begin, changes.form, zone)
    until = written(window.until, changes.form, zone)
    if changes.expression:
        filled = changes.expression.replace(FROM, begin).replace(UNTIL, until)
        return {changes.from_parameter: filled}
    ends = {changes.until_parameter: until} if changes.until_parameter else {}
    return {changes.from_parameter: begin, **ends}


def written(moment: datetime, form: str, zone: ZoneInfo) -> str:
    """An instant as a source wants it."""
    if form in ("epoch", "epoch_ms"):
        return str(int(moment.timestamp() * (1000 if form == "epoch_ms" else 1)))
    local = moment.astimezone(zone)
    offset = local.strftime("%z")
    parts = {
        "yyyy": f"{local:%Y}",
        "MM": f"{local:%m}",
        "dd": f"{local:%d}",
        "HH": f"{local:%H}",
        "mm": f"{local:%M}",
        "ss": f"{local:%S}",
        "f": f"{local:%f}"[:3],
        "Z": "Z" if offset == "+0000" else f"{offset[:3]}:{offset[3:]}",
        "M": str(local.month),
        "d": str(local.day),
        "H": str(local.hour),
    }
    return TOKEN.sub(lambda match: parts[match.group()], form)
