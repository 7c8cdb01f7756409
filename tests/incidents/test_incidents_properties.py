"""Properties of every log: the incidents are those of the slow model, and do not depend on how it is read."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from types import ModuleType
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.incidents import (
    SITE,
    RouteOrSite,
    episodes_by_route,
    find_episodes,
    group_episodes,
)

if TYPE_CHECKING:
    from tests.incidents.conftest import MemorySource

MAJOR = Fraction(3, 10)

# Stretches of minutes with the same requests: (minutes, one in how many minutes has requests, which).
COUNTS = st.sampled_from(
    [(0, 1), (0, 2), (0, 6), (1, 0), (1, 1), (2, 0), (4, 1), (9, 0), (9, 2), (19, 1), (30, 1)]
)
STRETCHES = st.lists(
    st.tuples(
        st.integers(1, 14) | st.sampled_from([30, 1498, 1499, 1500, 1501]),
        st.sampled_from([1, 1, 2, 3, 7, 2000]),
        COUNTS,
    ),
    max_size=9,
)
SHORT = st.lists(
    st.tuples(st.integers(1, 14), st.sampled_from([1, 1, 2, 7]), COUNTS), min_size=1, max_size=6
)


def series(stretches: list[tuple[int, int, tuple[int, int]]]) -> dict[int, tuple[int, int]]:
    minutes: dict[int, tuple[int, int]] = {}
    start = 0
    for length, every, counts in stretches:
        minutes |= dict.fromkeys(range(start + every - 1, start + length, every), counts)
        start += length
    return minutes


@given(
    stretches=STRETCHES,
    after=st.sampled_from([0, 1, 9, 10, 1499, 1500]),
    read=st.sampled_from([0, 0, 1, 10, 1500]),
    vague=st.booleans(),
)
def test_the_episodes_are_those_of_a_search_through_every_minute(
    stretches: list[tuple[int, int, tuple[int, int]]],
    after: int,
    read: int,
    vague: bool,
    new_source: Callable[..., MemorySource],
    naive: ModuleType,
) -> None:
    minutes = series(stretches)
    newest = max(minutes, default=0) + after
    who = RouteOrSite("", "/")
    source = new_source({who: minutes}, newest=newest, until=newest + read, vague=vague)
    found = [
        (e.start, e.last, e.recovered, e.bad, e.stretches)
        for e in find_episodes(source, major=MAJOR).get(who, ())
    ]
    assert found == naive.episodes(minutes, newest, newest + read)


@given(
    routes=st.dictionaries(
        st.tuples(st.sampled_from(["", "shop"]), st.sampled_from(["/", "/a", "/b"])),
        SHORT,
        max_size=4,
    )
)
def test_the_incidents_are_those_of_a_comparison_of_every_episode(
    routes: dict[tuple[str, str], list[tuple[int, int, tuple[int, int]]]],
    new_source: Callable[..., MemorySource],
    naive: ModuleType,
) -> None:
    source = new_source({RouteOrSite(*who): series(each) for who, each in routes.items()})
    episodes, expected = naive.incidents(source.series, SITE, source.newest)
    found = find_episodes(source, major=MAJOR)
    groups = group_episodes(source, found, major=MAJOR)
    assert [{(part.who, part.episode.start) for part in each} for each in groups] == expected
    ends = {(who, e.start, e.last, e.recovered) for who in found for e in found[who]}
    assert ends == {(who, e.start, e.last, e.recovered) for who in episodes for e in episodes[who]}


@given(stretches=STRETCHES, cut=st.integers(0, 3000))
def test_an_episode_that_is_over_does_not_change_as_the_log_grows(
    stretches: list[tuple[int, int, tuple[int, int]]],
    cut: int,
    new_source: Callable[..., MemorySource],
) -> None:
    minutes, who = series(stretches), RouteOrSite("", "/")
    before = {minute: counts for minute, counts in minutes.items() if minute <= cut}
    early = episodes_by_route(new_source({who: before}, newest=cut)).get(who, ())
    late = episodes_by_route(new_source({who: minutes}, newest=max([cut, *minutes]))).get(who, ())
    closed = [(e.start, e.last, e.recovered) for e in early if not e.open]
    assert closed == [(e.start, e.last, e.recovered) for e in late][: len(closed)]
    assert all(e.start == late[len(closed)].start for e in early if e.open)
