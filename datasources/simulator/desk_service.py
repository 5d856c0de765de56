"""Answers to the questions of a collector: which dossiers changed, which steps were taken."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Lock
from typing import Any

from datasources.simulator import catalogue
from datasources.simulator.clock import DAY, EPOCH, date_of
from datasources.simulator.desks import systems
from datasources.simulator.portal import Sheet, Speaker
from datasources.simulator.progress import Steps, step_items, steps
from datasources.simulator.world import World
from domain.errors import RecordError
from domain.organisation import normalise_code

DOSSIERS, PROGRESS = "DongBoHoSoMC", "CapNhatTienDoHoSoMC"
PROGRESS_DAYS = 45
LARGEST_PAGE, PAGE = 5000, 2000
KEPT = 8
Key = tuple[str, str, str, str, str]


class QuestionError(Exception):
    """A question that cannot be answered."""


class DeskService:
    """The dossiers of every simulated province, page by page.

    The first page of a question fixes what its later pages show, so that a dossier that changes
    meanwhile is neither lost between two pages nor told twice. A service that is not `steady`
    draws every page anew, as many real ones do: what changes moves to the end, or away.
    """

    def __init__(self, world: World, clock: Callable[[], int], *, steady: bool = True) -> None:
        self._world = world
        self._clock = clock
        self._steady = steady
        self._speakers = {
            system.code: Speaker(world.provinces[system.joins], system)
            for system in systems()
            if system.stanza and system.joins in world.provinces
        }
        self._sheets: OrderedDict[Key, Sheet | Steps] = OrderedDict()
        self._lock = Lock()

    def answer(self, question: Mapping[str, Any], *, again: bool = False) -> str:
        """One page as JSON; with `again` the page before it. Raises QuestionError."""
        agency, service = _text(question, "madonvi"), _text(question, "service")
        speaker = self._speaker(agency)
        if service in (catalogue.LIST, catalogue.ENTRY):
            return self._catalogue(speaker, service, question)
        page, size = _number(question, "trang", 1), _number(question, "soBanGhi", PAGE)
        if page < 1 or not 1 <= size <= LARGEST_PAGE:
            raise QuestionError(f"trang from 1, soBanGhi from 1 to {LARGEST_PAGE}")
        sheet = self._sheet(question, speaker, page)
        shown = max(1, page - 1) if again else page
        first, last = (shown - 1) * size, shown * size
        if isinstance(sheet, Sheet):
            items = ",".join(speaker.items(sheet, first, last))
        else:
            items = ",".join(step_items(speaker, sheet, first, last))
        return (
            f'{{"error_code":"00","service":"{service}","madonvi":"{speaker.system.code}",'
            f'"isUpdating":"False","tongSo":{len(sheet)},"trang":{page},"data":[{items}]}}'
        )

    def _catalogue(self, speaker: Speaker, service: str, question: Mapping[str, Any]) -> str:
        """The list of procedures, or all versions of one of them, as published by now."""
        today = date_of(self._clock() // DAY)
        if service == catalogue.LIST:
            return catalogue.list_answer(speaker.system, today)
        return catalogue.entry_answer(speaker.system, _text(question, "maTTHC"), today)

    def _speaker(self, agency: str) -> Speaker:
        try:
            return self._speakers[normalise_code(agency)]
        except (KeyError, RecordError):
            known = ", ".join(sorted(self._speakers))
            raise QuestionError(f"madonvi must be one of {known}") from None

    def _sheet(self, question: Mapping[str, Any], speaker: Speaker, page: int) -> Sheet | Steps:
        names = ("session", "service", "tuNgay", "denNgay")
        session, service, since, until = (_text(question, name) for name in names)
        key = (session, speaker.system.code, service, since, until)
        with self._lock:
            if page == 1 or not self._steady or key not in self._sheets:
                self._sheets[key] = self._drawn(speaker, service, since, until)
                while len(self._sheets) > KEPT:
                    self._sheets.popitem(last=False)
            self._sheets.move_to_end(key)
            return self._sheets[key]

    def _drawn(self, speaker: Speaker, service: str, since: str, until: str) -> Sheet | Steps:
        now = self._clock()
        first, end = _moment(since, "tuNgay", 0), min(_moment(until, "denNgay", now + 1), now + 1)
        dossiers = self._world.dossiers(speaker.province.home, now)
        if service == DOSSIERS:
            return speaker.sheet(dossiers, first, end, now)
        if service == PROGRESS:
            return steps(speaker, dossiers, max(first, now - PROGRESS_DAYS * DAY), end)
        known = (DOSSIERS, PROGRESS, catalogue.LIST, catalogue.ENTRY)
        raise QuestionError(f"service must be one of {', '.join(known)}")


def _text(question: Mapping[str, Any], name: str) -> str:
    value = question.get(name, "")
    if not isinstance(value, str) or len(value) > 64 or '"' in value or "\\" in value:
        raise QuestionError(f"{name} must be a short text")
    return value


def _number(question: Mapping[str, Any], name: str, otherwise: int) -> int:
    try:
        return int(question.get(name, otherwise))
    except (TypeError, ValueError):
        raise QuestionError(f"{name} must be a whole number") from None


def _moment(text: str, name: str, otherwise: int) -> int:
    """The local second of `yyyyMMddHHmmss`."""
    if not text:
        return otherwise
    try:
        moment = datetime.strptime(text, "%Y%m%d%H%M%S")  # noqa: DTZ007 - local by contract
    except ValueError:
        raise QuestionError(f"{name} must be yyyyMMddHHmmss") from None
    return int((moment - datetime.combine(EPOCH, datetime.min.time())).total_seconds())
