"""How far logs have been read, and what the database records about logs and runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask_status_cli.model.log.entries import Unread


@dataclass(frozen=True, slots=True)
class Mark:
    """A fingerprint of a log: the 64-bit BLAKE2b of the last 1 KiB (or less) before `position`."""

    position: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Places:
    """The digests of some lines of a log, by the positions where they begin.

    These are the lines whose CRC has no bit of `mask`, and the last lines.
    """

    mask: int
    lines: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a log has been read. Positions are those in the decompressed content, after leading NULs.

    - `head`: the digest of the first line.
    - `offset`: the end of what was read. This is a line end, unless `partial` says that the unfinished last
      line of a complete archive was counted.
    - `marks`: fingerprints in ascending order, the last one at `offset`.
    - `newest`: the newest epoch minute.
    - `pending`: lines before the first entry that were no entries, by (kind, reason). They are counted at the
      quarter of the first entry.
    - `prints`: two bytes for each of the first lines.
    - `places`: some of the lines, if several logs may have been read one after the other.
    """

    head: bytes
    offset: int
    marks: tuple[Mark, ...]
    newest: int | None = None
    format: str | None = None
    partial: bool = False
    pending: Mapping[tuple[Unread, str], int] = field(default_factory=dict)
    prints: bytes = b""
    places: Places | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """A log that was read before: its number in the database, and its checkpoint."""

    id: int
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class InputFact:
    """What was recorded about a path when it was last read, to see whether it has changed.

    `path` is absolute. `read_at` and `mtime` are in nanoseconds since the epoch. `stream` is the number of
    the stream last read from it, `None` if there is none.
    """

    path: str
    device: int
    inode: int
    size: int
    mtime: int
    read_at: int
    stream: int | None

    def of(self, stream: int | None) -> InputFact:
        """Return the same of another stream."""
        return InputFact(
            self.path, self.device, self.inode, self.size, self.mtime, self.read_at, stream
        )


@dataclass(frozen=True, slots=True)
class Run:
    """One completed `ingest`: its times in UTC, the totals of what it read, and a line for each problem."""

    started_at: datetime
    finished_at: datetime
    logs: int
    lines: int
    entries: int
    noise: int
    refused: int
    problems: tuple[str, ...] = ()
