"""Opens the directory of a file safely, even if other users may change parts of its path.

Another user may replace anything below their own directory by a link. So every part of the path is opened
separately (openat(2) with O_NOFOLLOW). Files are written into the directory that was opened, even if its path
leads to another directory by then.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flask_status_cli.errors import OutputError
from flask_status_cli.render.escape import printable

MOST_LINKS = 40
"""At most this many links in a path are followed. Linux has the same limit (path_resolution(7))."""

WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH

FOLLOW = "remove it, or give --follow-links if the link is intended"

_OPEN = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_CLOEXEC


@contextmanager
def opened(path: Path, *, follow_links: bool, make: bool = False) -> Iterator[int]:
    """Open the directory at `path`, and yield a descriptor for the `dir_fd` of system calls.

    Only links of this user and of root are followed; `follow_links` follows all. `make` creates missing
    directories. Raises `OutputError` for a link of another user, and `OSError` if the directory cannot be
    opened or created.
    """
    if follow_links and make:
        path.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, _OPEN) if follow_links else _walk(path, make=make)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def refuse_shared(path: Path, directory: int, existing: os.stat_result | None) -> None:
    """Raise `OutputError` if other users could replace the file `path` in its directory.

    Our own directory is always accepted. In a directory with the sticky bit, such as /tmp, others cannot
    replace our files. So a new file is accepted there, and so is an `existing` one of this user.
    """
    found = os.fstat(directory)
    if found.st_uid == os.geteuid() or not found.st_mode & WRITABLE_BY_OTHERS:
        return
    shown = name_of(path.absolute().parent)
    if not found.st_mode & stat.S_ISVTX:
        what = "is not yours, and others may write to it"
        raise OutputError(shown, what, f"chmod go-w {shown}, or give --follow-links")
    if existing is not None and existing.st_uid != os.geteuid():
        what = "belongs to another user, in a directory that everybody may write to"
        raise OutputError(name_of(path), what, "name another file")


def name_of(path: Path) -> str:
    """Return a path for a message: one line without control characters."""
    return printable(str(path), 500)


def _walk(path: Path, *, make: bool) -> int:
    """Open a directory part by part. Follow only links of this user and of root."""
    rest = list(path.absolute().parts[:0:-1])
    links = 0
    walked = Path("/")
    here = os.open("/", _OPEN)
    try:
        while rest:
            part = rest.pop()
            if make:
                with suppress(FileExistsError):
                    os.mkdir(part, dir_fd=here)
            target = _link(here, part, walked / part)
            if target is None:
                walked /= part
                here = _step(here, os.open(part, _OPEN | os.O_NOFOLLOW, dir_fd=here))
                continue
            links = _counted(links, path)
            rest += Path(target).parts[::-1]
            if target.startswith("/"):
                walked = Path(rest.pop())
                here = _step(here, os.open("/", _OPEN))
    except BaseException:
        os.close(here)
        raise
    return here


def _step(old: int, new: int) -> int:
    os.close(old)
    return new


def _counted(links: int, path: Path) -> int:
    if links == MOST_LINKS:
        raise OutputError(name_of(path), "leads through too many links", "remove them")
    return links + 1


def _link(directory: int, part: str, shown: Path) -> str | None:
    """Return the target of a part of a path that is a link, `None` if it is no link.

    Raises `OutputError` unless the link belongs to this user or root, and no other user can replace it.
    """
    found = os.lstat(part, dir_fd=directory)
    if not stat.S_ISLNK(found.st_mode):
        return None
    around = os.fstat(directory)
    trusted = (0, os.geteuid())
    sticky = bool(around.st_mode & stat.S_ISVTX)
    safe = around.st_uid in trusted and (sticky or not around.st_mode & WRITABLE_BY_OTHERS)
    if found.st_uid not in trusted or not (safe or around.st_uid == os.geteuid()):
        raise OutputError(name_of(shown), "is a symbolic link of another user", FOLLOW)
    return os.readlink(part, dir_fd=directory)
