"""The incidents on the page: open ones, then the others by day, then maintenance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from flask_status_cli.frozen import frozen
from flask_status_cli.model import AffectedRoute, Incident, StatusSummary
from flask_status_cli.model.log.entries import RouteKey
from flask_status_cli.render.escape import printable
from flask_status_cli.render.html.deploys import DeployMention, deploy_mention
from flask_status_cli.render.html.instants import Period, period
from flask_status_cli.render.text.incidents import anchor, failed, how_it_ended, route_name, title
from flask_status_cli.render.text.words import NARROW, Words, duration, instant

MOST = 200
"""The page shows this many incidents, the newest ones. The JSON has all."""

ROUTES = 8
"""At most this many routes of an incident are named."""

TEXT = 2000
"""The longest part of a note that is shown, in characters."""


@frozen
class AffectedInWords:
    """A route of an incident: its name, the id of its section (`""` if it has none), and its failures."""

    name: str
    detail: str
    failed: str


@frozen
class IncidentInWords:
    """An incident as texts for the page.

    - `lasted`: its length. `failed`: its failures with their codes.
    - `deployed`: the deploy shortly before it, if any.
    - `known`: if the log is not read, when the incident was last known to be open; otherwise empty.
    - `more`: how many of its routes are not named.
    """

    id: str
    title: str
    open: bool
    when: Period
    lasted: str
    known: str
    deployed: DeployMention | None
    failed: str
    routes: tuple[AffectedInWords, ...]
    more: str
    note: tuple[str, ...]


@frozen
class Day:
    """The incidents that began on one day, newest first."""

    date: str
    incidents: tuple[IncidentInWords, ...]


@frozen
class MaintenanceInWords:
    """A maintenance window: its time, its routes (`""` for all), and its note."""

    when: Period
    rules: str
    note: str


def ongoing(
    summary: StatusSummary, places: Mapping[RouteKey, str], words: Words
) -> Iterator[IncidentInWords]:
    """Yield the open incidents, without false alarms. `places` are the ids of the routes' sections."""
    for incident in filter(is_ongoing, summary.incidents):
        yield _in_words(incident, summary, places, words)


def past(summary: StatusSummary) -> list[Incident]:
    """Return the incidents that are not listed among the open ones, the newest first."""
    return [each for each in summary.incidents[:MOST] if not is_ongoing(each)]


def by_day(
    some: Iterable[Incident],
    summary: StatusSummary,
    places: Mapping[RouteKey, str],
    words: Words,
) -> Iterator[Day]:
    """Yield the days on which some incidents began, in order. `places` are the ids of sections."""
    for date, incidents in groupby(
        some, key=lambda each: each.start.astimezone(summary.zone).date()
    ):
        listed = (_in_words(each, summary, places, words) for each in incidents)
        yield Day(date.isoformat(), tuple(listed))


def is_ongoing(incident: Incident) -> bool:
    """Return whether an incident is listed among the open ones."""
    return incident.going and not (incident.note and incident.note.false_alarm)


def planned(summary: StatusSummary) -> Iterator[MaintenanceInWords]:
    """Yield the maintenance windows in order."""
    for each in summary.maintenance:
        when = period(each.start, each.end, summary.zone)
        yield MaintenanceInWords(
            when, printable(", ".join(each.rules), TEXT), printable(each.note, TEXT)
        )


def weight(incidents: Sequence[Incident]) -> int:
    """Return the approximate size of these incidents on a page, in bytes."""
    return sum(480 + 110 * min(len(each.routes), ROUTES) for each in incidents[:MOST])


def _in_words(
    incident: Incident, summary: StatusSummary, places: Mapping[RouteKey, str], words: Words
) -> IncidentInWords:
    note = incident.note
    texts = (note.cause, note.post_mortem) if note else ()
    more = len(incident.routes) - ROUTES
    return IncidentInWords(
        id=anchor(incident),
        title=title(incident, words),
        open=incident.going,
        when=period(incident.start, incident.end, summary.zone),
        lasted=_lasted(incident, words),
        known=_known(incident, summary, words),
        deployed=deploy_mention(incident, summary, words),
        failed=failed(incident, words),
        routes=tuple(_affected(each, places, words) for each in incident.routes[:ROUTES]),
        more=words.many("page.rest", more) if more > 0 else "",
        note=tuple(_texts(incident, texts, words)),
    )


def _lasted(incident: Incident, words: Words) -> str:
    """Return how long an incident lasted, and how often it came and went; empty if this is not known.

    A line of the page does not end between a number and its unit.
    """
    if incident.duration_minutes is None:
        return ""
    length = duration(incident.duration_minutes).replace(" ", NARROW)
    times = words.grouped(incident.stretches)
    return (
        words.say("incident.flapping", when=length, times=times)
        if incident.stretches > 1
        else length
    )


def _known(incident: Incident, summary: StatusSummary, words: Words) -> str:
    if incident.last_known is None:
        return ""
    return words.say("incident.known_open", known=instant(incident.last_known, summary.zone))


def _texts(incident: Incident, texts: Sequence[str], words: Words) -> Iterator[str]:
    yield from how_it_ended(incident, words)
    yield from (printable(" ".join(text.split()), TEXT) for text in texts if text.strip())


def _affected(
    route: AffectedRoute, places: Mapping[RouteKey, str], words: Words
) -> AffectedInWords:
    return AffectedInWords(
        name=route_name(route),
        detail=places.get((route.label, route.rule), ""),
        failed=words.many("incident.route.failed", route.failures, valid=words.grouped(route.valid))
        if route.valid
        else words.say("incident.none_short"),
    )
