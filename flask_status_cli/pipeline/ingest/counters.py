"""Makes the line counters of one run.

A counter caches the requests, prefixes and timestamps that it has parsed. They mean the same in every log, so
small logs share a counter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from flask_status_cli.formats import (
    FORMAT_NAMES,
    Detection,
    LineCounter,
    OnRefused,
    PartCounter,
    detect,
)
from flask_status_cli.model import Checkpoint, UnreadKind
from flask_status_cli.pipeline.ingest.options import IngestOptions
from flask_status_cli.routes import Finder
from flask_status_cli.sources import ReadLog
from flask_status_cli.tally import Tally

KEPT: Final = 2
"""At most this many counters are kept for small logs, one for each order of formats. Each may take 30 MB."""

_NOTHING_PENDING: Final[Mapping[tuple[UnreadKind, str], int]] = MappingProxyType({})


class Counters:
    """Makes line counters that find rules with the same `finder` and count into the same `tally`.

    `new_tally` makes this tally, and a separate one for each worker process.
    """

    def __init__(
        self, finder: Finder, options: IngestOptions, new_tally: Callable[[], Tally]
    ) -> None:
        self._options = options
        self._new_tally = new_tally
        self.finder = finder
        self.tally = new_tally()
        self._kept: dict[tuple[str, ...], LineCounter] = {}
        self._before: Detection | None = None
        self._also: tuple[str, ...] = ()

    def detect(self, sample: bytes, *, path: str, former: str | None, small: bool) -> Detection:
        """Return the format of a log by a sample of its lines.

        `former` is the format that the log had in an earlier run. The format of a small log is first looked
        for among those of the small log before it.
        """
        also = self._options.formats_of(path)
        before = self._before if small and also == self._also else None
        found = detect(sample, former=former, also=also, before=before)
        if small:
            self._before, self._also = found, also
        return found

    def small(self, path: str, newest: int | None = None) -> LineCounter:
        """Return a counter for a small log. Its format is found after it was counted.

        `newest` is the newest minute of the entries that were read before.
        """
        also = self._options.formats_of(path)
        if self._before is None or also != self._also:
            self._before, self._also = Detection(None, {}, (*also, *FORMAT_NAMES)), also
        order = (self._options.format,) if self._options.format else self._before.order
        counter = self.counter(order, None, on_refused=None, small=True)
        if newest is not None:
            counter.begin_log(newest, _NOTHING_PENDING)
        return counter

    def configured_alike(self, paths: Sequence[str]) -> int:
        """Return how many of the first logs have the same configured formats."""
        if self._options.formats:
            first = self._options.formats_of(paths[0])
            for place, path in enumerate(paths):
                if self._options.formats_of(path) != first:
                    return place
        return len(paths)

    def format_of(self, log: ReadLog, counter: LineCounter) -> str | None:
        """Return the format of a small log after `counter` has counted it."""
        name = self._options.format or counter.header
        if name is None:
            name = counter.proven_format((log.first_line, log.last_line))
        return self._detected(log) if name is None else name

    def formats_of(self, logs: Sequence[ReadLog], counter: LineCounter) -> list[str | None]:
        """Return the format of each of these logs after `LineCounter.count_logs` has counted them."""
        if self._options.format:
            return [self._options.format] * len(logs)
        names = counter.variants([(log.first_line, log.last_line) for log in logs])
        return [
            self._detected(log) if name is None else name
            for log, name in zip(logs, names, strict=True)
        ]

    def _detected(self, log: ReadLog) -> str | None:
        """Return the format for which the lines of a small log vote."""
        former = None if log.stream is None else log.stream.format
        return self.detect(log.whole, path=log.path, former=former, small=True).name

    def counter(
        self,
        order: Sequence[str],
        read: Checkpoint | None,
        *,
        on_refused: OnRefused | None,
        small: bool,
    ) -> LineCounter:
        """Return a counter that continues a log at the checkpoint `read`."""
        newest = read.newest if read else None
        pending = read.pending if read else _NOTHING_PENDING
        again = small and on_refused is None
        counter = self._kept.get(tuple(order)) if again else None
        if counter is not None:
            counter.begin_log(newest, pending)
            return counter
        made = LineCounter(
            self.tally.code,
            order=order,
            zone=self._options.zone,
            newest=newest,
            pending=pending,
            on_refused=on_refused,
            alike=self.finder.alike,
            code_of_path=self.tally.code_of_path,
            codes_of_rules=self.tally.codes_of_discovered,
            declared=self.finder.declared,
            by_host=self.tally.code_of_host,
        )
        if again:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[tuple(order)] = made
        return made

    def renew_tally(self, counter: LineCounter) -> None:
        """Forget the codes of the tally, also in `counter`. The next codes begin with 0 again."""
        self.tally.renew()
        self._kept.clear()
        counter.forget_codes()

    def apart(self, order: Sequence[str]) -> tuple[Tally, PartCounter]:
        """Return a separate tally for a worker process, with a counter that counts into it."""
        tally = self._new_tally()
        counter = PartCounter(
            tally.code,
            order=order,
            zone=self._options.zone,
            alike=self.finder.alike,
            code_of_path=tally.code_of_path,
            codes_of_rules=tally.codes_of_discovered,
            declared=self.finder.declared,
            by_host=tally.code_of_host,
        )
        return tally, counter
