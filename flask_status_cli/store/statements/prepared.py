"""A statement whose text is known before a program runs: see `compiling`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

Coding: TypeAlias = Callable[[Any], Any]


class Prepared:
    """The text of one statement, with how its values are written and its columns are read.

    `encode` are the values, by name, that lie in the database otherwise than in the program; `decode` are the
    columns, by position, likewise. `None` stays `None`. `numbers` is the name of the one value that is a list
    of numbers, if there is one: its length changes the text.
    """

    __slots__ = ("_numbers", "_text", "decode", "encode")

    def __init__(
        self,
        text: str,
        *,
        encode: Sequence[tuple[str, Coding]] = (),
        decode: Sequence[tuple[int, Coding]] = (),
        numbers: str | None = None,
    ) -> None:
        self._text = text
        self._numbers = numbers
        self.encode = encode
        self.decode = decode

    @property
    def pattern(self) -> str:
        """The statement's text without values."""
        return self._text

    def text(self, given: Mapping[str, Any]) -> str:
        """Return the statement's text for these values."""
        if self._numbers is None:
            return self._text
        numbers: Sequence[int] = given[self._numbers]
        return self._text.replace(f"(:{self._numbers})", f"({', '.join(map(str, numbers))})")

    def values(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return values as they lie in the database."""
        if not self.encode:
            return given
        written = dict(given)
        for name, code in self.encode:
            if written[name] is not None:
                written[name] = code(written[name])
        return written

    def rows(self, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Return rows as they are in the program."""
        if not self.decode:
            return found
        return [self._row(row) for row in found]

    def _row(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        read = list(row)
        for column, code in self.decode:
            if read[column] is not None:
                read[column] = code(read[column])
        return tuple(read)


class Additive:
    """A statement that adds rows to a table of counts: the last column of a row that is there grows.

    It takes any number of rows at once: `head`, a `row` of marks for each, `tail`.
    """

    __slots__ = ("head", "row", "tail", "width")

    def __init__(self, head: str, row: str, tail: str) -> None:
        self.head = head
        self.row = row
        self.tail = tail
        self.width = row.count("?")

    def text(self, rows: int) -> str:
        """Return the statement for so many rows."""
        return f"{self.head}{', '.join([self.row] * rows)}{self.tail}"
