"""Moves requests from discovered routes to the declared routes that they belong to.

No log is read again. Every request keeps its minute and status.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, Protocol

from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Table,
    delete,
    exists,
    func,
    select,
    true,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from flask_status_cli.model import UNMATCHED, Declaration, Origin
from flask_status_cli.model.route.url_rules import DroppedMark, MovedRequests, RouteMark
from flask_status_cli.store.counts import waiting_paths
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.queries import durations
from flask_status_cli.store.routes.route_book import PSEUDO
from flask_status_cli.store.schema.tables import (
    crowd_page,
    incident,
    minute_count,
    page_count,
    quarter_count,
    route,
    settled,
    waiting,
)
from flask_status_cli.store.statements.builders import summed


class FindDeclared(Protocol):
    """A function that finds the declared rule for all requests of a discovered rule."""

    def __call__(self, rule: str, *, hasty: bool = False) -> str | None:
        """Return the declared rule, `UNMATCHED` if there is none, `None` if there may be several.

        With `hasty`, it is faster and may return `UNMATCHED` if there may be several.
        """


TIERS: Final = (minute_count, quarter_count, *durations.TIERS)
"""The tables of counts by route."""

MOVED: Final = Table(
    "moved",
    MetaData(),
    Column("old", Integer, primary_key=True),
    Column("new", Integer, nullable=False),
    prefixes=["TEMPORARY"],
)
"""A temporary table: the new route of each route whose counts are moved. One statement moves them all."""


def move(
    connection: Connection,
    label: str,
    place: FindDeclared,
    done: Declaration,
    *,
    were: Collection[str],
) -> Declaration:
    """Move the requests of discovered and waiting rules to declared ones; return `done` with the result.

    `were` are the rules that were discovered before the declaration. If such a rule is declared now, it keeps
    its requests.
    """
    declared = _numbers(connection, label, discovered=False)
    requests = _requests(connection)
    targets: dict[int, int] = {}
    unclear: dict[str, int] = {}
    foreign: dict[str, int] = {}
    moves: list[MovedRequests] = []
    for rule, number in _numbers(connection, label, discovered=True).items():
        wanted = place(rule)
        if wanted in declared:
            targets[number] = declared[wanted]
            moves.append(MovedRequests(rule, wanted, requests.get(number, 0)))
        else:
            (unclear if wanted is None else foreign)[rule] = requests.get(number, 0)
    for rule in were:
        if rule in declared and place(rule) != rule:
            unclear[rule] = requests.get(declared[rule], 0)
    waiting_targets = _declared_routes(_waiting(connection, label), place, declared)
    successors = _single_successors(targets, waiting_targets, requests)
    dropped = _move(connection, targets, successors)
    moved = waiting_paths.move(connection, label, waiting_targets)
    names = {number: rule for rule, number in declared.items()}
    moves += [MovedRequests(UNMATCHED, names[number], n) for number, n in moved.items() if n]
    pseudo = select(route.c.id).where(route.c.label == label, route.c.rule.in_(PSEUDO))
    return replace(
        done,
        moves=tuple(sorted(moves, key=lambda one: (-one.requests, one.rule, one.to))),
        unclear=unclear,
        foreign=foreign,
        unknown=sum(requests.get(number, 0) for number in connection.scalars(pseudo)),
        dropped=tuple(dropped),
    )


def _declared_routes(
    rules: Iterable[str], place: FindDeclared, declared: Mapping[str, int]
) -> dict[str, int]:
    """Return the declared route of each waiting rule that has one."""
    found = {rule: declared.get(place(rule, hasty=True) or UNMATCHED) for rule in rules}
    return {rule: number for rule, number in found.items() if number is not None}


def _single_successors(
    targets: Mapping[int, int], waiting_targets: Mapping[str, int], requests: Mapping[int, int]
) -> frozenset[int]:
    """Return the routes that get the requests of one other route, and have none themselves."""
    sources = Counter([*targets.values(), *waiting_targets.values()])
    return frozenset(new for new, n in sources.items() if n == 1 and not requests.get(new))


def discovered(connection: Connection, label: str) -> frozenset[str]:
    """Return the rules of a label that were discovered and not declared."""
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


def _move(
    connection: Connection, targets: Mapping[int, int], successors: Collection[int]
) -> list[DroppedMark]:
    """Add the counts of routes to their targets, and delete the routes; return the marks that are lost.

    Marks by the user are kept only if the target is one of the `successors`.
    """
    if not targets:
        return []
    MOVED.create(connection.alchemy)
    connection.execute(insert(MOVED), [{"old": old, "new": new} for old, new in targets.items()])
    for table in TIERS:
        _add(connection, table)
    dropped: list[DroppedMark] = []
    for old, new in targets.items():
        _rename_incidents(connection, old, new)
        if new in successors:
            _copy_marks(connection, old, new)
        else:
            dropped += _lost_marks(connection, old, new)
    for pages in (crowd_page, page_count):
        connection.execute(delete(pages).where(pages.c.route.in_(select(MOVED.c.old))))
    connection.execute(delete(route).where(route.c.id.in_(select(MOVED.c.old))))
    MOVED.drop(connection.alchemy)
    return dropped


def _add(connection: Connection, table: Table) -> None:
    key = [MOVED.c.new if column.name == "route" else column for column in table.primary_key]
    added = list(table.columns)[-1]
    rows = (
        select(*key, summed(added))
        .join_from(table, MOVED, MOVED.c.old == table.c.route)
        .where(true())  # without it SQLite reads ON CONFLICT as part of the join
        .group_by(*key)
    )
    statement = insert(table).from_select([c.name for c in table.columns], rows)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=list(table.primary_key),
            set_={added.name: added + statement.excluded[added.name]},
        )
    )
    connection.execute(delete(table).where(table.c.route.in_(select(MOVED.c.old))))


def _rename_incidents(connection: Connection, old: int, new: int) -> None:
    """Assign the announced incidents and closed episodes of a route to the other route's rule."""
    given = connection.execute(select(route).where(route.c.id == old)).one()
    rule = select(route.c.rule).where(route.c.id == new).scalar_subquery()
    its = (incident.c.label == given.label, incident.c.rule == given.rule)
    connection.execute(update(incident).where(*its).values(rule=rule))
    was = (settled.c.label == given.label, settled.c.rule == given.rule)
    # If both routes have an episode that starts in the same minute, the target's episode stays.
    other = settled.alias("other")
    same = (other.c.label == given.label, other.c.rule == rule, other.c.start == settled.c.start)
    connection.execute(delete(settled).where(*was, exists().where(*same)))
    connection.execute(update(settled).where(*was).values(rule=rule))


def _copy_marks(connection: Connection, old: int, new: int) -> None:
    """Copy the user's name, description and hidden mark of a route to another one that has none."""
    given = connection.execute(select(route).where(route.c.id == old)).one()
    mine = route.c.id == new
    for column in ("given_name", "given_doc"):
        value = getattr(given, column)
        if value is not None:
            unset = route.c[column].is_(None)
            connection.execute(update(route).where(mine, unset).values({column: value}))
    if given.hidden:
        connection.execute(update(route).where(mine).values(hidden=True))


def _lost_marks(connection: Connection, old: int, new: int) -> Iterator[DroppedMark]:
    """Yield the marks by the user of a route that is deleted."""
    given = connection.execute(select(route).where(route.c.id == old)).one()
    to: str = connection.scalars(select(route.c.rule).where(route.c.id == new)).one()
    marks = (
        (RouteMark.NAME, given.given_name is not None),
        (RouteMark.DESCRIPTION, given.given_doc is not None),
        (RouteMark.HIDDEN, given.hidden),
    )
    for mark, has in marks:
        if has:
            yield DroppedMark(given.rule, mark, to)
