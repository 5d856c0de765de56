"""Where a slide is played: for whom, when, of which area, in which language and shape."""

from dataclasses import dataclass
from datetime import datetime

from dashboards.board import CARDS, Board
from dashboards.selection import View
from dashboards.text import Words, words
from dashboards.theme import Scheme
from dashboards.wall.layout import Sheet
from dashboards.wall.playlist import Playlist, Tile
from domain.area import COUNTRY_CODE, AreaRegister
from domain.errors import AreaError
from domain.scope import Scope
from metrics.ranking import Order
from metrics.rules import Rules
from metrics.snapshots import Snapshot
from metrics.sources import Sources


@dataclass(frozen=True)
class Stage:
    """A playlist on a screen of one shape, at one instant. `area` is a code, "" the country's."""

    playlist: Playlist
    snapshot: Snapshot
    rules: Rules
    scope: Scope
    sources: Sources
    now: datetime
    area: str
    sheet: Sheet
    language: str = "vi"

    @property
    def words(self) -> Words:
        return words(self.language)

    @property
    def scheme(self) -> Scheme:
        return self.playlist.theme

    def board(self, tile: Tile, metrics: tuple[str, ...] | None = None) -> Board:
        """The figures behind a tile: those of its own area, period and metrics."""
        code = tile.area or self.area
        is_country = code in ("", COUNTRY_CODE)
        period = tile.period or self.playlist.period
        view = View(
            page="overview" if is_country else "area",
            area=None if is_country else code,
            period=None if period == "year" else period,
            metric=tile.metric,
            grain=tile.grain,
            compare=self.playlist.compare,
            order=Order.WORST,
        )
        shown = metrics or CARDS
        return Board(view, self.snapshot, self.rules, self.scope, self.now, shown=shown)


def area_of(asked: str, playlist: Playlist, scope: Scope, register: AreaRegister) -> str:
    """The code of the area a wall is about: as asked, as the playlist says, or the first seen."""
    if asked or playlist.area:
        return asked or str(playlist.area)
    if not scope.areas:
        return ""
    try:
        return register.get(min(scope.areas)).code
    except AreaError:
        return ""
