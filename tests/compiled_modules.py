"""The compiled modules for tests. In CI they have to be there; elsewhere a test without them is skipped."""

from __future__ import annotations

import os
from typing import Any

import pytest

from flask_status_cli.compiled_code import compiled_module


def needed(name: str) -> Any:
    """Return a compiled module of the package by its dotted path in it."""
    module = compiled_module(f"flask_status_cli.{name}")
    if module is None and not os.environ.get("CI"):
        pytest.skip(f"{name} is not compiled here")
    assert module is not None, "install a C compiler and the headers of Python"
    return module
