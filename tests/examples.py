"""How many examples a property has: few in CI, where they are the same in each run, or `EXAMPLES` by hand."""

from __future__ import annotations

import os


def examples(few: int) -> int:
    """Return `EXAMPLES` of the environment if it is set, or else these few."""
    return int(os.environ.get("EXAMPLES", few))
