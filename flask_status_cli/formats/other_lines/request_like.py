"""Recognizes lines that look like a request. Such a line is an entry or refused, never noise.

Requests that no format can read must be reported. Output of other programs between them must not be. Every
pattern takes linear time on any line.
"""

from __future__ import annotations

import re

from flask_status_cli.formats.other_lines.two_lines import is_half_a_request
from flask_status_cli.formats.prefixes.carriers import COLLECTED, HEAD_BYTES, SGR
from flask_status_cli.lazy_pattern import LazyPattern

_SGR = LazyPattern(SGR)
_METHODS = rb"GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE|PROPFIND"
_COLOR = rb"[^ A-Z\"]{0,24}m"

# A time stamp of an access log in brackets, and the quote after it that opens a request line.
_STAMP_AND_QUOTE = LazyPattern(
    rb'\[\d\d/[A-Z][a-z]{2}/\d{4}[: ]\d\d:\d\d:\d\d[^\]"\[]{0,16}\] \\?"', re.ASCII
)
_STAMP = LazyPattern(
    rb"\d\d/[A-Z][a-z]{2}/\d{4}[: ]\d\d:\d\d|\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d", re.ASCII
)
_QUOTED_REQUEST = LazyPattern(
    rb'"(?:%b)?[A-Z]{3,16} [^"]*" (?:\d{3}(?!\d)|HTTPStatus\.)' % _COLOR, re.ASCII
)
_REQUEST = LazyPattern(
    rb"(?<![\w-])(?:%b)[ \t,;:|\"\]>=-]{1,16}(?:(?:https?|HTTP/\d\.\d|[1-5]\d\d) )?(?:/|https?://)"
    % _METHODS,
    re.ASCII,
)
_STATUS = LazyPattern(rb"(?<![\w.:/=&?-])[1-5]\d\d(?![\w.:/%-])", re.ASCII)
# Render's request log, and Cloud Run's as gcloud prints it, have the status before the URL.
_STATUS_FIRST = LazyPattern(
    rb"\[(?:%b)\] ?[1-5]\d\d(?!\d)|(?:^|\d\d(?:\.\d{1,6})? )(?:%b) [1-5]\d\d .{0,200}https?://"
    % (_METHODS, _METHODS),
    re.ASCII,
)
# The end of a request line and a status. In a log of lines, the target of the request had a line end.
_VERSION_AND_STATUS = LazyPattern(rb' HTTP/\d(?:\.\d)?" \d{3}(?: |$)', re.ASCII)
# A method and a path as values in broken JSON. A status is another value. If the end of the object is
# missing, the status may be missing, too.
_VALUES = LazyPattern(
    rb'[^{]{0,512}+\{.{0,4000}?: ?"(?:%b)", ?"[^"]{1,60}" ?: ?"(?:/|https?://)' % _METHODS, re.ASCII
)
_STATUS_VALUE = LazyPattern(rb'" ?: ?"?[1-5]\d\d"? ?[,}]|[^}\s]$', re.ASCII)
_BEGINNING = LazyPattern(rb"(?:[0-9.]{7,15}|[0-9A-Fa-f:]{3,45}) (?:- |\S{1,60} [^ ]{0,60} ?\[\d)")
_END = LazyPattern(rb'[^\\]" \d{3} (?:\d+|-)(?: "|$)', re.ASCII)

# Names of parts of a request in JSON, logfmt and LTSV.
_STATUS_KEY = LazyPattern(
    rb'[Ss]tatus(?:_?[Cc]ode)?\\?"? ?[:=] ?\\?"?[1-5]\d\d(?!\d)|\\?"code\\?"? ?: ?[1-5]\d\d(?!\d)'
    rb"|(?<![\w.-])code=[1-5]\d\d(?!\d)",
    re.ASCII,
)
_REQUEST_KEY = LazyPattern(
    rb'(?<![A-Za-z])(?:\w{0,20}[Rr]equest\w{0,20}|[Mm]ethod|[Uu]r[il]|[Pp]ath|req)\\?"? ?[:=]',
    re.ASCII,
)

# Lines that libraries log when the app itself sends a request. Sources: urllib3/connectionpool.py,
# httpx/_client.py, elastic_transport/_transport.py, elasticsearch/connection/base.py.
_CLIENT = LazyPattern(
    rb'https?://[^ "]{1,300} "[A-Z]{3,16} [^"]*" \d{3} (?:\d+|None)$'
    rb'|(?<![\w"])HTTP Request: [A-Z]{3,16} https?://[^ "]{1,4000} "HTTP/\d(?:\.\d)? \d{3}(?: [^"]{0,60})?"$'
    rb"|(?<![\w\"])[A-Z]{3,16} https?://[^ \"]{1,4000} "
    rb"\[status:(?:\d{3}|N/A) (?:duration|request):[\d.]{1,20}s\]$",
    re.ASCII,
)

_INDENTED = LazyPattern(COLLECTED + rb"([ \t]{1,200}+)(?=\S)")


def holds_a_request(line: bytes) -> bool:
    """Return whether a line has a time stamp, and a request line in quotes followed by a status.

    A time stamp of an access log followed by a quote is enough, because the rest of the line may be missing.
    """
    if _STAMP_AND_QUOTE.search(line):
        return True
    quoted = _QUOTED_REQUEST.search(line) is not None and _STAMP.search(line) is not None
    return quoted and not sent_by_the_app(line)


def looks_like_a_request(line: bytes) -> bool:
    """Return whether a line may be a line of an access log, in any format, or a part of one."""
    if b"\x1b" in line:
        line = _SGR.sub(b"", line)
    return holds_a_request(line) or _resembles(line)


def resembles_a_request(line: bytes) -> bool:
    """Return the same for a line that does not hold a request as it is, in less time."""
    return looks_like_a_request(line) if b"\x1b" in line else _resembles(line)


def sent_by_the_app(line: bytes) -> bool:
    """Return whether a line tells of a request that the app itself sent to another server."""
    return _CLIENT.search(line) is not None


def unindented(line: bytes) -> bytes | None:
    """Return a line that looks like a request without the blanks before it, after prefixes of carriers.

    Return `None` for a line that is not indented, or does not look like a request.
    """
    if b'"' not in line and b"ms" not in line:  # true for most lines of a traceback
        return None
    head = line[:HEAD_BYTES]
    if line[:1] not in (b" ", b"\t") and b"  " not in head and b" \t" not in head:
        return None
    blanks = _INDENTED.match(head)
    if blanks is None or not looks_like_a_request(line):
        return None
    return line[: blanks.start(1)] + line[blanks.end(1) :]


def _resembles(line: bytes) -> bool:
    if _BEGINNING.match(line):
        return True
    if sent_by_the_app(line):
        return False
    if _END.search(line):
        return True
    if (
        _QUOTED_REQUEST.search(line)
        or _STATUS_FIRST.search(line)
        or _VERSION_AND_STATUS.search(line)
    ):
        return True
    status = _STATUS_KEY.search(line) is not None
    if _REQUEST.search(line) and (status or _STATUS.search(line)):
        return True
    broken = _VALUES.match(line) is not None and _STATUS_VALUE.search(line) is not None
    named = status and _REQUEST_KEY.search(line) is not None
    return broken or named or is_half_a_request(line)
