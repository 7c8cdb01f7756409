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
MODULES: Final = (SCANNER, COUNT_ROWS, FINGERPRINTS)
SWITCH: Final = "FLASK_STATUS_PURE"

_HOW: Final = """\
To read large logs about twice as fast, install a C compiler and the headers of Python (apt install gcc
python3-dev), then install this program again. Give pip --no-cache-dir --force-reinstall, too: it keeps what
it made before."""


def compiled_module(name: str) -> ModuleType | None:
    """Return a compiled module; `None` if it was not compiled, or if `FLASK_STATUS_PURE` is set."""
    if os.environ.get(SWITCH):
        return None
    try:
        return import_module(name)
    except ImportError:
        return None


def described() -> str:
    """Return whether compiled code is used, as a text to follow the version; if not, also what to do.

    The packages of the modules are not imported.
    """
    if os.environ.get(SWITCH):
        return f"without compiled code, because {SWITCH} is set"
    missing = [name for name in MODULES if not _loads(name)]
    if not missing:
        return "with compiled code"
    names = ", ".join(name.rpartition(".")[2] for name in missing)
    what = "compiled code" if len(missing) == len(MODULES) else names
    return f"without {what}\n{_HOW}"


def _loads(name: str) -> bool:
    from importlib.machinery import EXTENSION_SUFFIXES
    from importlib.util import module_from_spec, spec_from_file_location

    without_suffix = f"{Path(__file__).parent.parent}/{name.replace('.', '/')}"
    for suffix in EXTENSION_SUFFIXES:
        spec = spec_from_file_location(name, without_suffix + suffix)
        if spec is not None and Path(without_suffix + suffix).exists():
            try:
                module_from_spec(spec)
            except ImportError:
                return False
            return True
    return False
