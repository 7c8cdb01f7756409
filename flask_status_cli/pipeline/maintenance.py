"""Adds, lists and removes maintenance windows. They are extended to whole quarters of an hour."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_status_cli import summary
from flask_status_cli.errors import MaintenanceError, OptionError
from flask_status_cli.frozen import frozen
from flask_status_cli.model import EPOCH, Maintenance
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.times import Clock
from flask_status_cli.store import Ledger, Store
from flask_status_cli.summary.calendar import QUARTER

SEE_ALL = "flask-status maintenance list shows them"


@frozen
class MaintenanceOptions:
    """A maintenance window to add. Either `end` or `length` is given.

    - `start`, `end`: instants as text, in `zone` unless they have an offset. A `start` of `None` means now.
    - `length`: a length of time as text.
    - `rules`: globs on the rule. Without any, all routes are in maintenance.
    """

    database: Database
    zone: ZoneInfo
    start: str | None
    end: str | None
    length: str | None
    rules: tuple[str, ...] = ()
    note: str = ""


@frozen
class AddedMaintenance:
    """A stored maintenance window. `add_maintenance` returns it.

    - `snapped`: whether the window was extended to whole quarters of an hour.
    - `unmatched`: its globs that match no route.
    """

    window: Maintenance
    snapped: bool
    unmatched: tuple[str, ...]


def add_maintenance(options: MaintenanceOptions, *, clock: Clock) -> AddedMaintenance:
    """Store a window. Raises `DatabaseError`, and `OptionError` if its end is not after its beginning."""
    start, end = _asked(options, clock)
    first, beyond = (start - EPOCH) // QUARTER, -((EPOCH - end) // QUARTER)
    window = Maintenance(
        0, EPOCH + first * QUARTER, EPOCH + beyond * QUARTER, options.rules, options.note
    )
    with Store.open(options.database, create=False, clock=clock) as store:
        stored = store.add_maintenance(window)
    routes = Ledger.read(options.database, Ledger.routes)
    unmatched = summary.matching_no_route(stored, routes)
    return AddedMaintenance(stored, (stored.start, stored.end) != (start, end), unmatched)


def list_maintenance(database: Database) -> tuple[Maintenance, ...]:
    """Return every window, sorted by when it begins."""
    return Ledger.read(database, Ledger.maintenance)


def remove_maintenance(database: Database, number: int, *, clock: Clock) -> None:
    """Remove the window with this number. Raises `MaintenanceError` if there is none."""
    with Store.open(database, create=False, clock=clock) as store:
        if not store.remove_maintenance(number):
            raise MaintenanceError(str(number), "no such maintenance window", SEE_ALL)


def _asked(options: MaintenanceOptions, clock: Clock) -> tuple[datetime, datetime]:
    zone = options.zone
    start = clock().replace(second=0, microsecond=0)
    if options.start is not None:
        start = summary.instant_from(options.start, zone, option="--from")
    if options.length is not None:
        end = start + summary.length_from(options.length, option="--for")
    else:
        end = summary.instant_from(options.end or "", zone, option="--to")
    if end <= start:
        raise OptionError("--to", "the end is not after the beginning", "give a later end")
    return start, end
