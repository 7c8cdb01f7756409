"""A report as GitHub-flavored Markdown: a heading and a table. Text from a log cannot add markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from html import escape

from flask_status_cli.model import (
    AffectedRoute,
    GroupSummary,
    Incident,
    IncidentList,
    RouteSummary,
    StatusSummary,
    TotalSummary,
)
from flask_status_cli.render.escape import printable
from flask_status_cli.render.text import (
    deploys,
    headline,
    hidden_routes,
    incidents,
    latency,
    sentences,
)
from flask_status_cli.render.text.budgets import routes_to_name, sentence
from flask_status_cli.render.text.group_rows import with_groups
from flask_status_cli.render.text.problems import problems
from flask_status_cli.render.text.words import ENGLISH, GLYPHS, NO_VALUE, Words, instant

# Text that GitHub shows unchanged. It has no punctuation of markup, links, emojis or mentions, and nothing
# that looks like the number of an issue (GH-1) or the digest of a commit.
_HARMLESS = re.compile(r"(?!.*\b[0-9a-f]{7,40}\b)(?:[^\W_]|[ ,'&()]|-(?!\d))+", re.IGNORECASE)

_CODE_BREAKERS = frozenset("`|\\")
"""The characters that end a code span, or have a special meaning in a code span in a table."""

INDENT = "&emsp;"
"""The indentation of a route below its group."""


def render(summary: StatusSummary, words: Words = ENGLISH) -> str:
    """Return the report as Markdown. Rules are shown as code, so that nothing in them is markup."""
    glyph = GLYPHS[headline.worst(summary)]
    lines = [f"## {glyph} {_own(headline.headline(summary, words))}", ""]
    if summary.data.problems:
        lines += [*_verbatim(problems(summary, words)), ""]
    if summary.routes:
        lines += [*_table(summary, words), ""]
    if others := hidden_routes.line(summary, words, quoted=_code):
        lines += [others, ""]
    if summary.incidents:
        lines += [*_incidents(summary.incidents, summary.zone, words), ""]
    if deployed := deploys.line(summary, words, quoted=_code):
        lines += [deployed, ""]
    if slow := latency.slow_routes(summary, words, quoted=_code):
        lines += [slow, ""]
    lines += [f"- {line}" for line in _budgets(summary, words)]
    lines += [f"- {_own(line)}" for line in sentences.footnotes(summary, words)]
    return "\n".join(lines) + "\n"


def _table(summary: StatusSummary, words: Words) -> Iterator[str]:
    timed = latency.any_duration(summary)
    columns = ("now", "route", "availability", "requests", "failures", *(("p95",) if timed else ()))
    yield _row(*(words.say(f"column.{column}") for column in columns))
    yield _row(":--", ":--", *("--:" for _ in columns[2:]))
    for row in with_groups(summary, (row for row in summary.routes if row.shown)):
        if isinstance(row, GroupSummary):
            cells = (_state(row, words), _group(row, words), *_figures(row, words, timed=timed))
            yield _row(*(f"**{each}**" for each in cells))
        else:
            margin = "" if row.group is None else INDENT
            yield _row(_state(row, words), margin + _route(row), *_figures(row, words, timed=timed))
    total = (
        _state(summary.total, words),
        words.say("total"),
        *_figures(summary.total, words, timed=timed),
    )
    yield _row(*(f"**{each}**" for each in total))


def render_incidents(found: IncidentList, words: Words = ENGLISH) -> str:
    """Return incidents as a table, one row each."""
    if not found.incidents:
        return f"{words.say('incidents.none')}\n"
    return "\n".join(_incidents(found.incidents, found.zone, words)) + "\n"


def _incidents(listed: Iterable[Incident], zone: tzinfo, words: Words) -> Iterator[str]:
    columns = ("incident", "began", "lasted", "failed", "codes", "affected")
    yield _row(*(words.say(f"column.{column}") for column in columns))
    yield _row(":--", ":--", ":--", "--:", ":--", ":--")
    for each in listed:
        yield _row(
            _code(each.id),
            instant(each.start, zone),
            incidents.how_long(each, words),
            incidents.share(each, words),
            incidents.codes(each),
            "; ".join(_what(each, words)),
        )


def _what(incident: Incident, words: Words) -> Iterator[str]:
    """Yield whether an incident was a false alarm, its title, its routes, and the deploy before it.

    Text from people and from logs is not markup.
    """
    if incidents.false_alarm(incident):
        yield words.say("incident.false_alarm")
    if incident.note and incident.note.title:
        yield _text(printable(incident.note.title))
    named = ", ".join(_route(route) for route in incident.routes[: incidents.ROUTES_NAMED])
    more = len(incident.routes) - incidents.ROUTES_NAMED
    yield named if more <= 0 else words.many("incident.routes", more, routes=named)
    if after := deploys.began(incident, words, quoted=_code):
        yield after


def _budgets(summary: StatusSummary, words: Words) -> Iterator[str]:
    if summary.total.budget is not None:
        yield _own(sentence(summary.total.budget, words))
    for route in routes_to_name(summary):
        if route.budget is not None:
            yield f"{_route(route)}: {_own(sentence(route.budget, words))}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _state(row: RouteSummary | GroupSummary | TotalSummary, words: Words) -> str:
    return f"{GLYPHS[row.now]} {words.now(row.now, row.no_data)}"


def _route(route: RouteSummary | AffectedRoute) -> str:
    label = [_code(printable(route.label))] if route.label else []
    name = [_text(printable(route.name))] if route.name else []
    return " ".join([*label, *name, _code(printable(route.rule))])


def _group(group: GroupSummary, words: Words) -> str:
    label = [_code(printable(group.label))] if group.label else []
    name = _text(printable(group.name)) if group.name else words.say("group.none")
    return " ".join([*label, name])


def _figures(
    row: RouteSummary | GroupSummary | TotalSummary, words: Words, *, timed: bool
) -> tuple[str, ...]:
    counts = row.counts
    availability = row.availability or NO_VALUE
    figures = (availability, words.grouped(counts.requests), words.grouped(counts.failure))
    return (*figures, latency.p95(row, words)) if timed else figures


def _own(sentence: str) -> str:
    """Return a sentence of our own. `<unmatched>` in it is escaped, so that it is no tag."""
    return escape(sentence, quote=False)


def _text(foreign: str) -> str:
    """Return text from people or logs: unchanged if it has no markup, else as code."""
    return _own(foreign) if _HARMLESS.fullmatch(foreign) else _code(foreign)


def _code(foreign: str) -> str:
    """Return text from people or logs as code, in which nothing is markup, a link or a mention."""
    if foreign.strip() and not _CODE_BREAKERS & set(foreign):
        return f"`{foreign}`"
    entities = (c if c.isalnum() or c == " " else f"&#{ord(c)};" for c in foreign)
    return f"<code>{''.join(entities)}</code>"


def _verbatim(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines with text from logs as a block of code. The lines cannot end the block."""
    shown = [printable(line, 500) for line in lines]
    fence = "`" * (max([2, *(len(run) for line in shown for run in re.findall("`+", line))]) + 1)
    yield from (f"{fence}text", *shown, fence)
