"""Messages about incidents: the transitions, the messages, and what happened to each message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class Transition(Enum):
    """A change of an incident that is announced. `TEST` is a test message without an incident."""

    OPENED = "opened"
    WORSENED = "worsened"
    RESOLVED = "resolved"
    TEST = "test"


class Level(Enum):
    """How bad an incident was ten minutes after it began. Only a partial one can get worse."""

    PARTIAL = "partial"
    MAJOR = "major"


@dataclass(frozen=True, slots=True)
class Announcements:
    """Which incidents were announced, by id. `levels` has the level at which each was announced, if known."""

    levels: Mapping[str, Level | None] = field(default_factory=dict)
    worsened: frozenset[str] = frozenset()
    resolved: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Notice:
    """A message about an incident: the id that was announced first, the transition, and the JSON text."""

    incident: str
    transition: Transition
    body: str

    @property
    def key(self) -> str:
        """The key that is the same each time the message is sent: `1a2b3c4d-opened`."""
        return key_of(self.incident, self.transition)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message for one channel, leased by a sender: the number of the notice, and the channel."""

    number: int
    channel: str
    notice: Notice


@dataclass(frozen=True, slots=True)
class FailedDelivery:
    """A message that a channel did not take.

    It has the reason, and the time of the next attempt, `None` if there is none.
    """

    channel: str
    problem: str
    next_at: datetime | None


def key_of(told_as: str, transition: Transition) -> str:
    """Return the key of a message, which is in both its body and its header."""
    return f"{told_as}-{transition.value}"
