"""The shapes of plain lines of each family."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from functools import cache
from typing import TYPE_CHECKING

from flask_status_cli.formats.counting.block_counter import (
    Days,
    LineShape,
    ScannerLayout,
    StampReader,
)
from flask_status_cli.formats.counting.duration_cache import BucketCache
from flask_status_cli.formats.families import clf, werkzeug
from flask_status_cli.formats.prefixes.carriers import is_address_alone
from flask_status_cli.formats.timestamps import local_minute
from flask_status_cli.lazy_pattern import LazyPattern
from flask_status_cli.model.times import MINUTES_PER_DAY

if TYPE_CHECKING:
    from flask_status_cli.formats.logformat.duration_fields import DurationTail

_ALONE = rb"[0-9.]*+ - - "
"""The text that `carriers.ADDRESS_ALONE` accepts."""

_ANY = rb'([^\["\n]*+)'
_CLF = rb'\[(.{17}+):[0-5][0-9] %b\] "([^"]*+" [0-9][0-9][0-9] )(?:%b[^\n]*+\n)|[^\n]*+\n'
_WERKZEUG = rb'\[(.{17}+):[0-5][0-9]\] "([^\n]*+)\n|[^\n]*+\n'
_QUOTED = rb'(?:[^\%b"\\]++|\\.)*+' % b"\n"
"""A text in quotes, as `line_pattern` writes it. Without backslashes in it, it ends with the next quote."""


class ClfShapes:
    """The shape of lines of the common log format with one offset, whatever follows the status.

    `tail` is the pattern from the status to a duration, if that is known.
    """

    def __init__(self, zone: tzinfo, tail: DurationTail | None = None) -> None:  # noqa: ARG002 - all shapes are made so, and these stamps carry their offset
        self._shapes: dict[tuple[bytes, bool], LineShape] = {}
        self._tail = b"" if tail is None else _with_duration(tail.behind_blank)
        self._buckets = None if tail is None else BucketCache(tail.microseconds)
        self._steps = b"" if tail is None else _steps(tail.behind_blank)

    @property
    def scannable(self) -> bool:
        """Whether the compiled scanner finds the durations."""
        return self._steps is not None

    def fitting(self, lines: bytes, tried: Sequence[LineShape]) -> LineShape | None:
        """Return the shape of the first entry, or of such lines with any prefix."""
        stamp = clf.STAMP.search(lines)
        if stamp is None:
            return None
        alone = _address_alone(lines, stamp.start())
        return _untried((self._shape(stamp[3], prefixed=p) for p in (not alone, True)), tried)

    def _shape(self, offset: bytes, *, prefixed: bool) -> LineShape:
        key = offset, prefixed
        if key not in self._shapes:
            before = _ANY if prefixed else _ALONE
            self._shapes[key] = LineShape(
                LazyPattern(before + _CLF % (re.escape(offset), self._tail)),
                prefixed,
                _clf_stamps(offset),
                ScannerLayout(b' %b] "' % offset, b":", whole=False, steps=self._steps),
                single=True,
                buckets=self._buckets,
                quick=self._quick(before, offset),
            )
        return self._shapes[key]

    def _quick(self, before: bytes, offset: bytes) -> LazyPattern[bytes] | None:
        if self._buckets is None:
            return None
        tail = self._tail.replace(_QUOTED, b'[^"]*+')
        return LazyPattern(before + _CLF % (re.escape(offset), tail))


class WerkzeugShapes:
    """The shape of lines of werkzeug's development server, except in a doubled hour."""

    def __init__(self, zone: tzinfo) -> None:
        stamps, layout = _local_stamps(zone), ScannerLayout(b'] "', b" ", whole=True)
        self._alone, self._any = (
            LineShape(LazyPattern(before + _WERKZEUG), prefixed=p, stamps=stamps, layout=layout)
            for before, p in ((_ALONE, False), (_ANY, True))
        )

    @property
    def scannable(self) -> bool:
        """Return that the compiled scanner reads such lines."""
        return True

    def fitting(self, lines: bytes, tried: Sequence[LineShape]) -> LineShape | None:
        """Return the shape of the first entry, or of such lines with any prefix."""
        stamp = werkzeug.STAMP.search(lines)
        if stamp is None:
            return None
        alone = _address_alone(lines, stamp.start())
        return _untried((self._alone if alone else self._any, self._any), tried)


def _steps(pattern: bytes) -> bytes | None:
    from flask_status_cli.formats.logformat.duration_steps import duration_steps

    return duration_steps(pattern)


def _with_duration(tail: bytes) -> bytes:
    """Return a pattern that matches the rest of the line, or nothing."""
    from flask_status_cli.formats.logformat.duration_fields import LINE_END

    if tail.endswith(LINE_END):
        return tail.removesuffix(LINE_END) + rb"\r?\n|"
    return tail + rb"[^\n]*+\n|"


def _address_alone(lines: bytes, stamp: int) -> bool:
    """Return whether nothing but an address stands before a stamp in its line.

    If it is one of IPv6, that line is odd. Most lines are tried without looking at their prefixes first.
    """
    prefix = lines[lines.rfind(b"\n", 0, stamp) + 1 : stamp]
    return is_address_alone(prefix)


def _untried(shapes: Iterable[LineShape], tried: Sequence[LineShape]) -> LineShape | None:
    return next((shape for shape in shapes if shape not in tried), None)


@cache
def _times(separator: bytes) -> Mapping[bytes, int]:
    """Return the minutes of a day by how a stamp shows them: behind a colon, or a blank."""
    minutes = range(MINUTES_PER_DAY)
    return {b"%b%02d:%02d" % (separator, *divmod(minute, 60)): minute for minute in minutes}


def _clf_stamps(offset: bytes) -> StampReader:
    """Return what reads stamps of an offset."""

    def minute_of(stamp: bytes) -> int | None:
        return clf.minute_if_any(stamp, offset)

    return StampReader(Days(lambda day: minute_of(day + b":00:00")), _times(b":"), minute_of)


def _local_stamps(zone: tzinfo) -> StampReader:
    """Return what reads stamps of a zone, but for those that may mean two minutes."""

    def minute_of(stamp: bytes) -> int | None:
        if not werkzeug.STAMP_HEAD.fullmatch(b"[%b:" % stamp):
            return None
        minute = local_minute(stamp, zone)
        return None if minute is None or minute.first != minute.second else minute.first

    def begin_of(day: bytes) -> int | None:
        begin = minute_of(day + b" 00:00")
        if begin is None:
            return None
        hours = [minute_of(b"%b %02d:00" % (day, hour)) for hour in range(24)]
        end = minute_of(day + b" 23:59")
        even = [*hours, end] == [
            begin + n for n in (*range(0, MINUTES_PER_DAY, 60), MINUTES_PER_DAY - 1)
        ]
        return begin if even else None

    return StampReader(Days(begin_of), _times(b" "), minute_of)
