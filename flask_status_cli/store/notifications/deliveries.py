"""The tables `notice` and `delivery`: announcements of incidents, and their sending.

A notice is stored once, with one delivery for each channel. A sender leases a delivery for the time `LEASE`,
sends it, and records the result. If it is killed before that, the lease runs out, and the next sender tries
again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from sqlalchemy import ColumnElement, Row, Select, func, insert, select, update

from flask_status_cli.frozen import frozen
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
from flask_status_cli.store.database.key_values import NumberName
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
"""A lease lasts this long, which is many times the time limit of sending."""

FIRST_PAUSE: Final = timedelta(minutes=1)
"""The pause after the first failed attempt. Each later pause is twice as long."""

LONGEST_PAUSE: Final = timedelta(hours=1)
"""No pause between two attempts is longer than this."""

ENDS_WITHIN: Final = timedelta(hours=26)
"""Silence closes an incident after a day. So an incident can end this long after counts were last stored."""

GIVE_UP_AFTER: Final = timedelta(hours=24)
"""A delivery is given up this long after its notice was made."""

Moment: TypeAlias = tuple[int, int, int]
"""A fingerprint of the data that announcements are made from. It changes whenever the data change."""


def last_changes(connection: Connection) -> Moment:
    """Return when counts were last stored, in microseconds, and the newest numbers of notice and incident."""
    newest = (stream.c.updated_at, extension_span.c.last, notice.c.number, incident.c.number)
    read, counted, last_notice, last_incident = (
        connection.scalar(select(func.max(each))) for each in newest
    )
    by_log = 0 if read is None else microseconds(read)
    by_app = 0 if counted is None else microseconds(instant_of(counted))
    return max(by_log, by_app), last_notice or 0, last_incident or 0


@frozen
class DueWork:
    """The work that is to be done for notifications.

    - `new`: whether counts must be searched for incidents.
    - `waiting`: whether there are messages to send now.
    - `failures`: whether there are failed deliveries to report.
    """

    new: bool
    waiting: bool
    failures: bool


def due_work(connection: Connection, channels: Collection[str], *, now: datetime) -> DueWork:
    """Return the work that is to be done at `now` for these channels."""
    stored = last_changes(connection)[0]
    return DueWork(
        new=key_values.read(connection, NumberName.LOOKED_AT) != stored
        or _may_end(connection, stored, now)
        or _is_traffic_expected(connection),
        waiting=bool(due(connection, channels, now=now)),
        failures=any(unreported(connection)),
    )


def _is_traffic_expected(connection: Connection) -> bool:
    """Return whether any traffic is expected. Then a lack of new counts may be an incident."""
    return connection.execute(select(expectation.c.rule).limit(1)).first() is not None


def _may_end(connection: Connection, stored: int, now: datetime) -> bool:
    """Return whether an open announced incident may end because time passes, without new counts."""
    if microseconds(now) - stored > ENDS_WITHIN // timedelta(microseconds=1):
        return False
    over = select(notice.c.incident).where(notice.c.transition == Transition.RESOLVED.value)
    opened = select(notice.c.number).where(
        notice.c.transition == Transition.OPENED.value, notice.c.incident.not_in(over)
    )
    return connection.execute(opened.limit(1)).first() is not None


def announcements(connection: Connection) -> Announcements:
    """Return which transitions of which incidents were announced."""
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
    """Store notices with deliveries to these channels, which are due now."""
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


def store_anchors(
    connection: Connection, anchors: Iterable[IncidentAnchor], *, looked: int
) -> None:
    """Store anchors of incidents, and that all counts stored until `looked` were searched for incidents.

    `looked` is in microseconds since the epoch.
    """
    for anchor in anchors:
        notes.anchor(connection, anchor)
    key_values.put(connection, NumberName.LOOKED_AT, looked)


def due(connection: Connection, channels: Collection[str], *, now: datetime) -> list[Delivery]:
    """Return the deliveries that may be sent now: for each channel the oldest one.

    A channel gets the messages of one incident in order. So a delivery is not due before the earlier ones of
    its incident have arrived or were given up.
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


def lease(connection: Connection, deliveries: Iterable[Delivery], *, now: datetime) -> None:
    """Lease deliveries, so that no other process sends them for the time `LEASE`."""
    values = {"leased_until": now + LEASE, "attempts": delivery.c.attempts + 1}
    for each in deliveries:
        connection.execute(update(delivery).where(_is(each)).values(values))


def mark_arrived(connection: Connection, sent: Delivery, *, now: datetime) -> None:
    """Record that a delivery has arrived."""
    values = {"done_at": now, "leased_until": None, "problem": None}
    connection.execute(update(delivery).where(_is(sent)).values(values))


def mark_failed(connection: Connection, tried: Delivery, problem: str, *, now: datetime) -> None:
    """Record why a delivery failed, and when it is tried again. After a day it is given up."""
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


def unreported(connection: Connection) -> Iterator[FailedDelivery]:
    """Yield the failures to be reported: of each delivery the first one, and the last if it is given up."""
    for row in connection.execute(select(delivery).where(_is_unreported()).order_by(*_KEY)):
        yield FailedDelivery(row.channel, row.problem, row.next_at if row.done_at is None else None)


def mark_reported(connection: Connection) -> None:
    """Record that all failures were reported."""
    connection.execute(update(delivery).where(_is_unreported()).values(told=True))


_KEY = (delivery.c.notice, delivery.c.channel)


def _undone(channels: Collection[str]) -> Select[*tuple[object, ...]]:
    return (
        select(delivery, notice.c.incident, notice.c.transition, notice.c.body, notice.c.made_at)
        .join_from(delivery, notice, notice.c.number == delivery.c.notice)
        .where(delivery.c.done_at.is_(None), delivery.c.channel.in_(channels))
        .order_by(*_KEY)
    )


def _may_be_sent(row: Row[*tuple[object, ...]], now: datetime) -> bool:
    """Return whether a delivery is due and not leased.

    A lease or a pause that ends too late is ignored, because the clock was set back.
    """
    leased = row.leased_until is not None and now < row.leased_until <= now + LEASE
    return not leased and (row.next_at <= now or row.next_at > now + LONGEST_PAUSE)


def _notice(row: Row[*tuple[object, ...]]) -> Notice:
    return Notice(row.incident, Transition(row.transition), row.body)


def _is(each: Delivery) -> ColumnElement[bool]:
    return (delivery.c.notice == each.number) & (delivery.c.channel == each.channel)


def _is_unreported() -> ColumnElement[bool]:
    return delivery.c.problem.is_not(None) & delivery.c.told.is_(False)
