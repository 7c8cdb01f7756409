"""The requests that were counted in some minutes, of all labels and routes together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from itertools import chain

from flask_status_cli.store.database import key_values
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.database.key_values import NumberName
from flask_status_cli.store.statements import compiled


def of_minutes(connection: Connection, minutes: Collection[int]) -> Mapping[int, Mapping[int, int]]:
    """Return the requests of each of these minutes by status. Minutes that may be pruned are left out."""
    kept_from = key_values.read(connection, NumberName.MINUTES_FROM)
    found: dict[int, Counter[int]] = {m: Counter() for m in sorted(minutes) if m >= kept_from}
    if not found:
        return {}
    cells = connection.rows(compiled.CELLS_OF_MINUTES, of_minutes=list(found))
    waiting = connection.rows(compiled.WAITING_OF_MINUTES, of_minutes=list(found))
    for minute, status, requests in chain(((m, s, n) for m, _, s, n in cells), waiting):
        found[minute][status] += requests
    return found
