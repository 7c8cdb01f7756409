"""The common log format and its variants: nginx, Apache, gunicorn, with or without the fields of combined.

These servers escape quotes, so text after the status is free: it cannot change the status.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import tzinfo
from typing import TYPE_CHECKING

from flask_status_cli.formats.lazy_pattern import LazyPattern
from flask_status_cli.formats.other_lines.noise import columns_begin
from flask_status_cli.formats.prefixes.carriers import COLLECTED, is_address_alone
from flask_status_cli.formats.refusal_reasons import IMPOSSIBLE_DATE, NO_STATUS, TWO_RECORDS
from flask_status_cli.formats.request_line import USUAL_REQUEST, split_request
from flask_status_cli.formats.timestamps import epoch_minute, offset_minutes, wall_minute
from flask_status_cli.model import LogEntry

if TYPE_CHECKING:
    from flask_status_cli.formats.logformat.duration_fields import DurationTail

# A Basic user name may hold blanks, quotes and brackets before the stamp, but no colon (RFC 7617).


STAMP = re.compile(rb'\[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d):([0-5]\d|60) ([+-]\d{4})\] "')
STAMP_HEAD = re.compile(rb"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:")
_REST = re.compile(rb'((?:[^"\\]++|\\.)*+)" (\d{3})(?: |$)', re.DOTALL)
# gunicorn escapes quotes and not backslashes, so a backslash before a quote in a target closes the field for
# a strict reader. Its targets hold no blank; nginx and Apache never write such a field.
_GUNICORN_REST = LazyPattern(rb'([^ "]+ [^ ]+ HTTP/\d(?:\.\d)?)" (\d{3})(?: |$)')

PROVEN_KEY = re.compile(rb'((?:[^"\\]++|\\[^"])*+)" (\d{3}) ?', re.DOTALL)
"""The text from the opening quote to the status.

No quote in it is escaped, so it can be read in one way only.
"""

USUAL_KEY = re.compile(rb'%b" (\d{3}) ?' % USUAL_REQUEST)
"""The same, split as `split_request` does into method, target and status."""

# A stamp or a request that began earlier: the line is of a server that does not escape quotes, and
# the stamp we found is what a visitor asked for.
_OTHERS = LazyPattern(
    rb'\] "|(?<!\\)"[A-Z]{3,16} [/h*]|\[\d\d/[A-Z][a-z]{2}/\d{4} \d\d:\d\d:\d\d\] (?!INFO )'
)

# What people put before the client: a virtual host, a list of proxies, the bytes or the time it took. An
# app that prints what a visitor typed puts words there, so a word alone is a client only in first place.
_ADDRESS = rb"(?>(?=[0-9A-Fa-f.]{0,39}:)[0-9A-Fa-f:.]{2,45}+|[0-9.]{1,15}+)(?:%\w{1,32})?"
_NAME = rb"[\w-]++(?:\.[\w-]++)++\.?"
_COLUMN = rb'(?>(?:%b|%b|\[%b\])(?::\d+)?|[\w-]+:\d+|-|unix:|localhost|"[^"]*"|\[[^]"]*\])' % (
    _NAME,
    _ADDRESS,
    _ADDRESS,
)
_COLUMNS = LazyPattern(
    rb'(?:[\w-]{1,253} (?=%b - ))?"?(?:(?:%b,? ){0,40}(?:[\w-]+(?= ))?|(?=\Z)) ?- (?:\S* |[^:]*)'
    rb'|"?(?:%b,? ){0,40}%b(?: [^\s:]+){0,4} ' % (_ADDRESS, _COLUMN, _COLUMN, _ADDRESS)
)
"""Address, an unused column and the user; or an address with other configured columns.

A virtual host may be one word without a dot (`_`, `app`), if it comes first and an address follows.
"""

# The columns before a stamp, read from its end: where the request is cut, they tell that another one begins.
# Behind a status the stamp alone tells it, since the quote that follows it is escaped in every field.
_ANOTHER = LazyPattern(rb"(?:[0-9A-Fa-f.:]{2,45}|localhost|unknown) \S{1,60} [^:\"\[]{1,100}\Z")
_ANOTHER_BYTES = 210

# A server that escapes quotes writes one request a line. Where there are two, a client chose the first:
# Paste's TransLogger writes X-Forwarded-For as it was sent, Traefik the user.
_REQUEST_BEHIND = LazyPattern(rb'[A-Z]{3,16} [^"]*" \d{3}(?: |$)')

_QUOTED = rb'"(?:[^"\\]++|\\.)*+'
_COMBINED_REST = re.compile(rb"(?:\d+|-) " + _QUOTED + rb'" "', re.DOTALL)
_COLLECTED = LazyPattern(COLLECTED)
_VHOST = LazyPattern(rb"(?:[A-Za-z][\w.-]*(?::\d+)?|[\w.-]+:\d+) \S")
# The same for certain: a client follows, and the unused column. A client alone may be a name, too.
_HOST = LazyPattern(
    rb"((?=[^ ]*[A-Za-z_])[\w.-]{1,253}(?::\d+)?|(?:[0-9.]{7,15}|\[[0-9A-Fa-f:.]{2,45}\]):\d{1,5}) "
    rb"(?:%b|%b|unix:|localhost) - " % (_ADDRESS, _NAME)
)
# lighttpd writes it behind the client: %h %V %u.
_HOST_BEHIND = LazyPattern(rb"%b ((?=[^ ]*[A-Za-z])%b(?::\d{1,5})?) \S+ " % (_ADDRESS, _NAME))


def may_precede(prefix: bytes) -> bool:
    """Return whether a line with this text before the stamp is an entry."""
    if is_address_alone(prefix):
        return True
    start = columns_begin(prefix)
    if start is None or _OTHERS.search(prefix, start):
        return False
    return _COLUMNS.fullmatch(prefix, start) is not None


def read(line: bytes, *, zone: tzinfo, newest: int | None) -> LogEntry | str | None:  # noqa: ARG001 - every reader has this signature
    """Read one line: an entry, the reason why it is damaged, or `None` if it is of no such server."""
    stamp = STAMP.search(line)
    if stamp is None or not may_precede(line[: stamp.start()]):
        return None
    rest = _REST.match(line, stamp.end()) or _GUNICORN_REST.match(line, stamp.end())
    if rest is None:
        return TWO_RECORDS if _holds_another(line, stamp.end()) else NO_STATUS
    if STAMP.search(line, rest.end()):
        return TWO_RECORDS
    minute = minute_of(stamp[1], stamp[3])
    if minute is None:
        return IMPOSSIBLE_DATE
    method, target = split_request(rest[1], escaped=True)
    return LogEntry(minute, method, target, int(rest[2]), host=_host(line[: stamp.start()]))


def _host(prefix: bytes) -> str | None:
    """Return the virtual host in the text before a stamp."""
    if is_address_alone(prefix):
        return None
    start = _COLLECTED.match(prefix).end()  # type: ignore[union-attr]  # matches nothing, too
    found = _HOST.match(prefix, start) or _HOST_BEHIND.fullmatch(prefix, start)
    return found[1].decode("ascii", "replace") if found else None


def reader(tail: DurationTail) -> Callable[..., LogEntry | str | None]:
    """Return a function that reads lines as `read` does, with the duration after the status."""

    def read_timed(line: bytes, *, zone: tzinfo, newest: int | None) -> LogEntry | str | None:
        entry = read(line, zone=zone, newest=newest)
        if not isinstance(entry, LogEntry):
            return entry
        return replace(entry, duration=tail.read(line, _status_end(line)))

    return read_timed


def _status_end(entry: bytes) -> int:
    """Return where the status of an entry ends."""
    stamp = STAMP.search(entry)
    assert stamp is not None  # noqa: S101 - it is an entry
    rest = _REST.match(entry, stamp.end()) or _GUNICORN_REST.match(entry, stamp.end())
    assert rest is not None  # noqa: S101 - as above
    return rest.end(2)


def _holds_another(line: bytes, start: int) -> bool:
    """Return whether another record begins in a line: its line end was lost, or two were mixed."""
    while (stamp := STAMP.search(line, start)) is not None:
        if _REQUEST_BEHIND.match(line, stamp.end()) or _ANOTHER.search(
            line[max(start, stamp.start() - _ANOTHER_BYTES) : stamp.start()]
        ):
            return True
        start = stamp.end()
    return False


def minute_of(stamp: bytes, offset: bytes) -> int | None:
    """Read the epoch minute of `dd/Mon/yyyy:HH:MM` with an offset written `+hhmm`."""
    return epoch_minute(wall_minute(stamp), offset_minutes(offset))


def variant(line: bytes) -> str:
    """Return the format of the family that an entry has, by the text before and after."""
    stamp = STAMP.search(line)
    rest = None if stamp is None else _REST.match(line, stamp.end())
    if stamp is None or rest is None or not _COMBINED_REST.match(line, rest.end()):
        return "common"
    if is_address_alone(line[: stamp.start()]):
        return "combined"
    prefix = line[_COLLECTED.match(line).end() : stamp.start()]  # type: ignore[union-attr]  # matches nothing, too
    return "vhost_combined" if prefix.count(b" ") > 3 and _VHOST.match(prefix) else "combined"
