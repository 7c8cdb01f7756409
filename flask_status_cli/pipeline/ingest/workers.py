"""Worker processes that count the ranges of a large log."""

from __future__ import annotations

import gc
import marshal
import os
import signal
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO, Self

from flask_status_cli.formats import PartCounter, PartCounts
from flask_status_cli.frozen import frozen, replace
from flask_status_cli.sources import Range, RangeLines
from flask_status_cli.tally import Tally, Translation

_SIZE = struct.Struct("<Q")

_PIPE = 1 << 20
"""The size in bytes of the pipe from a worker, if the system allows it. A worker goes on until it is full."""


@frozen
class WorkerResult:
    """The counts of a range, as a worker sends them.

    - `part`: the counts, by the worker's own codes.
    - `keys`: the rule and status of each code that was not sent before.
    - `anew`: whether the worker has started its codes again, so that `keys` are all of them.
    - `last`: the last bytes of the range.
    """

    part: PartCounts
    keys: tuple[tuple[str, int], ...]
    anew: bool
    last: bytes


@frozen
class RangeCounts:
    """The counts of a range, as `Workers` yields them.

    - `part`: the counts, by the worker's own codes.
    - `codes`: the code in this process for each code of the worker.
    - `last`: the last bytes of the range.
    """

    part: PartCounts
    codes: Sequence[int]
    last: bytes


class RangeCounter:
    """Counts ranges one after the other with the same tally. A worker has one."""

    def __init__(
        self, tally: Tally, read_at: Callable[[int, int], bytes], counter: PartCounter
    ) -> None:
        self._tally = tally
        self._read_at = read_at
        self._counter = counter
        self._sent = 0

    def count(self, within: Range) -> WorkerResult | None:
        """Count a range. Return `None` if not all of it could be read."""
        if self._tally.crowded:
            self._tally.renew()
            self._counter.forget_codes()
            self._sent = 0
        lines = RangeLines(self._read_at, within)
        part = self._counter.count(lines.blocks())
        if not lines.complete:
            return None
        keys, sent = self._tally.keys_from(self._sent), self._sent
        self._sent += len(keys)
        return WorkerResult(part, keys, sent == 0, lines.last)


class Workers:
    """Starts worker processes that count ranges, and ends them. This is a context manager.

    Iteration yields a result for each range, in order. `None` means that this process must count the range:
    the worker could not read it or died, or no worker could be started. All workers end with the context.
    """

    def __init__(
        self,
        ranges: Sequence[Range],
        count: Callable[[Range], WorkerResult | None],
        *,
        jobs: int,
        tally: Tally,
    ) -> None:
        self._tally = tally
        self._ranges = ranges
        self._count = count
        self._workers: list[_Worker] = []
        self._jobs = min(jobs, len(ranges))

    def __enter__(self) -> Self:
        alone = threading.active_count() == 1  # a process with threads must not be forked
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
                os._exit(0)  # skip the parent's clean-up, and do not print a traceback
        os.close(writing)
        _widen(reading)
        return _Worker(pid, os.fdopen(reading, "rb"), Translation(self._tally))

    def _work(self, share: Sequence[Range], writing: int) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        gc.freeze()  # the collector must not touch the parent's objects, so that their pages stay shared
        with os.fdopen(writing, "wb") as out:
            for within in share:
                found = _packed(self._count(within))
                out.write(_SIZE.pack(len(found)) + found)
                out.flush()

    def __iter__(self) -> Iterator[RangeCounts | None]:
        for number in range(len(self._ranges)):
            place = number % self._jobs
            yield self._workers[place].next() if place < len(self._workers) else None

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.stop()


class _Worker:
    def __init__(self, pid: int, results: BinaryIO, translation: Translation) -> None:
        self._pid = pid
        self._results = results
        self._translation = translation

    def next(self) -> RangeCounts | None:
        header = self._results.read(_SIZE.size)
        if len(header) < _SIZE.size:
            return None
        (size,) = _SIZE.unpack(header)
        found = self._results.read(size)
        ranged = _unpacked(found) if len(found) == size else None
        if ranged is None:
            return None
        codes = self._translation.codes(ranged.keys, anew=ranged.anew)
        return RangeCounts(ranged.part, codes, ranged.last)

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        self._results.close()


def _packed(ranged: WorkerResult | None) -> bytes:
    """Return the counts as bytes. `marshal` writes the numbers in a third of the time of `pickle`."""
    import pickle

    if ranged is None:
        return pickle.dumps(None)
    part = ranged.part
    numbers = marshal.dumps(part.counted.minutes)  # type: ignore[arg-type]  # they are dicts of numbers
    rest = replace(ranged, part=replace(part, counted=replace(part.counted, minutes={})))
    return pickle.dumps((rest, numbers), pickle.HIGHEST_PROTOCOL)


def _unpacked(found: bytes) -> WorkerResult | None:
    import pickle

    values = pickle.loads(found)  # noqa: S301 - from our own process, through a pipe of ours
    if values is None:
        return None
    ranged, numbers = values
    counted = replace(ranged.part.counted, minutes=marshal.loads(numbers))  # noqa: S302 - see above
    read: WorkerResult = replace(ranged, part=replace(ranged.part, counted=counted))
    return read


def _widen(pipe: int) -> None:
    """Set the size of a pipe to `_PIPE` bytes, if the system allows it."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)
