"""Reads what is new in the logs into the database: `ingest()`."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from flask_status_cli.errors import FlaskStatusError, LogError
from flask_status_cli.formats import first_minute, first_turn, parse_line
from flask_status_cli.model import InputFact, LogEntry, Run
from flask_status_cli.pipeline import seen as hints
from flask_status_cli.pipeline.logfile import LogReader, Moved
from flask_status_cli.pipeline.predecessor import grown_siblings, older_siblings, predecessor
from flask_status_cli.pipeline.results import IngestOptions, IngestResult, LogResult, Progress
from flask_status_cli.pipeline.seen import Seen
from flask_status_cli.pipeline.writer import Writer
from flask_status_cli.routes import fold
from flask_status_cli.sources import (
    Content,
    Glued,
    Joints,
    Result,
    Section,
    Target,
    expand,
    head_of,
    identify,
    rotated,
)
from flask_status_cli.store import LockBusy, StreamsChanged
from flask_status_cli.tally import Tally

ATTEMPTS = 5
"""So often a log that changes under our hands is looked up anew in one run."""

STILL_WRITTEN = 600
"""Seconds for which an archive without its end mark is taken for one that is still being written."""


def ingest(options: IngestOptions, *, progress: Progress) -> IngestResult:
    """Read what is new in the logs that `options.arguments` mean, and store it.

    Logs that cannot be read are told in the result, the others are read all the same. Raises
    `DatabaseError` when nothing can be stored.
    """
    targets, problems = expand(options.arguments)
    with Writer(options.database, wait=options.wait, rehearsal=options.dry_run) as writer:
        run = _Ingest(writer, options, progress)
        run.problems.extend(map(str, problems))
        return run.read_all(targets)


class _Ingest:
    """One run. Logs are read oldest first; each is looked up when its turn comes."""

    def __init__(self, writer: Writer, options: IngestOptions, progress: Progress) -> None:
        self.problems: list[str] = []
        self._notices: list[str] = []
        self._older: dict[str, int] = {}
        self._writer = writer
        self._options = options
        self._progress = progress
        self._seen = Seen(writer.inputs())
        self._tally = Tally(fold, label=options.label)
        self._results: list[LogResult] = []
        self._met: set[int] = set()
        self._done: set[str] = set()

    def read_all(self, targets: list[Target]) -> IngestResult:
        started = datetime.now(UTC)
        busy: FlaskStatusError | None = None
        try:
            for target in self._in_order(targets):
                self._turn(target, targets)
            self._record(started)
        except LockBusy as error:
            busy = error
        return IngestResult(
            tuple(self._results), tuple(self.problems), tuple(self._notices), self._older, busy
        )

    def _in_order(self, targets: list[Target]) -> list[Target]:
        """Return the logs that may have changed, by their first time stamp.

        Of a directory only those files that are logs.
        """
        found: list[tuple[int, Target]] = []
        for target in [*targets, *self._grown(targets)]:
            if target.in_turn:
                found.append((0, target))
            elif not self._skip(target.path):
                minute = self._first_minute(target)
                if minute is not None or target.directory is None:
                    found.append((minute or 0, target))
        self._complain_of_directories(targets, {target for _, target in found})
        return [target for _, target in sorted(found, key=lambda item: item[0])]

    def _grown(self, targets: list[Target]) -> Iterable[Target]:
        if not self._options.siblings:
            return []
        named = {target.path for target in targets}
        grown = [p for t in targets if not t.in_turn for p in grown_siblings(t.path, self._seen)]
        return [Target(path) for path in dict.fromkeys(grown) if path not in named]

    def _skip(self, path: str) -> bool:
        """Pass over a file that cannot have changed since it was read."""
        try:
            fact = self._seen.unchanged(path, os.stat(path))  # noqa: PTH116 - a str path from the user
        except OSError:
            return False
        if fact is None:
            return False
        self._meet(fact.stream)
        self._done.add(path)
        if self._seen.stream_of(path) != fact.stream:
            self._seen.note(fact)
        self._results.append(LogResult(path))
        return True

    def _meet(self, stream: int | None) -> None:
        if stream is not None:
            self._met.add(stream)

    def _first_minute(self, target: Target) -> int | None:
        try:
            content = Content(target.path)
        except LogError:
            return None if target.directory else 0
        try:
            return first_minute(content.beginning, zone=self._options.zone)
        finally:
            content.close()

    def _complain_of_directories(self, targets: list[Target], logs: set[Target]) -> None:
        for directory in dict.fromkeys(t.directory for t in targets if t.directory):
            paths = {t.path for t in targets if t.directory == directory}
            if not paths & (self._done | {target.path for target in logs}):
                hint = "name a log, or the directory it is in"
                self.problems.append(str(LogError(directory, "a directory without logs", hint)))

    def _turn(self, target: Target, targets: list[Target], *, named: bool = True) -> None:
        if target.path in self._done:
            return
        self._done.add(target.path)
        try:
            result = self._read(target, targets, named=named)
        except LogError as error:
            result = LogResult(target.path, Result.FAILED.value, problem=str(error))
        if result.problem:
            self.problems.append(result.problem)
        self._results.append(result)

    def _read(self, target: Target, targets: list[Target], *, named: bool) -> LogResult:
        attempts = 0
        while attempts < ATTEMPTS:
            content = Content(target.path)
            try:
                if named and not rotated(target.path):
                    self._look_back(content, targets)
                return self._read_content(content) if content.plain else self._read_glued(content)
            except Moved:
                attempts += 1
            except StreamsChanged:  # the other run has read on: this ends when it does
                if target.in_turn:
                    hint = "feed it again: what was counted will not be counted twice"
                    what = "another ingest read this log meanwhile"
                    raise LogError(target.path, what, hint) from None
            finally:
                content.close()
        raise LogError(target.path, "changes too fast to be read", "the next run tries again")

    def _read_glued(self, content: Content) -> LogResult:
        """Read the logs that lie one behind the other in a pipe or an archive."""
        results = LogResult(content.path)
        joints = Joints(
            heads=self._writer.heads(),
            streams=self._writer.streams,
            entry=lambda line: isinstance(parse_line(line, zone=self._options.zone), LogEntry),
            turn=lambda lines, newest: first_turn(lines, newest=newest, zone=self._options.zone),
        )
        for section in Glued(content, joints).sections():
            results.add(self._read_content(section))
        return results

    def _read_content(self, content: Content | Section) -> LogResult:
        head = head_of(content.beginning)
        streams = self._writer.streams(head) if head else []
        fact = hints.fact_of(content.path, content.stat, read_at=hints.now(), stream=None)
        reader = LogReader(
            content,
            streams,
            writer=self._writer,
            options=self._options,
            tally=self._tally,
            fact=hints.incomplete(fact) if stat.S_ISREG(content.stat.st_mode) else None,
        )
        result = reader.read(self._progress)
        self._finish(content, reader, fact)
        return result

    def _finish(self, content: Content | Section, reader: LogReader, fact: InputFact) -> None:
        place, result = reader.place, reader.result
        result.result = place.result.value if reader.stream is not None else Result.UNCHANGED.value
        self._meet(reader.stream)
        if place.stream is not None:
            self._meet(place.stream.id)
        if place.result is Result.FORK:
            self._notices.append(
                f"{content.path}: edited or restored: it agrees with what was read before up to byte "
                f"{place.offset:,}; what follows was read as a log of its own"
            )
        damage = self._damage(content)
        if damage:
            result.problem = result.problem or damage
        elif stat.S_ISREG(content.stat.st_mode) and not content.cut:
            stream = self._read_from(content.path, reader)
            self._seen.note(replace(fact, stream=stream))

    def _read_from(self, path: str, reader: LogReader) -> int | None:
        """Return the stream to await from a path: of what holds nothing new, the one awaited before."""
        if reader.place.result is Result.BEGINNING and rotated(path):
            return reader.stream
        old = reader.place.result is Result.BEGINNING or reader.stream is None
        return self._seen.stream_of(path) if old else reader.stream

    def _damage(self, content: Content | Section) -> str | None:
        if content.damage is not None:
            what = f"the archive is damaged ({content.damage}); what could be read was counted"
            return str(LogError(content.path, what, "restore it and ingest it again"))
        age = datetime.now(UTC).timestamp() - content.stat.st_mtime
        if content.cut and age > STILL_WRITTEN:
            what = "the archive has no end; its whole lines were counted"
            return str(LogError(content.path, what, "restore it and ingest it again"))
        return None

    def _look_back(self, content: Content, targets: list[Target]) -> None:
        """Finish what was last read from this path, if that now lies elsewhere."""
        last = self._seen.stream_of(content.path)
        if not content.plain or not self._options.siblings:
            return
        if last is None:
            self._count_older(content.path)
            return
        stream = self._writer.stream(last)
        head = head_of(content.beginning)
        if stream is None or (head and self._goes_on(content, head, last)):
            return
        found = predecessor(
            content.path,
            stream,
            others=[t.path for t in targets if not t.in_turn],
            seen=self._seen,
            first_minute=lambda sample: first_minute(sample, zone=self._options.zone),
        )
        if found is not None:
            for path in (found.path, *found.newer):
                if not (path == found.path and found.finished):
                    self._turn(Target(path), targets, named=False)
        elif last not in self._met:
            self._lost(content, last)

    def _goes_on(self, content: Content, head: bytes, last: int) -> bool:
        place = identify(content, self._writer.streams(head))
        if place.stream is None or place.stream.id != last:
            return False
        return place.result is not Result.BEGINNING or self._seen.grown(content.path, content.stat)

    def _lost(self, content: Content, last: int) -> None:
        what = "the end of what was read before was not found: it was rotated away or overwritten"
        error = LogError(content.path, what, "name the file that holds it")
        self.problems.append(str(error))
        self._met.add(last)
        self._seen.forget(content.path)

    def _count_older(self, path: str) -> None:
        older = 0 if self._seen.knows(path) else older_siblings(path)
        if older:
            self._older[path] = older

    def _record(self, started: datetime) -> None:
        results = self._results
        run = Run(
            started_at=started,
            finished_at=datetime.now(UTC),
            logs=len(results),
            lines=sum(result.lines for result in results),
            entries=sum(result.entries for result in results),
            noise=sum(result.noise.total() for result in results),
            refused=sum(result.refused.total() for result in results),
            problems=tuple(self.problems),
        )
        self._writer.record(run, self._seen.new)
