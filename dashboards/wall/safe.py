"""Trees of the pages' components as HTML that may stand among other HTML."""

from typing import Any

from markupsafe import Markup

from dashboards.first import markup_html


def html_of(tree: Any) -> Markup:
    """A tree, or several, as HTML: every text and attribute in it is escaped on the way."""
    return Markup(markup_html(tree))  # noqa: S704 - markup_html escapes
