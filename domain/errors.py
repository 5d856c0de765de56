"""What can go wrong, said so that a reader knows the thing, the fact and the way on."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str], n: int = 3) -> list[str]:
    """Up to `n` known names that look like `name`, best first."""
    return get_close_matches(name, list(known), n=n, cutoff=0.6)


def suggestion(name: str, known: Iterable[str]) -> str:
    """`" Did you mean 'x' or 'y'?"` with its leading space, or nothing."""
    names = [repr(candidate) for candidate in nearest(name, known)]
    if not names:
        return ""
    first, last = names[:-1], names[-1]
    return f" Did you mean {', '.join(first)} or {last}?" if first else f" Did you mean {last}?"


class IocError(Exception):
    """Any failure that is meant to be read by a person; `message` is the whole sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UnknownNameError(IocError):
    """A name that is in no catalogue; says which known names are near."""

    def __init__(self, kind: str, name: str, known: Iterable[str] = ()) -> None:
        super().__init__(f"There is no {kind} '{name}'.{suggestion(name, known)}")
        self.kind = kind
        self.name = name


class AreaError(IocError):
    """An area, or an area on a day, that the register does not hold."""


class CalendarError(IocError):
    """A working day was asked for where no calendar is confirmed, or a calendar file is wrong."""


class PeriodError(IocError):
    """A span that ends before it begins, or a period that cannot be read."""


class RecordError(IocError):
    """A delivered value that cannot be what its field says."""


class SourceError(IocError):
    """A source did not give what it promised; the last good figures stay."""

    def __init__(self, source: str, fact: str, way_on: str = "") -> None:
        super().__init__(_sentences(f"{source}: {fact}", way_on))
        self.source = source
        self.fact = fact
        self.way_on = way_on


class StoreError(IocError):
    """The warehouse or a snapshot cannot be read or written."""


class BusyError(StoreError):
    """Another process holds the warehouse."""


class CatalogueError(IocError):
    """A stanza of a definition file is wrong; names file, stanza and key."""

    def __init__(self, file: str, stanza: str, key: str, fact: str, way_on: str = "") -> None:
        place = ": ".join(part for part in (file, stanza and f"[{stanza}]", key) if part)
        super().__init__(_sentences(f"{place} {fact}", way_on))
        self.file = file
        self.stanza = stanza
        self.key = key


class ScopeError(IocError):
    """A person asked for an area outside the areas they may see."""


class SelectionError(IocError):
    """A selection that no query can answer."""


class ExportError(IocError):
    """A file to take away that cannot be made."""


def _sentences(*texts: str) -> str:
    """The texts that are not empty, each with its full stop."""
    return " ".join(text if text[-1] in ".?!" else f"{text}." for text in texts if text)
