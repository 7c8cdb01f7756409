"""How long a database server may be away before that is an error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def _never() -> bool:
    return False


def _nobody(_: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Patience:
    """How many `seconds` a server may be away: while it restarts, or hands over to another one.

    - `stopped`: returns true if nobody must wait any more.
    - `tell`: called with one line if the wait takes long.
    """

    seconds: float = 5.0
    stopped: Callable[[], bool] = _never
    tell: Callable[[str], None] = _nobody
