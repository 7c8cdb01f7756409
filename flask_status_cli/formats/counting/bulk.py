"""Counts plain lines by one regular expression for each piece of a log, so that the work is done in C.

The pattern matches every line. For a plain line it returns the stamp, and the text from the opening quote to
the status, which is looked up. For any other line it returns nothing, and that line is read by itself. A
property test checks that the results are those of the reference parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress, islice
from operator import add, ne
from typing import Protocol

from flask_status_cli.formats.counting.duration_cache import Buckets
from flask_status_cli.formats.counting.line_cache import Memo
from flask_status_cli.formats.counting.plain_requests import UNPROVEN
from flask_status_cli.formats.counting.totals import Totals, add_up

_PATIENCE = 4
_PAUSE = 60
_MANY = 8
"""If more than one in this many lines is not plain, another shape is tried."""

_STAMPS = 1 << 12
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


@dataclass(frozen=True, slots=True)
class StampReader:
    """Reads stamps up to their minute: a day in 11 bytes, and a time, whose minute is in `times`.

    On days with a change of the clock, `minute_of` reads each stamp. It returns `None` for no minute, or for
    more than one.
    """

    days: Days
    times: Mapping[bytes, int]
    minute_of: Callable[[bytes], int | None]


@dataclass(frozen=True, slots=True)
class Shape:
    """What the plain lines of a log have in common.

    `pattern` matches any line with its line end. Its groups are the text before the stamp (if `prefixed`),
    the stamp up to its minute, the key of the request, and the duration (if there are `buckets` for it). They
    are empty for other lines. `quick` is a pattern that gives the same if a piece has no backslash and every
    match is one line. A shape is `single` if a plain line may contain the end of a stamp only once.
    """

    pattern: re.Pattern[bytes]
    prefixed: bool
    stamps: StampReader
    single: bool = False
    buckets: Buckets | None = None
    quick: re.Pattern[bytes] | None = None


class Shapes(Protocol):
    """The shapes of the lines of a family."""

    def fitting(self, lines: bytes, tried: Sequence[Shape]) -> Shape | None:
        """Return a shape that fits `lines` and was not tried yet; `None` if there is no such shape."""


Others = Callable[[int, bytes], None]
"""Called with the number of lines counted since the last call, and with lines to read one by one."""


@dataclass(frozen=True, slots=True)
class _Lines:
    """A piece taken apart: stamps and codes line by line, and the places of the odd lines.

    `buckets` are those of the durations, where there are any. It is `cut` before a match that is more than
    one line.
    """

    stamps: list[bytes | None]
    codes: list[int]
    odd: Sequence[int]
    cut: bool
    buckets: list[int] | None = None


class _Cells(dict[bytes | None, "dict[int, int] | None"]):
    """The counts of the minute of every stamp; `None`, not kept, where a stamp has no minute.

    `hours` are the durations of its hour, where lines are `timed`.
    """

    def __init__(self, reader: StampReader, totals: Totals, *, timed: bool) -> None:
        super().__init__()
        self.minutes = totals.minutes
        self.hours: dict[bytes | None, dict[int, int]] = {}
        self._timed = timed
        self._reader = reader
        self._totals = totals

    def __missing__(self, stamp: bytes | None) -> dict[int, int] | None:
        if stamp is None:
            return None
        reader = self._reader
        begins, minute = reader.days[stamp[:11]], reader.times.get(stamp[11:])
        if begins is not None and minute is not None:
            minute += begins
        elif (minute := reader.minute_of(stamp)) is None:
            return None
        if len(self) >= _STAMPS:
            self.clear()
            self.hours.clear()
        if self._timed:
            self.hours[stamp] = self._totals.hour(minute)
        cell = self[stamp] = self._totals.cell(minute)
        return cell


class Bulk:
    """Counts pieces of a log, which are whole lines. What it proves is stored in `memo`."""

    def __init__(self, shapes: Shapes, memo: Memo, totals: Totals) -> None:
        self._shapes = shapes
        self._memo = memo
        self._totals = totals
        self._shape: Shape | None = None
        self._cells: _Cells | None = None
        self._misses = 0

    def count(self, piece: bytes, others: Others) -> int:
        """Count a piece, with `others` for its odd lines; return the lines since `others` was last called.

        A piece without a known shape is passed to `others` as a whole.
        """
        if self._misses >= _PATIENCE:  # another kind of log: now and then is enough
            self._misses = (self._misses + 1) % (_PATIENCE + _PAUSE)
            others(0, piece)
            return 0
        lines, shape = self._best(piece), self._shape
        if lines is None or shape is None or len(lines.odd) * 2 > len(lines.codes):
            self._misses += 1
            others(0, piece)
            return 0
        self._misses = 0
        if self._cells is None or self._cells.minutes is not self._totals.minutes:
            timed = shape.buckets is not None
            self._cells = _Cells(shape.stamps, self._totals, timed=timed)
        return self._add(piece, lines, self._cells, others)

    def _best(self, piece: bytes) -> _Lines | None:
        """Take a piece apart; where many lines are odd, by the shape that fits most of them."""
        best = None if self._shape is None else self._apart(piece, self._shape)
        tried = [] if self._shape is None else [self._shape]
        odd = piece if best is None else _odd_lines(piece, best)
        while odd and (shape := self._shapes.fitting(odd, tried)) is not None:
            tried.append(shape)
            found = self._apart(piece, shape)
            if found is not None and (best is None or len(found.odd) < len(best.odd)):
                best, odd = found, _odd_lines(piece, found)
                self._shape, self._cells = shape, None
        return best

    def _apart(self, piece: bytes, shape: Shape) -> _Lines | None:
        """Look all lines up; `None` where the last one has no end."""
        first = 2 if shape.prefixed else 1
        width = first + 2 if shape.buckets is None else first + 3
        parts = _split(piece, shape, width)
        if parts[-1]:
            return None
        stamps, keys = parts[first::width], parts[first + 1 :: width]
        codes, unproven = self._memo.look_up(keys)
        odd: set[int] = set()
        plain = whole = len(keys)
        if unproven:
            odd.update(place for place, code in enumerate(codes) if code == UNPROVEN)
            plain -= keys.count(None)
            whole = min((place for place in odd if b"\n" in (keys[place] or b"")), default=whole)
        if shape.prefixed:
            odd.update(self._unproven(parts[1::width]))
        if shape.single:
            odd.update(_with_two_stamps(piece, plain))
        if cut := whole < len(keys):
            del stamps[whole:], codes[whole:]
        buckets = None
        if shape.buckets is not None:
            buckets = list(map(shape.buckets.__getitem__, parts[first + 2 :: width]))
        return _Lines(stamps, codes, sorted(place for place in odd if place < whole), cut, buckets)

    def _unproven(self, prefixes: Sequence[bytes | None]) -> list[int]:
        bad = self._memo.unproven(prefixes)
        return [place for place, prefix in enumerate(prefixes) if prefix in bad] if bad else []

    def _add(self, piece: bytes, lines: _Lines, cells: _Cells, others: Others) -> int:
        """Add the lines of a piece in order, those of one minute at once."""
        stamps, codes = lines.stamps, lines.codes
        for place in lines.odd:
            stamps[place] = None
        took = None if lines.buckets is None else list(map(add, codes, lines.buckets))
        as_read: list[bytes] = []
        start = handed = entries = 0
        for end in _ends(stamps):
            cell = cells[stamps[start]]
            if cell is None:
                as_read = as_read or piece.split(b"\n")
                others(start - handed, b"\n".join(as_read[start:end]) + b"\n")
                handed = end
            else:
                add_up(cell, codes[start:end])
                if took is not None:
                    add_up(cells.hours[stamps[start]], took[start:end])
                entries += end - start
            start = end
        self._totals.entries += entries
        if lines.cut:
            others(start - handed, b"\n".join((as_read or piece.split(b"\n"))[start:]))
            return 0
        return start - handed


def _split(piece: bytes, shape: Shape, width: int) -> list[bytes | None]:
    """Split a piece into lines, by the quick pattern where it gives the same."""
    if shape.quick is not None and b"\\" not in piece:
        parts: list[bytes | None] = shape.quick.split(piece)
        lines = len(piece) - len(piece.replace(b"\n", b""))  # sooner than `count`
        if len(parts) // width == lines:
            return parts
    return shape.pattern.split(piece)


def _ends(stamps: Sequence[bytes | None]) -> Iterator[int]:
    """Yield where each run of equal stamps ends."""
    number = len(stamps)
    if not number:
        return iter(())
    changes = map(ne, stamps, islice(stamps, 1, None))
    return chain(compress(range(1, number), changes), (number,))


def _with_two_stamps(piece: bytes, plain: int) -> list[int]:
    """Return the places of lines that hold the end of a stamp twice, if a plain one does; so many are plain.

    Each plain line holds one such end at least, and a bracket. Only a piece with more brackets needs a closer
    look: `replace` finds one byte four times as fast as `count`.
    """
    if len(piece) - len(piece.replace(b"]", b"")) <= plain or piece.count(b'] "') <= plain:
        return []
    return [place for place, line in enumerate(piece.split(b"\n")) if line.count(b'] "') > 1]


def _odd_lines(piece: bytes, lines: _Lines) -> bytes:
    """Return the odd lines of a piece, if there are many."""
    if len(lines.odd) * _MANY <= len(lines.codes):
        return b""
    as_read = piece.split(b"\n")
    return b"".join(as_read[place] + b"\n" for place in lines.odd)
