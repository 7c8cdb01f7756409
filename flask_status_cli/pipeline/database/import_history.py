"""Imports the counts of a database of flask-server-status."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from flask_status_cli.errors import DatabaseError
from flask_status_cli.frozen import frozen
from flask_status_cli.model import ImportedHistory, MinuteCounts, instant_of, minute_of
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.times import Clock
from flask_status_cli.store import LiveStore
from flask_status_cli.store.copies.flask_server_status import read

WAIT = 10.0
"""The number of seconds to wait while another program locks the database."""


@frozen
class ImportOptions:
    """The options of `db import`.

    - `database`: where the counts are stored.
    - `label`: the label of their routes.
    - `zone`: the time zone of the old database.
    - `again`: whether to add the counts even if there are requests of that time and label already.
    """

    database: Database
    label: str
    zone: tzinfo
    again: bool = False


def import_history(old: Path, options: ImportOptions, *, clock: Clock) -> ImportedHistory:
    """Store all counts of the database `old`, or none of them. Return the numbers of requests and rules.

    Raises `DatabaseError`, for example if there are requests of that time and label already.
    """
    database, label = options.database, options.label
    history = read(old)
    counted = _as_counts(label, history.requests, options.zone)
    if not counted.minutes:
        return ImportedHistory(0, 0, history.skipped, None, None)
    first, last = min(counted.minutes), max(counted.minutes)
    with (
        LiveStore.open(database, create=True, clock=clock) as store,
        store.locked(wait=WAIT),
    ):
        if not options.again and store.holds(label, first, last):
            what = f"already has requests from {_day(first)} to {_day(last)}"
            raise DatabaseError(str(database), what, "--yes adds the new ones to them")
        store.import_counts(counted)
    rules = {rule for rule, _status in counted.keys}
    return ImportedHistory(
        sum(history.requests.values()),
        len(rules),
        history.skipped,
        instant_of(first),
        instant_of(last),
    )


def _as_counts(
    label: str, requests: Counter[tuple[datetime, str, int]], zone: tzinfo
) -> MinuteCounts:
    keys: dict[tuple[str, int], int] = {}
    minutes: dict[int, dict[int, int]] = {}
    for (local, rule, status), number in sorted(requests.items()):
        code = keys.setdefault((rule, status), len(keys))
        row = minutes.setdefault(minute_of(local.replace(tzinfo=zone).astimezone(UTC)), {})
        row[code] = row.get(code, 0) + number
    return MinuteCounts(label, tuple(keys), minutes)


def _day(minute: int) -> str:
    return instant_of(minute).strftime("%Y-%m-%d")
