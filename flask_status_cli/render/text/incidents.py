"""Sentences about incidents, the same in every format: title, times, failures, routes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, tzinfo

from flask_status_cli.model import AffectedRoute, Incident, IncidentKind
from flask_status_cli.render.escape import printable, shortened
from flask_status_cli.render.text import deploys
from flask_status_cli.render.text.words import Words, duration, instant
from flask_status_cli.render.text.words import codes as codes_of

MOST_ROUTES = 20
"""At most this many routes of an incident are listed."""

QUIET = timedelta(minutes=10)
"""After this long without a request to its routes, the sentence about an open incident says so."""

ROUTES_NAMED = 3
"""At most this many routes of an incident are named in one line."""

LIMIT = 200
"""The longest name or rule that is shown in full, in characters."""

LONGEST_RULE = 60
"""The longest name or rule that the sentence about an open incident shows in full, in characters."""


def without_false_alarms(incidents: Iterable[Incident]) -> tuple[Incident, ...]:
    """Return the incidents that are not marked as false alarms."""
    return tuple(each for each in incidents if not false_alarm(each))


def false_alarm(incident: Incident) -> bool:
    """Return whether the note of an incident says that it was a false alarm."""
    return incident.note is not None and incident.note.false_alarm


def anchor(incident: Incident) -> str:
    """Return the id of an incident on the page."""
    return f"incident-{incident.id}"


def title(incident: Incident, words: Words) -> str:
    """Return the title of an incident: the title in its note, or one with its routes."""
    if incident.note is not None and incident.note.title:
        name = printable(incident.note.title)
    elif incident.kind is IncidentKind.SILENT:
        name = words.say("incident.title.silent", route=_named(incident, words))
    elif len(incident.routes) == 1:
        name = words.say("incident.title.route", route=route_name(incident.routes[0]))
    else:
        name = words.many("incident.title.routes", len(incident.routes))
    return words.say("incident.title.false_alarm", title=name) if false_alarm(incident) else name


def when(incident: Incident, zone: tzinfo, words: Words) -> str:
    """Return when an incident began and ended, and how long it lasted.

    If the log is not read, return when an open incident was last known to be open.
    """
    start = instant(incident.start, zone)
    if incident.last_known is not None or incident.duration_minutes is None:
        known = instant(incident.last_known or incident.last_request, zone)
        times = words.say("incident.known", start=start, known=known)
    elif incident.end is None:
        lasted = duration(incident.duration_minutes)
        times = words.say("incident.open", start=start, duration=lasted)
    else:
        end, lasted = instant(incident.end, zone), duration(incident.duration_minutes)
        times = words.say("incident.closed", start=start, end=end, duration=lasted)
    if incident.stretches > 1:
        return words.say("incident.flapping", when=times, times=words.grouped(incident.stretches))
    return times


def failed(incident: Incident, words: Words) -> str:
    """Return how many of the judged requests failed, with which codes; or that there were no requests."""
    if incident.kind is IncidentKind.SILENT:
        return words.say("incident.none_came")
    codes = words.times(incident.statuses.items())
    valid = words.grouped(incident.valid)
    return words.many("incident.failed", incident.failures, valid=valid, codes=codes)


def how_it_ended(incident: Incident, words: Words) -> Iterator[str]:
    """Yield how an incident ended if successes did not end it."""
    if incident.merged_into:
        yield words.say("incident.merged", rule=printable(incident.merged_into))
    elif incident.merged_into is not None:
        yield words.say("incident.route_deleted")
    elif incident.recovered is False:
        yield words.say("incident.unrecovered")


def sentences(incident: Incident, zone: tzinfo, words: Words) -> Iterator[str]:
    """Yield sentences without full stops: the times, the deploy before, the failures, the end, the note."""
    yield when(incident, zone, words)
    if after := deploys.began_sentence(incident, words):
        yield after
    yield failed(incident, words)
    yield from how_it_ended(incident, words)
    if incident.note is not None:
        notes = (incident.note.cause, incident.note.post_mortem)
        yield from (printable(text, 2000) for text in notes if text)


def routes(incident: Incident, words: Words) -> Iterator[tuple[str, str]]:
    """Yield the names of the routes of an incident, and their failures.

    The last line may count the others.
    """
    for route in incident.routes[:MOST_ROUTES]:
        valid = words.grouped(route.valid)
        if incident.kind is IncidentKind.SILENT:
            yield route_name(route), words.say("incident.none_short")
            continue
        yield route_name(route), words.many("incident.route.failed", route.failures, valid=valid)
    rest = len(incident.routes) - MOST_ROUTES
    if rest > 0:
        yield words.many("page.rest", rest), ""


def route_name(route: AffectedRoute, *, longest: int = LIMIT) -> str:
    """Return a route as printable text: its label, its name and its rule.

    The middle of a name or rule that is longer than `longest` is left out.
    """
    name = " ".join(shortened(part, longest) for part in (route.name, route.rule) if part)
    return f"{printable(route.label)}: {name}" if route.label else name


def open_incident(incident: Incident, words: Words, *, zone: tzinfo, last: datetime | None) -> str:
    """Return a sentence about an open incident. `last` is the newest entry of the database."""
    note, named = incident.note, _named(incident, words, longest=LONGEST_RULE)
    silent = incident.kind is IncidentKind.SILENT
    head = words.say(f"incident.title.{'silent' if silent else 'route'}", route=named)
    if note is not None and note.title:
        head = f"{printable(note.title)}: {named}"
    after = deploys.began_sentence(incident, words)
    parts = [
        head,
        when(incident, zone, words),
        *([after] if after else []),
        failed(incident, words),
    ]
    if not silent and last is not None and last - incident.last_request >= QUIET:
        parts.append(words.say("incident.silent", since=instant(incident.last_request, zone)))
    return words.say("incident.going", sentences=". ".join(parts), id=incident.id)


def how_long(incident: Incident, words: Words) -> str:
    """Return how long an incident lasted, and whether it is open: `48 min`, `open, 2 h 11 min`."""
    if incident.duration_minutes is None:
        return words.say("incident.unknown")
    length = duration(incident.duration_minutes)
    return words.say("incident.lasting", duration=length) if incident.open else length


def share(incident: Incident, words: Words) -> str:
    """Return how many of the judged requests failed: `512 of 612`; or that there were none."""
    if incident.kind is IncidentKind.SILENT:
        return words.say("incident.none_short")
    failures, valid = words.grouped(incident.failures), words.grouped(incident.valid)
    return words.say("incident.share", failures=failures, valid=valid)


def codes(incident: Incident) -> str:
    """Return the codes of the failures, the most frequent first: `502, 504`."""
    by_number = sorted(incident.statuses.items(), key=lambda each: (-each[1], each[0]))
    return codes_of(status for status, _ in by_number)


def one_line(incident: Incident, words: Words, *, named: int = ROUTES_NAMED) -> str:
    """Return an incident in one line: a false alarm or not, its title, its routes, the deploy before it.

    At most `named` routes are named.
    """
    parts = [words.say("incident.false_alarm")] if false_alarm(incident) else []
    if incident.note is not None and incident.note.title:
        parts.append(printable(incident.note.title))
    after = deploys.began(incident, words)
    return "; ".join([*parts, _named(incident, words, most=named), *([after] if after else [])])


def _named(
    incident: Incident, words: Words, *, most: int = ROUTES_NAMED, longest: int = LIMIT
) -> str:
    """Return the first routes of an incident and how many more there are. Without routes, name the site."""
    if not incident.routes:
        return words.say("incident.site")
    named = ", ".join(route_name(each, longest=longest) for each in incident.routes[:most])
    more = len(incident.routes) - most
    return named if more <= 0 else words.many("incident.routes", more, routes=named)
