"""The error budget of an objective, and how fast it is spent."""

from __future__ import annotations

from fractions import Fraction

from flask_status_cli.frozen import frozen


@frozen
class BurnRate:
    """The failures of the last `hours` hours before the newest entry, compared with an objective.

    The burn rate `rate` is 1 if as many requests fail as the objective allows, and 2 if twice as many fail.
    It is floored text, `None` if there is nothing to judge.
    """

    hours: int
    failures: int
    valid: int
    rate: str | None


@frozen
class ErrorBudget:
    """The error budget of a period: the failures that an objective allows, and the actual ones.

    - `objective`: the promised share of successes.
    - `allowed`: the number of judged requests that may fail. `failures`: the number that failed.
    - `left`: the unspent part in percent, as floored text. It is negative if too many requests failed, and
      `None` if less than one failure is allowed.
    - `burns`: the burn rates, the one of the shortest period first.
    """

    objective: Fraction
    allowed: Fraction
    failures: int
    left: str | None
    burns: tuple[BurnRate, ...]
