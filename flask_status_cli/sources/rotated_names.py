"""Finds the rotated files beside a log by their names."""

from __future__ import annotations

import os
import re
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from flask_status_cli.frozen import frozen
from flask_status_cli.lazy_pattern import LazyPattern

_SUFFIXES = (".gz", ".bz2", ".xz", ".zst")
_PACKED = f"(?:{'|'.join(map(re.escape, _SUFFIXES))})?"
_GENERATION = LazyPattern(rf"[.-](\d{{1,4}}){_PACKED}")
_DATE = LazyPattern(rf"[._-]{{1,2}}(\d{{4}}[._-]?\d\d[._-]?\d\d[\dT:_.-]*?|\d{{10}}){_PACKED}")
_ROTATED = LazyPattern(rf".+(?:{_GENERATION.pattern}|{_DATE.pattern}(?:\.[a-z]+{_PACKED})?)")
_ADDED = LazyPattern(r"[._-]\d")
"""What each of these names has."""

_NUMBERED = LazyPattern(rf"(.+)\.\d{{1,4}}(\.[a-z]+){_PACKED}")
"""Names like `app.1.log`. Some rotations make them, but a live log may have such a name, too."""


@frozen
class Sibling:
    """A file beside a log, with a name that is derived from the log's name.

    `scheme` says how the rotation names files, by generation or by date. Of two files with the same scheme,
    the one with the higher `rank` is newer. For names that no rotation makes, `scheme` is empty.
    """

    path: str
    stat: os.stat_result
    scheme: str
    rank: tuple[int, str]

    @property
    def rotated(self) -> bool:
        """Whether log rotation makes such names."""
        return bool(self.scheme)

    @property
    def packed(self) -> bool:
        """Whether the name is that of a compressed file."""
        return self.path.endswith(_SUFFIXES)

    def newer_than(self, other: Sibling, *, first: int, other_first: int) -> bool:
        """Return whether this file was rotated later than `other`.

        If both have the same scheme, the numbers or dates in the names decide. Otherwise the minutes of the
        first entries (`first` and `other_first`) decide, and if they are equal, the modification times.
        """
        if self.scheme == other.scheme and self.rotated:
            return self.rank > other.rank
        if first != other_first:
            return first > other_first
        return self.stat.st_mtime_ns > other.stat.st_mtime_ns


def has_rotated_name(path: str) -> bool:
    """Return whether a path has a name that log rotation gives to old files.

    `app.1.log` has such a name only if `app.log` is beside it.
    """
    if not _ADDED.search(path, path.rfind("/") + 1):
        return False
    directory, name = os.path.split(path)
    if _ROTATED.fullmatch(name):
        return True
    numbered = _NUMBERED.fullmatch(name)
    return numbered is not None and Path(directory, numbered[1] + numbered[2]).exists()


class Listings:
    """Lists the files beside logs. Every directory is listed once, when it is first needed."""

    def __init__(self) -> None:
        self._directories: dict[str, _Directory] = {}

    def siblings(self, log: str) -> list[Sibling]:
        """Return the regular files beside `log` with names derived from it, the last modified first."""
        return self.look_at(log)[1]

    def look_at(self, log: str) -> tuple[os.stat_result | None, list[Sibling]]:
        """Return the state of a log, and its siblings. The same log has the same state each time.

        The state is `None` if there was no regular file when the directory was listed.
        """
        where, name = os.path.split(log)
        directory = self._directories.get(where)
        if directory is None:
            directory = self._directories[where] = _Directory(str(Path(where)))
        parted = _parted(name)
        if directory.is_alone(parted):
            return directory.stat(name), []
        found = directory.named_like(parted)
        beside = sorted(found, key=lambda sibling: sibling.stat.st_mtime_ns, reverse=True)
        return directory.stat(name), beside


def siblings(log: str) -> list[Sibling]:
    """Return the files beside `log` with names derived from it. The directory is listed again each time."""
    return Listings().siblings(log)


class _Name(NamedTuple):
    """The name of a log: the whole name, the name without its extension, and the extension."""

    name: str
    stem: str
    extension: str


def _parted(name: str) -> _Name:
    """Return the parts of a name. They are those of `pathlib`, which is much slower."""
    dot = name.rfind(".")
    if 0 < dot < len(name) - 1:
        return _Name(name, name[:dot], name[dot:])
    return _Name(name, name, "")


class _Directory:
    """The regular files of a directory when it was listed. A file's state is read when it is first needed."""

    def __init__(self, path: str) -> None:
        try:
            entries = list(os.scandir(path))
        except OSError:
            entries = []
        self._files = {entry.name: entry for entry in entries if _is_regular(entry)}
        self._names = sorted(self._files)

    def stat(self, name: str) -> os.stat_result | None:
        entry = self._files.get(name)
        return None if entry is None else _stat(entry)

    def is_alone(self, log: _Name) -> bool:
        """Return whether no other name begins with the log's stem and a separator, as is quick to see.

        The characters from "-" to "_" are the separators and some others.
        """
        place, behind = bisect_left(self._names, f"{log.stem}-"), f"{log.stem}`"
        some = [name for name in self._names[place : place + 2] if name < behind]
        return some in ([], [log.name])

    def named_like(self, log: _Name) -> Iterator[Sibling]:
        for name in self._beginning(log):
            suffix = _suffix(name, log)
            stat = None if suffix is None else self.stat(name)
            if suffix is not None and stat is not None:
                yield _sibling(self._files[name].path, stat, suffix)

    def _beginning(self, log: _Name) -> Iterator[str]:
        """Yield the names that begin with the log's stem and a separator, found by bisection."""
        names, stem = self._names, log.stem
        for first, behind in ("-/", "_`"):  # "." is the only character between "-" and "/"
            begin = bisect_left(names, stem + first)
            yield from names[begin : bisect_left(names, stem + behind, begin)]


def _is_regular(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _stat(entry: os.DirEntry[str]) -> os.stat_result | None:
    """Return the state of a file, `None` if it is gone. The entry keeps the state for the next call."""
    try:
        return entry.stat()
    except OSError:
        return None


def _suffix(name: str, log: _Name) -> str | None:
    """Return the part that rotation has added to a name, `None` if the name is not derived from the log's.

    It is `.1` for `LOG.1`, and `-20261122.gz` for `STEM-20261122.EXT.gz`. In `STEM.*.EXT` and `STEM_*.EXT`,
    it must be a number or a date, because `app.error.log` and `app_1.log` are other logs than `app.log`.
    """
    if name == log.name:
        return None
    if name.startswith((f"{log.name}.", f"{log.name}-")):
        return name[len(log.name) :]
    if not log.extension or not name.startswith((f"{log.stem}-", f"{log.stem}.", f"{log.stem}_")):
        return None
    middle, found, packed = name[len(log.stem) :].rpartition(log.extension)
    added = middle + packed
    if not found:
        return None
    if added.startswith("-") or _GENERATION.fullmatch(added) or _DATE.fullmatch(added):
        return added
    return None


def _sibling(path: str, stat: os.stat_result, suffix: str) -> Sibling:
    if match := _GENERATION.fullmatch(suffix):
        return Sibling(path, stat, "generation", (-int(match[1]), ""))
    if match := _DATE.fullmatch(suffix):
        return Sibling(path, stat, "date", (0, match[1]))
    return Sibling(path, stat, "", (0, ""))
