"""A plan: which pack goes to whom, on which days, and how long late data are waited for."""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from dashboards.digests.recipients import ADDRESS, ID, Recipient
from domain.calendar import WorkingCalendar
from domain.dossier import VIETNAM
from domain.errors import ExportError
from domain.period import DAY

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
ON = re.compile(rf"workdays|{'|'.join(WEEKDAYS)}|[1-9]|[12]\d|3[01]")
USUAL_WAIT = timedelta(minutes=45)
MOST_ADDRESSES = 20
Kind = Literal["pptx", "pdf", "docx", "xlsx"]


class Plan(BaseModel):
    """What is arranged.

    `recipe` and `area` as packs name them. `on` is "workdays", a weekday ("mon" … "fri") or a day
    of the month ("1" … "31"; the last one where a month is shorter); what falls on a day off goes
    on the next working day. Made at `at`; while data are late it is held, at the longest `until`.
    `to` are e-mail addresses, or names of stanzas in config/recipients.toml.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    recipe: str = Field(min_length=1, max_length=60)
    area: str | None = Field(default=None, max_length=40)
    on: str = "workdays"
    at: time = time(7, 0)
    until: time = time(7, 45)
    to: tuple[str, ...] = Field(min_length=1, max_length=MOST_ADDRESSES)
    forms: tuple[Kind, ...] = Field(default=("pptx", "pdf"), min_length=1)
    language: Literal["vi", "en"] = "vi"

    @model_validator(mode="before")
    @classmethod
    def _usual_wait(cls, given: Any) -> Any:
        """Whoever names only the hour waits for late data as long as usual."""
        if not isinstance(given, dict) or given.get("until") or not given.get("at"):
            return given
        try:
            at = time.fromisoformat(str(given["at"]))
        except ValueError:
            return given
        later = datetime.combine(date.min, at) + USUAL_WAIT
        return {**given, "until": later.time() if later.date() == date.min else time(23, 59)}

    @field_validator("on")
    @classmethod
    def _days(cls, on: str) -> str:
        if not ON.fullmatch(on):
            raise ValueError(f"'{on}' is not workdays, {', '.join(WEEKDAYS)} or a day 1 to 31.")
        return on

    @field_validator("to")
    @classmethod
    def _recipients(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for one in given:
            if not (ADDRESS.fullmatch(one) or ID.fullmatch(one)) or len(one) > 254:
                raise ValueError(f"'{one}' is neither an e-mail address nor a recipient's name.")
        return tuple(dict.fromkeys(given))

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.at.tzinfo or self.until.tzinfo or not self.at <= self.until:
            raise ValueError("until is before at, the hour of sending.")
        return self

    @property
    def written(self) -> str:
        """The plan as it is kept."""
        return self.model_dump_json()

    def addresses(self, recipients: Iterable[Recipient]) -> tuple[str, ...]:
        """The e-mail addresses, each once. Raises ExportError for a name nobody has."""
        named = {one.id: one.email for one in recipients}
        found: list[str] = []
        for one in self.to:
            if "@" not in one and not named.get(one):
                raise ExportError(f"config/recipients.toml names no '{one}' with an address.")
            found += named[one] if "@" not in one else [one]
        return tuple(dict.fromkeys(found))

    @property
    def chosen(self) -> tuple[str, ...]:
        """The addresses people wrote themselves."""
        return tuple(one for one in self.to if "@" in one)

    # ---- days

    def next_at(self, after: datetime, calendar: WorkingCalendar) -> datetime:
        """The first moment after another at which it is due."""
        local = after.astimezone(VIETNAM)
        day = local.date() if local.time() < self.at else local.date() + DAY
        while not self.is_day(day, calendar):
            day += DAY
        return datetime.combine(day, self.at, VIETNAM)

    def until_on(self, day: date) -> datetime:
        """Until when late data are waited for on one of its days."""
        return datetime.combine(day, self.until, VIETNAM)

    def is_day(self, day: date, calendar: WorkingCalendar) -> bool:
        """Whether it is due on a day: a working day that is meant, or first after one off."""
        if not calendar.is_likely_working(day):
            return False
        meant = day
        while not self._is_meant(meant):
            meant -= DAY
            if calendar.is_likely_working(meant):
                return False
        return True

    def _is_meant(self, day: date) -> bool:
        if self.on == "workdays":
            return True
        if self.on in WEEKDAYS:
            return day.weekday() == WEEKDAYS.index(self.on)
        return day.day == min(int(self.on), monthrange(day.year, day.month)[1])


def plan_from(given: Any) -> Plan:
    """The plan in a document. Raises ExportError that names the key and what is wrong."""
    try:
        return Plan.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"][:1])
        said = first["msg"].removeprefix("Value error, ")
        raise ExportError(f"{key}: {said}" if key else said) from None


def plan_kept(text: str) -> Plan:
    """The plan that was kept."""
    return Plan.model_validate_json(text)
