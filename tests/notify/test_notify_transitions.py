"""Which messages are due: the incidents as they are, against what was told of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flask_status_cli.model import Announcements, Counts, Incident, Level, Transition
from flask_status_cli.notify import due_messages

OPENED, WORSENED, RESOLVED = Transition.OPENED, Transition.WORSENED, Transition.RESOLVED
START = datetime(2026, 11, 23, 10, 4, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOTHING = Counts()
NOTHING_TOLD = Announcements()
OPEN = Announcements({"aaaaaaaa": None})
CLOSED = Announcements({"aaaaaaaa": None}, resolved=frozenset({"aaaaaaaa"}))

MakeIncident = Callable[..., Incident]


def found(
    incidents: list[Incident],
    told: Announcements,
    *,
    now: datetime = START + 3 * MINUTE,
    recent: Counts = NOTHING,
) -> list[tuple[str, Transition]]:
    got = due_messages(incidents, told, now=now, newest=now, recent=lambda _: recent)
    return [(told_as, transition) for told_as, transition, _ in got.transitions]


@pytest.mark.parametrize(
    ("facts", "told", "now", "expected"),
    [
        # An outage, as each run sees it: two messages, however often one looks.
        ({}, NOTHING_TOLD, 3 * MINUTE, [OPENED]),
        ({}, OPEN, 4 * MINUTE, []),
        ({"lasted": 9}, OPEN, 25 * MINUTE, [RESOLVED]),
        ({"lasted": 9}, CLOSED, 26 * MINUTE, []),
        # It may go on within 30 minutes: the end is told after them.
        ({"lasted": 9, "final": False}, OPEN, 25 * MINUTE, []),
        ({"lasted": 9, "final": False}, NOTHING_TOLD, 25 * MINUTE, [OPENED]),
        # The log is not read: nothing is known of it.
        ({"last_known": START + HOUR}, NOTHING_TOLD, HOUR, []),
        ({"last_known": START + HOUR}, OPEN, 20 * HOUR, []),
        # It was over before anybody looked, but just now: both, in their order.
        ({"lasted": 9}, NOTHING_TOLD, 30 * MINUTE, [OPENED, RESOLVED]),
        # The first ingest of an old archive: what ended more than an hour ago is no news.
        ({"lasted": 9}, NOTHING_TOLD, 9 * MINUTE + HOUR, []),
        ({"lasted": 9}, NOTHING_TOLD, 8 * MINUTE + HOUR, [OPENED, RESOLVED]),
        # Neither is what was open at the archive's end, a day ago; what was told is resolved ever after.
        ({}, NOTHING_TOLD, 24 * HOUR, []),
        ({}, NOTHING_TOLD, 24 * HOUR - MINUTE, [OPENED]),
        ({"lasted": 9}, OPEN, 90 * 24 * HOUR, [RESOLVED]),
        # Late lines have moved the start: it carries the id that was told.
        ({"start": START - 7 * MINUTE}, OPEN, 4 * MINUTE, []),
        # Closed without recovery is an end too.
        ({"lasted": 9, "recovered": False}, OPEN, 25 * HOUR, [RESOLVED]),
        # Somebody said that it is none.
        ({"false_alarm": True}, NOTHING_TOLD, 3 * MINUTE, []),
        ({"false_alarm": True, "lasted": 9}, OPEN, 30 * MINUTE, []),
    ],
)
def test_each_transition_is_announced_once(
    incident: MakeIncident,
    facts: dict[str, Any],
    told: Announcements,
    now: timedelta,
    expected: list[Transition],
) -> None:
    transitions = found([incident(**facts)], told, now=START + now)
    assert transitions == [("aaaaaaaa", transition) for transition in expected]


def test_an_incident_that_disappeared_is_not_mentioned_again() -> None:
    assert found([], OPEN) == []


def test_two_incidents_joined_by_late_lines_are_both_resolved(incident: MakeIncident) -> None:
    told = Announcements({"aaaaaaaa": None, "bbbbbbbb": None})
    joined = incident(aliases=("bbbbbbbb",), lasted=40)
    assert found([joined], told) == [("aaaaaaaa", RESOLVED), ("bbbbbbbb", RESOLVED)]
    told = Announcements(told.levels, resolved=frozenset({"aaaaaaaa"}))
    assert found([joined], told) == [("bbbbbbbb", RESOLVED)]
    assert found([incident(aliases=("bbbbbbbb",))], told) == []


def test_an_incident_known_by_an_alias_is_not_announced_again(incident: MakeIncident) -> None:
    told = Announcements({"bbbbbbbb": None})
    assert found([incident(aliases=("bbbbbbbb",))], told) == []


def test_the_incident_that_began_first_is_announced_first(incident: MakeIncident) -> None:
    later = incident("bbbbbbbb", start=START + MINUTE)
    assert found([later, incident()], NOTHING_TOLD) == [("aaaaaaaa", OPENED), ("bbbbbbbb", OPENED)]


@pytest.mark.parametrize(
    ("minutes", "counts", "level"),
    [
        # Until it is ten minutes old, its extent is not known.
        (9, Counts(success=0, failure=60), None),
        (10, Counts(success=0, failure=60), Level.MAJOR),
        (10, Counts(success=30, failure=30), Level.PARTIAL),
        # The limit is the one of a Major Outage: below 30 %.
        (10, Counts(success=30, failure=70), Level.PARTIAL),
        (10, Counts(success=29, failure=71), Level.MAJOR),
        # A quiet site that fails altogether is down from the beginning: it cannot get worse.
        (10, Counts(success=0, failure=1), Level.MAJOR),
        # Nothing was asked for: nothing is known.
        (10, Counts(), None),
    ],
)
def test_the_level_of_an_incident_is_known_after_ten_minutes(
    incident: MakeIncident, minutes: int, counts: Counts, level: Level | None
) -> None:
    now = START + minutes * MINUTE
    got = due_messages([incident()], OPEN, now=now, newest=now, recent=lambda _: counts)
    assert got.levels == ({} if level is None else {"aaaaaaaa": level})
    assert not got.transitions
    assert bool(got) is (level is not None)


@pytest.mark.parametrize(
    ("told", "counts", "expected"),
    [
        (Announcements({"aaaaaaaa": Level.PARTIAL}), Counts(success=1, failure=59), [WORSENED]),
        (Announcements({"aaaaaaaa": Level.PARTIAL}), Counts(success=30, failure=30), []),
        # Three failures at least, as for a Major Outage.
        (Announcements({"aaaaaaaa": Level.PARTIAL}), Counts(success=0, failure=2), []),
        (Announcements({"aaaaaaaa": Level.PARTIAL}), Counts(success=0, failure=3), [WORSENED]),
        # Once is enough, and what was major from the beginning does not get worse.
        (
            Announcements({"aaaaaaaa": Level.PARTIAL}, worsened=frozenset({"aaaaaaaa"})),
            Counts(failure=60),
            [],
        ),
        (Announcements({"aaaaaaaa": Level.MAJOR}), Counts(failure=60), []),
        (Announcements({"aaaaaaaa": None}), Counts(failure=60), []),
    ],
)
def test_a_partial_outage_gets_worse_once(
    incident: MakeIncident, told: Announcements, counts: Counts, expected: list[Transition]
) -> None:
    transitions = found([incident()], told, now=START + 30 * MINUTE, recent=counts)
    assert transitions == [("aaaaaaaa", transition) for transition in expected]


def test_an_incident_that_is_over_does_not_get_worse(incident: MakeIncident) -> None:
    told = Announcements({"aaaaaaaa": Level.PARTIAL})
    over = incident(lasted=30)
    assert found([over], told, now=START + HOUR, recent=Counts(failure=60)) == [
        ("aaaaaaaa", RESOLVED)
    ]
