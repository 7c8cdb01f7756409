"""Incidents on a terminal: the open ones as sentences, and all as a table of a line each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import TextIO

from rich.text import Text

from flask_status_cli.model import Condition, Incident, IncidentList, StatusSummary
from flask_status_cli.render import incidents
from flask_status_cli.render.terminal.ink import STYLES, Ink
from flask_status_cli.render.terminal.layout import NARROWEST, WIDE
from flask_status_cli.render.terminal.screen import Screen, printed, screen_of
from flask_status_cli.render.words import ASCII_GLYPHS, ENGLISH, GLYPHS, Words, instant

SHOWN = 5
"""So many incidents stand below a report, the latest ones."""

GAP = "  "

NARROWEST_ROUTES = 10

LINE_LIMIT = 1000

HEADINGS = ("incident", "began", "lasted", "failed", "codes")
"""The columns before the routes; a narrow table leaves the last one out."""


def opened(summary: StatusSummary, ink: Ink, words: Words) -> Iterator[Text]:
    """Yield a sentence for every open incident of a report."""
    glyphs = ASCII_GLYPHS if ink.ascii_only else GLYPHS
    style = STYLES[Condition.MAJOR_OUTAGE]
    for each in incidents.told(summary.incidents):
        if each.open:
            sentence = incidents.going(each, words, zone=summary.zone, last=summary.data.last)
            line = f"{glyphs[Condition.MAJOR_OUTAGE]} {sentence}"
            yield ink.text(line, style, limit=LINE_LIMIT)


def latest(summary: StatusSummary, width: int, *, ink: Ink, words: Words) -> Iterator[Text]:
    """Yield the table of the latest incidents of a report that are over, and how many more there are."""
    over = [each for each in summary.incidents if not each.open]
    if not over:
        return
    yield Text()
    yield from table(over[:SHOWN], width, zone=summary.zone, ink=ink, words=words)
    if len(over) > SHOWN:
        yield ink.text(words.many("incidents.more", len(over) - SHOWN), "dim")
    yield Text()


def table(
    listed: Sequence[Incident], width: int, *, zone: tzinfo, ink: Ink, words: Words
) -> Iterator[Text]:
    """Yield a line an incident, none wider than `width`."""
    keys = HEADINGS if width >= WIDE else HEADINGS[:-1]
    rows = [dict(zip(HEADINGS, _cells(each, zone, words), strict=True)) for each in listed]
    head = {key: words.say(f"column.{key}") for key in keys}
    widths = {key: max(len(head[key]), *(len(row[key]) for row in rows)) for key in keys}
    room = max(NARROWEST_ROUTES, width - sum(widths.values()) - len(GAP) * len(keys))
    line = GAP.join(head[key].ljust(widths[key]) for key in keys)
    yield Text(f"{line}{GAP}{words.say('column.affected')}", "dim")
    for each, row in zip(listed, rows, strict=True):
        style = _style(each)
        before = GAP.join(row[key].ljust(widths[key]) for key in keys)
        what = ink.cut(incidents.what(each, words), room, style)
        yield Text.assemble((before, style), GAP, what)


def write_incidents(
    found: IncidentList, stream: TextIO, *, environment: Mapping[str, str], words: Words = ENGLISH
) -> None:
    """Write the incidents to a stream, as `screen_of` says the stream can show them."""
    stream.write(render_incidents(found, screen_of(stream, environment), words=words))


def render_incidents(found: IncidentList, screen: Screen, *, words: Words = ENGLISH) -> str:
    """Return the incidents as lines of at most the screen's width (at least 40)."""
    width, ink = max(screen.width, NARROWEST), Ink(screen.ascii_only)
    words = words.ascii() if screen.ascii_only else words
    if not found.incidents:
        lines: Iterator[Text] = iter([ink.text(words.say("incidents.none"))])
    else:
        lines = table(found.incidents, width, zone=found.zone, ink=ink, words=words)
    return printed(lines, Screen(width, screen.color, screen.ascii_only))


def _cells(incident: Incident, zone: tzinfo, words: Words) -> tuple[str, ...]:
    return (
        incident.id,
        instant(incident.start, zone),
        incidents.lasted(incident, words),
        incidents.share(incident, words),
        incidents.codes(incident),
    )


def _style(incident: Incident) -> str:
    if incidents.false_alarm(incident):
        return "dim strike"
    return STYLES[Condition.MAJOR_OUTAGE] if incident.open else ""
