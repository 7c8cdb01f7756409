"""Lines of the common log format with a duration as records, for those that are not counted in bulk."""

from __future__ import annotations

from datetime import tzinfo

from flask_status_cli.formats.counting.line_cache import Memo
from flask_status_cli.formats.families import clf
from flask_status_cli.formats.logformat.duration_fields import DurationTail
from flask_status_cli.formats.prefixes.json_envelope import DOCKER
from flask_status_cli.formats.records.record_loop import Key
from flask_status_cli.formats.records.stamps import Stamp
from flask_status_cli.formats.request_line import Request, split_request


class ClfRecords:
    """The lines of a format string that begins as common does. `memo` proves what stands before a stamp."""

    def __init__(self, tail: DurationTail, memo: Memo) -> None:
        self._tail = tail
        self._memo = memo

    def parts(self, line: bytes) -> tuple[Stamp, Key, bytes | None] | None:
        """Return stamp, request and duration of a line."""
        stamp = clf.STAMP.search(line)
        if stamp is None or line.startswith(DOCKER) or not self._memo.proves(line[: stamp.start()]):
            return None
        rest = clf.rest_of(line, stamp)
        if rest is None or clf.STAMP.search(line, rest.end()):
            return None
        took = self._tail.text(line, rest.end(2))
        return (stamp[1], stamp[3]), (rest[1], rest[2]), took

    def minute(self, stamp: Stamp, _zone: tzinfo) -> int | None:
        """Return the epoch minute of a stamp, which has an offset."""
        text, offset = stamp
        return None if offset is None else clf.minute_of(text, offset)

    def request(self, key: Key) -> tuple[Request, int] | None:
        """Return a request and its status."""
        line, status = key
        return split_request(line or b"", escaped=True), int(status or b"0")

    def duration(self, text: bytes) -> int | None:
        """Return a duration in microseconds."""
        return self._tail.microseconds(text)
