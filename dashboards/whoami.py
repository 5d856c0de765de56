"""Who I am, in the header: added to what is drawn for everybody, and never kept with it."""

from collections.abc import Sequence
from typing import Any

from dashboards.access import (
    AUDIT,
    LEAVE,
    OPEN,
    OWN,
    PAGE_PERMISSIONS,
    PEOPLE,
    READ,
    SCREENS,
    Person,
)
from dashboards.components.markup import Tree, tag
from dashboards.components.shell import warning_banner
from dashboards.frame import Parts
from dashboards.roles import ROLES
from dashboards.text import Words

PAGES = (
    ("wall.open", "/wall", READ),
    ("account.open", "/account", OWN),
    ("people.title", "/people", PEOPLE),
    ("screens.title", "/screens", SCREENS),
    ("audit.title", "/audit", AUDIT),
)


MOST_COUNTED = 99


def with_person(parts: Parts, who: Person, say: Words, waiting: int = 0) -> Parts:
    """The frame's parts, with who asks in the header; the parts given stay as they are.

    `waiting` is how many alerts and requests of theirs wait for an answer.
    """
    header = _with_count(with_open_pages(parts["header"], who), waiting, say)
    header[-1] = [*header[-1], _menu(who, say) if who.may(LEAVE) else _nobody(who, say)]
    banners = [warning_banner(say(who.warning))] if who.warning else []
    return {**parts, "header": header, "banner": [*banners, *(parts["banner"] or [])]}


def with_open_pages(header: Sequence[Any], who: Person) -> list[Any]:
    """The header, which leads only to what they may open."""
    brand, *rest = header
    return [brand, *([one for one in part if not _is_closed(one, who)] for part in rest)]


def _with_count(header: list[Any], waiting: int, say: Words) -> list[Any]:
    """The header, whose link to the alerts says how many wait."""
    brand, navigation, *rest = header
    return [brand, [_counted(one, waiting, say) for one in navigation], *rest]


def _counted(link: Any, waiting: int, say: Words) -> Any:
    if not (waiting and isinstance(link, list) and _page_of(link) == "alerts"):
        return link
    spoken = say("alerts.waiting", count=waiting)
    shown = str(waiting) if waiting <= MOST_COUNTED else f"{MOST_COUNTED}+"
    return [*link, " ", tag("span", shown, cls="ioc-nav__count", title=spoken, aria_label=spoken)]


def may_open(page: str, who: Person) -> bool:
    """Whether they may see a page, by its name."""
    return who.may(PAGE_PERMISSIONS.get(page, OPEN))


def _is_closed(link: object, who: Person) -> bool:
    if not isinstance(link, list):
        return False
    return not may_open(_page_of(link), who)


def _page_of(link: list[Any]) -> str:
    """The page that a part of the navigation leads to."""
    return str(link[1].get("href", "")).partition("?")[0].strip("/").partition("/")[0]


def _nobody(who: Person, say: Words) -> Tree:
    """Who looks without an account: a screen by its name, or whoever is at this machine."""
    if who.role:
        return tag("span", who.shown, cls="ioc-whoami", title=say("screens.this"))
    return tag("span", say("account.guest"), cls="ioc-whoami", title=say("account.guest_long"))


def _menu(who: Person, say: Words) -> Tree:
    role = ROLES[who.role]
    english = "?lang=en" if say.language == "en" else ""
    links = [(say(key), address + english) for key, address, needed in PAGES if who.may(needed)]
    return tag(
        "details",
        tag(
            "summary", who.shown, cls="ioc-button", aria_label=f"{say('account.open')}: {who.shown}"
        ),
        tag(
            "div",
            tag("p", role.vi if say.language == "vi" else role.en, cls="ioc-whoami__role"),
            *[tag("a", name, href=to, target="_self", cls="ioc-button") for name, to in links],
            tag(
                "button", say("signin.leave"), cls="ioc-button", type="button", data_action="leave"
            ),
            cls="ioc-options__panel ioc-whoami__panel",
        ),
        cls="ioc-options ioc-whoami",
    )
