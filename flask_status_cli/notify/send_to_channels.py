"""Sends a message to several channels at the same time, with a time limit for each."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence

from flask_status_cli.model import Notice
from flask_status_cli.notify.channels import Channel
from flask_status_cli.notify.message import DeliveryError

TIME_LIMIT = 10.0
"""How many seconds a channel has to take a message."""

MARGIN = 1.0
"""How many seconds later a channel is given up that does not keep the time limit by itself."""


def send(
    wanted: Sequence[tuple[Channel, Notice]], *, seconds: float = TIME_LIMIT
) -> Mapping[Channel, str | None]:
    """Send a notice to all channels at the same time; return the reason of each failure, or `None`.

    A channel that does not return in time is left to a thread that ends with the process.
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
    except DeliveryError as error:
        answers[channel] = str(error)
    except Exception as error:  # noqa: BLE001 - what Apprise's services raise is known to nobody
        answers[channel] = f"failed: {type(error).__name__}"
    else:
        answers[channel] = None
