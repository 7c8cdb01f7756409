"""The data of the page: a `StatusSummary` as printable texts and grouped numbers. Nothing is judged here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from flask_status_cli import __version__
from flask_status_cli.frozen import frozen
from flask_status_cli.model import (
    UNMATCHED,
    WORST_FIRST,
    Condition,
    NoData,
    RouteSummary,
    StatusSummary,
)
from flask_status_cli.model.log.entries import RouteKey
from flask_status_cli.render.escape import printable
from flask_status_cli.render.html import deploys
from flask_status_cli.render.html.condition_icons import LOOKS, ConditionLook, icon
from flask_status_cli.render.html.deploy_marks import Mark, Marks
from flask_status_cli.render.html.deploys import DeployInWords
from flask_status_cli.render.html.history_strip import REASONS, box, density
from flask_status_cli.render.html.incidents import (
    MOST,
    IncidentInWords,
    MaintenanceInWords,
    by_day,
    is_ongoing,
    ongoing,
    past,
    planned,
    weight,
)
from flask_status_cli.render.html.incidents import Day as IncidentDay
from flask_status_cli.render.html.instants import Instant, instant
from flask_status_cli.render.html.page_options import PageOptions
from flask_status_cli.render.html.page_size import fitting_details
from flask_status_cli.render.html.route_details import Detail, details, ids
from flask_status_cli.render.html.route_table import RoutePlaces, Table, tables
from flask_status_cli.render.text import budgets, headline, hidden_routes, latency, sentences
from flask_status_cli.render.text.problems import problems
from flask_status_cli.render.text.words import NARROW, NO_VALUE, Words

INCIDENTS_ABOVE = 5
"""At most this many incidents that are over stand above the routes. The earlier ones are folded."""

LONG = 40
"""On a page with more rows than this, incidents come before routes."""

FOOTER = 1000
"""The longest part of the owner's footer that is shown, in characters."""


@frozen
class History:
    """The incidents that are over, by day. `first`: they stand above the routes. `earlier` are folded."""

    first: bool
    days: tuple[IncidentDay, ...]
    earlier: tuple[IncidentDay, ...]
    line: str


@frozen
class Page:
    """All data that the templates show. Texts are printable."""

    heading: str
    title: str
    icon: str
    logo: str
    robots: str
    feed: str
    window: str
    first: str
    box: str
    generated: Instant
    until: Instant | None
    look: ConditionLook
    headline: str
    past: str
    problems: tuple[str, ...]
    ongoing: tuple[IncidentInWords, ...]
    figures: tuple[tuple[str, str, str], ...]
    column: str
    axis: str
    density: str
    timed: bool
    states: tuple[tuple[ConditionLook, str, str], ...]
    listed: str
    tables: tuple[Table, ...]
    others: str
    history: History
    no_incidents: str
    more_incidents: str
    maintenance: tuple[MaintenanceInWords, ...]
    deploys: tuple[DeployInWords, ...]
    more_deploys: str
    marks: tuple[Mark, ...]
    details: tuple[Detail, ...]
    more: str
    legend: tuple[tuple[ConditionLook, str], ...]
    reasons: Mapping[str, Sequence[tuple[str, str]]]
    method: tuple[str, ...]
    stale_after: int
    footer: str
    links: tuple[tuple[str, str], ...]
    made: str


def page_of(summary: StatusSummary, words: Words, options: PageOptions) -> Page:
    """Return the data of the page of `summary`."""
    heading = printable(options.title) or words.say("title")
    worst = headline.worst(summary)
    listed = RoutePlaces.of(summary.routes, options.max_routes)
    rows = listed.rows
    spent = len(options.logo) + len(options.footer) + weight(summary.incidents)
    spent += deploys.weight(summary)
    marks = Marks(summary, words)
    a_day = deploys.HOURS if summary.deploys else 0
    room = fitting_details(
        rows, summary.details, incidents=summary.incidents, spent=spent, a_day=a_day
    )
    older = len(summary.incidents) - MOST
    places = ids(room.sections)
    more = len(summary.details) - len(room.sections)
    return Page(
        heading=heading,
        title=words.say("page.title", state=headline.in_brief(summary, words), title=heading),
        icon=icon(LOOKS[worst]),
        logo=options.logo,
        robots=printable(options.robots),
        feed=options.feed,
        window=_own(sentences.window_line(summary, words)),
        first=summary.window.first.isoformat(),
        box=box(summary.window.days, marked=marks.some),
        generated=instant(summary.generated_at, summary.zone),
        until=_until(summary),
        look=LOOKS[worst],
        headline=headline.headline(summary, words),
        past=headline.past(summary, words),
        problems=tuple(_own(problem, 500) for problem in _problems(summary, words)),
        ongoing=tuple(ongoing(summary, places, words)),
        figures=tuple(_figures(summary, words)),
        column=sentences.days_heading(summary, summary.window.days, words),
        axis=words.many("page.ago", days - 1) if (days := summary.window.days) > 1 else "",
        density=density(summary.window.days),
        timed=latency.any_duration(summary),
        states=tuple(_states(rows, summary.routes, words)),
        listed=_listed(listed, words),
        tables=tuple(tables(summary, listed, places, marks, room)),
        others=hidden_routes.line(summary, words) or "",
        history=_history(summary, places, words, first=len(rows) > LONG),
        no_incidents=_no_incidents(summary, words),
        more_incidents=words.many("page.more_incidents", older) if older > 0 else "",
        maintenance=tuple(planned(summary)),
        deploys=tuple(deploys.table(summary, summary.incidents[:MOST], words)),
        more_deploys=_more_deploys(summary, words),
        details=tuple(details(summary, room.sections, places, marks)),
        marks=tuple(marks.drawn.values()),
        more=words.many("page.more_details", more) if more else "",
        legend=tuple(_legend(summary, words)),
        reasons=_reasons(words),
        method=tuple(_own(line) for line in _method(summary, words)),
        stale_after=options.stale_after,
        footer=printable(options.footer, FOOTER),
        links=tuple((printable(text), address) for text, address in options.links),
        made=words.say("page.made", version=__version__),
    )


def _more_deploys(summary: StatusSummary, words: Words) -> str:
    more = len(summary.deploys) - len(deploys.listed_deploys(summary))
    return words.many("deploy.older", more) if more > 0 else ""


def _history(
    summary: StatusSummary, places: Mapping[RouteKey, str], words: Words, *, first: bool
) -> History:
    before = past(summary)
    above = INCIDENTS_ABOVE if first else len(before)
    return History(
        first=first and bool(summary.incidents),
        days=tuple(by_day(before[:above], summary, places, words)),
        earlier=tuple(by_day(before[above:], summary, places, words)),
        line=words.many("page.earlier_incidents", len(before) - above),
    )


def _until(summary: StatusSummary) -> Instant | None:
    last = summary.data.last
    return None if last is None else instant(last, summary.zone)


def _no_incidents(summary: StatusSummary, words: Words) -> str:
    return sentences.no_incidents(summary, words, others=any(map(is_ongoing, summary.incidents)))


def _problems(summary: StatusSummary, words: Words) -> Iterator[str]:
    """Yield the problems of the data for visitors, who cannot run commands, and the slow routes."""
    yield from filter(None, problems(summary, words.for_visitors()))
    if slow := latency.slow_routes(summary, words, quoted=printable):
        yield slow


def _listed(listed: RoutePlaces, words: Words) -> str:
    """Return how many of the routes have rows; `""` if all have."""
    if not listed.rest:
        return ""
    rows = len(listed.first) + len(listed.closed)
    n, of = words.grouped(rows), words.grouped(rows + len(listed.rest))
    return words.say("page.listed", n=n, all=of)


def _states(
    rows: Sequence[RouteSummary], routes: Sequence[RouteSummary], words: Words
) -> Iterator[tuple[ConditionLook, str, str]]:
    """Yield the looks and the words of each present state, and how many of the rows have it.

    If not all `routes` in this state have rows, the text has both numbers. Nothing is yielded for a single
    row.
    """
    known = [row for row in rows if row.rule != UNMATCHED]
    now = Counter(row.now for row in known)
    whole = Counter(row.now for row in routes if row.rule != UNMATCHED)
    if now.total() > 1:
        for condition in WORST_FIRST:
            if now[condition]:
                said = {
                    words.now(row.now, row.no_data): None for row in known if row.now is condition
                }
                n, of = words.grouped(now[condition]), words.grouped(whole[condition])
                number = n if n == of else words.say("page.number", n=n, all=of)
                yield LOOKS[condition], ", ".join(sorted(said)), number


def _reasons(words: Words) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return the reasons for no data, as (class of a period, words), by the class of its state."""
    known: dict[str, Sequence[tuple[str, str]]] = {look.css: () for look in LOOKS.values()}
    known[LOOKS[Condition.NO_DATA].css] = [
        (REASONS[reason].strip() or "t", words.no_data(reason))
        for reason in NoData
        if reason is not NoData.QUIET  # a reason for the present only, never for a day
    ]
    return known


def _own(sentence: str, limit: int = 2000) -> str:
    """Return a sentence of our own as printable text. It may contain text from a log or a setting."""
    return printable(sentence, limit, keep=NARROW)


def _figures(summary: StatusSummary, words: Words) -> Iterator[tuple[str, str, str]]:
    """Yield the totals, each as (class, word, number)."""
    total = summary.total
    availability = total.availability or NO_VALUE
    yield LOOKS[total.condition].css, words.say("column.availability"), availability
    yield "", words.say("column.requests"), words.grouped(total.counts.requests)
    yield "", words.say("column.failures"), words.grouped(total.counts.failure)
    yield "", words.say("page.ignored"), words.grouped(total.counts.ignored)
    if total.latency.n:
        yield "", words.say("column.p95"), latency.latency_text(total.latency.p95)
    if total.budget is not None and total.budget.left is not None:
        yield "", words.say("page.budget"), total.budget.left


def _legend(summary: StatusSummary, words: Words) -> Iterator[tuple[ConditionLook, str]]:
    thresholds = sentences.thresholds(summary.policy, words)
    for condition, look in LOOKS.items():
        rule = words.say(f"page.legend.{condition.value}", **thresholds)
        quiet = condition is Condition.NO_DATA and any(map(_is_quiet, summary.routes))
        yield look, f"{rule}. {_quiet(words)}" if quiet else rule


def _is_quiet(route: RouteSummary) -> bool:
    return route.no_data is NoData.QUIET


def _quiet(words: Words) -> str:
    """Return what the word for a route without recent requests means."""
    state = words.now(Condition.NO_DATA, NoData.QUIET)
    return words.say("legend.no_data", state=state, reasons=words.no_data(NoData.QUIET))


def _method(summary: StatusSummary, words: Words) -> Iterator[str]:
    """Yield sentences about the data, and about how the figures are computed."""
    yield from budgets.lines(summary, words)
    yield from sentences.footnotes(summary, words)
    statuses = summary.total.statuses.items()
    if statuses:
        listed = words.times(statuses)
        yield words.say("page.statuses", statuses=listed)
