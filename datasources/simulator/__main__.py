"""Run the simulated provinces: python -m datasources.simulator --port 8051 --home var.

Fills an empty home with the demo's configuration, serves the dossier systems on the loopback
and keeps dropping files as time goes by, until it is told to stop (SIGTERM, or Ctrl-C).
"""

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from datasources.simulator.clock import OFFSET
from datasources.simulator.demo import FOLDER, fill
from datasources.simulator.dropbox import Dropbox
from datasources.simulator.office_files import OfficeFiles
from datasources.simulator.server import Simulator
from datasources.simulator.world import World
from domain.errors import IocError

PORT, SEED = 8051, 20200101
EVERY_SECONDS = 5.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop; the exit status."""
    options = _options(arguments)
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        world = World(options.seed, options.area, scale=options.scale)
        _serve(world, options.home, options.port, stopped)
    except (IocError, OSError) as error:
        sys.stderr.write(f"simulator: {error}\n")
        return 1
    return 0


def _serve(world: World, home: Path, port: int, stopped: Event) -> None:
    """Be ready only when the whole past is there: a collector may start then."""
    with Simulator(world, now, port) as simulator:
        for path in fill(home, world, simulator.port):
            _say(f"wrote {path}")
        dropbox, offices = Dropbox(world, home / FOLDER), OfficeFiles(world, home / FOLDER)
        for province in world.provinces:
            world.dossiers(province, now())
        files = dropbox.catch_up(now()) + offices.catch_up(now())
        _say(f"wrote {files} files into {home / FOLDER}")
        simulator.ready.set()
        _say(f"ready on {simulator.url}")
        while not stopped.wait(EVERY_SECONDS):
            dropbox.catch_up(now())
            offices.catch_up(now())


def now() -> int:
    """The present second on the clocks of Vietnam."""
    return int(time.time()) + OFFSET


def _say(sentence: str) -> None:
    sys.stdout.write(f"simulator: {sentence}\n")
    sys.stdout.flush()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m datasources.simulator", description=__doc__)
    parser.add_argument("--home", type=Path, default=Path("var"), help="folder of the installation")
    parser.add_argument("--port", type=int, default=PORT, help="port on the loopback; 0 picks one")
    parser.add_argument("--seed", type=int, default=SEED, help="same seed, same provinces")
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies what comes in")
    parser.add_argument(
        "--area", action="append", default=[], help="a province or commune code; may be repeated"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
