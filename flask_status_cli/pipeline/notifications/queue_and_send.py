"""Queues messages about incidents in the database, and sends them."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from flask_status_cli import judgement, notify, summary
from flask_status_cli.frozen import frozen
from flask_status_cli.model import (
    FailedDelivery,
    Incident,
    IncidentAnchor,
    Notice,
    Policy,
    Transition,
)
from flask_status_cli.model.database_url import Database
from flask_status_cli.model.settings import NotifySettings, Settings
from flask_status_cli.model.times import Clock
from flask_status_cli.notify import Channel
from flask_status_cli.store import DatabaseChanged, NotificationReader, Outbox
from flask_status_cli.store.notifications.deliveries import DueWork
from flask_status_cli.summary import RouteSelection

ATTEMPTS = 5
"""If the database changes meanwhile, it is read at most this many times. Then the next run tries again."""

SEND_FOR = timedelta(minutes=1)
"""A process sends for at most this long. The next one sends the rest."""


@frozen
class NotifyOptions:
    """Who receives messages, and about which incidents.

    - `settings`: the channels.
    - `policy`: how incidents are found.
    - `shown`: the routes whose incidents are announced.
    - `title`: the name of the site, with which messages begin.
    - `stale_after`: if the log was not read for this long, nothing is sent about open incidents.
    """

    database: Database
    settings: NotifySettings
    policy: Policy
    shown: RouteSelection
    title: str = ""
    stale_after: timedelta = summary.STALE_AFTER

    @classmethod
    def of(cls, database: Database, known: Settings) -> NotifyOptions:
        """Return the options of some settings. Raises `OptionError`."""
        policy, shown = judgement.policy(known.policy), RouteSelection(known.only, known.exclude)
        return cls(database, known.notify, policy, shown, known.title, known.stale_after)

    def channels(self) -> tuple[Channel, ...]:
        """Return the channels of the settings."""
        return notify.channels(self.settings)


def queue_notices(options: NotifyOptions, *, clock: Clock) -> DueWork:
    """Queue the messages that are due, and return what there is to send. Raises `DatabaseError`.

    If no counts were stored since the last call, incidents are not searched again.
    """
    ids = [channel.id for channel in options.channels()]
    for _ in range(ATTEMPTS):
        with NotificationReader.open(options.database) as ledger:
            seen, outlook = ledger.moment(), ledger.outlook(ids, now=clock())
            if not outlook.new:
                return outlook
            wanted = _Wanted.of(ledger, options, now=clock())
        try:
            with Outbox.open(options.database) as outbox:
                outbox.put(
                    wanted.notices,
                    levels=wanted.due.levels or {},
                    anchors=wanted.anchors,
                    channels=ids,
                    seen=seen,
                    now=clock(),
                )
        except DatabaseChanged:
            continue
    return outlook


@frozen
class _Wanted:
    """The messages to queue for the present incidents."""

    due: notify.DueMessages
    notices: tuple[Notice, ...] = ()
    anchors: tuple[IncidentAnchor, ...] = ()

    @classmethod
    def of(cls, ledger: NotificationReader, options: NotifyOptions, *, now: datetime) -> _Wanted:
        newest = summary.newest_entry(ledger, now=now)
        if newest is None:
            return cls(notify.DueMessages())
        policy, shown = options.policy, options.shown.shows_rule
        read = summary.log_freshness(ledger, now=now, stale_after=options.stale_after)
        named = summary.with_failing(ledger, policy, now=now)
        found = notify.due_messages(
            summary.find_incidents(named, policy, newest=newest, read=read, shows=shown),
            ledger.announcements(),
            now=now,
            newest=newest,
            recent=summary.recent_of(named, policy, newest=newest, minutes=notify.LEVEL_MINUTES),
        )
        return cls(
            found,
            tuple(_notice(*each, title=options.title) for each in found.transitions),
            tuple(i.anchor for _, kind, i in found.transitions if kind is Transition.OPENED),
        )


def _notice(announced_as: str, transition: Transition, incident: Incident, *, title: str) -> Notice:
    from flask_status_cli.render.json import report_json
    from flask_status_cli.render.text import deploys
    from flask_status_cli.render.text.words import ENGLISH

    return notify.message(
        announced_as,
        transition,
        _printable(incident),
        document=report_json.incident(incident),
        title=title,
        deployed=deploys.began(incident, ENGLISH),
    )


def _printable(incident: Incident) -> Incident:
    """Return the incident with routes as they are shown to people. Visitors choose their rules and hosts."""
    from flask_status_cli.render.escape import printable

    routes = (
        replace(each, rule=printable(each.rule), label=printable(each.label))
        for each in incident.routes
    )
    return replace(incident, routes=tuple(routes))


def send_waiting(options: NotifyOptions, *, clock: Clock) -> None:
    """Send the queued messages that are due, and record the results. Raises `DatabaseError`."""
    channels = {channel.id: channel for channel in options.channels()}
    end = clock() + SEND_FOR
    with Outbox.open(options.database) as outbox:
        while clock() < end and (taken := outbox.take(channels, now=clock())):
            results = notify.send([(channels[each.channel], each.notice) for each in taken])
            outcomes = {each: results[channels[each.channel]] for each in taken}
            outbox.record_results(outcomes, now=clock())


def failures(options: NotifyOptions) -> list[tuple[str, FailedDelivery]]:
    """Return the failures since the last call, each with the name of its channel. Raises `DatabaseError`."""
    names = {channel.id: channel.name for channel in options.channels()}
    with Outbox.open(options.database) as outbox:
        found = outbox.failures()
    return [(names[each.channel], each) for each in found if each.channel in names]


def send_test(options: NotifyOptions, *, clock: Clock) -> list[tuple[str, str | None]]:
    """Send a test message through all channels. Return the name of each, and why it failed or `None`.

    Its key is new each time, because receivers may drop messages with a known key.
    """
    channels = options.channels()
    message = notify.test_message(secrets.token_hex(4), title=options.title, now=clock())
    results = notify.send([(channel, message) for channel in channels])
    return [(channel.name, results[channel]) for channel in channels]
