"""What can be done with a panel: taken away as a file (assets/take.js), or pinned to a board."""

from dashboards.components.markup import Tree, tag
from dashboards.components.pins import pin_button
from dashboards.text import Words

FORMS = ("png", "svg", "xlsx", "csv", "pptx", "pdf", "docx")


def take_menu(what: str, title: str, words: Words) -> Tree:
    """The pin, and a button that opens the list of forms.

    `what` is trend, ranking or map; `title` says of what.
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
    return tag("span", pin_button(what, title, words), menu, cls="ioc-ways-on")
