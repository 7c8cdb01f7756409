"""Checkpoints of logs, and what the database records about paths and runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from struct import Struct
from typing import Final

from flask_status_cli.frozen import frozen
from flask_status_cli.model.log.entries import UnreadKind


@frozen
class Mark:
    """A fingerprint of a log: the 64-bit BLAKE2b digest of the last 1 KiB (or less) before `position`."""

    position: int
    digest: bytes


MARK: Final = Struct(">Q8s")
"""The form of a mark in packed marks: its position, big-endian, then its digest. Packed marks are bytes."""


@frozen
class LineSample:
    """A sample of the lines of a log: the position at which each begins, and its digest.

    The sample has the lines whose CRC has no bit of `mask`, and the last lines.
    """

    mask: int
    lines: tuple[Mark, ...]


@frozen
class Checkpoint:
    """How far a log has been read. Positions count the decompressed bytes after leading NULs.

    - `head`: the digest of the first line.
    - `offset`: the position up to which the log was read. This is a line end, unless `partial` says that the
      unfinished last line of a complete archive was counted.
    - `marks`: fingerprints in ascending order, the last one at `offset`.
    - `newest`: the epoch minute of the newest entry.
    - `pending`: the numbers of other lines before the first entry, by (kind, reason). They are counted in the
      quarter of an hour of the first entry.
    - `prints`: a fingerprint of two bytes for each of the first lines.
    - `places`: a sample of the lines, if the input may be several logs, one after the other.
    """

    head: bytes
    offset: int
    marks: tuple[Mark, ...]
    newest: int | None = None
    format: str | None = None
    partial: bool = False
    pending: Mapping[tuple[UnreadKind, str], int] = field(default_factory=dict)
    prints: bytes = b""
    places: LineSample | None = None


@frozen
class Stream:
    """A log that was read before: its number in the database, and its checkpoint."""

    id: int
    checkpoint: Checkpoint


@frozen
class PackedStream:
    """A stream whose checkpoint has an entry, nothing `pending` and nothing `partial`, with packed marks."""

    id: int
    head: bytes
    offset: int
    marks: bytes
    newest: int | None
    format: str
    prints: bytes


@frozen
class InputFact:
    """The state of a file when it was last read. A later run compares it, to see whether the file changed.

    `path` is absolute. `read_at` and `mtime` are in nanoseconds since the epoch. `stream` is the number of
    the stream that was last read from the path, `None` if there is none.
    """

    path: str
    device: int
    inode: int
    size: int
    mtime: int
    read_at: int
    stream: int | None

    def of(self, stream: int | None) -> InputFact:
        """Return the same state with another stream."""
        return InputFact(
            self.path, self.device, self.inode, self.size, self.mtime, self.read_at, stream
        )


@frozen
class Run:
    """One completed `ingest`: its times in UTC, its numbers of logs and lines, a line for each problem."""

    started_at: datetime
    finished_at: datetime
    logs: int
    lines: int
    entries: int
    noise: int
    refused: int
    problems: tuple[str, ...] = ()
