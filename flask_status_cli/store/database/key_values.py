"""The table `fact`: single numbers of a database, by name."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.schema.encoding import microseconds
from flask_status_cli.store.statements import compiled

PRUNE_EVERY: Final = timedelta(days=1)
"""An ingest prunes this often."""


class NumberName(Enum):
    """The names of the numbers. Instants are microseconds since the epoch."""

    CREATED_AT = "created_at"  # when the database was made
    POURED = "poured"  # requests of `waiting` that were counted as `<unmatched>` for ever
    OTHER = "other"  # requests that were counted as `<other>`
    CROWDS = "crowds"  # 1 plus how often crowds have formed; 0 if the database is older than crowds
    MERGED = "merged"  # requests in a crowd that may belong to a rule or `keep` given later
    RULES = "rules"  # how often declared rules were changed
    PRUNED_AT = "pruned_at"  # when minutes were last pruned
    MINUTES_FROM = "minutes_from"  # the epoch minute from which on all minutes are kept
    QUARTERS_FROM = "quarters_from"  # the epoch quarter from which on all quarters are kept
    SETTLED_SINCE = "settled_since"  # the epoch minute before which closed episodes are stored
    LOOKED_AT = "looked_at"  # when the counts that were last searched for incidents were stored
    CLOCK_BELIEVED = "clock_believed"  # when the last run with a trusted clock ended
    CLOCK_DOUBTED = "clock_doubted"  # when the last run after a jump of the clock ended, else 0
    CLOCK_COUNTED = "clock_counted"  # when the last day of `clock_days` was counted
    CLOCK_DAYS = "clock_days"  # on how many days there were runs after a jump of the clock
    THINNED_AT = "thinned_at"  # when the marks of old streams were last thinned out
    DAMAGED = "damaged"  # 1 if the last daily check found the file damaged


def read(connection: Connection, name: NumberName) -> int:
    """Return the number of this name, 0 if it was never set."""
    return connection.value(compiled.FACT, of=name.value) or 0


def put(connection: Connection, name: NumberName, value: int) -> None:
    """Set the number of this name."""
    connection.change(compiled.PUT_FACT, name=name.value, value=value)


def add(connection: Connection, name: NumberName, requests: int) -> None:
    """Add `requests` to the number of this name."""
    if requests:
        put(connection, name, read(connection, name) + requests)


def pruning_is_due(connection: Connection, *, now: datetime) -> bool:
    """Return whether the last pruning is at least a day ago, or in the future because the clock was wrong.

    For a database that was never pruned, it is its creation that must be a day ago.
    """
    last = read(connection, NumberName.PRUNED_AT) or read(connection, NumberName.CREATED_AT)
    ago = microseconds(now) - last
    return not 0 <= ago < PRUNE_EVERY // timedelta(microseconds=1)
