"""Patterns that are compiled when they are first used: most logs need few of them, and each run is paid for.

Use it for what only odd lines need. A plain line is read by patterns that are there at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any, AnyStr, Generic


class LazyPattern(Generic[AnyStr]):
    """A pattern with the methods of `re.Pattern` that we need."""

    def __init__(self, pattern: AnyStr, flags: int = 0) -> None:
        self.pattern: AnyStr = pattern
        self._flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[AnyStr]:
        return re.compile(self.pattern, self._flags)

    @cached_property
    def match(self) -> Callable[..., re.Match[AnyStr] | None]:
        """Match at a position."""
        return self._compiled.match

    @cached_property
    def search(self) -> Callable[..., re.Match[AnyStr] | None]:
        """Find the first match."""
        return self._compiled.search

    @cached_property
    def fullmatch(self) -> Callable[..., re.Match[AnyStr] | None]:
        """Match all of the text."""
        return self._compiled.fullmatch

    @cached_property
    def findall(self) -> Callable[..., list[Any]]:
        """Find all matches."""
        return self._compiled.findall

    @cached_property
    def sub(self) -> Callable[..., AnyStr]:
        """Replace all matches."""
        return self._compiled.sub
