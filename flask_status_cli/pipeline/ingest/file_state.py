"""What earlier runs recorded about each path, so that unchanged files need not be opened.

It also says which stream each path had.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace

from flask_status_cli.model import InputFact

SETTLED = 2_000_000_000
"""File times are coarse: a file changed less than this many ns before it was read may change again unseen."""

NEVER = 0
"""The time of the read of a file that is left alone."""

INCOMPLETE = -1
"""The size recorded for a log that was not read to its end. No file has it."""


def fact_of(path: str, stat: os.stat_result, *, read_at: int, stream: int | None) -> InputFact:
    """Return the state of a log that was read to its end. `stat` is from before it was read."""
    return InputFact(
        path, stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, read_at, stream
    )


def incomplete(fact: InputFact) -> InputFact:
    """Return the state of a log that is being read: its stream is known, its end is not."""
    return InputFact(
        fact.path, fact.device, fact.inode, INCOMPLETE, fact.mtime, fact.read_at, fact.stream
    )


def never_read(fact: InputFact) -> InputFact:
    """Return the state of a file that is left alone, and never counts as read."""
    return replace(fact, read_at=NEVER)


class FileStates:
    """The recorded states of the database and of this run, by path and by file."""

    def __init__(self, facts: Iterable[InputFact]) -> None:
        self._by_path: dict[str, InputFact] = {}
        self._by_file: dict[tuple[int, int], InputFact] = {}
        self._by_state: dict[tuple[int, int, int, int], InputFact] = {}
        self._left: set[int] = set()
        self._new: dict[str, InputFact] = {}
        for fact in sorted(facts, key=lambda fact: fact.read_at):
            self._know(fact)

    def _know(self, fact: InputFact) -> None:
        self._by_path[fact.path] = fact
        self._by_file[fact.device, fact.inode] = fact
        self._by_state[fact.device, fact.inode, fact.size, fact.mtime] = fact
        if fact.read_at == NEVER and fact.size != INCOMPLETE:
            self._left.add(fact.mtime)

    def note(self, fact: InputFact) -> None:
        """Record a state of this run."""
        self._know(fact)
        self._new[fact.path] = fact

    def stored(self, fact: InputFact) -> None:
        """Take a state that is in the database already."""
        self._know(fact)
        self._new.pop(fact.path, None)

    @property
    def new(self) -> tuple[InputFact, ...]:
        """The facts of this run."""
        return tuple(self._new.values())

    def stream_of(self, path: str) -> int | None:
        """Return the stream last read from this path."""
        fact = self._by_path.get(path)
        return fact.stream if fact else None

    def knows(self, path: str) -> bool:
        """Return whether this path was read before."""
        return path in self._by_path

    def fact(self, path: str) -> InputFact | None:
        """Return the recorded state of this path."""
        return self._by_path.get(path)

    def forget(self, path: str) -> None:
        """Expect no stream at this path any more: it was found elsewhere, or its loss was reported."""
        self.note(replace(self._by_path[path], stream=None))

    def await_elsewhere(self, path: str, other: str) -> None:
        """Expect the stream of `path` at `other`, a file that could not be opened."""
        try:
            stat = os.stat(other)  # noqa: PTH116 - a str path
        except OSError:
            return
        stream = self._by_path[path].stream
        self.note(incomplete(fact_of(other, stat, read_at=0, stream=stream)))
        self.forget(path)

    def file(self, stat: os.stat_result) -> InputFact | None:
        """Return the recorded state of this file, under any name."""
        return self._by_file.get((stat.st_dev, stat.st_ino))

    def state(self, stat: os.stat_result) -> InputFact | None:
        """Return the recorded state of this file, under any name, if the file has not changed."""
        return self._by_state.get((stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns))

    def copied(self, stat: os.stat_result) -> bool:
        """Return whether an ignored file has the same time of change: then this is its compressed copy."""
        return stat.st_mtime_ns in self._left

    def grown(self, path: str, stat: os.stat_result) -> bool:
        """Return whether a path still is the file that was read, and has not become shorter."""
        fact = self._by_path.get(path)
        if fact is None or (fact.device, fact.inode) != (stat.st_dev, stat.st_ino):
            return False
        return stat.st_size >= fact.size

    def unchanged(self, path: str, stat: os.stat_result) -> InputFact | None:
        """Return the recorded state of a file that cannot have changed, as a state of this path."""
        for fact in (self._by_path.get(path), self.file(stat)):
            if fact is not None and fact == fact_of(
                fact.path, stat, read_at=fact.read_at, stream=fact.stream
            ):
                settled = fact.mtime + SETTLED < fact.read_at
                return replace(fact, path=path) if settled else None
        return None
