"""The expected traffic that is stored: by which rule, how often, and since when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.statements import compiled

if TYPE_CHECKING:
    from flask_status_cli.model import Expectation


def read(connection: Connection) -> tuple[Expectation, ...]:
    """List the expected traffic."""
    rows = connection.rows(compiled.EXPECTATIONS)
    if not rows:  # as in most databases
        return ()
    from flask_status_cli.model import Expectation

    return tuple(Expectation(*row) for row in rows)


def write(connection: Connection, wanted: Iterable[Expectation], *, minute: int) -> None:
    """Replace the expected traffic. New expectations begin in the epoch minute `minute`.

    Unchanged ones keep the minute in which they began.
    """
    known = {each.rule: each for each in read(connection)}
    left = {each.rule: each for each in wanted}
    kept = {
        rule for rule, each in left.items() if rule in known and known[rule].minutes == each.minutes
    }
    for rule in known.keys() - kept:
        connection.change(compiled.DROP_EXPECTATION, of_rule=rule)
    new = [
        {"rule": each.rule, "minutes": each.minutes, "since": minute}
        for rule, each in sorted(left.items())
        if rule not in kept
    ]
    if new:
        connection.change_each(compiled.ADD_EXPECTATION, new)
