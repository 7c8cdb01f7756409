"""Requests without a route hardly ever succeed. Signs of work end their outages as successes do."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias

import pytest

from flask_status_cli.incidents import RouteOrSite, find_episodes

if TYPE_CHECKING:
    from tests.incidents.conftest import MemorySource

NewSource: TypeAlias = "Callable[..., MemorySource]"
Minutes: TypeAlias = dict[int, tuple[int, int]]

UNMATCHED = RouteOrSite("", "<unmatched>")
FAILS: Minutes = {100: (0, 1), 104: (0, 1), 108: (0, 1)}


def outages(
    new_source: NewSource, judged: Minutes, signs: Minutes, *, newest: int = 400
) -> list[tuple[int, int, bool | None]]:
    """Return the outages of `<unmatched>`: first and last failing minute, and whether it recovered."""
    before = {minute: each for minute, each in judged.items() if minute <= newest}
    source = new_source({UNMATCHED: before}, newest=newest, signs={UNMATCHED: signs})
    episodes = find_episodes(source, major=Fraction(3, 10))
    return [(e.start, e.last, e.recovered) for e in episodes.get(UNMATCHED, ())]


def test_without_signs_it_stays_open(new_source: NewSource) -> None:
    assert outages(new_source, FAILS, {}) == [(100, 108, None)]


def test_three_signs_of_both_kinds_end_it_after_ten_minutes(new_source: NewSource) -> None:
    signs = {109: (2, 0), 112: (1, 1), 114: (0, 2)}
    assert outages(new_source, FAILS, signs, newest=117) == [(100, 108, None)]
    assert outages(new_source, FAILS, signs, newest=118) == [(100, 108, True)]


@pytest.mark.parametrize("signs", [{110: (90, 2)}, {110: (2, 90)}, {108: (9, 9)}, {107: (9, 9)}])
def test_one_kind_or_signs_before_the_last_failure_do_not(
    signs: Minutes, new_source: NewSource
) -> None:
    assert outages(new_source, FAILS, signs) == [(100, 108, None)]


def test_failures_with_signs_of_work_between_them_are_no_streak(new_source: NewSource) -> None:
    apart = {100: (0, 1), 120: (0, 1), 140: (0, 1)}
    assert outages(new_source, apart, {}) == [(100, 140, None)]
    assert outages(new_source, apart, {101: (3, 3)}) == []
    assert outages(new_source, apart, {101: (3, 2)}) == [(100, 140, None)]
    near = {100: (0, 1), 110: (0, 1), 120: (0, 1)}
    assert outages(new_source, near, {101: (3, 3), 111: (3, 3)}) == [(100, 120, None)]


def test_signs_of_work_do_not_dilute_a_high_rate(new_source: NewSource) -> None:
    failing = dict.fromkeys(range(100, 110), (0, 2))
    signs = dict.fromkeys(range(90, 112), (500, 500))
    assert outages(new_source, failing, signs, newest=111) == [(100, 109, None)]


def test_they_are_found_as_in_a_search_through_every_minute(
    new_source: NewSource, naive: ModuleType
) -> None:
    chance = Random(8)
    some = 0
    for _ in range(400):
        judged: Minutes = {}
        minute = chance.randrange(20)
        while minute < 200:
            judged[minute] = chance.choice([(0, 1), (0, 1), (0, 1), (0, 3), (1, 0), (4, 1)])
            minute += chance.choice([1, 2, 5, 9, 10, 11, 12, 13, 20, 40])
        kinds = [(1, 1), (2, 0), (0, 2), (3, 3), (1, 2)]
        signs = {chance.randrange(240): chance.choice(kinds) for _ in range(chance.randrange(30))}
        newest = chance.randrange(150, 250)
        before = {at: each for at, each in judged.items() if at <= newest}
        expected = naive.episodes(before, newest, newest, signs)
        source = new_source({UNMATCHED: before}, newest=newest, signs={UNMATCHED: signs})
        found = find_episodes(source, major=Fraction(3, 10)).get(UNMATCHED, ())
        assert [(e.start, e.last, e.recovered, e.bad, e.stretches) for e in found] == expected, (
            judged,
            signs,
        )
        without = naive.episodes(before, newest, newest)
        some += expected != without
    assert some > 50, "signs made a difference"
