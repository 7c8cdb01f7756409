"""Stores the requests that the extension has counted in an app."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from flask_status_cli.frozen import frozen
from flask_status_cli.model import MinuteCounts, Run
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.duration_buckets import CODES
from flask_status_cli.model.times import Clock
from flask_status_cli.pipeline.ingest.promised_traffic import expected
from flask_status_cli.pipeline.ingest.writing.freeze_incidents import freezing
from flask_status_cli.pipeline.routes.declare import rule_placer
from flask_status_cli.store import LiveStore, LockBusy, may_exist

if TYPE_CHECKING:
    from flask_status_cli.model import Flush, UrlMap
    from flask_status_cli.model.settings import Settings

Requests: TypeAlias = Mapping[tuple[int, str, int], int]
"""Numbers of requests by epoch minute, rule and status code."""

Durations: TypeAlias = Mapping[tuple[int, str, int, int], int]
"""Numbers of requests by epoch hour, rule, status code and bucket of the duration."""

_NO_DURATIONS: Durations = MappingProxyType({})

OFTEN_ENOUGH = timedelta(seconds=45)
"""If an app gets no requests, a run is stored at this interval, to show that it is still being counted."""


@frozen
class LiveCountOptions:
    """Where the extension stores counts. `wait` is how many seconds to wait for another program's lock."""

    database: Database
    settings: Settings
    wait: float


def store_live(  # noqa: PLR0913 - what is stored, where, and when
    requests: Requests,
    url_map: UrlMap,
    options: LiveCountOptions,
    *,
    flush: Flush,
    changed: bool,
    clock: Clock,
    durations: Durations = _NO_DURATIONS,
) -> int:
    """Store the requests that an app has counted. Return how many were left out, because a log counts them.

    `durations` are how long these requests took. The app's rules are declared if they have `changed`, or if
    the database has none for it. Once a day, old counts are pruned.

    Raises `DatabaseError`. If the connection was lost during the commit, the requests may be stored or not.
    Then try again with the same `flush`: each flush is stored only once.
    """
    started, label, known = clock(), options.settings.label, options.settings
    counted = _as_counts(label, requests, durations)
    with _opened(options, clock, create=True) as store:
        last = store.last_run()
        declares = changed or not store.declares(label)
        fresh = last is not None and timedelta() <= started - last < OFTEN_ENOUGH
        if fresh and not requests and not declares and store.is_open(label):
            return 0
        total = sum(requests.values())
        run = Run(started, clock(), logs=0, lines=total, entries=total, noise=0, refused=0)
        with store.locked(wait=options.wait):
            left = store.add(
                counted,
                run,
                url_map if declares else None,
                flush=flush,
                placing=rule_placer,
                expectations=expected(known),
            )
        if store.prune_due():
            _prune(store, options, clock)
    return left


def declare_live(
    url_map: UrlMap,
    options: LiveCountOptions,
    *,
    where: str,
    clock: Clock,
) -> None:
    """Declare an app's rules, as `routes sync` does. Raises `RuleError` if few requests match them."""
    from flask_status_cli.pipeline.routes.declare import DeclareOptions, declare_app

    label = options.settings.label
    declare_app(url_map, DeclareOptions(options.database, label), where=where, clock=clock)


def end_live(options: LiveCountOptions, *, clock: Clock) -> None:
    """Record that the app no longer counts its requests. Raises `DatabaseError`."""
    if not may_exist(options.database):
        return
    with _opened(options, clock, create=False) as store:
        if store.is_open(options.settings.label):
            with store.locked(wait=options.wait):
                store.end(options.settings.label)


def rules_of(app: Any, leave_out: Callable[[str], bool]) -> UrlMap:
    """Return the rules of a Flask app without those of endpoints for which `leave_out` returns true."""
    from flask_status_cli.apps import describe
    from flask_status_cli.routes import from_document

    document = describe(app)
    document["routes"] = [
        rule for rule in document["routes"] if not leave_out(rule.get("endpoint", ""))
    ]
    return from_document(document, where=app.import_name)


def _opened(options: LiveCountOptions, clock: Clock, *, create: bool) -> LiveStore:
    known = options.settings
    store = LiveStore.open(
        options.database, create=create, clock=clock, keep=known.keep, busy_timeout=options.wait
    )
    store.freezing = freezing(known.policy, clock)
    return store


def _as_counts(label: str, requests: Requests, durations: Durations) -> MinuteCounts:
    keys: dict[tuple[str, int], int] = {}
    hours: dict[int, dict[int, int]] = {}
    minutes: dict[int, dict[int, int]] = {}
    for (minute, rule, status), number in requests.items():
        code = keys.setdefault((rule, status), len(keys))
        minutes.setdefault(minute, {})[code] = number
    for (hour, rule, status, bucket), number in durations.items():
        hours.setdefault(hour, {})[bucket * CODES + keys[rule, status]] = number
    return MinuteCounts(label, tuple(keys), minutes, hours)


def _prune(store: LiveStore, options: LiveCountOptions, clock: Clock) -> None:
    from flask_status_cli.pipeline.database.pruning import PruneOptions, prune_for_a_while

    known = options.settings
    keep = PruneOptions(options.database, known.retention, known.policy, wait=options.wait)
    try:
        prune_for_a_while(store, keep, clock=clock)
    except LockBusy:
        return
