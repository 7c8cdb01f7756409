"""What a tally hands to the store: requests by minute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MINUTES_PER_QUARTER = 15
"""Minutes in a quarter of an hour. Quarters are counted, too, because midnight in every zone begins one."""


def quarter_start(minute: int) -> int:
    """Return the first minute of the quarter of an hour that an epoch minute is in."""
    return minute // MINUTES_PER_QUARTER * MINUTES_PER_QUARTER


@dataclass(frozen=True, slots=True)
class MinuteCounts:
    """Requests by minute, path and status code, as columns. The tally makes them, and the store adds them up.

    `keys[code]` is `(rule, status)`. The rule is the path with its ids folded, or `UNMATCHED` if it cannot be
    a route. `minutes[minute][code]` is a number of requests. `durations[hour][bucket * CODES + code]` is how
    many requests of an hour since the epoch took so long: see `model.duration_buckets`.
    """

    label: str
    keys: Sequence[tuple[str, int]]
    minutes: Mapping[int, Mapping[int, int]]
    durations: Mapping[int, Mapping[int, int]] = field(default_factory=dict)
