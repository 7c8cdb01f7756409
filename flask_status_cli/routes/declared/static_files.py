"""Recognizes the rules of static files, which are served even while the app is down."""

from __future__ import annotations

import re
from typing import Final

from flask_status_cli.routes.discovered.variable_segments import STATIC_EXTENSIONS

_BELOW: Final = re.compile(r"<path:file(?:name)?>\Z")


def is_static(rule: str) -> bool:
    """Return whether a rule is for static files: `/static/<path:file>`, or a file with a static extension."""
    last = rule.rpartition("/")[2]
    _, dot, extension = last.rpartition(".")
    by_name = dot != "" and extension.lower() in STATIC_EXTENSIONS
    return by_name or _BELOW.match(last) is not None
