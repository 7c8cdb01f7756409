"""Routes that join an incident: those that fail as often as the site, and quiet ones that begin late."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.incidents import SITE, RouteOrSite, find_episodes, group_episodes

if TYPE_CHECKING:
    from tests.incidents.conftest import MemorySource, Series

NewSource = Callable[..., "MemorySource"]

DAY = 1440
ALL, HALF, QUARTER, NONE = (0, 4), (2, 2), (3, 1), (4, 0)


def healthy(minutes: int, *stretches: tuple[int, int, tuple[int, int]]) -> Series:
    """Return minutes with four successes each, except for stretches (from, until, counts)."""
    series = dict.fromkeys(range(minutes), NONE)
    for start, end, counts in stretches:
        series |= dict.fromkeys(range(start, end), counts)
    return series


def rules(series: dict[str, Series], new_source: NewSource) -> list[list[str]]:
    """List the incidents by their routes."""
    source = new_source({RouteOrSite("", rule): each for rule, each in series.items()})
    groups = group_episodes(
        source, find_episodes(source, major=Fraction(3, 10)), major=Fraction(3, 10)
    )
    return [sorted(part.who.rule for part in each if part.who != SITE) for each in groups]


def test_while_half_of_all_requests_fail_a_route_that_begins_late_is_part_of_the_incident(
    new_source: NewSource,
) -> None:
    routes = {f"/{n}": healthy(400, (100, 280, HALF)) for n in range(4)}
    late = {130: (1, 0), 170: (0, 1), 171: (0, 1), 173: (0, 1), 300: (3, 0)}
    assert rules({**routes, "/late": late}, new_source) == [["/0", "/1", "/2", "/3", "/late"]]


@pytest.mark.parametrize("share", [QUARTER, HALF, (1, 9)], ids=["quarter", "half", "nine tenths"])
def test_a_route_that_fails_for_ten_days_hides_no_other_incident(
    share: tuple[int, int], new_source: NewSource
) -> None:
    # The other routes have 20 requests a minute. With 10 more that fail the site fails, with fewer not.
    routes = {f"/{n}": healthy(12 * DAY) for n in range(5)}
    routes["/bad"] = healthy(12 * DAY, (DAY, 11 * DAY, (share[0] * 4, share[1] * 4)))
    routes["/a"] = healthy(12 * DAY, (4 * DAY, 4 * DAY + 30, ALL))
    routes["/b"] = {**healthy(12 * DAY), **healthy(0, (7 * DAY, 7 * DAY + 9, HALF))}
    assert rules(routes, new_source) == [["/bad"], ["/a"], ["/b"]]


def test_a_group_of_routes_that_fails_is_not_everywhere(new_source: NewSource) -> None:
    routes = {f"/{n}": healthy(300) for n in range(5)}
    routes |= {f"/first/{n}": healthy(300, (100, 160, ALL)) for n in range(3)}
    routes["/next"] = healthy(300, (115, 117, (0, 2)))
    assert rules(routes, new_source) == [
        ["/first/0", "/first/1", "/first/2"],
        ["/next"],
    ]


def test_a_route_that_fails_clearly_more_often_is_an_incident_of_its_own(
    new_source: NewSource,
) -> None:
    routes = {f"/{n}": healthy(400, (100, 280, QUARTER)) for n in range(4)}
    # 16 failures in a row, where a quarter is usual: 0.25¹⁰ is just below one in a million.
    for failures, parts in ((9, 1), (16, 2)):
        late = healthy(400, (150, 150 + failures, (0, 1)))
        assert len(rules({**routes, "/late": late}, new_source)) == parts


@pytest.mark.parametrize(
    ("late", "routes", "incidents"),
    [
        ({90: (1, 0), 130: (0, 2), 131: (0, 2)}, 2, 1),
        ({110: (1, 0), 130: (0, 2), 131: (0, 2)}, 2, 1),  # within ten minutes it was up
        ({111: (1, 0), 130: (0, 2), 131: (0, 2)}, 2, 2),  # and here it was later
        ({90: (1, 0), 160: (0, 2), 161: (0, 2)}, 2, 1),
        ({90: (1, 0), 161: (0, 2), 162: (0, 2)}, 2, 2),  # more than an hour
        ({90: (1, 0), 130: (0, 2), 131: (0, 2)}, 1, 2),  # a quiet route does not join a single one
    ],
)
def test_a_quiet_route_without_requests_may_join_late(
    late: Series, routes: int, incidents: int, new_source: NewSource
) -> None:
    failing = {f"/{n}": healthy(400, (100, 180, ALL)) for n in range(routes)}
    up = {f"/up/{n}": healthy(400) for n in range(9)}
    found = rules({**failing, **up, "/late": {**late, 300: (5, 0)}}, new_source)
    assert len(found) == incidents
