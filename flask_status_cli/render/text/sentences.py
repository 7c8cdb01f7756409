"""The sentences of a report, the same in every format, in the language of the given words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from fractions import Fraction

from flask_status_cli.judgement import (
    JUDGED,
    MAJOR_OUTAGE_FAILURES,
    NOW_MINUTES,
    OUTAGE_MINUTES,
    excepted,
)
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
from flask_status_cli.model.settings import RoutePolicy
from flask_status_cli.render.text import latency
from flask_status_cli.render.text.words import Words, codes, instant, moment


def counted_states(routes: Iterable[RouteSummary], words: Words) -> str:
    """Return how many of these rows are in each state now, `<unmatched>` included. Quiet ones come last."""
    now = Counter(present_state(route) for route in routes)
    return ", ".join(
        words.many(f"some.{s.value}", now[s]) for s in (*WORST_FIRST, NoData.QUIET) if now[s]
    )


def present_state(route: RouteSummary) -> Condition | NoData:
    """Return the condition of a row now, or `NoData.QUIET` if it had no requests in the last hour."""
    return NoData.QUIET if route.no_data is NoData.QUIET else route.now


def days_heading(summary: StatusSummary, days: int, words: Words) -> str:
    """Return the heading of a strip of day squares: `Last 30 days`, `Today`, or the date of a chosen day."""
    if days == 1 and summary.given:
        return summary.window.last.isoformat()
    return words.many("column.condition", days)


def no_entries(summary: StatusSummary, words: Words) -> str:
    """Return the sentence that the period has no entries: `No entries in the last 30 days`."""
    if summary.window.days == 1 and summary.given:
        return words.say("nothing.day", day=summary.window.last.isoformat())
    return words.many("nothing.window", summary.window.days)


def window_line(summary: StatusSummary, words: Words) -> str:
    """Return the period and its time zone: `30 days, 2026-10-25 to 2026-11-23, time zone UTC`.

    If the data begin later than the first day of the period, return since when: `since 16:15 today, …`.
    """
    window, begun = summary.window, begun_within(summary)
    if begun is not None:
        today = begun.date() == window.last and not summary.given
        key = "window.today" if today else "window.since"
        return words.say(key, at=_since(begun, summary, words), zone=zone_name(summary))
    first, last = window.first.isoformat(), window.last.isoformat()
    return words.many("window", window.days, first=first, last=last, zone=zone_name(summary))


def begun_within(summary: StatusSummary) -> datetime | None:
    """Return the local time of the first entry if it is after the first day of the period, else `None`."""
    first = summary.data.first
    if first is None or summary.data.last is None:
        return None
    local = first.astimezone(summary.zone)
    return local if local.date() > summary.window.first else None


def _since(begun: datetime, summary: StatusSummary, words: Words) -> str:
    now = None if summary.given else summary.generated_at
    return moment(begun, summary.zone, words, now=now)


def no_incidents(summary: StatusSummary, words: Words, *, others: bool) -> str:
    """Return the sentence that there were no incidents in the period, or no `others` than the open ones.

    If the data begin within the period, it says since when. Without requests, it says that there are no data.
    """
    if not summary.total.counts.requests:
        return words.say("data.none")
    key = "page.no_others" if others else "page.no_incidents"
    if (begun := begun_within(summary)) is not None:
        return words.say(f"{key}.since", since=_since(begun, summary, words))
    return words.many(key, summary.window.days)


def zone_name(summary: StatusSummary) -> str:
    """Return the name of the report's time zone; `UTC` for the names that mean UTC."""
    return "UTC" if summary.timezone in {"Etc/UTC", "Etc/UCT", "UCT", "Zulu"} else summary.timezone


def data_line(summary: StatusSummary, words: Words) -> str:
    """Return the line about the data: the times of the first and last entry, and of the last reading."""
    data, zone = summary.data, summary.zone
    if data.first is None or data.last is None:
        span = words.say("data.none")
    else:
        span = words.say(
            "data.span", first=instant(data.first, zone), last=instant(data.last, zone)
        )
    read = data.ingested_at and words.say("data.read", read=instant(data.ingested_at, zone))
    by_app = data.by_app and words.say("data.by_app")
    return "; ".join(part for part in (span, read, by_app) if part)


def unread_line(summary: StatusSummary, words: Words) -> str | None:
    """Return how many lines of the period were noise or refused, `None` if there were none."""
    data = summary.data
    counts = {"noise": data.noise, "refused": data.refused}
    return "; ".join(words.many(f"unread.{kind}", n) for kind, n in counts.items() if n) or None


def rule_lines(policy: Policy, words: Words) -> tuple[str, ...]:
    """Return sentences on how availability and conditions are computed."""
    return (
        words.say(
            "rule.availability",
            success=_codes(policy.success, words),
            failure=_codes(policy.failure, words),
        ),
        words.say(
            "rule.condition",
            minutes=str(NOW_MINUTES),
            few=str(OUTAGE_MINUTES),
            **thresholds(policy, words),
        ),
    )


def _codes(listed: tuple[int | str, ...], words: Words) -> str:
    """Return codes as text, with those that their classes do not include: `404, 5xx (not 501, 505)`."""
    others = excepted(listed)
    if not others:
        return codes(listed)
    return words.say("rule.except", codes=codes(listed), others=codes(others))


def route_policies(summary: StatusSummary, words: Words) -> str | None:
    """Return the globs of routes that are judged differently, and how; `None` if there are no such routes."""
    rules = [route.rule for route in summary.routes]
    overrides = [
        f"{override.rule} ({', '.join(_changes(override, words))})"
        for override in summary.policy.overrides
        if any(fnmatchcase(rule, override.rule) for rule in rules)
    ]
    return words.say("rule.otherwise", rules="; ".join(overrides)) if overrides else None


def _changes(override: RoutePolicy, words: Words) -> Iterator[str]:
    for name in JUDGED:
        value = getattr(override, name)
        if value is not None:
            text = _value(value, words)
            yield words.say(f"rule.otherwise.{name}", value=text)


def _value(value: Fraction | timedelta | Sequence[int | str], words: Words) -> str:
    if isinstance(value, timedelta):
        return latency.limit_text(value)
    return words.percent(value) if isinstance(value, Fraction) else codes(value)


def thresholds(policy: Policy, words: Words) -> Mapping[str, str]:
    """Return the thresholds of the conditions, as facts of phrases."""
    return {
        "operational": words.percent(policy.operational),
        "major": words.percent(policy.major),
        "failures": str(MAJOR_OUTAGE_FAILURES),
    }


def public_routes(summary: StatusSummary, words: Words) -> str | None:
    """Return the sentence about the discovered routes that a page makes public; `None` if there are none."""
    discovered = sum(
        route.origin is Origin.DISCOVERED and route.rule not in {UNMATCHED, OTHER}
        for route in summary.routes
    )
    return words.many("page.publishes", discovered) if discovered else None


def footnotes(summary: StatusSummary, words: Words) -> tuple[str, ...]:
    """Return the lines below the figures: the period, the data, and how the figures are computed."""
    stray = any(route.rule == UNMATCHED for route in summary.routes)
    lines = (
        window_line(summary, words),
        data_line(summary, words),
        unread_line(summary, words),
        latency.line(summary, words),
        *rule_lines(summary.policy, words),
        route_policies(summary, words),
        words.say("rule.unmatched") if stray else None,
    )
    return tuple(line for line in lines if line)
