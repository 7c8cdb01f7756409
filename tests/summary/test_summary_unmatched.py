"""An outage of requests without a route is over when routes succeed and such requests are told 404 again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.model import UNMATCHED, Condition, Counts, Origin

if TYPE_CHECKING:
    from tests.summary.conftest import MemoryLedger, Report

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def down(ledger: MemoryLedger, rule: str, *, label: str = "") -> None:
    """Let a route fail from an hour before noon until 20 minutes before it, once in ten minutes."""
    for before in (60, 50, 40, 30, 20):
        ledger.add(NOON - before * MINUTE, rule, 502, label=label)


def since_and_now(report: Report, rule: str) -> tuple[bool, Condition]:
    """Return whether a route is in an open incident, and its state."""
    row = next(row for row in report(now=NOON).routes if row.rule == rule)
    return row.since is not None, row.now


def test_an_outage_without_404s_since_stays_open(ledger: MemoryLedger, report: Report) -> None:
    down(ledger, UNMATCHED)
    for before in (19, 12, 11):
        ledger.add(NOON - before * MINUTE, "/shop", 200)
    assert since_and_now(report, UNMATCHED) == (True, Condition.MAJOR_OUTAGE)


@pytest.mark.parametrize("status", [404, 405, 410])
def test_404s_and_successes_of_routes_end_it(
    status: int, ledger: MemoryLedger, report: Report
) -> None:
    down(ledger, UNMATCHED)
    for before in (19, 12, 11):
        ledger.add(NOON - before * MINUTE, "/shop", 200)
        ledger.add(NOON - before * MINUTE, UNMATCHED, status)
    assert since_and_now(report, UNMATCHED)[0] is False


@pytest.mark.parametrize("status", [400, 401, 403, 408, 429, 499])
def test_other_codes_of_a_proxy_do_not(status: int, ledger: MemoryLedger, report: Report) -> None:
    down(ledger, UNMATCHED)
    for before in (19, 12, 11):
        ledger.add(NOON - before * MINUTE, "/shop", 200)
        ledger.add(NOON - before * MINUTE, UNMATCHED, status)
    assert since_and_now(report, UNMATCHED) == (True, Condition.MAJOR_OUTAGE)


@pytest.mark.parametrize(
    ("rule", "status", "label"),
    [("/shop", 301, ""), ("/static/<path:file>", 200, ""), ("/shop", 200, "other")],
)
def test_redirects_files_and_other_sites_say_nothing_of_the_app(
    rule: str, status: int, label: str, ledger: MemoryLedger, report: Report
) -> None:
    down(ledger, UNMATCHED)
    for before in (19, 12, 11):
        ledger.add(NOON - before * MINUTE, rule, status, label=label)
        ledger.add(NOON - before * MINUTE, UNMATCHED, 404)
    assert since_and_now(report, UNMATCHED) == (True, Condition.MAJOR_OUTAGE)


def test_the_404s_of_a_route_that_answers_end_nothing(ledger: MemoryLedger, report: Report) -> None:
    down(ledger, "/pay")
    for before in (19, 12, 11):
        ledger.add(NOON - before * MINUTE, "/shop", 200)
        ledger.add(NOON - before * MINUTE, "/pay", 404)
    assert since_and_now(report, "/pay")[0] is True


def test_a_path_that_never_answered_is_judged_without_its_4xx(
    ledger: MemoryLedger, report: Report
) -> None:
    ledger.know("/wp-login.php", origin=Origin.FAILING)
    down(ledger, "/wp-login.php")
    for before in (19, 12, 11):
        ledger.add(NOON - before * MINUTE, "/shop", 200)
        ledger.add(NOON - before * MINUTE, "/wp-login.php", 404)
    assert since_and_now(report, "/wp-login.php")[0] is False
    row = next(row for row in report(now=NOON).routes if row.rule == "/wp-login.php")
    assert row.counts == Counts(0, 5, 3)
