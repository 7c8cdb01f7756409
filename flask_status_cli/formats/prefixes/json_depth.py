"""Finds JSON that is nested too deeply.

How deep Python's parser can go depends on the version of Python, and on what has called it. So there is a
limit that the parser can always reach. No logger nests its objects as deep.
"""

from __future__ import annotations

import re

from flask_status_cli.lazy_pattern import LazyPattern

MOST_LEVELS = 200

_STRING_OR_BRACKET = LazyPattern(r'"(?:[^"\\]|\\.)*+"?|[\[{\]}]', re.DOTALL)


def too_deep(text: str) -> bool:
    """Return whether objects and lists are nested in more than `MOST_LEVELS` levels."""
    if text.count("{") + text.count("[") <= MOST_LEVELS:
        return False
    level = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        level += {"{": 1, "[": 1, "}": -1, "]": -1}.get(match[0], 0)
        if level > MOST_LEVELS:
            return True
    return False
