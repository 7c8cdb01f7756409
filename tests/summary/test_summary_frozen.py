"""Told incidents of merged routes: which are frozen, which another route carries on, how they are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flask_status_cli.model import (
    AffectedRoute,
    FrozenIncident,
    Incident,
    IncidentAnchor,
    WorstMinute,
)
from flask_status_cli.summary import freeze

if TYPE_CHECKING:
    from tests.summary.conftest import MemoryLedger, Report

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
AT_NOON = 29_923_920  # minutes since 1970: 20,780 days and a half
MINUTE = timedelta(minutes=1)
MOVED = {"/blog/a-1": "/blog/<slug>", "/blog/a-2": "/blog/<slug>"}


def incident(*rules: str, is_open: bool) -> Incident:
    end = None if is_open else NOON + 5 * MINUTE
    routes = tuple(
        AffectedRoute("", rule, "", NOON + place * MINUTE, end, 9, 10, {500: 9})
        for place, rule in enumerate(rules)
    )
    return Incident(
        id="new", aliases=("told",), start=NOON, end=end, recovered=None if is_open else True,
        last_failure=NOON + 4 * MINUTE, last_request=NOON + 4 * MINUTE, duration_minutes=5, failures=9,
        valid=10, statuses={500: 9}, worst=WorstMinute(NOON + MINUTE, 3, 3), routes=routes,
        anchor=IncidentAnchor("new", "", rules[0], AT_NOON + 2),
    )  # fmt: skip


ANCHOR = IncidentAnchor("told", "", "/blog/a-1", AT_NOON + 2)
FROZEN = FrozenIncident(
    id="told", label="", rule="/blog/a-1", name="", into="/blog/<slug>", start=AT_NOON, end=AT_NOON + 5,
    was_open=True, recovered=False, last_request=AT_NOON + 4, failures=9, valid=10, statuses={500: 9},
    worst=(AT_NOON + 1, 3, 3), minute=AT_NOON + 2,
)  # fmt: skip


def test_an_incident_with_only_merged_routes_is_frozen() -> None:
    done = freeze([incident("/blog/a-1", "/blog/a-2", is_open=True)], [ANCHOR], "", MOVED)
    assert (done.incidents, done.anchors) == ((FROZEN,), ())


def test_an_incident_with_another_route_is_found_by_that_route() -> None:
    done = freeze([incident("/blog/a-1", "/shop", is_open=True)], [ANCHOR], "", MOVED)
    assert done.incidents == ()
    assert done.anchors == (IncidentAnchor("told", "", "/shop", AT_NOON + 1),)


def test_incidents_of_other_labels_and_routes_are_not_frozen() -> None:
    told = [ANCHOR, IncidentAnchor("new", "", "/shop", AT_NOON)]
    assert freeze([incident("/blog/a-1", is_open=False)], told, "app", MOVED).incidents == ()
    assert [
        f.id for f in freeze([incident("/blog/a-1", is_open=False)], told, "", MOVED).incidents
    ] == ["told"]


def test_a_frozen_incident_is_listed_unless_it_is_hidden_or_found_again(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.add(NOON, "/blog/<slug>", 200, n=50)
    ledger.kept = [FROZEN]
    (found,) = report(now=NOON + 30 * MINUTE).incidents
    assert (found.id, found.start, found.end, found.open) == (
        "told",
        NOON,
        NOON + 5 * MINUTE,
        False,
    )
    assert (found.merged_into, found.duration_minutes, found.failures) == ("/blog/<slug>", 5, 9)
    assert found.last_failure == NOON + 4 * MINUTE
    assert report(now=NOON + 30 * MINUTE, exclude=["/blog/a-*"]).incidents == ()
    for minute in range(5):
        ledger.add(NOON + minute * MINUTE, "/shop", 500, n=9)
    ledger.told = [IncidentAnchor("told", "", "/shop", AT_NOON + 2)]
    (found,) = report(now=NOON + 30 * MINUTE).incidents
    assert (found.id, found.routes[0].rule) == ("told", "/shop")
