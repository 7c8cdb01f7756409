"""The repository keeps its shape: what lies where, and how long it may be."""

from __future__ import annotations

import ast
import os
from collections import Counter
from functools import cache
from importlib import metadata
from pathlib import Path

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


@cache
def text(module: str) -> str:
    return (ROOT / module).read_text()


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(text(module))


@cache
def functions(module: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        node
        for node in ast.walk(tree(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def test_the_top_level_holds_what_it_should_and_nothing_else() -> None:
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    found = {name for name in found if not name.endswith(".egg-info")} - MADE_BY_TOOLS
    assert found == TOP_LEVEL


def test_no_module_is_longer_than_500_lines() -> None:
    lengths = {module: len(text(module).splitlines()) for module in SOURCES}
    assert {module: lines for module, lines in lengths.items() if lines > 500} == {}


def test_a_folder_holds_about_a_dozen_modules() -> None:
    """But for migrations: each change of the schema adds one."""
    folders = Counter(Path(module).parent for module in MODULES)
    crowded = {folder.as_posix(): n for folder, n in folders.items() if n > 18}
    assert set(crowded) <= {"flask_status_cli/store/schema/migrations/versions"}


def test_no_function_is_longer_than_60_lines() -> None:
    assert [f"{m}: {f.name}" for m in SOURCES for f in functions(m) if length(f) > 60] == []


def test_nine_functions_of_ten_fit_35_lines() -> None:
    lengths = sorted(length(f) for m in MODULES for f in functions(m))
    assert lengths[len(lengths) * 9 // 10] <= 35
    assert lengths[len(lengths) // 2] <= 10


def test_a_module_says_its_idea_in_its_first_line() -> None:
    ends = (".", "?", "`", ":")
    first = {m: (ast.get_docstring(tree(m)) or "").partition("\n")[0] for m in SOURCES}
    assert {module: line for module, line in first.items() if not line.endswith(ends)} == {}


def test_a_silenced_check_carries_its_reason() -> None:
    for module in SOURCES:
        for number, line in enumerate(text(module).splitlines(), 1):
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
