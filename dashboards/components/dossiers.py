"""Single dossiers: the table of a list, the table of its groups, and one dossier's own course."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from dashboards import format as fmt
from dashboards.components.head import panel_head
from dashboards.components.markup import Content, Tree, tag
from dashboards.components.table import table
from dashboards.selection import View
from dashboards.text import Words
from domain.dossier import VIETNAM, Verdict
from metrics.dossiers import DossierLife, DossierRow
from metrics.drill import Group
from metrics.selection import By

STATES = {
    Verdict.EARLY: "met",
    Verdict.ON_TIME: "met",
    Verdict.LATE: "missed",
    Verdict.OVERDUE: "missed",
}
"""The mark beside a verdict; all others are neither good nor bad."""
WITHOUT_TERM = (Verdict.REFUSED, Verdict.WITHDRAWN, Verdict.NOT_RECEIVED)
SHORT_HASH = 12


@dataclass(frozen=True)
class Shown:
    """A dossier with its address and the names of its codes."""

    row: DossierRow
    href: str
    procedure: str
    organisation: str
    area: str


# ---- a list


def dossier_table(
    rows: Sequence[Shown], view: View, words: Words, *, has_shares: bool = False
) -> Tree:
    """The rows of a list; a heading that can sort is a link, the code leads to the dossier."""
    columns = [
        ("code", "code", "code", False),
        ("procedure", "procedure", "procedure", False),
        ("organisation", "organisation", "organisation", False),
        ("area", "area", "area", False),
        ("received", "newest", "received", False),
        ("due", "due", "due", False),
        ("late", "late", "left", False),
        ("state", "", "", False),
        *([("share", "", "", True)] if has_shares else []),
    ]
    heads = [
        _heading(name, first, second, view, words, is_number=is_number)
        for name, first, second, is_number in columns
    ]
    names = [words(f"dossiers.col_{name}") for name, *_ in columns]
    body = [_row(one, names, words, has_shares=has_shares) for one in rows]
    return tag(
        "div",
        tag(
            "table",
            tag("caption", words("dossiers.caption"), cls="ioc-sr"),
            tag("thead", tag("tr", *heads)),
            tag("tbody", *body),
            cls="ioc-table ioc-table--sticky ioc-docket__table",
        ),
        cls="ioc-table-wrap",
        tabindex=0,
        role="region",
        aria_label=words("dossiers.heading"),
    )


def _heading(
    name: str, first: str, second: str, view: View, words: Words, *, is_number: bool
) -> Tree:
    """A column's heading; chosen once it sorts one way, chosen again the other."""
    text = words(f"dossiers.col_{name}")
    kind = "ioc-num" if is_number else None
    if not first:
        return tag("th", text, scope="col", cls=kind)
    wanted = second if view.sort == first else first
    sorted_by = {first: "descending", second: "ascending"}.get(view.sort)
    if first == second:
        sorted_by = "ascending" if view.sort == first else None
    link = tag("a", text, href=view.href(sort=wanted, number=1), cls="ioc-docket__sort")
    return tag("th", link, scope="col", cls=kind, aria_sort=sorted_by)


def _row(one: Shown, names: Sequence[str], words: Words, *, has_shares: bool) -> Tree:
    row, language = one.row, words.language
    procedure: list[Content] = [
        tag("span", one.procedure, cls="ioc-docket__name"),
        tag("span", row.procedure_code, cls="ioc-docket__code")
        if row.procedure_code not in ("", one.procedure)
        else None,
    ]
    cells: list[list[Content]] = [
        procedure,
        [one.organisation],
        [one.area],
        [_day(row.received_at, language)],
        [_day(row.due_at, language)],
        [days_text(row, words)],
        [verdict_mark(row.verdict, words)],
    ]
    if has_shares:
        cells.append([fmt.number(row.weight, 0, language)])
    link = tag("a", row.dossier_code, href=one.href)
    rest = [
        tag("td", *content, data_label=name) for name, content in zip(names[1:], cells, strict=True)
    ]
    return tag("tr", tag("th", link, scope="row"), *rest)


def _day(moment: datetime | None, language: str) -> str:
    return fmt.day(moment.astimezone(VIETNAM).date() if moment else None, language)


def days_text(row: DossierRow, words: Words) -> str:
    """`muộn 3 ngày`, `còn 2 ngày`, `hạn hôm nay`: in working days; in a pause none runs."""
    if row.verdict is Verdict.PAUSED:
        start = max((start for start, end in row.paused if end is None), default=None)
        return words("dossiers.paused_since", day=fmt.day(start, words.language))
    if row.verdict in WITHOUT_TERM:
        return fmt.MISSING
    if row.due_at is None:
        return words("dossiers.no_due")
    if row.days_late is None:
        return words("dossiers.no_calendar")
    days, is_open = abs(row.days_late), row.ended_day is None
    if row.days_late > 0:
        key = "late"
    elif row.days_late == 0:
        is_overdue = row.verdict is Verdict.OVERDUE
        key = ("just_over" if is_overdue else "today") if is_open else "on_day"
    else:
        key = "left" if is_open else "early"
    return words(f"dossiers.days_{key}", days=fmt.number(days, 0, words.language))


def verdict_mark(verdict: Verdict, words: Words) -> Tree:
    """What a dossier is, as a shape and words."""
    return tag(
        "span",
        tag("span", cls="ioc-status__mark", aria_hidden="true"),
        tag("span", words(f"verdict.{verdict}"), cls="ioc-status__word"),
        cls=f"ioc-status ioc-status--{STATES.get(verdict, 'unknown')}",
    )


# ---- groups


def group_table(
    by: By, groups: Sequence[tuple[str, str, Group]], words: Words, *, has_late: bool
) -> Tree:
    """How many dossiers each has and how late its latest is; a name narrows the list to it."""
    rows: list[list[Content]] = [
        [
            tag("a", name, href=href) if href else name,
            fmt.number(one.dossiers, 0, words.language),
            *([_most_late(one, words)] if has_late else []),
        ]
        for name, href, one in groups
    ]
    columns = [(words(f"dossiers.col_{by}"), False), (words("dossiers.col_count"), True)]
    if has_late:
        columns.append((words("dossiers.col_most_late"), True))
    return table(words(f"dossiers.by_{by}"), columns, rows, "ioc-table--dense")


def _most_late(group: Group, words: Words) -> str:
    is_late = group.most_late is not None and group.most_late > 0
    return fmt.number(group.most_late if is_late else None, 0, words.language)


# ---- one dossier


def life_panels(life: DossierLife, shown: Shown, titles: Mapping[str, str], words: Words) -> Tree:
    """What it is, its course, and where what is known of it comes from."""
    return tag(
        "div",
        _panel(words("dossiers.facts"), "", _facts(shown, words)),
        _panel(words("dossiers.course"), words("dossiers.course_note"), _course(life, words)),
        _panel(words("dossiers.origin"), "", _origin(life, titles, words)),
        cls="ioc-docket__life",
    )


def _panel(title: str, note: str, content: Tree) -> Tree:
    return tag(
        "section",
        tag("div", *panel_head(title, note), cls="ioc-panel__head"),
        tag("div", content, cls="ioc-panel__body"),
        cls="ioc-panel",
    )


def _facts(shown: Shown, words: Words) -> Tree:
    row, language = shown.row, words.language
    channel = f"channel.{row.channel}"
    facts: list[tuple[str, Content]] = [
        ("state", verdict_mark(row.verdict, words)),
        ("late", days_text(row, words)),
        ("procedure", f"{shown.procedure} ({row.procedure_code})" if row.procedure_code else ""),
        ("field", row.field_name or row.field_code),
        ("channel", words(channel) if channel in words else row.channel),
        ("organisation", shown.organisation),
        ("area", shown.area),
        ("received", fmt.instant(row.received_at, language)),
        ("due", fmt.instant(row.due_at, language)),
        ("finished", fmt.instant(row.finished_at, language)),
        ("status", _status(row.status, words)),
        ("supplements", None if row.supplements is None else str(row.supplements)),
    ]
    return _list((words(f"dossiers.col_{name}"), content) for name, content in facts)


def _status(status: int | None, words: Words) -> str:
    if status is None:
        return fmt.MISSING
    told = words(f"standing.{status}")
    return f"{status} · {told}"


def _list(facts: Iterator[tuple[str, Content]]) -> Tree:
    rows: list[Tree] = []
    for name, content in facts:
        if content:
            rows += [tag("dt", name), tag("dd", content)]
    return tag("dl", *rows, cls="ioc-definition__facts")


def _course(life: DossierLife, words: Words) -> Tree:
    """Everything that happened and is promised, oldest first."""
    happened = sorted(_moments(life, words), key=lambda one: (one[0], one[1] == "due"))
    items = [
        tag(
            "li",
            tag("time", _when(moment, words), datetime=moment.isoformat(), cls="ioc-course__when"),
            tag("span", text, cls="ioc-course__what"),
            cls=f"ioc-course__item ioc-course__item--{kind}",
        )
        for moment, kind, text in happened
    ]
    return tag("ol", *items, cls="ioc-course")


def _when(moment: datetime, words: Words) -> str:
    """A pause is told by its day alone, and stands after what happened on it."""
    local = moment.astimezone(VIETNAM)
    is_day = local.time() == time.max
    return fmt.day(local.date(), words.language) if is_day else fmt.instant(moment, words.language)


def _moments(life: DossierLife, words: Words) -> Iterator[tuple[datetime, str, str]]:
    row = life.row
    told: list[tuple[str, datetime | None, str]] = [
        ("submitted", row.submitted_at, "step"),
        ("reception_due", row.reception_due_at, "due"),
        ("received", row.received_at, "step"),
        ("due", row.due_at, "due"),
        ("finished", row.finished_at, "end"),
        ("returned", row.returned_at, "end"),
        ("refused", row.refused_at, "end"),
        ("withdrawn", row.withdrawn_at, "end"),
    ]
    for name, moment, kind in told:
        if moment is not None:
            yield moment, kind, words(f"dossiers.at_{name}")
    for start, end in row.paused:
        yield _end_of(start), "pause", words("dossiers.at_paused")
        if end is not None:
            yield _end_of(end), "pause", words("dossiers.at_resumed")
    for moment, status in life.steps:
        yield moment, "step", words("dossiers.at_step", status=_status(status, words))


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, VIETNAM)


def _origin(life: DossierLife, titles: Mapping[str, str], words: Words) -> Tree:
    came, language = life.provenance, words.language
    hashes = [tag("code", one[:SHORT_HASH], title=one) for one in came.origins[:5]]
    facts: list[tuple[str, Content]] = [
        ("source", titles.get(came.source, came.source)),
        ("batch", words("dossiers.batch_no", number=came.batch_id)),
        ("booked", fmt.instant(came.booked_at, language)),
        ("known", fmt.instant(came.known_from, language)),
        ("hash", tag("span", *hashes, cls="ioc-docket__hashes") if hashes else None),
        ("counting", tag("code", came.counting[:SHORT_HASH], title=came.counting)),
    ]
    return _list((words(f"dossiers.from_{name}"), content) for name, content in facts)
