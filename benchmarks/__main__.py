"""`python -m benchmarks`: measure everything, or what is named, and print the tables.

A whole country is measured only where it is named: making it takes long, and much room.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import access, country, exports, ingest, pages, query, visible
from benchmarks.report import machine

CACHE = Path.home() / ".cache" / "toan-canh-benchmarks"


def main() -> None:
    asked = _arguments()
    cache = asked.cache.expanduser().absolute()
    cache.mkdir(parents=True, exist_ok=True)
    rivals = None if asked.alone else cache
    programs: dict[str, Callable[[Path], str]] = {
        "ingest": lambda folder: ingest.run(folder, rivals, asked.records, asked.rounds),
        "query": lambda folder: query.run(folder, asked.dossiers, asked.rounds),
        "visible": lambda folder: visible.run(folder, asked.dossiers, asked.rounds),
        "access": lambda folder: access.run(folder / "access", asked.requests),
        "pages": lambda folder: pages.run(folder, rivals, asked.dossiers, asked.rounds),
        "exports": lambda folder: exports.run(folder, asked.dossiers, asked.rounds),
        "country": lambda folder: country.run(folder, asked.country, asked.rounds),
    }
    usual = [name for name in programs if name != "country"]
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=cache) as folder:
        for name in asked.only or usual:
            print(programs[name](Path(folder)), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = ["ingest", "query", "visible", "access", "pages", "exports", "country"]
    parser.add_argument("--only", action="append", choices=names)
    parser.add_argument("--records", type=int, default=1_000_000, help="rows of the CSV")
    parser.add_argument("--dossiers", type=int, default=5_000_000, help="in the snapshot")
    parser.add_argument("--country", type=int, default=60_000_000, help="dossiers of a country")
    parser.add_argument("--requests", type=int, default=2000, help="that pass the gate")
    parser.add_argument("--rounds", type=int, default=3, help="times that everything is measured")
    parser.add_argument("--alone", action="store_true", help="without rivals that pip would fetch")
    parser.add_argument(
        "--cache", type=Path, default=CACHE, help="folder for rivals and what is made"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
