"""Sends messages to several channels at the same time, with a time limit."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence

from flask_status_cli.model import Notice
from flask_status_cli.notify.channels import Channel
from flask_status_cli.notify.message import DeliveryError

TIME_LIMIT = 10.0
"""A channel has this many seconds to deliver a message."""

MARGIN = 1.0
"""A channel that ignores the time limit is abandoned this many seconds after it."""


def send(
    wanted: Sequence[tuple[Channel, Notice]], *, seconds: float = TIME_LIMIT
) -> Mapping[Channel, str | None]:
    """Send a message to each channel, all at the same time. Return why each one failed, or `None`.

    A channel that does not return in time is left to its thread, which ends with the process.
    """
    results: dict[Channel, str | None] = {}
    threads = [
        threading.Thread(target=_deliver, args=(channel, notice, seconds, results), daemon=True)
        for channel, notice in wanted
    ]
    for thread in threads:
        thread.start()
    end = time.monotonic() + seconds + MARGIN
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    late = f"no answer within {seconds:g} seconds"
    return {channel: results.get(channel, late) for channel, _ in wanted}


def _deliver(
    channel: Channel, notice: Notice, seconds: float, results: dict[Channel, str | None]
) -> None:
    try:
        channel.deliver(notice, seconds)
    except DeliveryError as error:
        results[channel] = str(error)
    except Exception as error:  # noqa: BLE001 - the services of Apprise may raise anything
        results[channel] = f"failed: {type(error).__name__}"
    else:
        results[channel] = None
