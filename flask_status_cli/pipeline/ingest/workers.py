"""Worker processes that count the ranges of a large log: `Ahead`."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, Self

from flask_status_cli.formats import Part, PartCounter
from flask_status_cli.sources import Range, RangeLines
from flask_status_cli.tally import Tally

LENGTH = 4 << 20
"""Bytes of a range: a worker waits with its counts until those before them are added up."""

MOST_KEYS = 5_000
"""With more, a worker's tally is renewed after a range, so that it does not send them all again."""

WORTH = 32 << 20
"""Less than this is read sooner than processes are started."""

_SIZE = struct.Struct("<Q")


@dataclass(frozen=True, slots=True)
class Ranged:
    """What a worker counted of a range: `keys` are what the part's codes mean, `last` its last bytes."""

    part: Part
    keys: tuple[tuple[str, int], ...]
    last: bytes


class RangeCounter:
    """Counts ranges, each with a tally that the next one may go on with."""

    def __init__(
        self, tally: Tally, read_at: Callable[[int, int], bytes], counter: PartCounter
    ) -> None:
        self._tally = tally
        self._read_at = read_at
        self._counter = counter

    def count(self, within: Range) -> Ranged | None:
        """Count a range; `None` where not all of it could be read."""
        if len(self._tally.keys) > MOST_KEYS:
            self._tally.renew()
            self._counter.forget_codes()
        lines = RangeLines(self._read_at, within)
        part = self._counter.count(lines.blocks())
        return Ranged(part, self._tally.keys, lines.last) if lines.complete else None


class Ahead:
    """Workers that count ranges, each its share in turn. A context manager.

    Iterate over what they found, in the order of the ranges: `None` for what has to be counted again,
    because its worker could not read it or died. No worker outlives the context, however it is left;
    where no process can be started, everything is `None`.
    """

    def __init__(
        self, ranges: Sequence[Range], count: Callable[[Range], Ranged | None], *, jobs: int
    ) -> None:
        self._ranges = ranges
        self._count = count
        self._workers: list[_Worker] = []
        self._jobs = min(jobs, len(ranges))

    def __enter__(self) -> Self:
        alone = threading.active_count() == 1  # a forked process has no other thread
        if hasattr(os, "fork") and alone:
            with suppress(OSError):
                for number in range(self._jobs):
                    self._workers.append(self._start(number))
        return self

    def _start(self, number: int) -> _Worker:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.close(reading)
                self._work(self._ranges[number :: self._jobs], writing)
            finally:
                os._exit(0)  # neither the parent's clean-up nor its traceback
        os.close(writing)
        return _Worker(pid, os.fdopen(reading, "rb"))

    def _work(self, share: Sequence[Range], writing: int) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        gc.freeze()  # what the parent has made is looked at no more, so that its pages stay shared
        with os.fdopen(writing, "wb") as out:
            for within in share:
                found = pickle.dumps(self._count(within), pickle.HIGHEST_PROTOCOL)
                out.write(_SIZE.pack(len(found)) + found)
                out.flush()

    def __iter__(self) -> Iterator[Ranged | None]:
        for number in range(len(self._ranges)):
            place = number % self._jobs
            yield self._workers[place].next() if place < len(self._workers) else None

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.stop()


class _Worker:
    def __init__(self, pid: int, results: BinaryIO) -> None:
        self._pid = pid
        self._results = results

    def next(self) -> Ranged | None:
        header = self._results.read(_SIZE.size)
        if len(header) < _SIZE.size:
            return None
        (size,) = _SIZE.unpack(header)
        found = self._results.read(size)
        if len(found) < size:
            return None
        ranged: Ranged | None = pickle.loads(found)  # noqa: S301 - from our own process, through a pipe of ours
        return ranged

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        self._results.close()
