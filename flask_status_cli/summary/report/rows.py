"""Makes the rows of a report and their total: judges requests by a policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from flask_status_cli import judgement
from flask_status_cli.frozen import frozen
from flask_status_cli.model import (
    MINUTES_PER_QUARTER,
    OUTAGES,
    Condition,
    Counts,
    DataSpan,
    DaySummary,
    NoData,
    Policy,
    Route,
    RouteSummary,
    RowState,
    SpanSummary,
    StretchSummary,
    TotalSummary,
    instant_of,
)
from flask_status_cli.model.latency import NOT_LOGGED
from flask_status_cli.summary.calendar import Day
from flask_status_cli.summary.ledger.excused_requests import unmarked
from flask_status_cli.summary.report.traffic import Traffic, add_up


@frozen
class Judge:
    """Judges the requests of one report by a policy. `judge_of` makes it.

    `read` says whether the log was read lately. If not, the present state of every route is No Data.
    `nothing_now` and `nothing_on` are the reasons to give if there are no requests now, or on a day.
    """

    policy: Policy
    data: DataSpan
    read: bool
    nothing_now: NoData
    nothing_on: Mapping[date, NoData]

    def row(self, route: Route, traffic: Traffic) -> RouteSummary:
        """Return the row of a route, with a summary for each day of the period."""
        days = tuple(
            self._day(
                day,
                reason,
                judgement.judge(traffic.days.get(place, {}), self.policy, rule=route.rule),
                rule=route.rule,
            )
            for place, (day, reason) in enumerate(self.nothing_on.items())
        )
        counts = judgement.judge(statuses := traffic.statuses(), self.policy, rule=route.rule)
        present = judgement.judge(traffic.now, self.policy, rule=route.rule)
        known = self.standing(route, traffic)
        now = known.state if self.read else Condition.NO_DATA
        return RouteSummary(
            label=route.label,
            rule=route.rule,
            name=route.name,
            doc=route.doc,
            origin=route.origin,
            now=now,
            no_data=self._nothing_now(present) if now is Condition.NO_DATA else None,
            condition=judgement.condition(counts, self.policy, rule=route.rule),
            counts=counts,
            availability=judgement.availability_text(counts),
            statuses=unmarked(statuses),
            days=days,
            since=known.since,
            latency=traffic.latency,
            slow=judgement.is_slow(traffic.latency, self.policy, rule=route.rule),
        )

    def standing(self, route: Route, traffic: Traffic) -> RowState:
        """Return the state of a route when the log was last read.

        A route in an open incident has an outage: a major one if it has no requests, otherwise at least a
        partial one.
        """
        counts = judgement.judge(traffic.now, self.policy, rule=route.rule)
        state = judgement.condition(counts, self.policy, rule=route.rule)
        if traffic.since is None:
            return RowState(route.rule, state, successes=counts.success)
        silent = state is Condition.NO_DATA
        least = Condition.MAJOR_OUTAGE if silent else Condition.PARTIAL_OUTAGE
        outage = state if state in OUTAGES else least
        return RowState(route.rule, outage, instant_of(traffic.since), counts.success)

    def stretch(
        self, start: datetime, end: datetime, statuses: Mapping[int, int], *, rule: str
    ) -> StretchSummary:
        """Judge the requests of a route from `start` to `end`."""
        counts = judgement.judge(statuses, self.policy, rule=rule)
        condition = judgement.condition(counts, self.policy, rule=rule)
        nothing = _reason(counts, _nothing_between(start, end, self.data))
        return StretchSummary(
            start=start,
            end=end,
            condition=condition,
            no_data=nothing if condition is Condition.NO_DATA else None,
            counts=counts,
            availability=judgement.availability_text(counts),
        )

    def span(self, days: int, statuses: Mapping[int, int], *, rule: str) -> SpanSummary:
        """Judge the requests of a route in a number of days."""
        counts = judgement.judge(statuses, self.policy, rule=rule)
        condition = judgement.condition(counts, self.policy, rule=rule)
        return SpanSummary(days, condition, counts, judgement.availability_text(counts))

    def total(self, shown: Mapping[Route, Traffic], present: Counts | None) -> TotalSummary:
        """Return the sum of all routes, including `<unmatched>`, each judged by its own policy.

        The present state is judged by `present`, or by the sum of the routes if it is `None`.
        """
        window = [(route.rule, traffic.statuses()) for route, traffic in shown.items()]
        counts = self._sum(window)
        if present is None:
            present = self._sum((route.rule, traffic.now) for route, traffic in shown.items())
        now = judgement.condition(present, self.policy) if self.read else Condition.NO_DATA
        return TotalSummary(
            now=now,
            no_data=self._nothing_now(present) if now is Condition.NO_DATA else None,
            condition=judgement.condition(counts, self.policy),
            counts=counts,
            availability=judgement.availability_text(counts),
            statuses=unmarked(add_up({}, *(statuses for _, statuses in window))),
            latency=sum((traffic.latency for traffic in shown.values()), NOT_LOGGED),
        )

    def _nothing_now(self, present: Counts) -> NoData:
        return _reason(present, self.nothing_now) if self.read else NoData.NOT_READ

    def _day(self, day: date, reason: NoData, counts: Counts, *, rule: str) -> DaySummary:
        condition = judgement.condition(counts, self.policy, rule=rule)
        return DaySummary(
            date=day,
            condition=condition,
            no_data=_reason(counts, reason) if condition is Condition.NO_DATA else None,
            counts=counts,
            availability=judgement.availability_text(counts),
        )

    def _sum(self, parts: Iterable[tuple[str, Mapping[int, int]]]) -> Counts:
        judged = (judgement.judge(statuses, self.policy, rule=rule) for rule, statuses in parts)
        return sum(judged, Counts())


def judge_of(policy: Policy, data: DataSpan, days: Sequence[Day]) -> Judge:
    """Return the judge for a report over `days`."""
    before_all = data.first is not None and data.last is None
    quiet = NoData.NO_TRAFFIC if data.last is None else NoData.QUIET
    seen = NoData.BEFORE_FIRST if before_all else quiet
    return Judge(
        policy,
        data,
        read=not data.stale,
        nothing_now=NoData.NOT_READ if data.stale else seen,
        nothing_on={day.date: _nothing_between(*_instants(day), data) for day in days},
    )


def _reason(counts: Counts, nothing: NoData) -> NoData:
    """Return why nothing is judged: all requests are ignored, or there are none for the reason `nothing`."""
    return NoData.IGNORED if counts.requests else nothing


def _instants(day: Day) -> tuple[datetime, datetime]:
    start, end = (instant_of(quarter * MINUTES_PER_QUARTER) for quarter in (day.start, day.end))
    return start, end


def _nothing_between(start: datetime, end: datetime, data: DataSpan) -> NoData:
    """Return why there is nothing to judge between two instants."""
    if data.first is not None and end <= data.first:
        gone = data.kept_from is not None and start < data.kept_from
        return NoData.NOT_KEPT if gone else NoData.BEFORE_FIRST
    known_until = max((at for at in (data.ingested_at, data.last) if at is not None), default=start)
    return NoData.NOT_READ if data.stale and start >= known_until else NoData.NO_TRAFFIC
