"""Explains how a log is read, without storing anything."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator
from datetime import tzinfo
from typing import TYPE_CHECKING

from flask_status_cli.errors import LogError
from flask_status_cli.formats import (
    CountedLines,
    LineCounter,
    columns,
    detect,
    ends_lines_with_carriage_returns,
    fields,
    known_formats,
    mask,
    mask_field,
    message,
    parse_line,
    split_lines,
    unsupported_log,
)
from flask_status_cli.model import (
    OTHER_TEXT,
    UNREAD_NOISE,
    Explanation,
    LogEntry,
    LogFile,
    Refused,
    TakenApart,
)
from flask_status_cli.model.log.ingest_result import timezone_of
from flask_status_cli.pipeline.formats.proposal import Proposal, proposal
from flask_status_cli.pipeline.formats.unsaid_of_logs import unsaid_of
from flask_status_cli.pipeline.ingest.options import Configured, Progress, formats_of
from flask_status_cli.sources import PIPE, Content, Reading

if TYPE_CHECKING:
    from flask_status_cli.formats.other_lines.unsupported_log import UnsupportedLog

__all__ = ["explain", "known_formats"]

PART = 64 << 20
"""Counts are added up after this many bytes, so that memory stays limited."""


def explain(  # noqa: PLR0913 - a log, how to read it, and what to show
    path: str,
    *,
    zone: tzinfo,
    progress: Progress,
    wanted: str | None = None,
    samples: int = 3,
    formats: Configured = (),
) -> Explanation:
    """Read a whole log (a path, or `-`) as an ingest would, and return the explanation. Raises `LogError`.

    - `zone`: the time zone of times without an offset.
    - `wanted`: the only format to try.
    - `samples`: how many refused lines to show for each reason.
    - `formats`: the formats of each path to try before the built-in ones.
    """
    if os.path.isdir(path):  # noqa: PTH112 - a str path, as it was named
        raise LogError(path, "a directory", "name one log in it")
    content = Content(path)
    try:
        also = formats_of(path, formats)
        explainer = _Explainer(content, zone=zone, wanted=wanted, samples=samples, also=also)
        return explainer.read(progress)
    finally:
        content.close()


class _Explainer:
    """Reads one log from its first line to its last."""

    def __init__(
        self,
        content: Content,
        *,
        zone: tzinfo,
        wanted: str | None,
        samples: int,
        also: tuple[str, ...],
    ) -> None:
        self._content = content
        self._reading = Reading(content, [])
        self._zone = zone
        self._wanted = wanted
        sample = self._sample = self._reading.sample()
        self._sampled = sum(bool(line) for line in split_lines(sample))
        self._detected = detect(sample, also=also)
        self._order = [wanted] if wanted else self._detected.order
        self._counter = LineCounter(
            lambda _method, _target, status: status,
            order=self._order,
            zone=zone,
            on_refused=self._keep,
            on_other_text=self._keep,
        )
        self._totals = _Totals()
        self._room = Counter[str]()
        self._samples_each = samples
        self._samples: list[Refused] = []
        self._lines = 0
        self._first_entry: tuple[int, bytes] | None = None

    def _keep(self, number: int, reason: str, line: bytes) -> None:
        if self._room[reason] < self._samples_each:
            self._room[reason] += 1
            self._samples.append(Refused(number, reason, mask(line.rstrip(b"\r\n"))))

    def read(self, progress: Progress) -> Explanation:
        """Read everything, and return the explanation."""
        size = self._content.size() if self._content.plain else None
        waiting = 0
        for block in self._blocks():
            self._feed(block)
            progress(self._content.path, self._reading.offset, size)
            waiting += len(block)
            if waiting >= PART:
                self._totals.add(self._counter.take())
                waiting = 0
        self._totals.add(self._counter.take())
        return self._explanation()

    def _blocks(self) -> Iterator[bytes]:
        for block in self._reading.blocks():
            yield block.lines
        last = self._reading.unfinished
        if last and self._reading.complete and self._is_entry(last):
            self._reading.close_line()
            yield last + b"\n"

    def _is_entry(self, line: bytes) -> bool:
        newest = self._counter.newest
        read = parse_line(line, order=self._order, zone=self._zone, newest=newest)
        return isinstance(read, LogEntry)

    def _feed(self, block: bytes) -> None:
        before = self._counter.newest
        self._counter.feed(block)
        if before is None and self._counter.newest is not None:
            found = enumerate(split_lines(block), self._lines + 1)
            self._first_entry = next(each for each in found if self._is_entry(each[1]))
        self._lines += block.count(b"\n")

    @property
    def _has_unread(self) -> bool:
        """Whether some lines are not read that may be requests."""
        return bool(self._totals.refused or UNREAD_NOISE & set(self._totals.noise))

    def _unsupported(self) -> UnsupportedLog | None:
        """Return the kind of log that this is, if it is one that is not supported."""
        if not self._totals.lines:
            return ends_lines_with_carriage_returns(self._content.beginning, self._is_entry)
        return (
            unsupported_log(self._sample) if self._has_unread and not self._totals.entries else None
        )

    def _better_format(self) -> Proposal | None:
        """Return a proposed format that reads more lines, if few are read."""
        entries = self._totals.entries
        if not self._has_unread or (entries and entries >= sum(self._totals.refused.values())):
            return None
        made = self._proposal()
        return made if made is not None and made.entries > entries else None

    def _explanation(self) -> Explanation:
        totals, name = self._totals, self._format()
        found, made = self._unsupported(), self._better_format()
        unsaid = unsaid_of(self._sample, name, self._zone)
        return Explanation(
            file=self._file(),
            format=name,
            wanted=self._wanted,
            votes=tuple(sorted(self._detected.votes.items(), key=lambda vote: (-vote[1], vote[0]))),
            sampled=self._sampled,
            timezone=None if name is None else timezone_of(unsaid, self._zone),
            unsaid=unsaid,
            lines=totals.lines,
            entries=totals.entries,
            noise=dict(totals.noise),
            refused=dict(totals.refused),
            samples=self._shown(),
            entry=self._taken_apart(),
            first=totals.first,
            last=totals.last,
            unsupported=found.what if found else None,
            hint=found.hint if found else None,
            proposal=None if made is None else made.options,
            proposed_entries=0 if made is None else made.entries,
        )

    def _proposal(self) -> Proposal | None:
        return proposal(self._content, self._sample, zone=self._zone, tried=self._wanted)

    def _shown(self) -> tuple[Refused, ...]:
        """Return the samples of refused lines. If there are entries, leave out other text."""
        entries = self._totals.entries
        return tuple(one for one in self._samples if not entries or one.reason != OTHER_TEXT)

    def _file(self) -> LogFile:
        content, reading = self._content, self._reading
        regular = stat.S_ISREG(content.stat.st_mode) and content.path != PIPE
        nothing_whole = reading.head is None and bool(content.beginning)
        return LogFile(
            content.path,
            compression=content.compression,
            size=content.stat.st_size if regular else None,
            read=reading.offset,
            damage=content.damage,
            cut=content.cut,
            unfinished=bool(reading.unfinished) or nothing_whole,
        )

    def _format(self) -> str | None:
        if self._first_entry is None:
            return None
        return self._wanted or self._detected.name or detect(self._first_entry[1]).name

    def _taken_apart(self) -> TakenApart | None:
        if self._first_entry is None:
            return None
        number, line = self._first_entry
        line = line.lstrip(b"\0")
        name = self._format()
        found = fields(message(line), name) or fields(line, name) or columns(message(line))
        return TakenApart(number, tuple((name, mask_field(name, value)) for name, value in found))


class _Totals:
    """The sums of the counts of all parts of a log."""

    def __init__(self) -> None:
        self.lines = self.entries = 0
        self.noise: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.first: int | None = None
        self.last: int | None = None

    def add(self, part: CountedLines) -> None:
        """Add the counts of one part."""
        self.lines += part.lines
        self.entries += part.entries
        self.noise.update(part.noise)
        self.refused.update(part.refused)
        for minute in part.minutes:
            self.first = minute if self.first is None else min(self.first, minute)
            self.last = minute if self.last is None else max(self.last, minute)
