"""Sentences about the durations of requests."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Protocol

from flask_status_cli.model import RouteSummary, StatusSummary
from flask_status_cli.model.duration_buckets import LONGEST
from flask_status_cli.model.latency import Latency
from flask_status_cli.model.times import duration_text
from flask_status_cli.render.text.words import NO_VALUE, Words

MARK, ASCII_MARK = "◔", "~"
"""The sign of a slow row, and the same in ASCII."""

NAMED = 3
"""At most this many slow routes are named."""

_UNITS = ((60_000_000, 120_000_000, "min"), (1_000_000, 1_000_000, "s"), (1000, 0, "ms"))
"""Each unit as (its size in microseconds, the shortest duration that is shown in it, its sign)."""

_DIGITS = 3

_BEFORE_UNIT = re.compile(r"(?<=\d)(?=[a-z])")


class RowWithLatency(Protocol):
    """A row of a report with durations: a route, a group, or the total."""

    @property
    def latency(self) -> Latency:
        """The durations of the requests."""

    @property
    def slow(self) -> bool:
        """Whether the 95th percentile is above the limit of the policy."""


def any_duration(summary: StatusSummary) -> bool:
    """Return whether any duration of the report was logged."""
    return summary.total.latency.n > 0


def latency_text(microseconds: int | None) -> str:
    """Return a duration with up to three digits: `0.42 ms`, `128 ms`, `2.50 min`; `—` for `None`."""
    if microseconds is None:
        return NO_VALUE
    if microseconds >= LONGEST:
        return "> 1 h"
    size, unit = next((size, unit) for size, start, unit in _UNITS if microseconds >= start)
    value = Fraction(microseconds, size)
    digits = max(_DIGITS - len(str(int(value))), 0) if microseconds else 0
    return f"{float(value):.{digits}f} {unit}"


def p95(row: RowWithLatency, words: Words, *, mark: str = MARK, short: bool = False) -> str:
    """Return the 95th percentile of a row.

    If the row is slow, a sign comes first, then a word unless `short`.
    """
    text = latency_text(row.latency.p95)
    if not row.slow:
        return text
    return f"{mark} {text}" if short else f"{mark} {words.say('latency.slow')} {text}"


def limit_text(limit: timedelta) -> str:
    """Return a limit of the policy for people: `2 s`, `500 ms`."""
    return _BEFORE_UNIT.sub(" ", duration_text(limit))


def percentiles(latency: Latency, words: Words) -> str:
    """Return three percentiles and the number of durations, or that no duration was logged."""
    if not latency.n:
        return words.say("latency.none")
    facts = {name: latency_text(getattr(latency, name)) for name in ("p50", "p95", "p99")}
    return words.many("latency.percentiles", latency.n, **facts)


def line(summary: StatusSummary, words: Words) -> str | None:
    """Return a line about the durations in a report, or that none were logged; `None` without requests."""
    total = summary.total
    if not total.counts.requests:
        return None
    limit = summary.policy.slow
    parts = [words.say("latency.line", percentiles=percentiles(total.latency, words))]
    if limit is not None and total.latency.n:
        parts.append(words.say("latency.limit", limit=limit_text(limit)))
    return " ".join(parts)


def slow_routes(
    summary: StatusSummary, words: Words, *, quoted: Callable[[str], str] = str
) -> str | None:
    """Return a line about the slow routes, the slowest first; `None` if there are none.

    `quoted` escapes the name of a route for the output format.
    """
    slow = sorted((row for row in summary.routes if row.slow), key=_slowest_first)
    if not slow:
        return None
    named = ", ".join(
        f"{quoted(_name(row))} ({latency_text(row.latency.p95)})" for row in slow[:NAMED]
    )
    more = len(slow) - NAMED
    if more > 0:
        named = words.many("latency.more", more, routes=named)
    return words.many("latency.slow_routes", len(slow), routes=named)


def _slowest_first(row: RouteSummary) -> tuple[int, str, str]:
    return -(row.latency.p95 or 0), row.label, row.rule


def _name(row: RouteSummary) -> str:
    return f"{row.label}: {row.rule}" if row.label else row.rule
