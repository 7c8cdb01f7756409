"""Requests that were counted under discovered routes go to the declared ones they belong to.

Nothing is read again: `place(rule)` says where all requests of a discovered rule belong. Every request
stays at its minute and status.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final, Protocol

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    delete,
    func,
    select,
    true,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from flask_status_cli.model import UNMATCHED, Declaration, Origin
from flask_status_cli.store import waiting as waits
from flask_status_cli.store.route_book import PSEUDO
from flask_status_cli.store.schema import (
    incident,
    minute_count,
    quarter_count,
    route,
    settled,
    waiting,
)


class Place(Protocol):
    """Finds the declared rule of a discovered one; `UNMATCHED` for none, `None` where it may be several."""

    def __call__(self, rule: str, *, hasty: bool = False) -> str | None:
        """Find it; where `hasty`, `UNMATCHED` may also be said of several."""


TIERS: Final = (minute_count, quarter_count)

MOVED: Final = Table(
    "moved",
    MetaData(),
    Column("old", Integer, primary_key=True),
    Column("new", Integer, nullable=False),
    prefixes=["TEMPORARY"],
)
"""The routes whose counts go to others: one statement moves them all."""


def move(
    connection: Connection, label: str, place: Place, done: Declaration, *, were: Collection[str]
) -> Declaration:
    """Move what can be moved; return what was done, this included.

    `were` are the rules that were discovered before: one that is now declared keeps what it had.
    """
    declared = _numbers(connection, label, discovered=False)
    requests = _requests(connection)
    goes: dict[int, int] = {}
    unclear: dict[str, int] = {}
    foreign: dict[str, int] = {}
    for rule, number in _numbers(connection, label, discovered=True).items():
        wanted = place(rule)
        if wanted in declared:
            goes[number] = declared[wanted]
        else:
            (unclear if wanted is None else foreign)[rule] = requests.get(number, 0)
    for rule in were:
        if rule in declared and place(rule) != rule:
            unclear[rule] = requests.get(declared[rule], 0)
    _pour(connection, goes)
    claimed = {
        rule: declared.get(place(rule, hasty=True) or UNMATCHED)
        for rule in _waiting(connection, label)
    }
    answers = {rule: number for rule, number in claimed.items() if number is not None}
    moved = sum(waits.claim(connection, label, answers).values())
    moved += sum(requests.get(number, 0) for number in goes)
    pseudo = select(route.c.id).where(route.c.label == label, route.c.rule.in_(PSEUDO))
    unknown = sum(requests.get(number, 0) for number in connection.scalars(pseudo))
    return replace(done, moved=moved, unclear=unclear, foreign=foreign, unknown=unknown)


def discovered(connection: Connection, label: str) -> frozenset[str]:
    """Return the rules that only requests have told of."""
    return frozenset(_numbers(connection, label, discovered=True))


def _numbers(connection: Connection, label: str, *, discovered: bool) -> dict[str, int]:
    origin = route.c.origin == Origin.DISCOVERED.value
    kind = origin if discovered else ~origin & ~route.c.retired
    rows = connection.execute(
        select(route.c.rule, route.c.id)
        .where(route.c.label == label, kind, route.c.rule.not_in(PSEUDO))
        .order_by(route.c.rule)
    )
    return {row.rule: row.id for row in rows}


def _waiting(connection: Connection, label: str) -> list[str]:
    rules = select(waiting.c.rule).where(waiting.c.label == label).distinct()
    return sorted(connection.scalars(rules))


def _requests(connection: Connection) -> dict[int, int]:
    table = quarter_count
    sums = select(table.c.route, func.sum(table.c.requests)).group_by(table.c.route)
    return {row[0]: row[1] for row in connection.execute(sums)}


def _pour(connection: Connection, goes: Mapping[int, int]) -> None:
    """Add routes' counts to others', and drop them."""
    if not goes:
        return
    MOVED.create(connection)
    connection.execute(insert(MOVED), [{"old": old, "new": new} for old, new in goes.items()])
    for table in TIERS:
        _add(connection, table)
    for old, new in goes.items():
        _hand_on(connection, old, new)
    connection.execute(delete(route).where(route.c.id.in_(select(MOVED.c.old))))
    MOVED.drop(connection)


def _add(connection: Connection, table: Table) -> None:
    time = next(iter(table.columns))
    key = (time, MOVED.c.new, table.c.status)
    rows = (
        select(*key, func.sum(table.c.requests))
        .join_from(table, MOVED, MOVED.c.old == table.c.route)
        .where(true())  # without it SQLite reads ON CONFLICT as part of the join
        .group_by(*key)
    )
    statement = insert(table).from_select([c.name for c in table.columns], rows)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=list(table.primary_key),
            set_={"requests": table.c.requests + statement.excluded.requests},
        )
    )
    connection.execute(delete(table).where(table.c.route.in_(select(MOVED.c.old))))


def _hand_on(connection: Connection, old: int, new: int) -> None:
    """Keep a name, a description and a mark that were given by hand where the other has none.

    An incident that was told of the route, or is settled, is found again by the other's rule.
    """
    given = connection.execute(select(route).where(route.c.id == old)).one()
    mine = route.c.id == new
    its = (incident.c.label == given.label, incident.c.rule == given.rule)
    rule = select(route.c.rule).where(mine).scalar_subquery()
    connection.execute(update(incident).where(*its).values(rule=rule))
    was = (settled.c.label == given.label, settled.c.rule == given.rule)
    one_of_each = update(settled).prefix_with(
        "OR IGNORE"
    )  # where both failed from the same minute on
    connection.execute(one_of_each.where(*was).values(rule=rule))
    for column in ("given_name", "given_doc"):
        value = getattr(given, column)
        if value is not None:
            unset = route.c[column].is_(None)
            connection.execute(update(route).where(mine, unset).values({column: value}))
    if given.hidden:
        connection.execute(update(route).where(mine).values(hidden=True))
