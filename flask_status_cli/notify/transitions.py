"""Finds the messages that are due, by comparing the incidents with earlier announcements. Pure.

Every "opened" is followed by one "resolved" with the same id, even if late lines have joined two incidents.
"Resolved" comes only when no route can continue the incident any more. There are no messages about an
incident that disappeared (because of a false alarm, maintenance or late lines), and none about an open
incident while the log is not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from flask_status_cli.frozen import frozen
from flask_status_cli.judgement import MAJOR_OUTAGE, MAJOR_OUTAGE_FAILURES
from flask_status_cli.model import Announcements, Counts, Incident, Level, Transition

OPEN_FOR = timedelta(hours=24)
"""An open incident is announced only if its last failure is at most this old.

So the log of an old outage causes no message.
"""

ENDED_WITHIN = timedelta(hours=1)
"""An incident that has ended before it was found is announced only if it ended at most this long ago."""

SETTLED_AFTER = timedelta(minutes=10)
"""Routes may join an incident until this long after its start."""

LEVEL_MINUTES = 10
"""The level of an incident is judged by this many minutes before the newest entry."""

Recent: TypeAlias = Callable[[Incident], Counts]
"""Returns the requests of an incident's routes in the last `LEVEL_MINUTES`."""


@frozen
class DueMessages:
    """The messages to send now. `due` makes it.

    - `transitions`: in order, the id under which an incident is announced, the transition, the incident.
    - `levels`: the level of each incident whose level was not known before, by its id.
    """

    transitions: tuple[tuple[str, Transition, Incident], ...] = ()
    levels: Mapping[str, Level] | None = None

    def __bool__(self) -> bool:
        return bool(self.transitions or self.levels)


def due_messages(
    incidents: Iterable[Incident],
    announced: Announcements,
    *,
    now: datetime,
    newest: datetime,
    recent: Recent,
) -> DueMessages:
    """Return the messages that are due at `now`. `newest` is the minute of the newest entry."""
    transitions: list[tuple[str, Transition, Incident]] = []
    levels: dict[str, Level] = {}
    for incident in sorted(incidents, key=lambda each: (each.start, each.id)):
        false_alarm = incident.note is not None and incident.note.false_alarm
        if false_alarm or incident.last_known is not None:
            continue
        ids = [each for each in (incident.id, *incident.aliases) if each in announced.levels]
        if not ids and _news(incident, now):
            ids = [incident.id]
            transitions.append((incident.id, Transition.OPENED, incident))
        settled = ids and incident.open and newest - incident.start >= SETTLED_AFTER
        level = _level(recent(incident)) if settled else None
        for each in ids:
            if level is not None and announced.levels.get(each) is None:
                levels[each] = level
            later = _later(each, incident, announced, level=level, recent=recent)
            transitions += ((each, transition, incident) for transition in later)
    return DueMessages(tuple(transitions), levels)


def _later(
    id_: str, incident: Incident, announced: Announcements, *, level: Level | None, recent: Recent
) -> Iterator[Transition]:
    """Yield the transitions after "opened" of an incident that was announced under this id."""
    was = announced.levels.get(id_)
    if (
        was is Level.PARTIAL
        and level is Level.MAJOR
        and id_ not in announced.worsened
        and recent(incident).failure >= MAJOR_OUTAGE_FAILURES
    ):
        yield Transition.WORSENED
    if incident.final and not incident.open and id_ not in announced.resolved:
        yield Transition.RESOLVED


def _news(incident: Incident, now: datetime) -> bool:
    if incident.end is None:
        return incident.last_failure > now - OPEN_FOR
    return incident.end > now - ENDED_WITHIN


def _level(counts: Counts) -> Level | None:
    """Return the level of an incident with these requests, `None` if there are none.

    The default threshold of a major outage is used even if the configuration sets another one for a route,
    because an incident may have many routes.
    """
    if not counts.valid:
        return None
    major = counts.success * MAJOR_OUTAGE.denominator < counts.valid * MAJOR_OUTAGE.numerator
    return Level.MAJOR if major else Level.PARTIAL
