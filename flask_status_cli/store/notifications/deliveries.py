"""Announcements of incidents, and what is still to be sent: rows of `notice` and `delivery`.

A notice is stored once, with a delivery for each of its channels. A sender leases a delivery for `LEASE`,
then records the result. If it is killed first, the lease runs out and the next sender tries again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from sqlalchemy import ColumnElement, Row, Select, func, insert, select, update

from flask_status_cli.model import (
    Announcements,
    Delivery,
    FailedDelivery,
    IncidentAnchor,
    Level,
    Notice,
    Transition,
    instant_of,
)
from flask_status_cli.store.database import key_values
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.database.key_values import Fact
from flask_status_cli.store.incidents import notes
from flask_status_cli.store.schema.encoding import microseconds
from flask_status_cli.store.schema.tables import (
    delivery,
    expectation,
    extension_span,
    incident,
    notice,
    stream,
)

LEASE: Final = timedelta(minutes=1)
"""How long a sender holds a delivery; many times the time limit of sending."""

FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)
ENDS_WITHIN: Final = timedelta(hours=26)
"""An incident may end this long after counts were last stored, because silence closes it after a day."""

GIVE_UP_AFTER: Final = timedelta(hours=24)

Moment: TypeAlias = tuple[int, int, int]
"""The state on which incidents and announcements depend. It differs after every change."""


def moment(connection: Connection) -> Moment:
    """Return when counts were last stored, and the numbers of the last notice and incident."""
    newest = (stream.c.updated_at, extension_span.c.last, notice.c.number, incident.c.number)
    read, counted, told, known = (connection.scalar(select(func.max(each))) for each in newest)
    stored = 0 if read is None else microseconds(read)
    by_app = 0 if counted is None else microseconds(instant_of(counted))
    return max(stored, by_app), told or 0, known or 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What there is to do: new counts to examine, messages to send, failures to report."""

    new: bool
    waiting: bool
    failures: bool


def outlook(connection: Connection, channels: Collection[str], *, now: datetime) -> Outlook:
    """Return what there is to do."""
    stored = moment(connection)[0]
    return Outlook(
        new=key_values.read(connection, Fact.LOOKED_AT) != stored
        or _unfinished(connection, stored, now)
        or _promised(connection),
        waiting=bool(due(connection, channels, now=now)),
        failures=any(untold(connection)),
    )


def _promised(connection: Connection) -> bool:
    """Return whether traffic is expected: silence, which stores nothing, may be news then."""
    return connection.execute(select(expectation.c.rule).limit(1)).first() is not None


def _unfinished(connection: Connection, stored: int, now: datetime) -> bool:
    """Return whether time alone may end an incident that was told of: nothing has to be stored for that."""
    if microseconds(now) - stored > ENDS_WITHIN // timedelta(microseconds=1):
        return False
    over = select(notice.c.incident).where(notice.c.transition == Transition.RESOLVED.value)
    opened = select(notice.c.number).where(
        notice.c.transition == Transition.OPENED.value, notice.c.incident.not_in(over)
    )
    return connection.execute(opened.limit(1)).first() is not None


def told(connection: Connection) -> Announcements:
    """Return which incidents were announced, and what was said."""
    rows = connection.execute(select(notice.c.incident, notice.c.transition, notice.c.level)).all()
    ids = {
        transition: {row.incident: row.level for row in rows if row.transition == transition.value}
        for transition in Transition
    }
    levels = ids[Transition.OPENED].items()
    return Announcements(
        {told_as: None if level is None else Level(level) for told_as, level in levels},
        worsened=frozenset(ids[Transition.WORSENED]),
        resolved=frozenset(ids[Transition.RESOLVED]),
    )


def put(
    connection: Connection, notices: Iterable[Notice], channels: Iterable[str], *, now: datetime
) -> None:
    """Store notices, to be sent to these channels at once."""
    channels = list(channels)
    for each in notices:
        values = {"incident": each.incident, "transition": each.transition.value, "body": each.body}
        made = insert(notice).values(**values, made_at=now).returning(notice.c.number)
        number = connection.execute(made).scalar_one()
        rows = [
            {"notice": number, "channel": channel, "attempts": 0, "next_at": now, "told": False}
            for channel in channels
        ]
        connection.execute(insert(delivery), rows)


def put_levels(connection: Connection, levels: Mapping[str, Level]) -> None:
    """Store the levels of incidents that were announced as opened."""
    for told_as, level in levels.items():
        opened = (notice.c.incident == told_as) & (notice.c.transition == Transition.OPENED.value)
        connection.execute(update(notice).where(opened).values(level=level.value))


def remember(connection: Connection, anchors: Iterable[IncidentAnchor], *, looked: int) -> None:
    """Store how incidents are found again, and that the counts stored by then were examined."""
    for anchor in anchors:
        notes.anchor(connection, anchor)
    key_values.put(connection, Fact.LOOKED_AT, looked)


def due(connection: Connection, channels: Collection[str], *, now: datetime) -> list[Delivery]:
    """Return the deliveries that may be sent now: at most one of each channel, the oldest.

    The messages of an incident go through a channel in order: a later one waits until the earlier one has
    arrived or is given up.
    """
    found: dict[str, Delivery] = {}
    seen: set[tuple[str, str]] = set()
    for row in connection.execute(_undone(channels)):
        turn = (row.channel, row.incident)
        if now > row.made_at + GIVE_UP_AFTER:
            continue
        if turn not in seen and row.channel not in found and _may_be_sent(row, now):
            found[row.channel] = Delivery(row.notice, row.channel, _notice(row))
        seen.add(turn)
    return list(found.values())


def take(connection: Connection, deliveries: Iterable[Delivery], *, now: datetime) -> None:
    """Lease deliveries, so that no other process sends them for a while."""
    values = {"leased_until": now + LEASE, "attempts": delivery.c.attempts + 1}
    for each in deliveries:
        connection.execute(update(delivery).where(_is(each)).values(values))


def done(connection: Connection, sent: Delivery, *, now: datetime) -> None:
    """Record that a delivery has arrived."""
    values = {"done_at": now, "leased_until": None, "problem": None}
    connection.execute(update(delivery).where(_is(sent)).values(values))


def failed(connection: Connection, tried: Delivery, problem: str, *, now: datetime) -> None:
    """Record why a delivery failed. The pauses double; after a day it is given up."""
    row = connection.execute(_undone([tried.channel]).where(_is(tried))).one_or_none()
    if row is None:
        return
    pause = min(FIRST_PAUSE * 2 ** min(row.attempts - 1, 10), LONGEST_PAUSE)
    gone = now + pause > row.made_at + GIVE_UP_AFTER
    values = {
        "next_at": now + pause,
        "leased_until": None,
        "done_at": now if gone else None,
        "problem": problem,
        "told": row.attempts > 1 and not gone,
    }
    connection.execute(update(delivery).where(_is(tried)).values(values))


def untold(connection: Connection) -> Iterator[FailedDelivery]:
    """Yield the failures that were not reported yet: the first of a delivery, and the last."""
    for row in connection.execute(select(delivery).where(_untold()).order_by(*_KEY)):
        yield FailedDelivery(row.channel, row.problem, row.next_at if row.done_at is None else None)


def mark_told(connection: Connection) -> None:
    """Record that all failures were reported."""
    connection.execute(update(delivery).where(_untold()).values(told=True))


_KEY = (delivery.c.notice, delivery.c.channel)


def _undone(channels: Collection[str]) -> Select[*tuple[object, ...]]:
    return (
        select(delivery, notice.c.incident, notice.c.transition, notice.c.body, notice.c.made_at)
        .join_from(delivery, notice, notice.c.number == delivery.c.notice)
        .where(delivery.c.done_at.is_(None), delivery.c.channel.in_(channels))
        .order_by(*_KEY)
    )


def _may_be_sent(row: Row[*tuple[object, ...]], now: datetime) -> bool:
    """Return whether a delivery is due and no other process sends it.

    A lease or a pause that is longer than any can be is ignored: the clock was set back.
    """
    leased = row.leased_until is not None and now < row.leased_until <= now + LEASE
    return not leased and (row.next_at <= now or row.next_at > now + LONGEST_PAUSE)


def _notice(row: Row[*tuple[object, ...]]) -> Notice:
    return Notice(row.incident, Transition(row.transition), row.body)


def _is(each: Delivery) -> ColumnElement[bool]:
    return (delivery.c.notice == each.number) & (delivery.c.channel == each.channel)


def _untold() -> ColumnElement[bool]:
    return delivery.c.problem.is_not(None) & delivery.c.told.is_(False)
