"""Which snapshot a process serves: the newest good one, checked once, for as long as it is.

Files are checked against their SHA-256 once per process; a damaged one is passed over for
the good one before it. Snapshots nobody holds any more are closed by themselves. A process
that keeps asking has a thread that meets a new snapshot before a request does.
"""

import atexit
import os
import threading
import time
from contextlib import suppress
from pathlib import Path
from weakref import WeakValueDictionary

from domain.errors import StoreError
from store.connection import STANDARD, Limits
from store.docket_reading import DocketReader
from store.pointer import FILE, FOLDER, Entry, Pointer, is_intact, read_pointer
from store.snapshot import Reader, Snapshot, inherited

LOOK_SECONDS = 0.2
WATCHED_SECONDS = 600.0
"""How long after the last question the thread still looks for newer snapshots."""


def current_snapshot(home: Path, limits: Limits = STANDARD) -> Snapshot:
    """The newest good snapshot of a home; the same object until a newer one is published.

    Cheap to call for every request: it looks at the pointer's time stamp. While a new
    version is being checked, other threads keep the one before.
    Raises StoreError if nothing was published, or nothing that was is intact.
    """
    snapshot = _shelf(home.absolute(), limits).current()
    _watcher.watch()
    return snapshot


def just_published(home: Path, entry: Entry) -> Snapshot:
    """The snapshot this process has published: it was checked while it was written."""
    return _shelf(home.absolute(), STANDARD).take(entry)


class Shelf:
    """What this process serves from one home."""

    def __init__(self, home: Path, limits: Limits) -> None:
        self._home = home
        self._limits = limits
        self._served: Snapshot | None = None
        self._seen: tuple[int, ...] | None = None
        self._faults: dict[str, str | None] = {}
        self._readers: WeakValueDictionary[str, Reader] = WeakValueDictionary()
        self._dockets: WeakValueDictionary[str, Reader] = WeakValueDictionary()
        self._changing = threading.Lock()
        self._publishes = False
        self.asked_at = 0.0

    def current(self) -> Snapshot:
        self.asked_at = time.monotonic()
        stamp = self._stamp()
        served = self._served
        if served is not None and stamp == self._seen:
            return served
        if not self._changing.acquire(blocking=served is None):
            assert served is not None  # noqa: S101 - only who serves something does not wait
            return served
        try:
            return self._renewed(stamp)
        finally:
            self._changing.release()

    def take(self, entry: Entry) -> Snapshot:
        """Serve what was just published by this process, without checking it once more."""
        with self._changing:
            self._publishes = True
            self._faults[entry.version] = None
            return self._renewed(self._stamp())

    def look(self) -> None:
        """Check and open a newer snapshot, if there is one and nobody else is about it."""
        stamp = self._stamp()
        if (
            self._served is None
            or stamp == self._seen
            or not self._changing.acquire(blocking=False)
        ):
            return
        try:
            self._renewed(stamp)
        except StoreError:
            return  # whoever asks next is told
        finally:
            self._changing.release()

    def _renewed(self, stamp: tuple[int, ...] | None) -> Snapshot:
        if self._served is None or stamp != self._seen:
            newest = self._newest()
            if self._opens_ahead:
                with suppress(StoreError):
                    newest._reader.cursor().close()
            self._served, self._seen = newest, stamp
        return self._served

    @property
    def _opens_ahead(self) -> bool:
        """Whether a new snapshot is opened before a question comes: who publishes asks little."""
        return not self._publishes and self._served is not None and self._served._reader.is_open

    def open_paths(self) -> set[Path]:
        readers = (*self._readers.values(), *self._dockets.values())
        return {path for reader in readers if reader.is_open for path in reader.paths}

    def _stamp(self) -> tuple[int, ...] | None:
        try:
            status = (self._home / FOLDER / FILE).stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_mtime_ns, status.st_size

    def _newest(self) -> Snapshot:
        try:
            pointer = read_pointer(self._home)
        except StoreError as error:
            if self._served is None:
                raise
            served = self._served
            return Snapshot(served.entry, served._reader, error.message, served._docket)
        if pointer is None:
            raise StoreError(
                f"No snapshot in {self._home / FOLDER}. "
                "Start the collector: python app.py collect --once"
            )
        return self._first_good(pointer)

    def _first_good(self, pointer: Pointer) -> Snapshot:
        faults: list[str] = []
        versions = {entry.version for entry in pointer.entries}
        self._faults = {one: fault for one, fault in self._faults.items() if one in versions}
        for entry in pointer.entries:
            fault = self._fault(entry)
            if fault is None:
                notice = f"{' '.join(faults)} {entry.version} is served." if faults else None
                return Snapshot(entry, self._reader(entry), notice, self._docket(entry))
            faults.append(fault)
        raise StoreError(f"{' '.join(faults)} Publish again: python app.py collect --once")

    def _fault(self, entry: Entry) -> str | None:
        """What is wrong with a file, read once per version: None is nothing."""
        if entry.version not in self._faults:
            self._faults[entry.version] = fault_of(self._home / FOLDER, entry)
        return self._faults[entry.version]

    def _reader(self, entry: Entry) -> Reader:
        reader = self._readers.get(entry.version)
        if reader is None:
            folder = self._home / FOLDER
            base = folder / entry.base.file if entry.base else None
            reader = Reader(folder / entry.file, self._limits, base)
            self._readers[entry.version] = reader
        return reader

    def _docket(self, entry: Entry) -> Reader | None:
        if entry.docket is None:
            return None
        reader = self._dockets.get(entry.version)
        if reader is None:
            reader = DocketReader(self._home / FOLDER, entry.docket, self._limits)
            self._dockets[entry.version] = reader
        return reader


def fault_of(folder: Path, entry: Entry) -> str | None:
    """What is wrong with a snapshot's files; None is nothing."""
    for file, sha256 in entry.figures.items():
        path = folder / file
        try:
            if not is_intact(path, sha256):
                return f"Snapshot {path} is damaged: its SHA-256 is not the published one."
        except OSError as error:
            return f"Snapshot {path} cannot be read: {error.strerror}."
    return None


class Watcher:
    """The thread that looks for newer snapshots, as long as somebody asks for some."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Nothing is being watched yet; also so in a child, where the parent's thread is not."""
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._ending = threading.Event()

    def watch(self) -> None:
        """Start looking, unless that is being done."""
        if self._thread is None and self._starting.acquire(blocking=False):
            if not self._ending.is_set():
                self._thread = threading.Thread(target=self._run, name="snapshots", daemon=True)
                self._thread.start()
            self._starting.release()

    def end(self) -> None:
        """Look no more: while the interpreter is taken down, nothing may run in it."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._ending.wait(LOOK_SECONDS):
            asked_for = _asked_for()
            if not asked_for:
                break
            for shelf in asked_for:
                shelf.look()
        self._thread = None


def _asked_for() -> list[Shelf]:
    """The shelves somebody asked not long ago."""
    since = time.monotonic() - WATCHED_SECONDS
    return [shelf for shelf in list(_shelves.values()) if shelf.asked_at >= since]


_shelves: dict[tuple[Path, Limits], Shelf] = {}

_watcher = Watcher()

_buried: list[Shelf] = []


def _shelf(home: Path, limits: Limits) -> Shelf:
    return _shelves.setdefault((home, limits), Shelf(home, limits))


def _start_anew_after_fork() -> None:
    """A child neither uses nor closes what its parent had open."""
    for shelf in _shelves.values():
        _buried.append(shelf)
        inherited.update(shelf.open_paths())
    _shelves.clear()
    _watcher.begin()


os.register_at_fork(after_in_child=_start_anew_after_fork)
atexit.register(_watcher.end)
