"""Selects the requests by which the present state is judged.

These are the last judged minutes if a route is in an open incident, otherwise the last hour.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import TypeAlias

from flask_status_cli import judgement
from flask_status_cli.frozen import frozen
from flask_status_cli.judgement import NOW_MINUTES, OUTAGE_MINUTES
from flask_status_cli.model import Counts, Policy, Route, minute_of
from flask_status_cli.model.log.entries import RouteKey
from flask_status_cli.summary.incidents.find_incidents import FoundIncidents
from flask_status_cli.summary.ledger.protocol import Ledger
from flask_status_cli.summary.report.traffic import Statuses, Traffic, add_up

Numbers: TypeAlias = Mapping[Route, Sequence[int]]
"""The route ids of each route shown."""


@frozen
class Outages:
    """The times of each route's incidents, in epoch minutes.

    `opened` has the start of a route's open incident, `closed` the ranges of its closed ones. `of_site` has
    those in which the whole site failed, and works again.
    """

    opened: Mapping[RouteKey, int] = field(default_factory=dict)
    closed: Mapping[RouteKey, Sequence[range]] = field(default_factory=dict)
    of_site: Sequence[range] = ()

    @classmethod
    def of(cls, found: FoundIncidents) -> Outages:
        """Return the times of some incidents. False alarms are left out."""
        opened: dict[RouteKey, int] = {}
        closed: dict[RouteKey, list[range]] = {}
        for incident in found.incidents:
            if incident.note is not None and incident.note.false_alarm:
                continue
            for each in incident.routes:
                key, start = (each.label, each.rule), minute_of(each.start)
                if each.end is None:
                    opened[key] = min(start, opened.get(key, start))
                else:
                    closed.setdefault(key, []).append(range(start, minute_of(each.end)))
        return cls(opened, closed, found.site_outages)


@frozen
class CurrentState:
    """Selects the requests of the present state, up to the minute of `as_of`.

    `as_of` is `None` if there are no entries.
    """

    ledger: Ledger
    policy: Policy
    as_of: datetime | None
    outages: Outages

    def set_states(
        self, shown: Mapping[Route, Traffic], numbers: Mapping[int, Route]
    ) -> Counts | None:
        """Set `now` and `since` of each route in `shown`, and return the counts of the total.

        Return `None` if no route is in an open incident; then the total is the sum of the routes. `numbers`
        has the route as which each route id is shown.
        """
        if self.as_of is None:
            return None
        last = minute_of(self.as_of)
        behind: dict[Route, list[int]] = {}
        for number, route in numbers.items():
            behind.setdefault(route, []).append(number)
        keys = self._keys(numbers)
        self._leave_out(shown, behind, keys, last)
        opened = self._opened(behind, keys)
        for route, statuses in self._last_judged(behind, opened, last):
            shown[route].now, shown[route].since = statuses, opened[route]
        return self._sum(numbers, last, since=min(opened.values())) if opened else None

    def _keys(self, numbers: Mapping[int, Route]) -> dict[int, RouteKey]:
        """Return the label and rule of each route id, as incidents name it. Without incidents, return {}."""
        if not (self.outages.opened or self.outages.closed or self.outages.of_site):
            return {}
        known = self.ledger.routes()
        return {number: (known[number].label, known[number].rule) for number in numbers}

    def _opened(self, behind: Numbers, keys: Mapping[int, RouteKey]) -> dict[Route, int]:
        """Return the start of the open incident of each route shown that has one, in epoch minutes."""
        starts = {
            route: [
                self.outages.opened[key]
                for number in numbers
                if (key := keys.get(number)) is not None and key in self.outages.opened
            ]
            for route, numbers in behind.items()
        }
        return {route: min(each) for route, each in starts.items() if each}

    def _leave_out(
        self,
        shown: Mapping[Route, Traffic],
        behind: Numbers,
        keys: Mapping[int, RouteKey],
        last: int,
    ) -> None:
        """Leave the minutes of closed incidents out of the last hour, and those of the whole site."""
        first = last - NOW_MINUTES + 1
        of_all = [span for span in self.outages.of_site if span.stop > first]
        over = {
            number: spans
            for number, key in keys.items()
            if (
                spans := [*of_all, *(s for s in self.outages.closed.get(key, ()) if s.stop > first)]
            )
        }
        rows = {route: each for route, each in behind.items() if any(n in over for n in each)}
        whose = {number: route for route, each in rows.items() for number in each}
        left: dict[Route, Statuses] = {route: {} for route in rows}
        for minute, number, status, n in self._by_minute(first, last + 1, whose):
            if not any(minute in span for span in over.get(number, ())):
                add_up(left[whose[number]], {status: n})
        for route, statuses in left.items():
            shown[route].now = statuses

    def _last_judged(
        self, behind: Numbers, opened: Mapping[Route, int], last: int
    ) -> Iterator[tuple[Route, Statuses]]:
        """Yield the requests of each route in an open incident, in its last `OUTAGE_MINUTES` judged minutes.

        Reading goes back in periods that double, to the start of the incident at most.
        """
        found: dict[Route, list[Statuses]] = {route: [] for route in opened}
        looking, end, length = dict(opened), last + 1, NOW_MINUTES
        while looking:
            begin = max(end - length, min(looking.values()))
            whose = {number: route for route in looking for number in behind[route]}
            for route, statuses in self._newest_first(begin, end, whose, looking):
                if len(found[route]) < OUTAGE_MINUTES:
                    found[route].append(statuses)
            looking = {
                route: since
                for route, since in looking.items()
                if since < begin and len(found[route]) < OUTAGE_MINUTES
            }
            end, length = begin, 2 * length
        for route, minutes in found.items():
            yield route, add_up({}, *minutes)

    def _newest_first(
        self, begin: int, end: int, whose: Mapping[int, Route], since: Mapping[Route, int]
    ) -> Iterator[tuple[Route, Statuses]]:
        """Yield the requests of each judged minute between `begin` and `end`, the newest minute first.

        `whose` has the route of each route id, `since` the first minute that counts for a route.
        """
        minutes: dict[tuple[int, Route], Statuses] = {}
        for minute, number, status, n in self._by_minute(begin, end, whose):
            route = whose[number]
            if minute >= since[route]:
                add_up(minutes.setdefault((minute, route), {}), {status: n})
        for (_, route), statuses in sorted(
            minutes.items(), key=lambda each: each[0][0], reverse=True
        ):
            if judgement.judge(statuses, self.policy, rule=route.rule).valid:
                yield route, statuses

    def _sum(self, numbers: Mapping[int, Route], last: int, *, since: int) -> Counts | None:
        """Return the counts of all routes together in the last `OUTAGE_MINUTES` judged minutes.

        At most the last hour is read. Return `None` if it has no judged requests.
        """
        total, judged = Counts(), 0
        for minute in range(last, max(since, last - NOW_MINUTES + 1) - 1, -1):
            counts = self._minute(minute, numbers)
            if counts.valid:
                total, judged = total + counts, judged + 1
            if judged == OUTAGE_MINUTES:
                break
        return total if judged else None

    def _minute(self, minute: int, numbers: Mapping[int, Route]) -> Counts:
        counts = (
            judgement.judge({status: n}, self.policy, rule=numbers[number].rule)
            for number, status, n in self.ledger.minutes(minute, minute + 1)
            if number in numbers
        )
        return sum(counts, Counts())

    def _by_minute(
        self, start: int, end: int, numbers: Collection[int]
    ) -> Iterable[tuple[int, int, int, int]]:
        return self.ledger.by_minute(start, end, tuple(numbers)) if numbers else ()
