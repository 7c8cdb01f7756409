"""Waits for a server that is away, with pauses that grow."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from flask_status_cli.errors import ServerAwayError
    from flask_status_cli.model.server_wait_limits import ServerWaitLimits

FIRST_PAUSE: Final = 0.05
"""Seconds before the second attempt. Each later pause is twice as long."""

LONGEST_PAUSE: Final = 1.0
"""No pause is longer than this many seconds."""

GRACE: Final = 1.0
"""A program that is told to stop still tries for this many seconds in all."""

SAY_AFTER: Final = 2.0
"""A message about the wait is printed after this many seconds."""


class ServerWait:
    """One wait for a server that is away. It begins with the first error."""

    def __init__(self, wait_limits: ServerWaitLimits) -> None:
        self._wait_limits = wait_limits
        self._began: float | None = None
        self._pause = FIRST_PAUSE
        self._is_announced = False

    def pause(self, error: ServerAwayError) -> None:
        """Sleep before the next attempt. Raises the error if no time is left for one."""
        import secrets

        now = time.monotonic()
        if self._began is None:
            self._began = now
        waited = now - self._began
        stopped = self._wait_limits.stopped()
        left = min(self._wait_limits.seconds, GRACE if stopped else math.inf) - waited
        if left <= 0:
            raise error.after(waited)
        if waited >= SAY_AFTER and not self._is_announced:
            self._is_announced = True
            self._wait_limits.tell(
                f"{error.where}: {error.what}; trying again for {left:.0f} seconds"
            )
        share = (
            1 - secrets.randbelow(50) / 100
        )  # so that not all hosts try again at the same moment
        time.sleep(min(left, self._pause * share))
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
