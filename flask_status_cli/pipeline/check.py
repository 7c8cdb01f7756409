"""Checks the database for a monitoring system. The state is UNKNOWN if there is nothing to judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from datetime import datetime, timedelta, tzinfo
from typing import Final, Literal, TypeAlias

from flask_status_cli import judgement, summary
from flask_status_cli.frozen import frozen
from flask_status_cli.model import CheckResult, Phrase, Range, Route, minute_of
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.latency import LatencyLimits
from flask_status_cli.model.settings import PolicySettings
from flask_status_cli.model.times import Clock
from flask_status_cli.render.text.headline import verdict
from flask_status_cli.render.text.words import ENGLISH, Words
from flask_status_cli.store import Ledger
from flask_status_cli.summary.checks import burn_rate, monitoring
from flask_status_cli.summary.checks.latency import check_latency
from flask_status_cli.summary.ledger.excused_requests import excusing_ledger
from flask_status_cli.summary.report.traffic import RouteSelection, read_recent, shown_as

LONGEST = 400
"""The routes of the present state are those of at most this many days, however old the newest entry is."""

ANSWER_WITHIN: Final = 8.0
"""Seconds until a check must have its result. Monitoring systems end a plugin that takes longer."""

Kind: TypeAlias = Literal["availability", "incidents", "burn", "latency"]


@frozen
class CheckOptions:
    """The options of `check`.

    - `zone`: the time zone of `now`.
    - `kind`: what to check.
    - `now`: an instant as text, `"last"`, or `None` for the time of the clock.
    - `window`: the length of time whose requests are checked.
    - `warning`, `critical`: the ranges of good values.
    - `only`, `exclude`: globs on the rule that select the routes.
    - `each`: whether every route is checked separately.
    - `max_age`: the greatest age of the last run without problems and of the newest entry.
    - `stale_after`: if there is no `max_age`, the greatest age of the last run without problems.
    - `policy`: how requests are judged.
    - `latency`: the limits of a check of latency.
    - `words`: the language of the headline.
    """

    database: Database
    zone: tzinfo
    kind: Kind = "availability"
    now: str | None = None
    window: timedelta = timedelta(hours=1)
    warning: Range | None = None
    critical: Range | None = None
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    each: bool = False
    max_age: timedelta | None = None
    stale_after: timedelta = timedelta(minutes=15)
    policy: PolicySettings = field(default_factory=PolicySettings)
    latency: LatencyLimits | None = None
    words: Words = ENGLISH

    @property
    def selection(self) -> RouteSelection:
        """The routes that are checked."""
        return RouteSelection(self.only, self.exclude)

    @property
    def thresholds(self) -> monitoring.Thresholds:
        """The ranges of good values. They are false if none is given."""
        return monitoring.Thresholds(self.warning, self.critical)

    @property
    def greatest_age(self) -> timedelta:
        """How long ago the last run without problems may have ended."""
        return self.max_age or self.stale_after


def check(options: CheckOptions, *, clock: Clock) -> CheckResult:
    """Return the result of a check. Raises `DatabaseError` and `OptionError`."""

    def work(stored: Ledger) -> CheckResult:
        now = summary.resolve_now(options.now, stored, clock, zone=options.zone)
        ledger = summary.with_failing(stored, judgement.policy(options.policy), now=now)
        stale = monitoring.staleness(
            ledger, now=now, stale_after=options.stale_after, max_age=options.max_age
        )
        if stale is not None:
            return monitoring.unknown(stale)
        result = monitoring.with_silent_hosts(
            _CHECKS[options.kind](ledger, options, now),
            ledger.hosts(),
            now=now,
            stale_after=options.greatest_age,
        )
        windows = ledger.maintenance()
        if not windows:
            return result
        rules = {route.rule for route in _shown(ledger, options).values()}
        return monitoring.in_maintenance(result, windows, now=now, rules=rules)

    return Ledger.read(options.database, work, answer_within=ANSWER_WITHIN)


def _shown(ledger: summary.Ledger, options: CheckOptions) -> dict[int, Route]:
    known = ledger.routes()
    return shown_as(known, known, options.selection)


def _availability(ledger: summary.Ledger, options: CheckOptions, now: datetime) -> CheckResult:
    policy = judgement.policy(options.policy)
    found = monitoring.measure(
        ledger,
        policy,
        now=now,
        window=options.window,
        selection=options.selection,
        each=options.each,
    )
    if options.thresholds:
        return monitoring.check_availability(found, thresholds=options.thresholds)
    newest = summary.newest_entry(ledger, now=now)
    silent = 0 if newest is None else (now - newest).days
    report = summary.summarize(
        ledger,
        now=now,
        zone=options.zone,
        days=min(silent + 2, LONGEST),
        policy=judgement.for_incidents(policy),
        only=options.only,
        exclude=options.exclude,
        stale_after=options.greatest_age,
        given=options.now is not None,
        view=summary.RowView(group=not options.each),
    )
    return monitoring.check_now(report, verdict(report, options.words), found)


def _incidents(ledger: summary.Ledger, options: CheckOptions, now: datetime) -> CheckResult:
    found = summary.find_incidents(
        ledger,
        judgement.policy(options.policy),
        newest=summary.newest_entry(ledger, now=now),
        read=summary.log_freshness(ledger, now=now, stale_after=options.greatest_age),
        shows=options.selection.some,
    )
    going = [each for each in ledger.maintenance() if each.start <= now < each.end]
    judged = [each for each in found if not summary.excuses(going, each)]
    return monitoring.check_incidents(judged, thresholds=options.thresholds)


def _burn(ledger: summary.Ledger, options: CheckOptions, now: datetime) -> CheckResult:
    newest = summary.newest_entry(ledger, now=now)
    if newest is None:
        return monitoring.unknown(Phrase("check.empty"))
    policy, shown = judgement.policy(options.policy), _shown(ledger, options)
    marked = excusing_ledger(ledger)
    traffic = {
        minutes: read_recent(marked, minutes, newest=minute_of(newest), shown=shown)
        for minutes in burn_rate.SPANS
    }
    found = burn_rate.subjects(traffic, policy, each=options.each, name=monitoring.name_of)
    return burn_rate.check_burn(found)


def _latency(ledger: summary.Ledger, options: CheckOptions, now: datetime) -> CheckResult:
    return check_latency(
        ledger,
        options.latency or LatencyLimits(95),
        now=now,
        window=options.window,
        selection=options.selection,
        each=options.each,
    )


_CHECKS: dict[Kind, Callable[[summary.Ledger, CheckOptions, datetime], CheckResult]] = {
    "availability": _availability,
    "incidents": _incidents,
    "burn": _burn,
    "latency": _latency,
}
