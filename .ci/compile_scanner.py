"""Compiles the scanner while the package is built: a hook of hatchling, named in `pyproject.toml`.

Without a C compiler the package is built without the scanner, and counts in Python.
"""

from __future__ import annotations

import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from setuptools import Distribution, Extension
from setuptools.command.build_ext import build_ext

PLACE = "flask_status_cli/formats/counting/compiled"
NAME = f"{PLACE.replace('/', '.')}._scanner"
SOURCES = ("module.c", "scan_block.c", "add_lines.c", "text_table.c")


class CompileScanner(BuildHookInterface[Any]):
    """Adds the scanner to a wheel, for CPython 3.11 and later."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the scanner; beside its sources, if the package is installed to be edited."""
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        library = root if version == "editable" else Path(tempfile.mkdtemp())
        built = _compile(root, library)
        if built is None:
            return
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"cp311-abi3-{platform}"
        build_data["force_include"][str(built)] = f"{PLACE}/{built.name}"


def _compile(root: Path, library: Path) -> Path | None:
    """Compile into a folder of packages; return the file, `None` if that failed, which is printed."""
    place = root / PLACE
    extension = Extension(
        NAME,
        [str(place / source) for source in SOURCES],
        define_macros=[("Py_LIMITED_API", "0x030B0000")],
        extra_compile_args=["-O3", "-fvisibility=hidden"],
        py_limited_api=True,
        optional=True,
    )
    with tempfile.TemporaryDirectory() as objects:
        command = build_ext(Distribution({"ext_modules": [extension]}))
        command.build_lib, command.build_temp = str(library), objects
        command.ensure_finalized()
        command.run()
    built = library / PLACE / f"_scanner.abi3{sysconfig.get_config_var('SHLIB_SUFFIX') or '.so'}"
    return built if built.exists() else None
