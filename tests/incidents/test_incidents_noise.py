"""Whether failures are noise: against the binomial distribution in exact fractions."""

from __future__ import annotations

from fractions import Fraction
from types import ModuleType

import pytest

from flask_status_cli.incidents.background_failures import (
    LEAST,
    FailureShare,
    background,
    is_rare,
    is_rare_streak,
)

LIMIT = Fraction(1, 10**6)


@pytest.mark.parametrize("part", [10, 15, 31, 50, 123, 300, 999])
@pytest.mark.parametrize("valid", [5, 17, 18, 19, 25, 60, 150, 301, 900])
def test_the_smallest_numbers_of_failures_beyond_noise(
    valid: int, part: int, naive: ModuleType
) -> None:
    share = FailureShare(part, 1000)
    judged = [is_rare(failures, valid, share) for failures in range(1, valid + 1)]
    fewest = judged.index(True) + 1 if True in judged else valid + 1
    assert judged == [failures >= fewest for failures in range(1, valid + 1)]
    exact = Fraction(part, 1000)
    assert naive.tail(fewest - 1, valid, exact) > LIMIT
    assert fewest > valid or naive.tail(fewest, valid, exact) <= LIMIT


def test_a_chance_of_exactly_one_in_a_million_is_rare() -> None:
    assert is_rare(6, 6, FailureShare(10, 100))
    assert not is_rare(6, 6, FailureShare(11, 100))


def test_large_numbers_are_judged_too() -> None:
    # 30 minutes of 500 requests a second: far beyond the expected 1 %, just beyond it, and as expected
    valid = 900_000
    assert is_rare(180_000, valid, LEAST)
    assert is_rare(9_500, valid, LEAST)  # 5.3 standard deviations of 94.4
    assert not is_rare(9_400, valid, LEAST)  # 4.2
    assert not is_rare(9_000, valid, LEAST)
    assert not is_rare(valid, valid, FailureShare(1, 1))


@pytest.mark.parametrize(
    ("share", "failures"),
    [(FailureShare(1, 100), 3), (FailureShare(3, 100), 4), (FailureShare(5, 100), 5)],
)
def test_the_shortest_streaks_beyond_noise(share: FailureShare, failures: int) -> None:
    assert is_rare_streak(failures, share)
    assert not is_rare_streak(failures - 1, share)


def test_a_route_that_hardly_ever_answers_has_no_streak() -> None:
    assert not is_rare_streak(1_000_000, FailureShare(100, 100))
    assert not is_rare_streak(100, FailureShare(9, 10))
    assert not is_rare_streak(
        131, FailureShare(9, 10)
    )  # 0.9 to the power of 131 is 1.01 in a million
    assert is_rare_streak(132, FailureShare(9, 10))


@pytest.mark.parametrize(
    ("failures", "valid", "share"),
    [
        (0, 0, FailureShare(1, 100)),
        (0, 10_000, FailureShare(1, 100)),
        (10, 1_000, FailureShare(1, 100)),
        (11, 1_000, FailureShare(11, 1_000)),
        (300, 1_000, FailureShare(300, 1_000)),
        # fewer than 100 requests say little
        (1, 3, FailureShare(1, 100)),
        (3, 3, FailureShare(3, 100)),
    ],
)
def test_the_background_of_a_route(failures: int, valid: int, share: FailureShare) -> None:
    assert background(failures, valid) == share
