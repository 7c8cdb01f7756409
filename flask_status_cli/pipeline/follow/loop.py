"""Follows logs: reads lines as they are written. Regular runs of the ordinary ingest handle rotation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from flask_status_cli.errors import FlaskStatusError, ServerAwayError
from flask_status_cli.model import FollowStatus, IngestResult, LogResult, MinuteCounts
from flask_status_cli.model.times import Clock
from flask_status_cli.pipeline.follow.open_files import OpenFiles
from flask_status_cli.pipeline.ingest.context import IngestContext
from flask_status_cli.pipeline.ingest.file_state import FileStates
from flask_status_cli.pipeline.ingest.options import IngestOptions, ReadWhileOpen
from flask_status_cli.pipeline.ingest.rotation.rotated_files import renamed_lately
from flask_status_cli.pipeline.ingest.run import ingest
from flask_status_cli.pipeline.ingest.writing.freeze_incidents import freezing
from flask_status_cli.pipeline.ingest.writing.locked_store import Writer
from flask_status_cli.sources import Watch
from flask_status_cli.store import Batch, LockBusy

__all__ = ["FileWatcher", "FollowObserver", "Watch", "follow"]

EVERY = timedelta(minutes=1)
"""The interval at which counts are stored and the ordinary ingest runs."""

AT_MOST_EVERY = timedelta(seconds=1)
"""The shortest interval between two ordinary runs. A rotation or truncation starts one at once."""

GRACE = timedelta(seconds=5)
"""An ordinary run that goes on for longer than this after the request to stop is interrupted."""

AGAIN = timedelta(days=1)
"""A problem that persists is reported again after this time."""


TRIES = "trying again every minute"
"""The end of the message about a server that is away."""


class FileWatcher(Protocol):
    """Waits for changes of files. `sources.Watch` is the usual one."""

    def wait(self, directories: Iterable[str]) -> None:
        """Return when files in these directories may have changed, after a second at the latest."""
        ...


class FollowObserver(Protocol):
    """Receives the events of `follow()`."""

    def progress(self, path: str, read: int, size: int | None) -> None:
        """Receives how many bytes of a log the first run has read."""
        ...

    def began(self, result: IngestResult) -> None:
        """Receives the result of the first run."""
        ...

    def tell(self, line: str) -> None:
        """Receives a problem or a notice: one line, which may contain any characters of a path."""
        ...

    def stored(self) -> None:
        """Is called after each ordinary run, and at the end, when all counts are stored."""
        ...

    def show(self, status: Callable[[], FollowStatus]) -> None:
        """Receives the present state, after each look at the files."""
        ...


class _Stopped(Exception):  # noqa: N818 - it names what happened
    """Interrupts an ordinary run that goes on too long after the request to stop."""


def follow(
    options: IngestOptions,
    *,
    clock: Clock,
    watch: FileWatcher,
    stopped: Callable[[], bool],
    audience: FollowObserver,
) -> FollowStatus:
    """Read the logs as they grow until `stopped` returns true, then store the counts. Return the last state.

    Once a minute the counts are stored, and an ordinary `ingest()` reads the logs. It handles rotation,
    archives and new logs, and finds changes that caused no event. Files stay open between these runs, so that
    the lines of a deleted or truncated file are counted, too. If the database server is away, the next run
    tries again. Raises `DatabaseError` if nothing can be stored at the end, or if the database cannot be used
    at the beginning for any other reason.
    """
    wait_limits = replace(options.wait_limits, stopped=stopped)
    following = _Following(replace(options, wait_limits=wait_limits), clock, audience, stopped)
    try:
        following.begin()
        while not stopped():
            watch.wait(following.directories)
            following.read_open_files()
            if following.due and not stopped():
                following.run_ingest()
        following.end()
    except _Stopped:
        following.save()
    finally:
        following.close()
    return following.status()


class _Following:
    """The state of one call of `follow()`: the open files, counted lines, and printed problems."""

    def __init__(
        self,
        options: IngestOptions,
        clock: Clock,
        audience: FollowObserver,
        stopped: Callable[[], bool],
    ) -> None:
        self._stopped = stopped
        self._stop_seen: datetime | None = None
        self._options = options
        self._clock = clock
        self._audience = audience
        self._files = OpenFiles(options, clock)
        self._context: IngestContext | None = None
        self._last_run = clock()
        self._news = False
        self._problems = _Problems(clock, audience.tell)
        self._missing: frozenset[str] = frozenset()
        self._lines = 0
        self._statuses: Counter[int] = Counter()
        self._stored_at: datetime | None = None
        self._starts = True
        self._began = False
        self.directories: tuple[str, ...] = ()

    @property
    def due(self) -> bool:
        """Whether it is time for an ordinary run."""
        since = self._clock() - self._last_run
        return not timedelta() <= since < (AT_MOST_EVERY if self._news else EVERY)

    def status(self) -> FollowStatus:
        """Return the present state."""
        lines, statuses = self._lines, Counter(self._statuses)
        for more, requests in self._files.waiting():
            lines += more
            statuses += _statuses(requests)
        return FollowStatus(
            len(self._files), lines, statuses.total(), dict(statuses), self._stored_at
        )

    def begin(self) -> None:
        """Run the first ordinary ingest. If the server is away, one of the next runs is the first one."""
        try:
            self._run_ingest()
        except ServerAwayError as error:
            self._give_up(error)
        self._starts = False

    def read_open_files(self) -> None:
        """Count the new lines of the open files, and check whether a log was replaced or truncated."""
        self._attempt(self._read_new)
        self._news = self._files.changed
        self._audience.show(self.status)

    def run_ingest(self) -> None:
        """Store the counts, and run the ordinary ingest. If this fails, the next run tries again."""
        self._attempt(self._run_ingest)

    def end(self) -> None:
        """Store everything that was written so far."""
        self._read_new()
        try:
            self._run_ingest()
            self._read_new()  # lines that were written during the run
            self._flush()
            self._audience.stored()
        except LockBusy as error:
            self._audience.tell(f"{error}; nothing is lost, the next run continues")

    def save(self) -> None:
        """Store the counts of files that a later run cannot find, after a run was interrupted."""
        self._files.close_found()
        self._enter_database()
        self._read_new()
        self._flush()

    def close(self) -> None:
        """Close the files and the database."""
        self._leave_database()
        self._files.close()

    def _reading(self, path: str, read: int, size: int | None) -> None:
        """Receive how far an ordinary run has read a log. Raises `_Stopped` if it must end."""
        if self._stopped():
            now = self._clock()
            self._stop_seen = self._stop_seen or now
            if now - self._stop_seen > GRACE:
                raise _Stopped
        if self._starts:
            self._audience.progress(path, read, size)

    def _run_ingest(self) -> None:
        self._last_run, self._news = self._clock(), False
        results = self._flush()
        self._files.update()
        while_open = ReadWhileOpen(results, self._files.streams_elsewhere)
        self._leave_database()
        options = self._options
        if (
            not self._starts
        ):  # the watch has a thread, and a process with threads must not be forked
            options = replace(options, jobs=1)
        result = ingest(
            options,
            clock=self._clock,
            progress=self._reading,
            stored=self._note,
            while_open=while_open,
        )
        self._files.update()  # also open files that appeared during the run
        self._files.close_quiet(frozenset(log.path for log in result.logs))
        self.directories = self._files.directories
        self._enter_database()
        self._tell(result, results)
        self._audience.stored()
        if not self._began:
            self._began = True
            self._audience.began(result)

    def _read_new(self) -> None:
        if self._context is not None:
            self._files.read_new(self._context)

    def _flush(self) -> tuple[LogResult, ...]:
        return () if self._context is None else self._files.flush(self._context)

    def _attempt(self, do: Callable[[], object]) -> None:
        """Call `do`. If it fails, drop the counts that are not stored, so that their lines are read again."""
        try:
            do()
        except FlaskStatusError as error:
            self._give_up(error)

    def _give_up(self, error: FlaskStatusError) -> None:
        self._leave_database()
        self._files.drop()
        if isinstance(error, ServerAwayError):
            error = ServerAwayError(error.where, error.what, TRIES)
        if not isinstance(error, LockBusy):
            self._problems.tell([str(error)])

    def _enter_database(self) -> None:
        options = self._options
        writer = Writer(
            options.database,
            wait=options.wait,
            clock=self._clock,
            stored=self._note,
            keep=options.keep,
            freezing=freezing(options.policy, self._clock),
            host=options.host,
            wait_limits=options.wait_limits,
        )
        self._context = IngestContext(writer, FileStates(()), options, self._clock)
        self._files.look_up(self._context)

    def _leave_database(self) -> None:
        if self._context is not None:
            self._context.writer.__exit__()
            self._context = None

    def _note(self, batch: Batch) -> None:
        self._stored_at = self._clock()
        statuses = sum(map(_statuses, (batch.counts, *batch.of_hosts)), Counter())
        self._statuses += statuses
        self._lines += statuses.total() + sum(batch.unread.values())

    def _tell(self, result: IngestResult, flushed: Iterable[LogResult]) -> None:
        missing, now = self._files.missing, self._clock()
        lost = {path for path in missing - self._missing if not renamed_lately(path, now)}
        for path in sorted(lost):
            self._audience.tell(f"{path}: no such file yet; waiting for it")
        self._missing = (self._missing & missing) | lost
        already = tuple(f"{path}: no such file; " for path in missing)
        problems = [*result.problems, *(log.problem for log in flushed if log.problem)]
        self._problems.tell(problem for problem in problems if not problem.startswith(already))
        flushing = [] if self._context is None else self._context.writer.take_notices()
        for notice in (*result.notices, *flushing):
            self._audience.tell(notice)


class _Problems:
    """Reports each problem at most once a day. Problems that differ only in numbers count as the same."""

    def __init__(self, clock: Clock, tell: Callable[[str], None]) -> None:
        self._clock = clock
        self._tell = tell
        self._reported: dict[str, datetime] = {}

    def tell(self, problems: Iterable[str]) -> None:
        """Report the problems that were not reported in the last 24 hours."""
        now = self._clock()
        for problem in problems:
            kind = re.sub(r"\d[\d,]*", "0", problem)
            if now - self._reported.get(kind, now - AGAIN) >= AGAIN:
                self._reported[kind] = now
                self._tell(problem)


def _statuses(counts: MinuteCounts) -> Counter[int]:
    found: Counter[int] = Counter()
    for codes in counts.minutes.values():
        for code, requests in codes.items():
            found[counts.keys[code][1]] += requests
    return found
