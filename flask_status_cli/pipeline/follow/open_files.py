"""The files that `follow()` keeps open: those at the paths of the logs, and earlier ones."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import TypeVar

from flask_status_cli.errors import LogError
from flask_status_cli.frozen import frozen
from flask_status_cli.model import LogResult, MinuteCounts
from flask_status_cli.model.times import Clock
from flask_status_cli.pipeline.follow.followed_log import FollowedLog, Key
from flask_status_cli.pipeline.ingest.context import IngestContext
from flask_status_cli.pipeline.ingest.options import IngestOptions
from flask_status_cli.sources import LogPath, expand

QUIET = timedelta(minutes=5)
"""A file that was renamed or deleted is closed when it has not grown for this long."""

MOST_FILES = 256
"""At most this many files at the paths of the logs are opened at once: those written last."""

_Result = TypeVar("_Result")


@frozen
class _FoundFile:
    """A regular file at the path of a log. `changed` is the time of its last change in ns."""

    target: LogPath
    key: Key
    empty: bool
    changed: int

    @property
    def name(self) -> tuple[str, Key]:
        """The path and key. The key alone does not do: an inode may be used again for another file."""
        return self.target.path, self.key


class OpenFiles:
    """The open files of the logs that the arguments of `ingest` name. The file of `--rejects` is no log.

    A file that can no longer be read is closed. If it is still a log, the ordinary run reports the error.
    """

    def __init__(self, options: IngestOptions, clock: Clock) -> None:
        self._arguments = options.arguments
        self._rejects = options.rejects
        self._clock = clock
        self._followers: dict[Key, FollowedLog] = {}
        self._known: Mapping[str, tuple[Key, bool]] = {}
        self._unfit: set[tuple[str, Key]] = set()
        self._version = 0

    def __len__(self) -> int:
        return len(self._followers)

    def close(self) -> None:
        """Close all files."""
        for follower in list(self._followers.values()):
            self._close(follower)

    def read_new(self, context: IngestContext) -> None:
        """Count the lines added to each file. Look a file up again if another ingest has read it further."""
        self._each(lambda follower: follower.read_new(context))
        version = context.writer.store.version()
        if version != self._version:
            self._each(lambda follower: follower.catch_up(context))
            self._version = version

    def flush(self, context: IngestContext) -> tuple[LogResult, ...]:
        """Store the counts. Return a result for each file that had new lines."""
        found = self._each(lambda follower: follower.flush(context))
        return tuple(result for result in found if result is not None and result.lines)

    def look_up(self, context: IngestContext) -> None:
        """Continue each file at its checkpoint in the database."""
        self._version = context.writer.store.version()
        self._each(lambda follower: follower.look_up(context))

    def drop(self) -> None:
        """Drop the counts that are not stored."""
        for follower in self._followers.values():
            follower.drop()

    def waiting(self) -> Iterator[tuple[int, MinuteCounts]]:
        """Yield the number of lines, and the requests, of each file that are counted but not stored."""
        found = (follower.waiting for follower in self._followers.values())
        return (waiting for waiting in found if waiting is not None)

    @property
    def changed(self) -> bool:
        """Whether a file was truncated, or another file is at the path of a log since the last `update()`."""
        return any(follower.truncated for follower in self._followers.values()) or any(
            found.key not in self._followers and self._known.get(path) != (found.key, found.empty)
            for path, found in self._found_files().items()
        )

    @property
    def streams_elsewhere(self) -> frozenset[int]:
        """The ids of the streams of files that are no longer at the path of a log."""
        elsewhere = (f.stream for f in self._followers.values() if not f.here)
        return frozenset(stream for stream in elsewhere if stream is not None)

    @property
    def missing(self) -> frozenset[str]:
        """The paths of logs that were named by an argument and do not exist."""
        targets = expand(self._arguments)[0]
        return frozenset(t.path for t in targets if t.named and not os.path.exists(t.path))  # noqa: PTH110 - a str path

    @property
    def directories(self) -> tuple[str, ...]:
        """The directories to watch: those of the logs, and those of the files to which links point."""
        named = {os.path.abspath(argument) for argument in self._arguments}  # noqa: PTH100 - as `expand` does
        logs = {path for log in self._known for path in (log, os.path.realpath(log))}
        parents = {os.path.dirname(path) for path in named | logs}  # noqa: PTH120 - str paths
        return tuple(sorted(parents | {path for path in named if os.path.isdir(path)}))  # noqa: PTH112 - as above

    def update(self) -> None:
        """Open the new files at the paths of the logs. Record the present paths of the open files."""
        found = self._found_files()
        self._known = {path: (file.key, file.empty) for path, file in found.items()}
        paths = {file.key: path for path, file in found.items()}
        self._unfit &= {file.name for file in found.values()}
        for key, follower in self._followers.items():
            follower.here = key in paths
            follower.path = paths.get(key, follower.path)
        newest = sorted(found.values(), key=lambda file: file.changed, reverse=True)
        for file in newest[:MOST_FILES]:
            if file.key not in self._followers and file.name not in self._unfit:
                self._open(file)

    def close_quiet(self, logs: frozenset[str]) -> None:
        """Close renamed and deleted files that no longer grow.

        Also close files of directories that are not among `logs`, and the oldest if too many are open.
        """
        found = {file.key: file for file in self._found_files().values()}
        now = self._clock()
        for key, follower in list(self._followers.items()):
            file = found.get(key)
            if file is None and now - follower.grown_at > QUIET:
                self._close(follower)
            elif file is not None and file.target.directory and file.target.path not in logs:
                self._close(follower)
                self._unfit |= set() if file.empty else {file.name}
        oldest = sorted(self._followers.values(), key=lambda follower: follower.grown_at)
        for follower in oldest[: max(0, len(oldest) - 2 * MOST_FILES)]:
            self._close(follower)

    def close_found(self) -> None:
        """Close the files that are at the path of a log, where a later run finds them."""
        here = {file.key for file in self._found_files().values()}
        for key, follower in list(self._followers.items()):
            if key in here:
                self._close(follower)

    def _open(self, file: _FoundFile) -> None:
        try:
            follower = FollowedLog(file.target.path, now=self._clock())
        except LogError:
            return
        if follower.plain and follower.key not in self._followers and not self._is_rejects(file):
            self._followers[follower.key] = follower
        else:
            follower.close()
            self._unfit.add(file.name)

    def _is_rejects(self, file: _FoundFile) -> bool:
        try:
            return self._rejects is not None and self._rejects.samefile(file.target.path)
        except OSError:
            return False

    def _close(self, follower: FollowedLog) -> None:
        del self._followers[follower.key]
        follower.close()

    def _each(self, do: Callable[[FollowedLog], _Result]) -> list[_Result]:
        results = []
        for follower in list(self._followers.values()):
            try:
                results.append(do(follower))
            except (LogError, OSError):
                self._close(follower)
        return results

    def _found_files(self) -> dict[str, _FoundFile]:
        """Return the files that are at the paths of the logs now."""
        found = {}
        for target in expand(self._arguments)[0]:
            try:
                now = os.stat(target.path)  # noqa: PTH116 - a str path
            except OSError:
                continue
            if stat.S_ISREG(now.st_mode):
                key = now.st_dev, now.st_ino
                found[target.path] = _FoundFile(target, key, now.st_size == 0, now.st_mtime_ns)
        return found
