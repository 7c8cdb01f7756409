"""Messages about incidents, the transitions that they announce, and their delivery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import Enum

from flask_status_cli.frozen import frozen


class Transition(Enum):
    """A change of an incident that is announced. `TEST` is a test message without an incident."""

    OPENED = "opened"
    WORSENED = "worsened"
    RESOLVED = "resolved"
    TEST = "test"


class Level(Enum):
    """How bad an incident was ten minutes after it began. Only a partial one can worsen later."""

    PARTIAL = "partial"
    MAJOR = "major"


@frozen
class Announcements:
    """The ids of the announced incidents, by transition.

    `levels` has the incidents that were announced as opened, each with its level then, if this is known.
    """

    levels: Mapping[str, Level | None] = field(default_factory=dict)
    worsened: frozenset[str] = frozenset()
    resolved: frozenset[str] = frozenset()


@frozen
class Notice:
    """A message about an incident.

    `incident` is the id under which the incident was first announced. `body` is the message as JSON.
    """

    incident: str
    transition: Transition
    body: str

    @property
    def key(self) -> str:
        """The key of the message, such as `1a2b3c4d-opened`. It is the same if the message is sent again."""
        return key_of(self.incident, self.transition)


@frozen
class Delivery:
    """A message for one channel that a sender has leased. `number` is the number of the notice."""

    number: int
    channel: str
    notice: Notice


@frozen
class FailedDelivery:
    """A message that a channel did not accept, and the reason.

    `next_at` is the time of the next attempt, `None` if there is no other attempt.
    """

    channel: str
    problem: str
    next_at: datetime | None


def key_of(incident: str, transition: Transition) -> str:
    """Return the key of a message, which both its body and its header contain."""
    return f"{incident}-{transition.value}"
