"""The error budgets of a report in sentences: what is left, and how fast it is spent."""

from __future__ import annotations

from collections.abc import Iterator

from flask_status_cli.model import BurnRate, ErrorBudget, RouteSummary, StatusSummary
from flask_status_cli.render.text.words import NO_VALUE, Words

MOST_ROUTES = 5
"""At most this many routes with a spent budget are named."""

HOURS_A_DAY = 24


def lines(summary: StatusSummary, words: Words) -> Iterator[str]:
    """Yield a sentence about all routes together, if they have an objective, and one for each route to name.

    A sentence contains the rule of its route. A rule may have any text, so the caller must escape the
    sentence.
    """
    if summary.total.budget is not None:
        yield sentence(summary.total.budget, words)
    for row in routes_to_name(summary):
        if row.budget is not None:
            name = f"{row.label}: {row.rule}" if row.label else row.rule
            yield f"{name}: {sentence(row.budget, words)}"


def sentence(budget: ErrorBudget, words: Words) -> str:
    """Return a sentence about a budget. With too few requests, it says how many are needed."""
    objective = words.percent(budget.objective)
    if budget.left is None:
        needed = -(-1 // (1 - budget.objective))
        return words.say("budget.few", objective=objective, needed=words.grouped(needed))
    return words.say(
        "budget.left",
        objective=objective,
        left=budget.left,
        failures=words.grouped(budget.failures),
        allowed=words.grouped(budget.allowed // 1),
        burns=", ".join(_burn(burn, words) for burn in budget.burns),
    )


def routes_to_name(summary: StatusSummary) -> list[RouteSummary]:
    """Return the routes whose budget is spent, the worst first, at most `MOST_ROUTES`.

    If there is no budget for all routes together, other routes with a budget are included.
    """
    judged = [row for row in summary.routes if row.budget is not None and row.budget.left]
    if summary.total.budget is not None:
        judged = [row for row in judged if _left(row) < 0]
    return sorted(judged, key=_left)[:MOST_ROUTES]


def _left(row: RouteSummary) -> float:
    budget = row.budget
    return 0.0 if budget is None else float(1 - budget.failures / budget.allowed)


def _burn(burn: BurnRate, words: Words) -> str:
    days, hours = divmod(burn.hours, HOURS_A_DAY)
    span = f"{burn.hours} h" if hours else f"{days} d"
    return words.say("budget.burn", rate=burn.rate or NO_VALUE, span=span)
