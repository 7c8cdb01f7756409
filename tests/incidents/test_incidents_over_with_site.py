"""What is told of routes that nobody has asked for since an outage of the whole site."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from flask_status_cli.incidents import SITE, RouteOrSite, find_episodes, group_episodes

if TYPE_CHECKING:
    from tests.incidents.conftest import MemorySource

NewSource: TypeAlias = "Callable[..., MemorySource]"
Told: TypeAlias = "list[dict[str, tuple[int, int | None]]]"

DOWN = range(100, 120)
"""The minutes in which every request fails."""

HOME = {minute: (0, 9) if minute in DOWN else (9, 0) for minute in range(600)}
QUIET = {10: (1, 0), 103: (0, 2), 108: (0, 2), 114: (0, 1)}


def incidents(
    new_source: NewSource, newest: int = 599, **routes: dict[int, tuple[int, int]]
) -> Told:
    """Return of each incident when each route's outage began, and ended if it is over, in minutes."""
    series = {RouteOrSite("", f"/{rule}"): minutes for rule, minutes in routes.items()}
    whole = {RouteOrSite("", "/"): HOME, **series}
    source = new_source(
        {who: {m: n for m, n in each.items() if m <= newest} for who, each in whole.items()}
    )
    major = Fraction(3, 10)
    groups = group_episodes(source, find_episodes(source, major=major), major=major)
    return [
        {
            who.rule: (episode.start, None if episode.open else episode.last + 1)
            for who, episode in group
            if who != SITE
        }
        for group in groups
    ]


def test_the_outage_of_a_route_without_requests_since_is_over_with_that_of_the_site(
    new_source: NewSource,
) -> None:
    # ten minutes after the site's last failing minute, which is 119
    assert incidents(new_source, 128, quiet=QUIET) == [{"/": (100, None), "/quiet": (103, None)}]
    over = [{"/": (100, 120), "/quiet": (103, 115)}]
    assert incidents(new_source, 129, quiet=QUIET) == over
    assert incidents(new_source, 599, quiet=QUIET) == over


def test_one_success_since_does_not_keep_it_open(new_source: NewSource) -> None:
    quiet = QUIET | {300: (1, 0)}
    assert incidents(new_source, quiet=quiet) == [{"/": (100, 120), "/quiet": (103, 115)}]


def test_a_route_that_failed_alone_before_or_after_stays_open(new_source: NewSource) -> None:
    before = QUIET | {95: (0, 2), 97: (0, 2)}
    assert incidents(new_source, 500, before=before) == [{"/": (100, 120), "/before": (95, None)}]
    for minute in (120, 121, 128):
        after = QUIET | {minute: (0, 1)}
        assert incidents(new_source, 500, after=after) == [{"/": (100, 120), "/after": (103, None)}]


def test_the_outage_begins_and_ends_within_a_minute(new_source: NewSource) -> None:
    # in 99 and 120 fewer than a fifth of all requests fail, but those of other routes, too
    began = {**QUIET, 99: (0, 1)}
    ended = {**QUIET, 120: (0, 1)}
    other = dict.fromkeys(HOME, (30, 0)) | dict.fromkeys(DOWN, (0, 30)) | {120: (29, 1)}
    told = incidents(new_source, began=began, ended=ended, other=other)
    assert told == [
        {"/": (100, 120), "/began": (103, 115), "/ended": (103, 121), "/other": (100, 120)}
    ]


def test_the_next_failure_within_half_an_hour_is_the_same_incident(new_source: NewSource) -> None:
    quiet = QUIET | {140: (0, 1)}
    assert incidents(new_source, 139, quiet=quiet) == [{"/": (100, 120), "/quiet": (103, 115)}]
    assert incidents(new_source, 500, quiet=quiet) == [{"/": (100, 120), "/quiet": (103, None)}]


def test_later_failures_are_a_new_incident_if_they_are_one_by_themselves(
    new_source: NewSource,
) -> None:
    over = {"/": (100, 120), "/quiet": (103, 115)}
    once = QUIET | {145: (0, 1), 150: (0, 1)}
    assert incidents(new_source, 599, quiet=once) == [over]
    again = once | {155: (0, 1)}
    assert incidents(new_source, 500, quiet=again) == [over, {"/quiet": (145, None)}]
    worked = again | {200: (1, 0), 210: (1, 0), 220: (1, 0)}
    assert incidents(new_source, quiet=worked) == [over, {"/quiet": (145, 156)}]


def test_failures_in_an_outage_of_the_site_make_no_streak_with_later_ones(
    new_source: NewSource,
) -> None:
    quiet = {10: (1, 0), 103: (0, 1), 108: (0, 1), 400: (0, 1)}
    assert incidents(new_source, quiet=quiet) == [{"/": (100, 120)}]


def test_silence_of_the_route_that_made_the_site_fail_is_no_recovery(
    new_source: NewSource,
) -> None:
    busy = {minute: (0, 90) if minute >= 100 else (90, 0) for minute in range(110)}
    works = dict.fromkeys(HOME, (9, 0))
    series = {RouteOrSite("", "/busy"): busy, RouteOrSite("", "/works"): works}
    source = new_source(series)
    (episode,) = find_episodes(source, major=Fraction(3, 10))[RouteOrSite("", "/busy")]
    assert (episode.start, episode.last, episode.open) == (100, 109, True)


def test_a_late_line_that_failed_reopens_the_outage_of_its_route(new_source: NewSource) -> None:
    assert incidents(new_source, quiet=QUIET | {125: (0, 1)}) == [
        {"/": (100, 120), "/quiet": (103, None)}
    ]
