"""What the server spends on each page: asked for the first time, and again.

    python -m benchmarks.served HOME ROUNDS ADDRESS…

is a process with the real web of HOME in it. It answers another page first, so that the snapshot
is open; then it makes every page ROUNDS times with an empty cache, and prints as JSON what the
answer took first, what it took again, and what the parts took that come later.
"""

import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

import flask

from benchmarks.timing import Spent, timed
from dashboards.cache import AnswerCache
from dashboards.data import Figures
from dashboards.pages import PAGES, drawn_later, slow_parts
from dashboards.shell import create_app
from domain.scope import EVERYTHING

ELSEWHERE = "/area/04"


def spent(home: Path, rounds: int, addresses: list[str]) -> dict[str, dict[str, list[Spent]]]:
    """By address, for every round: the first answer, the next, and what comes later.

    Raises ValueError where the first answer to an address holds no figures.
    """
    app = create_app(home)
    kept = home / "cache" / "drawn"
    figures = Figures(home, AnswerCache(flask.Flask("later"), home / "cache" / "later"), "")
    found: dict[str, dict[str, list[Spent]]] = {}
    with app.server.test_client() as client:

        def ask(address: str) -> None:
            answer = client.get(address, base_url="http://localhost")
            if answer.status_code != 200 or b'<div id="first"></div>' in answer.data:
                raise ValueError(f"{address} has no figures in its first answer.")

        ask(ELSEWHERE)
        for address in addresses:
            told = found.setdefault(address, {"first": [], "again": [], "later": []})
            for _ in range(rounds):
                _emptied(kept)
                with timed(told["first"]):
                    ask(address)
                with timed(told["again"]):
                    ask(address)
                with timed(told["later"]):
                    _later(figures, address)
    return found


def _emptied(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink(missing_ok=True)


def _later(figures: Figures, address: str) -> None:
    """Draw what a page asks for by itself, each part as its own request does."""
    parts = urlsplit(address)
    place = {"path": parts.path, "search": f"?{parts.query}" if parts.query else ""}
    page = PAGES[figures.visit(place, EVERYTHING).view.page]
    for name in slow_parts(page):
        drawn_later(page, name, figures.visit(place, EVERYTHING))


if __name__ == "__main__":
    answer = spent(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
    print(json.dumps(answer, default=vars))
