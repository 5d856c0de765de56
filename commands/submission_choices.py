"""The forms that people may fill in: what `config/sources.toml` asks for, in the catalogue's words.

Which areas and periods there are to choose from follows from the form, the register and the scope
of whoever asks; what lies outside it does not exist.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from dashboards.submitting import Asked, Choice, FormInfo, Option, Refused
from datasources.config import read_sources
from datasources.kinds.submission_forms import (
    Asks,
    Form,
    Item,
    Place,
    period_key,
    period_of,
    recent_periods,
)
from datasources.kinds.submission_template import template
from datasources.kinds.submissions import SubmissionsConfig, areas_meant
from domain.area import Area, AreaRegister, Level
from domain.dossier import local_day
from domain.errors import IocError
from domain.period import Grain, Span, label
from domain.scope import Scope
from metrics.metric import Metric
from metrics.rules import Rules
from metrics.words import words

OFFERED = {Grain.MONTH: 24, Grain.QUARTER: 12, Grain.YEAR: 6}
COUNTED_IN_PARTS = ("dong",)
SEVERAL = {
    "vi": "{area}: tất cả {number} {level}",
    "en": "{area}: all {number} {level}",
}
LEVELS = {
    "vi": {"province": "tỉnh, thành phố", "district": "huyện", "commune": "xã, phường, đặc khu"},
    "en": {"province": "provinces", "district": "districts", "commune": "communes"},
}


Choices = dict[str, tuple[str, tuple[Area, ...]]]
"""What may be chosen, by its key: its name and its areas."""


@dataclass(frozen=True)
class Meant:
    """A choice, looked up: its stanza, its period, and the areas it has rows for."""

    choice: Choice
    config: SubmissionsConfig
    span: Span
    name: str
    areas: tuple[Area, ...]


class FormChoices:
    """The forms of one home. `now` is its clock, `rules` what the catalogue says now."""

    def __init__(self, home: Path, rules: Callable[[], Rules], now: Callable[[], datetime]) -> None:
        self.home = home
        self._rules = rules
        self._now = now

    def forms(self, language: str) -> Sequence[FormInfo]:
        return [self._info(key, config, language) for key, config in self._configs.items()]

    def periods(self, form: str, language: str) -> Sequence[Option]:
        config = self._config(form)
        grain = Grain(config.grain)
        return [
            Option(
                period_key(span, grain, config.calendar),
                label(span, grain, language, config.calendar),
            )
            for span in self._recent(config)
        ]

    def usual_period(self, form: str) -> str:
        config = self._config(form)
        _, last, *_ = self._recent(config)
        return period_key(last, Grain(config.grain), config.calendar)

    def areas(self, form: str, period: str, scope: Scope, language: str) -> Sequence[Option]:
        config = self._config(form)
        choices = self._choices(form, config, self._span(config, period), scope, language)
        return [Option(key, name) for key, (name, _) in choices.items()]

    def asked(self, choice: Choice, scope: Scope, language: str) -> Asked:
        meant = self._meant(choice, scope, language)
        form = self._form(meant, language)
        rows = sum(1 for _ in form.rows())
        return Asked(
            form.title, form.period_name, form.area_name, len(form.items), len(form.places), rows
        )

    def template(self, choice: Choice, scope: Scope) -> bytes:
        return template(self._form(self._meant(choice, scope, "vi"), "vi"))

    # ---- looking up --------------------------------------------------------------------------

    @property
    def _configs(self) -> Mapping[str, SubmissionsConfig]:
        """The forms that are configured now; none while the configuration cannot be read."""
        try:
            sources = read_sources(self.home)
        except IocError:
            return {}
        return {
            key: config for key, config in sources.items() if isinstance(config, SubmissionsConfig)
        }

    def _config(self, form: str) -> SubmissionsConfig:
        configs = self._configs
        if form not in configs:
            raise Refused("no_form", form=form[:60])
        return configs[form]

    def _info(self, key: str, config: SubmissionsConfig, language: str) -> FormInfo:
        return FormInfo(
            key,
            _title(key, config, language),
            config.owner,
            config.metrics,
            self._misfit(config),
        )

    def _misfit(self, config: SubmissionsConfig) -> str:
        """What is wrong with the metrics of a form, as its stanza should be told; or nothing."""
        catalogue = self._rules().catalogue
        order = list(Grain)
        for name in config.metrics:
            if name not in catalogue:
                return f"metrics: there is no metric '{name}'."
            metric = catalogue.metric(name)
            if metric.record != "observation":
                return f"metrics: '{name}' is counted from {metric.record} records."
            if order.index(metric.smallest_grain) > order.index(Grain(config.grain)):
                return f"grain: '{name}' is not told by the {config.grain}."
        return ""

    def _recent(self, config: SubmissionsConfig) -> list[Span]:
        grain = Grain(config.grain)
        return recent_periods(local_day(self._now()), grain, config.calendar, OFFERED[grain])

    def _span(self, config: SubmissionsConfig, period: str) -> Span:
        span = period_of(period, Grain(config.grain), config.calendar)
        recent = self._recent(config)
        if span is None or not recent[-1].start <= span.start <= recent[0].start:
            raise Refused("no_period", period=period[:60])
        return span

    def _choices(
        self, form: str, config: SubmissionsConfig, span: Span, scope: Scope, language: str
    ) -> Choices:
        """What may be chosen, with its name and areas: several at once, then each by itself."""
        several: Choices = {}
        single: Choices = {}
        # Communes of several provinces may bear one name.
        is_wide = len({text.partition("/")[0] for text in config.areas}) > 1
        for text in config.areas:
            try:
                found = areas_meant(form, text, self._register, span.last_day)
            except IocError:
                raise Refused("no_areas", form=form) from None
            mine = [one for one in found if scope.allows(one.area_id, self._register)]
            for area in mine:
                around = self._around(area, span.last_day) if is_wide else ""
                single[area.code] = f"{_name(area, span.last_day)}{around}", (area,)
            if len(mine) > 1:
                several[text.replace("/", "-")] = self._several(text, mine, span, language)
        return {**several, **single}

    def _around(self, area: Area, day: date) -> str:
        """The province that an area lies in, after a comma; nothing for a province."""
        above = self._register.ancestors(area.area_id, day).get(Level.PROVINCE, area.area_id)
        if above == area.area_id:
            return ""
        return f", {_name(self._register.get(above), day)}"

    def _several(
        self, text: str, areas: Sequence[Area], span: Span, language: str
    ) -> tuple[str, tuple[Area, ...]]:
        code, _, level = text.partition("/")
        around = self._register.at(code, span.last_day)
        name = SEVERAL[language].format(
            area=_name(around, span.last_day), number=len(areas), level=LEVELS[language][level]
        )
        return name, tuple(areas)

    def _meant(self, choice: Choice, scope: Scope, language: str) -> Meant:
        config = self._config(choice.form)
        if self._misfit(config):
            raise Refused("misfit", form=choice.form)
        span = self._span(config, choice.period)
        choices = self._choices(choice.form, config, span, scope, language)
        if choice.area not in choices:
            raise Refused("no_area", area=choice.area[:60])
        return Meant(choice, config, span, *choices[choice.area])

    def _form(self, meant: Meant, language: str) -> Form:
        config, span = meant.config, meant.span
        catalogue = self._rules().catalogue
        return Form(
            source=meant.choice.form,
            title=_title(meant.choice.form, config, language),
            owner=config.owner,
            period=meant.choice.period,
            period_name=label(span, Grain(config.grain), language, config.calendar),
            area=meant.choice.area,
            area_name=meant.name,
            items=tuple(_item(catalogue.metric(name), language) for name in config.metrics),
            places=tuple(
                Place(one.area_id, one.code, _name(one, span.last_day), one.level.value)
                for one in meant.areas
            ),
        )

    @cached_property
    def _register(self) -> AreaRegister:
        return self._rules().register


# ---- words -----------------------------------------------------------------------------------


def _title(key: str, config: SubmissionsConfig, language: str) -> str:
    if config.title is None:
        return key
    return config.title.vi if language == "vi" else config.title.en


def _name(area: Area, day: date) -> str:
    name = area.version(day).full_name
    return name[:1].upper() + name[1:]


def _item(metric: Metric, language: str) -> Item:
    """A metric as a form asks for it."""
    spoken = words()
    asks = _asks(metric)
    return Item(
        metric=metric.id,
        name=metric.name[language],
        unit=metric.unit_name(language),
        asks=asks,
        percent=metric.unit == "percent",
        whole=metric.unit not in COUNTED_IN_PARTS,
        levels=tuple(level.value for level in metric.levels),
        numerator=spoken.sum_of(metric.numerator, language) if asks != "score" else "",
        denominator=spoken.sum_of(metric.denominator, language),
        meaning=metric.meaning[language],
        explanation=metric.explanation(language),
        basis=metric.legal_basis[language],
    )


def _asks(metric: Metric) -> Asks:
    """Which numbers a metric is made of; a printed rate may do where only that is known."""
    if metric.formula.id == "score":
        return "score"
    if not metric.is_rate:
        return "count"
    return "rate" if metric.is_looked_up and metric.unit == "percent" else "ratio"
