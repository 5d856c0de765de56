"""Which sources there are: `config/sources.toml` as frozen, checked objects.

Every complaint names the file, the stanza, the key, the fact and the nearest right key.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from datasources.base import MODULES, SourceConfig, kind_of
from datasources.kinds.observations import press
from datasources.reading.files import ready_folder
from domain.errors import CatalogueError, UnknownNameError, suggestion

FILE = "config/sources.toml"
SOURCE_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
PRESS = "press"


def read_sources(home: Path) -> dict[str, SourceConfig]:
    """Every source of `home` by its id, in the order of the file. Raises CatalogueError."""
    path = home / FILE
    try:
        stanzas = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        way_on = f"Write one stanza per source into {path}"
        raise CatalogueError(FILE, "", "", "does not exist", way_on) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(FILE, "", "", f"is not TOML: {error}") from None
    return {name: read_source(name, stanza) for name, stanza in stanzas.items()}


def read_source(name: str, stanza: object) -> SourceConfig:
    """One stanza as the configuration of its kind. Raises CatalogueError."""
    if not SOURCE_ID.fullmatch(name):
        fact = "is no source id: small letters, digits and _, a letter first"
        raise CatalogueError(FILE, name, "", fact)
    if name == PRESS:
        fact = "is the id of the printed figures that come with the program"
        raise CatalogueError(FILE, name, "", fact, "Choose another id")
    if not isinstance(stanza, dict):
        raise CatalogueError(FILE, name, "", "is not a stanza", f"Write [{name}] and its keys")
    model = _model(name, stanza)
    try:
        return model.model_validate(_pushed(name, model, stanza))
    except ValidationError as error:
        details = error.errors(include_input=False, include_url=False)
        raise _complaint(name, model, str(stanza["kind"]), details[0]) from None


def _pushed(name: str, model: type[BaseModel], stanza: dict[str, Any]) -> dict[str, Any]:
    """The stanza of a source that is pushed to reads the inbox that is made for it."""
    if stanza.get("push") is not True or model.model_fields["push"].default is True:
        return stanza
    if "path" not in model.model_fields:
        fact = "is for kinds that read files, and this one does not"
        raise CatalogueError(FILE, name, "push", fact, "Remove the key")
    if "path" in stanza or stanza.get("url") is not None:
        fact = "means that documents come through the API, so there is no path or url"
        raise CatalogueError(FILE, name, "push", fact, "Remove path and url, or push")
    return {**stanza, "path": ready_folder(name)}


def known_sources(home: Path) -> dict[str, SourceConfig]:
    """The printed figures that come with the program, and every source of `home`."""
    return {PRESS: press(), **read_sources(home)}


def source_named(sources: Mapping[str, SourceConfig], name: str) -> SourceConfig:
    """One source. Raises UnknownNameError with the nearest ids."""
    if name not in sources:
        raise UnknownNameError("source", name, sources)
    return sources[name]


def _model(name: str, stanza: Mapping[str, object]) -> type[SourceConfig]:
    kind = stanza.get("kind")
    choice = f"Write one of {', '.join(MODULES)}"
    if kind is None:
        near = suggestion("kind", stanza).replace("Did you mean", "Is it").strip()
        raise CatalogueError(FILE, name, "kind", "is missing", near or choice)
    try:
        return kind_of(str(kind)).config
    except UnknownNameError as error:
        raise CatalogueError(FILE, name, "kind", f": {error.message}", choice) from None


def _complaint(
    name: str, model: type[BaseModel], kind: str, detail: ErrorDetails
) -> CatalogueError:
    """The first thing wrong in a stanza, in words and without its value: it may be a secret."""
    place = [str(part) for part in detail["loc"]]
    key = ".".join(place)
    if detail["type"] == "extra_forbidden":
        known = _keys(model, place[:-1])
        near = suggestion(place[-1], known).strip() or f"Known keys: {', '.join(known)}"
        return CatalogueError(FILE, name, key, "is no key of this kind of source", near)
    if detail["type"] == "missing":
        return CatalogueError(FILE, name, key, "is missing", f"See: source new {kind}")
    error = detail.get("ctx", {}).get("error")
    return CatalogueError(FILE, name, key, f": {error or detail['msg']}")


def _keys(model: type[BaseModel], place: Sequence[str]) -> list[str]:
    """The keys that may stand at a place inside a stanza."""
    for part in place:
        inner = (
            [] if part not in model.model_fields else _models(model.model_fields[part].annotation)
        )
        model = inner[0] if inner else model
    return list(model.model_fields)


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models named in an annotation such as `Title | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models(part)]
