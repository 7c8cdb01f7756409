"""The headline of a report, the same in every format: the state of everything, and since when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from flask_status_cli.model import MINUTE, Condition, StatusSummary
from flask_status_cli.render.text.sentences import no_entries
from flask_status_cli.render.text.words import Words, duration, moment, rough_duration

HOUR = timedelta(hours=1)

DOWN, DEGRADED = "down", "degraded"


def headline(summary: StatusSummary, words: Words) -> str:
    """Return how many routes are in which state, in one or two sentences.

    If the log was not read, the first words say since when, and the rest is the state at that time. If there
    is nothing to show, the sentence gives the reason. If the user chose the instant of the report, the
    sentence begins with it.
    """
    if not summary.given:
        return _said(summary, words)
    said = _nothing(summary, words) or _said(replace(summary, given=False), words)
    at = moment(summary.generated_at, summary.zone, words, now=None)
    return words.say("headline.given", at=at, said=said[:1].lower() + said[1:])


def _said(summary: StatusSummary, words: Words) -> str:
    first = staleness(summary, words)
    state = _nothing(summary, words) or verdict(summary, words)
    if first is None:
        return _capital(state)
    if _nothing(summary, words):
        return f"{first}. {_capital(state)}"
    if not summary.data.stale:
        return words.say("headline.else", first=first, state=state[:1].lower() + state[1:])
    return words.say("headline.then", first=first, state=state[:1].lower() + state[1:])


def staleness(summary: StatusSummary, words: Words) -> str | None:
    """Return since when the log was not read or not understood, `None` if it was read lately.

    Return `None`, too, if no log was ever read.
    """
    data = summary.data
    if data.not_understood is not None:
        return words.say("stale.unclear", since=_at(data.not_understood, summary, words))
    if not data.stale or (data.first is None and data.ingested_at is None):
        return None
    if data.ingested_at is None:
        return words.say("stale.never")
    return words.say(
        "stale.since",
        since=_at(data.ingested_at, summary, words),
        ago=rough_duration(_minutes(data.ingested_at, summary.generated_at), words),
    )


def verdict(summary: StatusSummary, words: Words) -> str:
    """Return how many routes are in which state: `2 routes down since 14:52; 45 operational`."""
    overall = summary.headline
    outages = list(_outages(summary, words))
    others = [
        words.many(f"headline.{key}", n, n=words.grouped(n))
        for key, n in (("operational", overall.operational), ("quiet", overall.quiet))
        if n
    ]
    if outages:
        said = "; ".join(part for part in (", ".join(outages), ", ".join(others)) if part)
        if overall.nothing_works and overall.down < overall.routes:
            return words.say("headline.nothing", said=said[:1].lower() + said[1:])
        return said
    if overall.operational == overall.routes > 0:
        return _all(overall.operational, "operational", words)
    if overall.operational:
        return ", ".join(others)
    if overall.quiet:
        return _silence(summary, words)
    return words.say("headline.no_routes" if summary.total.counts.requests else "routes.none")


def in_brief(summary: StatusSummary, words: Words) -> str:
    """Return the worst state in a few words, for the title of a tab or a badge: `2 routes down`."""
    if summary.data.not_understood is not None:
        return words.say("page.title.unclear")
    if staleness(summary, words):
        return words.say("page.title.stale")
    if _nothing(summary, words):
        return words.say("page.title.no_data")
    overall = summary.headline
    if overall.nothing_works and overall.down < overall.routes:
        return words.say("page.title.nothing")
    outage = next(_outages(replace(summary, headline=replace(overall, since=None)), words), None)
    return words.say(f"page.title.{overall.worst.value}") if outage is None else _capital(outage)


def past(summary: StatusSummary, words: Words) -> str:
    """Return the words to put before the headline when the page is old, with a blank after them.

    The script of the page replaces `{age}`. The text is empty if the headline begins with an instant.
    """
    if summary.given:
        return ""
    at = moment(summary.generated_at, summary.zone, words, now=None)
    return words.say("page.past", at=at, age="{age}") + " "


def worst(summary: StatusSummary) -> Condition:
    """Return the condition whose sign the headline has.

    It is No Data if the log is not read or understood.
    """
    data = summary.data
    unknown = data.stale or data.not_understood is not None
    return Condition.NO_DATA if unknown else summary.headline.worst


_STATES = {DOWN: Condition.MAJOR_OUTAGE, DEGRADED: Condition.PARTIAL_OUTAGE}


def _outages(summary: StatusSummary, words: Words) -> Iterator[str]:
    """Yield the parts about routes that are down or degraded. The first part says since when."""
    overall = summary.headline
    first = True
    for key, n in ((DOWN, overall.down), (DEGRADED, overall.degraded)):
        parts = []
        if n:
            parts.append(
                _counted(n, key, summary, words)
                if first
                else words.many(f"headline.more.{key}", n, n=words.grouped(n))
            )
        if overall.stray is _STATES[key]:
            parts.append(words.say(f"headline.stray.{key}"))
        if parts and first and overall.since is not None:
            parts[0] = _since(parts[0], summary, words, long=n == overall.routes)
        first = first and not parts
        yield from parts


def _counted(n: int, key: str, summary: StatusSummary, words: Words) -> str:
    """Return how many routes are in an outage: `All 3 routes down`, `2 routes down`."""
    if n == summary.headline.routes:
        return _all(n, key, words)
    return words.many(f"headline.first.{key}", n, n=words.grouped(n))


def _all(n: int, key: str, words: Words) -> str:
    if n == 1:
        return words.many(f"headline.first.{key}", n)
    return words.say(f"headline.all.{key}", n=words.grouped(n))


def _since(what: str, summary: StatusSummary, words: Words, *, long: bool) -> str:
    """Return `what` followed by its beginning: `2 routes down since 14:52`. With `long`, add its duration."""
    since = summary.headline.since
    if since is None:
        return what
    said = words.say("headline.since", what=what, since=_at(since, summary, words))
    if not long:
        return said
    until = max(summary.data.last or since, since) + MINUTE
    return words.say("headline.lasted", said=said, duration=duration(_minutes(since, until)))


def _silence(summary: StatusSummary, words: Words) -> str:
    """Return since when there was no request, or that all requests of the last hour are ignored."""
    data = summary.data
    as_of = data.as_of or summary.generated_at
    if data.last is None or as_of - data.last < HOUR:
        return words.say("headline.ignored")
    ago = rough_duration(_minutes(data.last, as_of), words)
    return words.say("headline.silent", since=_at(data.last, summary, words), ago=ago)


def _nothing(summary: StatusSummary, words: Words) -> str | None:
    data = summary.data
    if data.last is None:
        if data.future:
            return words.say("nothing.future")
        return words.say("nothing.unread" if data.ingested_at is None else "nothing.empty")
    if data.entries or summary.total.counts.requests:
        return None
    return no_entries(summary, words)


def _at(when: datetime, summary: StatusSummary, words: Words) -> str:
    """Return an instant for people.

    The day and the year are left out only if they are those of the report.
    """
    now = None if summary.given else summary.generated_at
    return moment(when, summary.zone, words, now=now)


def _minutes(start: datetime, end: datetime) -> int:
    return max((end - start) // MINUTE, 0)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
