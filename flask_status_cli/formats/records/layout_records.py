"""Splits lines of custom formats into records."""

from __future__ import annotations

import re
from datetime import tzinfo

from flask_status_cli.formats.logformat.layout import Layout
from flask_status_cli.formats.prefixes.json_envelope import DOCKER
from flask_status_cli.formats.records.record_loop import Key
from flask_status_cli.formats.records.stamps import Stamp, only_minute, with_minute, without_seconds
from flask_status_cli.formats.request_line import Request

_USUAL_TIMES = frozenset(("%t", "$time_local", "$time_iso8601"))
_CLOCK = re.compile(r"[^%0-9]*(?:%[YmbBdeyaA][^%0-9]*)*%(?:H:%M:%S|T)(?: ?%z)?")
_GIVEN = re.compile(r"%\{(?:begin:|end:)?([^{}]*)\}t")


class LayoutRecords:
    """Splits and reads the lines of one LogFormat or log_format string."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._cut = all(map(_ends_with_a_clock, layout.written_times))

    def parts(self, line: bytes) -> tuple[Stamp, Key, bytes | None] | None:
        """Return the stamp, request and duration of a line, or `None` to leave it to the reference parser."""
        if line.startswith((b"\0", DOCKER)):
            return None
        found = self._layout.parts(line)
        if found is None:
            return None
        times, request, took = found
        if len(times) != 1:
            return None
        stamp = without_seconds(times[0]) if self._cut else (times[0], None)
        return stamp, request, took

    def minute(self, stamp: Stamp, zone: tzinfo) -> int | None:
        """Return the epoch minute of a stamp; `None` if it is impossible or may mean two minutes."""
        times = (with_minute(stamp),)
        clock = self._layout.clock
        return only_minute(lambda newest: clock.minute(times, zone=zone, newest=newest))

    def request(self, key: Key) -> tuple[Request, int] | None:
        """Return the request and the status of a line; `None` for a line without a status."""
        return self._layout.request_of(key)

    def duration(self, text: bytes) -> int | None:
        """Return a duration in microseconds; `None` if the text is not a duration."""
        return self._layout.microseconds(text)


def _ends_with_a_clock(written: str) -> bool:
    """Return whether a time in a format string is a date, a time of day with seconds, and maybe an offset."""
    given = _GIVEN.fullmatch(written)
    return written in _USUAL_TIMES or (given is not None and _CLOCK.fullmatch(given[1]) is not None)
