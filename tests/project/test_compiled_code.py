"""Whether compiled code is used, and the list of its sources."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from types import ModuleType

import pytest

from flask_status_cli import compiled_code
from flask_status_cli.cli import run
from flask_status_cli.compiled_code import INTERFACES, MODULES, SCANNER, compiled_module, described
from tests.compiled_modules import needed

ROOT = Path(__file__).parents[2]


def test_the_version_says_that_compiled_code_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    needed("formats.counting.compiled._scanner")
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == "flask-status, version 0.1.0 with compiled code\n"


def test_the_variable_that_turns_compiled_code_off_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLASK_STATUS_PURE", "1")
    assert described() == "without compiled code, because FLASK_STATUS_PURE is set"


@pytest.mark.parametrize(
    ("files", "begins"),
    [
        ([], "without compiled code\nTo read large logs about twice as fast, install a C compiler"),
        (list(MODULES), "without compiled code\n"),  # files that are no modules
    ],
)
def test_a_package_without_compiled_code_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, files: list[str], begins: str
) -> None:
    monkeypatch.setattr(compiled_code, "__file__", f"{tmp_path}/flask_status_cli/compiled_code.py")
    for name in files:
        file = tmp_path / f"{name.replace('.', '/')}.abi3.so"
        file.parent.mkdir(parents=True)
        file.write_bytes(b"no module\n")
    assert described().startswith(begins)
    assert "--no-cache-dir --force-reinstall" in described()


@pytest.mark.parametrize("interface", [{}, {"INTERFACE": 0}, {"INTERFACE": 10**6}])
def test_a_module_with_another_interface_is_not_used(
    monkeypatch: pytest.MonkeyPatch, interface: dict[str, int]
) -> None:
    stale = ModuleType(SCANNER)
    vars(stale).update(interface)
    monkeypatch.delenv("FLASK_STATUS_PURE", raising=False)
    monkeypatch.setitem(sys.modules, SCANNER, stale)
    assert compiled_module(SCANNER) is None
    vars(stale)["INTERFACE"] = INTERFACES[SCANNER]
    assert compiled_module(SCANNER) is stale


def test_the_version_says_how_to_compile_modules_that_are_out_of_date(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    needed("formats.counting.compiled._scanner")
    monkeypatch.setitem(INTERFACES, SCANNER, 10**6)
    assert described() == ("without _scanner\ncompiled code is out of date: pip install -e .")
    for name in MODULES:
        monkeypatch.setitem(INTERFACES, name, 10**6)
    assert described() == ("without compiled code\ncompiled code is out of date: pip install -e .")


def test_every_c_file_is_compiled() -> None:
    tree = ast.parse((ROOT / ".ci/compile_modules.py").read_text())
    [table] = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "MODULES"
    ]
    modules: dict[str, tuple[str, ...]] = ast.literal_eval(table)
    assert {name.replace("/", ".") for name in modules} == set(MODULES)
    listed = {(ROOT / name).parent / file for name, files in modules.items() for file in files}
    assert listed == set((ROOT / "flask_status_cli").rglob("*.c"))
