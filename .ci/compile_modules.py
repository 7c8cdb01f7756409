"""Compiles the modules in C while the package is built: a hook of hatchling, named in `pyproject.toml`.

Without a C compiler the package is built without them, and Python does their work.
"""

from __future__ import annotations

import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import platform_tags
from setuptools import Distribution, Extension
from setuptools.command.build_ext import build_ext

MODULES = {
    "flask_status_cli/formats/counting/compiled/_scanner": (
        "module.c",
        "scan_block.c",
        "add_lines.c",
        "plain_request.c",
        "rule_codes.c",
        "survey_logs.c",
        "text_table.c",
    ),
    "flask_status_cli/sources/identity/compiled/_fingerprints": ("fingerprints.c",),
    "flask_status_cli/store/counts/rows/_count_rows": (
        "count_rows.c",
        "duration_rows.c",
        "waiting_rows.c",
    ),
}
"""The sources of each module, which lie beside it."""


class CompileModules(BuildHookInterface[Any]):
    """Adds the compiled modules to a wheel, for CPython 3.11 and later."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the modules; beside their sources, if the package is installed to be edited."""
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        library = root if version == "editable" else Path(tempfile.mkdtemp())
        _compile(root, library)
        built = {f"{module}.abi3{_suffix()}" for module in MODULES}
        found = {name for name in built if (library / name).exists()}
        if not found:
            return
        build_data["pure_python"] = False
        build_data["tag"] = f"cp311-abi3-{_platform()}"
        build_data["force_include"].update({str(library / name): name for name in found})


def _platform() -> str:
    """Return the platform of the interpreter. On Linux, the machine may have 64 bits and Python 32."""
    if sys.platform == "linux":
        return next(tag for tag in platform_tags() if tag.startswith("linux_"))
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")


def _suffix() -> str:
    return sysconfig.get_config_var("SHLIB_SUFFIX") or ".so"


def _compile(root: Path, library: Path) -> None:
    """Compile all modules into a folder of packages. A module that fails is printed, and left out."""
    extensions = [
        Extension(
            module.replace("/", "."),
            [str(root / Path(module).parent / source) for source in sources],
            define_macros=[("Py_LIMITED_API", "0x030B0000")],
            extra_compile_args=["-O3", "-fvisibility=hidden"],
            py_limited_api=True,
            optional=True,
        )
        for module, sources in MODULES.items()
    ]
    with tempfile.TemporaryDirectory() as objects:
        command = build_ext(Distribution({"ext_modules": extensions}))
        command.build_lib, command.build_temp = str(library), objects
        command.ensure_finalized()
        command.run()
