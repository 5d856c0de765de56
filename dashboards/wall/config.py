"""Reading wall.toml: the shipped playlists, with those of a home beside and instead of them.

A playlist of a home's file that has a shipped one's name takes its place. The file is read again
when it has changed; one that cannot be read is not taken: what held before holds on, and
`Playlists.problems` says what is wrong, each with file, stanza, key and the nearest right name.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from dashboards.wall.playlist import NAMES, Playlist, Slide, Tile, Title, Turn
from domain.dossier import local_day
from domain.errors import AreaError, CatalogueError, suggestion
from metrics.rules import Rules

FILE = "wall.toml"
SHIPPED = Path(__file__).with_name("shipped.toml")
FOLDER = "wall"
"""Where pictures are kept, below a home's config folder."""
LARGEST = 200_000
MODELS: Mapping[str, type[BaseModel]] = {
    "": Playlist,
    "slides": Slide,
    "tiles": Tile,
    "calendar": Turn,
    "title": Title,
    "text": Title,
}


@dataclass(frozen=True)
class Playlists:
    """Playlists by name, and what is wrong with the home's file, if anything is."""

    found: Mapping[str, Playlist]
    own: frozenset[str] = frozenset()
    problems: tuple[CatalogueError, ...] = ()
    text: str = field(default="", repr=False)

    def get(self, name: str) -> Playlist | None:
        return self.found.get(name)


_last_good: dict[Path, Playlists] = {}
_read_before: dict[tuple[str, str], Playlists] = {}
MOST_REMEMBERED = 16


def playlists(config: Path, rules: Rules) -> Playlists:
    """The playlists of a home. Never fails: a bad file is told in `problems`."""
    path = config / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        found = _last_good.get(path) or read("", rules)
        return replace(found, problems=(CatalogueError(FILE, "", "", f"cannot be read: {error}"),))
    found = read(text, rules)
    if found.problems:
        before = _last_good.get(path) or read("", rules)
        return replace(before, problems=found.problems, text=text)
    _last_good[path] = found
    return found


def read(text: str, rules: Rules) -> Playlists:
    """The shipped playlists with those of a text of a wall.toml; or all that is wrong with it."""
    key = (text, rules.catalogue.version)
    if key not in _read_before:
        if len(_read_before) >= MOST_REMEMBERED:
            _read_before.clear()
        _read_before[key] = _read(text, rules)
    return _read_before[key]


def _read(text: str, rules: Rules) -> Playlists:
    shipped, wrong = _playlists(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name, rules)
    ours, problems = _playlists(text, FILE, rules)
    if wrong:  # only where a home has replaced the catalogue: what it lacks is not shown
        shipped = {name: one for name, one in shipped.items() if not _problems_of(wrong, name)}
    return Playlists({**shipped, **ours}, frozenset(ours), tuple(problems), text)


def _problems_of(problems: Iterable[CatalogueError], name: str) -> bool:
    return any(re.split(r"[.\[]", one.stanza)[0] == name for one in problems)


def _playlists(
    text: str, file: str, rules: Rules
) -> tuple[dict[str, Playlist], list[CatalogueError]]:
    """The good playlists of a text, and everything that is wrong with the others."""
    if len(text) > LARGEST:
        return {}, [CatalogueError(file, "", "", f"is larger than {LARGEST:,} characters")]
    try:
        stanzas = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return {}, [CatalogueError(file, "", "", f"is not TOML: {error}")]
    found: dict[str, Playlist] = {}
    problems: list[CatalogueError] = []
    for name, stanza in stanzas.items():
        told = list(_wrong(name, stanza, file, rules))
        problems += told
        if not told:
            found[name] = Playlist.model_validate(stanza)
    return found, problems


def _wrong(name: str, stanza: Any, file: str, rules: Rules) -> Iterator[CatalogueError]:
    """Everything that is wrong with one playlist."""
    if not NAMES.fullmatch(name):
        yield CatalogueError(file, name, "", "has a name of other signs than a-z, 0-9 and hyphen")
        return
    if not isinstance(stanza, dict):
        yield CatalogueError(file, name, "", "is no stanza of a playlist")
        return
    try:
        found = Playlist.model_validate(stanza)
    except ValidationError as error:
        details = error.errors(include_url=False)
        inside = {tuple(detail["loc"][: len(detail["loc"]) - 1]) for detail in details}
        for detail in sorted(details, key=lambda one: one["type"] != "extra_forbidden"):
            is_echo = detail["type"] == "too_short" and any(
                place[: len(detail["loc"])] == detail["loc"] for place in inside
            )
            if not is_echo:  # a list is too short only because what is in it is wrong
                yield _complaint(name, file, detail)
        return
    yield from _strangers(name, found, file, rules)


def _complaint(name: str, file: str, detail: Any) -> CatalogueError:
    place: Sequence[str | int] = detail["loc"]
    stanza, key = _stanza(name, place[:-1]), str(place[-1]) if place else ""
    if detail["type"] == "extra_forbidden":
        above = next((one for one in reversed(place[:-1]) if isinstance(one, str)), "")
        keys = list(MODELS[above].model_fields)
        near = suggestion(key, keys).strip() or f"There are: {', '.join(keys)}"
        return CatalogueError(file, stanza, key, "is no key of this stanza", near)
    if detail["type"] == "missing":
        return CatalogueError(file, stanza, key, "is missing")
    if isinstance(place[-1], int):  # one of a list
        stanza, key = _stanza(name, place[:-2]), str(place[-2])
    if detail["type"] == "literal_error":
        said = str(detail["input"])
        words = re.findall(r"'([\w-]+)'", detail["ctx"]["expected"])
        near = suggestion(said, words).strip() or f"There are: {', '.join(words)}"
        return CatalogueError(file, stanza, key, f"cannot be '{said}'", near)
    told = detail["msg"].removeprefix("Value error, ")
    return CatalogueError(file, stanza, key, f": {told}")


def _stanza(name: str, place: Sequence[str | int]) -> str:
    """`province.slides[2].tiles[1]`, counted from 1 as people count."""
    told = name
    for part in place:
        told += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return told


def _strangers(name: str, found: Playlist, file: str, rules: Rules) -> Iterator[CatalogueError]:
    """Metrics and areas there are not, and keys a tile needs and has not."""
    if found.area and (told := _no_area(found.area, rules)):
        yield CatalogueError(file, name, "area", told)
    turns = {turn.set for turn in found.calendar}
    for at, slide in enumerate(found.slides, start=1):
        for one in slide.sets:
            if one not in turns:
                near = suggestion(one, turns).strip() or "Say in its calendar when it plays"
                yield CatalogueError(
                    file, f"{name}.slides[{at}]", "sets", f"names no set: '{one}'", near
                )
        for number, tile in enumerate(slide.tiles, start=1):
            stanza = f"{name}.slides[{at}].tiles[{number}]"
            yield from _tile_strangers(tile, file, stanza, rules)


def _tile_strangers(tile: Tile, file: str, stanza: str, rules: Rules) -> Iterator[CatalogueError]:
    if key := tile.lacking():
        yield CatalogueError(file, stanza, key, f"is missing: a tile '{tile.kind}' needs it")
    for key, names in (("metric", (tile.metric,)), ("metrics", tile.metrics)):
        for one in names:
            if one is not None and one not in rules.catalogue.metrics:
                near = suggestion(one, rules.catalogue.metrics).strip()
                yield CatalogueError(file, stanza, key, f"is in no catalogue: '{one}'", near)
    if tile.area and (told := _no_area(tile.area, rules)):
        yield CatalogueError(file, stanza, "area", told)


def _no_area(code: str, rules: Rules) -> str:
    try:
        rules.register.resolve(code, local_day(datetime.now(UTC)))
    except AreaError:
        return f"is the code of no area: '{code}'"
    return ""


def version_of(playlist: Playlist, place: int) -> str:
    """Changes whenever a slide of the playlist would be drawn otherwise."""
    settings = playlist.model_dump_json(exclude={"slides", "calendar", "seconds", "night"})
    slide = playlist.slides[place].model_dump_json(exclude={"seconds", "sets"})
    return hashlib.sha256(f"{settings}\n{slide}".encode()).hexdigest()[:12]


LINE = re.compile(r"^\s*(\[\[?)\s*([\w.\"-]+?)\s*\]\]?\s*(?:#.*)?$")


def line_of(text: str, problem: CatalogueError) -> int | None:
    """The line of a text, from 1, that a problem is about; None where it cannot be told."""
    if found := re.search(r"at line (\d+)", problem.message):
        return int(found[1])
    wanted = re.findall(r"[^.\[\]]+", problem.stanza)
    counts: dict[str, int] = {}
    here: list[str] = []
    best: int | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if head := LINE.match(line):
            here = _counted(head[2], counts, is_list=head[1] == "[[")
            if here == wanted:
                best = number
        elif here == wanted and re.match(rf"\s*{re.escape(problem.key)}\s*=", line):
            return number
    return best


def _counted(name: str, counts: dict[str, int], *, is_list: bool) -> list[str]:
    """The parts of a stanza's name with the number of each list's entry."""
    if is_list:
        counts[name] = counts.get(name, 0) + 1
        for other in [one for one in counts if one.startswith(f"{name}.")]:
            del counts[other]
    found: list[str] = []
    so_far = ""
    for part in name.split("."):
        so_far = f"{so_far}.{part}" if so_far else part
        found.append(part)
        if so_far in counts:
            found.append(str(counts[so_far]))
    return found
