"""The checkpoint of a log is stored together with the counts up to it, or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.model import Checkpoint, InputFact, Mark, Run, Stream, UnreadKind
from flask_status_cli.model.database_url import Database
from flask_status_cli.store import (
    THIS_STREAM,
    Batch,
    Committed,
    Ledger,
    Store,
    StreamsChanged,
    open_for_dry_run,
)
from tests.examples import examples

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MakeBatch = Callable[..., Batch]
CHECKPOINT = Checkpoint(b"headhead", 100, (Mark(100, b"hundreds"),), newest=29_000_000)
FACT = InputFact("/var/log/access.log", 1, 2, 3, 4, 5, THIS_STREAM)


def _seen(store: Store) -> dict[str, InputFact]:
    return {fact.path: fact for fact in store.inputs()}


def at(instant: datetime = NOON) -> Callable[[], datetime]:
    return lambda: instant


MARKS = st.builds(Mark, st.integers(0, 2**63 - 1), st.binary(min_size=8, max_size=8))
CHECKPOINTS = st.builds(
    Checkpoint,
    head=st.binary(min_size=8, max_size=8),
    offset=st.integers(0, 2**63 - 1),
    marks=st.lists(MARKS, max_size=5).map(tuple),
    newest=st.none() | st.integers(-(2**31), 2**31),
    format=st.none() | st.sampled_from(["combined", "werkzeug"]),
    partial=st.booleans(),
    pending=st.dictionaries(
        st.tuples(st.sampled_from(UnreadKind), st.sampled_from(["banner", "no time: “?”"])),
        st.integers(1, 2**40),
    ),
)
# Any bytes but NUL are a path; st_dev and st_ino are unsigned 64-bit numbers, mtime may lie before 1970.
FACTS = st.builds(
    InputFact,
    path=st.binary(max_size=20).map(
        lambda name: (b"/" + name.replace(b"\0", b"")).decode("utf-8", "surrogateescape")
    ),
    device=st.integers(0, 2**64 - 1),
    inode=st.integers(0, 2**64 - 1),
    size=st.integers(0, 2**63 - 1),
    mtime=st.integers(-(2**63), 2**63 - 1),
    read_at=st.integers(0, 2**63 - 1),
    stream=st.none() | st.integers(1, 2**31),
)


@settings(max_examples=examples(25))
@given(checkpoint=CHECKPOINTS, facts=st.lists(FACTS, max_size=3, unique_by=lambda f: f.path))
def test_checkpoints_and_inputs_come_back_as_they_were(
    checkpoint: Checkpoint, facts: list[InputFact], batch: MakeBatch
) -> None:
    with open_for_dry_run(Path("no.db"), clock=at()) as store:
        number = store.commit(batch({}, checkpoint=checkpoint, inputs=tuple(facts))).stream
        assert store.stream(number) == Stream(number, checkpoint)
        assert store.streams(checkpoint.head) == [Stream(number, checkpoint)]
        assert [_seen(store).get(fact.path) for fact in facts] == facts
        assert store.inputs() == sorted(facts, key=lambda fact: os.fsencode(fact.path))


def test_an_unknown_stream_or_path_is_not_found(database: Database) -> None:
    with Store.open(database, create=True, clock=at()) as store:
        assert store.stream(1) is None
        assert _seen(store).get("/var/log/access.log") is None
        assert store.streams(b"headhead") == []


def test_a_stream_continues_at_its_checkpoint(database: Database, batch: MakeBatch) -> None:
    further = replace(CHECKPOINT, offset=250, partial=True, format="combined")
    with Store.open(database, create=True, clock=at()) as store:
        first = store.commit(batch({(1, "/", 200): 1}, inputs=(FACT,)))
        assert first == Committed(stream=1, new_routes=1)
        later = batch({(2, "/", 200): 1}, checkpoint=further, stream=1, expected=((1, 100),))
        assert store.commit(later) == Committed(stream=1, new_routes=0)
        assert store.streams(b"headhead") == [Stream(1, further)]


def test_an_input_of_a_batch_gets_the_number_of_the_new_stream(
    database: Database, batch: MakeBatch
) -> None:
    other = replace(FACT, path="/other", stream=None)
    with Store.open(database, create=True, clock=at()) as store:
        store.commit(batch({}))
        store.commit(batch({}, expected=((1, 100),), inputs=(FACT, other)))
        assert _seen(store).get(FACT.path) == replace(FACT, stream=2)
        assert _seen(store).get("/other") == other


def test_streams_with_the_same_first_line_are_sorted_longest_first(
    database: Database, batch: MakeBatch
) -> None:
    with Store.open(database, create=True, clock=at()) as store:
        expected: list[tuple[int, int]] = []
        for offset in (100, 300, 200):
            longer = replace(CHECKPOINT, offset=offset)
            number = store.commit(batch({}, checkpoint=longer, expected=tuple(expected))).stream
            expected.append((number, offset))
        store.commit(batch({}, checkpoint=replace(CHECKPOINT, head=b"another!")))
        found = store.streams(b"headhead")
    assert [stream.checkpoint.offset for stream in found] == [300, 200, 100]


# The streams that this run still expects, although another run has changed them since the batch began.
@pytest.mark.parametrize(
    "believed",
    [(), ((1, 99),), ((1, 100), (2, 5)), ((2, 100),)],
    ids=["it was the first to see it", "it read on", "a stream is gone", "another number"],
)
def test_a_run_that_another_one_overtook_stores_nothing(
    believed: tuple[tuple[int, int], ...], database: Database, batch: MakeBatch
) -> None:
    with Store.open(database, create=True, clock=at()) as store:
        store.commit(batch({(1, "/", 200): 1}))
        late = batch(
            {(1, "/", 200): 9, (1, "/new", 200): 9},
            unread={(0, UnreadKind.NOISE, "banner"): 9},
            expected=believed,
            inputs=(FACT,),
        )
        with pytest.raises(StreamsChanged):
            store.commit(late)
        assert store.streams(b"headhead") == [Stream(1, CHECKPOINT)]
        assert _seen(store).get(FACT.path) is None
        # The route that the late batch brought is not remembered either.
        assert store.commit(replace(late, expected=((1, 100),))).new_routes == 1
    with Ledger.open(database) as ledger:
        assert ledger.minutes(0, 9) == [(1, 200, 10), (2, 200, 9)]


def test_a_batch_may_only_continue_a_stream_with_its_first_line(
    database: Database, batch: MakeBatch
) -> None:
    with Store.open(database, create=True, clock=at()) as store:
        store.commit(batch({}))
        with pytest.raises(ValueError, match="stream 1"):
            store.commit(batch({}, checkpoint=replace(CHECKPOINT, head=b"another!"), stream=1))


def test_routes_added_by_another_process_are_found(database: Database, batch: MakeBatch) -> None:
    heads = iter(range(100))

    def one(cells: Mapping[tuple[int, str, int], int]) -> Batch:
        return batch(cells, checkpoint=replace(CHECKPOINT, head=b"%08d" % next(heads)))

    with (
        closing(Store.open(database, create=True, clock=at())) as mine,
        closing(Store.open(database, create=True, clock=at())) as theirs,
    ):
        assert mine.commit(one({(1, "/a", 200): 1})).new_routes == 1
        assert theirs.commit(one({(1, "/a", 200): 1, (1, "/b", 200): 1})).new_routes == 1
        assert mine.commit(one({(1, "/b", 200): 1, (1, "/a", 404): 1})).new_routes == 0
    with Ledger.open(database) as ledger:
        listed = [(cell.rule, cell.status, cell.requests) for cell in ledger.counts("minute")]
    assert listed == [("/a", 200, 2), ("/a", 404, 1), ("/b", 200, 2)]


# A stream that was quiet for 35 days keeps fewer marks. They still distinguish logs that begin alike.
POSITIONS = [150, 4000, 4096, 8192, 65536, 3 * 65536, 2**20, 5 * 2**18, 1_400_000]
THINNED = [150, 4000, 4096, 8192, 65536, 2**20, 1_400_000]


@pytest.mark.parametrize(
    ("quiet", "kept"), [(timedelta(days=35), POSITIONS), (timedelta(days=36), THINNED)]
)
def test_a_quiet_stream_keeps_fewer_marks(
    quiet: timedelta, kept: list[int], database: Database, batch: MakeBatch
) -> None:
    marks = tuple(Mark(position, b"%08d" % position) for position in POSITIONS)
    checkpoint = replace(CHECKPOINT, offset=1_400_000, marks=marks)
    with Store.open(database, create=True, clock=at(NOON - quiet)) as store:
        store.commit(batch({}, checkpoint=checkpoint))
    with Store.open(database, create=True, clock=at()) as store:
        store.record(Run(NOON, NOON, 1, 0, 0, 0, 0))
        (stream,) = store.streams(b"headhead")
    expected = tuple(Mark(position, b"%08d" % position) for position in kept)
    assert stream == Stream(1, replace(checkpoint, marks=expected))


def test_marks_are_thinned_out_once_a_day(database: Database, batch: MakeBatch) -> None:
    marks = (Mark(10_000, b"10000..."), Mark(20_000, b"20000..."))
    now = NOON

    def clock() -> datetime:
        return now

    with Store.open(database, create=True, clock=clock) as store:
        store.commit(batch({}, checkpoint=replace(CHECKPOINT, marks=marks)))
        kept = []
        for hours in (35 * 24 - 1, 35 * 24 + 1, 36 * 24 - 1):
            now = NOON + timedelta(hours=hours)
            store.record(Run(now, now, 1, 0, 0, 0, 0))
            kept.append(len(store.streams(b"headhead")[0].checkpoint.marks))
    assert kept == [2, 2, 1]


# Each commit of this program adds as many requests as it moves the offset.
ENDLESS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from flask_status_cli.model import Checkpoint, Mark, MinuteCounts
from flask_status_cli.store import Batch, Store

with Store.open(Path(sys.argv[1]), create=True, clock=lambda: datetime.now(UTC)) as store:
    while True:
        known = store.streams(b"headhead")
        offset = known[0].checkpoint.offset if known else 0
        minutes = {m: {code: 1 for code in range(20)} for m in range(offset // 20, offset // 20 + 500)}
        keys = [(f"/{code}", 200 if code % 2 else 404) for code in range(20)]
        checkpoint = Checkpoint(b"headhead", offset + 10_000, (Mark(offset + 10_000, b"tenthous"),))
        expected = tuple((s.id, s.checkpoint.offset) for s in known)
        number = known[0].id if known else None
        store.commit(Batch(MinuteCounts("", keys, minutes), {}, checkpoint, number, expected))
        print("committed", flush=True)
"""


@pytest.mark.sqlite_only
def test_killed_at_any_moment_the_counts_are_those_up_to_the_checkpoint(database: Path) -> None:
    for moment in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", ENDLESS, str(database)],
            cwd=database.parent,
            stdout=subprocess.PIPE,
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"committed\n"
            time.sleep(moment * 0.011)
            child.send_signal(signal.SIGKILL)
        with Store.open(database, create=False, clock=at()) as store:
            (stream,) = store.streams(b"headhead")
        with Ledger.open(database) as ledger:
            by_minute = sum(n for _, _, n in ledger.minutes(0, 10**9))
            by_quarter = sum(n for _, _, n in ledger.requests(0, 10**9))
        assert by_minute == by_quarter == stream.checkpoint.offset


def test_more_states_than_one_statement_inserts_are_stored_and_the_last_of_a_path_counts(
    database: Database,
) -> None:
    facts = [
        InputFact(f"/log/{n % 401}\udcff", 2**64 - 1, 2**63 + n, n, -n, n, None) for n in range(700)
    ]
    with closing(Store.open(database, create=True, clock=at())) as store:
        store.note(facts)
        assert _seen(store) == {fact.path: fact for fact in facts}
