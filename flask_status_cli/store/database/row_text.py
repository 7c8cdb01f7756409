"""Rows of counts as a text, in the format that PostgreSQL's COPY reads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final, overload

WIDTH: Final = 4
"""A row has this many values."""


class RowText(Sequence[int]):
    """The values of rows, row after row, as a text: a line a row, with tabs between the values.

    The rows are sorted by their first value, a time. No two rows have the same key.
    """

    def __init__(self, text: bytes) -> None:
        self.text = text

    def __len__(self) -> int:
        return self._rows * WIDTH

    @overload
    def __getitem__(self, place: int) -> int: ...
    @overload
    def __getitem__(self, place: slice) -> list[int]: ...
    def __getitem__(self, place: Any) -> Any:
        return self._values[place]

    @cached_property
    def _rows(self) -> int:
        return self.text.count(b"\n")

    @cached_property
    def _values(self) -> list[int]:
        return list(map(int, self.text.split()))

    @property
    def first_time(self) -> int:
        """The time of the first row. There must be one."""
        return self._time(0)

    @property
    def last_time(self) -> int:
        """The time of the last row. There must be one."""
        return self._time(self.text.rfind(b"\n", 0, -1) + 1)

    def parted(self, time: int) -> tuple[RowText, RowText]:
        """Return the rows up to a time, and the later rows."""
        low, high = 0, len(self.text)  # the first later row begins between these
        while low < high:
            start = max(low, self.text.rfind(b"\n", low, (low + high) // 2) + 1)
            if self._time(start) > time:
                high = start
            else:
                low = self.text.index(b"\n", start) + 1
        return RowText(self.text[:low]), RowText(self.text[low:])

    def _time(self, start: int) -> int:
        return int(self.text[start : self.text.index(b"\t", start)])
