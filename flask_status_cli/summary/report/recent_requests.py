"""What the routes of an incident had in the last minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache

from flask_status_cli import judgement
from flask_status_cli.model import Counts, Incident, Policy, minute_of
from flask_status_cli.summary.ledger.excused_requests import excusing
from flask_status_cli.summary.ledger.protocol import Ledger
from flask_status_cli.summary.report.traffic import Selection, read_recent, shown_as


def recent_of(
    ledger: Ledger, policy: Policy, *, newest: datetime, minutes: int
) -> Callable[[Incident], Counts]:
    """Return a function that adds up what an incident's routes had in the minutes that end with `newest`.

    Failures are those that make incidents. The ledger is read when it is first asked.
    """
    judged = judgement.for_incidents(policy)

    @cache
    def by_route() -> dict[tuple[str, str], Counts]:
        known = ledger.routes()
        shown = shown_as(known, known, Selection())
        found = read_recent(excusing(ledger), minutes, newest=minute_of(newest), shown=shown)
        return {
            (route.label, route.rule): judgement.judge(statuses, judged, rule=route.rule)
            for route, statuses in found.items()
        }

    def recent(incident: Incident) -> Counts:
        counts = by_route()
        parts = (counts.get((each.label, each.rule), Counts()) for each in incident.routes)
        return sum(parts, Counts())

    return recent
