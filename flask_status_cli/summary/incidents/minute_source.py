"""Reads judged minutes from the ledger, as the search for incidents needs them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from flask_status_cli import judgement
from flask_status_cli.incidents import (
    SITE,
    JudgedMinute,
    PartlyReadMinute,
    RouteOrSite,
    SignsOfWork,
)
from flask_status_cli.model import MINUTES_PER_QUARTER, UNMATCHED, Outcome, Policy, Route
from flask_status_cli.routes import is_static
from flask_status_cli.summary.ledger.excused_requests import MARK, is_unanswered
from flask_status_cli.summary.ledger.protocol import Ledger

ABSENT: Final = frozenset({404, 405, 410})
"""Answers by which an app says that it has no such page."""

REDIRECTS: Final = frozenset({300, 301, 302, 303, 305, 306, 307, 308})

Outcomes: TypeAlias = Mapping[int, Outcome]


MOST_KEPT: Final = 1440
"""Minutes of the site are kept if at most this many are asked for at once."""


class _Member(NamedTuple):
    """Some routes, by id, for which each status code has the same outcome."""

    outcomes: Outcomes
    numbers: Sequence[int]


class LedgerSource:
    """The judged minutes of every route that is not hidden, and of the site, their sum.

    `newest` is the last epoch minute that is read from the ledger. `until` is the minute up to which the log
    was read. Routes are the stored ones, even if a report shows several as one row; so the id of an incident
    does not depend on the report. Requests that the ledger marks as excused are left out.
    """

    def __init__(
        self,
        ledger: Ledger,
        policy: Policy,
        *,
        newest: int,
        until: int | None = None,
    ) -> None:
        self._ledger = ledger
        self._policy = policy
        self._newest = newest
        self._until = newest if until is None else max(newest, until)
        every = ledger.routes()
        self._all = {RouteOrSite(route.label, route.rule) for route in every.values()}
        self._routes = {n: route for n, route in every.items() if not route.hidden}
        self._named = {
            RouteOrSite(route.label, route.rule): route.name for route in self._routes.values()
        }
        self._who = {n: RouteOrSite(route.label, route.rule) for n, route in self._routes.items()}
        self._kinds = self._by_kind()
        self._judged = {
            number: _outcomes(policy, unmatched=unmatched)
            for (policy, unmatched), numbers in self._kinds.items()
            for number in numbers
        }
        self._members = self._by_who()
        self._known = self._read_known()
        self._answered: dict[RouteOrSite, list[int]] = {}
        self._pages: dict[str, list[_Member]] = {}
        self._site: dict[int, JudgedMinute | None] = {}
        self._quarters: dict[RouteOrSite, dict[int, tuple[int, int]]] = {}

    @property
    def newest(self) -> int:
        """The epoch minute of the newest entry."""
        return self._newest

    @property
    def until(self) -> int:
        """The epoch minute up to which the log was read."""
        return self._until

    def everyone(self) -> Collection[RouteOrSite]:
        """Return all routes that had failures. The site is one of them if any route had failures."""
        return self._known.keys()

    def known(self, who: RouteOrSite) -> Sequence[PartlyReadMinute]:
        """Return the minutes in which a route had failures, in order."""
        return self._known[who]

    def exact(self, who: RouteOrSite) -> bool:
        """Return whether `known` has all successes of the minutes. It has for a single stored route."""
        numbers = [number for member in self._members[who] for number in member.numbers]
        return len(numbers) == 1 and self._routes[numbers[0]].rule != UNMATCHED

    def at(self, who: RouteOrSite, minutes: Iterable[int]) -> list[JudgedMinute]:
        """Return the judged requests of a route in some minutes, in order. Leave out minutes without any.

        The minutes of the site are kept, unless they are many. They are asked for again with each route.
        """
        wanted = list(minutes)
        if who != SITE or len(wanted) > MOST_KEPT:
            return self._read_minutes(who, wanted)
        missing = [minute for minute in wanted if minute not in self._site]
        self._site.update(dict.fromkeys(missing))
        self._site.update((each.minute, each) for each in self._read_minutes(SITE, missing))
        known = (self._site[minute] for minute in sorted(set(wanted)))
        return [each for each in known if each is not None]

    def _read_minutes(self, who: RouteOrSite, wanted: Sequence[int]) -> list[JudgedMinute]:
        success: defaultdict[int, int] = defaultdict(int)
        failed: defaultdict[int, dict[int, int]] = defaultdict(dict)
        for outcomes, numbers in self._members[who]:
            for minute, status, requests in self._ledger.minute_sums(wanted, numbers):
                outcome = outcomes.get(status)
                if outcome is Outcome.SUCCESS:
                    success[minute] += requests
                elif outcome is Outcome.FAILURE:
                    codes = failed[minute]
                    codes[status] = codes.get(status, 0) + requests
        return [
            JudgedMinute(m, success.get(m, 0), sum(codes.values()), codes)
            for m in sorted(success.keys() | failed.keys())
            for codes in (failed.get(m, {}),)
        ]

    def signs(self, who: RouteOrSite, minutes: Sequence[int]) -> list[SignsOfWork]:
        """Return the signs of work of a route in some minutes, in order.

        Successes of other routes with its label count if they are no redirects and no static files. A proxy
        may answer these while the app is down.
        """
        numbers = [n for member in self._members[who] for n in member.numbers]
        if who == SITE or not all(is_unanswered(self._routes[n]) for n in numbers):
            return []
        absent: Counter[int] = Counter()
        for minute, status, requests in self._ledger.minute_sums(minutes, numbers):
            if status % MARK in ABSENT:
                absent[minute] += requests
        others = self._answers(who.label, minutes)
        either = sorted(absent.keys() | others.keys())
        return [SignsOfWork(minute, absent[minute], others[minute]) for minute in either]

    def _answers(self, label: str, minutes: Sequence[int]) -> Counter[int]:
        """Return the successes of the routes of a label in some minutes, without redirects and files."""
        found: Counter[int] = Counter()
        for outcomes, numbers in self._pages_of(label):
            for minute, status, requests in self._ledger.minute_sums(minutes, numbers):
                if outcomes.get(status) is Outcome.SUCCESS and status not in REDIRECTS:
                    found[minute] += requests
        return found

    def _pages_of(self, label: str) -> list[_Member]:
        """Return the routes of a label that answer, without static files."""
        if label not in self._pages:
            self._pages[label] = [
                _Member(outcomes, [n for n in numbers if _is_page(self._routes[n], label)])
                for outcomes, numbers in self._members[SITE]
            ]
        return self._pages[label]

    def answered(self, who: RouteOrSite, start: int, end: int) -> bool:
        """Return whether a route had a success in a quarter that lies whole between two epoch minutes."""
        first, beyond = -(-start // MINUTES_PER_QUARTER), end // MINUTES_PER_QUARTER
        if first >= beyond:
            return False
        if who not in self._answered:
            self._answered[who] = sorted(self._quarters_answered(who))
        good = self._answered[who]
        at = bisect_left(good, first)
        return at < len(good) and good[at] < beyond

    def each(self, minute: int) -> dict[RouteOrSite, tuple[int, int]]:
        """Return the successes and failures in a minute, by route."""
        sums: dict[RouteOrSite, tuple[int, int]] = {}
        for number, status, requests in self._ledger.minutes(minute, minute + 1):
            outcome = self._judged.get(number, {}).get(status)
            if outcome in (Outcome.SUCCESS, Outcome.FAILURE):
                good, bad = sums.get(self._who[number], (0, 0))
                failed = outcome is Outcome.FAILURE
                both = (good, bad + requests) if failed else (good + requests, bad)
                sums[self._who[number]] = both
        return sums

    def quarters(self, who: RouteOrSite, quarters: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield the successes and failures of a route in each of some epoch quarters."""
        read = self._quarters.setdefault(who, {})
        missing = sorted(set(quarters) - read.keys())
        sums = {quarter: [0, 0] for quarter in missing}
        for outcomes, numbers in self._members[who] if missing else ():
            for quarter, status, requests in self._ledger.quarter_sums(missing, numbers):
                if status in outcomes and outcomes[status] is not Outcome.IGNORED:
                    sums[quarter][outcomes[status] is Outcome.FAILURE] += requests
        read.update({quarter: (good, bad) for quarter, (good, bad) in sums.items()})
        for quarter in quarters:
            yield read[quarter]

    def name(self, who: RouteOrSite) -> str:
        """Return the name of a route, empty if it has none."""
        return self._named.get(who, "")

    def has(self, who: RouteOrSite) -> bool:
        """Return whether there is such a route, hidden or not."""
        return who in self._all

    def _by_who(self) -> dict[RouteOrSite, list[_Member]]:
        members: dict[RouteOrSite, list[_Member]] = {}
        for (policy, unmatched), numbers in self._kinds.items():
            whose: dict[RouteOrSite, list[int]] = {SITE: numbers}
            for number in numbers:
                whose.setdefault(self._who[number], []).append(number)
            for who, mine in whose.items():
                outcomes = _outcomes(policy, unmatched=unmatched)
                members.setdefault(who, []).append(_Member(outcomes, mine))
        return members

    def _by_kind(self) -> dict[tuple[Policy, bool], list[int]]:
        """Return the route ids grouped by policy and by whether the route is `<unmatched>`."""
        kinds: dict[tuple[Policy, bool], list[int]] = {}
        for number, route in self._routes.items():
            policy = judgement.of_route(self._policy, route.rule)
            kinds.setdefault((policy, route.rule == UNMATCHED), []).append(number)
        return kinds

    def _read_known(self) -> dict[RouteOrSite, list[PartlyReadMinute]]:
        """Read the minutes with failures.

        Successes are read only for routes that failed in the same minute.
        """
        found: dict[RouteOrSite, dict[int, list[int]]] = {}
        for (policy, unmatched), numbers in self._kinds.items():
            codes = _codes(_outcomes(policy, unmatched=unmatched))
            rows = self._ledger.failed(*codes, routes=numbers, until=self._newest)
            for minute, number, failures, successes in rows:
                both = found.setdefault(self._who[number], {}).setdefault(minute, [0, 0])
                both[0] += failures
                both[1] += successes
        found[SITE] = _sum(found)
        return {
            who: [PartlyReadMinute(minute, *both) for minute, both in sorted(minutes.items())]
            for who, minutes in found.items()
            if minutes
        }

    def _quarters_answered(self, who: RouteOrSite) -> Iterator[int]:
        """Yield the quarters with a success between the first and the last failure."""
        known = self._known[who]
        first, last = (known[at].minute // MINUTES_PER_QUARTER for at in (0, -1))
        for outcomes, numbers in self._members[who]:
            for quarter, status, _ in self._ledger.quarter_sums(range(first, last + 1), numbers):
                if outcomes.get(status) is Outcome.SUCCESS:
                    yield quarter


def _outcomes(policy: Policy, *, unmatched: bool) -> Outcomes:
    """Return the outcome of each status code."""
    return judgement.outcomes(policy, rule=UNMATCHED if unmatched else "")


def _is_page(route: Route, label: str) -> bool:
    """Return whether a route with this label answers, and is no static file."""
    return route.label == label and not is_unanswered(route) and not is_static(route.rule)


def _codes(outcomes: Outcomes) -> tuple[list[int], list[int]]:
    """Return the codes that are failures, and those that are successes."""
    failure = [code for code, each in outcomes.items() if each is Outcome.FAILURE]
    return failure, [code for code, each in outcomes.items() if each is Outcome.SUCCESS]


def _sum(found: Mapping[RouteOrSite, Mapping[int, Sequence[int]]]) -> dict[int, list[int]]:
    """Add up the failures and successes of all routes."""
    total: dict[int, list[int]] = {}
    for minutes in found.values():
        for minute, (failure, success) in minutes.items():
            both = total.setdefault(minute, [0, 0])
            both[0] += failure
            both[1] += success
    return total
