"""Takes log lines out of the JSON objects around them, by patterns that are learned from some objects.

The objects of docker's json-file have a pattern of their own. The journal and loggers write the same keys in
the same order most of the time, so `carried_pattern` makes a pattern from an object. The reference parser
opens all other objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_status_cli.formats.prefixes.json_envelope import (
    DOCKER,
    DOCKER_LINE,
    opened_carried_line,
    unescaped,
)

if TYPE_CHECKING:
    from flask_status_cli.formats.records.carried_pattern import CarriedPattern

_MOST_ATTRS = 64
_PATTERNS = 12
_TRIES = 64
"""The most patterns that are learned, and the most objects from which no pattern could be learned."""


class CarriedLines:
    """Takes log lines out of the objects around them."""

    def __init__(self) -> None:
        self._attrs: set[bytes | None] = {None}
        self._patterns: list[CarriedPattern] = []
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
        from flask_status_cli.formats.records.carried_pattern import carried_pattern

        pattern = carried_pattern(line)
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
