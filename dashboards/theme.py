"""Colours for what CSS cannot reach (charts, maps): the very values of assets/tokens.css."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
ASSETS = Path(__file__).parents[1] / "assets"
FONT = "IBM Plex Sans, Segoe UI, Noto Sans, Arial, sans-serif"

_BLOCK = re.compile(r"(?P<selectors>[^{}]+)\{(?P<body>[^{}]*)\}")
_COLOUR = re.compile(r"--ioc-(?P<name>[\w-]+):\s*(?P<value>#[0-9a-fA-F]{6})\s*;")


@cache
def colours(scheme: Scheme) -> Mapping[str, str]:
    """Every plain colour of a scheme by its token's name without "--ioc-": `{"ink": "#131d2b"}`."""
    css = (ASSETS / "tokens.css").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for block in _BLOCK.finditer(css):
        if f'[data-mantine-color-scheme="{scheme}"]' in block["selectors"]:
            found.update(
                (colour["name"], colour["value"]) for colour in _COLOUR.finditer(block["body"])
            )
    return MappingProxyType(found)
