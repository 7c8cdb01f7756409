"""Where a long rule may be broken: before a slash, not in the middle of a word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

SHORTEST: Final = 6
"""A part of a rule has at least this many characters, unless it is the last."""

_PARTS: Final = re.compile(rf".{{{SHORTEST},}}?(?=/)|.+", re.DOTALL)

BREAK: Final = len("<wbr>")
"""The size of a place where a rule may be broken, in bytes."""


def breakable(text: str) -> Sequence[str]:
    """Return the parts of a text. It may be broken between them: `/blog/archive`, `/<int:id>`."""
    return _PARTS.findall(text)
