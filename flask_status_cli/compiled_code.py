"""Finds the modules in C, which are compiled when the package is installed, if there is a C compiler."""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType


def compiled_module(name: str) -> ModuleType | None:
    """Return a compiled module; `None` if it was not compiled, or if `FLASK_STATUS_PURE` is set."""
    if os.environ.get("FLASK_STATUS_PURE"):
        return None
    try:
        return import_module(name)
    except ImportError:
        return None
