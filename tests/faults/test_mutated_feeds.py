"""The same promise for messages, statistics, scores and readings: a sentence, or a whole batch.

Mutated by chance: torn bytes, values that nobody expects, and signatures over something else.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import strategies as some
from lxml import etree

from datasources.simulator.clock import end_of_day
from datasources.simulator.desks import systems
from datasources.simulator.edxml import Clerk
from datasources.simulator.signing import authority_pem
from datasources.simulator.world import World
from tests.datasources.home import NOW, PAYLOADS
from tests.faults.mutating import TREE, Kept, Trial, changed, strike, torn

pytestmark = pytest.mark.timeout(1800)

MESSAGES = """
[source]
kind = "edxml"
path = "in"
certificates = "trusted"
"""
STATISTICS = """
[source]
kind = "lgsp_statistics"
path = "in"
"""
SCORES = """
[source]
kind = "qd766"
path = "in"
"""
READINGS = """
[source]
kind = "mqtt"
path = "in"
[source.stations]
NM01 = "25"
[source.limits.ph]
min = 6.0
max = 8.5
[source.limits.do_mg_l]
min = 4.0
"""

NATIONAL = (PAYLOADS / "edxml_national.edxml").read_bytes()
STATUS = (PAYLOADS / "edxml_status.edxml").read_bytes()
MONTH = json.loads((PAYLOADS / "lgsp" / "month.json").read_text(encoding="utf-8"))
CALLS = json.loads((PAYLOADS / "lgsp" / "calls.json").read_text(encoding="utf-8"))
EXPORT = json.loads((PAYLOADS / "qd766" / "2022-12.json").read_text(encoding="utf-8"))
WORDS = some.one_of(
    some.text(some.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20),
    some.sampled_from(["", "2020/13/45", "0000/00/00", "H44", "000.00.18.H44", "Mật", "9" * 500]),
)


def signed_message() -> bytes:
    """A message of the simulated province whose signature holds."""
    day = date(2025, 3, 31)
    world = World(7, ["25"], date(2025, 3, 1), day, scale=2)
    clerk = Clerk(world.provinces["25"].desks, {one.code: one for one in systems()})
    told = clerk.messages(world.documents("25", end_of_day(day)), 0, end_of_day(day))
    return next(one.text for one in told if "X509Certificate" in one.text).encode()


@some.composite
def retold(draw: some.DrawFn, whole: Kept[bytes]) -> bytes:
    """The message with the texts of some elements, or whole elements, replaced."""
    root = etree.fromstring(whole.value)
    for _ in range(draw(some.integers(1, 4))):
        element = draw(some.sampled_from(list(root.iter("{*}*"))))
        parent = element.getparent()
        match draw(some.sampled_from(["text", "gone", "twice"])):
            case "text":
                element.text = draw(WORDS)
            case "gone" if parent is not None:
                parent.remove(element)
            case "twice" if parent is not None:
                element.addnext(etree.fromstring(etree.tostring(element)))
    return bytes(etree.tostring(root))


@pytest.mark.parametrize("what", ["document", "status", "signed"])
def test_mutated_messages(
    trial: Callable[[str, str], Trial], fault_number: int, verdicts: list[str], what: str
) -> None:
    whole = {"document": lambda: NATIONAL, "status": lambda: STATUS, "signed": signed_message}
    content = Kept(whole[what]())
    one = trial(MESSAGES, "in/a.edxml")
    one.home.write("trusted/authority.pem", authority_pem())
    strike(one, some.one_of(torn(content), retold(content)), fault_number, verdicts, what)


def test_mutated_statistics(
    trial: Callable[[str, str], Trial], fault_number: int, verdicts: list[str]
) -> None:
    items = [MONTH, *CALLS["data"]]
    whole = Kept(json.dumps(items).encode())
    payloads = some.one_of(
        torn(whole),
        changed(Kept(items * 4)).map(json.dumps).map(str.encode),
        TREE.map(json.dumps).map(str.encode),
    )
    strike(trial(STATISTICS, "in/a.json"), payloads, fault_number, verdicts, "lgsp_statistics")


def export(items: list[Any]) -> bytes:
    return json.dumps({"code": "OK", "data": {"evaluation": items}}).encode()


def test_mutated_scores(
    trial: Callable[[str, str], Trial], fault_number: int, verdicts: list[str]
) -> None:
    evaluations = EXPORT["data"]["evaluation"]
    payloads = some.one_of(
        torn(Kept(json.dumps(EXPORT).encode())),
        changed(Kept(evaluations * 4)).map(export),
        TREE.map(lambda tree: json.dumps({"code": "OK", "data": tree}).encode()),
    )
    strike(trial(SCORES, "in/2022-12.json"), payloads, fault_number, verdicts, "qd766")


def lines(items: list[Any]) -> bytes:
    return "\n".join(json.dumps(one) for one in items).encode()


def test_mutated_readings(
    trial: Callable[[str, str], Trial], fault_number: int, verdicts: list[str]
) -> None:
    start = datetime(2026, 11, 21, tzinfo=UTC)
    readings: list[dict[str, Any]] = [
        {
            "station": "NM01",
            "at": (start + timedelta(minutes=15 * number)).isoformat(),
            "ph": 7.0 + number % 3,
            "do_mg_l": 5.0,
            "status": "ok",
        }
        for number in range(40)
    ]
    assert start < NOW
    payloads = some.one_of(torn(Kept(lines(readings))), changed(Kept(readings)).map(lines))
    strike(trial(READINGS, "in/a.ndjson"), payloads, fault_number, verdicts, "mqtt")
