"""Lists and annotates the incidents in the database."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_status_cli import judgement, summary
from flask_status_cli.errors import IncidentError
from flask_status_cli.frozen import frozen
from flask_status_cli.model import (
    Incident,
    IncidentList,
    IncidentNote,
    PathFailures,
    minute_of,
    zone_name,
)
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.settings import PolicySettings
from flask_status_cli.model.times import ALL_TIME, Clock
from flask_status_cli.pipeline.routes.paths_behind import paths_behind
from flask_status_cli.store import Ledger, Store

SEE_ALL = "see flask-status incidents"


@frozen
class IncidentOptions:
    """Which incidents to list, and how to judge them.

    - `zone`: the time zone of instants without an offset.
    - `now`: an instant as text, `"last"`, or `None` for the time of the clock.
    - `since`: an instant, or a length of time before `now`. Incidents that ended earlier are left out.
    - `only_open`: whether to leave out incidents that ended, and false alarms.
    - `only`, `exclude`: globs on the rule that select the routes.
    - `policy`: how requests are judged.
    - `stale_after`: how long the log may be unread before it counts as not read.
    """

    database: Database
    zone: ZoneInfo
    now: str | None = None
    since: str | None = None
    only_open: bool = False
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    policy: PolicySettings = field(default_factory=PolicySettings)
    stale_after: timedelta = summary.STALE_AFTER


def list_incidents(options: IncidentOptions, *, clock: Clock) -> IncidentList:
    """Return the incidents in all minutes that are kept, the latest first.

    Entries more than 5 minutes later than `now` are left out. Raises `DatabaseError` and `OptionError`.
    """
    zone = options.zone

    def work(ledger: Ledger) -> tuple[datetime, datetime | None, tuple[Incident, ...]]:
        now = summary.resolve_now(options.now, ledger, clock, zone=zone)
        last = summary.newest_entry(ledger, now=now)
        policy = judgement.policy(options.policy)
        found = summary.find_incidents(
            summary.with_failing(ledger, policy, now=now),
            policy,
            newest=last,
            read=summary.log_freshness(ledger, now=now, stale_after=options.stale_after),
            shows=summary.RouteSelection(options.only, options.exclude).some,
        )
        return now, last, found

    now, last, found = Ledger.read(options.database, work)
    if options.since is not None:
        since = summary.since_from(options.since, zone, now=now, option="--since")
        found = tuple(each for each in found if each.end is None or each.end > since)
    if options.only_open:
        found = tuple(each for each in found if each.open and not _false_alarm(each))
    return IncidentList(now, zone, zone_name(zone, at=now), last, found)


def one_incident(options: IncidentOptions, id_: str, *, clock: Clock) -> IncidentList:
    """Return the incident with this id or alias. Raises `IncidentError` if there is none."""
    found = list_incidents(replace(options, since=None, only_open=False), clock=clock)
    one = _named(found.incidents, id_)
    paths = Ledger.read(options.database, lambda ledger: dict(_paths(ledger, one)))
    return replace(found, incidents=(one,), paths=paths)


def _paths(
    ledger: Ledger, incident: Incident
) -> Iterator[tuple[tuple[str, str], tuple[PathFailures, ...]]]:
    """Yield the failing paths in an incident's crowds and `<unmatched>`, for the time of the incident."""
    for route in incident.routes:
        end = ALL_TIME if route.end is None else minute_of(route.end)
        start = minute_of(route.start)
        behind = paths_behind(ledger, route.label, route.rule, start=start, end=end)
        if behind:
            yield (route.label, route.rule), behind


def note_incident(
    options: IncidentOptions,
    id_: str,
    change: Callable[[IncidentNote], IncidentNote],
    *,
    clock: Clock,
) -> Incident:
    """Change the note of an incident, and return the incident. Raises `IncidentError`.

    An incident with a note keeps its id, even if lines that are read later change when it began.
    """
    with Store.open(options.database, create=False, clock=clock) as store:
        (incident,) = one_incident(options, id_, clock=clock).incidents
        note = change(incident.note or IncidentNote())
        store.write_note(incident.anchor, note)
    return replace(incident, note=note)


def _named(incidents: Iterable[Incident], id_: str) -> Incident:
    by_id = {name: each for each in incidents for name in (*each.aliases, each.id)}
    wanted = id_.strip().lower()
    if wanted in by_id:
        return by_id[wanted]
    near = difflib.get_close_matches(wanted, sorted(by_id), n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else SEE_ALL
    raise IncidentError(ascii(id_).strip("'\""), "no such incident", hint)


def _false_alarm(incident: Incident) -> bool:
    return incident.note is not None and incident.note.false_alarm
