"""Whatever Apprise speaks: e-mail, Slack, Teams, ntfy, Telegram and more, by its URLs."""

from __future__ import annotations

import json

from flask_status_cli.model import Notice, Transition
from flask_status_cli.notify.delivery_error import NotTold

TYPES = {
    Transition.OPENED: "failure",
    Transition.WORSENED: "failure",
    Transition.RESOLVED: "success",
}
"""What Apprise calls the kind of a message: services choose an icon or a colour by it."""


def through_apprise(url: str, notice: Notice, seconds: float) -> None:  # noqa: ARG001 - see below
    """Send the sentence of the message. Raises `NotTold`.

    Apprise has time limits of its own; who calls this watches the clock.
    """
    try:
        import apprise
    except ImportError:
        raise NotTold("needs Apprise: pip install 'flask-status-cli[notify]'") from None
    told = apprise.Apprise()
    if not told.add(url):
        raise NotTold("is no URL that Apprise understands")
    text = json.loads(notice.body)["text"]
    title, _, body = text.partition(": ")
    if not told.notify(title=title, body=body, notify_type=TYPES[notice.transition]):
        raise NotTold("Apprise could not deliver it")
