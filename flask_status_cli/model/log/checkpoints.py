"""How far logs have been read, and what runs and the database tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flask_status_cli.model.log.entries import Unread
from flask_status_cli.model.trusted_clock import Belief


@dataclass(frozen=True, slots=True)
class Mark:
    """A fingerprint of a log: the 64-bit BLAKE2b of the up to 1 KiB before `position`."""

    position: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Places:
    """The digests of some lines of a log, by where they begin.

    They are the lines whose CRC has no bit of `mask`, and the last ones.
    """

    mask: int
    lines: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a log has been read; its content is decompressed and begins behind leading NULs.

    `head` is the digest of the first line; `offset` is just past a line end, unless `partial` says that
    the unfinished last line of a complete archive was counted; `marks` ascend and end at `offset`;
    `newest` is the newest epoch minute read; `pending` are lines that were no entries and came before the
    first one, by (kind, reason): they are counted at the first entry's quarter; `prints` are two bytes for
    each of the first lines; `places` are some of the lines of what was read in turn and may be several logs.
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
    """A log that was read before: its number in the database and its checkpoint."""

    id: int
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class InputFact:
    """What was seen of a path when it was last read: hints that say whether anything can have changed.

    `path` is absolute; `read_at` is in nanoseconds since the epoch, as `mtime` is; `stream` is the number
    of the stream last read from it, `None` where there is none (any more).
    """

    path: str
    device: int
    inode: int
    size: int
    mtime: int
    read_at: int
    stream: int | None


@dataclass(frozen=True, slots=True)
class Run:
    """One completed `ingest`: aware UTC instants, totals of what it read, and its problems, a line each."""

    started_at: datetime
    finished_at: datetime
    logs: int
    lines: int
    entries: int
    noise: int
    refused: int
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """A log as far as it was read: bytes, the newest epoch minute, and the paths it was last read from."""

    id: int
    format: str | None
    offset: int
    newest: int | None
    updated_at: datetime
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatabaseInfo:
    """The contents of a database.

    `size` is in bytes; `first` and `newest` are epoch minutes with requests; `rows` is per table;
    `answering` of `answering_bound` paths have a route of their own, `waiting` of `waiting_bound` rows wait
    for their path's first answer; `poured` requests went to `<unmatched>` before that was read, `other` to
    `<other>`, and `merged` are in crowds to which a rule or `keep` came too late, at most; `crowds` are
    (label, rule), each what the pages below a crowded parent are; `minutes_from` is the epoch minute from
    which on all minutes are kept, `None` where they all are; `belief` is what is believed of the clock of
    the runs; `streams` are by number, `runs` the last ones, the newest first.
    """

    path: Path
    size: int
    schema_version: str
    created_at: datetime
    first: int | None
    newest: int | None
    rows: Mapping[str, int]
    answering: int
    answering_bound: int
    waiting: int
    waiting_bound: int
    poured: int
    other: int
    merged: int
    crowds: tuple[tuple[str, str], ...]
    minutes_from: int | None
    belief: Belief | None
    streams: tuple[StreamInfo, ...]
    runs: tuple[Run, ...]
