"""The faults of the line again, for an address that answers JSON page by page."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import stamina

from tests.datasources.api import Answer, Asked, serving, told
from tests.datasources.collecting import Books, books_of
from tests.datasources.home import Home
from tests.faults.faulty import START, Fault, Verdict, counted_wrong, state_of

SOURCE = """
[desk]
kind = "json"
record = "dossier"
url = "{url}"
allow_http = true
items = "items"
[desk.paging]
kind = "page"
parameter = "p"
size = 10
size_parameter = "n"
total = "total"
[desk.columns]
dossier_code = "code"
received_at = "at"
updated_at = "changed"
competent_area = "area"
"""
TRIES_OF_ONE_QUESTION = 3


@dataclass
class Address:
    """An address whose items grow and change, and that plays one fault per question."""

    truth: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def work(self, number: int, at: datetime) -> None:
        """So many items more, and one that changed."""
        moment = at.astimezone(UTC).isoformat(timespec="seconds")
        for _ in range(number):
            self.truth[f"HS-{len(self.truth)}"] = moment
        self.truth["HS-0"] = moment

    def answer(self, asked: Asked) -> Answer:
        fault = self.faults.pop(0) if self.faults else ""
        page, size = int(asked.params["p"]), int(asked.params["n"])
        if fault == "again":
            page = max(1, page - 1)
        codes = list(self.truth)[(page - 1) * size : page * size]
        items = [{"code": c, "at": START, "changed": self.truth[c], "area": "25"} for c in codes]
        whole: dict[str, Any] = {"items": items, "total": len(self.truth)}
        body = json.dumps(whole).encode()
        if fault == "cut":
            return Answer(body[: len(body) // 2], length=len(body))
        if fault == "page for people":
            return Answer(b"<html>Login</html>", headers={"Content-Type": "text/html"})
        if fault.isdecimal():
            return Answer(b"Bad Gateway", status=int(fault))
        return told(whole)


@contextmanager
def address_of(home: Home) -> Iterator[tuple[Address, Books]]:
    address = Address()
    stamina.set_testing(True, attempts=TRIES_OF_ONE_QUESTION)
    try:
        with serving(address.answer) as api:
            home.configure(SOURCE.format(url=api.url))
            with books_of(home, START) as books:
                yield address, books
    finally:
        stamina.set_testing(False)


def played(fault: str, plays: str, home: Home, tries: int) -> Verdict:
    """A fault on the second page of every other run; the runs between are good."""
    lies = 0
    with address_of(home) as (address, books):
        for number in range(tries):
            address.work(14, books.now)
            address.faults[:] = ["", *[plays] * (2 * TRIES_OF_ONE_QUESTION)] if number % 2 else []
            result = books.run("desk")
            lies += result.status == "failed" and state_of(books, "desk") == "fresh"
            address.faults.clear()
            books.now += timedelta(minutes=15)
        books.run("desk")
        rows = books.rows("select dossier_code, updated_at from dossier where known_to is null")
        known = dict(rows)
        lost = sum(
            code not in known or known[code] != datetime.fromisoformat(changed)
            for code, changed in address.truth.items()
        )
        doubled = len(rows) - len(known) + len(known.keys() - address.truth.keys())
        return Verdict(fault, tries, lost, doubled + counted_wrong(books), lies)


PLAYS = {"F02": "503", "F04": "cut", "F06": "page for people", "F08": "again"}
JSON_FAULTS: Mapping[str, Fault] = {
    f"{fault} json": partial(played, f"{fault} json", plays) for fault, plays in PLAYS.items()
}
