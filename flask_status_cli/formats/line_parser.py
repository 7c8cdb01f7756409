"""The reference parser: reads one line, with every rule written out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo

from flask_status_cli.formats.families.request_without_time import EntryWithoutTime
from flask_status_cli.formats.other_lines.noise import BLANK, LOG_RECORD, NUL_BYTES, noise_reason
from flask_status_cli.formats.other_lines.request_like import (
    holds_a_request,
    sent_by_the_app,
    unindented,
)
from flask_status_cli.formats.prefixes.json_envelope import (
    DEPTH,
    Envelope,
    opened,
    opened_carried_line,
)
from flask_status_cli.formats.refusal_reasons import (
    JSON_LINE,
    MOST_PRECISE_FIRST,
    NO_KNOWN_FORMAT,
    NO_TIME,
    TOO_LONG,
    TWO_RECORDS,
)
from flask_status_cli.formats.registry import FORMAT_NAMES, W3C, Family, families
from flask_status_cli.frozen import frozen
from flask_status_cli.model import MAX_LINE, OTHER_TEXT, LogEntry


@frozen
class Noise:
    """A line that is no request, such as a banner, with the reason."""

    reason: str


@frozen
class Refusal:
    """A line that may be a request but could not be read, with the reason."""

    reason: str


def parse_line(
    line: bytes, *, order: Sequence[str] | None = None, zone: tzinfo, newest: int | None = None
) -> LogEntry | Noise | Refusal:
    """Read one line without its line end. NULs before it are skipped.

    - `order`: the names of the formats to try, `None` for all.
    - `zone`: the zone of times without an offset.
    - `newest`: the newest epoch minute read before. In an hour that occurs twice (when clocks are set back),
      it decides which of the two is meant.

    This never raises, and takes time linear in the length of the line.
    """
    return read_line(line, families(order), zone=zone, newest=newest)


def read_line(  # noqa: PLR0913 - a line, its readers, and what is known about its time
    line: bytes,
    readers: Sequence[Family],
    *,
    zone: tzinfo,
    newest: int | None,
    depth: int = DEPTH,
    around: bytes = b"",
) -> LogEntry | Noise | Refusal:
    """Read one line as `parse_line` does, with these readers.

    At most `depth` nested JSON objects are opened. `around` is the time in the JSON object around the line,
    empty without one. It is used if the line has no time.
    """
    if len(line) > MAX_LINE:
        return Refusal(TOO_LONG)
    text = line.lstrip(b"\0")
    if not text or text.isspace():
        return Noise(NUL_BYTES if line and not text else BLANK)
    if depth and (carried := opened_carried_line(text)) is not None:
        return _read_carried(carried, text, readers, zone=zone, newest=newest, depth=depth)
    result = _by_families(text, readers, zone=zone, newest=newest, around=around)
    if isinstance(result, LogEntry):
        return result
    envelope = opened(text) if depth and result in (None, NO_TIME) else None
    if envelope is not None:
        found = _read_carried(envelope, text, readers, zone=zone, newest=newest, depth=depth)
        if isinstance(found, LogEntry) or result is None:
            return found
    return _noise_or_refused(text, readers) if result is None else Refusal(result)


def _by_families(
    text: bytes,
    readers: Sequence[Family],
    *,
    zone: tzinfo,
    newest: int | None,
    around: bytes,
) -> LogEntry | str | None:
    """Return the entry that one of the families reads, else the most precise reason to refuse the line.

    Return `None` if no family knows the line.
    """
    reasons = []
    for family in readers:
        result = family.read(text, zone=zone, newest=newest)
        if isinstance(result, EntryWithoutTime):
            result = _timed(result, zone=zone, newest=newest, around=around)
        if isinstance(result, LogEntry):
            return result
        if result is not None:
            reasons.append(result)
    return min(reasons, key=MOST_PRECISE_FIRST.index) if reasons else None


def _timed(
    request: EntryWithoutTime, *, zone: tzinfo, newest: int | None, around: bytes
) -> LogEntry | str:
    """Return the entry of a request, with the time before its line or in the object around it."""
    from flask_status_cli.formats.timestamp_spellings import minute_of, time_before

    minute = time_before(request.before, zone=zone, newest=newest)
    if minute is None and around:
        minute = minute_of(around, zone=zone, newest=newest)
    if minute is None:
        return NO_TIME
    return LogEntry(
        minute, request.method, request.target, request.status, request.duration, request.host
    )


def _noise_or_refused(text: bytes, readers: Sequence[Family]) -> Noise | Refusal:
    """Return what a line is that no family reads. An indented line of a server is refused.

    It may be an entry of another layout, or text of a visitor that a logger has indented.
    """
    bare = unindented(text)
    if bare is not None and any(family.read(bare, zone=UTC, newest=None) for family in readers):
        return Refusal(NO_KNOWN_FORMAT)
    noise = noise_reason(text)
    return Refusal(NO_KNOWN_FORMAT) if noise is None else Noise(noise)


def _read_carried(  # noqa: PLR0913 - an object, its line, and as `read_line`
    envelope: Envelope,
    line: bytes,
    readers: Sequence[Family],
    *,
    zone: tzinfo,
    newest: int | None,
    depth: int,
) -> LogEntry | Noise | Refusal:
    """Read the line in a JSON object. If another key may have a request, refuse the object."""
    found = _read_envelope(envelope, readers, zone=zone, newest=newest, depth=depth)
    if found == Noise(OTHER_TEXT) and holds_a_request(line):
        sent = envelope.text is not None and sent_by_the_app(envelope.text)
        return found if sent else Refusal(NO_KNOWN_FORMAT)
    return found


def _read_envelope(
    envelope: Envelope, readers: Sequence[Family], *, zone: tzinfo, newest: int | None, depth: int
) -> LogEntry | Noise | Refusal:
    """Read the line in a JSON object. If it is no request but the object describes one, refuse the object."""
    result: LogEntry | Noise | Refusal = Noise(OTHER_TEXT)
    if envelope.text is not None and envelope.by_app:
        result = Refusal(NO_KNOWN_FORMAT) if holds_a_request(envelope.text) else Noise(LOG_RECORD)
    elif envelope.text is not None:
        result = read_line(
            envelope.text, readers, zone=zone, newest=newest, depth=depth - 1, around=envelope.time
        )
    elif envelope.several and not envelope.by_app:
        result = _of_several(envelope.several, readers, depth=depth - 1)
    return Refusal(JSON_LINE) if isinstance(result, Noise) and envelope.request else result


def _of_several(text: bytes, readers: Sequence[Family], *, depth: int) -> Noise | Refusal:
    """Refuse a text of several lines if one of them is an entry. Otherwise it is other text."""
    lines = text.split(b"\n")
    read = (read_line(line, readers, zone=UTC, newest=None, depth=depth) for line in lines)
    entries = any(isinstance(each, LogEntry) for each in read)
    return Refusal(TWO_RECORDS) if entries else Noise(OTHER_TEXT)


def first_minute(sample: bytes, *, zone: tzinfo, order: Sequence[str] | None = None) -> int | None:
    """Return the epoch minute of the first entry in a sample, `None` without entries."""
    readers: Sequence[Family] = families(order)
    for line in split_lines(sample):
        if W3C.encode() in line:
            readers = _families_after(line, order) or readers
        entry = read_line(line, readers, zone=zone, newest=None)
        if isinstance(entry, LogEntry):
            return entry.minute
    return None


def _families_after(line: bytes, order: Sequence[str] | None) -> Sequence[Family] | None:
    """Return the families for the lines after a `#Fields` line, `None` after any other line."""
    from flask_status_cli.formats.families.w3c import fields_line

    name = fields_line(line)
    return None if name is None else families((name, *(order or FORMAT_NAMES)))


def split_lines(block: bytes) -> list[bytes]:
    """Split a block into lines without their line ends.

    Only a line feed ends a line. One carriage return before it belongs to the line end.
    """
    if not block.endswith(b"\n"):
        block += b"\n"
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n")
    lines = block.split(b"\n")
    lines.pop()
    return lines
