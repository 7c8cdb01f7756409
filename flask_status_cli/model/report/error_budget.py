"""What an objective leaves to fail, and how fast that is spent."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Burn:
    """The failures of the last `hours` hours, which end with the newest entry, against an objective.

    `rate` 1 is as many as the objective allows, 2 twice as many, and so on: floored text, `None` with
    nothing to judge.
    """

    hours: int
    failures: int
    valid: int
    rate: str | None


@dataclass(frozen=True, slots=True)
class ErrorBudget:
    """The error budget of a window: the failures that an objective allows, and those there were.

    `objective` is the share of successes that is aimed at, `allowed` the share of the window's judged
    requests that may fail, as a number of requests. `left` is the part of it that is left, in percent:
    floored text, negative where more failed; `None` where not one whole failure is allowed: too few
    requests to judge. `burns` are the shortest first.
    """

    objective: Fraction
    allowed: Fraction
    failures: int
    left: str | None
    burns: tuple[Burn, ...]
