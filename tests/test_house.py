"""Promises of the house itself: its settings, its pinned packages, its written rules."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import Settings, SettingsError, settings

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"IOC_{name.upper()}", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_a_setting_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOC_PORT", "8099")
    assert settings().port == 8099


def test_an_empty_variable_leaves_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOC_PORT", "")
    assert settings().port == 8050


def test_a_misspelt_variable_is_refused_with_the_right_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("IOC_PROT", "8099")
    with pytest.raises(SettingsError, match=r"no setting IOC_PROT\. Did you mean IOC_PORT\?"):
        settings()


def test_a_variable_like_no_other_is_refused_with_all_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("IOC_XYZZY", "1")
    with pytest.raises(SettingsError, match=r"There are: IOC_HOME, "):
        settings()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("IOC_PORT", "eighty"),
        ("IOC_SECRET_KEY", "hunter2"),
        ("IOC_MEMORY_LIMIT", "lots"),
        ("IOC_KEEP_SNAPSHOTS", "2"),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=f"^{variable}: "):
        settings()


def test_a_refused_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOC_SECRET_KEY", "hunter2")
    with pytest.raises(SettingsError) as refusal:
        settings()
    assert "hunter2" not in str(refusal.value)


def test_a_secret_may_come_from_a_file_and_is_never_printed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = "k" * 32
    (tmp_path / "ioc_secret_key").write_text(key)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    secret = settings().secret_key
    assert secret is not None
    assert secret.get_secret_value() == key
    assert key not in repr(settings())


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_setting_is_heeded_by_somebody() -> None:
    files = [ROOT / "app.py", *(ROOT / "commands").glob("*.py")]
    code = "\n".join(file.read_text() for file in files)
    heeded = set(re.findall(r"(?:chosen|settings\(\))\.(\w+)", code))
    assert set(Settings.model_fields) - heeded == set()


def test_settings_import_nothing_of_ours() -> None:
    tree = ast.parse((ROOT / "settings.py").read_text())
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
        )
    }
    assert imported - sys.stdlib_module_names == {"pydantic", "pydantic_settings"}


def pins(requirements: str) -> set[str]:
    return set(re.findall(r"^[\w.-]+==[^\s;]+", requirements, flags=re.MULTILINE))


def wanted(group: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lists = {"run": project["project"]["dependencies"], "dev": project["dependency-groups"]["dev"]}
    return set(lists[group])


def test_the_pinned_lists_hold_what_pyproject_asks_for() -> None:
    run = pins((ROOT / "requirements.txt").read_text())
    dev = pins((ROOT / "requirements-dev.txt").read_text())
    assert wanted("run") - run == set()
    assert wanted("dev") - dev == set()
    assert run - dev == set()


def test_every_dependency_is_explained() -> None:
    explained = set(
        re.findall(r"^\| `([\w-]+)`", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    )
    named = {pin.split("==")[0] for pin in wanted("run") | wanted("dev")}
    assert explained == named


def test_the_readme_names_every_setting_with_its_default() -> None:
    readme = (ROOT / "README.md").read_text()
    for name, field in Settings.model_fields.items():
        if name != "crash_at":
            default = "–" if field.default in (None, "") else f"`{field.default}`"
            assert f"| `IOC_{name.upper()}` | {default} | {field.description} |" in readme
