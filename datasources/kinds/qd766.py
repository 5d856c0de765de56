"""Scores of the national portal by Decision 766/QĐ-TTg: uploaded exports, or its own answer.

Scores are what was published for that area and period. They are never added, never averaged and
never worked out here. What the portal leaves empty stays empty, for that is not a score of 0.

The portal may be asked itself only where `live` is set and `consent` cites the leave that was
given: one question a run, at most once a day for one period, and none after a refusal.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from pydantic import Field, model_validator

from datasources.base import Document, Note, Order, Parsed, Reading, Record, SourceConfig
from datasources.kinds.figures import Authorities, FigureError, Figures, figures, is_over
from datasources.kinds.items import decoded
from datasources.reading.client import Client
from datasources.reading.files import new_files
from domain.dossier import local_day
from domain.errors import SourceError
from domain.period import Span, add_months

SCHEME = "qd766_2022"
SERVICE = "/api/v1/reporting/evaluation/service-results"
ANSWERED = 201
TOLERATED = 5
PASSED_OVER = "Departments are scored too: their scores are not those of an area."
DEEPEST = 6
MOST = 20_000
ROUNDING = 0.06
"""Published scores have two decimals, and six of them are added up."""

GROUPS: Mapping[str, tuple[str, int]] = {
    "CKMB": ("qd766_ckmb", 18),
    "TDGQ": ("qd766_tdgq", 20),
    "MDSH": ("qd766_mdsh", 22),
    "CLGQ": ("qd766_clgq", 12),
    "TTTT": ("qd766_tttt", 10),
    "MDHL": ("qd766_mdhl", 18),
}
"""The portal's groups, the metric of each, and its highest score."""

COMPONENTS: Mapping[str, str] = {
    "PUBLISH_ON_TIME": "publish_on_time_rate",
    "PUBLIC_UPDATE_ON_TIME": "publish_update_on_time_rate",
    "PUBLIC_CONTENT_FULL": "publish_content_full_rate",
    "DOSSIER_SYNC": "dossier_sync_rate",
    "ORIGINAL_RESULT_AVAILABLE": "electronic_result_rate",
    "SO_HOA_GIAY_TO_GIAI_QUYET": "digitised_component_rate",
    "ELECTRONIC_CERTIFIED_COPY": "electronic_certified_copy_rate",
    "REUSED_DIGITIZED_DATA": "reuse_rate",
    "SYNCED_WITH_DVCQG_PERSONAL_STORAGE": "personal_storage_sync_rate",
    "CITIZEN_DATA_CONNECTED_DOSSIER": "population_linked_dossier_rate",
    "CITIZEN_DATA_CONNECTED_FORMALITY": "population_linked_procedure_rate",
    "DOSSIER_RECEIVING_SATISFACTION": "applicant_satisfaction_rate",
    "PETITION_PROCESSING_ON_TIME": "feedback_on_time_rate",
    "PETITION_HANDLING_SATISFACTION": "feedback_satisfaction_rate",
}
"""Components whose counts are those of a metric; the portal's figure stands beside ours."""

PERIOD = re.compile(r"(20\d{2})(?:[-_]?(?:([01]\d)|[qQ]([1-4])))?(?!\d)")

Count = Annotated[float, msgspec.Meta(ge=0, le=10**12)]
Score = Annotated[float, msgspec.Meta(ge=-0.01, le=100.01)]


class Qd766Config(SourceConfig):
    """Keys of a folder of exports, or of the portal itself."""

    kind: Literal["qd766"]
    path: str | None = None
    live: bool = False
    consent: str = ""
    url: str | None = None
    allow_http: bool = False
    networks: tuple[str, ...] = ()
    department: str = ""
    page_size: int = Field(default=200, ge=1, le=200)

    @model_validator(mode="after")
    def _asks_only_with_leave(self) -> "Qd766Config":
        if not self.live:
            if self.path is None:
                raise ValueError("path is missing: the folder of the exports")
            return self
        if len(self.consent.strip()) < 10:
            raise ValueError("live needs consent: who allowed it, in which document, of which day")
        if not (self.url and self.department):
            raise ValueError("live needs url and department")
        return self


class Asked(msgspec.Struct, rename="camel", frozen=True):
    """The question an answer belongs to: it alone names the period."""

    time_type: Literal["month", "quarter", "year"]
    year: Annotated[int, msgspec.Meta(ge=2022, le=9998)]
    month: Annotated[int, msgspec.Meta(ge=1, le=12)] | None = None
    quarter: Annotated[int, msgspec.Meta(ge=1, le=4)] | None = None


class Component(msgspec.Struct, rename="camel", frozen=True):
    """One component of a score."""

    code: str
    numerator: Count | None = None
    denominator: Count | None = None
    ratio: float | None = None
    score: Score | None = None
    max_score: Score | None = None


class Evaluation(msgspec.Struct, rename="camel", frozen=True):
    """What one organisation was given."""

    department_code: str
    total_score: Score | None = None
    group_scores: dict[str, Score | None] = {}
    metrics: list[Component] = []
    total_received: Count | None = None
    total_on_time: Count | None = None
    channel_online_sum: Count | None = None
    channel_total_sum: Count | None = None
    total_dossier_online_payment_success: Count | None = None
    total_dossier_financial_obligation: Count | None = None
    online_dossier_count: Count | None = None
    online_service_total: Count | None = None
    total_dossier_online_formality_payment_success: Count | None = None
    total_fee_dossier_formality: Count | None = None
    total_fee_formality: Count | None = None


class Qd766:
    """Exports of the evaluation, one period each."""

    id = "qd766"
    config = Qd766Config
    records = ("observation",)
    tolerated = TOLERATED

    def fetch(self, config: Qd766Config, order: Order) -> Iterator[Document | Note]:
        """The new or changed exports; with leave, the portal's answer for the last month."""
        if config.path is not None:
            yield from new_files(config.path, order, suffixes=(".json",))
        if config.live:
            yield from _asked(config, order)

    def parse(self, document: Document, config: Qd766Config, reading: Reading) -> Iterator[Parsed]:
        """The scores of each area in one answer; rows are counted from 1.

        Raises SourceError where it is no good answer, or its period is unknown or not over.
        """
        answer = decoded(document.content, reading.source, document.name)
        span, evaluations = _opened(answer, document, reading)

        def written(item: Any, authorities: Authorities) -> Iterator[Record]:
            return _scores(item, span, authorities)

        yield from figures(evaluations, written, reading, config.within, PASSED_OVER)


KIND = Qd766()


def _opened(answer: Any, document: Document, reading: Reading) -> tuple[Span, list[Any]]:
    """The period and the evaluations of an answer in its envelope. Raises SourceError."""
    envelope = answer.get("answer", answer) if isinstance(answer, dict) else None
    if not isinstance(envelope, dict) or "code" not in envelope:
        raise _refused(document, reading, "is no answer of the portal: it has no code")
    if envelope["code"] != "OK":
        raise _refused(document, reading, "is not a good answer: its code is not OK")
    data = envelope.get("data")
    found = data.get("evaluation", data) if isinstance(data, dict) else data
    evaluations = list(_flat(found, 0))[: MOST + 1]
    if not evaluations:
        raise _refused(document, reading, "holds no evaluation")
    if len(evaluations) > MOST:
        raise _refused(document, reading, f"holds more than {MOST} evaluations")
    span = _period(answer, document, reading)
    if not _may_be_told(span, reading):
        raise _refused(document, reading, f"is of a period that ends on {span.last_day:%d/%m/%Y}")
    return span, evaluations


def _flat(node: Any, depth: int) -> Iterator[Any]:
    """Every evaluation in a list, or in a tree of parents and children."""
    if isinstance(node, list):
        for one in node:
            yield from _flat(one, depth + 1) if depth < DEEPEST else ()
    elif isinstance(node, dict) and ("parent" in node or "children" in node):
        yield from _flat([node.get("parent"), *_list(node.get("children"))], depth + 1)
        if "departmentCode" in node:
            yield node
    elif node is not None:
        yield node


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _period(answer: Mapping[str, Any], document: Document, reading: Reading) -> Span:
    """The period: of the question kept with the answer, else of the file's name."""
    if "request" in answer:
        try:
            return _span(msgspec.convert(answer["request"], Asked))
        except (msgspec.ValidationError, ValueError):
            raise _refused(document, reading, "names no period in its request") from None
    found = PERIOD.findall(document.name.rpartition("/")[2])
    if len(found) != 1:
        raise _refused(document, reading, "names no period: call it 2026-08.json, or 2026-Q3.json")
    year, month, quarter = (int(part) if part else None for part in found[0])
    kind: Literal["month", "quarter", "year"] = (
        "month" if month else "quarter" if quarter else "year"
    )
    try:
        return _span(Asked(kind, year or 0, month, quarter))
    except ValueError:
        raise _refused(document, reading, "names no month") from None


def _may_be_told(span: Span, reading: Reading) -> bool:
    """Whether its scores are published: months are when they are over, longer periods before."""
    is_month = span.days <= 31
    return is_over(span, reading) or (not is_month and span.start <= local_day(reading.now))


def _span(asked: Asked) -> Span:
    """The days of a period. Raises ValueError where its number is missing."""
    if asked.time_type == "year":
        return Span(date(asked.year, 1, 1), date(asked.year + 1, 1, 1))
    months = 1 if asked.time_type == "month" else 3
    first = asked.month if asked.time_type == "month" else 3 * (asked.quarter or 0) - 2
    start = date(asked.year, first or 0, 1)
    return Span(start, add_months(start, months))


def _scores(item: Any, span: Span, authorities: Authorities) -> Iterator[Record]:
    """The scores and component shares of one organisation. Raises FigureError."""
    one = _read(item)
    _refuse_contradictions(one)
    area = authorities.area(one.department_code, span.last_day, "departmentCode")
    told = Figures(area, span, f"Cổng Dịch vụ công quốc gia, Bộ chỉ số 766 ({SCHEME})")
    for code, (metric, highest) in GROUPS.items():
        yield from told.value(metric, one.group_scores.get(code), f"tối đa {highest} điểm")
    if not _missing(one):
        yield from told.value("qd766_total_score", one.total_score, "tối đa 100 điểm")
    for component in one.metrics:
        if component.code in COMPONENTS:
            metric = COMPONENTS[component.code]
            yield from told.ratio(metric, component.numerator, component.denominator)
    scored = [code for code in GROUPS if one.group_scores.get(code) is not None]
    points = sum(one.group_scores[code] or 0.0 for code in scored)
    highest = sum(GROUPS[code][1] for code in scored)
    yield from told.ratio("qd766_group_score", round(points, 2), highest)
    for _, metric, part, whole in _shares(one):
        yield from told.ratio(metric, part, whole)


def _shares(one: Evaluation) -> tuple[tuple[str, str, float | None, float | None], ...]:
    """Shares that are told by two counts: the field of the first, its metric, and both."""
    return (
        ("totalOnTime", "on_time_rate_qd766", one.total_on_time, one.total_received),
        ("channelOnlineSum", "online_dossier_rate", one.channel_online_sum, one.channel_total_sum),
        (
            "totalDossierOnlinePaymentSuccess",
            "online_payment_dossier_rate",
            one.total_dossier_online_payment_success,
            one.total_dossier_financial_obligation,
        ),
        (
            "onlineDossierCount",
            "services_with_online_dossier_rate",
            one.online_dossier_count,
            one.online_service_total,
        ),
        (
            "totalDossierOnlineFormalityPaymentSuccess",
            "online_payment_procedure_rate",
            one.total_dossier_online_formality_payment_success,
            one.total_fee_formality,
        ),
        (
            "totalFeeDossierFormality",
            "fee_procedures_used_rate",
            one.total_fee_dossier_formality,
            one.total_fee_formality,
        ),
    )


def _missing(one: Evaluation) -> bool:
    """Whether a group has no score: a total of five groups is not one of a hundred points."""
    return any(one.group_scores.get(code) is None for code in GROUPS)


def _refuse_contradictions(one: Evaluation) -> None:
    """Refuse scores above their maximum or unlike their sum, and parts above their whole."""
    for code, (_, highest) in GROUPS.items():
        score = one.group_scores.get(code)
        if score is not None and score > highest + ROUNDING:
            raise FigureError(f"groupScores.{code}", "contradiction", f"is above {highest}")
    if one.total_score is not None and not _missing(one):
        total = sum(one.group_scores[code] or 0.0 for code in GROUPS)
        if abs(total - one.total_score) > ROUNDING:
            raise FigureError("totalScore", "contradiction", "is not the sum of its groups")
    for each in one.metrics:
        _refuse_contradiction(each)
    for field, _, part, whole in _shares(one):
        if part is not None and whole is not None and part > whole:
            raise FigureError(field, "contradiction", "is more than the whole it is part of")


def _refuse_contradiction(one: Component) -> None:
    if (
        None not in (one.score, one.max_score)
        and (one.score or 0) > (one.max_score or 0) + ROUNDING
    ):
        raise FigureError("metrics.score", "contradiction", "is above its maxScore")
    if one.numerator is None or not one.denominator:
        return
    if one.numerator > one.denominator:
        raise FigureError("metrics.numerator", "contradiction", "is more than its denominator")
    if one.ratio is not None and abs(100 * one.numerator / one.denominator - one.ratio) > ROUNDING:
        raise FigureError("metrics.ratio", "contradiction", "is not numerator ÷ denominator")


def _read(item: Any) -> Evaluation:
    try:
        return msgspec.convert(item, Evaluation)
    except msgspec.ValidationError as error:
        words, _, place = str(error).partition(" - at ")
        field = "groupScores" if "[...]" in place else place.strip("`$.")[:60]
        raise FigureError(field, "shape", words.lower()[:120]) from None


def _asked(config: Qd766Config, order: Order) -> Iterator[Document]:
    """The portal's answer for the month before this one, unless it has been had already."""
    month = add_months(local_day(order.now).replace(day=1), -1)
    if order.cursor.get("asked") == f"{month:%Y-%m}":
        return
    question = {
        "timeType": "month",
        "year": month.year,
        "month": month.month,
        "rootDepartmentId": config.department,
        "departmentType": "ADMINISTRATIVE_UNIT",
        "currentPage": 1,
        "pageSize": config.page_size,
    }
    # One attempt: what refuses us, or asks us to slow down, is not asked again in this run.
    with Client(
        order.source,
        config.url or "",
        order.seconds,
        allow_http=config.allow_http,
        networks=config.networks,
        attempts=1,
        good=ANSWERED,
    ) as client:
        answer = client.post(SERVICE, question)
    yield Document(f"service-results {month:%Y-%m}", answer, {"asked": f"{month:%Y-%m}"})


def _refused(document: Document, reading: Reading, fact: str) -> SourceError:
    way_on = "See docs/sources/qd766.md"
    return SourceError(reading.source, f"{document.name} {fact}", way_on)
