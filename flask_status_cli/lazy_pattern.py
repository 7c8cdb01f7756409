"""Patterns that are compiled when they are first used.

Most logs need few patterns. To compile all of them would take more than half of the time in which a small
log is read (docs/design/start-up.md). Use these for patterns that only unusual lines need. Patterns of plain
lines are compiled at import.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, AnyStr, Generic


class LazyPattern(Generic[AnyStr]):
    """A pattern that is compiled when one of its methods is first used.

    It has only those methods of `re.Pattern` that `formats/` needs.
    """

    def __init__(self, pattern: AnyStr, flags: int = 0) -> None:
        self.pattern: AnyStr = pattern
        self._flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[AnyStr]:
        return re.compile(self.pattern, self._flags)

    @cached_property
    def match(self) -> Callable[..., re.Match[AnyStr] | None]:
        """The method `match` of the compiled pattern."""
        return self._compiled.match

    @cached_property
    def search(self) -> Callable[..., re.Match[AnyStr] | None]:
        """The method `search` of the compiled pattern."""
        return self._compiled.search

    @cached_property
    def fullmatch(self) -> Callable[..., re.Match[AnyStr] | None]:
        """The method `fullmatch` of the compiled pattern."""
        return self._compiled.fullmatch

    @cached_property
    def findall(self) -> Callable[..., list[Any]]:
        """The method `findall` of the compiled pattern."""
        return self._compiled.findall

    @cached_property
    def finditer(self) -> Callable[..., Iterator[re.Match[AnyStr]]]:
        """The method `finditer` of the compiled pattern."""
        return self._compiled.finditer

    @cached_property
    def sub(self) -> Callable[..., AnyStr]:
        """The method `sub` of the compiled pattern."""
        return self._compiled.sub

    @cached_property
    def split(self) -> Callable[..., list[Any]]:
        """The method `split` of the compiled pattern."""
        return self._compiled.split
