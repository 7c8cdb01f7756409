"""One line about the routes that are not shown: their number, parents, states, and share of the requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from flask_status_cli.model import UNMATCHED, RouteSummary, StatusSummary
from flask_status_cli.render.escape import printable
from flask_status_cli.render.text import sentences
from flask_status_cli.render.text.words import Words

NAMED: Final = 2
"""At most this many parents are named, the biggest ones."""

FEWEST: Final = 2
"""A parent with fewer routes is not named."""

LONGEST: Final = 40
"""The longest part of a parent that is shown, in characters."""


def hidden(summary: StatusSummary) -> tuple[RouteSummary, ...]:
    """Return the routes that are not shown, in order."""
    return tuple(row for row in summary.routes if not row.shown)


def fewer(summary: StatusSummary, most: int) -> StatusSummary:
    """Return the report with only `most` of its rows shown. `<unmatched>` stays shown if it was."""
    places = [place for place, row in enumerate(summary.routes) if row.shown]
    stray = [place for place in places[most:] if summary.routes[place].rule == UNMATCHED]
    kept = {*places[: max(most - len(stray), 1)], *stray}
    rows = (replace(row, shown=place in kept) for place, row in enumerate(summary.routes))
    return replace(summary, routes=tuple(rows))


def line(
    summary: StatusSummary,
    words: Words,
    *,
    rows: Sequence[RouteSummary] | None = None,
    quoted: Callable[[str], str] = str,
) -> str | None:
    """Return the line about these rows, by default about those that are not shown; `None` without rows.

    `quoted` escapes a parent for the output format, because its text comes from the log.
    """
    rest = hidden(summary) if rows is None else rows
    if not rest:
        return None
    return words.many(
        "rest",
        len(rest),
        parents=_parents(rest, words, quoted),
        states=_states(rest, words),
        share=words.say("rest.share", share=_share(rest, summary)),
    )


def _parents(rest: Sequence[RouteSummary], words: Words, quoted: Callable[[str], str]) -> str:
    """Return the biggest parents with their numbers of routes, after a blank; an empty text without any.

    `/` is not named, because every route is below it.
    """
    counted = Counter((row.label, _parent(row.rule)) for row in rest if row.rule.startswith("/"))
    below = [each for each in counted.items() if each[0][1] != "/"]
    biggest = sorted(below, key=lambda each: (-each[1], each[0]))[:NAMED]
    named = [
        f"{quoted(printable(f'{label} {parent}'.strip(), LONGEST))} {words.grouped(n)}"
        for (label, parent), n in biggest
        if n >= FEWEST
    ]
    if not named:
        return ""
    key = "rest.parents.more" if len(counted) > len(named) else "rest.parents"
    return f" {words.say(key, parents=', '.join(named))}"


def _parent(rule: str) -> str:
    """Return the first segment of a rule, or `/` if the rule has only one."""
    first, slash, _ = rule[1:].partition("/")
    return f"/{first}" if slash else "/"


def _states(rest: Sequence[RouteSummary], words: Words) -> str:
    now = {sentences.present_state(row) for row in rest}
    if len(now) > 1:
        return sentences.counted_states(rest, words)
    (only,) = now
    return words.many(f"rest.{only.value}", len(rest))


def _share(rest: Sequence[RouteSummary], summary: StatusSummary) -> str:
    """Return the share of these rows in all requests, in percent with one decimal.

    A small share is never 0.
    """
    requests = sum(row.counts.requests for row in rest)
    tenths = requests * 1000 // max(summary.total.counts.requests, 1)
    if requests and not tenths:
        return "< 0.1"
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)
