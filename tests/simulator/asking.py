"""The small world's days, a clock that stands still, and a collector's way of asking."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import httpx

from datasources.simulator.clock import day_number
from datasources.simulator.server import PASSWORD, USERNAME, Simulator
from datasources.simulator.world import World

SEED = 7
START, END = date(2025, 5, 1), date(2025, 8, 31)


def second(text: str) -> int:
    """The local second of "2025-07-15 10:30"."""
    moment = datetime.fromisoformat(text)
    return day_number(moment.date()) * 86_400 + moment.hour * 3600 + moment.minute * 60


@dataclass
class Clock:
    """A clock that stands where it is put."""

    now: int

    def __call__(self) -> int:
        return self.now


@dataclass
class Client:
    """Asks a simulator as a collector does."""

    simulator: Simulator
    http: httpx.Client
    clock: Clock
    session: str = field(default="")

    def log_in(self, username: str = USERNAME, password: str = PASSWORD) -> dict[str, Any]:
        body = {"username": username, "password": password}
        answer: dict[str, Any] = self.http.post("/login", json=body).json()
        self.session = answer.get("session", "")
        return answer

    def ask(self, **question: object) -> httpx.Response:
        whole = {"session": self.session, "madonvi": "H14", "service": "DongBoHoSoMC"}
        return self.http.post("/dongbo", json=whole | question)

    def page(self, **question: object) -> dict[str, Any]:
        answer: dict[str, Any] = self.ask(**question).json()
        return answer

    def everything(self, size: int = 500, **question: object) -> list[dict[str, Any]]:
        """The data of all pages of a question, in the order of the pages."""
        found: list[dict[str, Any]] = []
        number = 1
        while page := self.page(trang=number, soBanGhi=size, **question)["data"]:
            found.extend(page)
            number += 1
        return found


@contextmanager
def collector(world: World, now: int, *, steady: bool = True) -> Iterator[Client]:
    """A collector that is logged in to a simulator of the world."""
    clock = Clock(now)
    with (
        Simulator(world, clock, steady=steady) as simulator,
        httpx.Client(base_url=simulator.url, trust_env=False) as http,
    ):
        client = Client(simulator, http, clock)
        client.log_in()
        yield client
