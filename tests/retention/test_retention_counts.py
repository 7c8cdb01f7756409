"""What pruning takes, and what it leaves: quarters, incidents, and every sum."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.model import Checkpoint, Mark, MinuteCounts, UnreadKind
from flask_status_cli.model.pruning import ClosedEpisode, ClosedEpisodes, Pruned, Pruning
from flask_status_cli.model.settings import PolicySettings, Retention
from flask_status_cli.pipeline.database.pruning import PruneOptions, prune
from flask_status_cli.store import Batch, Ledger

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = int(NOON.timestamp()) // 60
DAY = 24 * 60
QUIET = {(MINUTE - ago, "/", 200): 5 for ago in range(0, 40 * DAY, 60)}


def outage(ago: int, *, lasts: int = 5, rule: str = "/") -> dict[tuple[int, str, int], int]:
    return {(MINUTE - ago + n, rule, 503): 9 for n in range(lasts)}


def do(kept: Any, **retention: Any) -> Pruned:
    options = PruneOptions(kept.path, Retention(**retention), PolicySettings())
    return prune(options, clock=lambda: kept.now)


def test_minutes_go_and_quarters_stay(kept: Any) -> None:
    kept.add(QUIET)
    days, hours = kept.counted("day"), kept.counted("hour")
    gone = do(kept)
    horizon = (MINUTE - 35 * DAY) // 15 * 15 - 30
    assert gone == Pruned(horizon, minute_rows=sum(m < horizon for m, _, _ in QUIET))
    assert kept.minutes() == {m for m, _, _ in QUIET if m >= horizon}
    assert (kept.counted("day"), kept.counted("hour")) == (days, hours)
    with Ledger.open(kept.path) as ledger:
        assert ledger.complete_from() == horizon
        assert ledger.span(MINUTE) == (min(m for m, _, _ in QUIET) // 15 * 15, MINUTE)


def test_pruning_twice_is_pruning_once(kept: Any) -> None:
    kept.add(QUIET | outage(38 * DAY))
    do(kept)
    minutes, incidents = kept.minutes(), kept.incidents()
    assert do(kept).minute_rows == 0
    assert (kept.minutes(), kept.incidents()) == (minutes, incidents)


def test_the_minutes_of_an_incident_stay_with_ten_around_it(kept: Any) -> None:
    begin = MINUTE - 38 * DAY
    busy = {(begin + n, "/", 200): 3 for n in range(-60, 60)}
    kept.add(QUIET | busy | outage(38 * DAY))
    found = kept.incidents()
    assert len(found) == 1
    do(kept)
    old = {m for m in kept.minutes() if m < MINUTE - 36 * DAY}
    assert old == set(range(begin - 10, begin + 5 + 10))
    assert kept.incidents() == found


@pytest.mark.parametrize(("apart", "stay"), [(30, True), (31, False)])
def test_the_minutes_between_episodes_stay_if_these_are_at_most_30_minutes_apart(
    kept: Any, apart: int, stay: bool
) -> None:
    first = MINUTE - 38 * DAY
    kept.add(QUIET | {(first + n, "/", 200): 1 for n in range(90)})
    second = first + apart
    episodes = tuple(
        ClosedEpisode("", "/", start, last, start, last, recovered=True)
        for start, last in ((first - 4, first), (second, second + 4))
    )
    closed = ClosedEpisodes(MINUTE - 37 * DAY, episodes)
    with kept.store() as store:
        list(store.prune(Pruning(closed.since - 30, None, closed)))
    assert (first + 15 in kept.minutes()) is stay  # ten minutes around each stay in any case


def test_no_minute_is_deleted_since_a_long_incident_began(kept: Any) -> None:
    """A route that fails over the horizon, and recovers behind it."""
    begin = MINUTE - 35 * DAY - 30
    kept.add(QUIET | outage(35 * DAY + 30, lasts=60, rule="/a"))
    found = kept.incidents()
    gone = do(kept)
    assert gone.minutes is not None
    assert begin - 55 < gone.minutes <= begin - 40
    assert kept.incidents() == found


def test_old_waiting_requests_become_unmatched_and_are_counted(kept: Any) -> None:
    waits = {(MINUTE - 38 * DAY, "/never", 404): 7, (MINUTE - 1, "/later", 404): 3}
    kept.add(QUIET | waits)
    assert do(kept).poured == 7
    with Ledger.open(kept.path) as ledger:
        info = ledger.info()
        assert (info.poured, info.waiting) == (7, 1)
    assert kept.counted("day")[(MINUTE - 38 * DAY) // DAY * DAY, 404] == 7
    assert (MINUTE - 38 * DAY) not in kept.minutes()


@pytest.mark.parametrize(
    ("clock", "newest"),
    [
        # a clock that is wrong by years prunes nothing: an archive is judged by its own time
        (timedelta(days=4000), timedelta(0)),
        # and entries from the future are not the newest
        (timedelta(0), timedelta(days=4000)),
    ],
)
def test_the_horizon_counts_from_the_older_of_clock_and_newest_entry(
    kept: Any, clock: timedelta, newest: timedelta
) -> None:
    kept.add(QUIET)
    if newest:
        kept.add({(MINUTE + newest // timedelta(minutes=1), "/", 200): 1})
    kept.now = NOON + clock
    do(kept)
    assert min(kept.minutes()) >= MINUTE - 36 * DAY
    assert len(kept.minutes()) > 35 * 24


def test_no_episode_is_stored_if_no_minute_is_old(kept: Any) -> None:
    """An archive that is read tomorrow may still hold incidents."""
    kept.add({(MINUTE, "/", 200): 1})
    do(kept)
    with Ledger.open(kept.path) as ledger:
        assert (ledger.closed_episodes(), ledger.complete_from()) == (None, None)
    kept.add(outage(38 * DAY))
    assert len(kept.incidents()) == 1
    do(kept)
    assert len(kept.incidents()) == 1


def test_an_empty_database_has_nothing_to_prune(kept: Any) -> None:
    kept.add({})
    assert do(kept) == Pruned(None)


def test_with_days_quarters_go_too_and_what_was_no_entry(kept: Any) -> None:
    day = (MINUTE - 39 * DAY) // 15, UnreadKind.REFUSED, "no known format"
    kept.add(QUIET | outage(38 * DAY), unread={day: 4})
    gone = do(kept, days=37)
    first = (MINUTE - 37 * DAY) // 15 * 15
    assert gone.quarter_rows > 0
    assert min(minute for minute, _ in kept.counted("hour")) >= first // 60 * 60
    assert kept.incidents() == (), "it was before the days that are kept"
    assert min(kept.minutes()) >= first
    with Ledger.open(kept.path) as ledger:
        assert ledger.unread(0, 2**40)[UnreadKind.REFUSED] == 0


@pytest.mark.parametrize(("days", "streams"), [(None, 1), (50, 1), (38, 0)])
def test_logs_are_forgotten_only_with_their_quarters(
    kept: Any, days: int | None, streams: int
) -> None:
    kept.now = NOON - timedelta(days=40)
    kept.add({}, newest=MINUTE - 39 * DAY)
    kept.now = NOON
    kept_counts(kept)
    do(kept, days=days)
    with kept.store() as store:
        assert len(store.streams(b"headhead")) == streams
        assert len(store.streams(b"otherone")) == 1


def kept_counts(kept: Any) -> None:
    """Some counts of another log, which is read until now."""
    with kept.store() as store:
        known = store.streams(b"otherone")
        store.commit(
            Batch(
                counts=MinuteCounts("", (("/", 200),), {MINUTE: {0: 1}}),
                unread={},
                checkpoint=Checkpoint(b"otherone", 100, (Mark(100, b"o"),), newest=MINUTE),
                stream=known[0].id if known else None,
                expected=tuple((s.id, s.checkpoint.offset) for s in known),
            )
        )


def test_a_stored_episode_of_a_rule_that_is_gone_belongs_to_the_rule_that_failed_then(
    kept: Any,
) -> None:
    """Requests may be attributed anew, to a rule that was declared later."""
    kept.add(outage(38 * DAY, rule="/new") | QUIET | {(MINUTE, "/new", 200): 1})
    known = ClosedEpisode(
        "",
        "/old",
        MINUTE - 38 * DAY,
        MINUTE - 38 * DAY + 4,
        MINUTE - 38 * DAY + 1,
        0,
        recovered=True,
    )
    closed = ClosedEpisodes(MINUTE - 37 * DAY, (known,))
    with kept.store() as store:
        list(store.prune(Pruning(closed.since - 30, None, closed)))
    (incident,) = kept.incidents()
    assert [route.rule for route in incident.routes] == ["/new"]


def test_an_interrupted_pruning_is_continued(kept: Any) -> None:
    kept.add(QUIET)
    closed = ClosedEpisodes(MINUTE - 35 * DAY, ())
    with kept.store() as store:
        steps = store.prune(Pruning(closed.since - 30, None, closed))
        next(steps)
        assert not next(steps).done
    assert len(kept.minutes()) > 35 * 24 + 2
    assert do(kept).done
    assert min(kept.minutes()) >= MINUTE - 36 * DAY


@pytest.mark.sqlite_only
def test_the_file_gets_smaller(kept: Any) -> None:
    rules = ["/" + chr(97 + n // 26) + chr(97 + n % 26) for n in range(50)]  # words: no crowd
    kept.add({(MINUTE - ago, rule, 200): 1 for ago in range(0, 45 * DAY, 180) for rule in rules})
    before = Path(kept.path).stat().st_size
    do(kept, minutes=2)
    assert Path(kept.path).stat().st_size < before * 0.8


def test_the_pages_of_a_crowd_are_pruned_with_its_minutes(kept: Any) -> None:
    posts = {(MINUTE - 40 * DAY, f"/blog/post-{n}", 200): 1 for n in range(21)}
    kept.add(posts | {(MINUTE - 39 * DAY, "/blog/post-1", 500): 1})
    kept.add(
        QUIET | {(MINUTE - 38 * DAY, "/blog/post-1", 200): 1, (MINUTE, "/blog/post-1", 200): 1}
    )
    kept.add({(MINUTE, "/blog/post-2", 500): 1})
    do(kept)
    with Ledger.open(kept.path) as ledger:
        rows = ledger.info().rows
        assert (rows["crowd_page"], rows["page_count"]) == (1, 1)
        assert ledger.pages([("", "/blog/post-2")], until=MINUTE) == [
            ("", "/blog/post-2", MINUTE, 500, 1)
        ]
