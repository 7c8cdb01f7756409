"""Replaces files in one step, so that readers see either the old contents or the new."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from flask_status_cli.errors import OutputError
from flask_status_cli.frozen import frozen
from flask_status_cli.output.safe_directory import FOLLOW, name_of, opened, refuse_shared

NEW_FILE_MODE = 0o644
"""The mode of a new file, before the umask is applied. A web server must be able to read the file."""

PERMISSIONS = 0o777
"""A replaced file keeps these bits of its mode, but never a set-user-ID bit."""

OPEN_STREAMS = ("/dev/stdout", "/dev/stderr", "/dev/fd", "/proc/self/fd")
"""Paths below these are open files of this process, such as one that the shell has opened for appending."""


@frozen
class _Staged:
    """A complete temporary file beside the file that it will replace.

    - `path`: the file to replace.
    - `directory`: the descriptor of its directory.
    - `beside`: the name of the temporary file.
    - `durable`: whether the file must survive a power cut.
    """

    path: Path
    directory: int
    beside: str
    durable: bool

    def put_in_place(self) -> None:
        with _problems_of(self.path):
            os.replace(
                self.beside,
                self.path.name,
                src_dir_fd=self.directory,
                dst_dir_fd=self.directory,
            )

    def keep_name(self) -> None:
        """Flush the directory, so that the new name survives a power cut."""
        with contextlib.suppress(OSError):
            descriptor = os.open(".", os.O_RDONLY | os.O_CLOEXEC, dir_fd=self.directory)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def write_whole(
    path: Path, data: bytes, *, durable: bool = True, follow_links: bool = False
) -> None:
    """Replace the file at `path` with `data`.

    An existing file keeps its permissions and, if we may set it, its owner. Devices and named pipes are
    written to directly. `durable` waits until the data are on the disk. Raises `OutputError`, also for a
    symbolic link at `path`, and for a directory in which other users could replace the file. `follow_links`
    allows both.
    """
    if _is_stream(path, follow_links=follow_links):
        with _problems_of(path):
            _append(path, data)
    else:
        write_all([(path, data, durable)], follow_links=follow_links)


def write_all(files: Iterable[tuple[Path, bytes, bool]], *, follow_links: bool = False) -> None:
    """Replace several files (path, data, durable) as `write_whole` does. Raises `OutputError`.

    No file is replaced before all are written. So if the disk is full, all old files stay.
    """
    directories: dict[Path, int] = {}
    staged: list[_Staged] = []
    with ExitStack() as stack:
        for path, data, durable in files:
            with _problems_of(path):
                target = path.resolve() if follow_links else path
                if target.parent not in directories:
                    found = stack.enter_context(opened(target.parent, follow_links=follow_links))
                    directories[target.parent] = found
                existing = _existing(target, directory := directories[target.parent])
                if not follow_links:
                    refuse_shared(target, directory, existing)
                beside = f".flask-status-{secrets.token_hex(8)}.tmp"
                stack.callback(_remove, beside, directory)
                _write(beside, directory, data, existing, durable=durable)
            staged.append(_Staged(target, directory, beside, durable))
        for each in staged:
            each.put_in_place()
        # flushing a directory once keeps the names of all its files
        for each in {file.directory: file for file in staged if file.durable}.values():
            each.keep_name()


def _existing(path: Path, directory: int) -> os.stat_result | None:
    """Return the state of the file at `path`, `None` if there is none.

    Raises `OutputError` for a directory or a symbolic link.
    """
    try:
        found = os.lstat(path.name, dir_fd=directory)
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(found.st_mode) or not path.name:
        raise OutputError(name_of(path), "is a directory", "name a file in it")
    if stat.S_ISLNK(found.st_mode):
        raise OutputError(name_of(path), "is a symbolic link", FOLLOW)
    return found


def _write(
    name: str, directory: int, data: bytes, existing: os.stat_result | None, *, durable: bool
) -> None:
    mode = NEW_FILE_MODE if existing is None else existing.st_mode & PERMISSIONS
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    descriptor = os.open(name, flags, mode, dir_fd=directory)
    try:
        if existing is not None:
            with contextlib.suppress(PermissionError):
                os.fchown(descriptor, existing.st_uid, existing.st_gid)
            os.fchmod(descriptor, mode)
        _write_out(descriptor, data)
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_out(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _remove(name: str, directory: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=directory)


def _is_stream(path: Path, *, follow_links: bool) -> bool:
    """Return whether `path` is an open stream, a device or a named pipe, which is not replaced."""
    if any(path.absolute().is_relative_to(name) for name in OPEN_STREAMS):
        return True
    try:
        found = path.stat() if follow_links else path.lstat()
    except OSError:
        return False  # opening its directory will raise the error
    if stat.S_ISFIFO(found.st_mode) and not follow_links and found.st_uid != os.geteuid():
        raise OutputError(name_of(path), "is a named pipe of another user", FOLLOW)
    return not (stat.S_ISREG(found.st_mode) or _is_link_or_directory(found.st_mode))


def _is_link_or_directory(mode: int) -> bool:
    return stat.S_ISDIR(mode) or stat.S_ISLNK(mode)


def _append(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    try:
        _write_out(descriptor, data)
    finally:
        os.close(descriptor)


@contextmanager
def _problems_of(path: Path) -> Iterator[None]:
    """Turn an `OSError` about `path` into an `OutputError`."""
    try:
        yield
    except OSError as error:
        raise _problem(path, error) from error
    except RuntimeError as error:  # how Python before 3.13 reports a loop of symbolic links
        raise OutputError(name_of(path), "is a symbolic link to itself", "remove it") from error


def _problem(path: Path, error: OSError) -> OutputError:
    directory = path.absolute().parent
    shown = name_of(directory)
    if isinstance(error, FileNotFoundError) and not directory.is_dir():
        return OutputError(name_of(path), "its directory does not exist", f"mkdir -p {shown}")
    if isinstance(error, PermissionError):
        hint = f"a report replaces its file whole, so {shown} must be writable"
        return OutputError(name_of(path), "permission denied", hint)
    if error.errno == errno.EBUSY:
        what = "cannot be replaced: it is mounted by itself, as `docker -v FILE:FILE` does"
        return OutputError(name_of(path), what, f"mount its directory, {shown}")
    return OutputError(name_of(path), error.strerror or str(error))
