"""Patterns that are compiled when they are first used: most logs need few of them, and each run is paid for.

Use it for what only odd lines need. A plain line is read by patterns that are there at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

Find = Callable[..., re.Match[bytes] | None]
"""What `match`, `search` and `fullmatch` of a pattern are."""


class LazyPattern:
    """A pattern of bytes with the methods of `re.Pattern` that we need."""

    def __init__(self, pattern: bytes, flags: int = 0) -> None:
        self.pattern = pattern
        self._flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[bytes]:
        return re.compile(self.pattern, self._flags)

    @cached_property
    def match(self) -> Find:
        """Match at a position."""
        return self._compiled.match

    @cached_property
    def search(self) -> Find:
        """Find the first match."""
        return self._compiled.search

    @cached_property
    def fullmatch(self) -> Find:
        """Match all of the text."""
        return self._compiled.fullmatch

    @cached_property
    def findall(self) -> Callable[..., list[bytes]]:
        """Find all matches of a pattern with one group, or none."""
        return self._compiled.findall
