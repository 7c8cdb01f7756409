"""Counts plain lines by one regular expression for each piece of a log, so that the work is done in C.

The pattern matches every line. For a plain line it returns the stamp and the key: the text from the opening
quote to the status. Keys are looked up. For any other line the pattern returns nothing, and the reference
parser reads that line. A property test checks that the results are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import add

from flask_status_cli.formats.counting.block_counter import (
    BlockCounter,
    LineShape,
    LineShapes,
    Others,
    StampReader,
)
from flask_status_cli.formats.counting.line_cache import Memo
from flask_status_cli.formats.counting.plain_requests import UNPROVEN
from flask_status_cli.formats.counting.totals import Totals, add_up, ends_of_runs
from flask_status_cli.frozen import frozen

_STAMPS = 1 << 12


@frozen
class _Lines:
    """A piece taken apart: stamps and codes line by line, and the `places` of the odd lines.

    `buckets` are those of the durations, if lines have any. `cut`: the lines end before the first match that
    is more than one line.
    """

    stamps: list[bytes | None]
    codes: list[int]
    places: Sequence[int]
    cut: bool
    buckets: list[int] | None = None

    @property
    def lines(self) -> int:
        """The number of lines."""
        return len(self.codes)

    @property
    def odd(self) -> int:
        """The number of odd lines."""
        return len(self.places)


class _Cells(dict[bytes | None, "dict[int, int] | None"]):
    """The counts of the minute of each stamp, `None` if the stamp has no minute.

    `hours` has the durations of the stamp's hour, if lines are `timed`.
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


class Bulk(BlockCounter[_Lines]):
    """Counts pieces of a log, which are whole lines, with a regular expression."""

    def __init__(self, shapes: LineShapes, memo: Memo, totals: Totals) -> None:
        super().__init__(shapes, memo, totals)
        self._cells: _Cells | None = None
        self._cells_for: LineShape | None = None

    def _apart(self, piece: bytes, shape: LineShape) -> _Lines | None:
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

    def _odd_lines(self, piece: bytes, block: _Lines) -> bytes:
        as_read = piece.split(b"\n")
        return b"".join(as_read[place] + b"\n" for place in block.places)

    def _add(self, piece: bytes, block: _Lines, shape: LineShape, others: Others) -> int:
        """Add the lines of a block in order, those of one minute at once."""
        cells = self._cells_of(shape)
        stamps, codes = block.stamps, block.codes
        for place in block.places:
            stamps[place] = None
        took = None if block.buckets is None else list(map(add, codes, block.buckets))
        as_read: list[bytes] = []
        start = handed = entries = 0
        for end in ends_of_runs(stamps):
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
        if block.cut:
            others(start - handed, b"\n".join((as_read or piece.split(b"\n"))[start:]))
            return 0
        return start - handed

    def _cells_of(self, shape: LineShape) -> _Cells:
        """Return the cells of the counts; new ones after another shape, or after the counts were taken."""
        cells = self._cells
        if cells is None or cells.minutes is not self._totals.minutes or self._cells_for != shape:
            cells = _Cells(shape.stamps, self._totals, timed=shape.buckets is not None)
            self._cells, self._cells_for = cells, shape
        return cells


def _split(piece: bytes, shape: LineShape, width: int) -> list[bytes | None]:
    """Split a piece into lines, by the quick pattern where it gives the same."""
    if shape.quick is not None and b"\\" not in piece:
        parts: list[bytes | None] = shape.quick.split(piece)
        lines = len(piece) - len(piece.replace(b"\n", b""))  # sooner than `count`
        if len(parts) // width == lines:
            return parts
    return shape.pattern.split(piece)


def _with_two_stamps(piece: bytes, plain: int) -> list[int]:
    """Return the places of lines that hold the end of a stamp twice, if a plain one does; so many are plain.

    Each plain line holds one such end at least, and a bracket. Only a piece with more brackets needs a closer
    look: `replace` finds one byte four times as fast as `count`.
    """
    if len(piece) - len(piece.replace(b"]", b"")) <= plain or piece.count(b'] "') <= plain:
        return []
    return [place for place, line in enumerate(piece.split(b"\n")) if line.count(b'] "') > 1]
