"""The sections of routes with failures: periods, status codes, bad days by hours, episodes by minutes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from http import HTTPStatus

from flask_status_cli.frozen import frozen
from flask_status_cli.model import (
    MINUTE,
    AffectedRoute,
    Condition,
    Counts,
    DayDetail,
    DaySummary,
    RouteDetail,
    RouteSummary,
    StatusSummary,
    StretchSummary,
)
from flask_status_cli.model.log.entries import RouteKey
from flask_status_cli.render.escape import printable
from flask_status_cli.render.html.condition_icons import LOOKS
from flask_status_cli.render.html.deploy_marks import Marks
from flask_status_cli.render.html.history_strip import (
    Strip,
    StripLimits,
    density,
    frame,
    joined,
    strip,
)
from flask_status_cli.render.html.instants import Instant, instant
from flask_status_cli.render.text import latency
from flask_status_cli.render.text.incidents import anchor
from flask_status_cli.render.text.words import NO_VALUE, Words

EPISODE_PARTS, EPISODE_FIGURES = 60, 10
"""The strip of an episode has room for this many periods, and has figures of at most this many."""

EPISODE_STEPS = (1, 2, 5, 10, 15, 20, 30)
"""The usual lengths of the periods of an episode, in minutes.

The shortest one with which the whole episode fits is used. If none is long enough, a longer one is used.
"""

PHRASES = {status.value: status.phrase for status in HTTPStatus} | {
    418: "",
    444: "No Response",
    499: "Client Closed Request",
}
"""The names of status codes, from RFC 9110 and other RFCs. The last two are nginx's."""


@frozen
class Day:
    """A day by hours.

    - `names`: the names of the hours, empty if they are 00:00 to 23:00.
    - `mark`: the id of the marks of deploys, `""` if there are none.
    """

    id: str
    date: str
    css: str
    availability: str
    failed: str
    strip: Strip
    box: str
    names: str
    mark: str


@frozen
class Episode:
    """The minutes of a route in an incident.

    - `id`: the id of the incident on the page.
    - `step`: the minutes in each period of the strip.
    - `mark`: the id of the marks of deploys, `""` if there are none.
    """

    id: str
    start: Instant
    failed: str
    step: int
    strip: Strip
    box: str
    css: str
    mark: str


@frozen
class Detail:
    """The section of one route.

    - `spans`: (name, class, availability) of each period.
    - `codes`: (code, requests, share) of each status code.
    - `more`: how many days with failures are not shown.
    - `took`: how long its requests took.
    """

    id: str
    label: str
    name: str
    rule: str
    failed: str
    spans: tuple[tuple[str, str, str], ...]
    codes: tuple[tuple[str, str, str], ...]
    days: tuple[Day, ...]
    more: str
    episodes: tuple[Episode, ...]
    took: str


def ids(keys: Iterable[RouteKey]) -> dict[RouteKey, str]:
    """Return the ids of the sections of these routes. An id is a hash, and has no text of a path."""
    found: dict[RouteKey, str] = {}
    taken: set[str] = set()
    for key in keys:
        digest = sha256("|".join(key).encode("utf-8", "surrogatepass")).hexdigest()
        lengths = range(6, len(digest) + 1)
        found[key] = next(f"r{digest[:n]}" for n in lengths if f"r{digest[:n]}" not in taken)
        taken.add(found[key])
    return found


def details(
    summary: StatusSummary,
    fitting: Mapping[RouteKey, int],
    places: Mapping[RouteKey, str],
    marks: Marks,
) -> Iterator[Detail]:
    """Yield the sections that fit. `fitting` has the number of days that each may show, `places` its id."""
    rows = {(route.label, route.rule): route for route in summary.routes}
    for detail in summary.details:
        key = (detail.label, detail.rule)
        if key in fitting:
            shown = replace(detail, days=detail.days[: fitting[key]])
            yield _detail(shown, rows[key], places[key], marks)


def _detail(detail: RouteDetail, row: RouteSummary, place: str, marks: Marks) -> Detail:
    words = marks.words
    failed = {day.date: day for day in row.days if day.counts.failure}
    more = len(failed) - len(detail.days)
    return Detail(
        id=place,
        label=printable(row.label),
        name=printable(row.name),
        rule=printable(row.rule),
        failed=_failed(row.counts, words),
        spans=tuple(_spans(detail, words)),
        codes=tuple(_codes(detail.statuses, words)),
        days=tuple(_day(day, failed[day.date], row, place, marks) for day in detail.days),
        more=words.many("page.more_days", more) if more else "",
        episodes=tuple(_episodes(detail, marks)),
        took=latency.percentiles(row.latency, words),
    )


def _failed(counts: Counts, words: Words) -> str:
    return words.many("page.failed", counts.valid, failures=words.grouped(counts.failure))


def _spans(detail: RouteDetail, words: Words) -> Iterator[tuple[str, str, str]]:
    for span in detail.spans:
        word = (
            words.say("page.span.hours") if span.days == 1 else words.many("page.span", span.days)
        )
        yield word, LOOKS[span.condition].css, span.availability or NO_VALUE


def _codes(statuses: Mapping[int, int], words: Words) -> Iterator[tuple[str, str, str]]:
    total = sum(statuses.values())
    for code, requests in statuses.items():
        named = f"{code:03} {PHRASES.get(code, '')}".strip()
        yield named, words.grouped(requests), _share(requests, total)


def _share(part: int, total: int) -> str:
    """Return a share in percent, rounded down like an availability. A small share is never 0.00."""
    hundredths = part * 10_000 // total
    if part and not hundredths:
        return "< 0.01 %"
    return f"{hundredths // 100}.{hundredths % 100:02} %"


def _day(hours: DayDetail, day: DaySummary, row: RouteSummary, place: str, marks: Marks) -> Day:
    words, zone = marks.words, marks.summary.zone
    names = [f"{hour.start.astimezone(zone):%H:%M}" for hour in hours.hours]
    plain = [f"{hour:02}:00" for hour in range(len(names))]
    date = day.date.isoformat()
    return Day(
        id=f"{place}-{date}",
        date=date,
        css=LOOKS[day.condition].css,
        availability=day.availability or NO_VALUE,
        failed=_failed(day.counts, words),
        strip=strip(dict(enumerate(hours.hours)), "page.hours", names.__getitem__, words),
        box=frame(0, max(len(names), 24), marked=marks.some),
        names="" if names == plain else " ".join(names),
        mark=marks.hours(row.label, day.date, hours.hours),
    )


def _episodes(detail: RouteDetail, marks: Marks) -> Iterator[Episode]:
    for incident in marks.summary.incidents:
        for route in incident.routes:
            if (route.label, route.rule) == (detail.label, detail.rule):
                minutes = {
                    (each.start - route.start) // MINUTE: each
                    for each in detail.minutes
                    if each.start >= route.start and (route.end is None or each.start < route.end)
                }
                if minutes:
                    yield _episode(anchor(incident), route, minutes, marks)


def _episode(
    place: str,
    route: AffectedRoute,
    minutes: Mapping[int, StretchSummary],
    marks: Marks,
) -> Episode:
    words, zone = marks.words, marks.summary.zone
    length = max(minutes) + 1
    fits = (each for each in EPISODE_STEPS if length <= each * EPISODE_PARTS)
    step = next(fits, -(-length // EPISODE_PARTS))

    def name(minute: int) -> str:
        return f"{minutes[minute].start.astimezone(zone):%H:%M}"

    judged = {place: _judged(each) for place, each in minutes.items()}
    drawn = strip(
        joined(judged, step), "page.minute", str, words, limits=StripLimits(EPISODE_FIGURES)
    )
    label = strip(judged, "page.minute", name, words).label
    return Episode(
        id=place,
        start=instant(route.start, zone),
        failed=words.many(
            "incident.route.failed", route.failures, valid=words.grouped(route.valid)
        ),
        step=step,
        strip=replace(drawn, label=label),
        box=frame(0, EPISODE_PARTS, marked=marks.some),
        css=density(EPISODE_PARTS),
        mark=marks.minutes(route.label, route.start, EPISODE_PARTS, step=step),
    )


def _judged(minute: StretchSummary) -> StretchSummary:
    """Return a minute as the strip draws it: as a major outage if all requests failed, even a single one.

    At least one of the failures must be a server error.
    """
    counts = minute.counts
    if counts.minor < counts.failure == counts.valid:
        return replace(minute, condition=Condition.MAJOR_OUTAGE)
    return minute
