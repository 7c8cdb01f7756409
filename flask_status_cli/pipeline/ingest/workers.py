"""Worker processes that count the ranges of a large log: `Workers`."""

from __future__ import annotations

import gc
import marshal
import os
import signal
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import BinaryIO, Self

from flask_status_cli.formats import Part, PartCounter
from flask_status_cli.sources import Range, RangeLines
from flask_status_cli.tally import Tally, Translation

_SIZE = struct.Struct("<Q")

_PIPE = 1 << 20
"""The number of bytes of counts that may wait, if the system allows to choose it. Workers go on meanwhile."""


@dataclass(frozen=True, slots=True)
class Ranged:
    """The counts of a range. `last` are its last bytes.

    `keys` are the meanings of its codes: those that were not sent before, or all if the worker began `anew`.
    """

    part: Part
    keys: tuple[tuple[str, int], ...]
    anew: bool
    last: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """The counts of a range: our codes for those of the part, and the last bytes of the range."""

    part: Part
    codes: Sequence[int]
    last: bytes


class RangeCounter:
    """Counts ranges one after the other with the same tally."""

    def __init__(
        self, tally: Tally, read_at: Callable[[int, int], bytes], counter: PartCounter
    ) -> None:
        self._tally = tally
        self._read_at = read_at
        self._counter = counter
        self._told = 0

    def count(self, within: Range) -> Ranged | None:
        """Count a range; return `None` if not all of it could be read."""
        if self._tally.crowded:
            self._tally.renew()
            self._counter.forget_codes()
            self._told = 0
        lines = RangeLines(self._read_at, within)
        part = self._counter.count(lines.blocks())
        if not lines.complete:
            return None
        keys, told = self._tally.keys_from(self._told), self._told
        self._told += len(keys)
        return Ranged(part, keys, told == 0, lines.last)


class Workers:
    """Workers that count ranges, each in turn. A context manager.

    Iterate over the results in the order of the ranges. `None` means that the range must be counted again,
    because its worker could not read it or died, or because no process could be started. No worker outlives
    the context.
    """

    def __init__(
        self,
        ranges: Sequence[Range],
        count: Callable[[Range], Ranged | None],
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
        _widen(reading)
        return _Worker(pid, os.fdopen(reading, "rb"), Translation(self._tally))

    def _work(self, share: Sequence[Range], writing: int) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        gc.freeze()  # what the parent has made is looked at no more, so that its pages stay shared
        with os.fdopen(writing, "wb") as out:
            for within in share:
                found = _packed(self._count(within))
                out.write(_SIZE.pack(len(found)) + found)
                out.flush()

    def __iter__(self) -> Iterator[Found | None]:
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

    def next(self) -> Found | None:
        header = self._results.read(_SIZE.size)
        if len(header) < _SIZE.size:
            return None
        (size,) = _SIZE.unpack(header)
        found = self._results.read(size)
        ranged = _unpacked(found) if len(found) == size else None
        if ranged is None:
            return None
        codes = self._translation.codes(ranged.keys, anew=ranged.anew)
        return Found(ranged.part, codes, ranged.last)

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        self._results.close()


def _packed(ranged: Ranged | None) -> bytes:
    """Write what was counted as bytes, the many numbers by `marshal`, which takes a third of the time."""
    import pickle

    if ranged is None:
        return pickle.dumps(None)
    part = ranged.part
    numbers = marshal.dumps(part.counted.minutes)  # type: ignore[arg-type]  # they are dicts of numbers
    rest = replace(ranged, part=replace(part, counted=replace(part.counted, minutes={})))
    return pickle.dumps((rest, numbers), pickle.HIGHEST_PROTOCOL)


def _unpacked(found: bytes) -> Ranged | None:
    import pickle

    values = pickle.loads(found)  # noqa: S301 - from our own process, through a pipe of ours
    if values is None:
        return None
    ranged, numbers = values
    counted = replace(ranged.part.counted, minutes=marshal.loads(numbers))  # noqa: S302 - see above
    read: Ranged = replace(ranged, part=replace(ranged.part, counted=counted))
    return read


def _widen(pipe: int) -> None:
    """Let as much wait in a pipe as the system allows."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)
