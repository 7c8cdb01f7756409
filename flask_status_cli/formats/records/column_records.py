"""Splits lines of W3C logs into records. The `#Fields` line above them names their columns."""

from __future__ import annotations

from datetime import tzinfo

from flask_status_cli.formats.families.named_parts import Value, duration_of, request_of
from flask_status_cli.formats.families.w3c import HEADER, NAMES, ColumnReader, fields_line
from flask_status_cli.formats.prefixes.json_envelope import DOCKER
from flask_status_cli.formats.records.record_loop import Key
from flask_status_cli.formats.records.stamps import Stamp, only_minute, with_minute, without_seconds
from flask_status_cli.formats.request_line import Request
from flask_status_cli.formats.timestamp_spellings import minute_of

_REQUEST = (*NAMES.status, *NAMES.method, *NAMES.target, *NAMES.query, "logger")
_ANOTHER_KIND = (b"#", b"\0", DOCKER)


class ColumnRecords:
    """Splits and reads the lines below one `#Fields` line, until a different `#Fields` line comes."""

    def __init__(self, columns: ColumnReader) -> None:
        self._text = columns.text
        self._known = columns.known
        self._width = len(columns.columns)
        plain = columns.names
        self._date, self._time = plain.index("date"), plain.index("time")
        self._request = tuple(name for name in _REQUEST if name in plain)
        self._places = tuple(plain.index(name) for name in self._request)
        durations = [name for name in NAMES.units if name in plain]
        self._took = durations[0] if durations else ""
        self._took_at = plain.index(self._took) if durations else -1
        self._over = False

    def parts(self, line: bytes) -> tuple[Stamp, Key, bytes | None] | None:
        """Return the stamp, request and duration of a line, or `None` to leave it to the reference parser."""
        if HEADER in line:
            self._over = self._over or fields_line(line) not in (None, self._text)
        if self._over or line.startswith(_ANOTHER_KIND):
            return None
        columns = line.split(b"\t") if b"\t" in line else line.split(b" ")
        if len(columns) != self._width or b":" not in columns[self._time]:
            return None
        stamp = without_seconds(b"%bT%bZ" % (columns[self._date], columns[self._time]))
        took = columns[self._took_at] if self._took else None
        return stamp, tuple([columns[place] for place in self._places]), took

    def minute(self, stamp: Stamp, zone: tzinfo) -> int | None:
        """Return the epoch minute of a stamp in UTC; `None` if it is impossible or may mean two minutes."""
        text = with_minute(stamp)
        return only_minute(lambda newest: minute_of(text, zone=zone, newest=newest))

    def request(self, key: Key) -> tuple[Request, int] | None:
        """Return the request and the status in these columns; `None` if they are not a request."""
        pairs = zip(self._request, key, strict=True)
        values: dict[str, Value] = {name: _text(part or b"") for name, part in pairs}
        return request_of(values, NAMES)

    def duration(self, text: bytes) -> int | None:
        """Return a duration in microseconds; `None` if the text is not a duration."""
        return duration_of({self._took: _text(text)}, self._known)


def _text(column: bytes) -> str:
    return column.decode("utf-8", "surrogateescape")
