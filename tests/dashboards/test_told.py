"""What goes wrong at a source is told in Vietnamese too: every sentence there is in the code."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from dashboards.told import phrases, told

ROOT = Path(__file__).parents[2] / "datasources"
TELLERS: Mapping[str, tuple[int, ...]] = {
    "SourceError": (1, 2),
    "TryAgainError": (0,),
    "Rejected": (4,),
    "Doubt": (2,),
    "FigureError": (2,),
    "MessageError": (1,),
    "PlaceError": (0,),
    "ReadingError": (2,),
    "RecordError": (0,),
    "RefusedError": (2,),
    "ShapeError": (0,),
}
"""Who says something about a source, and which of its arguments are sentences."""
HELPERS = {"_error", "_refused", "_ended", "_sentence"}
PASSED_ON = ("fact", "way_on", "reason")
FILLED = {"error.message": "is empty", "told": "row is empty (7×)"}
"""What stands in a gap that is told in its turn; in all others it is 7."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def sentences() -> list[tuple[str, str]]:
    """Every sentence in the code with where it is said, its gaps filled."""
    files = [file for file in ROOT.rglob("*.py") if "simulator" not in file.parts]
    return sorted({one for file in files for one in said_in(file)})


def said_in(file: Path) -> Iterator[tuple[str, str]]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
    helpers = {one.name: passed_on(one) for one in functions if one.name in HELPERS}
    for scope in functions:
        for call in (node for node in ast.walk(scope) if isinstance(node, ast.Call)):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            for number in helpers.get(name, TELLERS.get(name, ())):
                if number < len(call.args):
                    for text in texts(call.args[number], scope, tree):
                        yield text, f"{file.name}: {name}"


def passed_on(helper: Function) -> tuple[int, ...]:
    """Which arguments of a helper are sentences or the second half of one."""
    names = [one.arg for one in helper.args.args if one.arg != "self"]
    return tuple(number for number, name in enumerate(names) if name in PASSED_ON)


def texts(node: ast.expr, scope: ast.AST, tree: ast.Module) -> list[str]:
    """What an expression can say; nothing where it is told elsewhere."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            said = [""]
            for part in parts:
                more = (
                    [str(part.value)] if isinstance(part, ast.Constant) else gap(part, scope, tree)
                )
                said = [before + after for before in said for after in more]
            return said
        case ast.IfExp(body=body, orelse=other):
            return [*texts(body, scope, tree), *texts(other, scope, tree)]
        case ast.BoolOp(values=values):
            return [text for value in values for text in texts(value, scope, tree)]
        case ast.Name(id=name):
            return [
                text for value in assigned(name, scope, tree) for text in texts(value, scope, tree)
            ]
    return []


def gap(part: ast.expr, scope: ast.AST, tree: ast.Module) -> list[str]:
    """What may stand in a gap."""
    value = part.value if isinstance(part, ast.FormattedValue) else part
    if isinstance(value, ast.Name) and value.id in (*PASSED_ON, "place", "near"):
        return texts(value, scope, tree)
    return [FILLED.get(ast.unparse(value), "7")]


def assigned(name: str, scope: ast.AST, tree: ast.Module) -> list[ast.expr]:
    places = [*ast.walk(scope), *tree.body]
    return [
        node.value
        for node in places
        if isinstance(node, ast.Assign)
        and any(isinstance(one, ast.Name) and one.id == name for one in node.targets)
    ]


def test_every_sentence_about_a_source_is_told_in_vietnamese() -> None:
    found = sentences()
    assert len(found) > 150
    assert [one for one in found if one[0].strip(" 7:") and not is_told(one[0])] == []


def is_told(sentence: str) -> bool:
    """As it is, or behind the file, address or field that it is about."""
    return any(
        told(one, "vi") != one for one in (sentence, f"7 {sentence}", f"the list {sentence}")
    )


def test_each_translation_has_the_gaps_of_its_sentence_and_none_is_left_in_english() -> None:
    for phrase in phrases():
        gaps = set(phrase.pattern.groupindex)
        assert set(re.findall(r"\{(\w+)\}", phrase.said)) == gaps, phrase.said


REFUSED = (
    "permits: 12 of 40 records are refused, more than 5%, so none is taken. "
    "First at row 3: area is no area of province 25 on 01/02/2026; nearest: 07900 (xã A), "
    "25 (tỉnh B) (7×); row is empty (5×). "
    "Correct the file or its stanza in config/sources.toml."
)
SAID = (
    "12 trong 40 bản ghi bị từ chối, quá 5%, nên không lấy bản ghi nào. "
    "Trước hết ở dòng 3: area không phải địa bàn nào của tỉnh 25 vào 01/02/2026; gần nhất: "
    "07900 (xã A), 25 (tỉnh B) (7 lần); row bỏ trống (5 lần). "
    "Hãy sửa tệp, hoặc phần khai báo trong config/sources.toml."
)


def test_a_sentence_is_said_in_the_readers_language() -> None:
    assert told(REFUSED, "vi") == SAID
    assert told(REFUSED, "en") == REFUSED


def test_names_are_left_as_they_are_whatever_stops_they_hold() -> None:
    names = "x: a. b.csv has no column 'x'. Did you mean 'a. b' or 'c'? Its sheets are: A. B."
    said = "a. b.csv không có cột 'x'. Có phải ý là 'a. b' hoặc 'c'? Các trang của nó là: A. B."
    assert told(names, "vi") == said


def test_what_nobody_foresaw_is_told_as_it_was_written() -> None:
    assert told("permits: the sky fell. Look up.", "vi") == "permits: the sky fell. Look up."
