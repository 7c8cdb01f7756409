"""Sends messages through Apprise, which knows e-mail, Slack, Teams, ntfy, Telegram and more by URL."""

from __future__ import annotations

import json

from flask_status_cli.errors import install_extra
from flask_status_cli.model import Notice, Transition
from flask_status_cli.notify.message import DeliveryError

TYPES = {
    Transition.OPENED: "failure",
    Transition.WORSENED: "failure",
    Transition.RESOLVED: "success",
    Transition.TEST: "info",
}
"""The type of each message for Apprise. Services choose an icon or a color by it."""


def through_apprise(url: str, notice: Notice, seconds: float) -> None:  # noqa: ARG001 - see below
    """Send the text of a message to an Apprise URL. Raises `DeliveryError`.

    Apprise has its own time limits. The caller enforces `seconds`.
    """
    try:
        import apprise
    except ImportError:
        raise DeliveryError(f"needs Apprise; {install_extra('notify')}") from None
    sender = apprise.Apprise()
    if not sender.add(url):
        raise DeliveryError("is not a URL that Apprise understands")
    text = json.loads(notice.body)["text"]
    title, _, body = text.partition(": ")
    kind = TYPES[notice.transition]
    # Only text that is called so is escaped for services that show HTML, such as e-mail.
    if not sender.notify(title=title, body=body, notify_type=kind, body_format="text"):
        raise DeliveryError("Apprise could not deliver the message")
