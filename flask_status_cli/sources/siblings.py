"""The rotated files beside a log: which there are, and which of two is the newer one."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SUFFIXES = (".gz", ".bz2", ".xz", ".zst")
_PACKED = f"(?:{'|'.join(map(re.escape, _SUFFIXES))})?"
_GENERATION = re.compile(rf"[.-](\d{{1,4}}){_PACKED}")
_DATE = re.compile(rf"[._-]{{1,2}}(\d{{4}}[._-]?\d\d[._-]?\d\d[\dT:_.-]*?|\d{{10}}){_PACKED}")
_ROTATED = re.compile(rf".+(?:{_GENERATION.pattern}|{_DATE.pattern}(?:\.[a-z]+{_PACKED})?)")
_NUMBERED = re.compile(rf"(.+)\.\d{{1,4}}(\.[a-z]+){_PACKED}")
"""`app.1.log`: rotation makes such names, but a log that is written to may have one, too."""


@dataclass(frozen=True, slots=True)
class Sibling:
    """A file beside a log that carries its name: `log` is that log's path.

    `scheme` and `rank` say which rotation it is: within one scheme the higher rank is the newer one;
    both are empty for names that no rotation makes.
    """

    path: str
    stat: os.stat_result
    scheme: str
    rank: tuple[int, str]

    @property
    def rotated(self) -> bool:
        """Whether the name is one that log rotation makes."""
        return bool(self.scheme)

    @property
    def packed(self) -> bool:
        """Whether its name is that of a compressed file."""
        return self.path.endswith(_SUFFIXES)

    def newer_than(self, other: Sibling, *, first: int, other_first: int) -> bool:
        """Return whether this file was rotated later than `other`.

        Numbers and dates in the names decide; between different schemes the first minutes of the two,
        and last the times of their last change.
        """
        if self.scheme == other.scheme and self.rotated:
            return self.rank > other.rank
        if first != other_first:
            return first > other_first
        return self.stat.st_mtime_ns > other.stat.st_mtime_ns


def rotated(path: str) -> bool:
    """Return whether a path is named as log rotation names what it puts aside.

    `app.1.log` is such a name only where `app.log` lies beside it.
    """
    directory, name = os.path.split(path)
    if _ROTATED.fullmatch(name):
        return True
    numbered = _NUMBERED.fullmatch(name)
    return numbered is not None and Path(directory, numbered[1] + numbered[2]).exists()


def siblings(log: str) -> list[Sibling]:
    """Return the regular files beside `log` that carry its name, last changed first."""
    found = [sibling for sibling in _named_like(Path(log)) if sibling is not None]
    return sorted(found, key=lambda sibling: sibling.stat.st_mtime_ns, reverse=True)


def _named_like(log: Path) -> Iterator[Sibling | None]:
    try:
        entries = list(os.scandir(log.parent))
    except OSError:
        return
    for entry in entries:
        suffix = _suffix(entry.name, log)
        if suffix is not None:
            yield _sibling(entry, suffix)


def _suffix(name: str, log: Path) -> str | None:
    """Return what rotation added: `.1` for `LOG.1`, `-20261122.gz` for `STEM-20261122.EXT.gz`.

    `STEM.*.EXT` and `STEM_*.EXT` count only where a number or a date is added: `app.error.log` and
    `app_1.log` are other logs than `app.log`.
    """
    if name == log.name:
        return None
    if name.startswith((f"{log.name}.", f"{log.name}-")):
        return name[len(log.name) :]
    if not log.suffix or not name.startswith((f"{log.stem}-", f"{log.stem}.", f"{log.stem}_")):
        return None
    middle, found, packed = name[len(log.stem) :].rpartition(log.suffix)
    added = middle + packed
    if not found:
        return None
    if added.startswith("-") or _GENERATION.fullmatch(added) or _DATE.fullmatch(added):
        return added
    return None


def _sibling(entry: os.DirEntry[str], suffix: str) -> Sibling | None:
    try:
        stat = entry.stat()
        if not entry.is_file():
            return None
    except OSError:
        return None
    if match := _GENERATION.fullmatch(suffix):
        return Sibling(entry.path, stat, "generation", (-int(match[1]), ""))
    if match := _DATE.fullmatch(suffix):
        return Sibling(entry.path, stat, "date", (0, match[1]))
    return Sibling(entry.path, stat, "", (0, ""))
