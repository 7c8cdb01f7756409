"""A `StatusSummary` as the page shows it: data as printable text, numbers grouped, nothing judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from flask_status_cli import __version__
from flask_status_cli.model import StatusSummary
from flask_status_cli.render import sentences
from flask_status_cli.render.escape import printable
from flask_status_cli.render.html.looks import LOOKS, Look, icon
from flask_status_cli.render.html.strip import box
from flask_status_cli.render.html.table import Table, tables
from flask_status_cli.render.problems import problems
from flask_status_cli.render.words import NARROW, NO_VALUE, Words, instant

DENSITIES = ((45, "days"), (135, "days close"))
"""Up to how many days a strip is cut into days of which class; above, it is a band."""


@dataclass(frozen=True, slots=True)
class Instant:
    """A point in time: for machines, and as text in the report's zone."""

    iso: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the template shows."""

    heading: str
    title: str
    icon: str
    window: str
    box: str
    generated: Instant
    until: Instant | None
    look: Look
    headline: str
    problems: tuple[str, ...]
    figures: tuple[tuple[str, str, str], ...]
    column: str
    density: str
    tables: tuple[Table, ...]
    legend: tuple[tuple[Look, str], ...]
    method: tuple[str, ...]
    made: str


def view(summary: StatusSummary, words: Words) -> Page:
    """Return what the page shows of `summary`."""
    heading = words.say("title")
    worst = sentences.worst(summary.routes)
    last = summary.data.last
    return Page(
        heading=heading,
        title=words.say("page.title", state=sentences.in_brief(summary, words), title=heading),
        icon=icon(LOOKS[worst]),
        window=_own(sentences.window_line(summary, words)),
        box=box(summary.window.days),
        generated=_instant(summary.generated_at, summary.zone),
        until=None if last is None else _instant(last, summary.zone),
        look=LOOKS[worst],
        headline=sentences.headline(summary, words),
        problems=tuple(_own(problem, 500) for problem in problems(summary, words)),
        figures=tuple(_figures(summary, words)),
        column=sentences.days_heading(summary.window.days, words),
        density=next((css for days, css in DENSITIES if summary.window.days <= days), ""),
        tables=tuple(tables(summary.routes, words)),
        legend=tuple(_legend(summary, words)),
        method=tuple(_own(line) for line in _method(summary, words)),
        made=words.say("page.made", version=__version__),
    )


def _own(sentence: str, limit: int = 2000) -> str:
    """Return a sentence of ours, whatever a zone or a code brought into it."""
    return printable(sentence, limit, keep=NARROW)


def _instant(moment: datetime, zone: tzinfo) -> Instant:
    local = moment.astimezone(zone)
    return Instant(local.isoformat(timespec="minutes"), instant(moment, zone))


def _figures(summary: StatusSummary, words: Words) -> Iterator[tuple[str, str, str]]:
    """Yield the totals: class, word, number."""
    total = summary.total
    availability = total.availability or NO_VALUE
    yield LOOKS[total.condition].css, words.say("column.availability"), availability
    yield "", words.say("column.requests"), words.grouped(total.counts.requests)
    yield "", words.say("column.failures"), words.grouped(total.counts.failure)
    yield "", words.say("page.ignored"), words.grouped(total.counts.ignored)


def _legend(summary: StatusSummary, words: Words) -> Iterator[tuple[Look, str]]:
    thresholds = sentences.thresholds(summary.policy)
    for condition, look in LOOKS.items():
        yield look, words.say(f"page.legend.{condition.value}", **thresholds)


def _method(summary: StatusSummary, words: Words) -> Iterator[str]:
    """Yield what the figures rest on and how they are computed, a sentence each."""
    yield from sentences.footnotes(summary, words)
    statuses = summary.total.statuses.items()
    if statuses:
        listed = ", ".join(f"{code} × {words.grouped(requests)}" for code, requests in statuses)
        yield words.say("page.statuses", statuses=listed)
