"""Adds up what was counted since the last commit: entries by minute, other lines by quarter."""

from __future__ import annotations

from collections import Counter, _count_elements, defaultdict  # type: ignore[attr-defined]  # see `add_up`
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import tzinfo
from itertools import chain, compress, islice
from operator import ne

from flask_status_cli.compiled_code import SCANNER, compiled_module
from flask_status_cli.formats.timestamps import any_doubled
from flask_status_cli.frozen import frozen
from flask_status_cli.model import MINUTES_PER_QUARTER, Refused, UnreadKind
from flask_status_cli.model.duration_buckets import CODES, MINUTES_PER_HOUR, add_recoded, bucket_of
from flask_status_cli.model.durations import RECORD, Durations, RecordedDurations, parts_of

_SAMPLES = 5
_SAMPLE_BYTES = 200

_BEFORE = -(1 << 40)
"""The newest minute before a part, which is not known when the part is counted. Every minute is newer."""

_BEFORE_QUARTER = _BEFORE // MINUTES_PER_QUARTER


add_up: Callable[[dict[int, int], Iterable[int]], None] = _count_elements
"""`add_up(cell, codes)` adds one to a cell for each code. `Counter` counts with it, too."""


def ends_of_runs(values: Sequence[object]) -> Iterator[int]:
    """Yield where each run of equal values ends."""
    number = len(values)
    if not number:
        return iter(())
    changes = map(ne, values, islice(values, 1, None))
    return chain(compress(range(1, number), changes), (number,))


@frozen
class CountedLines:
    """What was read since the last `take()`.

    `minutes[epoch minute][code]` is a number of requests. `noise` and `refused` are numbers of lines by
    reason, and `lines == entries + noise + refused`; a run of NULs before a line counts as a line. `unread`
    are the same lines by (quarter, kind, reason), as far as their quarter is known. `samples` are the first
    refused lines. `durations` are those of `MinuteCounts`.
    """

    minutes: Mapping[int, Mapping[int, int]]
    lines: int
    entries: int
    noise: Mapping[str, int]
    refused: Mapping[str, int]
    unread: Mapping[tuple[int, UnreadKind, str], int]
    samples: tuple[Refused, ...]
    durations: Durations = field(default_factory=dict)


@frozen
class CountedLogs:
    """The counts of some small logs in which each line is an entry.

    `logs` has the number of lines and the newest minute of each log. The other values are those of
    `CountedLines`, for all these logs together; `records` are those of its durations. A log that is `apart`
    is the only one.
    """

    logs: list[tuple[int, int]]
    minutes: dict[int, dict[int, int]]
    records: list[bytes]
    apart: bool = False

    @property
    def durations(self) -> Durations:
        """The durations, as those of `CountedLines`."""
        return RecordedDurations({}, self.records)


@frozen
class PartCounts:
    """The counts of a range of a log, made without knowing what comes before it.

    `first` is the minute of its first entry, and `newest` that of its newest. Lines before the first entry
    are in `counted.unread` under a quarter of their own. `lines` is the number of its line ends. `doubled`:
    some local time in the range occurs twice (end of DST), and the lines before the range decide which is
    meant.
    """

    counted: CountedLines
    first: int | None
    newest: int | None
    lines: int
    doubled: bool


class Totals:
    """Counts entries by minute and code, and other lines at the quarter of the newest entry before them.

    Lines before the stream's first entry wait in `pending`, and are counted at the quarter of that entry.
    """

    def __init__(self, newest: int | None, pending: Mapping[tuple[UnreadKind, str], int]) -> None:
        self.newest = newest
        self.pending: Counter[tuple[UnreadKind, str]] = Counter(pending)
        self._reset()

    def _reset(self) -> None:
        self._minutes: dict[int, dict[int, int]] = {}
        self._buckets: dict[int, list[int]] = {}
        self._noise: dict[str, int] = defaultdict(int)
        self._refused: dict[str, int] = defaultdict(int)
        self._unread: dict[tuple[int, UnreadKind, str], int] = defaultdict(int)
        self._samples: list[Refused] = []
        self.entries = 0
        self._durations: dict[int, dict[int, int]] = {}
        self._records: list[bytes] = []

    def bucket(self, minute: int) -> list[int]:
        """Return the list to which each entry of a minute appends its code. An entry must follow."""
        if self.newest is None or minute > self.newest:
            self._note_entry(minute)
        return self._buckets.setdefault(minute, [])

    def note(self, first: int, newest: int) -> None:
        """Take note of entries: the minute of the first, and that of the newest."""
        self._note_entry(first)
        self._note_entry(newest)

    def cell(self, minute: int) -> dict[int, int]:
        """Return the counts of a minute by code, for `add_up`. An entry must follow."""
        if self.newest is None or minute > self.newest:
            self._note_entry(minute)
        cell = self._minutes.get(minute)
        if cell is None:
            cell = self._minutes[minute] = {}
        return cell

    @property
    def begun(self) -> bool:
        """Whether there was an entry."""
        return self.newest is not None

    def add_duration(self, minute: int, code: int, microseconds: int) -> None:
        """Count how long a request of a minute took."""
        cell = self.hour(minute)
        key = bucket_of(microseconds) * CODES + code
        cell[key] = cell.get(key, 0) + 1

    def hour(self, minute: int) -> dict[int, int]:
        """Return the durations of an hour by its minute: requests, by code and bucket in one number.

        Numbers below 0 stand for lines without a duration.
        """
        return self._durations.setdefault(minute // MINUTES_PER_HOUR, {})

    def _note_entry(self, minute: int) -> None:
        if self.newest is None:
            for (kind, reason), lines in self.pending.items():
                self._unread[minute // MINUTES_PER_QUARTER, kind, reason] += lines
            self.pending.clear()
            self.newest = minute
        elif minute > self.newest:
            self.newest = minute

    def unread(self, kind: UnreadKind, reason: str) -> None:
        """Count a line that is not an entry."""
        lines = self._noise if kind is UnreadKind.NOISE else self._refused
        lines[reason] += 1
        self._add_unread(kind, reason, 1)

    def absorb(self, part: PartCounts, codes: Sequence[int]) -> None:
        """Add the counts of the next lines, which another counter has counted.

        `codes` are our codes for theirs.
        """
        counted, before = part.counted, self.newest
        for (quarter, kind, reason), lines in counted.unread.items():
            if quarter == _BEFORE_QUARTER:
                self._add_unread(kind, reason, lines)
        if part.first is not None and part.newest is not None:
            self._note_entry(part.first)
            self.newest = max(part.newest, self.newest or part.newest)
        passed = _BEFORE if before is None else before
        for (quarter, kind, reason), lines in counted.unread.items():
            if quarter != _BEFORE_QUARTER:
                at = max(quarter, passed // MINUTES_PER_QUARTER)
                self._unread[at, kind, reason] += lines
        _add_to(self._noise, counted.noise)
        _add_to(self._refused, counted.refused)
        absorb = compiled_module(SCANNER)
        if absorb is not None:
            absorb.absorb(self._minutes, counted.minutes, list(codes))
        else:
            self._absorb_minutes(counted.minutes, codes)
        self._absorb_durations(counted.durations, codes)
        self.entries += counted.entries
        self._samples += counted.samples[: _SAMPLES - len(self._samples)]

    def _absorb_minutes(
        self, minutes: Mapping[int, Mapping[int, int]], codes: Sequence[int]
    ) -> None:
        for minute, counts in minutes.items():
            ours = {codes[code]: requests for code, requests in counts.items()}
            mine = self._minutes.setdefault(minute, ours)
            if mine is not ours:
                for code, requests in ours.items():
                    mine[code] = mine.get(code, 0) + requests

    def _absorb_durations(self, durations: Durations, codes: Sequence[int]) -> None:
        sums, records = parts_of(durations)
        add_recoded(self._durations, sums, codes.__getitem__)
        for text in records:
            recoded = bytearray()
            for hour, code, bucket in RECORD.iter_unpack(text):
                recoded += RECORD.pack(hour, codes[code], bucket)
            self._records.append(bytes(recoded))

    def _add_unread(self, kind: UnreadKind, reason: str, lines: int) -> None:
        if self.newest is None:
            self.pending[kind, reason] += lines
        else:
            self._unread[self.newest // MINUTES_PER_QUARTER, kind, reason] += lines

    def sample(self, line_number: int, *, reason: str, line: bytes) -> None:
        """Keep the beginning of a refused line if it is among the first."""
        if len(self._samples) < _SAMPLES:
            text = line[:_SAMPLE_BYTES].decode("utf-8", "surrogateescape")
            self._samples.append(Refused(line_number, reason, text))

    def add_up_codes(self) -> None:
        """Add up the lists of codes. Lists that `bucket` returned before must not be used after this."""
        for minute, codes in self._buckets.items():
            add_up(self._minutes.setdefault(minute, {}), codes)
            self.entries += len(codes)
        self._buckets.clear()

    @property
    def minutes(self) -> Mapping[int, Mapping[int, int]]:
        """What was added up since the last `take()`."""
        return self._minutes

    def record(
        self, minutes: Sequence[int | None], codes: Sequence[int | None], buckets: Sequence[int]
    ) -> None:
        """Count the durations of lines: the minute, the code and the bucket of each.

        Lines without a minute are left out, and buckets below 0. No code is `None` where there is a minute.
        """
        scanner = compiled_module(SCANNER)
        if scanner is not None:
            if records := scanner.records_of(minutes, codes, buckets):
                self._records.append(records)
            return
        keys = [
            0 if code is None else code + each for code, each in zip(codes, buckets, strict=True)
        ]
        start = 0
        for end in ends_of_runs(minutes):
            minute = minutes[start]
            if minute is not None:
                add_up(self.hour(minute), keys[start:end])
            start = end

    @property
    def records(self) -> list[bytes]:
        """The list to which compiled code appends durations; see `RecordedDurations`."""
        return self._records

    def take(self) -> CountedLines:
        """Return everything since the last call, and begin again. `newest` and `pending` stay."""
        noise, refused = self._noise, self._refused
        counted = CountedLines(
            minutes=self._minutes,
            lines=self.entries + sum(noise.values()) + sum(refused.values()),
            entries=self.entries,
            noise=dict(noise),
            refused=dict(refused),
            unread=dict(self._unread),
            samples=tuple(self._samples),
            durations=self._taken_durations(),
        )
        self._reset()
        return counted

    def _taken_durations(self) -> Durations:
        sums = {hour: _without_untold(cells) for hour, cells in self._durations.items()}
        return RecordedDurations(sums, self._records) if self._records else sums

    def rewind(self, newest: int | None, pending: Mapping[tuple[UnreadKind, str], int]) -> None:
        """Drop everything since the last `take()`."""
        self._reset()
        self.newest = newest
        if pending or self.pending:
            self.pending = Counter(pending)


def _add_to(sums: dict[str, int], reasons: Mapping[str, int]) -> None:
    for reason, lines in reasons.items():
        sums[reason] += lines


def _without_untold(cells: dict[int, int]) -> dict[int, int]:
    """Return the durations of an hour without the lines that have none."""
    if min(cells, default=0) >= 0:
        return cells
    return {key: requests for key, requests in cells.items() if key >= 0}


class PartTotals(Totals):
    """The totals of a range of a log. Call `begin` before each range."""

    def __init__(self) -> None:
        super().__init__(_BEFORE, {})
        self.first: int | None = None

    @property
    def begun(self) -> bool:
        """Whether there was an entry in the range."""
        return self.first is not None

    def begin(self) -> None:
        """Begin another range."""
        self.rewind(_BEFORE, {})
        self.first = None

    def _note_entry(self, minute: int) -> None:
        if self.first is None:
            self.first = minute
        if self.newest is None or minute > self.newest:
            self.newest = minute

    def part(self, *, zone: tzinfo, lines: int) -> PartCounts:
        """Return the range's counts."""
        newest = None if self.first is None else self.newest
        counted = self.take()
        twice = any_doubled(counted.minutes, zone)
        return PartCounts(counted, self.first, newest, lines, twice)
