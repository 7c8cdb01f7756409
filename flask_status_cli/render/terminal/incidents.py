"""Incidents on a terminal: sentences about open ones, and a table with one or two lines for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import TextIO

from rich.text import Text

from flask_status_cli.model import (
    AffectedRoute,
    Condition,
    Incident,
    IncidentKind,
    IncidentList,
    StatusSummary,
)
from flask_status_cli.render.commands import paths
from flask_status_cli.render.terminal.cell_text import WORDS, CellWriter
from flask_status_cli.render.terminal.column_layout import NARROWEST, WIDE
from flask_status_cli.render.terminal.screen import Screen, printed, screen_of
from flask_status_cli.render.text import deploys, incidents
from flask_status_cli.render.text.words import ENGLISH, Words, instant

SHOWN = 5
"""At most this many incidents are shown below a report, the latest ones."""

GAP = "  "

NARROWEST_ROUTES = 10

LINE_LIMIT = 1000

HEADINGS = ("incident", "began", "lasted", "failed", "codes")
"""The keys of the columns before the routes. A narrow table leaves the last ones out.

It has the codes only if no route is left out for them.
"""

SHARE = HEADINGS.index("failed")


def opened(summary: StatusSummary, ink: CellWriter, words: Words) -> Iterator[Text]:
    """Yield a sentence for every open incident of a report."""
    for each in incidents.without_false_alarms(summary.incidents):
        if each.open:
            state = Condition.MAJOR_OUTAGE if each.going else Condition.NO_DATA
            sentence = incidents.open_incident(
                each, words, zone=summary.zone, last=summary.data.last
            )
            shown = ink.text(sentence, WORDS[state], limit=LINE_LIMIT)
            yield Text.assemble(ink.state(state), " ", shown)


def latest(summary: StatusSummary, width: int, *, ink: CellWriter, words: Words) -> Iterator[Text]:
    """Yield the table of the latest closed incidents of a report, and how many more there are."""
    over = [each for each in summary.incidents if not each.open]
    if not over:
        return
    yield Text()
    yield from table(over[:SHOWN], width, zone=summary.zone, ink=ink, words=words)
    if len(over) > SHOWN:
        yield ink.text(words.many("incidents.more", len(over) - SHOWN), "dim")
    yield Text()


def table(
    listed: Sequence[Incident], width: int, *, zone: tzinfo, ink: CellWriter, words: Words
) -> Iterator[Text]:
    """Yield a table of incidents. If the routes of one incident do not fit, all incidents get two lines."""
    found = [(each, _cells(each, zone, words)) for each in listed]
    heads = [words.say(f"column.{key}") for key in HEADINGS]
    widths = [
        max(map(len, column)) for column in zip(heads, *(row for _, row in found), strict=True)
    ]
    columns = len(HEADINGS) if width >= WIDE else len(HEADINGS) - 1
    room = width - _cells_of(widths[:columns])
    routes = [_routes(each, room, ink, words) for each in listed]
    if routes == [_routes(each, width - _cells_of(widths), ink, words) for each in listed]:
        columns = len(HEADINGS)
    if room >= NARROWEST_ROUTES and None not in routes:
        yield Text(_joined(heads, widths[:columns]) + words.say("column.affected"), "dim")
        for (each, row), text in zip(found, routes, strict=True):
            yield Text(_joined(row, widths[:columns]) + (text or ""), _style(each))
        return
    columns = next((n for n in (5, 4) if _cells_of(widths[:n]) - len(GAP) <= width), 3)
    yield Text(_joined(heads, widths[:columns]).rstrip(), "dim")
    for each, row in found:
        yield Text(_joined(row, widths[:columns]).rstrip(), _style(each))
        share = "" if columns > SHARE else _share(each, row[SHARE], words)
        room = width - len(GAP) - len(share)
        text = _routes(each, room, ink, words) or ink.cut(_first(each, words), room).plain
        yield Text(GAP + share + text, _style(each))


def _routes(incident: Incident, room: int, ink: CellWriter, words: Words) -> str | None:
    """Return the title and the first routes of an incident, `None` if not even one route fits."""
    for named in range(incidents.ROUTES_NAMED, 0, -1):
        text = ink.text(incidents.one_line(incident, words, named=named), limit=LINE_LIMIT)
        if text.cell_len <= room:
            return text.plain
    return None


def _first(incident: Incident, words: Words) -> str:
    return incidents.one_line(incident, words, named=1)


def _share(incident: Incident, share: str, words: Words) -> str:
    """Return how many requests failed, as the beginning of the second line, before the routes."""
    if incident.kind is IncidentKind.SILENT:
        return f"{share}: "
    return f"{words.say('incident.few', share=share)} "


def _joined(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(cell.ljust(width) + GAP for cell, width in zip(cells, widths, strict=False))


def _cells_of(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * len(widths)


def write_incidents(
    found: IncidentList, stream: TextIO, *, environment: Mapping[str, str], words: Words = ENGLISH
) -> None:
    """Write the incidents to a stream, in a form that the stream can show."""
    stream.write(render_incidents(found, screen_of(stream, environment), words=words))


def render_incidents(found: IncidentList, screen: Screen, *, words: Words = ENGLISH) -> str:
    """Return the incidents as lines that fit the screen (of at least 40 cells)."""
    width, ink = max(screen.width, NARROWEST), CellWriter(screen.ascii_only)
    words = words.ascii() if screen.ascii_only else words
    if not found.incidents:
        lines: Iterator[Text] = iter([ink.text(words.say("incidents.none"))])
    else:
        lines = table(found.incidents, width, zone=found.zone, ink=ink, words=words)
    return printed(lines, replace(screen, width=width))


def write_incident(
    found: IncidentList, stream: TextIO, *, environment: Mapping[str, str], words: Words = ENGLISH
) -> None:
    """Write the only incident of the list to a stream, in detail."""
    screen = screen_of(stream, environment)
    ink = CellWriter(screen.ascii_only)
    words = words.ascii() if screen.ascii_only else words
    width = max(screen.width, NARROWEST)
    lines = _one(found, found.incidents[0], ink, words)
    stream.write(printed(lines, replace(screen, width=width)))


def _one(found: IncidentList, incident: Incident, ink: CellWriter, words: Words) -> Iterator[Text]:
    """Yield the title of an incident, its times, its failures, its note, and its routes."""
    yield ink.text(f"{incidents.title(incident, words)}  {incident.id}", "bold", limit=LINE_LIMIT)
    yield ink.text(incidents.when(incident, found.zone, words))
    if after := deploys.began_sentence(incident, words):
        yield ink.text(after, limit=LINE_LIMIT)
    yield ink.text(incidents.failed(incident, words))
    worst = incident.worst
    facts = {"failures": words.grouped(worst.failures), "valid": words.grouped(worst.valid)}
    share = words.say("incident.share", **facts)
    if worst.valid:
        minute = instant(worst.start, found.zone)
        yield ink.text(words.say("incident.worst", minute=minute, share=share))
    for text in incidents.how_it_ended(incident, words):
        yield ink.text(text, limit=LINE_LIMIT)
    for key, text in _written(incident):
        yield ink.text(words.say(key, text=text), limit=LINE_LIMIT)
    yield Text()
    for route in incident.routes:
        yield _route(route, found, ink, words)
    for (_, rule), behind in found.paths.items():
        yield Text()
        for line in paths.lines(rule, behind, words):
            yield ink.text(line, limit=LINE_LIMIT)


def _written(incident: Incident) -> Iterator[tuple[str, str]]:
    """Yield the texts of the note and the earlier ids, each with the key of its phrase."""
    if incident.note is not None:
        if incident.note.cause:
            yield "incident.cause", incident.note.cause
        if incident.note.post_mortem:
            yield "incident.post_mortem", incident.note.post_mortem
    if incident.aliases:
        yield "incident.aliases", ", ".join(incident.aliases)


def _route(route: AffectedRoute, found: IncidentList, ink: CellWriter, words: Words) -> Text:
    """Return a line about a route of an incident: when it failed, and how many requests failed."""
    end = None if route.end is None else instant(route.end, found.zone)
    share = (
        words.many("incident.route.failed", route.failures, valid=words.grouped(route.valid))
        if route.valid
        else words.say("incident.none_short")
    )
    start = instant(route.start, found.zone)
    when = (
        words.say("incident.from", start=start)
        if end is None
        else words.say("incident.between", start=start, end=end)
    )
    return ink.text(f"{incidents.route_name(route)}: {when}, {share}", limit=LINE_LIMIT)


def _cells(incident: Incident, zone: tzinfo, words: Words) -> tuple[str, ...]:
    return (
        incident.id,
        instant(incident.start, zone),
        incidents.how_long(incident, words),
        incidents.share(incident, words),
        incidents.codes(incident),
    )


def _style(incident: Incident) -> str:
    if incidents.false_alarm(incident):
        return "dim strike"
    return "figure.major_outage" if incident.going else ""
