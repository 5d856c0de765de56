"""What has been drawn once is kept: flask-caching on the file system, shared by all web processes.

There are no clocks: a key names everything an answer depends on (snapshot, catalogue, program,
scope, selection, the sources' states), so a new snapshot is a new key and nothing ever expires.
Entries are JSON, never pickle: whoever can write a file here must not be able to run code.
"""

import hashlib
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

import flask
import orjson
from cachelib.serializers import BaseSerializer
from flask_caching import Cache
from flask_caching.backends.filesystemcache import FileSystemCache

MOST_ENTRIES = 2000
Answer = TypeVar("Answer")


class JsonSerializer(BaseSerializer):
    """Cache entries as JSON. What cannot be read counts as not there."""

    def dump(self, value: Any, f: IO[bytes], protocol: int = 0) -> None:  # noqa: ARG002
        f.write(orjson.dumps(value))

    def load(self, f: IO[bytes]) -> Any:
        try:
            return orjson.loads(f.read())
        except orjson.JSONDecodeError:
            logging.getLogger(__name__).warning("A cache entry is not JSON; it is made anew.")
            return None


class JsonFileSystemCache(FileSystemCache):
    """flask-caching's file system cache, reading JSON from its very first file on.

    Setting CACHE_SERIALIZER alone is too late: the constructor has written a pickle by then.
    """

    serializer = JsonSerializer()  # type: ignore[assignment]  # typed as cachelib's own pickler


class AnswerCache:
    """Answers by their key; each is computed once, however many ask at the same time."""

    def __init__(self, server: flask.Flask, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._cache = Cache(
            server,
            config={
                "CACHE_TYPE": f"{__name__}.{JsonFileSystemCache.__name__}",
                "CACHE_DIR": str(folder),
                "CACHE_THRESHOLD": MOST_ENTRIES,
                "CACHE_DEFAULT_TIMEOUT": 0,
            },
        )
        self._flights: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def remembered(self, key: tuple[str, ...], compute: Callable[[], Answer]) -> Answer:
        """The answer kept under `key`, or the computed one, which is kept.

        `key` may hold texts only: anything else would be known by its address in memory, and
        two different things could share one. Raises TypeError for such a key.
        """
        name = _name(key)
        kept = self._cache.get(name)
        if kept is None:
            with self._flight(name):
                kept = self._cache.get(name)  # another thread may have computed it meanwhile
                if kept is None:
                    kept = compute()
                    self._cache.set(name, kept)
        return kept  # type: ignore[no-any-return]  # the cache is untyped; it holds what compute gave

    @contextmanager
    def _flight(self, name: str) -> Iterator[None]:
        with self._guard:
            lock = self._flights.setdefault(name, threading.Lock())
        try:
            with lock:
                yield
        finally:
            with self._guard:
                self._flights.pop(name, None)


def _name(key: tuple[str, ...]) -> str:
    for part in key:
        if type(part) is not str:
            raise TypeError(f"A cache key is made of texts; {part!r} is none.")
    return hashlib.sha256("\x1f".join(key).encode()).hexdigest()
