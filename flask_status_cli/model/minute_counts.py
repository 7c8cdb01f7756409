"""Counts of requests by minute, which the tally makes and the store adds up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from flask_status_cli.frozen import frozen

MINUTES_PER_QUARTER = 15
"""The minutes in a quarter of an hour. In every time zone, a day begins with a quarter."""


def quarter_start(minute: int) -> int:
    """Return the epoch minute at which the quarter of an hour around an epoch minute begins."""
    return minute // MINUTES_PER_QUARTER * MINUTES_PER_QUARTER


@frozen
class MinuteCounts:
    """Numbers of requests by minute, rule and status code. The tally makes them, and the store adds them up.

    - `keys[code]`: the `(rule, status)` that a code stands for. The rule is the path with its ids folded, or
      `UNMATCHED` if the path cannot be a route.
    - `minutes[minute][code]`: the number of requests in an epoch minute.
    - `durations[hour][bucket * CODES + code]`: the number of requests in an hour (since the epoch) whose
      duration is in a bucket; see `model.duration_buckets`.
    """

    label: str
    keys: Sequence[tuple[str, int]]
    minutes: Mapping[int, Mapping[int, int]]
    durations: Mapping[int, Mapping[int, int]] = field(default_factory=dict)
