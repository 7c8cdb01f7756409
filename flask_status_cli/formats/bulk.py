"""Lines of one shape are counted column by column: what a line costs is paid in C, not in a loop.

A piece of a log is split at its quotes. Where every line has as many of them as the next, the pieces are
columns: the requests, what follows them, and the joints, in which one line ends and the next begins. A
column is proved as a whole; only what differs within it is looked at. A piece of which anything cannot be
proved is left to the loop that reads line by line; that both agree with the reference parser is a tested
property.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import add

from flask_status_cli.formats.entry import Request
from flask_status_cli.formats.memo import Alike
from flask_status_cli.formats.requests import RequestClasses
from flask_status_cli.formats.totals import Totals

Resolve = Callable[[str | None, str | None, int], int]
"""The tally's code for method and target (`None` where the request line did not parse) and status."""

STATUSES = 1000
"""Status codes have three digits: a class of requests (a multiple of this) plus a status is a pair."""

_MASK = bytes.maketrans(b"123456789", b"000000000")
_ADDRESS = b"0123456789."
"""What `prefixes.ADDRESS_ALONE` allows before ` - - `."""

_PATIENCE = 4
_PAUSE = 60


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns of a family's lines are.

    A line has `quotes` of them (`None`: an even number, four or more). `stamp` is what stands between
    the address and the first quote, its digits zero: `length` bytes, the seconds at `seconds`;
    `status` is what a code is written in behind a request, and where `joined` the rest of the line too.
    `minute_of` reads the minute of such a stamp, `None` where it is not one alone. `parse` reads a request
    from behind its quote to the status, `None` where it is not proved.
    """

    quotes: int | None
    joined: bool
    stamp: re.Pattern[bytes]
    length: int
    seconds: int
    status: str
    minute_of: Callable[[bytes], int | None]
    parse: Callable[[bytes], Request | None]


class Bulk:
    """Counts pieces of a log whose lines are all of one shape."""

    def __init__(self, columns: Columns, resolve: Resolve, alike: Alike, totals: Totals) -> None:
        self._columns = columns
        self._resolve = resolve
        self._totals = totals
        self._requests = RequestClasses(columns.parse, alike, step=STATUSES)
        self._statuses = {(columns.status % code).encode(): code for code in range(STATUSES)}
        self._status_length = len(columns.status % 0)
        self._codes: dict[int, int] = {}
        self._minutes: dict[bytes, int | None] = {}
        self._stamp = b""
        self._digits: tuple[int, ...] = ()
        self._others = b""
        self._misses = 0

    def forget_codes(self) -> None:
        """Drop the tally's codes: they have changed."""
        self._codes.clear()

    def count(self, piece: bytes) -> int:
        """Count whole lines, all of them or none; how many they are."""
        if self._misses >= _PATIENCE:  # another kind of log: now and then is enough
            self._misses = (self._misses + 1) % (_PATIENCE + _PAUSE)
            return 0
        lines = self._count(piece)
        self._misses = 0 if lines else self._misses + 1
        return lines

    def _count(self, piece: bytes) -> int:
        lines = piece.count(b"\n")
        cut = piece.split(b'"')
        quotes, rest = divmod(len(cut) - 1, lines)
        if rest or not self._fits(quotes):
            return 0
        joints = cut[quotes::quotes]
        joints[-1] += cut[0]  # a ring: behind the last line comes the first
        minutes = self._read_stamps(joints)
        statuses = self._read_statuses(joints if self._columns.joined else cut[2::quotes])
        if minutes is None or statuses is None:
            return 0
        if self._requests.crowded:
            self._requests.renew()
            self._codes.clear()
        requests = self._requests.read(cut[1::quotes])
        if requests is None:
            return 0
        codes = self._read_codes(list(map(add, requests, statuses)))
        start = 0
        for minute, end in minutes:
            self._totals.bucket(minute).extend(codes[start:end])
            start = end
        return lines

    def _fits(self, quotes: int) -> bool:
        wanted = self._columns.quotes
        return quotes == wanted if wanted else quotes >= 4 and quotes % 2 == 0

    def _read_stamps(self, joints: list[bytes]) -> list[tuple[int, int]] | None:
        """Prove all joints; return (minute, end) of each run of lines. The first line's joint is the last."""
        length, number = self._columns.length, len(joints)
        stamps = b"".join([joint[-length:] for joint in joints[-1:] + joints[:-1]])
        if not self._knows(stamps[:length]) or stamps.translate(_MASK) != self._stamp * number:
            return None
        if stamps[self._columns.seconds :: length].strip(b"012345"):
            return None
        # All but the digits: of the stamps, and what stands before: the address and the end of the last line.
        others = b'"'.join(joints).translate(None, _ADDRESS)
        if others != (self._others * number)[:-1]:
            return None
        minutes: list[tuple[int, int]] = []
        start = 0
        for end in self._ends(stamps, number):
            minute = self._minute(stamps[start * length : (start + 1) * length])
            if minute is None:
                return None
            minutes.append((minute, end))
            start = end
        return minutes

    def _knows(self, stamp: bytes) -> bool:
        """Take the first stamp, its digits zero, for all: whether it is one."""
        masked = stamp.translate(_MASK)
        if masked == self._stamp:
            return True
        if not self._columns.stamp.fullmatch(masked):
            return False
        seconds = self._columns.seconds
        self._stamp = masked
        self._digits = tuple(
            place
            for place, byte in enumerate(masked)
            if byte == 0x30 and place not in (seconds, seconds + 1)
        )
        status = (self._columns.status % 0).encode() if self._columns.joined else b"\n"
        self._others = status.translate(None, _ADDRESS) + masked.translate(None, _ADDRESS) + b'"'
        return True

    def _ends(self, stamps: bytes, number: int) -> list[int]:
        """Return where runs of stamps end that differ in their seconds alone."""
        ends = {number}
        for place in self._places_that_differ(stamps, number):
            column = stamps[place :: self._columns.length]
            while rest := column.lstrip(column[:1]):
                ends.add(number - len(rest))
                column = rest
        return sorted(ends)

    def _places_that_differ(self, stamps: bytes, number: int) -> tuple[int, ...]:
        seconds = self._columns.seconds
        hour, offset = stamps[: seconds - 3], stamps[seconds + 2 : self._columns.length]
        if stamps.count(hour) == number == stamps.count(offset):  # only the minutes may
            return (seconds - 3, seconds - 2)
        return self._digits

    def _minute(self, stamp: bytes) -> int | None:
        seconds = self._columns.seconds
        key = stamp[:seconds] + stamp[seconds + 2 :]
        if key not in self._minutes:
            if len(self._minutes) > 4096:
                self._minutes.clear()
            self._minutes[key] = self._columns.minute_of(stamp)
        return self._minutes[key]

    def _read_statuses(self, column: Sequence[bytes]) -> list[int] | None:
        length = self._status_length
        statuses = list(map(self._statuses.get, [behind[:length] for behind in column]))
        return None if None in statuses else statuses  # type: ignore[return-value]  # none of them is None

    def _read_codes(self, pairs: Sequence[int]) -> list[int]:
        codes = list(map(self._codes.get, pairs))
        if None in codes:
            for place, known in enumerate(codes):
                if known is None:
                    codes[place] = self._code(pairs[place])
        return codes  # type: ignore[return-value]  # none of them is None

    def _code(self, pair: int) -> int:
        if pair not in self._codes:
            number, status = divmod(pair, STATUSES)
            self._codes[pair] = self._resolve(*self._requests.parsed(number * STATUSES), status)
        return self._codes[pair]
