"""Lines about messages that could not be sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask_status_cli.model import FailedDelivery
from flask_status_cli.render.escape import printable


def failure_lines(failures: Iterable[tuple[str, FailedDelivery]]) -> Iterator[str]:
    """Yield a line for each message: the name of the channel, the problem, and the next attempt."""
    for name, each in failures:
        then = f"next attempt at {each.next_at:%H:%M} UTC" if each.next_at else "given up"
        yield f"{printable(name)}: {printable(each.problem, 500)}; {then}"
