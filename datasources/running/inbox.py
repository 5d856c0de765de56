"""Documents that were pushed to a source: taken into its folder to be read, gone once landed.

The web puts each whole document into inbox/<source>/ under a name of our own. Before a run they
move into ready/, where the kind of the source reads them as it reads any file. What cannot be
believed is taken one at a time, so that one bad document spoils no other.
"""

from collections.abc import Iterable
from pathlib import Path

from datasources.reading.files import INBOX, ready_folder


def has_arrived(home: Path, source: str) -> bool:
    """Whether documents wait to be read."""
    return bool(_documents(home / INBOX / source) or _documents(home / ready_folder(source)))


def make_ready(home: Path, source: str, *, one: bool = False) -> list[str]:
    """Move what has arrived to where it is read, all of it or the oldest alone; their names."""
    arrived, ready = home / INBOX / source, home / ready_folder(source)
    ready.mkdir(parents=True, exist_ok=True)
    if one:
        for path in _documents(ready):
            path.rename(arrived / path.name)
    documents = _documents(arrived)
    for path in documents[:1] if one else documents:
        path.rename(ready / path.name)
    return [path.name for path in _documents(ready)]


def ready_names(home: Path, source: str) -> list[str]:
    """The documents that lie ready to be read, or were just read."""
    return [path.name for path in _documents(home / ready_folder(source))]


def remove(home: Path, source: str, names: Iterable[str]) -> None:
    """Keep nothing of documents that have landed, or will never do."""
    for name in names:
        (home / ready_folder(source) / name).unlink(missing_ok=True)


def _documents(folder: Path) -> list[Path]:
    """Whole documents, the oldest first: their names begin with the time they came."""
    if not folder.is_dir():
        return []
    return sorted(
        path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")
    )
