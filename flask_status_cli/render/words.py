"""The sentences of a report, made from the catalogue of words and the same in every medium."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from fractions import Fraction

from flask_status_cli.classify import MAJOR_OUTAGE_FAILURES, NOW_MINUTES
from flask_status_cli.model import (
    OTHER,
    UNMATCHED,
    WORST_FIRST,
    Condition,
    NoData,
    Origin,
    Policy,
    RouteSummary,
    StatusSummary,
)
from flask_status_cli.render.english import ENGLISH

GLYPHS: Mapping[Condition, str] = {
    Condition.OPERATIONAL: "✓",
    Condition.PARTIAL_OUTAGE: "▲",
    Condition.MAJOR_OUTAGE: "✕",
    Condition.NO_DATA: "\N{EN DASH}",
}
"""The sign before the word of a condition."""

ASCII_GLYPHS: Mapping[Condition, str] = {
    Condition.OPERATIONAL: "+",
    Condition.PARTIAL_OUTAGE: "!",
    Condition.MAJOR_OUTAGE: "x",
    Condition.NO_DATA: "-",
}
"""The same where only ASCII can be written."""

UNITS = ("", "k", "M", "G", "T", "P", "E")
"""The powers of a thousand; what a database counts ends before the last one does."""

NO_VALUE = "—"
"""What stands for an availability with nothing to judge."""


def say(key: str, **facts: str) -> str:
    """Return the words of `key` with its facts filled in."""
    return ENGLISH[key].format(**facts)


def many(key: str, n: int, **facts: str) -> str:
    """Return the words of `key` for `n` things, `{n}` being the grouped number."""
    return say(f"{key}.{'one' if n == 1 else 'many'}", n=grouped(n), **facts)


def condition(state: Condition) -> str:
    """Return the full words of a condition: `Fully Operational`, `No Data`."""
    return say(f"condition.{state.value}")


def short_condition(state: Condition) -> str:
    """Return the words of a condition for a narrow column: `Up`, `No data`."""
    return say(f"short.{state.value}")


def no_data(reason: NoData) -> str:
    """Return why there is nothing to judge: `log not read`."""
    return say(f"no_data.{reason.value}")


# Numbers and instants


def grouped(number: int) -> str:
    """Return a number in full: `1,234,567`."""
    return f"{number:,}"


def compact(number: int) -> str:
    """Return a number in at most five characters, floored: `9999`, `12.3k`, `123k`, `1.2M`."""
    if number < 10_000:
        return str(number)
    power = (len(str(number)) - 1) // 3
    tenths = number * 10 // 1000**power
    value = f"{tenths // 10}.{tenths % 10}" if tenths < 1000 else str(tenths // 10)
    return value + UNITS[power]


def decimal(share: Fraction) -> str:
    """Return an exact share as text: `0.99`, `1`; `1/3` where no decimal is exact."""
    for digits in range(30):
        scaled = share * 10**digits
        if scaled.denominator == 1:
            whole, part = divmod(scaled.numerator, 10**digits)
            return f"{whole}.{part:0{digits}d}" if digits else str(whole)
    return str(share)


def percent(share: Fraction) -> str:
    """Return a threshold as people read it: `99 %`, `99.95 %`."""
    return f"{decimal(share * 100)} %"


def instant(moment: datetime, zone: tzinfo) -> str:
    """Return an aware instant in `zone` to the minute: `2026-11-23 10:04 UTC`, `… 15:34 +05:30`."""
    local = moment.astimezone(zone)
    offset = local.isoformat()[-6:] if local.utcoffset() else "UTC"
    return f"{local:%Y-%m-%d %H:%M} {offset}"


def codes(listed: Iterable[int | str]) -> str:
    """Return status codes and classes as a list: `404, 5xx`; `none` is `—`."""
    return ", ".join(map(str, listed)) or NO_VALUE


# Sentences


def headline(summary: StatusSummary) -> str:
    """Return the state of everything in one sentence, or two.

    The first words say since when the log was not read, if so; then that there is nothing, or nothing in
    the window; else how many routes are in which condition now, worst first.
    """
    sentences = [staleness(summary), _nothing(summary) or states(summary.routes)]
    return ". ".join(sentence for sentence in sentences if sentence)


def staleness(summary: StatusSummary) -> str | None:
    """Return since when the log has not been read, `None` if it was lately or nothing ever was read."""
    data = summary.data
    if not data.stale or (data.first is None and data.ingested_at is None):
        return None
    if data.ingested_at is None:
        return say("stale.never")
    return say("stale.since", since=instant(data.ingested_at, summary.zone))


def _nothing(summary: StatusSummary) -> str | None:
    data = summary.data
    if data.last is None:
        if data.future:
            return say("nothing.future")
        return say("nothing.unread" if data.ingested_at is None else "nothing.empty")
    if data.entries or summary.total.counts.requests:
        return None
    return many("nothing.window", summary.window.days)


def states(routes: Sequence[RouteSummary]) -> str:
    """Return how many routes are in which condition now, worst first.

    `<unmatched>` is no route: it is named only when it is in an outage.
    """
    now = Counter(route.now for route in routes if route.rule != UNMATCHED)
    stray = {route.now for route in routes if route.rule == UNMATCHED}
    parts = list(_counted(now))
    for state in (Condition.PARTIAL_OUTAGE, Condition.MAJOR_OUTAGE):
        if state in stray:
            ahead = sum(1 for known in WORST_FIRST[: WORST_FIRST.index(state) + 1] if now[known])
            parts.insert(ahead, say(f"unmatched.{state.value}"))
    sentence = ", ".join(parts) or say("routes.none")
    return sentence[0].upper() + sentence[1:]


def counted_states(routes: Iterable[RouteSummary]) -> str:
    """Return how many of some rows are in which condition now, `<unmatched>` counted like any other."""
    now = Counter(route.now for route in routes)
    return ", ".join(say(f"some.{s.value}", n=grouped(now[s])) for s in WORST_FIRST if now[s])


def _counted(now: Counter[Condition]) -> Iterator[str]:
    present = [state for state in WORST_FIRST if now[state]]
    if len(present) == 1 and now[present[0]] > 1:
        yield say(f"all.{present[0].value}", n=grouped(now[present[0]]))
        return
    for state in present:
        n = many("routes", now[state]) if state is present[0] else grouped(now[state])
        yield say(f"some.{state.value}", n=n)


def worst(routes: Iterable[RouteSummary]) -> Condition:
    """Return the worst condition that any row is in now, `NO_DATA` if none can be judged."""
    now = {route.now for route in routes}
    return next((state for state in WORST_FIRST if state in now), Condition.NO_DATA)


def days_heading(days: int) -> str:
    """Return the heading of a strip of day squares: `Last 30 days`, `Today`."""
    return many("column.condition", days)


def window_line(summary: StatusSummary) -> str:
    """Return the window and its time zone: `30 days, 2026-10-25 to 2026-11-23, time zone UTC`."""
    window = summary.window
    first, last = window.first.isoformat(), window.last.isoformat()
    return many("window", window.days, first=first, last=last, zone=summary.timezone)


def data_line(summary: StatusSummary) -> str:
    """Return what the figures rest on: the span of the data, and when the log was last read."""
    data, zone = summary.data, summary.zone
    if data.first is None or data.last is None:
        span = say("data.none")
    else:
        span = say("data.span", first=instant(data.first, zone), last=instant(data.last, zone))
    read = data.ingested_at and say("data.read", read=instant(data.ingested_at, zone))
    return "; ".join(part for part in (span, read) if part)


def unread_line(summary: StatusSummary) -> str | None:
    """Return how many of the window's lines were no entries, `None` if every line was one."""
    data = summary.data
    counts = {"noise": data.noise, "refused": data.refused}
    return "; ".join(many(f"unread.{kind}", n) for kind, n in counts.items() if n) or None


def rule_lines(policy: Policy) -> tuple[str, ...]:
    """Return the sentences that say how availability and conditions are computed."""
    success, failure = codes(policy.success), codes(policy.failure)
    return (
        say("rule.availability", success=success, failure=failure),
        say("rule.condition", minutes=str(NOW_MINUTES), **thresholds(policy)),
    )


def thresholds(policy: Policy) -> Mapping[str, str]:
    """Return the facts of the sentences that say where the limits of a condition lie."""
    return {
        "operational": percent(policy.operational),
        "major": percent(policy.major),
        "failures": str(MAJOR_OUTAGE_FAILURES),
    }


def published(summary: StatusSummary) -> str | None:
    """Return how many discovered routes a page makes known; `None` without any."""
    discovered = sum(
        route.origin is Origin.DISCOVERED and route.rule not in {UNMATCHED, OTHER}
        for route in summary.routes
    )
    return many("page.publishes", discovered) if discovered else None


def footnotes(summary: StatusSummary) -> tuple[str, ...]:
    """Return what stands below the figures: their window, what they rest on, and how they are computed."""
    stray = any(route.rule == UNMATCHED for route in summary.routes)
    lines = (
        window_line(summary),
        data_line(summary),
        unread_line(summary),
        *rule_lines(summary.policy),
        say("rule.unmatched") if stray else None,
    )
    return tuple(line for line in lines if line)
