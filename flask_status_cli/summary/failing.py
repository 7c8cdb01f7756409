"""What only fails has a name: a path that never answered and fails by itself is a route of its own.

Such a path is a broken page, and its owner looks for it. Any scanner makes paths that get a 404, and
while the whole site is down every path fails: neither makes a route.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol, TypeAlias

from flask_status_cli import classify
from flask_status_cli.model import UNMATCHED, Origin, Outcome, Policy, Route
from flask_status_cli.routes import is_static
from flask_status_cli.summary.instant import newest_allowed
from flask_status_cli.summary.ledger import Ledger
from flask_status_cli.summary.maintenance import Excused, excused
from flask_status_cli.summary.named import NamedLedger

LEAST_FAILURES: Final = 3
LEAST_MINUTES: Final = 2
"""A path with fewer server errors, or in fewer minutes, is none of ours."""

MOST: Final = 20
"""So many paths have a name, besides those with an incident that was told or noted."""

RECENT: Final = 24 * 60
"""An incident of a path that failed in so many minutes before the newest entry may still be open."""

FIRST_READ: Final = 100
"""So many minutes are looked at first for what others had, and twice as many each time."""

Key: TypeAlias = tuple[str, str]
"""Label and path."""

Minutes: TypeAlias = Mapping[int, int]
"""Failures by epoch minute."""


class PathLedger(Ledger, Protocol):
    """A ledger that also knows what each path has had that never answered."""

    def unanswered_failures(
        self, codes: Collection[int], *, until: int
    ) -> Iterable[tuple[str, str, int, int]]:
        """Yield (label, path, minute, failures), nothing later than the minute `until`."""

    def unanswered(self, paths: Iterable[Key]) -> Iterable[tuple[str, str, int, int, int]]:
        """Yield (label, path, minute, status, requests) of some paths."""

    def failures_in(
        self, codes: Collection[int], minutes: Sequence[int], routes: Collection[int]
    ) -> Mapping[int, int]:
        """Return by minute how often some routes answered one of these codes."""


def with_failing(ledger: PathLedger, policy: Policy, *, now: datetime) -> Ledger:
    """Return a ledger in which what only fails has a name, the ledger itself where there is nothing.

    That is decided over all minutes that are kept up to `now`, by the server errors that make incidents.
    """
    outcomes = classify.outcomes(classify.for_incidents(policy), rule=UNMATCHED)
    codes = [code for code, each in outcomes.items() if each is Outcome.FAILURE and code >= 500]
    until = newest_allowed(now)
    found: defaultdict[Key, dict[int, int]] = defaultdict(dict)
    for label, rule, minute, failures in ledger.unanswered_failures(codes, until=until):
        found[label, rule][minute] = failures
    if not found:
        return ledger
    newest = ledger.span(until)[1] or until
    chosen = _Search(ledger, policy, codes, found, newest=newest).chosen()
    return (
        NamedLedger(ledger, sorted(chosen), ledger.unanswered(sorted(chosen))) if chosen else ledger
    )


@dataclass(slots=True)
class _Search:
    """Looks for the paths that fail by themselves; `found` are the failures of every path."""

    ledger: PathLedger
    policy: Policy
    codes: Sequence[int]
    found: Mapping[Key, dict[int, int]]
    newest: int
    others: dict[str, _Others] = field(default_factory=dict)

    def chosen(self) -> set[Key]:
        """Return the paths that get a name: the first that fail by themselves, and those that were told."""
        told = {(each.label, each.rule) for each in self.ledger.anchors()} & self.found.keys()
        own: set[Key] = set()
        for key in sorted(self._candidates(), key=self._place):
            if len(own) == MOST:
                break
            if key not in told and self._fails_by_itself(key):
                own.add(key)
        return own | told

    def _candidates(self) -> Iterator[Key]:
        windows = self.ledger.maintenance()
        spans = excused(windows, dict(enumerate(_route(key) for key in self.found)))
        for number, (key, minutes) in enumerate(self.found.items()):
            left = _without(minutes, spans.get(number))
            if sum(left.values()) >= LEAST_FAILURES and len(left) >= LEAST_MINUTES:
                yield key

    def _place(self, key: Key) -> tuple[bool, int, Key]:
        """Return the sort key: first what may be open, then most failures."""
        minutes = self.found[key]
        return max(minutes) < self.newest - RECENT, -sum(minutes.values()), key

    def _fails_by_itself(self, key: Key) -> bool:
        """Return whether less than half of the other judged requests failed while the path did."""
        label, _ = key
        if label not in self.others:
            self.others[label] = _Others.of(self, label)
        own = 0 if is_static(key[1]) else sum(self.found[key].values())
        return self.others[label].work(self.found[key], own=own)


@dataclass(slots=True)
class _Others:
    """What the other requests of a label had, minute by minute; those to static files are left out."""

    ledger: PathLedger
    routes: Sequence[int]
    success: Collection[int]
    failures: Mapping[int, int]
    read: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, search: _Search, label: str) -> _Others:
        """Return what is known of a label: in which minutes its routes and its waiting paths failed."""
        mine = {n: route for n, route in search.ledger.routes().items() if route.label == label}
        named = [n for n, route in mine.items() if not is_static(route.rule)]
        minutes: Counter[int] = Counter()
        for (whose, rule), failed in search.found.items():
            if whose == label and not is_static(rule):
                minutes.update(failed)
        wanted = sorted(
            {m for key, those in search.found.items() if key[0] == label for m in those}
        )
        minutes.update(search.ledger.failures_in(search.codes, wanted, named))
        outcomes = classify.outcomes(search.policy)
        success = [code for code, each in outcomes.items() if each is Outcome.SUCCESS]
        answering = [n for n in named if mine[n].rule != UNMATCHED]
        return cls(search.ledger, answering, frozenset(success), minutes)

    def work(self, minutes: Collection[int], *, own: int) -> bool:
        """Return whether the others worked in the minutes in which a path failed; `own` are its failures.

        Where there were no others, that is no sign of an outage of the site. Only as many minutes are read
        as it takes.
        """
        failures = sum(self.failures.get(minute, 0) for minute in minutes) - own
        left, good, step = sorted(minutes, reverse=True), 0, FIRST_READ
        while left and good <= failures:
            some, left, step = left[:step], left[step:], 2 * step
            good += sum(self._successes(some))
        return good > failures or failures == 0

    def _successes(self, minutes: Sequence[int]) -> Iterator[int]:
        missing = [minute for minute in minutes if minute not in self.read]
        if missing:
            self.read.update(dict.fromkeys(missing, 0))
            for minute, status, requests in self.ledger.minute_sums(missing, self.routes):
                if status in self.success:
                    self.read[minute] += requests
        return (self.read[minute] for minute in minutes)


def _route(key: Key) -> Route:
    return Route(*key, origin=Origin.FAILING)


def _without(minutes: Minutes, spans: Excused | None) -> Minutes:
    if spans is None:
        return minutes
    return {minute: n for minute, n in minutes.items() if not spans.holds(minute)}
