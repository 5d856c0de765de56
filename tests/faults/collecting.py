"""A collector that may be killed: a program of its own, and batches it has to load.

Run as `python -m tests.faults.collecting HOME [--crash-at STEP] [--file-limit BYTES]` it loads
every waiting batch and publishes after each, telling on its output what it has loaded.
"""

import argparse
import json
import random
import resource
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import store
from store import Warehouse, publish
from tests.store.landed import NO_RESERVE, NOW, dossier, land, step

ROOT = Path(__file__).parents[2]


def land_batches(home: Path, number: int, *, each: int = 120) -> int:
    """Land more batches of new, corrected and repeated dossiers and of steps.

    Returns how many dossiers there are by then.
    """
    landed = sorted((home / "landing").glob("*/*/manifest.json"))
    codes = json.loads(landed[-1].read_text())["cursor"]["records"] if landed else 0
    chance = random.Random(codes)
    for _ in range(number):
        records = []
        for _ in range(each):
            again = codes > 0 and chance.random() < 0.4
            codes += not again
            code = f"D{chance.randrange(codes) if again else codes - 1}"
            day = f"2026-{chance.randint(1, 9):02}-{chance.randint(1, 28):02}"
            done = {"status": 9, "finished_at": day} if chance.random() < 0.5 else {"status": 2}
            records.append(dossier(code, received_at="2026-01-01", due_at="2026-05-05", **done))
        steps = [step(f"D{chance.randrange(codes)}", "2026-10-01", 9) for _ in range(each // 4)]
        land(home, {"dossier": records, "dossier_event": steps}, cursor={"records": codes})
    return codes


def collector(home: Path, *options: str) -> subprocess.Popen[str]:
    """The program, started for a home."""
    command = [sys.executable, "-m", "tests.faults.collecting", str(home), *options]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def state(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    """All that is known and counted, whenever it was learned and in whatever order."""
    connection = warehouse.connection
    facts = {
        kind: connection.execute(
            f"select * exclude (known_from, known_to, batch_id), known_to is null as holds"
            f" from {kind} order by all"
        ).fetchall()
        for kind in ("dossier", "dossier_event")
    }
    sums = "sum(columns(* exclude (known_day, day, origin_day, dimension_id)))"
    deltas = connection.execute(
        f"select day, origin_day, {sums} from dossier_delta group by all order by all"
    ).fetchall()
    batches = connection.execute(
        'select landing, "read", new, changed, unchanged, duplicate, rejected from batch'
        " where status <> 'failed' order by all"
    ).fetchall()
    return facts | {"dossier_delta": [row for row in deltas if any(row[2:])], "batch": batches}


def undisturbed(home: Path, copy: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What the same batches come to when nothing goes wrong."""
    (copy / "landing").parent.mkdir(parents=True)
    (copy / "landing").symlink_to(home / "landing")
    with Warehouse.open(copy, reserve=NO_RESERVE) as warehouse:
        load_waiting(warehouse)
        return state(warehouse)


def load_waiting(warehouse: Warehouse) -> None:
    for number, folder in enumerate(warehouse.waiting()):
        warehouse.load(folder, NOW + timedelta(seconds=number))


def collect(warehouse: Warehouse) -> None:
    """Load what waits, and publish after each batch and in the end."""
    for number, folder in enumerate(warehouse.waiting()):
        warehouse.load(folder, NOW + timedelta(seconds=number))
        print("loaded", folder.name, flush=True)
        publish(warehouse, warehouse.home, NOW + timedelta(seconds=number))
    publish(warehouse, warehouse.home, NOW)


def main() -> None:
    """Load and publish until nothing waits."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("--crash-at")
    parser.add_argument("--file-limit", type=int)
    options = parser.parse_args()
    store.arm(options.crash_at)
    with Warehouse.open(options.home, reserve=NO_RESERVE) as warehouse:
        if options.file_limit:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (options.file_limit, options.file_limit))
        print("open", flush=True)
        collect(warehouse)
        print("published", flush=True)


if __name__ == "__main__":
    main()
