"""Finds the logs that are meant by the arguments of `ingest`: paths, globs, directories and `-`."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress

from flask_status_cli.errors import LogError
from flask_status_cli.frozen import frozen
from flask_status_cli.model.log.ingest_result import EMPTY
from flask_status_cli.sources.reading.content import PIPE


@frozen
class LogPath:
    """A log to read.

    - `path`: its absolute path, or `-`.
    - `directory`: the argument that is a directory, if the log was found in one.
    - `matched`: whether the argument was a pattern or a directory.
    - `found`: whether it is a rotated file that was found beside a log.
    """

    path: str
    directory: str | None = None
    matched: bool = False
    found: bool = False

    @property
    def named(self) -> bool:
        """Whether the user wrote this path."""
        return not (self.matched or self.found)

    @property
    def is_pipe(self) -> bool:
        """Whether it is a pipe, which can be read only once."""
        if self.path == PIPE:
            return True
        if self.matched or self.found:  # only regular files are found
            return False
        return os.path.exists(self.path) and not os.path.isfile(self.path)  # noqa: PTH110, PTH113 - a str path


def expand(arguments: Iterable[str]) -> tuple[list[LogPath], list[LogError]]:
    """Return the logs that are meant by the arguments, each once, and the problems with the arguments."""
    targets: dict[str, LogPath] = {}
    problems: list[LogError] = []
    for argument in arguments:
        try:
            for target in _meant(argument):
                targets.setdefault(target.path, target)
        except LogError as problem:
            problems.append(problem)
    return list(targets.values()), problems


def _meant(argument: str) -> list[LogPath]:
    if argument == PIPE:
        return [LogPath(PIPE)]
    if os.path.isdir(argument):  # noqa: PTH112 - Path("") is the working directory, "" is a mistake
        return _in_directory(argument)
    if any(mark in argument for mark in "*?[") and not os.path.lexists(argument):
        import glob

        matches = sorted(glob.glob(argument))  # noqa: PTH207 - patterns may be absolute
        if not matches:
            raise LogError(argument, "no file matches", "check the pattern")
        return [_file(match, matched=True) for match in matches if os.path.isfile(match)]  # noqa: PTH113 - a str path
    return [_file(argument)]


def _file(path: str, directory: str | None = None, *, matched: bool = False) -> LogPath:
    return LogPath(os.path.abspath(path), directory, matched=matched)  # noqa: PTH100 - Path.absolute() keeps "..", resolve() follows links


def _in_directory(directory: str) -> list[LogPath]:
    try:
        entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
    except OSError as error:
        raise LogError(
            directory, os.strerror(error.errno or 0), "try: sudo, or name a log"
        ) from error
    files = [e.name for e in entries if not e.name.startswith(".") and e.is_file()]
    if not files:
        raise LogError(
            directory, "no log was found in this directory", "name a log, or the directory it is in"
        )
    where = os.path.join(os.path.abspath(directory), "")  # noqa: PTH100, PTH118 - as in `_file`
    return [LogPath(where + name, directory, matched=True) for name in files]


_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def left_out(arguments: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield what is in the directories among the arguments and has no lines to read, each with what it is.

    Directories in them, and hidden files, are not named.
    """
    for argument in arguments:
        if argument == PIPE or not os.path.isdir(argument):  # noqa: PTH112 - as in `_meant`
            continue
        with suppress(OSError), os.scandir(argument) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                what = None if entry.name.startswith(".") else _without_lines(entry)
                if what is not None:
                    yield os.path.abspath(entry.path), what  # noqa: PTH100 - as in `_file`


def _without_lines(entry: os.DirEntry[str]) -> str | None:
    """Return what an entry of a directory is, `None` for a directory or a file with content."""
    try:
        found = entry.stat()
    except OSError:
        return "a link to a missing file" if entry.is_symlink() else None
    if stat.S_ISREG(found.st_mode) and found.st_size == 0:
        return EMPTY
    return next((what for is_kind, what in _KINDS if is_kind(found.st_mode)), None)
