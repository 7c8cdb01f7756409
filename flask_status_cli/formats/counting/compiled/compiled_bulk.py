"""Counts plain lines as `Bulk` does, by the compiled scanner: several times as fast."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from flask_status_cli.compiled_code import SCANNER, compiled_module
from flask_status_cli.formats.counting.block_counter import (
    BlockCounter,
    LineShape,
    LineShapes,
    Others,
    ScannerLayout,
)
from flask_status_cli.formats.counting.line_cache import Memo
from flask_status_cli.formats.counting.totals import CountedLogs, Totals
from flask_status_cli.frozen import frozen
from flask_status_cli.model import MAX_LINE

if TYPE_CHECKING:
    from flask_status_cli.formats.counting.compiled._scanner import Scanner

_KEYS = 1 << 18
_BYTES_OF_A_KEY = 96
_OTHERS = 1 << 15
_SCANNERS = 4
"""The most layouts of which requests are remembered: a log has more than one where clocks change."""

_SELDOM = 8
"""Python is needed seldom, if that is for at most one in this many lines."""


def compiled() -> type[Scanner] | None:
    """Return the compiled scanner, if there is one."""
    module = compiled_module(SCANNER)
    return None if module is None else module.Scanner


@frozen
class _Scanned:
    """A block that a scanner has taken apart."""

    scanner: Scanner
    lines: int
    odd: int


class CompiledBulk(BlockCounter[_Scanned]):
    """Counts blocks of whole lines with the compiled scanner, which remembers as many requests as `keys`."""

    def __init__(
        self,
        scanner: type[Scanner],
        shapes: LineShapes,
        memo: Memo,
        totals: Totals,
        *,
        keys: int | None = None,
    ) -> None:
        super().__init__(shapes, memo, totals)
        self._keys = _KEYS if keys is None else keys
        self._scanner = scanner
        self._scanners: dict[ScannerLayout, Scanner] = {}
        self._lines = self._asked = 0

    @property
    def seldom_asks(self) -> bool:
        """Whether Python was needed for few of the lines, to read a new request or an odd line."""
        return self._asked * _SELDOM <= self._lines

    def forget_codes(self) -> None:
        """Drop the codes of all requests, because they have changed."""
        for scanner in self._scanners.values():
            scanner.forget()

    def _apart(self, piece: bytes, shape: LineShape) -> _Scanned | None:
        if not piece.endswith(b"\n"):
            return None
        scanner, buckets = self._scanner_for(shape.layout), shape.buckets
        lines, keys, prefixes, durations = scanner.scan(piece)
        rules, paths = scanner.new_rules()
        plain = self._memo.plain
        odd = scanner.fill(
            self._memo.codes_of(keys),
            self._memo.verdicts(prefixes),
            [] if buckets is None else [buckets[text] for text in durations],
            [] if plain is None else plain.codes_of_new(rules, paths),
        )
        self._lines += lines
        self._asked += len(keys) + len(paths) + len(prefixes) + odd
        return _Scanned(scanner, lines, odd)

    def _finds_the_same(self, one: LineShape, other: LineShape) -> bool:
        return one.layout == other.layout

    def _odd_lines(self, _piece: bytes, block: _Scanned) -> bytes:
        return block.scanner.odd_lines()

    def _add(self, _piece: bytes, block: _Scanned, shape: LineShape, others: Others) -> int:
        totals, stamps = self._totals, shape.stamps
        entries, rest = block.scanner.add(
            totals.minutes, totals.records, stamps.days, stamps.minute_of, totals.note, others
        )
        totals.entries += entries
        return rest

    def count_logs(
        self, logs: Sequence[bytes], apart: Callable[[int, int], bool]
    ) -> list[CountedLogs]:
        """Count the first of some small logs, those before the first with a line that is not plain.

        See `LineCounter.count_logs`. What was counted before stays as it was.
        """
        block, shape = self._best(b"".join(logs)), self._shape
        if block is None or shape is None:
            return []
        scanner, stamps = block.scanner, shape.stamps
        found = scanner.survey(stamps.days, stamps.minute_of, list(accumulate(map(len, logs))))
        counted: list[CountedLogs] = []
        before = 0
        for until, oldest, newest in found:
            alone = apart(until - before, newest - oldest + 1)
            if alone or not counted or counted[-1].apart:
                counted.append(CountedLogs([], {}, [], apart=alone))
            counted[-1].logs.append((until - before, newest))
            before = until
        begin = 0
        for group in counted:
            end = begin + sum([lines for lines, _ in group.logs])
            scanner.add_some(
                group.minutes, group.records, stamps.days, stamps.minute_of, begin, end
            )
            begin = end
        return counted

    def minutes_of(self, lines: Sequence[bytes]) -> list[int | None]:
        """Return the minute of each of these lines, `None` for a line that is not plain."""
        block, shape = self._best(b"".join(lines)), self._shape
        if block is None or shape is None:
            return [None] * len(lines)
        stamps, ends = shape.stamps, list(accumulate(map(len, lines)))
        minutes: list[int | None] = []
        while len(minutes) < len(lines):
            place = len(minutes)
            found = block.scanner.survey(stamps.days, stamps.minute_of, ends[place:], place)
            minutes += [newest for _, _, newest in found]
            if len(minutes) < len(lines):
                minutes.append(None)
        return minutes

    def _scanner_for(self, layout: ScannerLayout) -> Scanner:
        scanner = self._scanners.get(layout)
        if scanner is None:
            if len(self._scanners) >= _SCANNERS:
                self._scanners.clear()
            plain = self._memo.plain
            scanner = self._scanners[layout] = self._scanner(
                opening=layout.opening,
                steps=layout.steps or b"",
                whole=layout.whole,
                separator=layout.separator,
                longest=MAX_LINE,
                most_keys=self._keys,
                most_bytes=self._keys * _BYTES_OF_A_KEY,
                most_others=_OTHERS,
                secrets=os.urandom(16),
                path_rules=None if plain is None else plain.path_rules,
            )
        return scanner
