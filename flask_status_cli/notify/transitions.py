"""Which messages are due: compares the incidents with what was announced. Pure.

Every "opened" is followed by one "resolved" with the same id, even if late lines have joined two incidents.
"Resolved" comes only when no route can continue the incident any more. Nothing more is announced of an
incident that disappeared (a false alarm, maintenance, late lines), nor of one that is open while the log is
not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from flask_status_cli.frozen import frozen
from flask_status_cli.judgement import MAJOR_OUTAGE, MAJOR_OUTAGE_FAILURES
from flask_status_cli.model import Announcements, Counts, Incident, Level, Transition

OPEN_FOR = timedelta(hours=24)
"""Announce an open incident only if its last failure is at most this old, so that old archives send nothing.
"""

ENDED_WITHIN = timedelta(hours=1)
"""Announce an incident that was over when first seen only if it ended at most this long ago."""

SETTLED_AFTER = timedelta(minutes=10)
"""Routes may join an incident until this long after its start."""

LEVEL_MINUTES = 10
"""The level of an incident is judged over this many minutes before the newest entry."""

Recent: TypeAlias = Callable[[Incident], Counts]
"""The requests of the routes of an incident in the last `LEVEL_MINUTES`."""


@frozen
class Due:
    """The messages to send now, in order, with their ids, and the levels known now."""

    transitions: tuple[tuple[str, Transition, Incident], ...] = ()
    levels: Mapping[str, Level] | None = None

    def __bool__(self) -> bool:
        return bool(self.transitions or self.levels)


def due(
    incidents: Iterable[Incident],
    told: Announcements,
    *,
    now: datetime,
    newest: datetime,
    recent: Recent,
) -> Due:
    """Return what is due at `now`; `newest` is the minute of the newest entry."""
    transitions: list[tuple[str, Transition, Incident]] = []
    levels: dict[str, Level] = {}
    for incident in sorted(incidents, key=lambda each: (each.start, each.id)):
        false_alarm = incident.note is not None and incident.note.false_alarm
        if false_alarm or incident.last_known is not None:
            continue
        ids = [each for each in (incident.id, *incident.aliases) if each in told.levels]
        if not ids and _news(incident, now):
            ids = [incident.id]
            transitions.append((incident.id, Transition.OPENED, incident))
        for each in ids:
            level = None
            if incident.open and newest - incident.start >= SETTLED_AFTER:
                level = _level(recent(incident))
            if level is not None and told.levels.get(each) is None:
                levels[each] = level
            transitions += (
                (each, transition, incident)
                for transition in _later(each, incident, told, level=level, recent=recent)
            )
    return Due(tuple(transitions), levels)


def _later(
    told_as: str, incident: Incident, told: Announcements, *, level: Level | None, recent: Recent
) -> Iterator[Transition]:
    was = told.levels.get(told_as)
    if (
        was is Level.PARTIAL
        and level is Level.MAJOR
        and told_as not in told.worsened
        and recent(incident).failure >= MAJOR_OUTAGE_FAILURES
    ):
        yield Transition.WORSENED
    if incident.final and not incident.open and told_as not in told.resolved:
        yield Transition.RESOLVED


def _news(incident: Incident, now: datetime) -> bool:
    if incident.end is None:
        return incident.last_failure > now - OPEN_FOR
    return incident.end > now - ENDED_WITHIN


def _level(counts: Counts) -> Level | None:
    """Return how bad an incident is, `None` without requests.

    The usual threshold of a major outage holds for every incident, whatever the configuration sets for a
    route: an incident may have many routes.
    """
    if not counts.valid:
        return None
    major = counts.success * MAJOR_OUTAGE.denominator < counts.valid * MAJOR_OUTAGE.numerator
    return Level.MAJOR if major else Level.PARTIAL
