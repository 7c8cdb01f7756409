"""The order of a report's rows, and which of them are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.model import UNMATCHED, Condition, GroupBy, StatusSummary

if TYPE_CHECKING:
    from tests.summary.conftest import MemoryLedger, Report

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BEFORE = NOON - timedelta(days=2)


def rules(summary: StatusSummary, *, shown: bool | None = None) -> list[str]:
    return [row.rule for row in summary.routes if shown is None or row.shown is shown]


def traffic(
    ledger: MemoryLedger,
    rule: str,
    *,
    now: tuple[int, int] = (0, 0),
    before: tuple[int, int] = (0, 0),
    label: str = "",
) -> None:
    """Count successes and failures of the last hour, and of two days ago."""
    for at, counts in ((NOON, now), (BEFORE, before)):
        for status, n in zip((200, 500), counts, strict=True):
            if n:
                ledger.add(at, rule, status, n=n, label=label)


# Every row as (rule, now, two days ago), in the order of a report.
ORDER: list[tuple[str, tuple[int, int], tuple[int, int]]] = [
    # what fails now: the worst state, then most failures, then most requests, then by rule
    ("/down", (0, 9), (0, 0)),
    ("/down-of-late", (0, 5), (900, 0)),
    ("/down-a", (0, 3), (0, 0)),
    ("/down-b", (0, 3), (0, 0)),
    ("/half-1040", (1085, 1040), (0, 0)),
    ("/half-of-7", (3, 4), (0, 0)),
    ("/half-of-6", (2, 4), (0, 0)),
    # what failed three times and more, and is below 99 % in the window: most failures first
    ("/failed-6", (9, 0), (1, 6)),
    ("/failed-5", (0, 0), (5, 5)),
    ("/failed-3", (9, 0), (0, 3)),
    # the others: most requests first, then by rule, in code points
    ("/busy-with-noise", (9_000, 0), (900, 50)),  # 99.5 %
    ("/busy", (500, 0), (0, 0)),
    ("/failed-twice", (90, 0), (0, 2)),
    ("/Once", (1, 0), (0, 0)),
    ("/once", (1, 0), (0, 0)),
    ("/quiet", (0, 0), (1, 0)),
]


def test_failing_routes_come_first_then_those_that_failed_then_the_busiest(
    ledger: MemoryLedger, report: Report
) -> None:
    mixed = list(ORDER)
    Random(7).shuffle(mixed)
    for rule, now, before in mixed:
        traffic(ledger, rule, now=now, before=before)
    assert rules(report()) == [rule for rule, _, _ in ORDER]


def test_equal_routes_of_several_labels_are_sorted_by_label(
    ledger: MemoryLedger, report: Report
) -> None:
    for label in ("shop", "", "admin"):
        traffic(ledger, "/", now=(1, 0), label=label)
    assert [row.label for row in report().routes] == ["", "admin", "shop"]


def test_the_policy_decides_whether_a_route_failed_before(
    ledger: MemoryLedger, report: Report
) -> None:
    # 97 % would be a Partial Outage, but the 404s of which it consists are no failures here
    ledger.add(BEFORE, "/old", 404, n=3)
    ledger.add(BEFORE, "/old", 200, n=97)
    ledger.add(NOON, "/", 200, n=200)
    assert rules(report()) == ["/old", "/"]
    from flask_status_cli.judgement import PRESETS

    assert rules(report(policy=PRESETS["server-errors"])) == ["/", "/old"]


@pytest.mark.parametrize(
    ("now", "before", "place"),
    [
        ((0, 0), (90, 0), 2),  # busier than all, and last
        ((9, 0), (0, 50), 2),  # it failed, but does no more
        ((0, 9), (0, 0), 0),  # it fails now, like any other
        ((0, 1), (0, 0), 1),  # a little: Partial, behind what is down
    ],
)
def test_unmatched_is_last_unless_it_fails_now(
    ledger: MemoryLedger,
    report: Report,
    now: tuple[int, int],
    before: tuple[int, int],
    place: int,
) -> None:
    traffic(ledger, UNMATCHED, now=now, before=before)
    traffic(ledger, "/down", now=(0, 5))
    traffic(ledger, "/up", now=(1, 0))
    expected = ["/down", "/up"]
    expected.insert(place, UNMATCHED)
    assert rules(report()) == expected


def test_groups_are_sorted_like_rows(ledger: MemoryLedger, report: Report) -> None:
    for each in ("a", "b"):
        traffic(ledger, f"/busy/{each}", now=(900, 0))
        traffic(ledger, f"/alike/{each}", now=(10, 0))
        traffic(ledger, f"/Alike/{each}", now=(10, 0))
    traffic(ledger, "/failed/a", now=(9, 0), before=(0, 2))
    traffic(ledger, "/failed/b", now=(9, 0), before=(0, 2))
    traffic(ledger, "/down/a", now=(0, 5))
    traffic(ledger, "/down/b", now=(1, 0))
    groups = report(groups=GroupBy.PREFIX).groups
    assert [group.name for group in groups] == ["/down", "/failed", "/busy", "/Alike", "/alike"]


# Which rows are shown


def site(ledger: MemoryLedger, routes: int) -> None:
    """Give every route of a site one request more than the next."""
    for number in range(routes):
        traffic(ledger, f"/{number:03}x", now=(routes - number + 1, 0))


def test_forty_rows_are_shown_unless_others_are_asked_for(
    ledger: MemoryLedger, report: Report
) -> None:
    site(ledger, 60)
    every = [f"/{number:03}x" for number in range(60)]
    assert rules(report(group=False), shown=True) == every[:40]
    assert rules(report(group=False), shown=False) == every[40:]
    assert rules(report(rows=7, group=False), shown=True) == every[:7]
    assert rules(report(rows=60), shown=False) == []
    assert rules(report(show_all=True, group=False), shown=True) == every
    assert report(rows=7).total == report(show_all=True).total


def test_the_last_of_the_rows_shown_is_unmatched(ledger: MemoryLedger, report: Report) -> None:
    site(ledger, 60)
    traffic(ledger, UNMATCHED, now=(5, 0))
    traffic(ledger, UNMATCHED, now=(3, 0), label="blog")
    summary = report(rows=10, group=False)
    shown = [(row.label, row.rule) for row in summary.routes if row.shown]
    assert shown == [*(("", f"/{number:03}x") for number in range(9)), ("", UNMATCHED)]
    assert rules(report(rows=1, group=False), shown=True) == ["/000x"]


def test_a_page_with_one_request_is_not_shown_beside_busier_routes(
    ledger: MemoryLedger, report: Report
) -> None:
    for number in range(10):
        traffic(ledger, f"/busy{number}x", now=(100, 0))
        traffic(ledger, f"/once{number}x", now=(1, 0))
    ledger.add(NOON, "/failed-once", 500)
    busy = ["/failed-once", *(f"/busy{number}x" for number in range(10))]
    assert rules(report(rows=15, group=False), shown=True) == busy
    assert rules(report(group=False), shown=True) == busy  # even if there would be room for all


def test_a_small_report_shows_pages_with_one_request_too(
    ledger: MemoryLedger, report: Report
) -> None:
    traffic(ledger, "/", now=(100, 0))
    for number in range(19):
        traffic(ledger, f"/once{number:02}x", now=(1, 0))
    assert len(rules(report(group=False), shown=True)) == 20
    traffic(ledger, "/once-more", now=(1, 0))
    assert rules(report(group=False), shown=True) == ["/"]


def test_routes_that_failed_before_take_at_most_half_of_the_rows_from_the_busiest(
    ledger: MemoryLedger, report: Report
) -> None:
    traffic(ledger, "/down", now=(0, 3))
    traffic(ledger, UNMATCHED, now=(2, 0))
    for number in range(30):
        traffic(ledger, f"/failed{number:02}x", before=(5, 40 - number))
    for number in range(30):
        traffic(ledger, f"/busy{number:02}x", now=(900 - number, 0))
    failed = [f"/failed{number:02}x" for number in range(30)]
    busy = [f"/busy{number:02}x" for number in range(30)]
    # 10 rows: what is down, `<unmatched>`, half of the other eight for each
    assert rules(report(rows=10, group=False), shown=True) == [
        "/down", *failed[:4], *busy[:4], UNMATCHED
    ]  # fmt: skip
    assert rules(report(rows=50, group=False), shown=True) == [
        "/down", *failed[:24], *busy[:24], UNMATCHED
    ]  # fmt: skip


def test_server_errors_come_before_missing_pages(ledger: MemoryLedger, report: Report) -> None:
    for rule, status, n in (("/old-link", 404, 50), ("/broken", 500, 4), ("/older-link", 404, 60)):
        ledger.add(BEFORE, rule, status, n=n)
        ledger.add(BEFORE, rule, 200, n=5)
    ledger.add(NOON, "/missing", 404, n=90)
    ledger.add(NOON, "/failing", 500, n=2)
    assert rules(report()) == ["/failing", "/missing", "/broken", "/older-link", "/old-link"]


def test_if_every_page_has_one_request_the_first_rows_are_shown(
    ledger: MemoryLedger, report: Report
) -> None:
    for number in range(20):
        traffic(ledger, f"/once{number:02}x", now=(1, 0))
    assert len(rules(report(rows=15, group=False), shown=True)) == 15


def test_a_total_outage_of_1000_routes_is_forty_rows(ledger: MemoryLedger, report: Report) -> None:
    for number in range(1000):
        traffic(ledger, f"/w{number % 150}x/v{number}x", now=(0, 3))
    summary = report(group=False)
    assert len(rules(summary, shown=True)) == 40
    assert {row.now for row in summary.routes} == {Condition.MAJOR_OUTAGE}


def test_in_a_group_its_first_rows_are_shown(ledger: MemoryLedger, report: Report) -> None:
    for number in range(30):
        traffic(ledger, f"/a/p{number:02}x", now=(100, 0))
        traffic(ledger, f"/b/p{number:02}x", now=(90 - number, 0))
    traffic(ledger, "/b/down", now=(0, 3))
    summary = report(groups=GroupBy.PREFIX, rows=33, group=False)
    assert [(group.name, sum(row.shown for row in group.members)) for group in summary.groups] == [
        ("/b", 3),
        ("/a", 30),
    ]
    assert [row.rule for row in summary.groups[0].members if row.shown] == [
        "/b/down",
        "/b/p00x",
        "/b/p01x",
    ]
