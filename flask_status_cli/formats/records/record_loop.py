"""Counts the lines of a format one by one, with caches for the meanings of their parts.

Each line is split as the reference parser does it. Only the meanings of the parts are cached: a meaning
depends on nothing else in the line. A property test checks that both count the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from typing import Protocol, TypeAlias

from flask_status_cli.formats.counting.duration_cache import UNTOLD, BucketCache
from flask_status_cli.formats.counting.line_cache import Alike, Memo
from flask_status_cli.formats.counting.line_loop import Append, FastLoop, Resolve, Slow
from flask_status_cli.formats.counting.plain_requests import UNPROVEN
from flask_status_cli.formats.counting.totals import Totals
from flask_status_cli.formats.records.carried_loop import CarriedLoop
from flask_status_cli.formats.records.codes_alike import CodesAlike
from flask_status_cli.formats.records.stamps import (
    AROUND,
    MinutesOfStamps,
    Stamp,
    only_minute,
    with_minute,
    without_seconds,
)
from flask_status_cli.formats.request_line import Request
from flask_status_cli.formats.timestamp_spellings import minute_of

_KEYS = 1 << 17
_KEY_BYTES = 24 << 20

Key: TypeAlias = tuple[bytes | None, ...]
"""The parts of a line from which the request and its status are read."""


class Records(Protocol):
    """Splits the lines of one format into parts, and reads the parts."""

    def parts(self, line: bytes) -> tuple[Stamp, Key, bytes | None] | None:
        """Return the stamp, key and duration of a line, or `None` to leave it to the reference parser."""

    def minute(self, stamp: Stamp, zone: tzinfo) -> int | None:
        """Return the epoch minute of a stamp; `None` if it is impossible or may mean two minutes."""

    def request(self, key: Key) -> tuple[Request, int] | None:
        """Return the request and the status of a key; `None` if its line is not an entry."""

    def duration(self, text: bytes) -> int | None:
        """Return a duration in microseconds; `None` if the text is not a duration."""


class _Codes(dict[Key, int]):
    """A cache with the code of each key; `UNPROVEN` if its line is not an entry."""

    def __init__(self, records: Records, codes: CodesAlike) -> None:
        super().__init__()
        self._records = records
        self._alike = codes
        self._room = _KEY_BYTES

    def forget(self) -> None:
        """Drop all codes, because they have changed."""
        self.clear()
        self._alike.forget()
        self._room = _KEY_BYTES

    def __missing__(self, key: Key) -> int:
        found = self._records.request(key)
        code = UNPROVEN if found is None else self._alike.code(*found[0], found[1])
        self._room -= sum(len(part) for part in key if part)
        if self._room < 0 or len(self) >= _KEYS:
            self.clear()
            self._room = _KEY_BYTES
        self[key] = code
        return code


class RecordLoop:
    """Counts the lines of one format."""

    def __init__(  # noqa: PLR0913 - what reads, what gives the codes, and what counts
        self,
        records: Records,
        resolve: Resolve,
        alike: Alike,
        zone: tzinfo,
        totals: Totals,
        *,
        memo: Memo | None = None,
    ) -> None:
        self.memo = memo
        """The cache of what counts the same lines in bulk, if anything does."""

        self._records = records
        self._totals = totals
        self._codes = _Codes(records, CodesAlike(resolve, alike))
        self._minutes = MinutesOfStamps(lambda stamp: records.minute(stamp, zone))
        self._minutes_around = MinutesOfStamps(lambda stamp: _written(stamp, zone))
        self._around = b""
        self._buckets = BucketCache(records.duration)

    def run(self, lines: Iterable[bytes], slow: Slow) -> None:
        """Count every line. Lines that this loop cannot count for certain are passed to `slow`."""
        parts, minutes, codes, buckets = (
            self._records.parts, self._minutes, self._codes, self._buckets
        )  # fmt: skip
        totals, last = self._totals, None
        append: Append = list[int]().append
        timed: list[tuple[int, int, int]] = []
        for line in lines:
            found = parts(line)
            if found is not None:
                stamp, key, took = found
                minute = self._minute_around() if stamp is AROUND else minutes[stamp]
                code = UNPROVEN if minute is None else codes[key]
                if minute is not None and code != UNPROVEN:
                    if minute != last:
                        append, last = totals.bucket(minute).append, minute
                    append(code)
                    bucket = UNTOLD if took is None else buckets[took]
                    if bucket != UNTOLD:
                        timed.append((minute, code, bucket))
                    continue
            slow(line)
        if timed:
            totals.record(*map(list, zip(*timed, strict=True)))
        totals.add_up_codes()

    def around(self, time: bytes) -> None:
        """Set the time of the object around the next line, empty if there is none.

        Lines without a time use it.
        """
        self._around = time

    def _minute_around(self) -> int | None:
        time = self._around
        return self._minutes_around[without_seconds(time)] if time else None

    def forget_codes(self) -> None:
        """Drop the tally's codes, because they have changed."""
        self._codes.forget()
        if self.memo is not None:
            self.memo.forget_codes()


def _written(stamp: Stamp, zone: tzinfo) -> int | None:
    text = with_minute(stamp)
    return only_minute(lambda newest: minute_of(text, zone=zone, newest=newest))


def record_loop(  # noqa: PLR0913 - as above
    records: Records,
    resolve: Resolve,
    alike: Alike,
    zone: tzinfo,
    totals: Totals,
    *,
    memo: Memo | None = None,
) -> FastLoop:
    """Return a loop for these records, also for those in docker's objects."""
    loop = RecordLoop(records, resolve, alike, zone, totals, memo=memo)
    return CarriedLoop(loop, loop.around)
