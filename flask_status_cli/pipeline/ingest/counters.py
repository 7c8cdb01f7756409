"""Makes the counters of the logs of one run. What small logs have in common is learnt once.

A counter remembers which requests, prefixes and stamps it has proven. All of these mean the same in every
log, so a small log is counted by the counter of the small logs before it.
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
from flask_status_cli.model import Checkpoint, Unread
from flask_status_cli.pipeline.ingest.options import IngestOptions
from flask_status_cli.routes import Finder
from flask_status_cli.sources import SmallLog
from flask_status_cli.tally import Tally

KEPT: Final = 2
"""So many counters are kept for small logs, one for each order of formats, because each may take 30 MB."""

_NOTHING_PENDING: Final[Mapping[tuple[Unread, str], int]] = MappingProxyType({})


class Counters:
    """Makes counters that resolve requests by the rules of a `finder`, all for the same `tally`.

    `new_tally` makes it, and one for each other process.
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
        """Return the format of a log; a small one is first compared with the small one before it."""
        also = self._options.formats_of(path)
        before = self._before if small and also == self._also else None
        found = detect(sample, former=former, also=also, before=before)
        if small:
            self._before, self._also = found, also
        return found

    def small(self, path: str) -> LineCounter:
        """Return a counter for a small log that was never met; its lines tell its format afterwards."""
        also = self._options.formats_of(path)
        if self._before is None or also != self._also:
            self._before, self._also = Detection(None, {}, (*also, *FORMAT_NAMES)), also
        order = (self._options.format,) if self._options.format else self._before.order
        return self.counter(order, None, on_refused=None, small=True)

    def format_of(self, log: SmallLog, counter: LineCounter) -> str | None:
        """Return the format of a small log that was counted by the counter for it."""
        name = self._options.format or counter.header
        if name is None:
            name = counter.proven_format((log.lines[0], log.lines[-1]))
        if name is None:
            name = self.detect(log.whole, path=log.path, former=None, small=True).name
        return name

    def counter(
        self,
        order: Sequence[str],
        read: Checkpoint | None,
        *,
        on_refused: OnRefused | None,
        small: bool,
    ) -> LineCounter:
        """Return a counter for a log that was `read` so far before."""
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
            by_host=self.tally.code_of_host,
        )
        if again:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[tuple(order)] = made
        return made

    def renew_tally(self, counter: LineCounter) -> None:
        """Forget all codes; `counter` is in use and goes on."""
        self.tally.renew()
        self._kept.clear()
        counter.forget_codes()

    def apart(self, order: Sequence[str]) -> tuple[Tally, PartCounter]:
        """Return a tally of its own for another process, with a counter for it."""
        tally = self._new_tally()
        counter = PartCounter(
            tally.code,
            order=order,
            zone=self._options.zone,
            alike=self.finder.alike,
            code_of_path=tally.code_of_path,
            by_host=tally.code_of_host,
        )
        return tally, counter
