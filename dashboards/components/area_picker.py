"""The picker of areas: a field to type in, above a tree to walk through; assets/picker.js.

A combobox as the WAI-ARIA practices describe it: what is typed finds areas as a list, an empty
field offers the tree. It asks the server itself (dashboards/area_picking.py), so that a page's
callbacks know nothing of it.
"""

from typing import Any

from dash.development.base_component import Component


class AreaPicker(Component):
    """The field. `label` stands above it, `hint` in it; `failed` is said where nobody answers."""

    _children_props: list[str] = []  # noqa: RUF012 - as every Dash component writes it
    _namespace = "toan_canh"
    _type = "AreaPicker"

    def __init__(self, **properties: Any) -> None:
        names = ["id", "label", "hint", "failed"]
        self._prop_names = names
        self._valid_wildcard_attributes: list[str] = []
        self.available_properties = names
        self.available_wildcard_properties: list[str] = []
        super().__init__(**properties)  # type: ignore[no-untyped-call]  # Dash has no types here
