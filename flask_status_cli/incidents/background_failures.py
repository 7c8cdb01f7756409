"""Compares failures with a route's background: the share of requests that usually fails."""

from __future__ import annotations

from math import lgamma, log, log1p
from typing import Final, NamedTuple

from flask_status_cli.incidents.judged_minutes import fails
from flask_status_cli.incidents.thresholds import (
    CHANCE_DIGITS,
    LEAST_BACKGROUND,
    LEAST_REQUESTS,
    WINDOW_FAILURES,
)

_CHANCE: Final = -CHANCE_DIGITS * log(10)
"""The logarithm of the chance below which failures are more than noise."""

_NEGLIGIBLE: Final = 1e-18
"""A term that is smaller than this part of a sum does not change the sum."""

_EXACT_POWER: Final = 100
"""Powers up to this one are computed with whole numbers, so that three failures at 1 % are at the limit."""


class FailureShare(NamedTuple):
    """A share of failures: `part` of `whole` requests failed."""

    part: int
    whole: int


LEAST: Final = FailureShare(*LEAST_BACKGROUND)
"""The lowest background of a route."""


def background(failures: int, valid: int) -> FailureShare:
    """Return the background of a route with these failures and judged requests; at least `LEAST`.

    Fewer than 100 requests are taken for 100, because one failure among three requests proves nothing.
    """
    share = FailureShare(failures, max(valid, LEAST_REQUESTS))
    return share if share.part * LEAST.whole > LEAST.part * share.whole else LEAST


def is_high(failures: int, successes: int, share: FailureShare) -> bool:
    """Return whether a rate makes a minute bad: enough failures, at least a fifth, and more than noise.

    `share` is the background.
    """
    return (
        failures >= WINDOW_FAILURES
        and fails(failures, successes)
        and is_rare(failures, failures + successes, share)
    )


def is_rare(failures: int, valid: int, share: FailureShare) -> bool:
    """Return whether at least this many failures, of `valid` requests, have a chance of at most 10⁻⁶.

    `share` is the background. The chance is the tail of the binomial distribution. Its terms decrease,
    because all these numbers are above the expected one.
    """
    if failures == valid:
        return is_rare_streak(failures, share)
    if failures * share.whole <= valid * share.part:
        return False
    chance = share.part / share.whole
    first = _log_chance(failures, valid, chance)
    if first > _CHANCE:
        return False
    odds = chance / (1 - chance)
    total = term = 1.0
    for more in range(failures, valid):
        term *= (valid - more) / (more + 1) * odds
        total += term
        if term < total * _NEGLIGIBLE:
            break
    return first + log(total) <= _CHANCE


def is_rare_streak(failures: int, share: FailureShare) -> bool:
    """Return whether this many failures in a row have a chance of at most 10⁻⁶. `share` is the background."""
    if failures <= _EXACT_POWER:
        limit: int = share.whole**failures
        return int(share.part**failures) * 10**CHANCE_DIGITS <= limit
    return share.part < share.whole and failures * log(share.part / share.whole) <= _CHANCE


def _log_chance(failures: int, valid: int, chance: float) -> float:
    """Return the logarithm of the chance of exactly this many failures."""
    ways = lgamma(valid + 1) - lgamma(failures + 1) - lgamma(valid - failures + 1)
    return ways + failures * log(chance) + (valid - failures) * log1p(-chance)
