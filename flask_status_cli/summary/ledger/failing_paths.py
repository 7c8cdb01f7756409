"""Gives a route of its own to a path that fails by itself.

The path never answered, or it is a page of a crowd. It is probably a broken page that its owner must know
of. Paths with only 404s get no route, because scanners make them. Paths that fail while the whole site or
their whole crowd is down get none either.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Final, Protocol, TypeAlias

from flask_status_cli import judgement
from flask_status_cli.frozen import frozen
from flask_status_cli.model import UNMATCHED, Outcome, Policy, Route
from flask_status_cli.model.log.entries import RouteKey
from flask_status_cli.model.times import MINUTES_PER_DAY
from flask_status_cli.routes import is_static
from flask_status_cli.summary.ledger.named_paths import NamedLedger
from flask_status_cli.summary.ledger.protocol import Ledger
from flask_status_cli.summary.maintenance import MaintenanceMinutes, excused_minutes
from flask_status_cli.summary.report_time import newest_allowed

LEAST_FAILURES: Final = 3
"""A path needs at least this many server errors."""

LEAST_MINUTES: Final = 2
"""A path needs server errors in at least this many minutes."""

MOST: Final = 20
"""At most this many paths get a route, besides those whose incident was announced or noted."""

RECENT: Final = 24 * 60
"""An incident of a path may be open if the path failed in this many minutes before the newest entry."""

FIRST_READ: Final = 100
"""The first read of other routes covers this many minutes. Each further read covers twice as many."""


Minutes: TypeAlias = Mapping[int, int]
"""Failures by epoch minute."""


class PathLedger(Ledger, Protocol):
    """A ledger that also knows paths which have no route of their own.

    These are paths that never answered, and pages of crowds with server errors.
    """

    def unanswered_failures(
        self, codes: Collection[int], *, until: int
    ) -> Iterable[tuple[str, str, int, int]]:
        """Yield (label, path, minute, failures) up to the minute `until`."""

    def unanswered(self, paths: Iterable[RouteKey]) -> Iterable[tuple[str, str, int, int, int]]:
        """Yield (label, path, minute, status, requests) of some paths."""

    def waiting_durations(
        self, paths: Iterable[RouteKey], start: int, end: int
    ) -> Iterable[tuple[str, str, int, int]]:
        """Yield (label, path, bucket, requests) of paths that never answered, between two epoch hours."""

    def page_failures(
        self, codes: Collection[int], *, until: int
    ) -> Iterable[tuple[str, str, int, int, int]]:
        """Yield (label, path, crowd, minute, failures) of pages of crowds up to `until`."""

    def page_answers(self, codes: Collection[int], *, until: int) -> Mapping[RouteKey, int]:
        """Return the minute in which each page with server errors last had one of these codes."""

    def pages(
        self, pages: Iterable[RouteKey], *, until: int
    ) -> Iterable[tuple[str, str, int, int, int]]:
        """Yield (label, path, minute, status, requests) of some pages with server errors."""

    def page_requests_in(
        self, page: RouteKey, codes: Collection[int], minutes: Sequence[int], *, until: int
    ) -> int:
        """Count the requests to a page with server errors that had one of `codes` in some minutes."""

    def failures_in(
        self, codes: Collection[int], minutes: Sequence[int], routes: Collection[int]
    ) -> Mapping[int, int]:
        """Return how many requests to some routes had one of these codes, by minute."""


def with_failing(ledger: PathLedger, policy: Policy, *, now: datetime) -> Ledger:
    """Return a ledger in which paths that fail by themselves are routes.

    It is the ledger itself if there are no such paths. All minutes up to `now` are considered. Failures are
    the server errors that make incidents.
    """
    outcomes = judgement.outcomes(judgement.for_incidents(policy), rule=UNMATCHED)
    codes = [code for code, each in outcomes.items() if each is Outcome.FAILURE and code >= 500]
    until = newest_allowed(now)
    found: defaultdict[RouteKey, dict[int, int]] = defaultdict(dict)
    for label, rule, minute, failures in ledger.unanswered_failures(codes, until=until):
        found[label, rule][minute] = failures
    pages = _Pages.read(ledger, policy, codes, until=until)
    if not found and not pages.failures:
        return ledger
    newest = ledger.span(until)[1] or until
    chosen = _Search(ledger, policy, codes, {**pages.failures, **found}, pages, newest).chosen()
    if not chosen:
        return ledger
    paths = sorted(chosen)
    crowds = {key: pages.crowds[key] for key in paths if key in pages.crowds}
    waiting = [key for key in paths if key not in crowds]
    rows = chain(ledger.unanswered(waiting), ledger.pages(crowds, until=until))

    def durations(start: int, end: int) -> Iterable[tuple[str, str, int, int]]:
        return ledger.waiting_durations(waiting, start, end)

    return NamedLedger(ledger, paths, rows, crowds, durations)


@frozen
class _Pages:
    """The pages of crowds with server errors. Pages that have a route of their own are left out.

    `failures` has the failures of each page by minute.
    `crowds` has the route id of its crowd, `rules` the rule of its crowd.
    `answered` has the minute of its last success.
    """

    until: int
    failures: Mapping[RouteKey, dict[int, int]]
    crowds: Mapping[RouteKey, int]
    rules: Mapping[RouteKey, str]
    answered: Mapping[RouteKey, int]

    @classmethod
    def read(
        cls, ledger: PathLedger, policy: Policy, codes: Collection[int], *, until: int
    ) -> _Pages:
        """Read the pages from a ledger."""
        failures: defaultdict[RouteKey, dict[int, int]] = defaultdict(dict)
        crowds: dict[RouteKey, int] = {}
        for label, path, crowd, minute, n in ledger.page_failures(codes, until=until):
            failures[label, path][minute] = n
            crowds[label, path] = crowd
        if not failures:
            return cls(until, {}, {}, {}, {})
        routes = ledger.routes()
        for route in routes.values():
            failures.pop((route.label, route.rule), None)
            crowds.pop((route.label, route.rule), None)
        rules = {key: routes[number].rule for key, number in crowds.items()}
        answered = ledger.page_answers(_good(policy), until=until)
        return cls(until, failures, crowds, rules, answered)

    def recovered(self, key: RouteKey, minutes: Minutes) -> bool:
        """Return whether a page has succeeded since its last failure."""
        return key in self.crowds and self.answered.get(key, -1) > max(minutes)

    def spans(self, key: RouteKey, minutes: Minutes) -> list[Minutes]:
        """Return the sets of failures by which a page may be found to fail by itself.

        If there are enough failures since its last success, this is the only set. Otherwise the sets are the
        failures of the last 24 hours up to the newest one, and all failures, each if there are enough.
        """
        after = self.answered.get(key, -1)
        day = max(minutes, default=0) - RECENT
        since, lately = ({m: n for m, n in minutes.items() if m > start} for start in (after, day))
        if _is_enough(since):
            return [since]
        return [each for each in (lately, minutes) if _is_enough(each)]


@dataclass(slots=True)
class _Search:
    """Searches for paths that fail by themselves. `found` has the failures of every path by minute."""

    ledger: PathLedger
    policy: Policy
    codes: Sequence[int]
    found: Mapping[RouteKey, dict[int, int]]
    pages: _Pages
    newest: int
    others: dict[str, _Others] = field(default_factory=dict)

    def chosen(self) -> set[RouteKey]:
        """Return the paths that get a route: those that fail by themselves, and those announced before."""
        announced = {(each.label, each.rule) for each in self.ledger.anchors()} & self.found.keys()
        own: set[RouteKey] = set()
        candidates = dict(self._candidates())
        for key in sorted(candidates, key=self._place):
            if len(own) == MOST:
                break
            if key in announced:
                continue
            if any(self._fails_by_itself(key, minutes) for minutes in candidates[key]):
                own.add(key)
        return own | announced

    def _candidates(self) -> Iterator[tuple[RouteKey, Sequence[Minutes]]]:
        """Yield the paths that failed often enough, each with sets of failures to examine."""
        windows = self.ledger.maintenance()
        rules = self.pages.rules
        routes = (Route(*key, part_of=rules.get(key, "")) for key in self.found)
        spans = excused_minutes(windows, dict(enumerate(routes)))
        for number, (key, minutes) in enumerate(self.found.items()):
            left = _without(minutes, spans.get(number))
            if key in self.pages.crowds:
                sets = self.pages.spans(key, left)
            else:
                sets = [each for each in (left, *_by_day(left)) if _is_enough(each)]
            if sets:
                yield key, sets

    def _place(self, key: RouteKey) -> tuple[bool, bool, int, RouteKey]:
        """Return the sort key: first paths that may have an open incident, then those with most failures."""
        minutes = self.found[key]
        stale = max(minutes) < self.newest - RECENT
        return stale, self.pages.recovered(key, minutes), -sum(minutes.values()), key

    def _fails_by_itself(self, key: RouteKey, minutes: Minutes) -> bool:
        """Return whether most other requests succeeded in the minutes in which the path failed."""
        label, _ = key
        if label not in self.others:
            self.others[label] = _Others.of(self, label)
        if key not in self.pages.crowds:
            own = 0 if is_static(key[1]) else sum(minutes.values())
            return self.others[label].work(minutes, own=own)
        successes = self._successes(key, minutes)
        if not self._crowd_works(key, minutes, successes=successes):
            return False
        return self.others[label].work(minutes, own=sum(minutes.values()), successes=successes)

    def _successes(self, key: RouteKey, minutes: Minutes) -> int:
        """Count the successes of a page of a crowd in the minutes in which it failed."""
        until = self.pages.until
        return self.ledger.page_requests_in(key, _good(self.policy), sorted(minutes), until=until)

    def _crowd_works(self, key: RouteKey, minutes: Minutes, *, successes: int) -> bool:
        """Return whether most requests to the other pages of the crowd succeeded in these minutes.

        Return true if none of them failed.
        """
        good, bad = -successes, -sum(minutes.values())
        answers = _good(self.policy)
        for _, status, n in self.ledger.minute_sums(sorted(minutes), [self.pages.crowds[key]]):
            good += n if status in answers else 0
            bad += n if status in self.codes else 0
        return good > bad or bad == 0


@dataclass(slots=True)
class _Others:
    """The outcomes of all requests of one label, for comparison with a failing path.

    `routes` are the ids of the routes that answer, `failures` the failures of the label by minute. `read`
    caches the successes of minutes that were read. Static files are left out.
    """

    ledger: PathLedger
    routes: Sequence[int]
    success: Collection[int]
    failures: Mapping[int, int]
    read: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, search: _Search, label: str) -> _Others:
        """Read the failures of the routes and of the unanswered paths of a label."""
        mine = {n: route for n, route in search.ledger.routes().items() if route.label == label}
        named = [n for n, route in mine.items() if not is_static(route.rule)]
        minutes: Counter[int] = Counter()
        for (whose, rule), failed in search.found.items():
            waits = (whose, rule) not in search.pages.crowds
            if whose == label and waits and not is_static(rule):
                minutes.update(failed)
        wanted = sorted(
            {m for key, those in search.found.items() if key[0] == label for m in those}
        )
        minutes.update(search.ledger.failures_in(search.codes, wanted, named))
        answering = [n for n in named if mine[n].rule != UNMATCHED]
        return cls(search.ledger, answering, _good(search.policy), minutes)

    def work(self, minutes: Collection[int], *, own: int, successes: int = 0) -> bool:
        """Return whether other paths mostly succeeded in the minutes in which a path failed.

        `own` are the path's own failures that `failures` counts. `successes` are its own successes in these
        minutes. If no other request failed, the result is true. Only as many minutes are read as needed.
        """
        failures = sum(self.failures.get(minute, 0) for minute in minutes) - own
        left, good, step = sorted(minutes, reverse=True), -successes, FIRST_READ
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


def _good(policy: Policy) -> frozenset[int]:
    """Return the status codes that are successes."""
    outcomes = judgement.outcomes(policy)
    return frozenset(code for code, each in outcomes.items() if each is Outcome.SUCCESS)


def _is_enough(minutes: Minutes) -> bool:
    return sum(minutes.values()) >= LEAST_FAILURES and len(minutes) >= LEAST_MINUTES


def _by_day(minutes: Minutes) -> Iterator[Minutes]:
    """Yield the failures of each day (UTC), if there are several days.

    A path that failed by itself on one day keeps its route if it fails together with others on another day.
    """
    days: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for minute, failures in minutes.items():
        days[minute // MINUTES_PER_DAY][minute] = failures
    if len(days) > 1:
        yield from days.values()


def _without(minutes: Minutes, spans: MaintenanceMinutes | None) -> Minutes:
    if spans is None:
        return minutes
    return {minute: n for minute, n in minutes.items() if not spans.holds(minute)}
