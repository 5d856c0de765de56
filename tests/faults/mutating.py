"""Payloads changed by chance, and a home that whatever comes of them is tried in."""

from pathlib import Path
from typing import Any, Generic, TypeVar

import pyarrow.parquet as pq
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from store import Warehouse
from tests.datasources.home import NOW, Delivery, Home
from tests.store.landed import NO_RESERVE
from tests.store.prepared import prepare

EXAMPLES = 5
Value = TypeVar("Value")

STRANGE = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(),
    some.floats(),
    some.text(max_size=20),
    some.dates().map(str),
    some.sampled_from(["", " ", "0", "-1", "00/00/0000", "31/02/2025", "\0", "=1+1", "9" * 400]),
)
TREE = some.recursive(
    STRANGE,
    lambda inner: (
        some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


class Kept(Generic[Value]):
    """A value that hypothesis does not print wherever it names a test case."""

    def __init__(self, value: Value) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "Kept(…)"


@some.composite
def torn(draw: some.DrawFn, whole: Kept[bytes]) -> bytes:
    """The bytes cut off, or a few of them overwritten, left out or doubled."""
    content = whole.value
    for _ in range(draw(some.integers(1, 3))):
        at = draw(some.integers(0, max(len(content) - 1, 0)))
        length = draw(some.integers(1, 40))
        match draw(some.sampled_from(["cut", "noise", "gap", "double"])):
            case "cut":
                content = content[:at]
            case "noise":
                noise = draw(some.binary(min_size=1, max_size=length))
                content = content[:at] + noise + content[at + len(noise) :]
            case "gap":
                content = content[:at] + content[at + length :]
            case "double":
                content = content[:at] + content[at : at + length] * 2 + content[at + length :]
    return content


@some.composite
def changed(draw: some.DrawFn, whole: Kept[list[dict[str, Any]]]) -> list[Any]:
    """Some values, keys or whole items replaced."""
    items = whole.value
    found: list[Any] = [dict(one) for one in items]
    for _ in range(draw(some.integers(1, 4))):
        at = draw(some.integers(0, len(found) - 1))
        what = draw(some.sampled_from(["value", "key", "item"]))
        if what == "item" or not isinstance(found[at], dict):
            found[at] = draw(TREE)
            continue
        key = draw(some.sampled_from(sorted(items[at])))
        if what == "key":
            found[at].pop(key, None)
            key = draw(some.text(max_size=8))
        found[at][key] = draw(TREE)
    return found


class Trial:
    """One home, into which payload after payload comes; every batch is loaded."""

    def __init__(self, path: Path, sources: str, name: str) -> None:
        self.home = Home(path)
        self.home.configure(sources)
        self.name = name
        self.warehouse = Warehouse.open(prepare(path), reserve=NO_RESERVE)
        self.tried = self.refused = 0

    def put(self, content: bytes) -> None:
        """Read one payload, and see that it left a sentence or a whole batch."""
        self.tried += 1
        self.home.write(self.name, content)
        before = set(self.home.path.glob("landing/*/*"))
        delivery = self.home.collect("source")
        if delivery.outcome.folder is None:
            self.refused += 1
            assert "unforeseen" not in delivery.error, delivery.error
            assert set(self.home.path.glob("landing/*/*")) == before
            return
        self._balances(delivery)

    def _balances(self, delivery: Delivery) -> None:
        told = delivery.manifest
        for kind, read in told["records_read"].items():
            kept = pq.read_table(delivery.folder / f"records-{kind}.parquet").num_rows
            assert read == kept + told["rejected"].get(kind, 0)
        result = self.warehouse.load(delivery.folder, NOW).total
        assert result.read == sum(told["records_read"].values())
        parts = (result.new, result.changed, result.unchanged, result.duplicate, result.rejected)
        assert result.read == sum(parts)


def strike(
    trial: Trial, payloads: some.SearchStrategy[bytes], number: int, verdicts: list[str], kind: str
) -> None:
    """Put so many payloads, chosen by chance, and tell what became of them."""

    @settings(
        max_examples=number * EXAMPLES,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
    )
    @given(some.builds(Kept, payloads))
    def each(payload: Kept[bytes]) -> None:
        trial.put(payload.value)

    each()
    told = f"{trial.tried} payloads, {trial.refused} refused whole, 0 half, 0 unbalanced"
    verdicts.append(f"mutated {kind}: {told}")
