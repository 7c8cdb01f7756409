"""Writes the directory of a site: each file whole or not at all, unchanged files not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from flask_status_cli.errors import OutputError
from flask_status_cli.frozen import frozen
from flask_status_cli.output import name_of, opened, write_all
from flask_status_cli.render.site.badge import MARK
from flask_status_cli.render.site.file_names import BADGES

_BADGE_NAME = re.compile(r"[a-z0-9-]+-[0-9a-f]{8,64}\.svg")


@frozen
class Written:
    """The number of files of a site, and how many of them were new or changed."""

    files: int
    changed: int


def write(directory: Path, files: Mapping[str, bytes], *, follow_links: bool = False) -> Written:
    """Write the files into a directory, which is made if it is missing; raises `OutputError`.

    All files are written before the first is put in place, in order, so that a full disk leaves the old ones.
    A file with the same bytes is left alone, so its time shows when it changed. The disk is not waited for
    after a badge, because there may be hundreds; the next report writes it again. Of the other files in the
    directory, only our own badges of routes that no longer exist are removed: they would show an old state
    for ever.
    """
    paths = {directory / name: data for name, data in files.items()}
    for parent in {path.parent: None for path in paths}:
        _make(parent, follow_links=follow_links)
    badges = directory / BADGES
    changed = [
        (path, data, path.parent != badges)
        for path, data in paths.items()
        if not _holds(path, data, follow_links=follow_links)
    ]
    write_all(changed, follow_links=follow_links)
    _remove_badges(badges, keep={path.name for path in paths}, follow_links=follow_links)
    return Written(len(files), len(changed))


def _make(directory: Path, *, follow_links: bool) -> None:
    try:
        with opened(directory, follow_links=follow_links, make=True):
            pass
    except OSError as error:
        shown = name_of(directory)
        if isinstance(error, FileExistsError | NotADirectoryError):
            raise OutputError(shown, "is not a directory", "name a directory") from error
        what = (error.strerror or str(error)).lower()
        raise OutputError(shown, f"cannot be created: {what}") from error


def _holds(path: Path, data: bytes, *, follow_links: bool) -> bool:
    """Return whether a file holds these bytes already; a link holds nothing unless it is followed."""
    try:
        if path.is_symlink() and not follow_links:
            return False
        return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False  # writing it will say what is wrong


def _remove_badges(directory: Path, *, keep: set[str], follow_links: bool) -> None:
    """Remove the badges of ours that are not among those to keep."""
    if not directory.is_dir():
        return
    with opened(directory, follow_links=follow_links) as held:
        for path in sorted(directory.glob("*.svg")):
            if _BADGE_NAME.fullmatch(path.name) and path.name not in keep and _is_ours(path):
                try:
                    os.unlink(path.name, dir_fd=held)
                except FileNotFoundError:
                    pass
                except OSError as error:
                    what = f"cannot be removed: {error.strerror}"
                    raise OutputError(name_of(path), what) from error


def _is_ours(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return not path.is_symlink() and file.read(len(MARK)) == MARK.encode()
    except OSError:
        return False
