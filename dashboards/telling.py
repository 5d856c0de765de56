"""Alerts and requests put into words: what, where, which figure, since when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from dashboards import format as fmt
from dashboards.places import area_title
from dashboards.text import Words
from domain.area import Area, Level
from domain.dossier import local_day
from domain.errors import AreaError
from domain.period import Span, label
from metrics.catalogue import Metric
from metrics.rules import Rules
from store.state.alerts import PROGRAM, Key, Seen
from store.state.explanations import Figures, Subject


@dataclass(frozen=True)
class Telling:
    """The words of one language about what stands in the book.

    `titles` are those of sources, `names` those of people and `organisations` those of offices,
    by id.
    """

    rules: Rules
    words: Words
    titles: Mapping[str, str]
    names: Mapping[str, str]
    organisations: Mapping[str, str] = field(default_factory=dict)

    def title(self, key: Key) -> str:
        """What the rule is called; one that is gone goes by its id."""
        rule = self.rules.alerts.get(key.rule)
        return rule.name[self.words.language] if rule else key.rule

    def is_in_force(self, key: Key) -> bool:
        """Whether the rule of an alert still holds."""
        rule = self.rules.alerts.get(key.rule)
        return rule is not None and rule.enabled

    def metric(self, name: str) -> Metric | None:
        """A metric, unless it is no longer in the catalogue."""
        return self.rules.catalogue.metrics.get(name)

    def metric_name(self, name: str) -> str:
        """What a metric is called; one that is gone goes by its id."""
        metric = self.metric(name)
        return metric.name[self.words.language] if metric else name

    def area(self, area_id: str) -> Area | None:
        """An area, unless the register does not know it."""
        try:
            return self.rules.register.get(area_id) if area_id else None
        except AreaError:
            return None

    def place(self, area_id: str, organisation: str, source: str) -> str:
        """Where: the area, the organisation, the source, as far as they are named."""
        parts = [
            self._area_title(area_id),
            self.organisations.get(organisation, organisation),
            self.titles.get(source, source),
        ]
        return " · ".join(part for part in parts if part)

    def _area_title(self, area_id: str) -> str:
        """The area's name, and of a commune the province's: many communes share a name."""
        area = self.area(area_id)
        if area is None:
            return area_id
        above = self.rules.register.ancestors(area_id)
        province = above.get(Level.PROVINCE)
        if province is None or province == area_id:
            return area_title(area)
        return f"{area_title(area)}, {area_title(self.rules.register.get(province))}"

    def place_of(self, key: Key) -> str:
        """Where an alert is."""
        return self.place(key.area_id, key.organisation, key.source)

    def subject_place(self, subject: Subject) -> str:
        """Where the figure of a request is."""
        return self.place(subject.area_id, subject.organisation, subject.source)

    def found(self, key: Key, seen: Seen) -> str:
        """What was seen, in a sentence."""
        if not key.metric:
            return self.words(f"freshness.{seen.freshness}_long") if seen.freshness else ""
        if told := (seen.told_vi if self.words.language == "vi" else seen.told_en):
            return told
        bound = self._bound(key, seen)
        return f"{self.metric_name(key.metric)}: {self.value(key.metric, seen)}{bound}"

    def _bound(self, key: Key, seen: Seen) -> str:
        metric, rule = self.metric(key.metric), self.rules.alerts.get(key.rule)
        if seen.bound is None or rule is None:
            return ""
        side = "above" if rule.above is not None else "below"
        bound = fmt.goal(seen.bound, metric.unit if metric else "", self.words.language)
        return self.words(f"alerts.{side}", bound=bound)

    def value(self, name: str, seen: Seen | Figures) -> str:
        """A figure with what it is made of: "82,1 % (32 / 39)"."""
        metric, language = self.metric(name), self.words.language
        shown = fmt.shown(seen.value, metric.unit if metric else "", language)
        if seen.value is not None and metric is not None and metric.unit != "percent":
            shown = f"{shown} {metric.unit_name(language)}"
        parts = fmt.fraction(seen.numerator, seen.denominator, language)
        return f"{shown} ({parts})" if parts else shown

    def period(self, first: date | None, end: date | None) -> str:
        """A period by its days."""
        if first is None or end is None:
            return ""
        return label(Span(first, end), None, self.words.language)

    def actor(self, name: str) -> str:
        """Who did something."""
        if name == PROGRAM:
            return self.words("alerts.program")
        if name == "guest":
            return self.words("account.guest")
        return self.names.get(name, name)

    def at(self, moment: datetime) -> str:
        """An instant."""
        return fmt.instant(moment, self.words.language)

    def waited(self, since: datetime, now: datetime) -> str:
        """For how many working days something has been so."""
        days = self.rules.calendar.likely_between(local_day(since), local_day(now))
        return self.words("alerts.days", days=days) if days else self.words("alerts.today")
