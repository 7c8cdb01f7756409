"""A log that stays open while it grows: counted as its lines come, stored when it is asked for."""

from __future__ import annotations

from flask_status_cli.model import LogResult, MinuteCounts
from flask_status_cli.pipeline.ingest.context import Moved
from flask_status_cli.pipeline.ingest.log_reader import LogReader, offsets
from flask_status_cli.sources import Reading


class GrowingReader(LogReader):
    """Reads one open plain log, again and again."""

    reading: Reading

    @property
    def grows(self) -> bool:
        """Whether what is added can be read by this reader: else the log is to be looked up anew."""
        return self.reading.grows

    def pump(self) -> None:
        """Count what was added to a plain log; it is stored by `flush()`, or now where it is much.

        Raises `Moved` when the file is no longer what was read; what was counted before is good.
        """
        for block in self.reading.growth():
            self._take(block)
            if self._full:
                self._store(known=True)
        if self.reading.moved:
            raise Moved

    def flush(self) -> LogResult:
        """Store what was pumped; return all that this reader has stored."""
        self._store(known=True)
        self._judge()
        return self.result

    @property
    def waiting_lines(self) -> int:
        """The lines that are counted and not stored yet."""
        return self._counter.lines

    @property
    def waiting(self) -> MinuteCounts:
        """The requests that are counted and not stored yet."""
        return self._tally.counts(self._counter.minutes)

    @property
    def outrun(self) -> bool:
        """Whether another ingest has read on in this log, so that `flush()` would raise `StreamsChanged`."""
        head = self.reading.head
        return head is not None and offsets(self._writer.streams(head)) != self._expected
