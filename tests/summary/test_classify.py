"""What the counts mean, at the edges of every threshold."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flask_status_cli.errors import OptionError
from flask_status_cli.judgement import (
    PRESETS,
    availability_text,
    condition,
    excepted,
    for_incidents,
    judge,
    outcome,
    policy,
)
from flask_status_cli.model import OTHER, UNMATCHED, WORST_FIRST, Condition, Counts, Outcome, Policy
from flask_status_cli.model.settings import PolicySettings

STANDARD = PRESETS["standard"]
SERVER_ERRORS = PRESETS["server-errors"]
SUCCESS, FAILURE, IGNORED = Outcome.SUCCESS, Outcome.FAILURE, Outcome.IGNORED
OPERATIONAL, PARTIAL = Condition.OPERATIONAL, Condition.PARTIAL_OUTAGE
MAJOR, NO_DATA = Condition.MAJOR_OUTAGE, Condition.NO_DATA

# status -> outcome under standard, under server-errors, and in <unmatched> under standard
OUTCOMES = [
    (0, IGNORED, IGNORED, IGNORED),
    (9, IGNORED, IGNORED, IGNORED),
    (100, IGNORED, IGNORED, IGNORED),
    (101, IGNORED, IGNORED, IGNORED),
    (199, IGNORED, IGNORED, IGNORED),
    (200, SUCCESS, SUCCESS, SUCCESS),
    (204, SUCCESS, SUCCESS, SUCCESS),
    (304, SUCCESS, SUCCESS, SUCCESS),
    (399, SUCCESS, SUCCESS, SUCCESS),
    (400, IGNORED, IGNORED, IGNORED),
    (401, IGNORED, IGNORED, IGNORED),
    (403, IGNORED, IGNORED, IGNORED),
    (404, FAILURE, SUCCESS, IGNORED),
    (405, IGNORED, IGNORED, IGNORED),
    (429, IGNORED, IGNORED, IGNORED),
    (444, IGNORED, IGNORED, IGNORED),
    (499, IGNORED, IGNORED, IGNORED),
    (500, FAILURE, FAILURE, FAILURE),
    # any visitor can ask for these two: an HTTP version or a transfer coding that the server does not know
    (501, IGNORED, IGNORED, IGNORED),
    (505, IGNORED, IGNORED, IGNORED),
    (502, FAILURE, FAILURE, FAILURE),
    (504, FAILURE, FAILURE, FAILURE),
    (599, FAILURE, FAILURE, FAILURE),
    (600, IGNORED, IGNORED, IGNORED),
    (999, IGNORED, IGNORED, IGNORED),
    (-1, IGNORED, IGNORED, IGNORED),
    (5000, IGNORED, IGNORED, IGNORED),
]


@pytest.mark.parametrize(("status", "standard", "server_errors", "unmatched"), OUTCOMES)
def test_the_outcome_of_a_status(
    status: int, standard: Outcome, server_errors: Outcome, unmatched: Outcome
) -> None:
    assert outcome(status, STANDARD, rule="/") is standard
    assert outcome(status, STANDARD, rule=OTHER) is standard
    assert outcome(status, SERVER_ERRORS) is server_errors
    assert outcome(status, STANDARD, rule=UNMATCHED) is unmatched


def test_501_and_505_are_judged_only_where_they_are_named() -> None:
    named = Policy(
        "own",
        success=("2xx", 501),
        failure=("5xx", 505),
        operational=Fraction(99, 100),
        major=Fraction(3, 10),
    )
    assert [outcome(status, named) for status in (500, 501, 505)] == [FAILURE, SUCCESS, FAILURE]
    incidents = for_incidents(policy(PolicySettings()))
    assert [outcome(status, incidents) for status in (500, 501, 505)] == [FAILURE, IGNORED, IGNORED]
    settings = PolicySettings(incident_failure=("5xx", 501))
    incidents = for_incidents(policy(settings))
    assert [outcome(status, incidents) for status in (500, 501, 505)] == [FAILURE, FAILURE, IGNORED]


def test_a_4xx_in_unmatched_is_ignored_whatever_the_policy_says() -> None:
    own = Policy(
        "own",
        success=(401, "2xx"),
        failure=("4xx", "5xx"),
        operational=Fraction(99, 100),
        major=Fraction(3, 10),
    )
    assert [outcome(status, own, rule=UNMATCHED) for status in (200, 401, 404, 500)] == [
        SUCCESS,
        IGNORED,
        IGNORED,
        FAILURE,
    ]
    assert [outcome(status, own) for status in (200, 401, 404, 500)] == [
        SUCCESS,
        SUCCESS,
        FAILURE,
        FAILURE,
    ]


@pytest.mark.parametrize(
    ("success", "failure", "expected"),
    [
        # a code outweighs a class, whichever set it is in
        (("5xx",), (503,), FAILURE),
        ((503,), ("5xx",), SUCCESS),
        # named twice alike it is a failure
        ((503,), (503,), FAILURE),
        (("5xx",), ("5xx",), FAILURE),
    ],
)
def test_a_code_in_both_sets(
    success: tuple[int | str, ...], failure: tuple[int | str, ...], expected: Outcome
) -> None:
    assert (
        outcome(503, Policy("own", success, failure, Fraction(99, 100), Fraction(3, 10)))
        is expected
    )


@given(
    st.dictionaries(st.integers(0, 999), st.integers(1, 9), max_size=9),
    st.sampled_from(["/", UNMATCHED]),
)
def test_judging_adds_up_single_outcomes(statuses: dict[int, int], rule: str) -> None:
    singles = [
        outcome(status, STANDARD, rule=rule) for status, n in statuses.items() for _ in range(n)
    ]
    assert judge(statuses, STANDARD, rule=rule) == Counts(
        singles.count(SUCCESS),
        singles.count(FAILURE),
        singles.count(IGNORED),
        minor=statuses.get(404, 0) if rule == "/" else 0,
    )


STATUSES = {200: 50, 301: 5, 404: 700, 403: 7, 500: 3, 503: 1, 0: 2}


def test_unmatched_is_judged_by_all_but_its_4xx() -> None:
    assert judge(STATUSES, STANDARD, rule=UNMATCHED) == Counts(success=55, failure=4, ignored=709)


def test_a_route_is_judged_by_its_404s_too() -> None:
    assert judge(STATUSES, STANDARD, rule="/") == Counts(55, failure=704, ignored=9, minor=700)


# success, failure -> condition under the default thresholds 0.99 and 0.3
CONDITIONS = [
    # nothing valid
    (0, 0, NO_DATA),
    # operational from exactly 0.99 on
    (1, 0, OPERATIONAL),
    (99, 1, OPERATIONAL),
    (98, 1, PARTIAL),
    (989_999, 10_001, PARTIAL),
    (990_000, 10_000, OPERATIONAL),
    # a text of 99.00 % is not yet 0.99: 989 999 999 of 10**9
    (989_999_999, 10_000_001, PARTIAL),
    # major below exactly 0.3, with at least three failures
    (3, 7, PARTIAL),
    (29, 71, MAJOR),
    (30, 70, PARTIAL),
    (299_999, 700_001, MAJOR),
    (0, 1, PARTIAL),
    (0, 2, PARTIAL),
    (0, 3, MAJOR),
    (1, 3, MAJOR),
    (1, 2, PARTIAL),
    # numbers that a float cannot hold
    (99 * 10**30, 10**30, OPERATIONAL),
    (99 * 10**30 - 1, 10**30, PARTIAL),
]


@pytest.mark.parametrize(("success", "failure", "expected"), CONDITIONS)
def test_the_condition_of_a_stretch_of_time(
    success: int, failure: int, expected: Condition
) -> None:
    assert condition(Counts(success, failure), STANDARD) is expected
    assert condition(Counts(success, failure, ignored=10**6), STANDARD) is expected


@pytest.mark.parametrize(
    ("operational", "major", "success", "failure", "expected"),
    [
        # with 1 one failure colors the day
        (Fraction(1), Fraction(3, 10), 10**9, 1, PARTIAL),
        (Fraction(1), Fraction(3, 10), 10**9, 0, OPERATIONAL),
        # with 0 nothing is an outage
        (Fraction(0), Fraction(0), 0, 9, OPERATIONAL),
        (Fraction(2, 3), Fraction(1, 3), 2, 1, OPERATIONAL),
        (Fraction(2, 3), Fraction(1, 3), 3, 6, PARTIAL),
        (Fraction(2, 3), Fraction(1, 3), 2, 5, MAJOR),
    ],
)
def test_own_thresholds_are_exact_too(
    operational: Fraction, major: Fraction, success: int, failure: int, expected: Condition
) -> None:
    own = replace(STANDARD, operational=operational, major=major)
    assert condition(Counts(success, failure), own) is expected


@pytest.mark.parametrize(
    ("success", "failure", "text"),
    [
        (0, 0, None),
        (1, 0, "100%"),
        (99_999, 1, "99.99%"),
        (10**12, 1, "99.99%"),
        (0, 1, "0.00%"),
        (0, 10**9, "0.00%"),
        (1, 10**9, "0.00%"),
        (1, 2, "33.33%"),
        (2, 1, "66.66%"),
        (1, 1, "50.00%"),
        (1, 19, "5.00%"),
        (1, 9_999, "0.01%"),
        (1, 10_000, "0.00%"),
        (9_784, 216, "97.84%"),
    ],
)
def test_availability_is_floored(success: int, failure: int, text: str | None) -> None:
    assert availability_text(Counts(success, failure, ignored=7)) == text


COUNT = st.integers(0, 10**15)


@given(COUNT, COUNT)
@example(99_999, 1)
def test_availability_is_the_decimal_floor(success: int, failure: int) -> None:
    text = availability_text(Counts(success, failure))
    if success + failure == 0 or failure == 0:
        assert text == (None if success == 0 else "100%")
        return
    with localcontext(prec=60, rounding=ROUND_FLOOR):
        share = Decimal(success) * 100 / (success + failure)
        assert text == f"{share.quantize(Decimal('0.01'))}%"


@given(COUNT, COUNT)
def test_a_success_never_makes_it_worse_and_a_failure_never_better(
    success: int, failure: int
) -> None:
    now = condition(Counts(success, failure), STANDARD)
    better = condition(Counts(success + 1, failure), STANDARD)
    worse = condition(Counts(success, failure + 1), STANDARD)
    if now is not NO_DATA:
        places = [WORST_FIRST.index(each) for each in (worse, now, better)]
        assert places == sorted(places)


def test_worst_is_first_and_every_condition_has_a_place() -> None:
    assert WORST_FIRST == (MAJOR, PARTIAL, OPERATIONAL, NO_DATA)
    assert set(WORST_FIRST) == set(Condition)


def test_a_preset_is_found_by_its_name() -> None:
    assert policy(PolicySettings()) == Policy(
        "standard", ("2xx", "3xx"), (404, "5xx"), Fraction(99, 100), Fraction(3, 10)
    )
    assert policy(PolicySettings("server-errors")).failure == ("5xx",)


def test_an_unknown_preset_names_the_known_ones() -> None:
    with pytest.raises(OptionError) as caught:
        policy(PolicySettings("strict"))
    assert (
        str(caught.value)
        == "--policy: no policy is called 'strict'; known: standard, server-errors"
    )


def test_a_class_leaves_out_the_codes_that_any_visitor_can_cause_unless_they_are_named() -> None:
    assert excepted(("5xx",)) == (501, 505)
    assert excepted((404, "5xx", 501)) == (505,)
    assert excepted(("4xx", 503)) == ()
