"""The rule of incidents once more, as slowly as it is written: every minute, every window, in full.

It is written from the definition of an incident, not from the program, and shares nothing with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

Series = Mapping[int, tuple[int, int]]
"""Minute → (successes, failures), only of minutes with judged requests."""


class Found(NamedTuple):
    """An episode: first and last failing minute, first bad one; `recovered` is `None` while it is open."""

    start: int
    last: int
    recovered: bool | None
    bad: int


def episodes(series: Series, newest: int) -> list[Found]:
    """Look at every minute up to `newest`."""
    found: list[Found] = []
    minute = min(series, default=newest + 1)
    while minute <= newest:
        start = bad_since(series, minute)
        if start is None:
            minute += 1
            continue
        last, at, quiet, recovered = minute, minute, 0, None
        while at < newest and recovered is None:
            at += 1
            quiet = 0 if at in series else quiet + 1
            if failing(series, at):
                last = at
            elif (
                at - last >= 10
                and sum(series.get(m, (0, 0))[0] for m in range(last + 1, at + 1)) >= 3
            ):
                recovered = True
            elif quiet >= 1440:
                recovered = False
        found.append(Found(start, last, recovered, minute))
        minute = at + 1
    return found


def failing(series: Series, minute: int) -> bool:
    """At least one failure, and at least 20 % of the judged requests."""
    success, failure = series.get(minute, (0, 0))
    return failure >= 1 and Fraction(failure, success + failure) >= Fraction(20, 100)


def bad_since(series: Series, minute: int) -> int | None:
    """Tell where the window or the streak begins that makes a minute bad; `None` if it is not bad."""
    if not failing(series, minute):
        return None
    starts = []
    window = [m for m in range(minute - 4, minute + 1) if m in series]
    failures = sum(series[m][1] for m in window)
    valid = sum(sum(series[m]) for m in window)
    if failures >= 5 and Fraction(failures, valid) >= Fraction(20, 100):
        starts.append(next(m for m in window if failing(series, m)))
    streak = back_to_a_success(series, minute)
    if sum(series[m][1] for m in streak) >= 3 and len(streak) >= 2:
        starts.append(min(streak))
    return min(starts, default=None)


def back_to_a_success(series: Series, minute: int) -> list[int]:
    """List the judged minutes up to this one since the last with a success, or a silence of 24 hours."""
    streak: list[int] = []
    silent = 0
    while silent < 1440 and minute >= min(series):
        if minute in series:
            if series[minute][0]:
                break
            streak.append(minute)
            silent = 0
        else:
            silent += 1
        minute -= 1
    return streak


def new_to_the_site(
    whole: list[Found],
    routes: Mapping[tuple[str, str], list[Found]],
    series: Mapping[tuple[str, str], Series],
) -> list[Found]:
    """Leave out what began with failures of which four fifths are of routes long known to fail."""
    left = []
    for each in whole:
        minutes = range(each.start, each.bad + 1)
        known = {
            who
            for who, episodes in routes.items()
            for one in episodes
            if one.start + 10 < each.start and (one.recovered is None or one.last >= each.start)
        }
        failures = sum(of.get(m, (0, 0))[1] for of in series.values() for m in minutes)
        of_known = sum(series[who].get(m, (0, 0))[1] for who in known for m in minutes)
        if not known or Fraction(of_known, failures) < Fraction(4, 5):
            left.append(each)
    return left


def joined(
    episodes: Mapping[tuple[str, str], list[Found]], site: tuple[str, str]
) -> list[set[tuple[tuple[str, str], int]]]:
    """Put episodes together into incidents: sets of (whose, start)."""
    left = [
        (each.start, who == site, who[::-1], who, each)
        for who in episodes
        for each in episodes[who]
    ]
    incidents = []
    while left:
        first = min(left)
        together = [
            one
            for one in left
            if first[0] <= one[0] <= first[0] + 10
            and (first[4].recovered is None or one[0] < first[4].last + 1)
        ]
        left = [one for one in left if one not in together]
        incidents.append({(who, start) for start, _, _, who, _ in together})
    return incidents
