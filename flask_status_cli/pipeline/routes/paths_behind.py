"""The paths behind a route that stands for many: what they had, the worst first."""

from __future__ import annotations

from typing import Final

from flask_status_cli.model import UNMATCHED, PathFailures
from flask_status_cli.store import Ledger

NAMED: Final = 20
"""So many paths are named: those with most server errors, and of `<unmatched>` as many with most 404s."""

ALL_TIME: Final = 2**62


def paths_behind(
    ledger: Ledger, label: str, rule: str, *, start: int = 0, end: int = ALL_TIME
) -> tuple[PathFailures, ...]:
    """Return the paths behind `<unmatched>` or a crowd, by what they had in the minutes [start, end).

    Of a crowd only those are known that had server errors, by what they had in all. Other routes have none.
    """
    if rule == UNMATCHED:
        return tuple(ledger.worst_unanswered(label, start=start, end=end, most=NAMED))
    return ledger.crowd_failures(label, rule, since=start)[:NAMED]
