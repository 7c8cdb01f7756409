"""Finds where the times in a block jump back. Another log begins there."""

from __future__ import annotations

import re
from datetime import tzinfo

from flask_status_cli.formats.timestamps import (
    epoch_minute,
    local_minute,
    offset_minutes,
    wall_minute,
)

JUMP_MINUTES = 60
"""Within one log, lines may be out of order by this many minutes, because of slow requests and buffers."""

_STAMPED = re.compile(
    rb'^[^"\n]*\[(\d\d/[A-Z][a-z]{2}/\d{4}[: ]\d\d:\d\d):\d\d(?: ([+-]\d{4}))?\] "', re.MULTILINE
)

_ISO = re.compile(
    rb'^(?:\{ ?"[\w@.-]{1,32}": ?")?(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d):\d\d(?:\.\d{1,9})?(Z|[+-]\d\d:?\d\d)',
    re.MULTILINE,
)
"""A time of ISO 8601 at the beginning of a line, or as the first value of a JSON object.

Anywhere else, a visitor may have written it.
"""

_MONTHS = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def first_jump(lines: bytes, *, newest: int | None, zone: tzinfo) -> tuple[int | None, int | None]:
    """Find the first line whose time is more than an hour before the newest one.

    Return the offset of this line in `lines` (`None` if there is none), and the newest epoch minute before
    the line. `newest` is the newest epoch minute of earlier blocks. `zone` is the zone of times without an
    offset.
    """
    stamps = _STAMPED if _STAMPED.search(lines) else _ISO
    for match in stamps.finditer(lines):
        minute = (
            _minute(match[1], match[2], zone=zone, newest=newest)
            if stamps is _STAMPED
            else _iso_minute(match)
        )
        if minute is None:
            continue
        if newest is not None and minute < newest - JUMP_MINUTES:
            return match.start(), newest
        if newest is None or minute > newest:
            newest = minute
    return None, newest


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
