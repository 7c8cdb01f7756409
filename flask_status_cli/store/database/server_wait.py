"""Waits for a server that is away, with pauses that grow."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from flask_status_cli.errors import ServerAwayError
    from flask_status_cli.model.patience import Patience

FIRST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 1.0

GRACE: Final = 1.0
"""Who must not wait any more still connects once more if the server answers within so many seconds."""

SAY_AFTER: Final = 2.0
"""Whoever wants to know is told of the wait after this many seconds."""


class Wait:
    """One wait for a server. It begins with the first error."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._began: float | None = None
        self._pause = FIRST_PAUSE
        self._told = False

    def pause(self, error: ServerAwayError) -> None:
        """Wait before the next attempt. Raises the error if there is no time for another one."""
        import secrets

        now = time.monotonic()
        if self._began is None:
            self._began = now
        waited = now - self._began
        stopped = self._patience.stopped()
        left = min(self._patience.seconds, GRACE if stopped else math.inf) - waited
        if left <= 0:
            raise error.after(waited)
        if waited >= SAY_AFTER and not self._told:
            self._told = True
            self._patience.tell(f"{error.where}: {error.what}; trying again for {left:.0f} seconds")
        share = 1 - secrets.randbelow(50) / 100  # so that not all hosts come at once
        time.sleep(min(left, self._pause * share))
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
