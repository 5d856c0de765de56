"""An address or more of every page there is: whoever adds a page adds nothing here."""

from dashboards.pages import PAGES
from dashboards.subjects import subject_names

MORE = {
    "overview": ["/"],
    "area": ["/area/25", "/area/08521"],
    "metric": ["/metric/on_time_rate_resolved?area=25&field=DD"],
    "compare": ["/compare?area=25&with=04"],
    "index766": ["/index766?area=25&period=last_month"],
    "ranking": ["/ranking?area=25", "/ranking?level=commune&group=above"],
    "dossiers": ["/dossiers?list=overdue&area=25"],
    "subject": [f"/subject/{name}?area=25" for name in subject_names()],
}
"""Of pages that are nothing without saying of what."""
PLAIN = ["/login", "/account", "/people", "/screens", "/audit"]
"""Pages of forms that need no program in the browser. The one on which a screen waits to be let
in loads itself anew, as nobody sits before it."""


def addresses() -> list[str]:
    """Of all pages of figures."""
    return [address for name in PAGES for address in MORE.get(name, [f"/{name}"])]
