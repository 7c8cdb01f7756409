"""What is told of incidents: transitions, the messages of them, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class Transition(Enum):
    """What happens to an incident that somebody must hear of; `TEST` is a message of none."""

    OPENED = "opened"
    WORSENED = "worsened"
    RESOLVED = "resolved"
    TEST = "test"


class Level(Enum):
    """How bad an incident was ten minutes after its beginning; only a partial one can get worse."""

    PARTIAL = "partial"
    MAJOR = "major"


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of incidents, by id: `levels` of those that were told to have opened, where known."""

    levels: Mapping[str, Level | None] = field(default_factory=dict)
    worsened: frozenset[str] = frozenset()
    resolved: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Notice:
    """A message about an incident: its id as it was first told, the transition, and the text of the JSON."""

    incident: str
    transition: Transition
    body: str

    @property
    def key(self) -> str:
        """What is the same however often the message comes: `1a2b3c4d-opened`."""
        return key_of(self.incident, self.transition)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A notice that is to reach one channel, taken by who sends it: the number of the notice, the channel."""

    number: int
    channel: str
    notice: Notice


@dataclass(frozen=True, slots=True)
class FailedDelivery:
    """A notice that did not reach a channel: why, and when it is tried again (`None`: not any more)."""

    channel: str
    problem: str
    next_at: datetime | None


def key_of(told_as: str, transition: Transition) -> str:
    """Return the key of a message, which its body and its header both carry."""
    return f"{told_as}-{transition.value}"
