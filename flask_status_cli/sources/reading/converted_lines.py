"""Reads a log with other line ends: a copy that was made on Windows has CRLF where the log has LF.

Such a copy is compared with the log as if its line ends had not been changed.
"""

from __future__ import annotations

import os

from flask_status_cli.sources.identity.fingerprints import HEAD
from flask_status_cli.sources.reading.content import CHUNK, Content

_LF = b"\n"
_CRLF = b"\r\n"


def with_other_line_ends(lines: bytes) -> bytes:
    """Return some first lines of a log with CRLF instead of LF, or with LF if the first one has CRLF."""
    return lines.replace(_CRLF, _LF) if _has_crlf(lines) else lines.replace(_LF, _CRLF)


def _has_crlf(lines: bytes) -> bool:
    return lines[: lines.find(_LF) + 1].endswith(_CRLF)


class ConvertedLines:
    """A content with other line ends. It has what `ConcatenatedLogs` needs of a `Content`."""

    plain = False
    converted = True
    may_have_joints = True

    def __init__(self, content: Content) -> None:
        self._content = content
        self._position = 0
        self._held = self._front = b""
        self._crlf = _has_crlf(content.beginning)
        self.path: str = content.path
        self.stat: os.stat_result = content.stat
        self.led_by_nuls = content.led_by_nuls
        self.beginning = self.opening(HEAD)

    def opening(self, length: int) -> bytes:
        """Return the first bytes, at least `length` if there are so many. Call it before `read`."""
        while len(self._front) < length and (more := self._next()):
            self._front += more
        return self._front

    def read(self) -> bytes:
        """Return the next bytes, `b""` at the end."""
        front, self._front = self._front, b""
        return front or self._next()

    def _next(self) -> bytes:
        """Return the next converted bytes. A CR at the end of a chunk waits for the LF of the next one."""
        while more := self._read():
            if not self._crlf:
                return more.replace(_LF, _CRLF)
            chunk = self._held + more
            self._held = chunk[-1:] if chunk.endswith(b"\r") else b""
            found = chunk[: len(chunk) - len(self._held)].replace(_CRLF, _LF)
            if found:
                return found
        rest, self._held = self._held, b""
        return rest

    def _read(self) -> bytes:
        content = self._content
        more = content.read_at(self._position, CHUNK) if content.plain else content.read()
        self._position += len(more)
        return more

    @property
    def keeps_lines(self) -> bool:
        """Whether digests of the lines are stored: see `Content`."""
        return self._content.keeps_lines

    @property
    def archive(self) -> bool:
        """Whether the log is compressed."""
        return self._content.archive

    @property
    def cut(self) -> bool:
        """Whether the archive ended without its end mark."""
        return self._content.cut

    @property
    def damage(self) -> str | None:
        """What is broken in the archive, `None` if nothing is."""
        return self._content.damage
