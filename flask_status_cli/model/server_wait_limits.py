"""How long a database server may be away before that is an error."""

from __future__ import annotations

from collections.abc import Callable

from flask_status_cli.frozen import frozen


def _never() -> bool:
    return False


def _nobody(_: str) -> None:
    return None


@frozen
class ServerWaitLimits:
    """How long to wait for a server that restarts or fails over to another one.

    - `seconds`: the longest wait.
    - `stopped`: returns whether to stop waiting at once.
    - `tell`: is called with one line for people if the wait takes long.
    - `answer_within`: somebody waits this many seconds for an answer, so no step may take long.
    """

    seconds: float = 5.0
    stopped: Callable[[], bool] = _never
    tell: Callable[[str], None] = _nobody
    answer_within: float | None = None
