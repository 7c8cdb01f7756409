"""Leaves out the lines of a short pipe that were read before, in files or in other pipes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from io import BytesIO

from flask_status_cli.model import Stream
from flask_status_cli.pipeline.ingest.context import IngestContext
from flask_status_cli.sources import (
    LONGEST_PIECE,
    PIPE,
    Content,
    ConvertedLines,
    LineLookup,
    Piece,
    has_piece,
    head_of,
    lines_by_file,
)

SEARCHED_FILES = 16
"""A pipe may be a piece of one of this many files: those that were read last."""


class NewPieces:
    """Finds the pieces of an input that may be new.

    - `heads`: the digests of the first lines of all logs.
    - `goes_on`: returns whether a line was written after a stream was read from a pipe. `None` if there is no
      such stream.
    - `files`: the files that have lines of the input. They should be read instead of these lines.
    """

    def __init__(
        self,
        context: IngestContext,
        heads: Collection[bytes],
        goes_on: Callable[[Stream, bytes], bool] | None,
    ) -> None:
        self.files: list[str] = []
        self._context = context
        self._heads = heads
        self._goes_on = goes_on

    def of(self, content: Content | ConvertedLines) -> Sequence[Content | ConvertedLines | Piece]:
        """Return the pieces of a short content that may be new, or all of a content."""
        is_pipe = content.path == PIPE
        if content.led_by_nuls or not (is_pipe or self._goes_on):
            return [content]
        data = content.opening(LONGEST_PIECE + 1)
        if len(data) > LONGEST_PIECE:
            return [content]
        parts = [data]
        if is_pipe:
            found = lines_by_file(data)
            parts = _without_banner(data) if found is None else found
            parts = [part for part in parts if not self._has_file(part)]
        pieces = [piece for part in parts for piece in self._not_in_pipes(part)]
        if pieces == [data]:
            return [content]
        last = len(pieces) - 1
        return [Piece(content, data, last=place == last) for place, data in enumerate(pieces)]

    def _has_file(self, data: bytes) -> bool:
        """Return whether a short pipe is a piece of a file that was read before. It is added to `files`."""
        piece = data[: data.rfind(b"\n") + 1]
        if not piece or head_of(data) in self._heads:
            return False
        for fact in self._context.seen.latest(SEARCHED_FILES):
            if has_piece(fact.path, piece):
                self.files.append(fact.path)
                return True
        return False

    def _not_in_pipes(self, data: bytes) -> list[bytes]:
        """Return the pieces of a short input between lines of earlier pipes."""
        if self._goes_on is None:
            return [data]
        from flask_status_cli.sources.identity.scattered_lines import new_pieces

        writer = self._context.writer
        lookup = LineLookup(writer.store.find_lines, writer.store.sampled_lines)
        pieces = new_pieces(data, lookup, self._streams, self._goes_on)
        return [data] if pieces is None else pieces

    def _streams(self, head: bytes) -> Sequence[Stream]:
        return self._context.writer.store.streams(head) if head in self._heads else ()


def _without_banner(data: bytes) -> list[bytes]:
    """Return the first lines that the sender wrote (`-- Journal begins at … --`), and the others."""
    from flask_status_cli.formats import senders_reason

    end = 0
    for line in BytesIO(data):
        if senders_reason(line.rstrip(b"\n")) is None:
            break
        end += len(line)
    return [part for part in (data[:end], data[end:]) if part]
