"""Reads small new logs in one step each, because a directory may have thousands of them.

This way is only for a log that was never read before and in which every line is an entry or noise.
`LogReader` reads any log, with many more steps.
"""

from __future__ import annotations

from flask_status_cli.formats import Counted, lookup
from flask_status_cli.model import AS_LOGGED, Checkpoint, LogOutcome, LogResult, zone_name
from flask_status_cli.pipeline.ingest.context import IngestContext
from flask_status_cli.pipeline.ingest.counters import Counters
from flask_status_cli.pipeline.ingest.file_state import fact_of
from flask_status_cli.pipeline.ingest.options import Progress
from flask_status_cli.sources import SmallLog, open_small
from flask_status_cli.store import THIS_STREAM, Batch, BatchRefused, Committed


class SmallLogs:
    """Reads small new logs into the database, with the same results as `LogReader`."""

    def __init__(self, context: IngestContext, counters: Counters, progress: Progress) -> None:
        self._context = context
        self._writer = context.writer
        self._options = context.options
        self._counters = counters
        self._progress = progress
        self._zones: dict[str, str] = {}

    def read(self, path: str) -> tuple[LogResult, int] | None:
        """Read a log. Return the result, and the id of the new stream.

        Return `None`, and store nothing, if it is not a small new log.
        """
        log = open_small(path)
        if log is None:
            return None
        try:
            return None if self._may_be_known(log.head) else self._read(log)
        finally:
            log.close()

    def _may_be_known(self, head: bytes) -> bool:
        """Return whether a stream of this host or of another one has this first line."""
        if self._writer.streams(head):
            return True
        return bool(self._options.host and self._writer.streams_of_other_hosts(head))

    def _read(self, log: SmallLog) -> tuple[LogResult, int] | None:
        read_at = round(self._context.clock().timestamp() * 1e9)
        counters, options = self._counters, self._options
        counter = counters.small(log.path)
        counter.feed(log.whole)
        counted = counter.take()
        if counted.refused or not counted.entries or counters.tally.crowded:
            return None
        self._progress(log.path, len(log.whole), len(log.whole))
        name = counters.format_of(log, counter)
        batch = Batch(
            counts=counters.tally.counts(counted.minutes, counted.durations),
            unread=counted.unread,
            checkpoint=Checkpoint(
                head=log.head,
                offset=len(log.whole),
                marks=log.marks,
                newest=counter.newest,
                format=name,
                prints=log.prints,
            ),
            stream=None,
            expected=(),
            inputs=(fact_of(log.path, log.stat, read_at=read_at, stream=THIS_STREAM),),
            rules=counters.finder.version,
            unknown_only=not options.yes,
            small=True,
        )
        committed = self._store(log, batch)
        if committed is None:
            return None
        return self._result(log, counted, name, committed.new_routes), committed.stream

    def _store(self, log: SmallLog, batch: Batch) -> Committed | None:
        """Store a batch. Return `None` if it was not stored."""
        if not log.unchanged():
            return None
        try:
            committed = self._writer.commit(batch)
        except BatchRefused:  # `LogReader` reads it again and reports the reason
            return None
        (fact,) = batch.inputs
        self._context.seen.stored(fact.of(committed.stream))
        return committed

    def _result(
        self, log: SmallLog, counted: Counted, name: str | None, new_routes: int
    ) -> LogResult:
        return LogResult(
            log.path,
            LogOutcome.NEW,
            name,
            self._zone(name),
            counted.lines,
            counted.entries,
            counted.noise,
            unfinished=log.unfinished,
            new_routes=new_routes,
        )

    def _zone(self, name: str | None) -> str | None:
        """Return the name of the time zone of a format, for people."""
        if name is None:
            return None
        zone = self._zones.get(name)
        if zone is None:
            local = lookup(name).local_time
            zone = self._zones[name] = zone_name(self._options.zone) if local else AS_LOGGED
        return zone
