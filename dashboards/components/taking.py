"""What can be done with a panel: taken away as a file (assets/take.js), or pinned to a board."""

from dashboards.components.markup import Tree, tag
from dashboards.components.pins import pin_button
from dashboards.text import Words

FORMS = ("png", "svg", "xlsx", "csv", "pptx", "pdf", "docx")


def take_menu(what: str, title: str, words: Words, address: str = "") -> Tree:
    """The pin, and a button that opens the list of forms.

    `what` is trend, ranking or map; `title` says of what. `address` is where the panel is from,
    if not from the page it stands on: then it is pinned already.
    """
    entries = [
        tag(
            "li",
            tag(
                "button",
                tag("b", words(f"take.{form}")),
                tag("span", words(f"take.{form}_long"), cls="ioc-take__why"),
                type="button",
                cls="ioc-take__form",
                data_take=what,
                data_form=form,
                data_title=title,
                data_address=address or None,
            ),
        )
        for form in FORMS
    ]
    menu = tag(
        "details",
        tag(
            "summary",
            tag("span", cls="ioc-icon ioc-icon--download", aria_hidden="true"),
            tag("span", words("take.menu"), cls="ioc-take__word"),
            cls="ioc-button ioc-button--small",
            aria_label=words("take.menu_of", title=title),
        ),
        tag("ul", *entries, cls="ioc-take__panel"),
        cls="ioc-take",
    )
    pin = None if address else pin_button(what, title, words)
    return tag("span", pin, menu, cls="ioc-ways-on")
