"""Recognizes logs that have a request and its answer in two lines.

Nothing shows which two lines belong together if requests overlap. So these lines are not read, and a log of
them is refused by name.
"""

from __future__ import annotations

import re

from flask_status_cli.formats.other_lines.unsupported_log import UnsupportedLog
from flask_status_cli.lazy_pattern import LazyPattern

_METHODS = rb"(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH)"
_BEFORE = "read the log of the server before it"

# Sources: railties' rails/rack/logger.rb and actionpack's log_subscriber.rb; Phoenix.Logger and Plug.Logger;
# HostingApplicationDiagnostics of ASP.NET Core; litestar/middleware/logging.py; rocket's lib/src/server.rs;
# Mojolicious' Controller.pm and Dispatcher.
_TABLE = (
    (
        "Rails",
        f"let it log one line a request (the gem lograge), or {_BEFORE}",
        rb"Started [A-Z]{3,16} \"/|Completed [1-5]\d\d (?:[^\n]{0,60} )?in \d",
    ),
    (
        "Phoenix or Plug",
        f"let it log one line a request (the package logster), or {_BEFORE}",
        rb"\[info\] {1,2}%b /\S*$|(?:Sent|Chunked) [1-5]\d\d in \d" % _METHODS,
    ),
    (
        "ASP.NET Core",
        f"let it write W3C logs (UseW3CLogging), or {_BEFORE}",
        rb"Request (?:starting|finished) HTTP/\d",
    ),
    (
        "Litestar",
        "let its server log the requests (uvicorn's access log with times), or " + _BEFORE,
        rb"HTTP (?:Request: path=|Response: status_code=)",
    ),
    (
        "Mojolicious",
        _BEFORE,
        rb"\[(?:trace|debug|info)\] (?:\[\S{1,40}\] )?%b \"/|[1-5]\d\d [A-Z][\w' -]{1,40} \(\d+\.\d+s, \d"
        % _METHODS,
    ),
    ("Rocket", _BEFORE, rb">> (?:Outcome: |Response succeeded)"),
)
_LOGS = tuple(
    UnsupportedLog(f"a log of {name}, which writes the request and its answer in two lines", hint)
    for name, hint, _ in _TABLE
)
_LINE = LazyPattern(rb"|".join(rb"(%b)" % pattern for _, _, pattern in _TABLE), re.ASCII)


_ANY_SIGN = LazyPattern(
    rb"[dtk] (?:[A-Z]{3,16} \"/|[1-5]\d\d )|\[(?:info|trace|debug)\]|HTTP[ /]|>> "
)
"""A text that every such line has. It is found faster than the lines of all servers, one after the other."""


def is_half_a_request(line: bytes) -> bool:
    """Return whether a line is a request without its answer, or an answer without its request."""
    return _ANY_SIGN.search(line) is not None and _LINE.search(line) is not None


def log_of_half_requests(line: bytes) -> UnsupportedLog | None:
    """Return the kind of log that such a line is from, `None` for another line."""
    found = _LINE.search(line)
    return None if found is None or found.lastindex is None else _LOGS[found.lastindex - 1]
