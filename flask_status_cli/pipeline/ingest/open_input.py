"""Reads one opened input (a file, or logs concatenated in a pipe or archive) and records its state.

The modules that count lines are imported only if there are new lines. Most runs of cron find none.
"""

from __future__ import annotations

import stat
from collections.abc import Collection, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

from flask_status_cli.errors import LogError, LogTwiceError
from flask_status_cli.frozen import replace
from flask_status_cli.model import InputFact, LogEntry, LogOutcome, LogResult, Stream
from flask_status_cli.pipeline.ingest.context import IngestContext
from flask_status_cli.pipeline.ingest.earlier_logs.log_notices import notices_of
from flask_status_cli.pipeline.ingest.file_state import fact_of, incomplete, never_read
from flask_status_cli.pipeline.ingest.options import Progress
from flask_status_cli.sources import (
    HEAD,
    PIPE,
    ConcatenatedLogs,
    Content,
    ConvertedLines,
    History,
    Joints,
    LineLookup,
    PartMatcher,
    Piece,
    Reading,
    Relation,
    Section,
    digest,
    distinct_beginning,
    has_rotated_name,
    head_of,
    head_of_ended,
    part_of,
    prints_agree,
    prints_of,
    with_other_line_ends,
)

if TYPE_CHECKING:
    from flask_status_cli.pipeline.ingest.counters import Counters
    from flask_status_cli.pipeline.ingest.log_reader import LogReader
    from flask_status_cli.pipeline.ingest.small_logs import SmallLogs
    from flask_status_cli.sources import EndOfLog, ResentReading

FIRST_LINES = 64
"""A log that was read before is searched in a new one if it begins within this many first lines."""

STILL_WRITTEN = 600
"""An archive without an end mark counts as still being written for this many seconds."""


class InputReader:
    """Reads the open logs of one run.

    `met` has the ids of the streams that this run found, at least partly. `notices` are lines to print about
    logs. `files` are files that have the lines of a pipe, and should be read instead of it.
    `few_new` says that so few logs are at new paths that each is compared with all earlier ones.
    """

    few_new = False

    def __init__(self, context: IngestContext, progress: Progress) -> None:
        self.met: set[int | None] = set()
        self.notices: list[str] = []
        self.files: list[str] = []
        self._context = context
        self._seen = context.seen
        self._progress = progress
        self._pipes_known: bool | None = None

    @cached_property
    def _counters(self) -> Counters:
        return self._context.counters()

    @cached_property
    def _small(self) -> SmallLogs | None:
        """The reader of small new logs, `None` if an option needs the full reader for every log."""
        options = self._context.options
        if options.stream or options.hosts is not None:
            return None
        if not self._context.writer.gathers or self._counters.finder.complete:
            return None
        from flask_status_cli.pipeline.ingest.small_logs import SmallLogs

        return SmallLogs(self._context, self._counters, self._progress)

    def forget_rules(self) -> None:
        """Read the declared rules again for the next log, because they may have changed."""
        self.__dict__.pop("_counters", None)
        self.__dict__.pop("_small", None)

    def small_at_once(self) -> int:
        """Return how many paths should be given to `read_small`, 0 if no log can be read in this way."""
        small = self._small
        return 0 if small is None or self._knows_pipes() else small.opens

    def read_small(self, paths: Sequence[str]) -> list[LogResult]:
        """Read the first of these logs together, up to one that is not small and new. Return their results.

        Nothing of the next log is stored.
        """
        found = [] if self._small is None else self._small.read(paths)
        self.met.update(stream for _, stream in found)
        return [result for result, _ in found]

    def read(self, content: Content) -> LogResult:
        """Read the new lines and store their counts. Raises the errors of `LogReader`."""
        name = self._context.options.stream
        if name is not None:
            return self._read_named(content, name)
        return self._read_content(content) if content.plain else self._read_concatenated(content)

    def _converted(self, content: Content) -> ConvertedLines | None:
        """Return a new log with other line ends, if a log was read that begins like that."""
        first = content.beginning[: content.beginning.find(b"\n") + 1]
        streams = (
            self._context.writer.store.streams(digest(with_other_line_ends(first))) if first else ()
        )
        same = streams and _alike(with_other_line_ends(content.beginning), streams)
        return ConvertedLines(content) if same else None

    def _read_concatenated(self, content: Content | ConvertedLines) -> LogResult:
        """Read the logs that follow each other in a pipe or an archive."""
        from flask_status_cli.formats import first_jump, parse_line

        writer, zone = self._context.writer, self._context.options.zone
        order = self._context.options.order
        heads = writer.store.heads()
        if isinstance(content, Content) and head_of(content.beginning) not in heads:
            content = self._converted(content) or content
        joints = Joints(
            heads=heads,
            streams=writer.store.streams,
            entry=lambda line: isinstance(parse_line(line, order=order, zone=zone), LogEntry),
            turn=lambda lines, newest, ahead: first_jump(
                lines, newest=newest, zone=zone, ahead=ahead
            ),
        )
        results: list[LogResult] = []
        refused: LogTwiceError | None = None
        for piece in self._new_pieces(content, heads):
            for section in ConcatenatedLogs(piece, joints).sections():
                try:
                    results.append(self._read_content(section))
                except LogTwiceError as error:
                    refused = refused or error
                heads.update(filter(None, [head_of_ended(section.beginning)]))
                self._pipes_known = None
        if refused is not None:
            return self._partly_refused(content, results, refused)
        return sum(results[1:], start=results[0]) if results else self._nothing_new(content)

    def _partly_refused(
        self, content: Content | ConvertedLines, others: Sequence[LogResult], error: LogTwiceError
    ) -> LogResult:
        """Return the result of several logs of which one was refused. Raises `error` if there is no other.

        A file is read again by the next run, which may have other options.
        """
        if not others:
            raise error
        if _is_file(content):
            fact = fact_of(content.path, content.stat, read_at=self._now(), stream=None)
            self._seen.note(never_read(fact))
        found = sum(others[1:], start=others[0])
        return replace(found, problem=found.problem or str(error))

    def _new_pieces(
        self, content: Content | ConvertedLines, heads: Collection[bytes]
    ) -> Sequence[Content | ConvertedLines | Piece]:
        """Return the pieces of a short content that may be new, or all of a content."""
        from flask_status_cli.pipeline.ingest.earlier_logs.new_pieces import NewPieces

        found = NewPieces(self._context, heads, self._goes_on if self._knows_pipes() else None)
        pieces = found.of(content)
        self.files += found.files
        self.notices += [
            f"{PIPE}: these lines are in {path}, which was read before; that file was read on instead"
            for path in found.files
        ]
        return pieces

    def _nothing_new(self, content: Content | ConvertedLines) -> LogResult:
        """Return the result of a content whose lines were all read before, in other pipes."""
        damage = self._damage(content)
        if _is_file(content) and not damage:
            self._seen.note(fact_of(content.path, content.stat, read_at=self._now(), stream=None))
        return LogResult(content.path, LogOutcome.BEGINNING, problem=damage, whole=damage is None)

    def _read_named(self, content: Content, name: str) -> LogResult:
        from flask_status_cli.formats import senders_reason
        from flask_status_cli.sources import ResentReading, head_of_name

        streams = self._context.writer.store.streams(head_of_name(name))
        reading = ResentReading(content, name, streams, senders_reason)
        reader = self._reader(reading, streams)
        result = reader.read(self._progress)
        if result.entries == 0 and reading.unproven:
            problem = _nothing_sent(reading, result, name) or self._damage(content)
            return replace(result, problem=problem, whole=problem is None)
        if reading.lost:
            self.notices.append(
                f"{content.path}: the last lines read from the stream {name} are not in this input, so "
                "all of it was counted; let the input begin before these lines (docker logs --since, "
                "journalctl --since)"
            )
        return _finished(result, reader, self._damage(content))

    def _reader(
        self,
        reading: Reading | ResentReading,
        streams: Sequence[Stream],
        fact: InputFact | None = None,
    ) -> LogReader:
        from flask_status_cli.pipeline.ingest.log_reader import LogReader

        return LogReader(
            reading,
            streams,
            writer=self._context.writer,
            options=self._context.options,
            counters=self._counters,
            fact=fact,
            compare=self._compares(reading.content.path),
        )

    def _compares(self, path: str) -> bool:
        """Return whether to estimate if the requests of a log at this path were counted before."""
        is_new = path == PIPE or (self.few_new and not self._seen.knows(path))
        return is_new and self._context.compares

    def _streams(self, content: Content | Section, head: bytes) -> list[Stream]:
        if not self._context.options.host:
            return self._context.writer.store.streams(head)
        from flask_status_cli.pipeline.ingest.earlier_logs.other_hosts import streams_of

        return streams_of(content, head, self._context)

    def _read_content(self, content: Content | Section) -> LogResult:
        plain = isinstance(content, Content) and content.plain
        head = (head_of if plain else head_of_ended)(content.beginning)
        streams = self._streams(content, head) if head else []
        if isinstance(content, Content) and plain and head and not streams:
            converted = self._converted(content)
            if converted is not None:
                return self._read_concatenated(converted)
        part = self._part(content, streams) if head else None
        pipes = self._pipes if self._knows_pipes() else None
        fact = fact_of(content.path, content.stat, read_at=self._now(), stream=None)
        reader = self._reader(
            Reading(content, streams, part, pipes, self._history(content.path)),
            streams,
            incomplete(fact) if _is_file(content) and not content.converted else None,
        )
        try:
            result = reader.read(self._progress)
        except LogError as error:
            if content.damage is None:
                raise
            what = f"the archive is damaged ({content.damage}), and nothing in it was understood"
            raise LogError(content.path, what, _restore_hint(content)) from error
        damage = self._remember(content, reader, fact)
        if head and "_small" in self.__dict__ and self._small is not None:
            self._small.note_head(head)
        return _finished(result, reader, damage)

    def _history(self, path: str) -> History:
        """Return how to find what was read before at a path."""
        before = History(
            former=partial(self._former, path),
            compare=self._is_end_of,
            at_path=partial(self._at_path, path),
            begun_in=self._begun_in,
        )
        if not self._knows_pipes():
            return before
        return replace(before, goes_on=self._goes_on, pieces=self._pieces_of_pipes)

    def _former(self, path: str, streams: Sequence[Stream]) -> Stream | None:
        """Return the stream that a known path had, as far as can be said: one that no other path has.

        `streams` have the same first line. The path has lost its stream if the log was cut.
        """
        if not self._seen.knows(path):
            return None
        elsewhere, placed = self._seen.streams_elsewhere(path), self._context.writer.store.is_pipe
        free = (each for each in streams if each.id not in elsewhere and not placed(each.id))
        return next(free, None)

    def _at_path(self, path: str) -> Stream | None:
        """Return the stream that was last read at a path, `None` if there is none."""
        number = self._seen.stream_of(path)
        return None if number is None else self._context.writer.store.stream(number)

    def _is_end_of(self, stream: Stream, end: EndOfLog) -> bool | None:
        """Return whether a stream has the last bytes of a log, `None` if nobody can know."""
        from flask_status_cli.pipeline.ingest.earlier_logs.ends_of_logs import is_end_of

        return is_end_of(stream, end, self._context)

    def _goes_on(self, stream: Stream, line: bytes) -> bool:
        """Return whether a line was written after a stream was read from a pipe.

        It was, if it is the first line of what was read from a later pipe, or if its minute is later than the
        newest one of the stream. In the same minute it may be a line of another log with the same beginning.
        """
        from flask_status_cli.formats import parse_line

        if not self._context.writer.store.is_pipe(stream.id):
            return False
        if self._pipes(head_of(line + b"\n") or b""):
            return True
        options, newest = self._context.options, stream.checkpoint.newest
        entry = parse_line(line, order=options.order, zone=options.zone)
        return newest is not None and isinstance(entry, LogEntry) and entry.minute > newest

    def _pipes(self, head: bytes) -> list[Stream]:
        """Return the streams that were read from pipes and have a first line with this digest."""
        writer = self._context.writer
        return [stream for stream in writer.store.streams(head) if writer.store.is_pipe(stream.id)]

    def _pieces_of_pipes(self, content: Content) -> Sequence[tuple[int, int]]:
        """Return where a new log has lines that were read from pipes."""
        from flask_status_cli.sources import pieces_in

        return pieces_in(content, self._context.writer.store.pipe_heads(), self._pipes)

    def _begun_in(self, content: Content) -> Sequence[Stream]:
        """Return the streams whose first line is among the first lines of a log at a new path."""
        if not self.few_new or self._seen.knows(content.path):
            return ()
        writer = self._context.writer
        first = [digest(line + b"\n") for line in content.beginning.split(b"\n", FIRST_LINES)[:-1]]
        known = writer.store.known_heads(first[:FIRST_LINES])
        return [stream for head in sorted(known) for stream in writer.store.streams(head)]

    def _part(self, content: Content | Section, streams: Sequence[Stream]) -> PartMatcher | None:
        """Return the part of an earlier pipe with several logs that seems to be this log.

        `streams` are the streams with the same first line. The log may be one of them. Then it counts as part
        of a pipe only if the pipe also had the lines after the end of that stream.
        """
        if not self._knows_pipes():
            return None
        writer = self._context.writer
        lookup = LineLookup(writer.store.find_lines, writer.store.sampled_lines)
        beginning = distinct_beginning(content)
        same = _alike(beginning, streams)
        if same and isinstance(content, Content) and content.plain:
            read = _longest(same, content.size())
            if not lookup.knows(content.read_at(read, HEAD)):
                return None
        part, unsure = part_of(beginning, lookup)
        if part is not None and same and part.reach <= _longest(same, part.reach):
            return None
        if unsure and not same:
            self.notices.append(
                f"{content.path}: some of its lines were read before, in a pipe with other logs, but the "
                "lines next to them are new; all of it was counted; --stream NAME is for pieces of one log"
            )
        return part

    def _knows_pipes(self) -> bool:
        """Return whether an earlier run has read a pipe that may have had several logs."""
        if self._pipes_known is None:
            self._pipes_known = self._context.writer.store.has_pipes()
        return self._pipes_known

    def _now(self) -> int:
        return round(self._context.clock().timestamp() * 1e9)

    def _remember(
        self, content: Content | Section, reader: LogReader, fact: InputFact
    ) -> str | None:
        """Record the file state and the stream. Return the problem of the content, if there is one."""
        identity = reader.identity
        self.met |= {reader.stream, identity.stream.id if identity.stream else None}
        self.notices.extend(notices_of(reader, self._context.writer.store.is_pipe))
        damage = self._damage(content)
        if _is_file(content) and (damage or not content.cut):
            if not content.converted:
                fact = replace(fact, stream=self._read_from(content.path, reader))
            # a damaged archive is read again if an argument names it
            self._seen.note(never_read(fact) if damage else fact)
        return damage

    def _read_from(self, path: str, reader: LogReader) -> int | None:
        """Return the id of the stream that this path should continue next time.

        If nothing was new, it is the stream that the path had before.
        """
        if reader.identity.relation is Relation.BEGINNING and has_rotated_name(path):
            return reader.stream
        old = reader.identity.relation is Relation.BEGINNING or reader.stream is None
        return self._seen.stream_of(path) if old else reader.stream

    def _damage(self, content: Content | ConvertedLines | Section) -> str | None:
        what = None
        if content.damage is not None:
            what = f"the archive is damaged ({content.damage}); what could be read was counted"
        elif content.cut and not self._may_grow(content):
            what = "the archive is incomplete; its complete lines were counted"
        return str(LogError(content.path, what, _restore_hint(content))) if what else None

    def _may_grow(self, content: Content | ConvertedLines | Section) -> bool:
        """Return whether an archive without an end mark may still be written. A pipe has ended."""
        age = self._context.clock().timestamp() - content.stat.st_mtime
        return _is_file(content) and age <= STILL_WRITTEN


def _alike(beginning: bytes, streams: Sequence[Stream]) -> list[Stream]:
    """Return the streams that a log with this beginning may continue, or may be the beginning of."""
    if not streams:
        return []
    prints = prints_of(lambda at, length: beginning[at : at + length], len(beginning)).value
    return [stream for stream in streams if prints_agree(prints, stream.checkpoint.prints)]


def _longest(streams: Sequence[Stream], size: int) -> int:
    """Return the length in bytes of the longest of some streams, but at most `size`."""
    return max((min(stream.checkpoint.offset, size) for stream in streams), default=0)


def _finished(result: LogResult, reader: LogReader, damage: str | None) -> LogResult:
    """Return the result of a log with its outcome and damage. A damaged log was not read to its end."""
    problem = damage or result.problem
    return replace(
        result,
        result=reader.outcome,
        problem=problem,
        whole=damage is None,
        assumed=reader.identity.assumed,
        counted_before=reader.counted_before,
    )


def _nothing_sent(reading: ResentReading, result: LogResult, name: str) -> str | None:
    """Return the problem of an input for the stream `name` that has no entry and no line read before.

    Return `None` if it has only noise, such as a traceback or the empty output of a quiet journal.
    """
    from flask_status_cli.formats import SENDER, senders_reason

    last = reading.unfinished
    line = reading.strays.get(SENDER, last if senders_reason(last) == SENDER else None)
    said = line.decode("utf-8", "surrogateescape") if line is not None else None
    if said is None and result.samples:
        said = result.samples[0].sample
    if said is None:
        return None
    what = f"the input has no requests, but: {said[:200]}"
    hint = f"the position in the stream {name} has not changed"
    return str(LogError(reading.content.path, what, hint))


def _is_file(content: Content | ConvertedLines | Section) -> bool:
    """Return whether a log is a file, compressed or not."""
    return stat.S_ISREG(content.stat.st_mode)


def _restore_hint(content: Content | ConvertedLines | Section) -> str:
    return "ingest it again, complete" if content.path == "-" else "restore it and ingest it again"
