"""The paths behind a route that collects many paths, the worst first."""

from __future__ import annotations

from typing import Final

from flask_status_cli.model import UNMATCHED, PathFailures
from flask_status_cli.model.times import ALL_TIME
from flask_status_cli.store import Ledger

NAMED: Final = 20
"""The number of paths with the most server errors; of `<unmatched>` also of those with the most 404s."""


def paths_behind(
    ledger: Ledger, label: str, rule: str, *, start: int = 0, end: int = ALL_TIME
) -> tuple[PathFailures, ...]:
    """Return the paths behind `<unmatched>` or a crowd, with their requests in the minutes [start, end).

    Of a crowd only paths with server errors are known, with all their requests. Other routes have none.
    """
    if rule == UNMATCHED:
        return tuple(ledger.worst_unanswered(label, start=start, end=end, most=NAMED))
    return ledger.crowd_failures(label, rule, since=start)[:NAMED]
