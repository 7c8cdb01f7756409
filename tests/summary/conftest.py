"""A ledger in memory, fed with entries: what the summary's tests stand on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import pytest

from flask_status_cli.judgement import PRESETS
from flask_status_cli.model import (
    Expectation,
    FrozenIncident,
    IncidentAnchor,
    IncidentNote,
    Maintenance,
    Origin,
    Route,
    Run,
    StatusSummary,
    UnreadKind,
)
from flask_status_cli.model.deploys import Deploy
from flask_status_cli.model.duration_buckets import bucket_of
from flask_status_cli.model.log.hosts import Host
from flask_status_cli.model.pruning import ClosedEpisodes
from flask_status_cli.model.trusted_clock import ClockTrust
from flask_status_cli.summary import RowView, summarize

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
VIEW = ("rows", "show_all", "group")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class MemoryLedger:
    """The ledger's protocol over a plain counter of (minute, label, rule, status)."""

    entries: Counter[tuple[int, str, str, int]] = field(default_factory=Counter)
    facts: dict[tuple[str, str], Route] = field(default_factory=dict)
    lines: Counter[tuple[int, UnreadKind]] = field(default_factory=Counter)
    runs: list[Run] = field(default_factory=lambda: [MemoryLedger.run_at(NOW)])
    known_before: ClosedEpisodes | None = None
    asked: list[str] = field(default_factory=list)
    windows: list[Maintenance] = field(default_factory=list)
    marked: list[Deploy] = field(default_factory=list)
    minutes_from: int | None = None
    told: list[IncidentAnchor] = field(default_factory=list)
    kept: list[FrozenIncident] = field(default_factory=list)
    written: dict[str, IncidentNote] = field(default_factory=dict)
    misread_since: int | None = None
    deleted_before: int | None = None
    took: Counter[tuple[int, str, str, int]] = field(default_factory=Counter)

    @staticmethod
    def run_at(finished_at: datetime, *problems: str) -> Run:
        """Return a run that ended then."""
        return Run(finished_at - timedelta(seconds=2), finished_at, 1, 10, 10, 0, 0, problems)

    def add(self, at: datetime, rule: str, status: int, *, n: int = 1, label: str = "") -> None:
        """Count `n` requests in the minute that holds `at`."""
        self.entries[(at - EPOCH) // timedelta(minutes=1), label, rule, status] += n

    def take(self, at: datetime, rule: str, *microseconds: int, label: str = "") -> None:
        """Count a request with 200 in the minute that holds `at` for each of these durations."""
        minute = (at - EPOCH) // timedelta(minutes=1)
        for each in microseconds:
            self.entries[minute, label, rule, 200] += 1
            self.took[minute, label, rule, bucket_of(each)] += 1

    def know(self, rule: str, *, label: str = "", **facts: Any) -> None:
        """State what is known of a route beside its counts: its name, origin, whether it is hidden."""
        self.facts[label, rule] = replace(Route(label, rule, origin=Origin.DISCOVERED), **facts)

    def unread_at(self, at: datetime, kind: UnreadKind, lines: int) -> None:
        """Count lines that were no entries in the quarter that holds `at`."""
        self.lines[(at - EPOCH) // timedelta(minutes=15), kind] += lines

    def _keys(self) -> list[tuple[str, str]]:
        return sorted({(label, rule) for _, label, rule, _ in self.entries})

    def routes(self) -> Mapping[int, Route]:
        return {
            number: self.facts.get(key, Route(*key))
            for number, key in enumerate(self._keys(), start=1)
        }

    def requests(self, start: int, end: int) -> Iterable[tuple[int, int, int]]:
        self.asked.append("requests")
        return self._between(start * 15, end * 15)

    def minutes(self, start: int, end: int) -> Iterable[tuple[int, int, int]]:
        self.asked.append("minutes")
        return self._between(start, end)

    def durations(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        numbers = {key: number for number, key in enumerate(self._keys(), start=1)}
        for (minute, label, rule, bucket), n in self.took.items():
            if start <= minute // 60 < end:
                yield numbers[label, rule], bucket, n

    def slices(
        self, start: int, end: int, size: int, routes: Collection[int]
    ) -> Iterable[tuple[int, int, int, int]]:
        self.asked.append("slices")
        for minute, number, status, n in self._timed(start * 15, end * 15, routes):
            yield (minute // 15 - start) // size, number, status, n

    def by_minute(
        self, start: int, end: int, routes: Collection[int]
    ) -> Iterable[tuple[int, int, int, int]]:
        yield from sorted(self._timed(start, end, routes))

    def _timed(
        self, start: int, end: int, routes: Collection[int]
    ) -> Iterator[tuple[int, int, int, int]]:
        numbers = {key: number for number, key in enumerate(self._keys(), start=1)}
        for (minute, label, rule, status), n in self.entries.items():
            if start <= minute < end and numbers[label, rule] in routes:
                yield minute, numbers[label, rule], status, n

    def _between(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        numbers = {key: number for number, key in enumerate(self._keys(), start=1)}
        for (minute, label, rule, status), n in self.entries.items():
            if start <= minute < end:
                yield numbers[label, rule], status, n

    def failed(
        self,
        failure: Collection[int],
        success: Collection[int],
        *,
        routes: Collection[int],
        until: int,
    ) -> Iterable[tuple[int, int, int, int]]:
        numbers = {key: number for number, key in enumerate(self._keys(), start=1)}
        rows: dict[tuple[int, int], list[int]] = {}
        for (minute, label, rule, status), n in self.entries.items():
            number = numbers[label, rule]
            if minute <= until and number in routes:
                both = rows.setdefault((minute, number), [0, 0])
                both[0] += n if status in failure else 0
                both[1] += n if status in success else 0
        return [(*key, both[0], both[1]) for key, both in rows.items() if both[0]]

    def minute_sums(
        self, minutes: Sequence[int], routes: Collection[int]
    ) -> Iterable[tuple[int, int, int]]:
        return self._sums(minutes, routes, minutes_each=1)

    def quarter_sums(
        self, quarters: Sequence[int], routes: Collection[int]
    ) -> Iterable[tuple[int, int, int]]:
        return self._sums(quarters, routes, minutes_each=15)

    def _sums(
        self, times: Sequence[int], routes: Collection[int], *, minutes_each: int
    ) -> Iterable[tuple[int, int, int]]:
        numbers = {key: number for number, key in enumerate(self._keys(), start=1)}
        asked, chosen = set(times), set(routes)
        for (minute, label, rule, status), n in self.entries.items():
            if minute // minutes_each in asked and numbers[label, rule] in chosen:
                yield minute // minutes_each, status, n

    def maintenance(self) -> Sequence[Maintenance]:
        return sorted(self.windows, key=lambda each: (each.start, each.id))

    def deploys(self) -> Sequence[Deploy]:
        return sorted(self.marked, key=lambda each: (each.at, each.id))

    def complete_from(self) -> int | None:
        return self.minutes_from

    def expectations(self) -> Sequence[Expectation]:
        return ()

    def busy_minutes(self, start: int, end: int, routes: Collection[int] | None) -> Sequence[int]:
        raise AssertionError("nothing is expected")

    def hosts(self) -> Sequence[Host]:
        return ()

    def clock_trust(self) -> ClockTrust | None:
        return None

    def anchors(self) -> Sequence[IncidentAnchor]:
        return self.told

    def frozen(self) -> Sequence[FrozenIncident]:
        return self.kept

    def notes(self) -> Mapping[str, IncidentNote]:
        return self.written

    def span(self, until: int) -> tuple[int | None, int | None]:
        minutes = [minute for minute, *_ in self.entries]
        return min(minutes, default=None), max((m for m in minutes if m <= until), default=None)

    def future(self, after: int) -> tuple[int, int | None]:
        later = [(minute, n) for (minute, *_), n in self.entries.items() if minute > after]
        return sum(n for _, n in later), max((minute for minute, _ in later), default=None)

    def counted_by_app(self, start: int, end: int) -> bool:
        return False

    def unread(self, start: int, end: int) -> Mapping[UnreadKind, int]:
        result: Counter[UnreadKind] = Counter()
        for (quarter, kind), lines in self.lines.items():
            if start <= quarter < end:
                result[kind] += lines
        return result

    def closed_episodes(self) -> ClosedEpisodes | None:
        return self.known_before

    def kept_from(self) -> int | None:
        return self.deleted_before

    def not_understood(self, now: datetime) -> int | None:
        return self.misread_since

    def last_run(self) -> Run | None:
        return max(self.runs, key=lambda run: run.finished_at, default=None)

    def last_good_run(self) -> Run | None:
        good = [run for run in self.runs if not run.problems]
        return max(good, key=lambda run: run.finished_at, default=None)


class Report(Protocol):
    """`summarize` with the defaults of the tests: at `NOW`, 30 days of UTC, the standard policy."""

    def __call__(self, **choices: Any) -> StatusSummary: ...


@pytest.fixture(scope="session")
def new_ledger() -> Callable[[], MemoryLedger]:
    """Makes ledgers, for properties that need one an example."""
    return MemoryLedger


@pytest.fixture
def ledger() -> MemoryLedger:
    """A ledger without entries, read just now."""
    return MemoryLedger()


@pytest.fixture
def report(ledger: MemoryLedger) -> Report:
    """Summarize the test's ledger."""

    def call(**choices: Any) -> StatusSummary:
        defaults = {"now": NOW, "zone": ZoneInfo("UTC"), "days": 30, "policy": PRESETS["standard"]}
        shown = {name: choices.pop(name) for name in VIEW if name in choices}
        return summarize(ledger, **{**defaults, "view": RowView(**shown), **choices})

    return call
