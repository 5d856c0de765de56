"""Who I am, in the header: added to what is drawn for everybody, and never kept with it."""

from collections.abc import Sequence
from typing import Any

from dashboards.access import AUDIT, LEAVE, OPEN, OWN, PAGE_PERMISSIONS, PEOPLE, SCREENS, Person
from dashboards.components.markup import Tree, tag
from dashboards.components.shell import warning_banner
from dashboards.frame import Parts
from dashboards.roles import ROLES
from dashboards.text import Words

PAGES = (
    ("account.open", "/account", OWN),
    ("people.title", "/people", PEOPLE),
    ("screens.title", "/screens", SCREENS),
    ("audit.title", "/audit", AUDIT),
)


def with_person(parts: Parts, who: Person, say: Words) -> Parts:
    """The frame's parts, with who asks in the header; the parts given stay as they are."""
    header = with_open_pages(parts["header"], who)
    header[-1] = [*header[-1], _menu(who, say) if who.may(LEAVE) else _nobody(who, say)]
    banners = [warning_banner(say(who.warning))] if who.warning else []
    return {**parts, "header": header, "banner": [*banners, *(parts["banner"] or [])]}


def with_open_pages(header: Sequence[Any], who: Person) -> list[Any]:
    """The header, whose navigation leads only to pages that they may open."""
    brand, navigation, *rest = header
    return [brand, [one for one in navigation if not _is_closed(one, who)], *rest]


def may_open(page: str, who: Person) -> bool:
    """Whether they may see a page, by its name."""
    return who.may(PAGE_PERMISSIONS.get(page, OPEN))


def _is_closed(link: object, who: Person) -> bool:
    if not isinstance(link, list):
        return False
    page = str(link[1].get("href", "")).partition("?")[0].strip("/").partition("/")[0]
    return not may_open(page, who)


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
