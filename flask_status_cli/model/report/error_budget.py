"""The error budget of an objective, and how fast it is spent."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Burn:
    """The failures of the last `hours` hours before the newest entry, compared with an objective.

    `rate` is 1 if as many requests fail as the objective allows, 2 if twice as many fail. It is floored text,
    `None` if there is nothing to judge.
    """

    hours: int
    failures: int
    valid: int
    rate: str | None


@dataclass(frozen=True, slots=True)
class ErrorBudget:
    """The error budget of a period: the failures that an objective allows, and those that there were.

    `objective` is the promised share of successes. `allowed` is the number of judged requests that may fail.
    `left` is the unspent part in percent: floored text, negative if more requests failed, `None` if less than
    one failure is allowed. `burns` has the shortest period first.
    """

    objective: Fraction
    allowed: Fraction
    failures: int
    left: str | None
    burns: tuple[Burn, ...]
