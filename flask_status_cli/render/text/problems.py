"""Sentences about the problems and hints of a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from flask_status_cli.model import PathFailures, StatusSummary
from flask_status_cli.model.report.problems import (
    AfterTheReport,
    ClockDoubted,
    HostSilent,
    InTheFuture,
    MostlyNotFound,
    NoBlueprints,
    NoEntries,
    NotUnderstood,
    RunProblems,
    UnjudgedRoutes,
    UnmatchedErrors,
    UnmatchedPaths,
)
from flask_status_cli.model.trusted_clock import DAYS_UNTIL_TRUSTED
from flask_status_cli.render.escape import printable
from flask_status_cli.render.text.sentences import no_entries
from flask_status_cli.render.text.words import Words, instant

CODES_NAMED = 3
"""At most this many status codes of a path are named in a hint."""


def problems(summary: StatusSummary, words: Words) -> Iterator[str]:
    """Yield a sentence for each problem of the data."""
    for problem in summary.data.problems:
        yield _SAID[type(problem)](problem, summary, words)


def hints(summary: StatusSummary, words: Words) -> Iterator[str]:
    """Yield a sentence for each hint."""
    for hint in summary.hints:
        yield _SAID[type(hint)](hint, summary, words)


def _no_entries(problem: NoEntries, summary: StatusSummary, words: Words) -> str:
    when = no_entries(summary, words)
    if problem.newest is not None:
        newest = instant(problem.newest, summary.zone)
        return words.say("problem.newest", nothing=when, newest=newest)
    if problem.oldest is not None:
        oldest = instant(problem.oldest, summary.zone)
        return words.say("problem.oldest", nothing=when, oldest=oldest)
    return words.say("problem.empty")


def _run_problems(problem: RunProblems, _: StatusSummary, words: Words) -> str:
    return words.many("problem.run", problem.problems)


def _not_understood(problem: NotUnderstood, _: StatusSummary, words: Words) -> str:
    share = problem.refused * 10_000 // problem.read
    return words.many(
        "problem.refused",
        problem.refused,
        read=words.grouped(problem.read),
        share=f"{share // 100}.{share % 100:02}",
    )


def _in_the_future(problem: InTheFuture, summary: StatusSummary, words: Words) -> str:
    return words.many("problem.future", problem.entries, until=_when(problem.until, summary))


def _after_the_report(problem: AfterTheReport, summary: StatusSummary, words: Words) -> str:
    return words.many("problem.later", problem.entries, until=_when(problem.until, summary))


def _clock_doubted(problem: ClockDoubted, summary: StatusSummary, words: Words) -> str:
    return words.say(
        "problem.clock",
        doubted=instant(problem.doubted, summary.zone),
        trusted=instant(problem.trusted, summary.zone),
        days=str(DAYS_UNTIL_TRUSTED),
    )


def _host_silent(problem: HostSilent, summary: StatusSummary, words: Words) -> str:
    if problem.since is None:
        return words.say("problem.host.never", host=problem.host)
    since = instant(problem.since, summary.zone)
    return words.say("problem.host", host=problem.host, since=since)


def _mostly_not_found(hint: MostlyNotFound, _: StatusSummary, words: Words) -> str:
    return words.say("hint.not_found", percent=str(hint.percent))


def _no_blueprints(_hint: NoBlueprints, _: StatusSummary, words: Words) -> str:
    return words.say("hint.no_blueprints")


def _unjudged_routes(hint: UnjudgedRoutes, _: StatusSummary, words: Words) -> str:
    routes = ", ".join(
        f"{printable(each.path, 60)} ({_times(each, words)})" for each in hint.routes
    )
    if hint.more:
        routes = words.many("incident.routes", hint.more, routes=routes)
    return words.say("hint.unjudged", routes=routes)


def _unmatched_errors(hint: UnmatchedErrors, _: StatusSummary, words: Words) -> str:
    where = words.many("hint.unmatched", hint.requests)
    return where if hint.synced else words.say("hint.unmatched.sync", hint=where)


def _unmatched_paths(hint: UnmatchedPaths, _: StatusSummary, words: Words) -> str:
    paths = ", ".join(
        f"{printable(each.path, 60) or words.say('hint.paths.unknown')} ({_times(each, words)})"
        for each in hint.paths
    )
    return words.say("hint.paths", share=str(hint.share), paths=paths)


def _times(path: PathFailures, words: Words) -> str:
    """Return the most frequent status codes of a path: `404 × 12, 302 × 3, 400 × 1, …`."""
    ordered = sorted(path.statuses.items(), key=lambda each: (-each[1], each[0]))
    more = ", …" if len(ordered) > CODES_NAMED else ""
    return words.times(ordered[:CODES_NAMED]) + more


def _when(until: datetime, summary: StatusSummary) -> str:
    """Return an instant in the report's time zone. The date is left out if it is the day of the report."""
    local, now = until.astimezone(summary.zone), summary.generated_at.astimezone(summary.zone)
    return f"{local:%H:%M}" if local.date() == now.date() else f"{local:%Y-%m-%d %H:%M}"


_SAID: Mapping[type, Callable[[Any, StatusSummary, Words], str]] = {
    NoEntries: _no_entries,
    RunProblems: _run_problems,
    NotUnderstood: _not_understood,
    InTheFuture: _in_the_future,
    AfterTheReport: _after_the_report,
    ClockDoubted: _clock_doubted,
    HostSilent: _host_silent,
    MostlyNotFound: _mostly_not_found,
    UnjudgedRoutes: _unjudged_routes,
    UnmatchedErrors: _unmatched_errors,
    UnmatchedPaths: _unmatched_paths,
    NoBlueprints: _no_blueprints,
}
"""The function that puts each kind of problem into words. A test checks that none is missing."""
