"""Finds the modules in C, which are compiled when the package is installed, if there is a C compiler."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

SCANNER: Final = "flask_status_cli.formats.counting.compiled._scanner"
COUNT_ROWS: Final = "flask_status_cli.store.counts.rows._count_rows"
FINGERPRINTS: Final = "flask_status_cli.sources.identity.compiled._fingerprints"
INTERFACES: Final = {SCANNER: 1, COUNT_ROWS: 6, FINGERPRINTS: 1}
"""The number of each module's interface.

A module that was compiled from older or newer sources has another number, and is not used. Whoever changes
what a module takes, returns or means adds one, here and in its C file.
"""

MODULES: Final = tuple(INTERFACES)
SWITCH: Final = "FLASK_STATUS_PURE"

_HOW: Final = """\
To read large logs about twice as fast, install a C compiler and the headers of Python (apt install gcc
python3-dev), then install this program again. Give pip --no-cache-dir --force-reinstall, too: it keeps what
it made before."""

_UPDATE: Final = "compiled code is out of date: pip install -e ."


def compiled_module(name: str) -> ModuleType | None:
    """Return a compiled module; `None` if there is no current one, or if `FLASK_STATUS_PURE` is set."""
    if os.environ.get(SWITCH):
        return None
    try:
        module = import_module(name)
    except ImportError:
        return None
    return module if _is_current(module, name) else None


def described() -> str:
    """Return whether compiled code is used, as a text to follow the version; if not, also what to do.

    The packages of the modules are not imported.
    """
    if os.environ.get(SWITCH):
        return f"without compiled code, because {SWITCH} is set"
    loaded = {name: _loaded(name) for name in MODULES}
    unused = [
        name for name, module in loaded.items() if not module or not _is_current(module, name)
    ]
    if not unused:
        return "with compiled code"
    names = ", ".join(name.rpartition(".")[2] for name in unused)
    what = "compiled code" if len(unused) == len(MODULES) else names
    out_of_date = any(loaded[name] for name in unused)
    return f"without {what}\n{_UPDATE if out_of_date else _HOW}"


def _is_current(module: ModuleType, name: str) -> bool:
    """Return whether a module was compiled from sources that go with these Python modules."""
    return getattr(module, "INTERFACE", None) == INTERFACES[name]


def _loaded(name: str) -> ModuleType | None:
    from importlib.machinery import EXTENSION_SUFFIXES
    from importlib.util import module_from_spec, spec_from_file_location

    without_suffix = f"{Path(__file__).parent.parent}/{name.replace('.', '/')}"
    for suffix in EXTENSION_SUFFIXES:
        spec = spec_from_file_location(name, without_suffix + suffix)
        if spec is not None and spec.loader is not None and Path(without_suffix + suffix).exists():
            try:
                module = module_from_spec(spec)
                spec.loader.exec_module(module)
            except ImportError:
                return None
            return module
    return None
