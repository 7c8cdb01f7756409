"""The reference parser: one line, whatever it holds, with every rule spelled out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from flask_status_cli.formats.other_lines.noise import BLANK, LOG_RECORD, NUL_BYTES, noise_reason
from flask_status_cli.formats.other_lines.request_like import holds_a_request
from flask_status_cli.formats.prefixes.json_envelope import DEPTH, Envelope, opened
from flask_status_cli.formats.refusal_reasons import JSON_LINE, NO_KNOWN_FORMAT, TOO_LONG
from flask_status_cli.formats.registry import Family, families
from flask_status_cli.model import MAX_LINE, OTHER_TEXT, LogEntry


@dataclass(frozen=True, slots=True)
class Noise:
    """A line that is no entry and was to be expected."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that was not understood."""

    reason: str


def parse_line(
    line: bytes, *, order: Sequence[str] | None = None, zone: tzinfo, newest: int | None = None
) -> LogEntry | Noise | Refusal:
    """Read one line without its terminator; NULs before it are skipped.

    `order` names the formats to try (`None`: all); `zone` is that of stamps without an offset, and
    `newest` the newest epoch minute read before, which tells the two halves of a doubled hour apart.
    Never raises, and takes time linear in the line's length.
    """
    return read_line(line, families(order), zone=zone, newest=newest)


def read_line(
    line: bytes,
    readers: Sequence[Family],
    *,
    zone: tzinfo,
    newest: int | None,
    depth: int = DEPTH,
) -> LogEntry | Noise | Refusal:
    """Do what `parse_line` promises, with the families looked up.

    So many JSON objects, one in the other, are opened.
    """
    if len(line) > MAX_LINE:
        return Refusal(TOO_LONG)
    text = line.lstrip(b"\0")
    if not text or text.isspace():
        return Noise(NUL_BYTES if line and not text else BLANK)
    refusal = NO_KNOWN_FORMAT
    for family in readers:
        result = family.read(text, zone=zone, newest=newest)
        if isinstance(result, LogEntry):
            return result
        refusal = result or refusal
    if refusal != NO_KNOWN_FORMAT:
        return Refusal(refusal)
    envelope = opened(text) if depth else None
    if envelope is not None:
        return _read_envelope(envelope, readers, zone=zone, newest=newest, depth=depth)
    return _noise_or_refused(text)


def _noise_or_refused(text: bytes) -> Noise | Refusal:
    noise = noise_reason(text)
    return Refusal(NO_KNOWN_FORMAT) if noise is None else Noise(noise)


def _read_envelope(
    envelope: Envelope, readers: Sequence[Family], *, zone: tzinfo, newest: int | None, depth: int
) -> LogEntry | Noise | Refusal:
    """Read the line that a JSON object carries; where that is no request, the object may be one."""
    result: LogEntry | Noise | Refusal = Noise(OTHER_TEXT)
    if envelope.text is not None and envelope.by_app:
        result = Refusal(NO_KNOWN_FORMAT) if holds_a_request(envelope.text) else Noise(LOG_RECORD)
    elif envelope.text is not None:
        result = read_line(envelope.text, readers, zone=zone, newest=newest, depth=depth - 1)
    return Refusal(JSON_LINE) if isinstance(result, Noise) and envelope.request else result


def first_minute(sample: bytes, *, zone: tzinfo, order: Sequence[str] | None = None) -> int | None:
    """Return the epoch minute of the first line of a sample that is an entry; `None` without one."""
    readers = families(order)
    for line in split_lines(sample):
        entry = read_line(line, readers, zone=zone, newest=None)
        if isinstance(entry, LogEntry):
            return entry.minute
    return None


def split_lines(block: bytes) -> list[bytes]:
    """Split at line feeds only; one carriage return before it belongs to the terminator."""
    if not block.endswith(b"\n"):
        block += b"\n"
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n")
    lines = block.split(b"\n")
    lines.pop()
    return lines
