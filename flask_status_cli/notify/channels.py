"""The configured channels for messages: commands, a URL, and Apprise."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

from flask_status_cli.frozen import frozen
from flask_status_cli.model import Notice
from flask_status_cli.model.settings import NotifySettings
from flask_status_cli.notify.apprise_channel import through_apprise
from flask_status_cli.notify.command_channel import run
from flask_status_cli.notify.webhook import post


@frozen
class Channel:
    """A way to send messages. `channels` makes one for each item in the configuration.

    - `id`: identifies the channel. It changes if its setting is changed.
    - `name`: its name for people, without secrets.
    - `deliver(notice, seconds)`: sends a message. Raises `DeliveryError` if it did not arrive in that time.
    """

    id: str
    name: str
    deliver: Callable[[Notice, float], None]


def channels(settings: NotifySettings) -> tuple[Channel, ...]:
    """Return the channels of some settings, in order: commands, the URL, the URLs of Apprise."""
    found = [
        Channel(_id("exec", *words), f"exec {words[0]}", partial(run, words))
        for words in settings.exec
    ]
    if settings.webhook is not None:
        name = f"webhook {_place(settings.webhook)}"
        found.append(
            Channel(_id("webhook", settings.webhook), name, partial(post, settings.webhook))
        )
    found += (
        Channel(_id("urls", url), f"apprise {_scheme(url)}", partial(through_apprise, url))
        for url in settings.urls
    )
    return tuple({channel.id: channel for channel in found}.values())


def _id(kind: str, *words: str) -> str:
    """Return the kind of a channel, and a hash of its setting, because the setting may be a secret."""
    digest = hashlib.sha256(json.dumps(words).encode()).hexdigest()
    return f"{kind}:{digest[:16]}"


def _place(url: str) -> str:
    """Return the scheme, host and port of a URL, without the parts that may be secret."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}"


def _scheme(url: str) -> str:
    """Return the service of an Apprise URL. The rest of the URL is often a token."""
    return url.partition("://")[0]
