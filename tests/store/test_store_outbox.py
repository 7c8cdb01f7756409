"""Messages in the database: stored once, sent by one process, tried again, and sent in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from flask_status_cli.errors import DatabaseError
from flask_status_cli.model import Delivery, IncidentAnchor, Level, Notice, Transition
from flask_status_cli.model.database_url import Database
from flask_status_cli.store import Committed, DatabaseChanged, NotificationReader, Outbox

Write = Callable[..., Committed]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
OPENED = Notice("aaaaaaaa", Transition.OPENED, "{}")
RESOLVED = Notice("aaaaaaaa", Transition.RESOLVED, "{}")
OTHER = Notice("bbbbbbbb", Transition.OPENED, "{}")
MINUTES = [minute for minute in range(26 * 60) if minute < 130 or minute % 60 in (2, 3, 4)]
"""Each minute of two hours, in which the pauses grow; then those around the attempts, an hour apart."""


class Post:
    """An outbox with one channel, unless others are named."""

    def __init__(self, path: Database) -> None:
        self.path = path
        self.outbox = Outbox.open(path)

    def put(self, *notices: Notice, channels: tuple[str, ...] = ("a",)) -> None:
        with NotificationReader.open(self.path) as ledger:
            seen = ledger.moment()
        anchors = [IncidentAnchor(notice.incident, "", "/", 1) for notice in notices]
        self.outbox.put(notices, levels={}, anchors=anchors, channels=channels, seen=seen, now=NOON)

    def take(self, after: timedelta, *channels: str) -> list[tuple[str, str]]:
        return [(each.channel, each.notice.key) for each in self.taken(after, *channels)]

    def taken(self, after: timedelta, *channels: str) -> list[Delivery]:
        return self.outbox.take(channels or ("a",), now=NOON + after)

    def record_results(
        self, deliveries: list[Delivery], problem: str | None, after: timedelta
    ) -> None:
        self.outbox.record_results(dict.fromkeys(deliveries, problem), now=NOON + after)


@pytest.fixture
def post(database: Database, write: Write) -> Iterator[Post]:
    write(database, {(1, "/", 200): 1})
    found = Post(database)
    with found.outbox:
        yield found


def test_a_leased_delivery_is_not_sent_by_others_for_a_minute(post: Post) -> None:
    """The sender may have been killed. When its lease has run out, the next one sends the message."""
    post.put(OPENED)
    assert post.take(timedelta()) == [("a", "aaaaaaaa-opened")]
    assert post.take(SECOND) == []
    assert post.take(MINUTE - SECOND) == []
    assert post.take(MINUTE) == [("a", "aaaaaaaa-opened")]


def test_a_delivery_that_arrived_is_not_sent_again(post: Post) -> None:
    post.put(OPENED)
    post.record_results(post.taken(timedelta()), None, SECOND)
    assert post.take(HOUR) == []


def test_only_one_of_many_senders_leases_a_delivery(post: Post, database: Database) -> None:
    post.put(OPENED)
    taken: list[Delivery] = []

    def take() -> None:
        with Outbox.open(database) as outbox:
            taken.extend(outbox.take(("a",), now=NOON))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 1


def test_pauses_double_up_to_an_hour_and_after_a_day_it_is_given_up(post: Post) -> None:
    post.put(OPENED)
    tried = []
    for minutes in MINUTES:
        if taken := post.taken(minutes * MINUTE):
            tried.append(minutes)
            post.record_results(taken, "answered 503", minutes * MINUTE)
    pauses = [after - before for before, after in pairwise(tried)]
    assert pauses[:7] == [1, 2, 4, 8, 16, 32, 60]
    assert set(pauses[6:]) == {60}
    assert tried[7] % 60 == 3
    assert 23 * 60 < tried[-1] <= 24 * 60


def test_the_first_and_the_last_failure_of_a_delivery_are_reported(post: Post) -> None:
    post.put(OPENED)
    told = []
    for at in (minutes * MINUTE for minutes in MINUTES):
        if taken := post.taken(at):
            post.record_results(taken, "answered 503", at)
            told += [(at, each.problem, each.next_at) for each in post.outbox.failures()]
    (first, problem, again), (last, _, never) = told
    assert (first, problem, again) == (timedelta(), "answered 503", NOON + MINUTE)
    assert last > 23 * HOUR
    assert never is None


def test_messages_of_an_incident_are_sent_in_order(post: Post) -> None:
    """`resolved` waits for `opened` while that is tried again. Another incident does not wait."""
    post.put(OPENED, RESOLVED)
    taken = post.taken(timedelta())
    assert [each.notice for each in taken] == [OPENED]
    post.record_results(taken, "answered 503", SECOND)
    assert post.take(2 * SECOND) == []
    post.put(OTHER)
    assert post.take(3 * SECOND) == [("a", "bbbbbbbb-opened")]
    taken = post.taken(MINUTE + SECOND)
    assert [each.notice for each in taken] == [OPENED]
    post.record_results(taken, None, MINUTE + SECOND)
    assert post.take(MINUTE + 2 * SECOND) == [("a", "aaaaaaaa-resolved")]


def test_channels_do_not_wait_for_each_other(post: Post) -> None:
    post.put(OPENED, channels=("a", "b"))
    first, second = post.taken(timedelta(), "a", "b")
    post.record_results([first], "answered 503", SECOND)
    post.record_results([second], None, SECOND)
    assert post.take(2 * MINUTE, "a", "b") == [("a", "aaaaaaaa-opened")]


def test_a_channel_that_is_no_longer_configured_gets_nothing(post: Post) -> None:
    post.put(OPENED, channels=("a", "b"))
    assert post.take(timedelta(), "b", "c") == [("b", "aaaaaaaa-opened")]


def test_a_transition_is_stored_once(post: Post, database: Database, write: Write) -> None:
    """A process that read an older state stores nothing, and must compute its notices again."""
    with NotificationReader.open(database) as ledger:
        seen = ledger.moment()
    post.put(OPENED)
    with pytest.raises(DatabaseChanged):
        post.outbox.put([OPENED], levels={}, anchors=[], channels=["a"], seen=seen, now=NOON)
    with NotificationReader.open(database) as ledger:
        told = ledger.announcements()
    assert dict(told.levels) == {"aaaaaaaa": None}
    assert not told.worsened | told.resolved


def test_announcements_come_back_as_they_were(post: Post, database: Database) -> None:
    post.put(OPENED, OTHER, RESOLVED, Notice("bbbbbbbb", Transition.WORSENED, "{}"))
    with NotificationReader.open(database) as ledger:
        seen, told, anchors = ledger.moment(), ledger.announcements(), ledger.anchors()
    assert set(told.levels) == {"aaaaaaaa", "bbbbbbbb"}
    assert told.worsened == {"bbbbbbbb"}
    assert told.resolved == {"aaaaaaaa"}
    assert [anchor.id for anchor in anchors] == ["aaaaaaaa", "bbbbbbbb"]
    levels = {"bbbbbbbb": Level.PARTIAL}
    post.outbox.put([], levels=levels, anchors=[], channels=["a"], seen=seen, now=NOON)
    with NotificationReader.open(database) as ledger:
        assert dict(ledger.announcements().levels) == {"aaaaaaaa": None, "bbbbbbbb": Level.PARTIAL}


def test_after_counts_were_stored_there_is_work_to_do(
    post: Post, database: Database, write: Write
) -> None:
    def outlook(after: timedelta = timedelta()) -> tuple[bool, bool, bool]:
        with NotificationReader.open(database) as ledger:
            found = ledger.outlook(("a",), now=NOON + after)
        return found.new, found.waiting, found.failures

    assert outlook() == (True, False, False)
    post.put()
    assert outlook() == (False, False, False)
    post.put(OPENED)
    post.put(RESOLVED)
    assert outlook() == (False, True, False)
    taken = post.taken(timedelta())
    assert outlook() == (False, False, False)
    post.record_results(taken, "answered 503", SECOND)
    assert outlook() == (False, False, True)
    assert outlook(2 * MINUTE) == (False, True, True)
    assert len(post.outbox.failures()) == 1
    assert outlook() == (False, False, False)


def test_an_announced_open_incident_is_checked_until_it_is_over(
    post: Post, database: Database, write: Write
) -> None:
    """Silence may end an incident without new counts. After a day it has."""

    def new(after: timedelta) -> bool:
        with NotificationReader.open(database) as ledger:
            return ledger.outlook((), now=NOON + after).new

    post.put()
    assert not new(HOUR)
    post.put(OPENED)
    assert new(HOUR)
    assert not new(27 * HOUR)
    post.put(RESOLVED)
    assert not new(HOUR)


def test_a_clock_that_was_set_back_does_not_delay_deliveries(post: Post) -> None:
    post.put(OPENED)
    post.record_results(post.taken(timedelta()), "answered 503", timedelta())
    assert post.take(-3 * HOUR) == [("a", "aaaaaaaa-opened")]


def test_no_database_is_made(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="the database does not exist"):
        Outbox.open(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []
