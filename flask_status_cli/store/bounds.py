"""Limits for what grows with the requests of clients."""

from __future__ import annotations

from typing import Final

ANSWERING_BOUND: Final = 5000
"""At most this many answering paths have a route of their own in a database; later ones are `<other>`."""

LABELS_BOUND: Final = 100
"""At most this many virtual hosts have a label of their own in a database; later ones are `<other>`."""

WAITING_BOUND: Final = 50_000
"""At most this many rows wait for the first answer of their path; then the oldest minutes are poured."""

RUNS_KEPT: Final = 5000
"""This many newest runs are kept, and the last one without problems, however old."""
