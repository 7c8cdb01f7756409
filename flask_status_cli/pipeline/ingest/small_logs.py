"""Reads small new logs many at a time, and logs with few new lines. A directory may have thousands of them.

This way is only for a log that was never read before, or that is the same file as when it was last read. All
of its new lines must be entries or noise. `LogReader` reads any log, with many more steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from flask_status_cli.formats import FORMATS, CountedLogs, LineCounter
from flask_status_cli.frozen import frozen
from flask_status_cli.model import InputFact, LogOutcome, LogResult
from flask_status_cli.model.log.ingest_result import timezone_of
from flask_status_cli.model.log.unsaid import ALL_SAID, Unsaid
from flask_status_cli.pipeline.formats.unsaid_of_logs import unsaid_of
from flask_status_cli.pipeline.ingest.context import IngestContext
from flask_status_cli.pipeline.ingest.counters import Counters
from flask_status_cli.pipeline.ingest.file_state import fact_of
from flask_status_cli.pipeline.ingest.options import Progress
from flask_status_cli.pipeline.ingest.writing.locked_store import Writer
from flask_status_cli.sources import ReadLog, fingerprints_of, open_grown, open_small
from flask_status_cli.store import (
    MOST_STREAMS,
    THIS_STREAM,
    BatchRefused,
    SmallBatch,
    SmallCounts,
    SmallStream,
    may_be_comparable,
)

NO_NOISE: Mapping[str, int] = {}


@frozen
class _Counted:
    """What was counted of one log.

    These are its format, its lines, how many of them are entries, its noise, and what the lines do not say.
    """

    format: str | None
    lines: int
    entries: int
    noise: Mapping[str, int]
    unsaid: Unsaid = ALL_SAID


class SmallLogs:
    """Reads small logs into the database, with the same results as `LogReader`.

    As many logs are opened at once as are likely to be read in this way, up to `MOST_STREAMS`.
    """

    def __init__(self, context: IngestContext, counters: Counters, progress: Progress) -> None:
        self._context = context
        self._writer = context.writer
        self._options = context.options
        self._counters = counters
        self._progress = progress
        self._opens = self._counts = MOST_STREAMS // 4
        self._read_at = 0

    @property
    def opens(self) -> int:
        """How many logs should be given to `read`."""
        return self._opens

    def read(self, paths: Sequence[str]) -> list[tuple[LogResult, int]]:
        """Read the first of some logs. Return the result of each, and the id of its stream.

        If there are fewer results than paths, the next log must be read in another way. Nothing of it is
        stored.
        """
        self._read_at = round(self._context.clock().timestamp() * 1e9)
        logs = _opened(paths, self._states(paths), self._writer)
        try:
            found = self._read(self._new(logs)) if logs else []
        finally:
            for log in logs:
                log.close()
        self._opens = _next(self._opens, done=len(found), of=len(paths))
        return found

    def _states(self, paths: Sequence[str]) -> dict[str, InputFact]:
        """Return the states of those of these paths from which a stream was read before."""
        states = ((path, self._context.seen.fact(path)) for path in paths)
        return {path: state for path, state in states if state and state.stream is not None}

    def _new(self, logs: Sequence[ReadLog]) -> Sequence[ReadLog]:
        """Return the first logs, up to one of which a stream has the first line, or that has changed.

        The stream may have the first line with another line end: see `ConvertedLines`.
        """
        new = [log.head for log in logs if log.stream is None]
        known = self._writer.store.known_heads(new)
        for place, log in enumerate(logs):
            if log.stream is None:
                if log.head in known or log.converted_head in self._heads:
                    return logs[:place]
                self._heads.add(log.head)
            if not log.unchanged():
                return logs[:place]
        return logs

    @cached_property
    def _heads(self) -> set[bytes]:
        """The digests of the first lines of all streams, and of the new logs of this run."""
        return self._writer.store.heads()

    def note_head(self, head: bytes) -> None:
        """Take over the digest of the first line of a log that was read in another way."""
        if "_heads" in self.__dict__:
            self._heads.add(head)

    def _read(self, logs: Sequence[ReadLog]) -> list[tuple[LogResult, int]]:
        parts: list[SmallCounts] = []
        counted: list[_Counted] = []
        while len(counted) < len(logs):
            more = logs[len(counted) :]
            found = self._count(more[: self._counts]) or self._count_alone(more[0])
            if not found:
                break
            for part, each in found:
                parts.append(part)
                counted += each
        if not parts:
            return []
        return self._store(logs, counted, SmallBatch(tuple(parts), self._counters.finder.version))

    def _store(
        self, logs: Sequence[ReadLog], counted: Sequence[_Counted], batch: SmallBatch
    ) -> list[tuple[LogResult, int]]:
        """Store a batch. Return the results of those logs that were stored."""
        try:
            committed = self._writer.commit_small(batch)
        except BatchRefused:  # `LogReader` reads them again and reports the reason
            return []
        results = []
        stored = self._context.seen.stored
        for log, each, state in zip(logs, counted, committed.states, strict=False):
            stored(state)
            assert state.stream is not None  # noqa: S101 - it was stored with its stream
            results.append((self._result(log, each), state.stream))
        if results:
            size = len(logs[len(results) - 1].whole)
            self._progress(logs[len(results) - 1].path, size, size)
        return results

    def _count(self, logs: Sequence[ReadLog]) -> list[tuple[SmallCounts, list[_Counted]]]:
        """Count the first logs, those in which every line is plain."""
        counters = self._counters
        counter = counters.small(logs[0].path)
        logs = logs[: counters.configured_alike([log.path for log in logs])]
        groups = counter.count_logs([log.whole for log in logs], self._may_compare)
        if not groups or counters.tally.crowded:
            return []
        found, place = [], 0
        for group in groups:
            some = logs[place : place + len(group.logs)]
            place += len(some)
            found.append(self._part(some, counter, group))
        self._counts = _next(self._counts, done=place, of=len(logs))
        return found

    def _may_compare(self, lines: int, minutes: int) -> bool:
        """Return whether a log with lines in at most so many minutes may have to be compared with others."""
        return not self._options.yes and may_be_comparable(lines, minutes)

    def _part(
        self, logs: Sequence[ReadLog], counter: LineCounter, group: CountedLogs
    ) -> tuple[SmallCounts, list[_Counted]]:
        streams, counted = [], []
        names = self._counters.formats_of(logs, counter)
        every = zip(logs, names, fingerprints_of(logs), group.logs, strict=True)
        for log, name, prints, (lines, newest) in every:
            streams.append(self._stream(log, name, newest, prints))
            counted.append(_Counted(name, lines, lines, NO_NOISE, self._unsaid(log, name)))
        counts = self._counters.tally.counts(group.minutes, group.durations)
        return SmallCounts(counts, tuple(streams), compared=group.apart), counted

    def _count_alone(self, log: ReadLog) -> list[tuple[SmallCounts, list[_Counted]]]:
        """Count one log that may have noise.

        Return nothing if it has refused lines, no entry, or times that `LogReader` has to check.
        """
        counters = self._counters
        counter = counters.small(log.path, None if log.stream is None else log.stream.newest)
        counter.feed(log.whole)
        counted = counter.take()
        if counted.refused or not counted.entries or counters.tally.crowded:
            return []
        name = counters.format_of(log, counter)
        unsaid = self._unsaid(log, name)
        if unsaid.in_utc:
            return []
        part = SmallCounts(
            counters.tally.counts(counted.minutes, counted.durations),
            (self._stream(log, name, counter.newest, *fingerprints_of([log])),),
            counted.unread,
            compared=self._may_compare(counted.entries, len(counted.minutes)),
        )
        return [(part, [_Counted(name, counted.lines, counted.entries, counted.noise, unsaid)])]

    def _stream(
        self, log: ReadLog, name: str | None, newest: int | None, fingerprints: tuple[bytes, bytes]
    ) -> SmallStream:
        marks, prints = fingerprints
        return SmallStream(
            log.head,
            log.offset,
            marks,
            newest if log.stream is None else _newer(log.stream.newest, newest),
            name,
            prints,
            fact_of(log.path, log.stat, read_at=self._read_at, stream=THIS_STREAM),
            log.stream,
        )

    def _result(self, log: ReadLog, counted: _Counted) -> LogResult:
        return LogResult(
            log.path,
            LogOutcome.NEW if log.stream is None else LogOutcome.CONTINUED,
            counted.format,
            counted.format and timezone_of(counted.unsaid, self._options.zone),
            counted.lines,
            counted.entries,
            counted.noise,
            from_start=log.stream is None,
            unfinished=log.unfinished,
            unsaid=counted.unsaid,
        )

    def _unsaid(self, log: ReadLog, name: str | None) -> Unsaid:
        return unsaid_of(log.whole, name, self._options.zone, brief=True)


def _opened(paths: Sequence[str], states: Mapping[str, InputFact], writer: Writer) -> list[ReadLog]:
    """Read the first logs, up to one that is not small, or that begins like one before it."""
    numbers = [state.stream for state in states.values() if state.stream is not None]
    streams = writer.store.packed_streams(numbers) if numbers else {}
    logs: list[ReadLog] = []
    heads: set[bytes] = set()
    for path in paths:
        state = states.get(path)
        log: ReadLog | None
        if state is None:
            log = open_small(path)
        else:
            stream = streams.get(state.stream or 0)
            usual = stream is not None and stream.format in FORMATS
            log = open_grown(path, state, stream) if stream is not None and usual else None
        if log is None:
            break
        if log.head in heads:
            log.close()
            break
        heads.add(log.head)
        logs.append(log)
    return logs


def _newer(one: int | None, other: int | None) -> int | None:
    """Return the later one of two minutes."""
    return other if one is None or (other is not None and other > one) else one


def _next(tried: int, *, done: int, of: int) -> int:
    """Return how many logs to try next: more while all can be read, fewer after one that cannot."""
    if done == of:
        return min(MOST_STREAMS, tried * 2)
    return max(4, min(MOST_STREAMS, done * 2))
