"""Reading again what a batch read: as far as its originals can still be had.

Files are forgotten by the cursor, so they count as new; a system that is asked is asked again
from where the batch before left off.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def cursor_for_replay(
    cursor: Mapping[str, Any], root: Path, landings: Mapping[int, str], batch: int
) -> dict[str, Any]:
    """The cursor from which everything that one batch read is read once more.

    `landings` are the landed folders below `root` by the number of their batch.
    """
    files = cursor.get("files")
    if isinstance(files, Mapping):
        names = _names(root / landings[batch])
        kept = {name: state for name, state in files.items() if name not in names}
        return {**cursor, "files": kept}
    before = [number for number in sorted(landings) if number < batch]
    return _cursor(root / landings[before[-1]]) if before else {}


def _names(folder: Path) -> set[str]:
    manifest = _manifest(folder)
    return {str(origin["name"]) for origin in manifest.get("origins", ())}


def _cursor(folder: Path) -> dict[str, Any]:
    return dict(_manifest(folder).get("cursor") or {})


def _manifest(folder: Path) -> dict[str, Any]:
    """What a landed folder says of itself; nothing if it was removed meanwhile."""
    try:
        return dict(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
