"""Sends to several channels at once, none of them for longer than the time limit."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence

from flask_status_cli.model import Notice
from flask_status_cli.notify.channels import Channel
from flask_status_cli.notify.delivery_error import NotTold

TIME_LIMIT = 10.0
"""Seconds that a channel has to take a message."""

MARGIN = 1.0
"""Seconds more before one that does not keep to the limit by itself is left alone."""


def send(
    wanted: Sequence[tuple[Channel, Notice]], *, seconds: float = TIME_LIMIT
) -> Mapping[Channel, str | None]:
    """Send a notice to each channel, all side by side; return why it failed, `None` where it arrived.

    What does not come back in time (a resolver, a server that answers letter by letter) is left to a
    thread that ends with the process.
    """
    answers: dict[Channel, str | None] = {}
    threads = [
        threading.Thread(target=_tell, args=(channel, notice, seconds, answers), daemon=True)
        for channel, notice in wanted
    ]
    for thread in threads:
        thread.start()
    end = time.monotonic() + seconds + MARGIN
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    late = f"no answer within {seconds:g} seconds"
    return {channel: answers.get(channel, late) for channel, _ in wanted}


def _tell(
    channel: Channel, notice: Notice, seconds: float, answers: dict[Channel, str | None]
) -> None:
    try:
        channel.tell(notice, seconds)
    except NotTold as error:
        answers[channel] = str(error)
    except Exception as error:  # noqa: BLE001 - what Apprise's services raise is known to nobody
        answers[channel] = f"failed: {type(error).__name__}"
    else:
        answers[channel] = None
