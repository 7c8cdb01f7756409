"""A file that appears whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path

from flask_status_cli.errors import OutputError
from flask_status_cli.render.escape import printable

NEW_FILE_MODE = 0o644
"""The mode of a file that did not exist (less the umask): a web server has to read it."""

OPEN_STREAMS = ("/dev/stdout", "/dev/stderr", "/dev/fd", "/proc/self/fd")
"""Names of what this process holds open, such as a regular file the shell opened for appending."""


def write_whole(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Put `data` in place of the file at `path`; whoever reads it sees the old content or the new.

    An existing file keeps its mode and, where we may set it, its owner; through a symbolic link the file
    it leads to is replaced. Devices and named pipes are written to as they are. What is not `durable` may be
    lost in a power cut, which spares waiting for the disk. Raises OutputError.
    """
    try:
        target = _target(path)
        existing = _stat(target)
        if existing is not None and stat.S_ISDIR(existing.st_mode):
            raise OutputError(_name(path), "is a directory", "name a file in it")
        if _is_stream(path, existing):
            _append(path, data)
        else:
            _replace(target, data, existing, durable=durable)
    except OSError as error:
        raise _problem(path, error) from error


def _target(path: Path) -> Path:
    try:
        return path.resolve()
    except RuntimeError as error:  # how Python before 3.13 reports a loop of symbolic links
        raise OutputError(_name(path), "is a symbolic link to itself", "remove it") from error


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _is_stream(path: Path, existing: os.stat_result | None) -> bool:
    if any(path.absolute().is_relative_to(name) for name in OPEN_STREAMS):
        return True
    return existing is not None and not stat.S_ISREG(existing.st_mode)


def _append(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    try:
        _write_all(descriptor, data)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _replace(target: Path, data: bytes, existing: os.stat_result | None, *, durable: bool) -> None:
    mode = NEW_FILE_MODE if existing is None else stat.S_IMODE(existing.st_mode)
    beside = target.with_name(f".flask-status-{secrets.token_hex(8)}.tmp")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        try:
            if existing is not None:
                with contextlib.suppress(PermissionError):
                    os.fchown(descriptor, existing.st_uid, existing.st_gid)
                os.fchmod(descriptor, mode)
            _write_all(descriptor, data)
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    if durable:
        _keep_name(target.parent)


def _keep_name(directory: Path) -> None:
    """Make the new name survive a power cut, on file systems that can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _problem(path: Path, error: OSError) -> OutputError:
    directory = path.absolute().parent
    if isinstance(error, FileNotFoundError) and not directory.is_dir():
        return OutputError(
            _name(path), "its directory does not exist", f"mkdir -p {_name(directory)}"
        )
    if isinstance(error, PermissionError):
        hint = f"a report replaces its file whole, so {_name(directory)} must be writable"
        return OutputError(_name(path), "permission denied", hint)
    return OutputError(_name(path), error.strerror or str(error))


def _name(path: Path) -> str:
    return printable(str(path), 500)
