"""Takes log lines out of the JSON objects around them, by patterns that are learned from some objects.

The objects of docker's json-file have a pattern of their own. The journal and loggers write the same keys in
the same order most of the time. So a pattern is made from an object, with its keys. Its groups are the text
and the time. The reference parser opens all other objects.
"""

from __future__ import annotations

import json
import re

from flask_status_cli.formats.prefixes.json_envelope import (
    DOCKER,
    DOCKER_LINE,
    NAME_KEYS,
    TEXT_KEYS,
    TIME_KEYS,
    opened_carried_line,
    unescaped,
)
from flask_status_cli.frozen import frozen

_MOST_ATTRS = 64
_PATTERNS = 12
_TRIES = 64
"""The most patterns that are learned, and the most objects from which no pattern could be learned."""

_LONGEST = 16 << 10
_STRING = rb'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"'
_NUMBER = rb"-?(?:0|[1-9][0-9]{0,300})(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_SCALAR = rb"(?>" + _STRING + rb"|" + _NUMBER + rb"|true|false|null)"
_TEXT = rb'"(?P<text>' + _STRING[1:-1] + rb')"'
# A time that means the same as text and as a number of JSON.
_TIME = (
    rb'(?>"(?P<time>[ !#-\[\]-~]{1,64}+)"'
    rb"|(?P<epoch>[1-9][0-9]{8,18}(?![.eE0-9])|[1-9][0-9]{8,9}\.[0-9]{1,6}(?![eE0-9])))"
)
_PAIR = re.compile(rb'([{,][ \t]*)("[^"\\\x00-\x1f]*+")([ \t]*:[ \t]*)(' + _SCALAR + rb")([ \t]*)")


@frozen
class _Pattern:
    """The pattern of objects with the same keys.

    `timed` says whether it has a time, `indented` whether blanks before the text are left out.
    """

    whole: re.Pattern[bytes]
    timed: bool
    indented: bool


class CarriedLines:
    """Takes log lines out of the objects around them."""

    def __init__(self) -> None:
        self._attrs: set[bytes | None] = {None}
        self._patterns: list[_Pattern] = []
        self._tries = _TRIES

    def line(self, line: bytes) -> tuple[bytes, bytes] | None:
        """Return the log line in an object, and its time; `None` to leave it to the reference parser."""
        if not line.startswith(DOCKER):
            return self._logged(line)
        match = DOCKER_LINE.fullmatch(line)
        if match is None:
            return None
        text, attrs, time = match.groups()
        if attrs not in self._attrs and not self._known(line, attrs):
            return None
        bare = unescaped(text)
        return None if bare is None else (bare, time)

    def _known(self, line: bytes, attrs: bytes) -> bool:
        """Return whether objects with these attributes are lines of docker.

        If so, remember the attributes.
        """
        if opened_carried_line(line) is None:
            return False
        if len(self._attrs) >= _MOST_ATTRS:
            self._attrs = {None}
        self._attrs.add(attrs)
        return True

    def _logged(self, line: bytes) -> tuple[bytes, bytes] | None:
        for number, pattern in enumerate(self._patterns):
            match = pattern.whole.fullmatch(line)
            if match is None:
                continue
            if number:  # the next line is probably like this one
                self._patterns.insert(0, self._patterns.pop(number))
            bare = unescaped(match["text"])
            if bare is not None and pattern.indented and not bare.startswith(b" - "):
                bare = bare.lstrip(b" ")
            time = (match["time"] or match["epoch"]) if pattern.timed else b""
            return (bare, time) if bare else None
        if self._tries and len(self._patterns) < _PATTERNS:
            self._learn(line)
        return None

    def _learn(self, line: bytes) -> None:
        """Make a pattern from an object, if it carries a line of a server."""
        pattern = _pattern(line)
        if pattern is None:
            self._tries -= 1
        else:
            self._patterns.append(pattern)

    def piece(self, piece: bytes) -> bytes:
        """Return a piece with log lines instead of docker's objects, as far as possible.

        The number of lines stays the same.
        """
        lines = piece.split(b"\n")
        found = [self.line(line.removesuffix(b"\r")) for line in lines]
        return b"\n".join(
            line if bare is None else bare[0] for line, bare in zip(lines, found, strict=True)
        )


def _pattern(line: bytes) -> _Pattern | None:
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
        key: str = json.loads(pair[2])
        parts += [
            re.escape(pair[1] + pair[2] + pair[3]),
            _value(key, pair[4], texts[0], time),
            re.escape(pair[5]),
        ]
        at = pair.end()
    if line[at:].strip(b" ") != b"}" or b"" in parts[1::3]:
        return None
    whole = re.compile(b"".join(parts) + rb"\} ?", re.DOTALL)
    return _Pattern(whole, time is not None, texts[0] == "msg")


def _value(key: str, value: bytes, text: str, time: str | None) -> bytes:
    """Return the pattern of the values of a key; an empty one if its values may change what the object is."""
    if key == text:
        return _TEXT if value.startswith(b'"') else b""
    if key == time:
        return _TIME if re.fullmatch(_TIME, value) else b""
    return re.escape(value) if key in NAME_KEYS else _SCALAR
