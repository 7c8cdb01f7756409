"""Sentences about deploys, the same in every format: incidents after a deploy, requests before and after it.

A deploy before an incident need not be its cause. So no sentence says that it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from flask_status_cli.model import Incident, StatusSummary
from flask_status_cli.model.deploys import (
    ComparisonLimit,
    Deploy,
    DeployComparison,
    DeploySide,
    DeploySummary,
)
from flask_status_cli.render.escape import printable
from flask_status_cli.render.text.words import NO_VALUE, Words, duration, moment

LATELY = timedelta(hours=24)
"""A report has a line about the newest deploy for this long, even if no incident followed it."""

Quoted = Callable[[str], str]
"""A function that escapes text from people, such as a version, for an output format."""


def name(deploy: Deploy, *, quoted: Quoted = str) -> str:
    """Return the version of a deploy, and its label if it has one: `v1.2 (shop)`."""
    version = quoted(printable(deploy.version))
    return f"{version} ({quoted(printable(deploy.label))})" if deploy.label else version


def began(incident: Incident, words: Words, *, quoted: Quoted = str) -> str | None:
    """Return how soon after a deploy an incident began: `began 2 min after deploy v1.2`."""
    if incident.deploy is None:
        return None
    minutes, version = incident.minutes_after_deploy, quoted(printable(incident.deploy.version))
    if not minutes:
        return words.say("deploy.began_with", version=version)
    return words.say("deploy.began", minutes=str(minutes), version=version)


def began_sentence(incident: Incident, words: Words) -> str | None:
    """Return how soon after a deploy an incident began, as a sentence without a full stop."""
    text = began(incident, words)
    return text and text[0].upper() + text[1:]


def newest(summary: StatusSummary) -> DeploySummary | None:
    """Return the newest deploy if it is recent or an incident followed it.

    Then a report has a line about it.
    """
    past = (each for each in summary.deploys if not each.to_come)
    found = next(past, None)
    if found is None:
        return None
    lately = summary.generated_at - found.deploy.at < LATELY
    return found if lately or found.incidents else None


def line(summary: StatusSummary, words: Words, *, quoted: Quoted = str) -> str | None:
    """Return the line about the newest deploy and the requests before and after it; `None` without a line."""
    found = newest(summary)
    if found is None:
        return None
    at = moment(found.deploy.at, summary.zone, words, now=summary.generated_at)
    facts = {"version": name(found.deploy, quoted=quoted), "at": at}
    both = found.comparison
    if both is None:
        return words.say("deploy.line.unread", **facts)
    return words.say(
        "deploy.line",
        before=availability(both.before),
        after=availability(both.after),
        extent=extent(both, words),
        errors_before=words.grouped(both.before.server_errors),
        errors_after=words.grouped(both.after.server_errors),
        **facts,
    )


def availability(side: DeploySide) -> str:
    """Return the availability before or after a deploy, `—` if there is nothing to judge."""
    return side.availability or NO_VALUE


def extent(both: DeployComparison, words: Words) -> str:
    """Return the length of both periods and what limits it: `3 h 10 min on each side, to the next deploy`."""
    day = both.extent is ComparisonLimit.DAY
    length = f"{both.minutes // 60} h" if day else duration(both.minutes)
    return words.say(f"deploy.extent.{both.extent.value}", length=length)


def no_comparison(found: DeploySummary, words: Words) -> str | None:
    """Return why there is no comparison, `None` if there is one."""
    if found.comparison is not None:
        return None
    return words.say("deploy.to_come" if found.to_come else "deploy.unread")


def figures(both: DeployComparison, words: Words) -> Iterator[tuple[str, str, str]]:
    """Yield each figure as (heading, value before the deploy, value after it)."""
    before, after = both.before, both.after
    yield words.say("column.availability"), availability(before), availability(after)
    for heading, both_counts in (
        (words.say("column.requests"), (before.counts.requests, after.counts.requests)),
        (words.say("column.failures"), (before.counts.failure, after.counts.failure)),
        ("5xx", (before.server_errors, after.server_errors)),
    ):
        yield heading, words.grouped(both_counts[0]), words.grouped(both_counts[1])
