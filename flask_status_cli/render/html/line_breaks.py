"""Where text may be broken: a long rule before a slash, not in the middle of a word; a date nowhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

SHORTEST: Final = 6
"""A part of a rule has at least this many characters, unless it is the last."""

_PARTS: Final = re.compile(rf".{{{SHORTEST},}}?(?=/)|.+", re.DOTALL)

BREAK: Final = len("<wbr>")
"""The size of a place where a rule may be broken, in bytes."""


_DATES: Final = re.compile(r"(\d{4}-\d\d-\d\d(?: \d\d:\d\d)?)")


def dated(text: str) -> Sequence[str]:
    """Return the parts of a sentence. Each second part is a date, or a date with a time."""
    return _DATES.split(text)


def breakable(text: str) -> Sequence[str]:
    """Return the parts of a text. It may be broken between them: `/blog/archive`, `/<int:id>`."""
    return _PARTS.findall(text)
