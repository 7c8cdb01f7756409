"""Runs an ingest: reads the new lines of all logs into the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask_status_cli.errors import (
    FlaskStatusError,
    LogDeniedError,
    LogError,
    LogMissingError,
    LogTwiceError,
    LogUnknownError,
)
from flask_status_cli.frozen import replace
from flask_status_cli.garbage import rarely_collected
from flask_status_cli.model import (
    IngestResult,
    LogOutcome,
    LogResult,
    Run,
    Stream,
)
from flask_status_cli.model.times import Clock
from flask_status_cli.pipeline.ingest.context import IngestContext, LogReplaced
from flask_status_cli.pipeline.ingest.file_state import FileStates, fact_of, never_read
from flask_status_cli.pipeline.ingest.open_input import InputReader
from flask_status_cli.pipeline.ingest.options import (
    NOTHING_READ,
    IngestOptions,
    Progress,
    ReadWhileOpen,
)
from flask_status_cli.pipeline.ingest.rotation.log_order import (
    empty_directories,
    in_order,
    unchanged,
)
from flask_status_cli.pipeline.ingest.rotation.rotated_files import (
    being_rotated,
    leave_siblings,
    unread_siblings,
)
from flask_status_cli.pipeline.ingest.rotation.rotated_tail import (
    Predecessor,
    goes_on,
    predecessor,
)
from flask_status_cli.pipeline.ingest.writing.freeze_incidents import freezing
from flask_status_cli.pipeline.ingest.writing.locked_store import Writer
from flask_status_cli.sources import (
    Content,
    LogPath,
    expand,
    has_rotated_name,
    left_out,
)
from flask_status_cli.store import Batch, LockBusy, PrintedProblems, StreamsChanged

if TYPE_CHECKING:
    from flask_status_cli.pipeline.ingest.rejects import Rejects

FREED: Final = 4 << 20
"""Freed memory up to this size stays with the process while logs are read; see `_keep_freed_memory`."""

FEW_NEW = 16
"""If there are more logs at new paths, they are read together, and are not compared with what was counted."""

ATTEMPTS = 5
"""A log that changes while it is read is looked up again at most this many times in one run."""


def ingest(
    options: IngestOptions,
    *,
    clock: Clock,
    progress: Progress,
    stored: Callable[[Batch], None] | None = None,
    while_open: ReadWhileOpen = NOTHING_READ,
) -> IngestResult:
    """Read the new lines of the logs that `options.arguments` name, and store the counts.

    Rules of the configuration that have changed are declared first. If a log cannot be read, the result says
    so, and the other logs are read. `stored` is called with every stored batch. Raises `DatabaseError` if
    nothing can be stored, and `OutputError` if the file of refused lines cannot be written.
    """
    _keep_freed_memory()
    targets, problems = expand(options.arguments)
    kept = None if options.rejects is None or options.dry_run else _rejects(options.rejects)
    opened = Writer(
        options.database, wait=options.wait, clock=clock, rehearsal=options.dry_run, rejects=kept,
        stored=stored, keep=options.keep, freezing=freezing(options.policy, clock),
        host=options.host, wait_limits=options.wait_limits, records=True,
    )  # fmt: skip
    try:
        with opened as writer:
            writer.fold_all()
            if options.routes is not None:
                from flask_status_cli.pipeline.routes.declare import declare_configured

                declare_configured(writer, options.label, options.routes, where=options.routes_from)
            context = IngestContext(writer, FileStates(writer.inputs()), options, clock)
            with rarely_collected():
                run = _Run(context, progress, targets, problems, while_open=while_open)
                result = run.result()
            if result.busy is None:
                writer.prune_if_due(options, clock)
    except LockBusy as error:  # no log was read yet
        result = IngestResult(
            logs=(), problems=tuple(map(str, problems)), notices=(), older={}, busy=error
        )
    if result.busy is None:
        return result
    from flask_status_cli.pipeline.ingest.writing.lock_wait import with_held_lock

    return with_held_lock(result, result.busy, options, clock())


def _keep_freed_memory() -> None:
    """Let the C library keep freed memory for the next block, instead of returning it to the kernel.

    glibc maps memory of 128 KiB or more anew for each use, and returns the end of its heap at that size. So
    each block of a log would be written to new pages, which the kernel has to find and to clear. When glibc
    frees memory that it had mapped, it raises both limits by its size (mallopt(3), M_MMAP_THRESHOLD). This
    memory is never touched, so it takes no time. Other C libraries just free it.
    """
    bytes(FREED)


class _Run:
    """One run of `ingest()`. It reads the logs one by one, the oldest first."""

    def __init__(
        self,
        context: IngestContext,
        progress: Progress,
        targets: Sequence[LogPath],
        problems: Sequence[LogError],
        *,
        while_open: ReadWhileOpen,
    ) -> None:
        self._while_open = while_open
        self._context = context
        self._seen = context.seen
        self._inputs = InputReader(context, progress)
        self._inputs.met |= while_open.streams
        self._targets = targets
        self._problems = [str(problem) for problem in problems]
        self._harmless: set[str] = set()
        self._older: dict[str, int] = {}
        self._results: list[LogResult] = []
        self._done: set[str] = set()
        self._unknown: dict[str, str] = {}
        """The message about each file that matches a glob and is not an access log, by its path."""

    def result(self) -> IngestResult:
        """Read all logs, and return the result. If another ingest holds the lock, stop, and set `busy`."""
        writer, options = self._context.writer, self._context.options
        started = self._context.clock()
        busy: FlaskStatusError | None = None
        again: list[str] = []
        try:
            self._read_all(self._logs_in_order())
            self._judge_unknown()
            run = self._record(started)
            printed: PrintedProblems | None = None
            if options.sparing:
                again = writer.store.printed_lately(self._problems) if self._problems else []
                printed = self._problems_to_print(again)
            writer.record(run, self._seen.new, options.expectations, printed)
            self._add_new_routes(writer.new_routes)
        except LockBusy as error:
            busy = error
        return IngestResult(
            logs=tuple(self._results),
            problems=tuple(self._problems),
            notices=(*writer.take_notices(), *self._inputs.notices),
            older=self._older_read(),
            busy=busy,
            unknown=tuple(self._unknown),
            again=tuple(again),
            left_out=writer.left_out,
            other_hosts=writer.other_hosts,
            no_lines=() if options.sparing else tuple(left_out(options.arguments)),
        )

    def _older_read(self) -> dict[str, int]:
        """Return how many ignored older files are beside each log that was read for the first time."""
        if not any(self._older.values()):
            return {}
        read = {log.path for log in self._results if log.result is not LogOutcome.FAILED}
        return {path: many for path, many in self._older.items() if many and path in read}

    def _problems_to_print(self, again: Sequence[str]) -> PrintedProblems:
        """Return the problems that are printed now, and the logs without a problem."""
        paths = {log.problem: log.path for log in self._results if log.problem}
        new = {
            problem: paths.get(problem, "") for problem in self._problems if problem not in again
        }
        return PrintedProblems(new, [log.path for log in self._results if not log.problem])

    def _add_new_routes(self, new: int) -> None:
        """Let the last log with lines report the new routes of small logs."""
        for place in reversed(range(len(self._results) if new else 0)):
            last = self._results[place]
            if last.lines:
                self._results[place] = replace(last, new_routes=last.new_routes + new)
                return

    def _record(self, started: datetime) -> Run:
        """Return what is stored about this run."""
        logs = [*self._results, *self._while_open.results]
        return Run(
            started_at=started,
            finished_at=self._context.clock(),
            logs=len(self._results),
            lines=sum(log.lines for log in logs),
            entries=sum(log.entries for log in logs),
            noise=sum(log.noise_lines for log in logs),
            refused=sum(log.refused_lines for log in logs),
            problems=tuple(each for each in self._problems if each not in self._harmless),
        )

    def _logs_in_order(self) -> list[LogPath]:
        siblings: list[LogPath] = []
        if self._reads_rotated:
            siblings = unread_siblings(self._targets, self._context, older=self._older)
        else:
            leave_siblings(self._targets, self._context)
        targets = [target for target in self._targets if not self._skip(target)]
        return in_order([*targets, *siblings], self._context)

    def _judge_unknown(self) -> None:
        """Decide which files that are no access logs are a problem.

        In a directory, or among the matches of a glob, such files are ignored if there is an access log, too.
        """
        logs = {log.path for log in self._results if log.result is not LogOutcome.FAILED}
        for error in empty_directories(self._targets, self._done - self._unknown.keys()):
            self._tell(str(error))
        if self._unknown and not logs:
            named = {target.path for target in self._targets if target.directory is None}
            for path, problem in self._unknown.items():
                if path in named:
                    self._tell(problem)
            self._unknown.clear()

    @property
    def _reads_rotated(self) -> bool:
        return self._context.options.siblings

    def _skip(self, target: LogPath) -> bool:
        fact = None if target.is_pipe else unchanged(target, self._context)
        if fact is None:
            return False
        self._inputs.met.add(fact.stream)
        self._done.add(target.path)
        if self._seen.stream_of(target.path) != fact.stream:
            self._seen.note(fact)
        self._results.append(LogResult(target.path))
        return True

    def _read_all(self, targets: Sequence[LogPath]) -> None:
        """Read the logs in this order, small ones together."""
        self._inputs.few_new = self._few_new(targets)
        place = 0
        while place < len(targets):
            small = self._may_be_small(targets, place)
            results = self._inputs.read_small(small) if small else []
            self._done.update(small[: len(results)])
            self._results += results
            place += len(results)
            if len(results) == len(small) > 0:
                continue
            self._read_target(targets[place])
            place += 1

    def _may_be_small(self, targets: Sequence[LogPath], place: int) -> list[str]:
        """Return the paths of the next logs that may be small, as many as are read together."""
        found: list[str] = []
        if targets[place].is_pipe:
            return found
        for target in targets[place : place + self._inputs.small_at_once()]:
            if target.is_pipe or target.path in self._done:
                break
            if self._inputs.few_new and not self._seen.knows(target.path):
                break
            found.append(target.path)
        return found

    def _few_new(self, targets: Sequence[LogPath]) -> bool:
        """Return whether so few logs are at new paths that each can be compared with all earlier logs.

        They are read one by one then.
        """
        new = sum(not self._seen.knows(target.path) for target in targets)
        return (
            0 < new <= FEW_NEW
            and self._context.compares
            and self._context.writer.store.oldest() is not None
        )

    def _read_target(self, target: LogPath) -> None:
        again = target.path in self._done
        if again and not target.found:  # the path of a rotated file may have another file by now
            return
        self._done.add(target.path)
        try:
            result = self._read(target)
        except LogMissingError as error:
            if not target.named or being_rotated(target.path, self._context):
                return  # it is found under its new name
            result = _failed(target.path, error)
        except LogError as error:
            harmless = isinstance(error, (LogTwiceError, LogUnknownError))
            result = _failed(target.path, error, whole=harmless)
            if isinstance(error, LogUnknownError) and target.matched and not error.requests:
                self._unknown[target.path] = str(error)
                self._results.append(result)
                return
        if result.problem:
            self._tell(result.problem, whole=result.whole)
        if result.lines or not again:
            self._results.append(result)
        while self._inputs.files:
            self._read_target(LogPath(self._inputs.files.pop()))

    def _tell(self, problem: str, *, whole: bool = False) -> None:
        """Add a problem. If the log was read to its end (`whole`), the run still counts as good."""
        if problem not in self._problems:
            self._problems.append(problem)
            if whole:
                self._harmless.add(problem)

    def _read(self, target: LogPath) -> LogResult:
        if target.is_pipe:  # a pipe may make us wait, and the lock must not be held meanwhile
            self._context.writer.commit_gathered()
        attempts, rejects = 0, self._context.writer.rejects
        while attempts < ATTEMPTS:
            content = Content(target.path)
            try:
                if rejects is not None:
                    rejects.refuse_as_log(content.path, content.stat)
                if content.plain and self._reads_rotated and not target.found:
                    self._read_rotated_rest(content)
                return self._inputs.read(content)
            except LogReplaced:
                attempts += 1
            except LogError:
                if target.found:  # it is reported once, and read again when it changes
                    fact = fact_of(target.path, content.stat, read_at=0, stream=None)
                    self._seen.note(never_read(fact))
                raise
            except StreamsChanged:  # another ingest has read further: look the log up again
                self._inputs.forget_rules()
                if target.is_pipe:
                    hint = "ingest it again: nothing is counted twice"
                    what = "another ingest read this log meanwhile"
                    raise LogError(target.path, what, hint) from None
            finally:
                content.close()
        raise LogError(target.path, "changes too fast to be read", "the next run tries again")

    def _read_rotated_rest(self, content: Content) -> None:
        """If the log last read from this path was rotated away, read the rest of it first."""
        path = content.path
        if has_rotated_name(path):
            return
        awaited = self._seen.stream_of(path)
        stream = None if awaited is None else self._context.writer.store.stream(awaited)
        if stream is not None and not goes_on(content, stream, self._context):
            self._finish(path, stream)

    def _finish(self, path: str, stream: Stream) -> None:
        if stream.id in self._inputs.met:
            self._seen.forget(path)
            return
        self._context.writer.commit_gathered()  # the search may take long
        try:
            found = self._search(path, stream)
        except LogDeniedError as error:
            self._tell(str(error))
            self._seen.await_elsewhere(path, error.where)
            return
        if found is not None:
            for before in (found.path, *found.newer):
                self._read_target(LogPath(before, found=True))
        else:
            what = "the rest of the log last read here was not found: it was rotated away or overwritten"
            hint = "if the rotated file still exists, name it"
            self._tell(str(LogError(path, what, hint)))
        self._seen.forget(path)

    def _search(self, path: str, stream: Stream) -> Predecessor | None:
        """Return the file with the rest of a stream. Search several times: files may be renamed meanwhile."""
        others = [target.path for target in self._targets if not target.is_pipe]
        for _ in range(ATTEMPTS):
            found = predecessor(path, stream, others=others, context=self._context)
            if found is not None:
                return found
        return None


def _rejects(path: Path) -> Rejects:
    from flask_status_cli.pipeline.ingest.rejects import Rejects

    return Rejects(path)


def _failed(path: str, error: LogError, *, whole: bool = False) -> LogResult:
    return LogResult(path, LogOutcome.FAILED, problem=str(error), whole=whole)
