"""Reads the new lines of one log, counts them, and stores the counts together with the checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from flask_status_cli.errors import LogError
from flask_status_cli.formats import (
    CountedLines,
    LineCounter,
    parse_line,
)
from flask_status_cli.frozen import replace
from flask_status_cli.model import (
    UNMATCHED,
    InputFact,
    LogEntry,
    LogOutcome,
    LogResult,
    MinuteCounts,
    Stream,
)
from flask_status_cli.model.log.entries import CLIENT_ERRORS
from flask_status_cli.model.log.ingest_result import sum_by_name, timezone_of
from flask_status_cli.pipeline.formats.unsaid_of_logs import unsaid_of
from flask_status_cli.pipeline.ingest.batch_size import NOT_UNDERSTOOD, ReadBytes
from flask_status_cli.pipeline.ingest.context import LogReplaced
from flask_status_cli.pipeline.ingest.counters import Counters
from flask_status_cli.pipeline.ingest.log_problems import LogProblems, lines_of_another_format
from flask_status_cli.pipeline.ingest.options import IngestOptions, Progress
from flask_status_cli.pipeline.ingest.writing.duplicate_log_messages import counted_twice_error
from flask_status_cli.pipeline.ingest.writing.locked_store import Writer
from flask_status_cli.sources import Block, Relation, is_small
from flask_status_cli.store import THIS_STREAM, Batch, CountedTwice

if TYPE_CHECKING:
    from flask_status_cli.pipeline.ingest.workers import RangeCounter, RangeCounts
    from flask_status_cli.sources import LogIdentity, Reading, ResentReading

WORTH_WORKERS = 32 << 20
"""A log with fewer new bytes than this is read without worker processes, which is faster."""

RANGE_LENGTH = 4 << 20
"""The size in bytes of a range that a worker counts in one step."""


class LogReader:
    """Reads the new lines of one open log into the database. `InputReader` makes it.

    `streams` are the streams that the log may continue. `fact` is the file state to store with the counts.
    `compare` says whether to estimate if the requests of a new log were counted before.
    Raises `LogReplaced` or `StreamsChanged` if a batch was dropped, `LogError` if no line is understood.
    """

    def __init__(  # noqa: PLR0913 - a log, what is known of it, and where it goes
        self,
        reading: Reading | ResentReading,
        streams: Sequence[Stream],
        *,
        writer: Writer,
        options: IngestOptions,
        counters: Counters,
        fact: InputFact | None,
        compare: bool = False,
    ) -> None:
        content = reading.content
        self.reading = reading
        self.result = LogResult(content.path)
        self.stream: int | None = None
        self.counted_before = 0
        self._content = content
        self._compare = compare
        self._writer = writer
        self._options = options
        self._counters = counters
        self._tally = counters.tally
        self._finder = counters.finder
        self._facts = () if fact is None else (replace(fact, stream=THIS_STREAM),)
        self._streams = streams
        self._expected = offsets(streams)
        self._bytes = 0
        self._batches = 0
        self._misread = False
        self._small = self._content.plain and is_small(self._new_bytes())
        self._rejects = writer.rejects
        self._forget_rejects()
        self._counter = self._new_counter()

    def _new_counter(self) -> LineCounter:
        former = self._former()
        read = former.checkpoint if former else None
        self._detected = self._counters.detect(
            self.reading.sample(),
            path=self._content.path,
            former=read.format if read else None,
            small=self._small,
        )
        self._order = [self._options.format] if self._options.format else self._detected.order
        on_refused = None if self._rejects is None else self._rejects.note
        return self._counters.counter(self._order, read, on_refused=on_refused, small=self._small)

    def _forget_rejects(self) -> None:
        if self._rejects is not None:
            self._rejects.forget()

    def _former(self) -> Stream | None:
        identity = self.reading.identity
        return identity.stream if identity.relation in (Relation.CONTINUED, Relation.PART) else None

    def read(self, progress: Progress) -> LogResult:
        """Read and store all new lines. Return the result."""
        if not self._small:
            self._writer.commit_gathered()  # release the lock while a long log is read
        self._read_ahead(progress)
        self._read_on(progress)
        self._last_line()
        self._store(ends_log=True)
        self._judge()
        return self.result

    def _read_on(self, progress: Progress, until: int | None = None) -> None:
        for block in self.reading.blocks(until):
            self._take(block)
            self._after(progress)

    def _after(self, progress: Progress) -> None:
        progress(self._content.path, self.reading.offset, self._size())
        if self._full and not self.reading.undecided:
            self._store()

    def _read_ahead(self, progress: Progress) -> None:
        """Let worker processes count the new lines of a long log, if they gain time by that.

        Count in this process what they cannot count.
        """
        if self._options.jobs == 1 or self._new_bytes() < WORTH_WORKERS:
            return
        from flask_status_cli.pipeline.ingest.workers import Workers

        ranges = self.reading.ranges(RANGE_LENGTH)
        if ranges and self._counter.compiled:
            self._read_on(progress, ranges[0].end)
            ranges = ranges[1:]
            if self._counter.seldom_asks:
                return
        count, jobs = self._range_counter().count, self._options.jobs
        with Workers(ranges, count, jobs=jobs, tally=self._tally) as workers:
            for within, found in zip(ranges, workers, strict=True):
                if found is None or found.part.doubled or self._keeps_refused(found):
                    self._read_on(progress, within.end)
                    continue
                self.reading.skip(within.end, found.last)
                self._counter.absorb(found.part, found.codes)
                self._bytes += within.end - within.start
                self._after(progress)

    def _new_bytes(self) -> int:
        return (self._size() or 0) - self.reading.identity.offset

    def _keeps_refused(self, found: RangeCounts) -> bool:
        return self._rejects is not None and bool(found.part.counted.refused)

    def _range_counter(self) -> RangeCounter:
        from flask_status_cli.pipeline.ingest.workers import RangeCounter

        tally, counter = self._counters.apart(self._order)
        return RangeCounter(tally, self._content.read_at, counter)

    @property
    def _full(self) -> bool:
        if self._tally.crowded:
            return True
        if self._bytes >= NOT_UNDERSTOOD and not self._any_entry:
            return True
        read = ReadBytes(
            waiting=self._bytes,
            left=(self._size() or 0) - self.reading.offset,
            batches=self._batches,
            earlier=bool(self.result.lines),
        )
        writer = self._writer
        if writer.on_server:
            return read.is_batch_for_server(is_busy=lambda: writer.is_busy)
        return read.is_batch_for_file()

    @property
    def _any_entry(self) -> bool:
        """Whether the log had an entry, in this run or before."""
        return self._counter.newest is not None or self._former() is not None

    def _size(self) -> int | None:
        return self._content.size() if self._content.plain else None

    def _take(self, block: Block) -> None:
        if block.drop:
            former = self._former()
            read = former.checkpoint if former else None
            self._counter.rewind(read.newest if read else None, read.pending if read else {})
            self._forget_rejects()
            self._bytes = 0
        self._counter.feed(block.lines)
        self._bytes += len(block.lines) + block.left_out

    def _last_line(self) -> None:
        """Count the last line if it has no line end, but is an entry in a complete archive.

        Any other line without an end is left for the next run.
        """
        line = self.reading.unfinished
        if not line:
            begun = self.reading.head is None and bool(self._content.beginning)
            if begun:
                self._refuse_carriage_returns()
            self.result = replace(self.result, unfinished=begun)
            return
        if self.reading.complete and self._is_entry(line):
            self.reading.close_line()
            self._take(Block(line + b"\n"))
        else:
            self.result = replace(self.result, unfinished=True)

    def _refuse_carriage_returns(self) -> None:
        """Raise `LogError` if the log has entries, but only carriage returns behind them."""
        beginning = self._content.beginning
        if b"\r" not in beginning:
            return
        from flask_status_cli.formats import ends_lines_with_carriage_returns

        found = ends_lines_with_carriage_returns(beginning, self._is_entry)
        if found is not None:
            raise LogError(self._content.path, f"is {found.what}", found.hint)

    def _is_entry(self, line: bytes) -> bool:
        zone, newest = self._options.zone, self._counter.newest
        return isinstance(parse_line(line, order=self._order, zone=zone, newest=newest), LogEntry)

    def _store(self, *, known: bool = False, ends_log: bool = False) -> None:
        """Store the counts. Raises `LogReplaced` if the file was replaced; `known` skips this check."""
        identity = self.reading.identity
        if self.stream is None and identity.relation in (Relation.CONTINUED, Relation.BEGINNING):
            self.stream = identity.stream.id if identity.stream else None
        if self._bytes == 0 and not self._is_part:
            return
        if not known and not self.reading.unchanged():
            raise LogReplaced
        counted = self._counter.take()
        self._add(counted)
        self._bytes = 0
        if self.reading.unproven and self.result.entries == 0:
            self._forget_rejects()
            return
        self._problems().refuse_unless_understood(self.result, self._former(), self._format())
        self._commit(counted, ends_log=ends_log)
        self._batches += 1
        if self._tally.crowded:
            self._counters.renew_tally(self._counter)

    @property
    def _is_part(self) -> bool:
        """Whether this log was read before as part of a pipe with several logs. It gets a new stream now."""
        identity = self.reading.identity
        return identity.relation is Relation.PART and identity.stored and self.stream is None

    def _commit(self, counted: CountedLines, *, ends_log: bool = False) -> None:
        checkpoint = self.reading.checkpoint(
            newest=self._counter.newest, name=self._format(), pending=self._counter.pending
        )
        counts, *of_hosts = self._tally.by_label(counted.minutes, counted.durations)
        if self._compare and self._batches == 0 and self.reading.identity.relation is Relation.NEW:
            from flask_status_cli.pipeline.ingest.earlier_logs.counted_before import (
                requests_counted_before,
            )

            self.counted_before = requests_counted_before(counts, self._writer)
        batch = Batch(
            counts=counts,
            of_hosts=tuple(of_hosts),
            named=bool(self._options.hosts),
            unread=counted.unread,
            checkpoint=checkpoint,
            stream=self.stream,
            expected=self._expected,
            inputs=self._facts,
            rules=self._finder.version,
            unknown_only=not self._options.yes,
            refused=lines_of_another_format(counted),
            small=self._small,
            ends_log=ends_log,
        )
        try:
            committed = self._writer.commit(batch)
        except CountedTwice as found:
            raise counted_twice_error(self._content.path, found, self._writer) from None
        self.stream = committed.stream
        self._misread = committed.misread
        if committed.new_routes:
            self.result += LogResult(self.result.path, new_routes=committed.new_routes)
        self._count_foreign(batch.counts)
        if self._options.hosts is not None:
            hostless = sum(sum(row.values()) for row in counts.minutes.values())
            self.result += LogResult(self.result.path, without_host=hostless)
        known = {**dict(self._expected), committed.stream: checkpoint.offset}
        self._expected = tuple(sorted(known.items()))
        self.reading.committed()

    def _count_foreign(self, counts: MinuteCounts) -> None:
        """Count the entries that match no rule, if the app has declared all of its rules."""
        if not self._finder.complete:
            return
        answered = foreign = 0
        for codes in counts.minutes.values():
            for code, requests in codes.items():
                rule, status = counts.keys[code]
                if status not in CLIENT_ERRORS:
                    answered += requests
                    foreign += requests if rule == UNMATCHED else 0
        self.result += LogResult(self.result.path, answered=answered, foreign=foreign)

    def _format(self) -> str | None:
        former = self._former()
        before = former.checkpoint.format if former else None
        if self.result.entries == 0:
            return before
        return self._options.format or self._counter.header or self._detected.name or before

    def _add(self, counted: CountedLines) -> None:
        before = self.result
        self.result = replace(
            before,
            lines=before.lines + counted.lines,
            entries=before.entries + counted.entries,
            noise=sum_by_name(before.noise, counted.noise),
            refused=sum_by_name(before.refused, counted.refused),
            samples=before.samples + counted.samples,  # with line numbers in the whole log
        )

    def _judge(self) -> None:
        name = self._format() if self.result.entries else None
        found = unsaid_of(self.reading.sample(), name, self._options.zone)
        self.result = replace(
            self.result,
            format=name,
            timezone=None if name is None else timezone_of(found, self._options.zone),
            unsaid=found,
            from_start=self.identity.offset == 0,
            problem=self._problems().of(self.result, misread=self._misread),
        )

    def _problems(self) -> LogProblems:
        return LogProblems(self.reading, self._detected, self._options)

    @property
    def outcome(self) -> LogOutcome:
        """What happened to this log. It is unchanged if nothing was stored."""
        if self.stream is None:
            return LogOutcome.UNCHANGED
        if self.identity.relation is Relation.PART:
            return LogOutcome.CONTINUED if self.result.lines else LogOutcome.BEGINNING
        return LogOutcome(self.identity.relation.value)

    def shared(self, placed: Callable[[int], bool]) -> int:
        """Return how many first lines this log shares with the stream of a pipe with several logs.

        `placed` takes the id of a stream and returns whether it may be such a pipe.
        """
        return max(
            (
                lines
                for stream in self._streams
                if (lines := self.reading.lines_shared(stream)) and placed(stream.id)
            ),
            default=0,
        )

    @property
    def identity(self) -> LogIdentity:
        """The identity of this log: which stream it continues, and from which offset."""
        return self.reading.identity


def offsets(streams: Sequence[Stream]) -> tuple[tuple[int, int], ...]:
    """Return the (id, offset) of each stream, in order of the id."""
    return tuple(sorted((stream.id, stream.checkpoint.offset) for stream in streams))
