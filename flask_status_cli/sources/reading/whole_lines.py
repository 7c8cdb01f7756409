"""Cuts the chunks of a content at line ends."""

from __future__ import annotations

from flask_status_cli.model import MAX_LINE
from flask_status_cli.sources.identity.fingerprints import SPAN, bytes_before


class LineCutter:
    """Makes blocks of whole lines out of chunks of any length.

    `offset` is the position after the last line that was returned, and `last` has the (up to `SPAN`) bytes
    before it. With `skip`, everything up to the first line end is left out: it is the rest of a line that was
    counted before.
    """

    def __init__(self, offset: int = 0, *, skip: bool = False, before: bytes = b"") -> None:
        self.offset = offset
        self.last = before[-SPAN:]
        self._read = offset
        self._skip = skip
        self._rest = b""
        self._recent = before[-SPAN:]

    def feed(self, chunk: bytes) -> bytes:
        """Return the lines that `chunk` completes, with their ends; `b""` if it completes none."""
        cut = chunk.rfind(b"\n") + 1
        if cut == 0:
            self._keep(chunk)
            return b""
        lines = b"".join((self._rest, memoryview(chunk)[:cut]))  # copied once
        self._read += cut
        self.offset = self._read
        self.last = bytes_before(self._recent, chunk, cut)
        self._rest, self._recent = b"", self.last
        if self._skip:
            lines = lines[lines.find(b"\n") + 1 :]
            self._skip = False
        self._keep(chunk[cut:])
        return lines

    def _keep(self, rest: bytes) -> None:
        self._read += len(rest)
        self._recent = bytes_before(self._recent, rest, len(rest))
        if not self._skip:
            self._rest = (self._rest + rest[: MAX_LINE + 1])[: MAX_LINE + 1]

    @property
    def unfinished(self) -> bytes:
        """The beginning of the last line, which has no line end yet (at most `MAX_LINE` + 1 bytes)."""
        return self._rest

    def close(self) -> bytes:
        """Return the unfinished last line, and move `offset` after it, because the content has ended."""
        line, self._rest = self._rest, b""
        self.offset, self.last = self._read, self._recent
        return line
