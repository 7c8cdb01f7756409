"""Makes a pattern of JSON objects that carry log lines, from one of them.

The pattern has the keys of the object in their order. Its groups are the text and the time.
"""

from __future__ import annotations

import json
import re

from flask_status_cli.formats.families.json.json_template import SCALAR, STRING
from flask_status_cli.formats.prefixes.json_envelope import (
    NAME_KEYS,
    TEXT_KEYS,
    TIME_KEYS,
    opened_carried_line,
)
from flask_status_cli.frozen import frozen

_LONGEST = 16 << 10
_TEXT = rb'"(?P<text>' + STRING[1:-1] + rb')"'
# A time that means the same as text and as a number of JSON.
_TIME = (
    rb'(?>"(?P<time>[ !#-\[\]-~]{1,64}+)"'
    rb"|(?P<epoch>[1-9][0-9]{8,18}(?![.eE0-9])|[1-9][0-9]{8,9}\.[0-9]{1,6}(?![eE0-9])))"
)
_PAIR = re.compile(rb'([{,][ \t]*)("[^"\\\x00-\x1f]*+")([ \t]*:[ \t]*)(' + SCALAR + rb")([ \t]*)")


@frozen
class CarriedPattern:
    """The pattern of objects with the same keys.

    `timed` says whether it has a time, `indented` whether blanks before the text are left out.
    """

    whole: re.Pattern[bytes]
    timed: bool
    indented: bool


def carried_pattern(line: bytes) -> CarriedPattern | None:
    """Return the pattern of objects like this one; `None` if there is none, or the object carries no line."""
    if len(line) > _LONGEST:
        return None
    envelope = opened_carried_line(line)
    if envelope is None or envelope.text is None or envelope.by_app:
        return None
    texts = [key for key in envelope.keys if key in TEXT_KEYS]
    time = next((key for key in TIME_KEYS if key in envelope.keys), None)
    if len(texts) != 1 or len(set(envelope.keys)) != len(envelope.keys):
        return None
    parts: list[bytes] = []
    at = 0
    while (pair := _PAIR.match(line, at)) is not None:
        key: str = json.loads(pair[2].decode("utf-8", "surrogateescape"))
        parts += [
            re.escape(pair[1] + pair[2] + pair[3]),
            _value(key, pair[4], texts[0], time),
            re.escape(pair[5]),
        ]
        at = pair.end()
    if line[at:].strip(b" ") != b"}" or b"" in parts[1::3]:
        return None
    whole = re.compile(b"".join(parts) + rb"\} ?", re.DOTALL)
    return CarriedPattern(whole, time is not None, texts[0] == "msg")


def _value(key: str, value: bytes, text: str, time: str | None) -> bytes:
    """Return the pattern of the values of a key; an empty one if its values may change what the object is."""
    if key == text:
        return _TEXT if value.startswith(b'"') else b""
    if key == time:
        return _TIME if re.fullmatch(_TIME, value) else b""
    return re.escape(value) if key in NAME_KEYS else SCALAR
