"""The built-in formats as LogFormat strings, with the results of the compiler.

They are stored so that a run need not import apache-log-parser (0.15 s). A test compares them with the
compiler. They only split lines for people; `families.clf` reads the lines that are counted.
"""

from __future__ import annotations

from flask_status_cli.frozen import frozen


@frozen
class BuiltinLayout:
    """A LogFormat string that a built-in format reads.

    `kin` is the name of this format. `names` and `pattern` are the fields and the pattern of the string.
    """

    kin: str
    text: str
    names: tuple[str, ...]
    pattern: bytes


_WORD = rb'((?:[^\ "\\]++|\\.)*+)'
_QUOTED = rb'"((?:[^"\\]++|\\.)*+)"'
_USER_AND_TIME = (
    rb'(""(?=[\ "]|\Z)|(?:[^\ "\\]++|\\.)*+(?:\ (?:[^\ "\\]++|\\.)*+(?=\ (?:[^\ "\\]++|\\.)*+\ (?:['
    rb'^\ "\\]++|\\.)*+\ (?:[^\ "\\]++|\\.)*+))*+)\ (\[(?:\d\d)/(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|'
    rb"Sep|Oct|Nov|Dec)/(?:\d{4}):(?:\d\d):(?:\d\d):(?:[0-5]\d|60)\ (?:[+-]\d{4})\])\ "
)
_COMMON = _WORD + rb"\ " + _WORD + rb"\ " + _USER_AND_TIME + _QUOTED + rb"\ (\d{3}|-)\ ([-.\d]*+)"
_COMBINED = _COMMON + rb"\ " + _QUOTED + rb"\ " + _QUOTED
_COMMON_NAMES = ("remote_host", "ident", "user", "time", "request", "status", "size")
_COMBINED_NAMES = (*_COMMON_NAMES, "referer", "user_agent")

_COMMON_TEXT = '%h %l %u %t "%r" %>s %b'
_COMBINED_TEXT = f'{_COMMON_TEXT} "%{{Referer}}i" "%{{User-Agent}}i"'

DECLARED = (
    BuiltinLayout(
        "vhost_combined",
        f"%v:%p {_COMBINED_TEXT}".replace("%b", "%O"),
        ("vhost", "server_port", *_COMBINED_NAMES),
        rb'(?>([^\ "\\]*)(?=:)):([-.\d]*+)\ ' + _COMBINED,
    ),
    BuiltinLayout(  # combinedio
        "combined",
        f"{_COMBINED_TEXT} %I %O",
        (*_COMBINED_NAMES, "bytes_rx", "size"),
        _COMBINED + rb"\ ([-.\d]*+)\ ([-.\d]*+)",
    ),
    BuiltinLayout(  # `main` in nginx's packages
        "combined",
        f'{_COMBINED_TEXT} "%{{X-Forwarded-For}}i"',
        (*_COMBINED_NAMES, "request_header_x_forwarded_for"),
        _COMBINED + rb"\ " + _QUOTED,
    ),
    BuiltinLayout(
        "combined", _COMBINED_TEXT, _COMBINED_NAMES, _COMBINED
    ),  # gunicorn's default, too
    BuiltinLayout("common", _COMMON_TEXT, _COMMON_NAMES, _COMMON),
)
"""The stored strings, the one with the most fields first. The first one that matches a whole line is used."""
