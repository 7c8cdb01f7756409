"""How much a database keeps of what grows with what clients ask for."""

from __future__ import annotations

from typing import Final

ANSWERING_BOUND: Final = 5000
"""Paths that have a route of their own because they answered, per database; later ones are `<other>`."""

WAITING_BOUND: Final = 50_000
"""Rows of paths that have not answered yet, per database; beyond it the oldest minutes are poured."""

RUNS_KEPT: Final = 5000
"""The newest runs are kept, and the last one without problems however old."""
