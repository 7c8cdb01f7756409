"""Writes the files of a site into a directory. Unchanged files are not written again."""

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
class WrittenSite:
    """How many files a site has, and how many of them were new or changed."""

    files: int
    changed: int


def write(
    directory: Path, files: Mapping[str, bytes], *, follow_links: bool = False
) -> WrittenSite:
    """Write the files into a directory. Create it if it is missing. Raises `OutputError`.

    If the disk is full, all old files stay. A file with the same contents is not written again, so its time
    shows when it changed. Badges are not flushed to the disk, because there may be hundreds. Badges of routes
    that no longer exist are removed, because they would show an old state forever.
    """
    paths = {directory / name: data for name, data in files.items()}
    for parent in {path.parent: None for path in paths}:
        _make(parent, follow_links=follow_links)
    badges = directory / BADGES
    changed = [
        (path, data, path.parent != badges)
        for path, data in paths.items()
        if not _has(path, data, follow_links=follow_links)
    ]
    write_all(changed, follow_links=follow_links)
    _remove_badges(badges, keep={path.name for path in paths}, follow_links=follow_links)
    return WrittenSite(len(files), len(changed))


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


def _has(path: Path, data: bytes, *, follow_links: bool) -> bool:
    """Return whether a file has these contents already. Return false for a link that is not followed."""
    try:
        if path.is_symlink() and not follow_links:
            return False
        return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False  # writing the file will raise the error


def _remove_badges(directory: Path, *, keep: set[str], follow_links: bool) -> None:
    """Remove our badges in a directory, except those with the names `keep`."""
    if not directory.is_dir():
        return
    with opened(directory, follow_links=follow_links) as descriptor:
        for path in sorted(directory.glob("*.svg")):
            if _BADGE_NAME.fullmatch(path.name) and path.name not in keep and _is_ours(path):
                try:
                    os.unlink(path.name, dir_fd=descriptor)
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
