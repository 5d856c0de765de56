"""Rivals, each in an environment of its own: made once from its requirements, asked from here."""

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.forms import DATES
from benchmarks.timing import Spent

HERE = Path(__file__).parent
SCRIPT = HERE / "rival_dlt.py"


@dataclass(frozen=True)
class Rival:
    """One of dlt's ways, keeping its pipeline and its database in `folder`."""

    python: Path
    way: str
    folder: Path

    def load(self, csv: Path) -> tuple[Spent, int]:
        """What `pipeline.run` spent on a file, and the rows its table has then.

        Starting Python and importing dlt are not counted. Raises CalledProcessError.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [str(self.python), str(SCRIPT), self.way, str(csv), str(self.folder), DATES]
        done = subprocess.run(command, cwd=self.folder, check=True, stdout=subprocess.PIPE)
        answer = json.loads(done.stdout.splitlines()[-1])
        return Spent(*answer["spent"]), int(answer["rows"])


def environment(cache: Path, name: str) -> Path:
    """The Python of a rival's environment, made if it is not there or its pins have changed."""
    requirements = HERE / f"requirements-{name}.txt"
    pins = hashlib.sha256(requirements.read_bytes()).hexdigest()[:8]
    folder = cache / f"{name}-{pins}-{sys.version_info.major}.{sys.version_info.minor}"
    python, whole = folder / "bin" / "python", folder / "whole"
    if not whole.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, "--requirement", str(requirements)], check=True)
        whole.touch()
    return python
