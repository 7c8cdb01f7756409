"""Counts blocks of lines whose codes depend on their virtual host. Each host has a counter of its own.

The host stands before the client, as in Apache's `vhost_combined`. It is cut off, and the rest of the line is
counted as if no host were logged. Lines of which anything cannot be proven are read in their places among the
others, because the quarter of a line that is no entry depends on the entries before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final

from flask_status_cli.formats.counting.block_counter import Others
from flask_status_cli.formats.counting.compiled.compiled_bulk import CompiledBulk
from flask_status_cli.formats.counting.line_cache import Memo
from flask_status_cli.formats.counting.totals import Totals
from flask_status_cli.frozen import frozen

MOST_HOSTS: Final = 64
"""At most this many hosts have a counter. Lines of further hosts are read one by one."""

KEYS: Final = 1 << 12
"""The counter of a host remembers this many requests."""

_FEW: Final = 4
"""Lines of which one is not plain are counted in two halves, unless they are as few as this."""

_KNOWN: Final = 1 << 14

# The text before the client, a client that has no IPv4 address, the stamp up to its minute, and its offset.
# All are empty in other lines.
_LINE = re.compile(
    rb"(?:((?:[\w.:-]{1,80}+ )?)(?:(?:[0-9]{1,3}\.){3}[0-9]{1,3}|([0-9A-Fa-f:.]{2,45}+)) - - "
    rb'\[([^\n\]]{17}):[0-9]{2} ([+-][0-9]{4})\] "|)[^\n]*+\n'
)
_ADDRESS = b"192.0.2.1"
"""Stands for any address of IPv4: a prefix means the same with each of them, see `prefix_shape`."""


@frozen
class HostReader:
    """What reads the parts of lines that the counters do not see.

    - `prefixes`: proves the text before a stamp.
    - `host_of`: returns the host in that text, `None` if there is none.
    - `minute_of`: returns the minute of a stamp and its offset, `None` if there is no such minute.
    """

    prefixes: Memo
    host_of: Callable[[bytes], str | None]
    minute_of: Callable[[bytes, bytes], int | None]


class HostBulk:
    """Counts blocks of whole lines. `counter_of` makes the counter of a host; it returns it with its memo."""

    def __init__(
        self,
        reader: HostReader,
        counter_of: Callable[[str | None], tuple[CompiledBulk, Memo]],
        totals: Totals,
    ) -> None:
        self._reader = reader
        self._counter_of = counter_of
        self._totals = totals
        self._counters: dict[str | None, tuple[CompiledBulk, Memo]] = {}
        self._known: dict[bytes, CompiledBulk | None] = {}
        self._minutes: dict[tuple[bytes, bytes], bool] = {}

    def forget_codes(self) -> None:
        """Drop all codes, because they have changed."""
        for counter, memo in self._counters.values():
            counter.forget_codes()
            memo.forget_codes()

    def count(self, piece: bytes, others: Others) -> int:
        """Count a block as `BlockCounter` does."""
        if not self._totals.begun or not piece.endswith(b"\n"):
            others(0, piece)
            return 0
        parts = _LINE.split(piece)
        heads: list[bytes | None] = parts[1::5]
        block = _Block(piece.split(b"\n"), heads, self._counters_of(parts), others)
        if block.odd * 2 > len(heads):
            others(0, piece)
            return 0
        block.count_all()
        return block.counted

    def _counters_of(self, parts: Sequence[bytes | None]) -> list[CompiledBulk | None]:
        """Return the counter of each line, `None` for those that are not plain."""
        known, minutes = self._known, self._minutes
        counters: list[CompiledBulk | None] = []
        for head, client, stamp, offset in zip(
            parts[1::5], parts[2::5], parts[3::5], parts[4::5], strict=True
        ):
            if head is None or stamp is None or offset is None:
                counters.append(None)
                continue
            when, prefix = (stamp, offset), head + client if client else head
            if when not in minutes:
                self._read_minute(when)
            if prefix not in known:
                self._judge(prefix, prefix if client else head + _ADDRESS)
            counters.append(known[prefix] if minutes[when] else None)
        return counters

    def _read_minute(self, when: tuple[bytes, bytes]) -> None:
        if len(self._minutes) >= _KNOWN:
            self._minutes.clear()
        self._minutes[when] = self._reader.minute_of(*when) is not None

    def _judge(self, known_as: bytes, before: bytes) -> None:
        """Find the counter of the lines in which this text stands before ` - - `."""
        if len(self._known) >= _KNOWN:
            self._known.clear()
        prefix = before + b" - - "
        counter = None
        if self._reader.prefixes.proves(prefix):
            counter = self._of_host(self._reader.host_of(prefix))
        self._known[known_as] = counter

    def _of_host(self, host: str | None) -> CompiledBulk | None:
        if host not in self._counters:
            if len(self._counters) >= MOST_HOSTS:
                return None
            self._counters[host] = self._counter_of(host)
        return self._counters[host][0]


class _Block:
    """A block that is counted.

    - `lines`: its lines. The last one is empty.
    - `heads`: the text before the client of each line.
    - `counters`: the counter of each line, `None` for those that are not plain.
    - `others`: what is called with these lines; see `Others`.
    - `counted`: how many lines were counted since `others` was last called.
    """

    def __init__(
        self,
        lines: Sequence[bytes],
        heads: Sequence[bytes | None],
        counters: Sequence[CompiledBulk | None],
        others: Others,
    ) -> None:
        self._lines = lines
        self._heads = heads
        self._counters = counters
        self._others = others
        self.odd = counters.count(None)
        self.counted = 0

    def count_all(self) -> None:
        """Count the lines in their order, those between two odd ones at once."""
        start = 0
        for odd, run in groupby(self._counters, lambda counter: counter is None):
            end = start + sum(1 for _ in run)
            if odd:
                self._hand_over(start, end)
            else:
                self._count(start, end)
            start = end

    def _hand_over(self, start: int, end: int) -> None:
        self._others(self.counted, b"\n".join(self._lines[start:end]) + b"\n")
        self.counted = 0

    def _count(self, start: int, end: int) -> None:
        """Count these lines, unless one of them is odd: then find it by halves."""
        parts: dict[CompiledBulk, list[bytes]] = {}
        for counter, head, line in zip(
            self._counters[start:end],
            self._heads[start:end],
            self._lines[start:end],
            strict=True,
        ):
            if counter is not None:
                parts.setdefault(counter, []).append(line[len(head or b"") :])
        if all(counter.prepare(b"\n".join(part) + b"\n") for counter, part in parts.items()):
            for counter in parts:
                counter.add_prepared()
            self.counted += end - start
        elif end - start <= _FEW:
            self._hand_over(start, end)
        else:
            half = (start + end) // 2
            self._count(start, half)
            self._count(half, end)
