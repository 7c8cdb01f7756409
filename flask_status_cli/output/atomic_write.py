"""Replaces files in one step, so that readers see either the old content or the new."""

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
"""The mode of a new file, less the umask: a web server must be able to read it."""

PERMISSIONS = 0o777
"""The bits of the old mode that a new file keeps; never a set-user-ID bit."""

OPEN_STREAMS = ("/dev/stdout", "/dev/stderr", "/dev/fd", "/proc/self/fd")
"""Paths of the files that this process has open, such as one that the shell opened for appending."""


@frozen
class _Staged:
    """A file written in full beside the one it replaces, in the directory that `directory` holds open."""

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
        """Make the new name survive a power cut, on file systems that can."""
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

    An existing file keeps its permissions and, if we may set it, its owner. A symbolic link at `path` is
    refused, and so is a directory of other users to which they may write. With `follow_links` the target of
    the link is replaced. Devices and named pipes are written to directly. Without `durable` the data may be
    lost in a power cut, and the disk is not waited for. Raises `OutputError`.
    """
    if _is_stream(path, follow_links=follow_links):
        with _problems_of(path):
            _append(path, data)
    else:
        write_all([(path, data, durable)], follow_links=follow_links)


def write_all(files: Iterable[tuple[Path, bytes, bool]], *, follow_links: bool = False) -> None:
    """Replace several files as `write_whole` does, after all were written: (path, data, durable).

    If the disk is full, all old files stay. Raises `OutputError`.
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
        # One file of a directory keeps the names of all.
        for each in {file.directory: file for file in staged if file.durable}.values():
            each.keep_name()


def _existing(path: Path, directory: int) -> os.stat_result | None:
    """Return what is at `path`, `None` for nothing; raises `OutputError` where no file may replace it."""
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
    """Return whether `path` is written to as it is: an open stream, a device, a named pipe of ours."""
    if any(path.absolute().is_relative_to(name) for name in OPEN_STREAMS):
        return True
    try:
        found = path.stat() if follow_links else path.lstat()
    except OSError:
        return False  # opening its directory says what is wrong
    if stat.S_ISFIFO(found.st_mode) and not follow_links and found.st_uid != os.geteuid():
        raise OutputError(name_of(path), "is a named pipe of another user", FOLLOW)
    return not (stat.S_ISREG(found.st_mode) or _leads_on(found.st_mode))


def _leads_on(mode: int) -> bool:
    return stat.S_ISDIR(mode) or stat.S_ISLNK(mode)


def _append(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    try:
        _write_out(descriptor, data)
    finally:
        os.close(descriptor)


@contextmanager
def _problems_of(path: Path) -> Iterator[None]:
    """Raise what the system says of `path` as an `OutputError`."""
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
