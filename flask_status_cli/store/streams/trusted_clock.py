"""Stores which clock is trusted; see `ClockTrust`."""

from __future__ import annotations

from datetime import datetime

from flask_status_cli.model.trusted_clock import ClockTrust
from flask_status_cli.store.database import key_values
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.database.key_values import NumberName
from flask_status_cli.store.schema.encoding import instant, microseconds
from flask_status_cli.store.streams import runs


def read(connection: Connection) -> ClockTrust | None:
    """Return which clock is trusted, `None` before the first run.

    If an older version made the database, it is the clock of the last run.
    """
    trusted = _instant(connection, NumberName.CLOCK_BELIEVED)
    if trusted is None:
        last = next(runs.newest(connection, 1), None)
        return None if last is None else ClockTrust(last.finished_at)
    return ClockTrust(
        trusted,
        _instant(connection, NumberName.CLOCK_DOUBTED),
        _instant(connection, NumberName.CLOCK_COUNTED),
        key_values.read(connection, NumberName.CLOCK_DAYS),
    )


def note_run(connection: Connection, before: ClockTrust | None, *, now: datetime) -> None:
    """Record that a run ended at `now`. `before` is the result of `read` before the run was stored."""
    write(connection, ClockTrust(now) if before is None else before.after_run(now))


def write(connection: Connection, clock_trust: ClockTrust) -> None:
    """Store which clock is trusted now."""
    key_values.put(connection, NumberName.CLOCK_BELIEVED, microseconds(clock_trust.trusted))
    for name, value in (
        (NumberName.CLOCK_DOUBTED, clock_trust.doubted),
        (NumberName.CLOCK_COUNTED, clock_trust.counted),
    ):
        key_values.put(connection, name, 0 if value is None else microseconds(value))
    key_values.put(connection, NumberName.CLOCK_DAYS, clock_trust.days)


def _instant(connection: Connection, name: NumberName) -> datetime | None:
    found = key_values.read(connection, name)
    return instant(found) if found else None
