"""The file states that earlier runs recorded: the inode, size, time and stream of each path.

An unchanged file need not be opened again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from flask_status_cli.frozen import replace
from flask_status_cli.model import InputFact

SETTLED = 2_000_000_000
"""A file that changed less than this many ns before it was read may have changed again with the same time.

File times are coarse.
"""

NEVER = 0
"""The `read_at` of a file that is ignored."""

INCOMPLETE = -1
"""The size recorded for a log that was not read to its end. No file has this size."""


def fact_of(
    path: str, stat: os.stat_result, *, read_at: int, stream: int | None, size: int | None = None
) -> InputFact:
    """Return the state of a log that was read to its end. `stat` must be from before it was read.

    With a `size`, this size is recorded.
    """
    if size is None:
        size = stat.st_size
    return InputFact(path, stat.st_dev, stat.st_ino, size, stat.st_mtime_ns, read_at, stream)


def incomplete(fact: InputFact) -> InputFact:
    """Return the state of a log that is still being read. Its stream is known, its final size is not."""
    return replace(fact, size=INCOMPLETE)


def never_read(fact: InputFact) -> InputFact:
    """Return the state of a file that is ignored, and never counts as read."""
    return replace(fact, read_at=NEVER)


class FileStates:
    """The file states that the database and this run have recorded, by path and by file."""

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
        """Take over a state that is already in the database."""
        self._know(fact)
        self._new.pop(fact.path, None)

    @property
    def new(self) -> tuple[InputFact, ...]:
        """The states that this run recorded and the database does not have yet."""
        return tuple(self._new.values())

    def stream_of(self, path: str) -> int | None:
        """Return the id of the stream last read from this path, `None` if there is none."""
        fact = self._by_path.get(path)
        return fact.stream if fact else None

    @property
    def empty(self) -> bool:
        """Whether no state is recorded, so that this is the first run."""
        return not self._by_path

    def streams_elsewhere(self, path: str) -> set[int | None]:
        """Return the ids of the streams that were last read from other paths."""
        return {fact.stream for fact in self._by_path.values() if fact.path != path}

    def paths_of(self, stream: int) -> list[str]:
        """Return the paths that this stream was last read from, the latest first."""
        facts = [fact for fact in self._by_path.values() if fact.stream == stream]
        return [fact.path for fact in sorted(facts, key=lambda fact: -fact.read_at)]

    def latest(self, most: int) -> list[InputFact]:
        """Return the states of at most so many paths that have a stream, the latest first."""
        facts = [fact for fact in self._by_path.values() if fact.stream is not None]
        return sorted(facts, key=lambda fact: -fact.read_at)[:most]

    def knows(self, path: str) -> bool:
        """Return whether this path was read before."""
        return path in self._by_path

    def fact(self, path: str) -> InputFact | None:
        """Return the recorded state of this path."""
        return self._by_path.get(path)

    def forget(self, path: str) -> None:
        """Expect no stream at this path any more. It was found elsewhere, or its loss was reported."""
        self.note(replace(self._by_path[path], stream=None))

    def await_elsewhere(self, path: str, other: str) -> None:
        """Expect the stream of `path` at the path `other`, whose file could not be opened now."""
        try:
            stat = os.stat(other)  # noqa: PTH116 - a str path
        except OSError:
            return
        stream = self._by_path[path].stream
        self.note(incomplete(fact_of(other, stat, read_at=0, stream=stream)))
        self.forget(path)

    def file(self, stat: os.stat_result) -> InputFact | None:
        """Return the recorded state of a file, whatever its name."""
        return self._by_file.get((stat.st_dev, stat.st_ino))

    def state(self, stat: os.stat_result) -> InputFact | None:
        """Return the recorded state of a file, whatever its name, if it has the same size and time now."""
        return self._by_state.get((stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns))

    def copied(self, stat: os.stat_result) -> bool:
        """Return whether an ignored file has the same time of change. Then this is taken for its archive."""
        return stat.st_mtime_ns in self._left

    def grown(self, path: str, stat: os.stat_result) -> bool:
        """Return whether a path still has the file that was read, and the file has not become shorter."""
        fact = self._by_path.get(path)
        if fact is None or (fact.device, fact.inode) != (stat.st_dev, stat.st_ino):
            return False
        return stat.st_size >= fact.size

    def unchanged(self, path: str, stat: os.stat_result) -> InputFact | None:
        """Return the recorded state of an unchanged file, for this path; `None` if it may have changed."""
        for fact in (self._by_path.get(path), self.file(stat)):
            if fact is not None and fact == fact_of(
                fact.path, stat, read_at=fact.read_at, stream=fact.stream
            ):
                settled = fact.mtime + SETTLED < fact.read_at
                return replace(fact, path=path) if settled else None
        return None
