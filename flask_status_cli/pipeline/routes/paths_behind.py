"""Finds the worst paths of `<unmatched>` or of a crowd."""

from __future__ import annotations

from typing import Final

from flask_status_cli.model import UNMATCHED, PathFailures
from flask_status_cli.model.times import ALL_TIME
from flask_status_cli.store import Ledger

NAMED: Final = 20
"""At most this many paths with failures are named. For `<unmatched>`, as many paths with 404s follow."""

BUSY: Final = 10
"""If the time is not limited, this many of the busiest other paths of `<unmatched>` follow."""


def paths_behind(
    ledger: Ledger, label: str, rule: str, *, start: int = 0, end: int = ALL_TIME
) -> tuple[PathFailures, ...]:
    """Return the worst paths of `<unmatched>` or of a crowd, the worst first. Other routes have none.

    For `<unmatched>`, the requests are those in the epoch minutes [start, end). For a crowd, only paths with
    server errors since `start` are known.
    """
    if rule == UNMATCHED:
        busy = BUSY if (start, end) == (0, ALL_TIME) else 0
        found = ledger.worst_unanswered(label, start=start, end=end, most=NAMED, busy=busy)
        return tuple(found)
    return ledger.crowd_failures(label, rule, since=start)[:NAMED]
