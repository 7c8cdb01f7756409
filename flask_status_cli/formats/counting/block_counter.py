"""What counts whole blocks of plain lines: the shapes of lines, and the base of both counters.

`Bulk` counts with a regular expression, `CompiledBulk` with C.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from flask_status_cli.formats.counting.duration_cache import BucketCache
from flask_status_cli.formats.counting.line_cache import Memo
from flask_status_cli.formats.counting.totals import Totals
from flask_status_cli.frozen import frozen
from flask_status_cli.lazy_pattern import LazyPattern

_MISSES_BEFORE_PAUSE = 4
"""After so many blocks without a known shape, most blocks are read line by line."""

_PAUSE = 60
"""So many blocks are read line by line before a shape is looked for again."""

_MANY = 8
"""If more than one in this many lines is odd, another shape is tried."""

_DAYS = 1 << 10


class Days(dict[bytes, "int | None"]):
    """The minute with which a day begins; `None` if its minutes are not consecutive.

    `read` is called for each day once; a log has few.
    """

    def __init__(self, read: Callable[[bytes], int | None]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, day: bytes) -> int | None:
        if len(self) >= _DAYS:
            self.clear()
        begins = self[day] = self._read(day)
        return begins


@frozen
class StampReader:
    """Reads stamps up to their minute: a day in 11 bytes, and a time, whose minute is in `times`.

    On days with a change of the clock, `minute_of` reads each stamp. It returns `None` for no minute, or for
    more than one.
    """

    days: Days
    times: Mapping[bytes, int]
    minute_of: Callable[[bytes], int | None]


@frozen
class ScannerLayout:
    """The same for the compiled scanner, which tells the prefix of a line by itself; see `_scanner.pyi`.

    `steps` is `None` if the scanner cannot find the durations.
    """

    opening: bytes
    separator: bytes
    whole: bool
    steps: bytes | None = b""


@frozen
class LineShape:
    """What the plain lines of a log have in common.

    `pattern` matches any line with its line end. Its groups are the text before the stamp (if `prefixed`),
    the stamp up to its minute, the key of the request, and the duration (if there are `buckets` for it). They
    are empty for other lines. `quick` is a pattern that gives the same if a piece has no backslash and every
    match is one line. A shape is `single` if a plain line may contain the end of a stamp only once.
    """

    pattern: LazyPattern[bytes]
    prefixed: bool
    stamps: StampReader
    layout: ScannerLayout
    single: bool = False
    buckets: BucketCache | None = None
    quick: LazyPattern[bytes] | None = None


class LineShapes(Protocol):
    """The shapes of the lines of a family."""

    @property
    def scannable(self) -> bool:
        """Whether the compiled scanner can read such lines."""

    def fitting(self, lines: bytes, tried: Sequence[LineShape]) -> LineShape | None:
        """Return a shape that fits `lines` and was not tried yet; `None` if there is no such shape."""


Others = Callable[[int, bytes], None]
"""Called with the number of lines counted since the last call, and with lines to read one by one."""


class Block(Protocol):
    """A block of lines that was taken apart."""

    @property
    def lines(self) -> int:
        """The number of its lines."""

    @property
    def odd(self) -> int:
        """The number of its lines that are not plain."""


Apart = TypeVar("Apart", bound=Block)


def _not_plain(_counted: int, lines: bytes) -> None:
    raise AssertionError(f"a line that was prepared is not plain: {lines[:200]!r}")


class BlockCounter(ABC, Generic[Apart]):
    """Counts blocks of whole lines. What it proves of requests is stored in `memo`."""

    def __init__(self, shapes: LineShapes, memo: Memo, totals: Totals) -> None:
        self._shapes = shapes
        self._memo = memo
        self._totals = totals
        self._shape: LineShape | None = None
        self._misses = 0
        self._prepared: tuple[bytes, Apart, LineShape] | None = None

    def forget_codes(self) -> None:
        """Drop what is stored of codes beside the memo."""

    def count(self, piece: bytes, others: Others) -> int:
        """Count a block, with `others` for its odd lines; return the lines since `others` was last called.

        A block without a known shape is passed to `others` as a whole.
        """
        if self._misses >= _MISSES_BEFORE_PAUSE:
            self._misses = (self._misses + 1) % (_MISSES_BEFORE_PAUSE + _PAUSE)
            others(0, piece)
            return 0
        block, shape = self._best(piece), self._shape
        if block is None or shape is None or block.odd * 2 > block.lines:
            self._misses += 1
            others(0, piece)
            return 0
        self._misses = 0
        return self._add(piece, block, shape, others)

    def prepare(self, piece: bytes) -> bool:
        """Take a block apart; return whether all of its lines are plain. `add_prepared` counts them."""
        block, shape = self._best(piece), self._shape
        if block is None or shape is None or block.odd:
            return False
        self._prepared = piece, block, shape
        return True

    def add_prepared(self) -> None:
        """Count the lines of the last prepared block. The minute of each stamp must be known."""
        prepared, self._prepared = self._prepared, None
        if prepared is not None:
            self._add(*prepared, _not_plain)

    def _best(self, piece: bytes) -> Apart | None:
        """Take a block apart; where many lines are odd, by the shape that fits most of them."""
        best = None if self._shape is None else self._apart(piece, self._shape)
        tried = [] if self._shape is None else [self._shape]
        odd = piece if best is None else self._odd_if_many(piece, best)
        while odd and (shape := self._shapes.fitting(odd, tried)) is not None:
            useless = any(self._finds_the_same(shape, one) for one in tried)
            tried.append(shape)
            if useless:
                continue
            found = self._apart(piece, shape)
            if found is not None and (best is None or found.odd < best.odd):
                best, self._shape = found, shape
                odd = self._odd_if_many(piece, found)
        return best

    def _finds_the_same(self, _one: LineShape, _other: LineShape) -> bool:
        """Return whether two shapes have the same plain lines."""
        return False

    def _odd_if_many(self, piece: bytes, block: Apart) -> bytes:
        many = block.odd * _MANY > block.lines
        return self._odd_lines(piece, block) if many else b""

    @abstractmethod
    def _apart(self, piece: bytes, shape: LineShape) -> Apart | None:
        """Take a block apart by a shape; return `None` if that is impossible."""

    @abstractmethod
    def _odd_lines(self, piece: bytes, block: Apart) -> bytes:
        """Return the odd lines of a block."""

    @abstractmethod
    def _add(self, piece: bytes, block: Apart, shape: LineShape, others: Others) -> int:
        """Count the lines of a block; return the lines since `others` was last called."""
