"""The common log format and its variants, such as combined: the logs of nginx, Apache and gunicorn.

These servers escape quotes. So any text may follow the status, and cannot change it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import tzinfo
from typing import TYPE_CHECKING

from flask_status_cli.formats.other_lines.noise import columns_begin
from flask_status_cli.formats.prefixes.carriers import after_carriers, is_address_alone
from flask_status_cli.formats.prefixes.json_envelope import message
from flask_status_cli.formats.refusal_reasons import IMPOSSIBLE_DATE, NO_STATUS, TWO_RECORDS
from flask_status_cli.formats.request_line import USUAL_REQUEST, split_request
from flask_status_cli.formats.timestamps import epoch_minute, offset_minutes, wall_minute
from flask_status_cli.frozen import replace
from flask_status_cli.lazy_pattern import LazyPattern
from flask_status_cli.model import LogEntry

if TYPE_CHECKING:
    from flask_status_cli.formats.logformat.duration_fields import DurationTail

# A Basic user name before the stamp may have blanks, quotes and brackets, but no colon (RFC 7617).
STAMP = LazyPattern(rb'\[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d):([0-5]\d|60) ([+-]\d{4})\] "')
STAMP_HEAD = LazyPattern(rb"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:")
_REST = LazyPattern(rb'((?:[^"\\]++|\\.)*+)" (\d{3})(?: |$)', re.DOTALL)
# gunicorn escapes quotes but not backslashes. So after a target that ends in a backslash, the closing quote
# of the request looks escaped. gunicorn's targets have no blanks. nginx and Apache never write such a
# request.
_GUNICORN_REST = LazyPattern(rb'([^ "]+ [^ ]+ HTTP/\d(?:\.\d)?)" (\d{3})(?: |$)')

PROVEN_KEY = LazyPattern(rb'((?:[^"\\]++|\\[^"])*+)" (\d{3}) ?', re.DOTALL)
"""The text from the opening quote to the status, without any escaped quote.

It can be read in one way only.
"""

USUAL_KEY = LazyPattern(rb'%b" (\d{3}) ?' % USUAL_REQUEST)
"""The same text for a usual request line. The groups are the method, the target and the status."""

# Another stamp or request before the stamp that was found. Then the server does not escape quotes, and a
# visitor wrote the stamp that was found.
_OTHERS = LazyPattern(
    rb'\] "|(?<!\\)"[A-Z]{3,16} [/h*]|\[\d\d/[A-Z][a-z]{2}/\d{4} \d\d:\d\d:\d\d\] (?!INFO )'
)

# Fields that people configure before the client: a virtual host, a list of proxies, the bytes, the duration.
# An app that prints text of a visitor writes words there. So a single word is accepted only in first place.
_ADDRESS = rb"(?>(?=[0-9A-Fa-f.]{0,39}:)[0-9A-Fa-f:.]{2,45}+|[0-9.]{1,15}+)(?:%\w{1,32})?"
_NAME = rb"[\w-]++(?:\.[\w-]++)++\.?"
_COLUMN = rb'(?>(?:%b|%b|\[%b\])(?::\d+)?|[\w-]+:\d+|-|unix:|localhost|"[^"]*"|\[[^]"]*\])' % (
    _NAME,
    _ADDRESS,
    _ADDRESS,
)
_IN_LIST = (
    rb"(?:,? |,(?=[0-9A-Fa-f:.\[]|unknown))"  # proxies join addresses with or without a blank
)
_COLUMNS = LazyPattern(
    rb'(?:[\w-]{0,253} (?=%b - ))?"?'
    rb"(?:(?:(?:%b|unknown(?=,))%b){0,40}(?:[\w-]+(?= ))?|(?=\Z)) ?- (?:\S* |[^:]*)"
    rb'|"?(?:%b%b){0,40}%b(?: [^\s:]+){0,4} '
    % (_ADDRESS, _COLUMN, _IN_LIST, _COLUMN, _IN_LIST, _ADDRESS)
)
"""The columns before a stamp: address, an unused column and the user; or an address with other columns.

A virtual host may be one word without a dot (`_`, `app`), if it comes first and an address follows. It may be
empty: nginx's `$host` is, if a request without a Host reaches a server without a name.
"""

# The columns before a stamp. After a request without its end, they show that another record begins. After a
# status the stamp alone shows it, because in all fields a server escapes the quote that follows the stamp.
_ANOTHER = LazyPattern(rb"(?:[0-9A-Fa-f.:]{2,45}|localhost|unknown) \S{1,60} [^:\"\[]{1,100}\Z")
_ANOTHER_BYTES = 210

# A server that escapes quotes writes one request a line. If there are two, the client wrote the first:
# Paste's TransLogger does not escape X-Forwarded-For, Traefik does not escape the user.
_REQUEST_BEHIND = LazyPattern(rb'[A-Z]{3,16} [^"]*" \d{3}(?: |$)')

_QUOTED = rb'"(?:[^"\\]++|\\.)*+'
_COMBINED_REST = LazyPattern(rb"(?:\d+|-) " + _QUOTED + rb'" "', re.DOTALL)
_ALL_COMBINED = LazyPattern(
    rb'(?:[0-9.]*+ - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:(?:[0-5]\d|60) [+-]\d{4}\] "[^"\\\n]*+" \d{3} '
    rb'(?:\d+|-) "[^"\\\n]*+" "[^\n]*+(?<=")\n)*+'
)
_VHOST = LazyPattern(rb"(?:[A-Za-z][\w.-]*(?::\d+)?|[\w.-]+:\d+) \S")
# A virtual host for certain: a client and the unused column follow. A name alone may be the client.
_HOST = LazyPattern(
    rb"((?=[^ ]*[A-Za-z_])[\w.-]{1,253}(?::\d+)?|(?:[0-9.]{7,15}|\[[0-9A-Fa-f:.]{2,45}\]):\d{1,5}) "
    rb"(?:%b|%b|unix:|localhost) - " % (_ADDRESS, _NAME)
)
# lighttpd writes the virtual host after the client: %h %V %u.
_HOST_BEHIND = LazyPattern(rb"%b ((?=[^ ]*[A-Za-z])%b(?::\d{1,5})?) \S+ " % (_ADDRESS, _NAME))


def may_precede(prefix: bytes) -> bool:
    """Return whether a line with this text before its stamp may be an entry."""
    if is_address_alone(prefix):
        return True
    start = columns_begin(prefix)
    if start is None or _OTHERS.search(prefix, start):
        return False
    return _COLUMNS.fullmatch(prefix, start) is not None


def read(line: bytes, *, zone: tzinfo, newest: int | None) -> LogEntry | str | None:  # noqa: ARG001 - every reader has this signature
    """Return an entry, the reason why the line is damaged, or `None` for a line of another family."""
    stamp = STAMP.search(line)
    if stamp is None or not may_precede(line[: stamp.start()]):
        return None
    rest = rest_of(line, stamp)
    if rest is None:
        return TWO_RECORDS if _holds_another(line, stamp.end()) else NO_STATUS
    if STAMP.search(line, rest.end()):
        return TWO_RECORDS
    minute = minute_of(stamp[1], stamp[3])
    if minute is None:
        return IMPOSSIBLE_DATE
    method, target = split_request(rest[1], escaped=True)
    return LogEntry(minute, method, target, int(rest[2]), host=host_of(line[: stamp.start()]))


def rest_of(line: bytes, stamp: re.Match[bytes]) -> re.Match[bytes] | None:
    """Match the request and the status after a stamp. They are the two groups."""
    return _REST.match(line, stamp.end()) or _GUNICORN_REST.match(line, stamp.end())


def host_of(prefix: bytes) -> str | None:
    """Return the virtual host in the text before a stamp, `None` if there is none."""
    if is_address_alone(prefix):
        return None
    start = after_carriers(prefix)
    found = _HOST.match(prefix, start) or _HOST_BEHIND.fullmatch(prefix, start)
    return found[1].decode("ascii", "replace") if found else None


def reader(tail: DurationTail) -> Callable[..., LogEntry | str | None]:
    """Return a function that reads lines as `read` does, and also the duration after the status."""

    def read_timed(line: bytes, *, zone: tzinfo, newest: int | None) -> LogEntry | str | None:
        entry = read(line, zone=zone, newest=newest)
        if not isinstance(entry, LogEntry):
            return entry
        return replace(entry, duration=tail.read(line, _status_end(line)))

    return read_timed


def _status_end(entry: bytes) -> int:
    """Return the position after the status of an entry."""
    stamp = STAMP.search(entry)
    assert stamp is not None  # noqa: S101 - it is an entry
    rest = rest_of(entry, stamp)
    assert rest is not None  # noqa: S101 - as above
    return rest.end(2)


def _holds_another(line: bytes, start: int) -> bool:
    """Return whether another record begins in a line, because a line end was lost or two lines were mixed."""
    while (stamp := STAMP.search(line, start)) is not None:
        if _REQUEST_BEHIND.match(line, stamp.end()) or _ANOTHER.search(
            line[max(start, stamp.start() - _ANOTHER_BYTES) : stamp.start()]
        ):
            return True
        start = stamp.end()
    return False


def minute_of(stamp: bytes, offset: bytes) -> int | None:
    """Return the epoch minute of `dd/Mon/yyyy:HH:MM` with an offset `+hhmm`; `None` if it is impossible."""
    return epoch_minute(wall_minute(stamp), offset_minutes(offset))


def minute_if_any(stamp: bytes, offset: bytes) -> int | None:
    """Return what `minute_of` returns; `None` for a text of another form, too."""
    return minute_of(stamp, offset) if STAMP_HEAD.fullmatch(b"[%b:" % stamp) else None


def variant_of_all(lines: bytes) -> str | None:
    """Return what `variant` returns for each of these whole lines, if that is quick to prove."""
    return "combined" if _ALL_COMBINED.fullmatch(lines) else None


def variant(line: bytes) -> str:
    """Return the name of the format of an entry's line: common, combined or vhost_combined."""
    line = message(line)
    stamp = STAMP.search(line)
    rest = None if stamp is None else _REST.match(line, stamp.end())
    if stamp is None or rest is None or not _COMBINED_REST.match(line, rest.end()):
        return "common"
    if is_address_alone(line[: stamp.start()]):
        return "combined"
    prefix = line[after_carriers(line) : stamp.start()]
    return "vhost_combined" if prefix.count(b" ") > 3 and _VHOST.match(prefix) else "combined"
