"""A log that is kept open and read as it grows, even after it was renamed or deleted."""

from __future__ import annotations

from datetime import datetime

from flask_status_cli.errors import LogError
from flask_status_cli.model import LogResult, MinuteCounts
from flask_status_cli.pipeline.ingest.context import IngestContext, LogReplaced
from flask_status_cli.pipeline.ingest.log_reader import LogReader, offsets
from flask_status_cli.pipeline.ingest.rejects import Rejects
from flask_status_cli.sources import Content, Reading, Relation, head_of
from flask_status_cli.store import StreamsChanged

Key = tuple[int, int]
"""The device and inode of a file, which stay the same if it is renamed."""


class GrowingReader(LogReader):
    """Reads an open plain log again and again as it grows. `FollowedLog` makes it."""

    reading: Reading

    @property
    def grows(self) -> bool:
        """Whether this reader can read added lines. If not, the log must be looked up again."""
        return self.reading.grows

    def read_new(self) -> None:
        """Count the added lines. `flush()` stores the counts; a full batch is stored at once.

        Raises `LogReplaced` if the file was truncated or replaced. The counts so far are still valid.
        """
        for block in self.reading.growth():
            self._take(block)
            if self._full:
                self._store(known=True)
        if self.reading.moved:
            raise LogReplaced

    def flush(self) -> LogResult:
        """Store the counts. Return the result of everything that this reader has stored."""
        self._store(known=True)
        self._judge()
        return self.result

    @property
    def waiting_lines(self) -> int:
        """The number of lines that are counted but not stored yet."""
        return self._counter.lines

    @property
    def waiting(self) -> MinuteCounts:
        """The requests that are counted but not stored yet."""
        return self._tally.counts(self._counter.minutes)

    @property
    def outrun(self) -> bool:
        """Whether another ingest has read this log further. Then `flush()` would raise `StreamsChanged`."""
        head = self.reading.head
        return head is not None and offsets(self._writer.store.streams(head)) != self._expected


class FollowedLog:
    """An open file with the counts since its last `flush()`. `OpenFiles` makes it.

    - `path`: the path of a log at which the file was last seen.
    - `here`: whether the file is still at that path.
    - `grown_at`: when the file last grew.
    - `truncated`: whether the file was truncated since the last `look_up()`.

    Nothing is read before the first `look_up()`, nor after a truncation until the next one.
    """

    def __init__(self, path: str, *, now: datetime) -> None:
        """Open the file at `path`. Raises `LogError`."""
        self.path = path
        self.here = True
        self.grown_at = now
        self.truncated = False
        self._content = Content(path)
        self._state: tuple[int, int] | None = None
        self._read_state: tuple[int, int] | None = None
        self._reader: GrowingReader | None = None
        self._rejects: Rejects | None = None

    @property
    def plain(self) -> bool:
        """Whether this file can be followed. Archives and pipes cannot."""
        return self._content.plain

    @property
    def key(self) -> Key:
        """The file's device and inode."""
        return self._content.stat.st_dev, self._content.stat.st_ino

    @property
    def stream(self) -> int | None:
        """The id of this file's stream, `None` if it is not known or the file was truncated."""
        reader = None if self.truncated else self._reader
        if reader is None or reader.stream is not None:
            return None if reader is None else reader.stream
        identity = reader.identity
        return (
            identity.stream.id
            if identity.stream and identity.relation is not Relation.FORK
            else None
        )

    @property
    def waiting(self) -> tuple[int, MinuteCounts] | None:
        """The number of lines, and the requests, that are counted but not stored yet."""
        return (self._reader.waiting_lines, self._reader.waiting) if self._reader else None

    def close(self) -> None:
        """Close the file."""
        self.drop()
        self._content.close()

    def read_new(self, context: IngestContext) -> None:
        """Count the lines added since the last call. Raises `LogError` or `OSError` if that is impossible."""
        state = self._content.state()
        if state != self._state:
            self._state, self.grown_at = state, context.clock()
        if self._reader is None or self.truncated or state == self._read_state:
            return
        if not self._reader.grows:
            self.look_up(context)
        self._read_state = state
        try:
            self._reader.read_new()
        except LogReplaced:
            self.truncated = True

    def catch_up(self, context: IngestContext) -> None:
        """Look the file up again if another ingest has continued reading it."""
        if self._reader is not None and not self.truncated and self._reader.outrun:
            self.look_up(context)
            self.read_new(context)

    def flush(self, context: IngestContext) -> LogResult | None:
        """Store the counts, and return the result.

        Return `None` if there is nothing to store. If another ingest has just read the file further, drop the
        counts: the next `read_new()` counts what is behind. If no line could be understood, drop them, too:
        the ordinary run reads the file and reports this.
        """
        try:
            return None if self._reader is None else self._reader.flush()
        except StreamsChanged:
            self.look_up(context)
        except LogError:
            self.drop()
        return None

    def drop(self) -> None:
        """Drop the counts that are not stored. Their lines are read again after the next `look_up()`."""
        self._reader = None
        if self._rejects is not None:
            self._rejects.close()
            self._rejects = None

    def look_up(self, context: IngestContext) -> None:
        """Drop the counts that are not stored, and continue at the checkpoint of this file in the database.

        Raises `LogError` or `OSError` if the file can no longer be read.
        """
        self.drop()
        again = self._content.again()
        self._content.close()
        self._content = again
        head, kept = head_of(self._content.beginning), context.options.rejects
        self._rejects = None if kept is None else Rejects(kept)
        streams = context.writer.store.streams(head) if head else []
        self._reader = GrowingReader(
            Reading(self._content, streams),
            streams,
            writer=context.writer.keeping(self._rejects),
            options=context.options,
            counters=context.counters(),
            fact=None,  # the ordinary run records the file state, because it also searches rotated files
        )
        self.truncated, self._read_state = False, None
