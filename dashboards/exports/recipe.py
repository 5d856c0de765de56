"""A recipe: what a pack is made of, said once, so that anyone can make it again next week.

Shipped ones are recipes/*.toml; people's own are kept beside (store/state/recipes.py) in the same
shape. A recipe holds no figures.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dashboards.selection import Compare
from domain.errors import ExportError, UnknownNameError
from domain.period import Grain, ReportingCalendar
from metrics.ranking import Order

FOLDER = Path(__file__).with_name("recipes")
LONGEST_COMMENT = 600
MOST_SECTIONS = 40
KINDS = ("figures", "concerns", "trend", "map", "ranking", "index766", "sources")
WITH_METRIC = ("trend", "map", "ranking")


class Section(BaseModel):
    """One part of a pack. Trend, map and ranking are of one `metric`; figures of some `metrics`.

    `period` is its own where the pack's is too short: a week's dossiers rank no commune.
    `whole` prints every line of a ranking, `comment` is what its maker has to say.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["figures", "concerns", "trend", "map", "ranking", "index766", "sources"]
    metric: str | None = Field(default=None, max_length=80)
    metrics: tuple[str, ...] = Field(default=(), max_length=20)
    grain: Grain = Grain.MONTH
    order: Order = Order.BEST
    period: str | None = Field(default=None, max_length=24)
    whole: bool = False
    comment: str = Field(default="", max_length=LONGEST_COMMENT)


class Recipe(BaseModel):
    """Title, area, period and sections in order. `period` is a name (exports/periods.py).

    Without an `area` whoever makes the pack says of which one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1, max_length=120)
    period: str = Field(default="last_week", max_length=24)
    compare: Compare = Compare.PREVIOUS
    area: str | None = Field(default=None, max_length=40)
    calendar: ReportingCalendar = ReportingCalendar.MONTH
    sections: tuple[Section, ...] = Field(min_length=1, max_length=MOST_SECTIONS)


def recipe_from(given: dict[str, Any], name: str) -> Recipe:
    """The recipe in a document. Raises ExportError that names what is wrong in `name`."""
    try:
        recipe = Recipe.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ExportError(f"{name}: {where}: {first['msg']}.") from None
    for number, section in enumerate(recipe.sections, start=1):
        if section.kind in WITH_METRIC and section.metric is None:
            raise ExportError(f"{name}: section {number} is a {section.kind} and names no metric.")
    return recipe


def recipe_file(path: Path) -> Recipe:
    """The recipe in a TOML file. Raises ExportError."""
    try:
        return recipe_from(tomllib.loads(path.read_text(encoding="utf-8")), path.name)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ExportError(f"{path.name} cannot be read as TOML: {error}.") from None


@cache
def shipped() -> dict[str, Recipe]:
    """The recipes that come with the program, by name, in reading order."""
    files = sorted(FOLDER.glob("*.toml"))
    return {path.stem.partition("-")[2]: recipe_file(path) for path in files}


def shipped_recipe(name: str) -> Recipe:
    """A shipped recipe. Raises UnknownNameError with the nearest ones."""
    if name not in shipped():
        raise UnknownNameError("recipe", name, shipped())
    return shipped()[name]
