"""Limits of what clients could make grow with their requests."""

from __future__ import annotations

from typing import Final

ANSWERING_BOUND: Final = 5000
"""At most this many paths that answered have a route of their own in a database; later ones are `<other>`."""

LABELS_BOUND: Final = 100
"""At most this many virtual hosts have a label of their own in a database; later ones are `<other>`."""

WAITING_BOUND: Final = 50_000
"""The table `waiting` has at most this many rows. Beyond them, the oldest become `<unmatched>` for ever."""

RUNS_KEPT: Final = 5000
"""This many of the newest runs are kept. The last run without problems is always kept."""
