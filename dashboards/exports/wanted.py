"""What a person wants as a file: a panel of a page they look at, or a pack."""

import json
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from dashboards.exports.exhibit import Folder
from dashboards.exports.making import Maker, Told
from dashboards.exports.recipe import Recipe
from dashboards.selection import AddressError, View, in_its_time, view_of
from domain.errors import ExportError
from domain.scope import Scope
from metrics.contents import dimension_values

Panel = Literal["trend", "ranking", "map", "figures", "concerns"]


class Wanted(BaseModel):
    """A panel of the page at an address, or a pack of a recipe; in which form and language.

    `pictures` asks for a picture of every page of a PDF as well: the preview of a pack.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    what: Panel | Literal["pack"]
    form: str = Field(max_length=8)
    language: Literal["vi", "en"] = "vi"
    address: str = Field(default="/", max_length=2500)
    recipe: Recipe | None = None
    area: str | None = Field(default=None, max_length=40)
    period: str | None = Field(default=None, max_length=24)
    pictures: bool = False


def view_at(address: str, maker: Maker) -> View:
    """The view at a page's address. Raises ExportError."""
    path, _, search = address.partition("?")
    register, horizon = maker.rules.register, maker.snapshot.horizon
    try:
        view = view_of(
            path,
            search,
            metrics=maker.rules.catalogue.metrics,
            register=register,
            horizon=horizon,
            choices=dimension_values(maker.snapshot),
        )
    except AddressError as error:
        raise ExportError(f"The address cannot be read: {error}.") from error
    return in_its_time(view, register, horizon)


def made(wanted: Wanted, maker: Maker, told: Told) -> Folder:
    """The folder a person wants. Raises ExportError, and as `query` does."""
    if wanted.what != "pack":
        return maker.panel(wanted.what, view_at(wanted.address, maker))
    if wanted.recipe is None:
        raise ExportError("A pack is made of a recipe, and none was sent.")
    return maker.pack(wanted.recipe, wanted.area, wanted.period, told)


def scope_written(scope: Scope) -> str:
    """A scope as JSON: the same text for the same scope."""
    names = [None if one is None else sorted(one) for one in (scope.areas, scope.organisations)]
    return json.dumps([*names, scope.least])


def scope_read(text: str) -> Scope:
    """The scope that was written."""
    areas, organisations, least = json.loads(text)
    return Scope(_names(areas), _names(organisations), least)


def _names(names: list[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)
