"""Availability as text: percent, floored to two decimals."""

from __future__ import annotations

from flask_status_cli.model import Counts


def availability_text(counts: Counts) -> str | None:
    """Return the share of successes in percent, rounded down to two decimals.

    It is `100%` only without any failure: 99 999 of 100 000 is `99.99%`. It is `None` if there is nothing to
    judge.
    """
    if not counts.valid:
        return None
    if not counts.failure:
        return "100%"
    hundredths = counts.success * 10_000 // counts.valid
    return f"{hundredths // 100}.{hundredths % 100:02}%"
