"""Lists of JSON records, bare or under the key `data`: opened whole, read one by one."""

from collections.abc import Generator
from typing import TypeVar

import msgspec

from datasources.base import Document, Parsed, Read, Rejected
from datasources.reading.texts import UNREADABLE
from domain.errors import SourceError

Shape = TypeVar("Shape")


class Envelope(msgspec.Struct):
    """A list under the key `data`; a bare one will do as well."""

    data: list[msgspec.Raw]


def listed(
    document: Document, source: str, record: str, shape: type[Shape]
) -> Generator[Parsed, None, tuple[list[Shape], list[int]]]:
    """The records of a document that have the agreed shape, and their numbers from 1.

    On the way it tells how many were read, and refuses the others. Raises SourceError where
    there is no list, without quoting the document.
    """
    raws = _raws(document, source, record)
    yield Read(len(raws))
    found, numbers = [], []
    for number, raw in enumerate(raws, start=1):
        try:
            found.append(msgspec.json.decode(raw, type=shape))
            numbers.append(number)
        except UNREADABLE:
            yield Rejected(record, number, "", "shape", "is not shaped as agreed")
    return found, numbers


def _raws(document: Document, source: str, record: str) -> list[msgspec.Raw]:
    """The records of a document, still undecoded."""
    is_bare = document.content.lstrip()[:1] == b"["
    try:
        if is_bare:
            return msgspec.json.decode(document.content, type=list[msgspec.Raw])
        return msgspec.json.decode(document.content, type=Envelope).data
    except msgspec.ValidationError:
        fact = f"{document.name} has no list of {NAMES[record]}, neither bare nor under data"
    except UNREADABLE:
        fact = f"{document.name} is broken or cut off"
    raise SourceError(source, fact, "Nothing of it is taken")


NAMES = {"feedback": "reports", "organisation": "organisations"}
