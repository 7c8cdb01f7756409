"""Compares the requests before and after each deploy of a report, in periods of the same length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from flask_status_cli import judgement
from flask_status_cli.frozen import frozen
from flask_status_cli.model import (
    MINUTES_PER_QUARTER,
    Counts,
    DataSpan,
    Incident,
    Policy,
    Route,
    StatusSummary,
    instant_of,
    minute_of,
)
from flask_status_cli.model.deploys import (
    ComparisonLimit,
    Deploy,
    DeployComparison,
    DeploySide,
    DeploySummary,
)
from flask_status_cli.model.log.entries import SERVER_ERRORS
from flask_status_cli.model.times import MINUTES_PER_DAY
from flask_status_cli.summary.ledger.protocol import Ledger
from flask_status_cli.summary.report.traffic import Statuses, add_up

COMPARED: Final = 10
"""A report compares the requests before and after this many deploys, the latest ones."""

LONGEST: Final = MINUTES_PER_DAY
"""The longest period on either side of a deploy, in minutes."""


@frozen
class DeployReader:
    """Reads deploys as of `now`.

    `ledger` marks excused requests. `shown` are the routes to count, by id. `known` are all deploys, oldest
    first. `incidents` are those that a deploy may list because they began shortly after it.
    """

    ledger: Ledger
    policy: Policy
    data: DataSpan
    now: datetime
    shown: Mapping[int, Route]
    known: Sequence[Deploy]
    incidents: Sequence[Incident]

    def deploys(self, since: datetime) -> Iterator[DeploySummary]:
        """Yield the deploys since `since` that concern the routes shown, the latest first."""
        labels = {route.label for route in self.shown.values()}
        compared = 0
        for deploy in reversed(self.known):
            if deploy.at < since or not _concerns(deploy, labels):
                continue
            over = deploy.at <= self.now
            yield self.one(deploy, compare=over and compared < COMPARED)
            compared += over

    def one(self, deploy: Deploy, *, compare: bool = True) -> DeploySummary:
        """Return one deploy with its incidents and, if `compare`, the requests before and after it."""
        near = (
            each.id
            for each in self.incidents
            if each.deploy == deploy and not (each.note and each.note.false_alarm)
        )
        to_come = deploy.at > self.now
        comparison = self._compared(deploy) if compare and not to_come else None
        return DeploySummary(deploy, to_come, comparison, tuple(near))

    def _compared(self, deploy: Deploy) -> DeployComparison | None:
        """Return the requests before and after a deploy, `None` if there is no period to compare.

        If minutes were pruned, only whole quarters of an hour are read, and the quarter of the deploy is left
        out.
        """
        at, kept_from = minute_of(deploy.at), self.ledger.complete_from()
        length, extent = self._length(deploy, at, at)
        if kept_from is not None and at - length < kept_from:
            before, after = _floored(at), _floored(at + MINUTES_PER_QUARTER - 1)
            length, extent = self._length(deploy, before, after)
            length = _floored(length)
        else:
            before = after = at
        if length <= 0:
            return None
        return DeployComparison(
            length,
            extent,
            self._side(before - length, before, deploy),
            self._side(after, after + length, deploy),
        )

    def _length(self, deploy: Deploy, before: int, after: int) -> tuple[int, ComparisonLimit]:
        """Return the length of both periods in minutes, and what limits it.

        The first period ends at the epoch minute `before`, the second one begins at `after`.
        """
        others = [
            minute_of(each.at)
            for each in self.known
            if _concerns(each, {deploy.label}) or not deploy.label
        ]
        at = minute_of(deploy.at)
        until = after if self.data.as_of is None else minute_of(self.data.as_of) + 1
        lengths = [(LONGEST, ComparisonLimit.DAY)]
        lengths += [(other - after, ComparisonLimit.NEXT_DEPLOY) for other in others if other > at]
        lengths += [
            (before - other, ComparisonLimit.PREVIOUS_DEPLOY) for other in others if other < at
        ]
        if self.data.first is not None and minute_of(self.data.first) < before:
            lengths.append((before - minute_of(self.data.first), ComparisonLimit.FIRST_ENTRY))
        lengths.append((until - after, ComparisonLimit.SO_FAR))
        return min(lengths, key=lambda each: each[0])

    def _side(self, start: int, end: int, deploy: Deploy) -> DeploySide:
        """Judge the requests between two epoch minutes."""
        found: dict[int, Statuses] = {}
        for number, status, requests in self._requests(start, end):
            statuses = found.setdefault(number, {})
            statuses[status] = statuses.get(status, 0) + requests
        rules = {
            number: route.rule
            for number, route in self.shown.items()
            if number in found and deploy.concerns(route.label)
        }
        judged = (judgement.judge(found[n], self.policy, rule=rule) for n, rule in rules.items())
        counts = sum(judged, Counts())
        codes = add_up({}, *(found[number] for number in rules))
        return DeploySide(
            instant_of(start),
            instant_of(end),
            counts,
            judgement.availability_text(counts),
            sum(n for code, n in codes.items() if code in SERVER_ERRORS),
        )

    def _requests(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield the requests between two epoch minutes. Read whole quarters of an hour where possible."""
        first, beyond = _floored(start + MINUTES_PER_QUARTER - 1), _floored(end)
        if first >= beyond:
            yield from self.ledger.minutes(start, end)
            return
        for edge in ((start, first), (beyond, end)):
            if edge[0] < edge[1]:
                yield from self.ledger.minutes(*edge)
        quarters = (first // MINUTES_PER_QUARTER, beyond // MINUTES_PER_QUARTER)
        yield from self.ledger.requests(*quarters)


def with_deploys(
    ledger: Ledger, summary: StatusSummary, shown: Mapping[int, Route], *, since: datetime
) -> StatusSummary:
    """Return a report with its deploys since `since`. `summary` must have its incidents already."""
    known = ledger.deploys()
    if not known:
        return summary
    reader = DeployReader(
        ledger, summary.policy, summary.data, summary.generated_at, shown, known, summary.incidents
    )
    return replace(summary, deploys=tuple(reader.deploys(since)))


def _concerns(deploy: Deploy, labels: Iterable[str]) -> bool:
    """Return whether a deploy concerns routes with any of these labels."""
    return not deploy.label or any(deploy.concerns(label) for label in labels)


def _floored(minute: int) -> int:
    return minute // MINUTES_PER_QUARTER * MINUTES_PER_QUARTER
