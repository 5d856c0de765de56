"""What areas became: the legal links from an old area to a new one."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import cached_property

from domain.area_files import ChangeRow
from domain.area_types import Area, AreaChange


class Succession:
    """Links between areas, read when first needed; `at` finds the area of a code and day."""

    def __init__(
        self, rows: Callable[[], Iterable[ChangeRow]], at: Callable[[str, date], Area]
    ) -> None:
        self._rows = rows
        self._at = at

    @cached_property
    def changes(self) -> tuple[AreaChange, ...]:
        """Every legal change, in the order of the register."""
        return tuple(self._change(row) for row in self._rows())

    @cached_property
    def by_old(self) -> Mapping[str, tuple[AreaChange, ...]]:
        """What became of an area, by its id, the main successor first."""
        return self._by(lambda change: change.old_id)

    @cached_property
    def by_new(self) -> Mapping[str, tuple[AreaChange, ...]]:
        """What an area was made of, by its id, what it is the main successor of first."""
        return self._by(lambda change: change.new_id)

    def _by(self, key: Callable[[AreaChange], str | None]) -> Mapping[str, tuple[AreaChange, ...]]:
        links: dict[str, list[AreaChange]] = defaultdict(list)
        for change in self.changes:
            area_id = key(change)
            if area_id is not None and change.new_id != change.old_id:
                links[area_id].append(change)
        for held in links.values():
            held.sort(key=lambda change: not change.is_default)
        return {area_id: tuple(held) for area_id, held in links.items()}

    def _change(self, row: ChangeRow) -> AreaChange:
        effective = date.fromisoformat(row.effective_from)
        return AreaChange(
            old_id=self._at(row.old_code, effective - timedelta(days=1)).area_id,
            new_id=self._at(row.new_code, effective).area_id if row.new_code else None,
            change_kind=row.change_kind,
            part=row.part,
            is_default=row.is_default == "1",
            effective_from=effective,
            legal_basis=row.legal_basis,
            share_note=row.share_note,
        )
