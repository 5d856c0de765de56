"""A commented stanza of any kind of source, for people to fill in.

The worked example of the kind's page in docs/sources comes first; below it, commented out, every
other key that its model knows, with its meaning from that page and its default. So a new kind
is told about as soon as it has a model and a page.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from datasources.base import SourceConfig, kind_of

PAGES = Path(__file__).parent.parent / "docs" / "sources"
EXAMPLE = re.compile(r"^```toml\n(.*?)^```", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\|(.+)\|(.+)\|(.+)\|$", re.MULTILINE)
KEY = re.compile(r"`([a-z_]+)[^`]*`")
NEW = "new_source"

# Keys of every kind, which the pages of the kinds need not explain again.
MEANINGS: Mapping[str, str] = {
    "title": "tên nguồn, tiếng Việt và tiếng Anh",
    "owner": "đơn vị chịu trách nhiệm về số liệu",
    "schedule": "lịch thu thập, năm trường cron; thứ trong tuần viết bằng chữ (mon…sun)",
    "expected_by": 'giờ phải có số liệu của mỗi ngày làm việc, ví dụ "17:00"',
    "time_zone": "múi giờ của những ngày giờ không ghi múi giờ",
    "deadline_precision": 'so hạn theo "day" (ngày) hoặc "second" (giây)',
    "simulated": "true: số liệu mô phỏng, trang nào cũng ghi rõ",
    "deadline_seconds": "một lần thu thập được chạy tối đa bao nhiêu giây",
    "memory_mb": "bộ nhớ tối đa của tiến trình đọc",
    "stale_after_hours": "sau bao nhiêu giờ thì số liệu cũ tới mức không đánh giá nữa",
    "within": "mã tỉnh, để tìm tên xã, tên đơn vị trong đúng tỉnh ấy",
    "push": "true: hệ thống khác đẩy tài liệu vào qua API (thay cho path, url)",
    "expected_from": "ai phải gửi: mã địa bàn (25, 25/commune) hoặc mã cơ quan (H44.13)",
    "volume_jump": "số bản ghi lệch thường lệ quá tỷ lệ này thì giữ lại chờ người quyết; 0: tắt",
    "reconcile_days": "mỗi đêm đọc lại bấy nhiêu ngày gần nhất (nguồn hỏi được); 0: tắt",
}


def stanza(kind: str) -> str:
    """A stanza to start from. Raises UnknownNameError with the nearest kinds."""
    model = kind_of(kind).config
    page = _page(kind)
    example = _example(kind, page) or _needed(kind, model)
    used = set(next(iter(tomllib.loads(example).values())))
    head = f"# {kind}: docs/sources/{kind}.md\n" if page else f"# {kind}\n"
    name = next(iter(tomllib.loads(example)))
    lines = example.rstrip().splitlines()
    first = next((at for at, line in enumerate(lines) if line.startswith(f"[{name}.")), len(lines))
    keys, tables = _others(name, model, used, page)
    # A key written after a table would belong to that table.
    whole = [*lines[:first], *([] if first < len(lines) else [""]), *keys]
    return head + "\n".join([*whole, "", *lines[first:], *tables]).rstrip() + "\n"


def _page(kind: str) -> str:
    path = PAGES / f"{kind}.md"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _example(kind: str, page: str) -> str:
    """The first example of the page that is a whole stanza of this kind."""
    for text in EXAMPLE.findall(page):
        try:
            stanzas = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            continue
        first = next(iter(stanzas.values()), None)
        if isinstance(first, dict) and first.get("kind") == kind:
            return str(text)
    return ""


def _needed(kind: str, model: type[SourceConfig]) -> str:
    """The keys without which there is no source, each with something in its place."""
    lines = [f"[{NEW}]", f'kind = "{kind}"']
    tables = []
    for name, field in model.model_fields.items():
        if name == "kind" or not field.is_required():
            continue
        if _is_table(field.annotation):
            tables += ["", f"[{NEW}.{name}]"]
        else:
            lines.append(f"{name} = {_shown(_placeholder(name, field.annotation))}")
    return "\n".join(lines + tables) + "\n"


def _others(
    name: str, model: type[SourceConfig], used: set[str], page: str
) -> tuple[list[str], list[str]]:
    """Every key the example leaves out, commented out: plain ones, and tables."""
    told = {**MEANINGS, **_told(page)}
    keys: list[str] = []
    tables: list[str] = []
    for key, field in model.model_fields.items():
        if key == "kind" or key in used:
            continue
        is_table = _is_table(field.annotation)
        lines = tables if is_table else keys
        if meaning := told.get(key) or field.description or "":
            lines.append(f"# {meaning}")
        if is_table:
            lines.append(f"# [{name}.{key}]")
        else:
            default = None if field.is_required() else field.get_default(call_default_factory=True)
            lines.append(f"# {key} = {_shown(_example_value(key, field, default))}")
    return keys, tables


def _told(page: str) -> dict[str, str]:
    """The meaning of each key, from the page's tables: | `key` | meaning | default |."""
    found: dict[str, str] = {}
    for first, meaning, _ in ROW.findall(page):
        for key in KEY.findall(first):
            found.setdefault(key, meaning.strip().replace("`", ""))
    return found


def _example_value(key: str, field: FieldInfo, default: Any) -> Any:
    return _placeholder(key, field.annotation) if default is None else default


def _placeholder(name: str, annotation: Any) -> Any:
    """Something of the right type in the place of a value nobody can guess."""
    if name in ("path", "url"):
        return "demo/files" if name == "path" else "https://host/path"
    kinds = [one for one in _parts(annotation) if one is not NoneType]
    for one in kinds:
        if get_origin(one) is Literal:
            return get_args(one)[0]
    return {int: 1, float: 1.0, bool: False, time: "17:00"}.get(kinds[0] if kinds else str, "…")


def _parts(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


def _is_table(annotation: Any) -> bool:
    """Whether a key is written as a table of its own."""
    return any(
        get_origin(one) is dict or (isinstance(one, type) and issubclass(one, BaseModel))
        for one in _parts(annotation)
    )


def _shown(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_shown(one) for one in value) + "]"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
