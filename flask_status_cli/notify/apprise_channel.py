"""The channel through Apprise: e-mail, Slack, Teams, ntfy, Telegram and more, by URL."""

from __future__ import annotations

import json

from flask_status_cli.model import Notice, Transition
from flask_status_cli.notify.message import DeliveryError

TYPES = {
    Transition.OPENED: "failure",
    Transition.WORSENED: "failure",
    Transition.RESOLVED: "success",
}
"""Apprise's name for the kind of a message. Services choose an icon or a color by it."""


def through_apprise(url: str, notice: Notice, seconds: float) -> None:  # noqa: ARG001 - see below
    """Send the sentence of the message. Raises `DeliveryError`.

    Apprise has time limits of its own; the caller enforces ours.
    """
    try:
        import apprise
    except ImportError:
        raise DeliveryError("needs Apprise: pip install 'flask-status-cli[notify]'") from None
    told = apprise.Apprise()
    if not told.add(url):
        raise DeliveryError("is not a URL that Apprise understands")
    text = json.loads(notice.body)["text"]
    title, _, body = text.partition(": ")
    if not told.notify(title=title, body=body, notify_type=TYPES[notice.transition]):
        raise DeliveryError("Apprise could not deliver it")
