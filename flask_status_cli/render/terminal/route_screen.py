"""One route on a terminal: its name, its periods, its days and hours, its codes, its incidents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TextIO

from rich.text import Text

from flask_status_cli.model import (
    DayDetail,
    DaySummary,
    ListedRoute,
    NoData,
    RouteDetail,
    RouteSummary,
    StatusSummary,
)
from flask_status_cli.render.commands import paths
from flask_status_cli.render.commands.routes import marks
from flask_status_cli.render.terminal import incidents
from flask_status_cli.render.terminal.cell_text import CellWriter
from flask_status_cli.render.terminal.route_cell import route_cell
from flask_status_cli.render.terminal.screen import Screen, printed, screen_of
from flask_status_cli.render.text import latency, sentences
from flask_status_cli.render.text.problems import problems
from flask_status_cli.render.text.words import ENGLISH, Words, instant

MARGIN = 14
"""The cells before the figures of a line. The words of a language may need more."""

COLUMN = 10
LINE_LIMIT = 1000
NARROWEST = 60


def write_route(
    listed: ListedRoute,
    summary: StatusSummary,
    stream: TextIO,
    *,
    environment: Mapping[str, str],
    words: Words = ENGLISH,
) -> None:
    """Write one route to a stream, in a form that the stream can show."""
    stream.write(render_route(listed, summary, screen_of(stream, environment), words=words))


def render_route(
    listed: ListedRoute, summary: StatusSummary, screen: Screen, *, words: Words = ENGLISH
) -> str:
    """Return one route as lines that fit the screen (of at least 60 cells)."""
    width = max(screen.width, NARROWEST)
    ink = CellWriter(screen.ascii_only)
    words = words.ascii() if screen.ascii_only else words
    lines = _lines(listed, summary, width, ink=ink, words=words)
    return printed(lines, replace(screen, width=width))


def _lines(
    listed: ListedRoute, summary: StatusSummary, width: int, *, ink: CellWriter, words: Words
) -> Iterator[Text]:
    (row,), (detail,) = summary.routes, summary.details
    state = ink.state(row.now, words.now(row.now, row.no_data))
    reason = Text(f" ({words.no_data(row.no_data)})" if row.no_data else "", "dim")
    name = route_cell(row, max(width - state.cell_len - reason.cell_len - 2, 20), ink)
    yield Text.assemble(state, reason, "  ", name)
    if row.doc:
        yield ink.text(" ".join(row.doc.split()), limit=LINE_LIMIT)
    yield ink.text(", ".join(_facts(listed, summary, words)), "dim", limit=LINE_LIMIT)
    for problem in problems(summary, words):
        yield ink.text(problem, "warning", limit=LINE_LIMIT)
    yield Text()
    labels = sentences.days_heading(summary, len(row.days), words), words.say("column.availability")
    margin = max(MARGIN, *(len(label) + 1 for label in labels))
    yield from _spans(detail, margin, ink, words)
    yield Text()
    yield from _days(summary, width, margin, ink=ink, words=words)
    yield from _hours(row, detail, margin, ink=ink, words=words)
    yield Text()
    if row.statuses:
        yield from _codes(row, margin, words)
        yield Text()
    yield from _latency(row, ink, words)
    named = list(paths.lines(row.rule, detail.paths, words))
    yield from (Text(), *(ink.text(line, limit=LINE_LIMIT) for line in named)) if named else ()
    ongoing = list(incidents.opened(summary, ink, words))
    yield from (Text(), *ongoing) if ongoing else ()
    over = list(incidents.latest(summary, width, ink=ink, words=words))
    yield from over or (Text(),)
    for line in sentences.footnotes(summary, words):
        yield ink.text(line, "dim", limit=LINE_LIMIT)


def _facts(listed: ListedRoute, summary: StatusSummary, words: Words) -> Iterator[str]:
    """Yield the facts about a route other than its figures."""
    route = listed.route
    yield from marks(route, words)
    if route.methods:
        yield words.say("route.methods", methods=" ".join(route.methods))
    if route.group:
        yield words.say("route.group", group=route.group)
    if listed.first is None or listed.last is None:
        yield words.say("route.unseen")
        return
    first, last = (instant(each, summary.zone) for each in (listed.first, listed.last))
    yield words.say("route.seen", first=first, last=last)
    yield words.many("route.requests", listed.requests)


def _spans(detail: RouteDetail, margin: int, ink: CellWriter, words: Words) -> Iterator[Text]:
    """Yield a table of the figures of the last 1, 7, 30 and 90 days, with a column for each."""
    heads = (
        words.say("page.span.hours") if span.days == 1 else words.many("page.span", span.days)
        for span in detail.spans
    )
    yield Text(" " * margin + "".join(head.rjust(COLUMN) for head in heads), "dim")
    line = Text(words.say("column.availability").ljust(margin))
    for span in detail.spans:
        line.append(
            (span.availability or ink.no_value()).rjust(COLUMN), f"figure.{span.condition.value}"
        )
    yield line
    counts = [span.counts for span in detail.spans]
    for key, numbers in (
        ("column.requests", [each.requests for each in counts]),
        ("column.failures", [each.failure for each in counts]),
    ):
        figures = "".join(words.grouped(number).rjust(COLUMN) for number in numbers)
        yield Text(words.say(key).ljust(margin) + figures)


def _days(
    summary: StatusSummary, width: int, margin: int, *, ink: CellWriter, words: Words
) -> Iterator[Text]:
    """Yield the strip of days, with as many days as fit."""
    begun = [day for day in summary.routes[0].days if day.no_data is not NoData.BEFORE_FIRST]
    shown = (begun or summary.routes[0].days)[-(width - margin) :]
    heading = sentences.days_heading(summary, len(shown), words)
    yield Text.assemble(heading.ljust(margin), ink.strip(shown))


def _hours(
    row: RouteSummary, detail: RouteDetail, margin: int, *, ink: CellWriter, words: Words
) -> Iterator[Text]:
    """Yield a strip of hours for every day that had failures, newest first."""
    yield Text()
    if not detail.days:
        yield Text(words.say("route.none"), "dim")
        return
    figures = {day.date: day for day in row.days}
    scale = "".join(f"{hour:<6}" for hour in range(0, 24, 6))
    yield Text(words.say("route.hours"), "dim")
    yield Text(" " * margin + scale.rstrip(), "dim")
    for day in detail.days:
        yield _day(day, figures[day.date], margin, ink=ink, words=words)


def _day(hours: DayDetail, day: DaySummary, margin: int, *, ink: CellWriter, words: Words) -> Text:
    line = Text(hours.date.isoformat().ljust(margin))
    for hour in hours.hours:
        line.append(ink.square(hour.no_data or hour.condition), f"square.{hour.condition.value}")
    line.append(" " * (25 - len(hours.hours)))
    line.append(
        (day.availability or ink.no_value()).rjust(COLUMN - 1), f"figure.{day.condition.value}"
    )
    failed = words.grouped(day.counts.failure), words.grouped(day.counts.valid)
    line.append(f"  {words.say('incident.share', failures=failed[0], valid=failed[1])}", "dim")
    return line


def _latency(row: RouteSummary, ink: CellWriter, words: Words) -> Iterator[Text]:
    """Yield the percentiles of the durations of the requests."""
    yield Text(words.say("latency.heading"), "dim")
    if row.latency.n:
        text = latency.percentiles(row.latency, words)
        mark = latency.ASCII_MARK if ink.ascii_only else latency.MARK
        slow = f"{mark} {words.say('latency.slow')}: " if row.slow else ""
        yield ink.text(slow + text, "warning" if row.slow else "", limit=LINE_LIMIT)
    else:
        yield Text(words.say("latency.none"))


def _codes(row: RouteSummary, margin: int, words: Words) -> Iterator[Text]:
    """Yield the number of requests with each status code."""
    yield Text(words.say("page.codes"), "dim")
    for code, requests in row.statuses.items():
        yield Text(f"{code:03}".ljust(margin) + words.grouped(requests).rjust(COLUMN))
