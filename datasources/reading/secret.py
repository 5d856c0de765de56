"""Secrets lie in files that only their owner can read, never in `sources.toml`."""

import stat
from pathlib import Path

from domain.errors import SourceError


def read_secret(path: Path, source: str, key: str) -> str:
    """The secret in a file that only its owner can read; `key` is the stanza's word for the file.

    Raises SourceError, which never repeats what the file holds.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        way_on = f"Check {key} in config/sources.toml"
        raise SourceError(source, f"{path} cannot be read ({error.strerror})", way_on) from None
    except UnicodeError:
        raise SourceError(source, f"{path} is not written in UTF-8", "Write it anew") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SourceError(source, f"{path} can be read by others", f"Run: chmod 600 {path}")
    if not text:
        raise SourceError(source, f"{path} is empty", f"Write the secret into it, or correct {key}")
    return text
