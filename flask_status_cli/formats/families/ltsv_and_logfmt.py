"""Lines of names and values: LTSV and logfmt. Heroku's router writes logfmt."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import tzinfo

from flask_status_cli.formats.families import known_names as names
from flask_status_cli.formats.families.json.json_lines import unit_by_key, with_unit
from flask_status_cli.formats.families.named_parts import Value, parts_of, read_values
from flask_status_cli.formats.families.request_without_time import EntryWithoutTime
from flask_status_cli.formats.prefixes.carriers import HEAD_BYTES, after_carriers
from flask_status_cli.formats.prefixes.python_logging import SERVER_RECORD
from flask_status_cli.formats.refusal_reasons import KEY_TWICE, TWO_RECORDS
from flask_status_cli.formats.request_line import unescape
from flask_status_cli.frozen import frozen
from flask_status_cli.model import LogEntry

_LOGGER = re.compile(SERVER_RECORD)
_LABELED = re.compile(rb"[\w.@()-]{1,80}:[^\t]*+(?:\t[\w.@()-]{1,80}:[^\t]*+)++")
_PAIR = rb"([\w.@-]{1,80})=(?:\"((?:[^\"\\]++|\\.)*+)\"|'((?:[^'\\]++|\\.)*+)'|([^\s\"'=]*+(?:=[^\s\"']*+)?))"
_PAIRS = re.compile(rb"(?:%b(?: {1,8}|$))++" % _PAIR.replace(b'(\\"', b'\\"'), re.DOTALL)
_EACH = re.compile(_PAIR, re.DOTALL)
_USUAL_STATUS = re.compile(
    rb"(?:^|[ \t])[\w.@-]{0,60}(?:status|code)[\w.@-]{0,20}[=:]", re.IGNORECASE
)


def read_ltsv(
    line: bytes, *, zone: tzinfo, newest: int | None
) -> LogEntry | EntryWithoutTime | str | None:
    """Read a line of labels and values between tabs."""
    if b"\t" not in line:
        return None
    start = line_start(line)
    if not _LABELED.fullmatch(line, start):
        # the pattern of a collector's time may have matched the first label, too
        start = line.find(b" ") + 1
        if not (_LABELED.fullmatch(line, start) and line_start(line[:start])):
            return None
    return _read(line[:start], _labeled(line[start:]), zone=zone, newest=newest)


def read_logfmt(
    line: bytes, *, zone: tzinfo, newest: int | None
) -> LogEntry | EntryWithoutTime | str | None:
    """Read a line of `name=value` and `name="a value"` between blanks."""
    if b"=" not in line or not _USUAL_STATUS.search(line):
        return None
    start = line_start(line)
    if not _PAIRS.fullmatch(line, start):
        start = _LOGGER.match(line[:HEAD_BYTES], start).end()  # type: ignore[union-attr]  # matches nothing, too
        if not _PAIRS.fullmatch(line, start):
            return None
    pairs = (
        (each[1], each[2] or each[3] or each[4] or b"") for each in _EACH.finditer(line, start)
    )
    return _read(line[:start], pairs, zone=zone, newest=newest)


def named_ltsv(line: bytes) -> list[tuple[str, bytes]]:
    """Return the parts of the request in a line of LTSV, by name."""
    start = line_start(line)
    return _parts(line[:start], _labeled(line[start:]))


def named_logfmt(line: bytes) -> list[tuple[str, bytes]]:
    """Return the parts of the request in a line of logfmt, by name."""
    start = line_start(line)
    pairs = (
        (each[1], each[2] or each[3] or each[4] or b"") for each in _EACH.finditer(line, start)
    )
    return _parts(line[:start], pairs)


def _labeled(line: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield labels and values without `host`, which is the client's address (ltsv.org)."""
    pairs = (part.partition(b":") for part in line.split(b"\t"))
    return ((label, value) for label, _, value in pairs if label != b"host")


def _parts(before: bytes, pairs: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, bytes]]:
    prefix = [("before", before.rstrip(b" "))] if before else []
    return [*prefix, *parts_of(dict(named(pairs)))]


def line_start(line: bytes) -> int:
    """Return where a line begins after the prefixes of carriers."""
    return after_carriers(line)


def _read(
    before: bytes, pairs: Iterable[tuple[bytes, bytes]], *, zone: tzinfo, newest: int | None
) -> LogEntry | EntryWithoutTime | str | None:
    values: dict[str, Value] = {}
    pairs = list(pairs)
    for name, value in named(pairs):
        if name in values:
            return TWO_RECORDS if values.get(name) != value and name in names.TIME else KEY_TWICE
        values[name] = value
    units = units_of(label for label, _ in pairs)
    found = read_values(with_units(values, units), zone=zone, newest=newest)
    if isinstance(found, EntryWithoutTime):
        return EntryWithoutTime(
            found.method, found.target, found.status, found.duration, found.host, before
        )
    return found


def named(pairs: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    """Yield the known names among labels, with their values."""
    for label, value in pairs:
        name = name_of(label)
        if name:
            yield name, text_of(value)


def name_of(label: bytes) -> str:
    """Return the known name for a label, an empty text if there is none."""
    name = names.plain(label.decode("ascii", "replace"))
    return name if name in names.KNOWN else ""


def units_of(labels: Iterable[bytes]) -> Mapping[str, str]:
    """Return the units of durations that the labels beside them show, by known name."""
    written = {label.decode("ascii", "replace") for label in labels}
    told = written & (names.BESIDE.keys() | names.AS_WRITTEN.keys())
    units = {label: unit_by_key(label, written) for label in told}
    return {names.plain(label): unit for label, unit in units.items() if unit}


def with_units(values: Mapping[str, Value], units: Mapping[str, str]) -> Mapping[str, Value]:
    """Return the same values, but with these units after numbers."""
    if not units:
        return values
    return {name: with_unit(value, units.get(name, "")) for name, value in values.items()}


def text_of(value: bytes) -> str:
    """Return a value as text, with its escapes undone."""
    text = unescape(value) if b"\\" in value else value
    return text.decode("utf-8", "surrogateescape")


@frozen
class Dialect:
    """How lines of LTSV or logfmt are written. A loop makes patterns of lines from it.

    - `pairs`: returns the labels and values of a line, none if the line is not of the dialect.
    - `key`: returns the pattern of a label. `value`: the pattern of a value.
    - `between`: the pattern between pairs. `end`: the pattern of the end of a line.
    - `bare`: returns a value without its quotes.
    """

    pairs: Callable[[bytes], list[tuple[bytes, bytes]]]
    key: Callable[[bytes], bytes]
    value: bytes
    between: bytes
    end: bytes
    bare: Callable[[bytes], bytes]


def _ltsv_pairs(line: bytes) -> list[tuple[bytes, bytes]]:
    if not _LABELED.fullmatch(line):
        return []
    pairs = (part.partition(b":") for part in line.split(b"\t"))
    return [(label, value) for label, _, value in pairs]


def _logfmt_pairs(line: bytes) -> list[tuple[bytes, bytes]]:
    if not _PAIRS.fullmatch(line):
        return []
    pairs = [(each[1], each[2] or each[3] or each[4] or b"") for each in _EACH.finditer(line)]
    # behind the first one, so that a blank stands before it whatever precedes the line
    usual = any(_USUAL_STATUS.search(b" %b=" % label) for label, _ in pairs[1:])
    return pairs if usual else []


LTSV = Dialect(_ltsv_pairs, lambda label: re.escape(label) + b":", rb"[^\t]*+", rb"\t", b"", bytes)
LOGFMT = Dialect(
    _logfmt_pairs,
    lambda label: re.escape(label) + b"=",
    rb"(?>\"(?:[^\"\\]++|\\.)*+\"|'(?:[^'\\]++|\\.)*+'|[^\s\"'=]*+(?:=[^\s\"']*+)?)",
    b" ",
    b" ?",
    lambda value: value[1:-1] if value[:1] in (b'"', b"'") else value,
)
