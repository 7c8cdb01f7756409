"""Finds where the times in a block jump back. Another log begins there."""

from __future__ import annotations

import re
from datetime import tzinfo
from itertools import chain, islice

from flask_status_cli.formats.timestamps import (
    epoch_minute,
    local_minute,
    offset_minutes,
    wall_minute,
)
from flask_status_cli.lazy_pattern import LazyPattern

JUMP_MINUTES = 60
"""A line that is older by more than this many minutes begins another log."""

STEP_MINUTES = 1
"""So many minutes are enough if the next lines are as old. A slow request is one late line among others."""

STAY = 16
"""So many lines after a step back must be as old. If fewer lines follow, all of them must be.

If none follows, the last line of the input is one late line.
"""

_STAMPED = LazyPattern(
    rb'^[^"\n]*\[(\d\d/[A-Z][a-z]{2}/\d{4}[: ]\d\d:\d\d):\d\d(?: ([+-]\d{4}))?\] "', re.MULTILINE
)

_ISO = LazyPattern(
    rb'^(?:\{ ?"[\w@.-]{1,32}": ?")?(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d):\d\d(?:\.\d{1,9})?(Z|[+-]\d\d:?\d\d)',
    re.MULTILINE,
)
"""A time of ISO 8601 at the beginning of a line, or as the first value of a JSON object.

Anywhere else, a visitor may have written it.
"""

_MONTHS = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def first_jump(
    lines: bytes, *, newest: int | None, zone: tzinfo, ahead: bytes = b""
) -> tuple[int | None, int | None]:
    """Find the first line with which another log begins, because the time goes back.

    Return the offset of this line in `lines` (`None` if there is none), and the newest epoch minute before
    the line. `newest` is the newest epoch minute of earlier blocks. `zone` is the zone of times without an
    offset. `ahead` has lines that follow.
    """
    times = _Times(lines, zone)
    only_forward, last = times.only_forward(lines, newest)
    if only_forward:
        return None, last
    for match in times.stamps.finditer(lines):
        minute = times.minute(match, newest)
        if minute is None:
            continue
        if newest is not None and minute < newest - STEP_MINUTES:
            far = minute < newest - JUMP_MINUTES
            if far or times.stay_back(lines, match.end(), ahead, newest):
                return match.start(), newest
        if newest is None or minute > newest:
            newest = minute
    return None, newest


class _Times:
    """Reads the times in a block of lines."""

    def __init__(self, lines: bytes, zone: tzinfo) -> None:
        self._zone = zone
        self.stamps = _STAMPED if _STAMPED.search(lines) else _ISO

    def minute(self, match: re.Match[bytes], newest: int | None) -> int | None:
        """Return the epoch minute of a stamp, `None` if there is no such time."""
        if self.stamps is _ISO:
            return _iso_minute(match)
        return _minute(match[1], match[2], zone=self._zone, newest=newest)

    def only_forward(self, lines: bytes, newest: int | None) -> tuple[bool, int | None]:
        """Return whether no line is older than the newest one before it by more than `STEP_MINUTES`.

        Also return the newest minute. This is much faster than reading each time, because most lines have
        the minute of the line before.
        """
        if self.stamps is _ISO:
            return False, newest
        stamp = None
        for found in self.stamps.findall(lines):
            if found == stamp:
                continue
            stamp = found
            minute = _minute(found[0], found[1] or None, zone=self._zone, newest=newest)
            if minute is not None and newest is not None and minute < newest - STEP_MINUTES:
                return False, newest
            if minute is not None and (newest is None or minute > newest):
                newest = minute
        return True, newest

    def stay_back(self, lines: bytes, start: int, ahead: bytes, newest: int) -> bool:
        """Return whether there are lines from `start` on, and they are older than `newest`, too."""
        following = chain(self.stamps.finditer(lines, start), self.stamps.finditer(ahead))
        minutes = [self.minute(match, newest) for match in islice(following, STAY)]
        late = newest - STEP_MINUTES
        return bool(minutes) and all(minute is None or minute < late for minute in minutes)


def _minute(stamp: bytes, offset: bytes | None, *, zone: tzinfo, newest: int | None) -> int | None:
    if offset is not None:
        return epoch_minute(wall_minute(stamp), offset_minutes(offset))
    local = local_minute(stamp, zone)
    return None if local is None else local.after(newest)


def _iso_minute(match: re.Match[bytes]) -> int | None:
    year, month, day, clock, offset = match.groups()
    if not 1 <= int(month) <= len(_MONTHS):
        return None
    stamp = b"%b/%b/%b:%b" % (day, _MONTHS[int(month) - 1], year, clock)
    offset = b"+0000" if offset == b"Z" else offset.replace(b":", b"")
    return epoch_minute(wall_minute(stamp), offset_minutes(offset))
