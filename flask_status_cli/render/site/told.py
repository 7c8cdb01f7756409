"""What is told of an incident in the feed and in `summary.json`: a title, when, how much, and where."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from flask_status_cli.model import AffectedRoute, Incident
from flask_status_cli.render.escape import printable
from flask_status_cli.render.words import Words, instant

MOST_ROUTES = 20
"""So many routes are named; the page tells all."""


def title(incident: Incident, words: Words) -> str:
    """Return what an incident is called: as its note says, else by its routes."""
    if incident.note is not None and incident.note.title:
        name = printable(incident.note.title)
    elif len(incident.routes) == 1:
        name = words.say("incident.title.route", route=_route(incident.routes[0]))
    else:
        name = words.many("incident.title.routes", len(incident.routes))
    alarm = incident.note is not None and incident.note.false_alarm
    return words.say("incident.title.false_alarm", title=name) if alarm else name


def sentences(incident: Incident, zone: tzinfo, words: Words) -> Iterator[str]:
    """Yield when it was, how much failed, and what people wrote of it."""
    start = instant(incident.start, zone)
    lasted = words.many("incident.minutes", incident.duration_minutes)
    if incident.end is None:
        yield words.say("incident.open", start=start, minutes=lasted)
    else:
        end = instant(incident.end, zone)
        yield words.say("incident.closed", start=start, end=end, minutes=lasted)
    codes = ", ".join(f"{code} × {words.grouped(n)}" for code, n in incident.statuses.items())
    yield words.many(
        "incident.failed", incident.failures, valid=words.grouped(incident.valid), codes=codes
    )
    if incident.recovered is False:
        yield words.say("incident.unrecovered")
    if incident.note is not None:
        yield from (
            printable(text, 2000)
            for text in (incident.note.cause, incident.note.post_mortem)
            if text
        )


def routes(incident: Incident, words: Words) -> Iterator[tuple[str, str]]:
    """Yield the routes of an incident, and how much of each failed; the last one may stand for the rest."""
    for route in incident.routes[:MOST_ROUTES]:
        facts = {"valid": words.grouped(route.valid)}
        yield _route(route), words.many("incident.route.failed", route.failures, **facts)
    rest = len(incident.routes) - MOST_ROUTES
    if rest > 0:
        yield words.many("page.rest", rest), ""


def _route(route: AffectedRoute) -> str:
    name = " ".join(printable(part) for part in (route.name, route.rule) if part)
    return f"{printable(route.label)}: {name}" if route.label else name
