"""The files of a site in their directory: each whole or not at all, and untouched where nothing changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask_status_cli.errors import OutputError
from flask_status_cli.render.escape import printable
from flask_status_cli.render.files import write_whole
from flask_status_cli.render.site.badge import MARK

BADGES = "badges"
"""The directory of the routes' badges, of which those of routes that are gone are removed."""

_BADGE_NAME = re.compile(r"[a-z0-9-]+-[0-9a-f]{8,64}\.svg")


@dataclass(frozen=True, slots=True)
class Written:
    """How many files a site has, and how many of them were new or changed."""

    files: int
    changed: int


def write(directory: Path, files: Mapping[str, bytes]) -> Written:
    """Put the files into a directory, which is made if it is missing; raises OutputError.

    They are written in their order. A file that holds its bytes already is left alone, so its time tells
    when it changed. Of the badges, which may be hundreds, the disk is not waited for: what a power cut takes
    the next report writes again. Nothing else in the directory is touched but our own badges of routes that
    are gone: a picture that says for ever that all is well is worse than none.
    """
    changed = 0
    for name, data in files.items():
        path = directory / name
        _make(path.parent)
        if not _holds(path, data):
            write_whole(path, data, durable=not name.startswith(f"{BADGES}/"))
            changed += 1
    _remove_badges(directory / BADGES, keep={Path(name).name for name in files})
    return Written(len(files), changed)


def _make(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        shown = printable(str(directory), 500)
        if isinstance(error, FileExistsError | NotADirectoryError):
            raise OutputError(shown, "is no directory", "name one, or a new one") from error
        what = (error.strerror or str(error)).lower()
        raise OutputError(shown, f"cannot be made: {what}") from error


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False  # writing it will say what is wrong


def _remove_badges(directory: Path, *, keep: set[str]) -> None:
    for path in sorted(directory.glob("*.svg")):
        if _BADGE_NAME.fullmatch(path.name) and path.name not in keep and _is_ours(path):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                what = f"cannot be removed: {error.strerror}"
                raise OutputError(printable(str(path), 500), what) from error


def _is_ours(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return not path.is_symlink() and file.read(len(MARK)) == MARK.encode()
    except OSError:
        return False
