"""Single numbers of a database."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.schema.encoding import microseconds
from flask_status_cli.store.statements import compiled

PRUNE_EVERY: Final = timedelta(days=1)


class Fact(Enum):
    """The numbers by name. Instants are microseconds since the epoch."""

    CREATED_AT = "created_at"
    POURED = "poured"  # requests that went from `waiting` into `<unmatched>`
    OTHER = "other"  # requests that went into `<other>`
    CROWDS = "crowds"  # how often crowds have formed, 1 being a database in which none has yet
    MERGED = (
        "merged"  # requests in crowds when a rule or `keep` came that some of them may belong to
    )
    RULES = "rules"  # how often declared rules were changed
    PRUNED_AT = "pruned_at"  # when minutes were last pruned
    MINUTES_FROM = "minutes_from"  # the epoch minute from which on all minutes are kept
    QUARTERS_FROM = "quarters_from"  # the epoch quarter from which on all quarters are kept
    SETTLED_SINCE = "settled_since"  # the epoch minute before which episodes are settled
    LOOKED_AT = "looked_at"  # when what was last looked through for incidents was stored
    CLOCK_BELIEVED = "clock_believed"  # the clock of the last run that is believed
    CLOCK_DOUBTED = "clock_doubted"  # that of the last run on the other side of a jump, else 0
    CLOCK_COUNTED = "clock_counted"  # when the last of the next was counted
    CLOCK_DAYS = "clock_days"  # on how many days there was a run on the other side of a jump
    THINNED_AT = "thinned_at"  # when marks of old streams were last looked through
    DAMAGED = "damaged"  # 1 where the last daily check found the file damaged


def read(connection: Connection, name: Fact) -> int:
    """Return the number, 0 if it was never set."""
    return connection.value(compiled.FACT, of=name.value) or 0


def put(connection: Connection, name: Fact, value: int) -> None:
    """Set the number."""
    connection.change(compiled.PUT_FACT, name=name.value, value=value)


def add(connection: Connection, name: Fact, requests: int) -> None:
    """Add `requests` to the number."""
    if requests:
        put(connection, name, read(connection, name) + requests)


def pruning_is_due(connection: Connection, *, now: datetime) -> bool:
    """Return whether the last pruning, or the making of the database, is a day ago or in the future."""
    last = read(connection, Fact.PRUNED_AT) or read(connection, Fact.CREATED_AT)
    ago = microseconds(now) - last
    return not 0 <= ago < PRUNE_EVERY // timedelta(microseconds=1)
