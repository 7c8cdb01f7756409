"""Splits the lines of a server of the table."""

from __future__ import annotations

import re
from datetime import tzinfo

from flask_status_cli.formats.families import server_lines
from flask_status_cli.formats.families.servers import BY_NAME
from flask_status_cli.formats.prefixes import json_envelope
from flask_status_cli.formats.records.record_loop import Key
from flask_status_cli.formats.records.stamps import (
    Stamp,
    before_a_line,
    only_minute,
    text_before,
    with_minute,
    without_seconds,
)
from flask_status_cli.formats.request_line import Request
from flask_status_cli.formats.timestamp_spellings import time_before

_ANOTHER_KIND = (b"\0", json_envelope.DOCKER)
_REQUEST = ("status", "request", "method", "target", "query")
_DURATIONS = ("took", "took2", "took3")
_SEVERAL = b"\n"


class ServerRecords:
    """Splits the lines of one server, and reads their parts."""

    def __init__(self, name: str) -> None:
        self._names = (name,)
        self._server = server = BY_NAME[name]
        self._again = server_lines.again(name)
        groups = re.compile(server.pattern, re.DOTALL).groupindex
        self._key = tuple(group for group in _REQUEST if group in groups)
        self._took = tuple(group for group in _DURATIONS if group in groups)
        self._timed = "time" in groups

    def parts(self, line: bytes) -> tuple[Stamp, Key, bytes | None] | None:
        """Return the stamp, key and duration of a line, or `None` to leave it to the reference parser."""
        found = server_lines.find(line, self._names)
        if found is None or line.startswith(_ANOTHER_KIND):
            return None
        match = found.match
        if self._again is not None and server_lines.has_two_records(
            self._again, line, match.start()
        ):
            return None
        time = match["time"] if self._timed else None
        stamp = before_a_line(line[: match.start()]) if time is None else without_seconds(time)
        if stamp is None:
            return None
        took = self._durations(match) if self._took else None
        return stamp, match.group(*self._key), took

    def _durations(self, match: re.Match[bytes]) -> bytes | None:
        if len(self._took) == 1:
            return match[self._took[0]]
        return _SEVERAL.join(part or b"" for part in match.group(*self._took))

    def minute(self, stamp: Stamp, zone: tzinfo) -> int | None:
        """Return the epoch minute of a stamp; `None` if it is impossible or may mean two minutes."""
        before = text_before(stamp)
        if before is not None:
            return only_minute(lambda newest: time_before(before, zone=zone, newest=newest))
        text = with_minute(stamp)
        return only_minute(
            lambda newest: server_lines.minute_of_time(text, self._server, zone=zone, newest=newest)
        )

    def request(self, key: Key) -> tuple[Request, int] | None:
        """Return the request and the status of a key; `None` if its line has no status."""
        groups = dict(zip(self._key, key, strict=True))
        status = server_lines.status_of(groups["status"])
        return None if status is None else (server_lines.request_of(groups, self._server), status)

    def duration(self, text: bytes) -> int | None:
        """Return the sum of the durations of a line, in microseconds."""
        parts = dict(zip(self._took, text.split(_SEVERAL), strict=True))
        return server_lines.duration_of(parts, self._server.unit)
