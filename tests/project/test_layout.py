"""The repository keeps its shape: what lies where, and how long it may be."""

from __future__ import annotations

import ast
import os
from collections import Counter
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "flask_status_cli"
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in PACKAGE.rglob("*.py"))
SOURCES = [*MODULES, *sorted(p.relative_to(ROOT).as_posix() for p in ROOT.glob("benchmarks/*.py"))]

TOP_LEVEL = {
    "LICENSE",
    "README.md",
    "README.es.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "pyproject.toml",
    "flask_status_cli",
    "tests",
    "fixtures",
    "benchmarks",
    "docs",
}
MADE_BY_TOOLS = {"build", "dist", "PKG-INFO"}


def functions(module: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse((ROOT / module).read_text())
    return [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_the_top_level_holds_what_it_should_and_nothing_else() -> None:
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    found = {name for name in found if not name.endswith(".egg-info")} - MADE_BY_TOOLS
    assert found == TOP_LEVEL


@pytest.mark.parametrize("module", SOURCES)
def test_no_module_is_longer_than_500_lines(module: str) -> None:
    assert len((ROOT / module).read_text().splitlines()) <= 500


def test_a_folder_holds_about_a_dozen_modules() -> None:
    """But for migrations: each change of the schema adds one."""
    folders = Counter(Path(module).parent for module in MODULES)
    crowded = {folder.as_posix(): n for folder, n in folders.items() if n > 18}
    assert set(crowded) <= {"flask_status_cli/store/schema/migrations/versions"}


@pytest.mark.parametrize("module", SOURCES)
def test_no_function_is_longer_than_60_lines(module: str) -> None:
    too_long = {f.name for f in functions(module) if (f.end_lineno or 0) - f.lineno + 1 > 60}
    assert not too_long


def test_nine_functions_of_ten_fit_35_lines() -> None:
    lengths = sorted((f.end_lineno or 0) - f.lineno + 1 for m in MODULES for f in functions(m))
    assert lengths[len(lengths) * 9 // 10] <= 35
    assert lengths[len(lengths) // 2] <= 10


@pytest.mark.parametrize("module", SOURCES)
def test_a_module_says_its_idea_in_its_first_line(module: str) -> None:
    docstring = ast.get_docstring(ast.parse((ROOT / module).read_text()))
    assert docstring
    assert docstring.partition("\n")[0].endswith((".", "?", "`", ":"))


def test_a_silenced_check_carries_its_reason() -> None:
    for module in SOURCES:
        for number, line in enumerate((ROOT / module).read_text().splitlines(), 1):
            for mark in ("# noqa", "# type: ignore"):
                _, found, reason = line.partition(mark)
                assert not found or len(reason.split()) > 2, f"{module}:{number}"


def test_the_installed_package_holds_every_file_of_the_source() -> None:
    """An editable installation has no files of its own: it is the source. Code in C is installed compiled."""
    distribution = metadata.distribution("flask-status-cli")
    if '"editable": true' in (distribution.read_text("direct_url.json") or ""):
        installed = PACKAGE
    else:
        installed = Path(str(distribution.locate_file("flask_status_cli")))
    in_c = {".c", ".h", ".so"}
    held, source = (
        {name for name in files(folder) if Path(name).suffix not in in_c}
        for folder in (installed, PACKAGE)
    )
    assert held == source
    for stub in (name for name in source if name.endswith(".pyi")):
        assert stub.replace(".pyi", ".abi3.so") in files(installed) or not os.environ.get("CI")
    assert any(name.endswith(".html") for name in files(installed))
    assert any("migrations/versions/" in name for name in files(installed))


def files(folder: Path) -> set[str]:
    paths = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {path for path in paths if "__pycache__" not in path}
