"""The button that pins a part of a page, and the boards things are pinned to; assets/boards.js."""

from collections.abc import Sequence

from dashboards.components.choices import Option, segment
from dashboards.components.markup import Content, Tree, tag
from dashboards.text import Words
from store.state.boards import Board, Pin


def pin_button(
    kind: str, title: str, words: Words, metric: str = "", *, wide: bool = False
) -> Tree:
    """Pins what the page at this address shows as `kind`; `wide` says so in words."""
    icon = tag("span", cls="ioc-icon ioc-icon--star", aria_hidden="true")
    return tag(
        "button",
        icon,
        tag("span", words("my.pin")) if wide else None,
        type="button",
        cls="ioc-button" if wide else "ioc-button ioc-button--small ioc-button--icon",
        title=words("my.pin"),
        aria_label=None if wide else words("my.pin_of", title=title),
        data_pin=kind,
        data_title=title,
        data_metric=metric or None,
    )


def board_head(
    board: Board | None, own: Sequence[Board], owner: str, words: Words
) -> list[Tree | None]:
    """A person's boards to choose from, and what can be done with the one that is shown.

    `owner` is whose it is, where that is somebody else.
    """
    lang = "?lang=en" if words.language == "en" else ""
    options = [
        Option(one.title, f"/my/{one.board_id}{lang}", board is not None and one == board)
        for one in own
    ]
    printed = "" if owner else " ioc-printonly"  # on the screen the choice above says it
    title = tag("h2", board.title, cls=f"ioc-section__title{printed}") if board else None
    if owner or board is None:
        told = words("my.of_another", owner=owner) if owner else words("my.none")
        return [_bar(segment(words("my.boards"), options), [_new(words)]), title, tag("p", told)]
    return [
        _bar(segment(words("my.boards"), options), _board_tools(board, words)),
        title,
        tag("p", words("my.shared" if board.shared else "my.private"), cls="ioc-section__note"),
    ]


def _bar(choice: Tree, tools: Sequence[Tree]) -> Tree:
    return tag("div", choice, tag("div", *tools, cls="ioc-boards__tools"), cls="ioc-boards__bar")


def _new(words: Words) -> Tree:
    return _deed("new", words("my.new"), words)


def _board_tools(board: Board, words: Words) -> list[Tree]:
    share = "unshare" if board.shared else "share"
    deeds = ["rename", share, *(["link"] if board.shared else []), "remove"]
    return [_new(words), *(_deed(one, words(f"my.{one}"), words, board) for one in deeds)]


def _deed(deed: str, text: str, words: Words, board: Board | None = None) -> Tree:
    return tag(
        "button",
        text,
        type="button",
        cls="ioc-button ioc-button--small",
        data_board=board.board_id if board else "",
        data_deed=deed,
        data_title=board.title if board else words("my.first"),
    )


def pin_head(pin: Pin, title: str, lead: str, href: str, tools: Sequence[Tree | None]) -> Tree:
    """The heading of a pin, which leads to the page it is from."""
    link: Content = tag("a", pin.title or title, href=href) if href else pin.title or title
    note = f"{title} · {lead}" if pin.title and lead else lead or (title if pin.title else "")
    return tag(
        "div",
        tag(
            "div",
            tag("h3", link, cls="ioc-panel__title"),
            tag("p", note, cls="ioc-panel__note") if note else None,
            cls="ioc-panel__titles",
        ),
        tag("div", *tools, cls="ioc-pin__ways ioc-noprint"),
        cls="ioc-panel__head",
    )


def pin_tools(pin: Pin, title: str, place: int, of: int, words: Words) -> Tree:
    """Up, down, another name, away."""
    shown = pin.title or title
    deeds = [("up", "↑", place == 0), ("down", "↓", place == of - 1)]
    deeds += [("rename", "✎", False), ("remove", "×", False)]
    buttons = [
        tag(
            "button",
            tag("span", sign, aria_hidden="true"),
            type="button",
            cls="ioc-button ioc-button--small ioc-button--icon",
            title=words(f"my.pin_{deed}"),
            aria_label=f"{words(f'my.pin_{deed}')}: {shown}",
            disabled=is_off,
            data_pinned=pin.pin_id,
            data_deed=deed,
            data_title=shown,
        )
        for deed, sign, is_off in deeds
    ]
    return tag("div", *buttons, cls="ioc-pin__tools ioc-noprint")
