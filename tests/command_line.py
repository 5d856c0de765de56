"""The command line as a person uses it, without a second of importing for every word.

One process imports the program; each command runs in a fork of it, with an environment, standard
streams and an exit status of its own, and nothing of what an earlier command left in memory.
"""

import os
import subprocess
import sys
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
FORKING = get_context("forkserver")
FORKING.set_forkserver_preload(["app", "commands.workshop", "dashboards.shell", "pyarrow.parquet"])


def environment(home: Path, **more: str) -> dict[str, str]:
    """This process's, without a setting of the program that is not `more`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IOC_")}
    return {**kept, "IOC_HOME": str(home), "COVERAGE_PROCESS_START": "", **more}


def ask(
    home: Path, *words: str, timeout: float = 100, **more: str
) -> subprocess.CompletedProcess[str]:
    """What `python app.py WORDS` answers about a home; `more` are settings."""
    with TemporaryDirectory() as folder:
        said = Path(folder) / "said"
        complained = Path(folder) / "complained"
        told = (words, environment(home, **more), said, complained)
        asked = FORKING.Process(target=_run, args=told)
        asked.start()
        asked.join(timeout)
        if asked.exitcode is None:
            asked.kill()
            raise subprocess.TimeoutExpired(words, timeout)
        texts = (path.read_text("utf-8") for path in (said, complained))
        return subprocess.CompletedProcess(words, asked.exitcode, *texts)


def _run(words: tuple[str, ...], settings: dict[str, str], said: Path, complained: Path) -> None:
    for number, path in ((1, said), (2, complained)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    os.environ.clear()
    os.environ.update(settings)
    os.chdir(ROOT)
    sys.argv = ["app.py", *words]
    from app import main

    main()
