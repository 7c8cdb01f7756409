"""Rows of counts as a text, in the format that PostgreSQL's COPY reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Final, overload

WIDTH: Final = 4
"""A row has this many values."""

BYTES_AT_ONCE: Final = 100_000
"""A piece of a text has about this many bytes. The server takes some milliseconds to store them."""


class RowText(Sequence[int]):
    """The values of rows, row after row, as a text: a line a row, with tabs between the values.

    The rows are sorted by their first value, a time. No two rows have the same key.
    """

    def __init__(self, text: bytes) -> None:
        self.text = text
        self._rows = text.count(b"\n")

    def __len__(self) -> int:
        return self._rows * WIDTH

    @overload
    def __getitem__(self, place: int) -> int: ...
    @overload
    def __getitem__(self, place: slice) -> list[int]: ...
    def __getitem__(self, place: Any) -> Any:
        return self._values[place]

    @cached_property
    def _values(self) -> list[int]:
        return list(map(int, self.text.split()))

    def pieces(self) -> Iterator[bytes]:
        """Yield the text piece by piece."""
        for start in range(0, len(self.text), BYTES_AT_ONCE):
            yield self.text[start : start + BYTES_AT_ONCE]

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
        if low == 0:
            return RowText(b""), self
        return RowText(self.text[:low]), RowText(self.text[low:])

    def _time(self, start: int) -> int:
        return int(self.text[start : self.text.index(b"\t", start)])


class RowTexts(RowText):
    """A text of rows that is made piece by piece, as it is needed. Each piece is some whole rows.

    - `rows`: about how many rows there are.
    - `first_time`, `last_time`: no row has an earlier or a later time.
    """

    first_time: int = 0
    last_time: int = 0

    def __init__(
        self, texts: Iterator[bytes], *, rows: int, first_time: int, last_time: int
    ) -> None:
        self._made: list[bytes] = []
        self._texts = texts
        self._rows = rows
        self.first_time = first_time
        self.last_time = last_time

    @cached_property
    def text(self) -> bytes:  # type: ignore[override]  # it is made when it is asked for
        """The whole text."""
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        """Yield the text piece by piece. Each piece is made once."""
        at = 0
        while True:
            if at == len(self._made):
                more = next(self._texts, None)
                if more is None:
                    return
                self._made.append(more)
            yield self._made[at]
            at += 1

    def parted(self, time: int) -> tuple[RowText, RowText]:
        """Return the rows up to a time, and the later rows, which are not made yet."""
        if time < self.first_time:
            return RowText(b""), self
        old: list[bytes] = []
        for piece in self.pieces():
            before, later = RowText(piece).parted(time)
            old.append(before.text)
            if later:
                break
        earlier = RowText(b"".join(old))
        left = max(1, self._rows - len(earlier) // WIDTH)
        return earlier, RowTexts(
            self._later(time), rows=left, first_time=time + 1, last_time=self.last_time
        )

    def _later(self, time: int) -> Iterator[bytes]:
        known = True
        for piece in self.pieces():
            if known:
                _, later = RowText(piece).parted(time)
                known = not later
                yield later.text
            else:
                yield piece
