"""A filled form before it is handed in, as trees: in words, at its cells, beside what was."""

from collections.abc import Iterator, Sequence

from dashboards import format as fmt
from dashboards.components.head import panel_head
from dashboards.components.markup import Content, Tree, tag
from dashboards.components.submissions import refusal_note
from dashboards.components.table import table
from dashboards.submitting import Choice, Figures, Preview, Problem, Refused, Row
from dashboards.text import Words

MOST_LISTED = 12
MOST_ROWS = 600
SHOWN_HASH = 12
TRIED_AGAIN = ("unkept", "full")
ORDER = ("wrong", "changed", "new", "unchanged", "empty")
MARKS = {"wrong": "missed", "changed": "near", "new": "met", "unchanged": "unknown"}


def preview_panel(seen: Preview, words: Words) -> Tree:
    """What was read: in words, each doubt at its cell, every row beside what it was before."""
    head = panel_head(words("submit.preview"), _file_note(seen, words))
    return tag(
        "section",
        tag("div", *head, cls="ioc-panel__head"),
        tag("div", *_summary(seen, words), _decision(seen, words), cls="ioc-told"),
        _rows(seen, words) if seen.rows else None,
        cls="ioc-panel ioc-panel--flush ioc-preview",
        aria_label=words("submit.preview"),
    )


def _file_note(seen: Preview, words: Words) -> str:
    return words("submit.file", sha256=seen.sha256[:SHOWN_HASH]) if seen.sha256 else ""


def _summary(seen: Preview, words: Words) -> Iterator[Tree]:
    wrong = [(row, problem) for row in seen.rows for problem in row.problems]
    number = len(wrong) + len(seen.problems)
    if number:
        count = fmt.number(number, 0, words.language)
        yield _verdict("missed", words("submit.wrong", count=count))
    else:
        yield _verdict("met", words("submit.good"))
    if wrong or not seen.problems:
        yield tag("p", _counts(seen, words), cls="ioc-told__counts")
    items = [tag("li", _whole(one, words)) for one in seen.problems]
    is_of_many = _is_of_many(seen)
    items += [
        _doubt(row, problem, words, is_of_many=is_of_many) for row, problem in wrong[:MOST_LISTED]
    ]
    if len(wrong) > MOST_LISTED:
        more = fmt.number(len(wrong) - MOST_LISTED, 0, words.language)
        items.append(tag("li", words("submit.more", count=more), cls="ioc-told__more"))
    if items:
        yield tag("ul", *items, cls="ioc-told__list")
    if seen.other is not None and _is_address(seen.other):
        yield tag(
            "p",
            tag("a", words("submit.go_other"), href=_address(seen.other), cls="ioc-button"),
        )


def _is_address(choice: Choice) -> bool:
    """Whether a foreign file's memo could be an address of ours: letters, digits, - and _."""
    parts = (choice.form, choice.period, choice.area)
    return all(one and one.replace("-", "").replace("_", "").isalnum() for one in parts)


def _address(choice: Choice) -> str:
    return f"/submit/{choice.form}/{choice.period}/{choice.area}"


def _verdict(status: str, text: str) -> Tree:
    return tag(
        "p",
        tag(
            "span",
            tag("span", cls="ioc-status__mark", aria_hidden="true"),
            tag("span", text, cls="ioc-status__word"),
            cls=f"ioc-status ioc-status--{status}",
        ),
        cls="ioc-told__verdict",
        role="alert" if status == "missed" else "status",
    )


def _counts(seen: Preview, words: Words) -> str:
    """How many rows are new, changed, as before; what is empty is missing and not 0."""
    told = [
        words(f"submit.count_{change}", count=fmt.number(number, 0, words.language))
        for change in ("new", "changed", "unchanged")
        if (number := seen.count(change))
    ]
    if missing := seen.count("empty") + seen.absent:
        told.append(words("submit.count_empty", count=fmt.number(missing, 0, words.language)))
    return " · ".join(told)


def _whole(problem: Problem, words: Words) -> str:
    return words(f"submit.problem_{problem.key}", **problem.gaps)


def _doubt(row: Row, problem: Problem, words: Words, *, is_of_many: bool) -> Tree:
    where = " · ".join(one for one in (row.metric, row.area if is_of_many else "") if one)
    return tag(
        "li",
        tag("b", problem.cell, cls="ioc-told__cell"),
        tag("span", f"{where}: " if where else "", cls="ioc-told__where"),
        _whole(problem, words),
    )


def _decision(seen: Preview, words: Words) -> Tree:
    """Submit, where nothing is wrong, or let it be."""
    cancel = tag(
        "button",
        words("submit.cancel" if seen.draft else "submit.dismiss"),
        cls="ioc-button",
        type="button",
        data_action="submit-cancel",
        data_draft=seen.draft or "-",
    )
    if not seen.draft:
        return tag("div", cancel, cls="ioc-told__actions")
    return tag("div", _confirm(seen.draft, words), cancel, cls="ioc-told__actions")


def _confirm(draft: str, words: Words) -> Tree:
    return tag(
        "button",
        words("submit.confirm"),
        cls="ioc-button ioc-button--primary",
        type="button",
        data_action="submit-confirm",
        data_draft=draft,
    )


def _rows(seen: Preview, words: Words) -> Tree:
    """The rows, those with doubts first, then what changes; columns nobody fills in left out."""
    rows = sorted(seen.rows, key=lambda row: (ORDER.index(row.change), row.row))
    used = [at for at, letter in enumerate("DEF") if any(letter in row.asks for row in rows)]
    names = [words(f"submit.column_{letter}") for letter in "def"]
    is_of_many = _is_of_many(seen)
    columns = [
        (words("submit.row"), True),
        (words("submit.metric"), False),
        *([(words("submit.area"), False)] if is_of_many else []),
        *((names[at], True) for at in used),
        (words("submit.before"), True),
        (words("submit.result"), False),
    ]
    body = [_row(row, used, words, is_of_many=is_of_many) for row in rows[:MOST_ROWS]]
    tree = table(words("submit.preview"), columns, body, "ioc-table--dense ioc-filled")
    if len(rows) <= MOST_ROWS:
        return tree
    rest = fmt.number(len(rows) - MOST_ROWS, 0, words.language)
    return tag("div", tree, tag("p", words("submit.rest", count=rest), cls="ioc-panel__foot"))


def _is_of_many(seen: Preview) -> bool:
    """Whether the rows are of several areas, so that each has to say of which."""
    return len({row.area for row in seen.rows if row.area}) > 1


def _row(row: Row, used: Sequence[int], words: Words, *, is_of_many: bool) -> list[Content]:
    return [
        str(row.row),
        row.metric,
        *([row.area] if is_of_many else []),
        *(_cell(row, at, words) for at in used),
        _figures(row.old, words) if row.old else fmt.MISSING,
        _result(row, words),
    ]


def _cell(row: Row, at: int, words: Words) -> Content:
    """A cell as it was filled in, marked where it is wrong."""
    letter = "DEF"[at]
    cell = f"{letter}{row.row}"
    text = _shown(row, at, words)
    if not any(problem.cell == cell for problem in row.problems):
        return text if letter in row.asks or text else ""
    told = "; ".join(_whole(one, words) for one in row.problems if one.cell == cell)
    return tag(
        "span",
        text or words("submit.blank"),
        tag("span", cell, cls="ioc-wrong__where"),
        cls="ioc-wrong",
        title=told,
    )


def _shown(row: Row, at: int, words: Words) -> str:
    number = row.new[at] if row.new else None
    return row.shown[at] if number is None else _number(number, words)


def _number(number: float, words: Words) -> str:
    decimals = 0 if number == int(number) else 2
    return fmt.number(number, decimals, words.language)


def _figures(figures: Figures, words: Words) -> str:
    above, below, value = figures
    if above is None:
        return fmt.MISSING if value is None else _number(value, words)
    if below is None:
        return _number(above, words)
    return f"{_number(above, words)} / {_number(below, words)}"


def _result(row: Row, words: Words) -> Tree:
    if row.change == "empty":
        return tag("span", words("submit.change_empty"), cls="ioc-table__none")
    return tag(
        "span",
        tag("span", cls="ioc-status__mark", aria_hidden="true"),
        tag("span", words(f"submit.change_{row.change}"), cls="ioc-status__word"),
        cls=f"ioc-status ioc-status--{MARKS[row.change]}",
    )


def retry_note(refused: Refused, draft: str, words: Words) -> Tree:
    """Why a draft could not be submitted; what is no fault of its own may be tried again."""
    note = refusal_note(refused, words)
    if refused.key not in TRIED_AGAIN:
        return note
    return tag("div", note, tag("div", _confirm(draft, words), cls="ioc-told__actions"))
