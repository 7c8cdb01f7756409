"""A wrong clock takes nothing: neither one far ahead, nor one far behind, nor both in turn."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_status_cli.model import IngestResult
from flask_status_cli.model.report.problems import ClockDoubted, InTheFuture
from flask_status_cli.model.settings import PolicySettings, Retention
from flask_status_cli.model.trusted_clock import ClockTrust
from flask_status_cli.pipeline.database.pruning import PruneOptions, prune
from flask_status_cli.pipeline.ingest.options import IngestOptions
from flask_status_cli.pipeline.ingest.run import ingest
from flask_status_cli.pipeline.report import ReportOptions, summarize
from flask_status_cli.store import Ledger

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR = 365 * DAY
EXAMPLES = int(os.environ.get("CLOCKS", "8"))
"""So many lives of a clock are tried; CLOCKS=2000 by hand."""


def line(at: datetime, status: int) -> str:
    return f'10.0.0.1 - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "GET /x HTTP/1.1" {status} 5 "-" "curl"\n'


class Machine:
    """A log and its database, on a machine whose clock is set at will."""

    def __init__(self, folder: Path) -> None:
        self.log, self.database = folder / "access.log", folder / "status.db"
        self.log.write_text("")

    def write(self, *entries: tuple[datetime, int]) -> None:
        with self.log.open("a") as file:
            file.writelines(line(at, status) for at, status in entries)

    def ingest(self, clock: datetime) -> IngestResult:
        options = IngestOptions(self.database, (str(self.log),), UTC)
        return ingest(options, clock=lambda: clock, progress=lambda *_: None)

    def report(self, clock: datetime) -> Any:
        return summarize(ReportOptions(self.database, ZoneInfo("UTC")), clock=lambda: clock)

    def minutes(self) -> int:
        with Ledger.open(self.database) as ledger:
            return len(list(ledger.counts("minute")))

    def prune(self, clock: datetime, *, believe_clock: bool = False) -> None:
        options = PruneOptions(
            self.database, Retention(), PolicySettings(), believe_clock=believe_clock
        )
        prune(options, clock=lambda: clock)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_year_ahead_for_one_request_hides_no_outage_and_prunes_nothing(machine: Machine) -> None:
    machine.write(*((NOON - timedelta(minutes=60 - 8 * n), 200) for n in range(7)))
    machine.ingest(NOON)
    machine.write((NOON + YEAR, 200))
    machine.ingest(NOON + YEAR)
    machine.ingest(NOON + YEAR + 2 * DAY)
    back = NOON + timedelta(minutes=11)
    machine.write(
        *((back - timedelta(minutes=10) + timedelta(seconds=29 * n), 500) for n in range(21))
    )
    machine.ingest(back)
    found = machine.report(back)
    (incident,) = found.incidents
    assert (incident.start, incident.end, incident.failures) == (
        NOON + timedelta(minutes=1),
        None,
        21,
    )
    assert machine.minutes() == 7 + 1 + 10
    assert found.data.problems == (InTheFuture(1, NOON + YEAR),)


def test_the_report_says_while_a_clock_is_not_believed(machine: Machine) -> None:
    machine.write((NOON, 200))
    machine.ingest(NOON)
    assert machine.report(NOON).data.problems == ()
    machine.ingest(NOON + YEAR)
    doubted = ClockDoubted(NOON + YEAR, NOON)
    assert doubted in machine.report(NOON + YEAR).data.problems
    machine.ingest(NOON + DAY)
    assert machine.report(NOON + DAY).data.problems == ()


def test_a_clock_far_ahead_prunes_after_runs_on_seven_days_or_when_it_is_told_to_be_right(
    machine: Machine,
) -> None:
    machine.write((NOON, 200))
    machine.ingest(NOON)
    machine.write((NOON + YEAR, 200))
    for hours in range(0, 7 * 24, 5):
        machine.ingest(NOON + YEAR + timedelta(hours=hours))
    assert machine.minutes() == 2
    machine.prune(NOON + YEAR + 6 * DAY)
    assert machine.minutes() == 2, "asked for by hand, but by the same clock"
    machine.prune(NOON + YEAR + 6 * DAY, believe_clock=True)
    assert machine.minutes() == 1


def test_after_runs_on_seven_days_a_clock_is_believed(machine: Machine) -> None:
    machine.write((NOON, 200), (NOON + YEAR, 200))
    machine.ingest(NOON)
    for days in range(9):
        machine.ingest(NOON + YEAR + timedelta(days=days))
    assert machine.minutes() == 1


def test_incidents_are_found_again_after_a_wrong_clock_was_believed(machine: Machine) -> None:
    machine.write((NOON, 200))
    machine.ingest(NOON)
    machine.write((NOON + YEAR, 200))
    machine.ingest(NOON + YEAR)
    machine.prune(NOON + YEAR, believe_clock=True)
    back = NOON + DAY
    machine.write(*((back + timedelta(seconds=20 * n), 500) for n in range(20)))
    machine.ingest(back + timedelta(minutes=7))
    (incident,) = machine.report(back + timedelta(minutes=7)).incidents
    assert incident.start == back
    machine.prune(back + 40 * DAY, believe_clock=True)
    assert [i.start for i in machine.report(back + DAY).incidents] == [back]


def test_where_minutes_are_gone_the_newest_entry_is_known_to_the_quarter(machine: Machine) -> None:
    """So entries of the past are never "all in the future" because one was."""
    machine.write((NOON + timedelta(minutes=7), 200), (NOON + YEAR, 200))
    machine.ingest(NOON + YEAR)
    machine.prune(NOON + YEAR)
    assert machine.report(NOON + DAY).data.last == NOON


@pytest.mark.parametrize(
    ("runs", "trusted", "doubted"),
    [
        # clocks of the runs in days since the first, then what is trusted and what is doubted
        ([0, 35], 35, None),
        ([0, 36], 0, 36),
        ([0, 36, 1], 1, None),
        ([0, 365, 400, 430], 0, 430),
        # on a day counts one run, and it takes seven days a day apart
        ([0, 365, 365.5, 366, 367, 368, 369, 370, 371], 0, 371),
        ([0, 365, 365.5, 366, 367, 368, 369, 370, 371, 372], 372, None),
        ([0, 365, 366, 367, 1, 365, 366, 367, 368, 369], 1, 369),
        # from one wrong clock to another
        ([0, 365, 366, 367, 800, 801], 0, 801),
        # far behind is doubted too: what was trusted is there again when it is right
        ([0, -9000, -8999, 2], 2, None),
        ([0, *range(-9000, -8992)], -8993, None),
    ],
)
def test_what_is_believed_of_a_clock(
    runs: list[float], trusted: float, doubted: float | None
) -> None:
    clock_trust = ClockTrust(NOON)
    for days in runs:
        clock_trust = clock_trust.after_run(NOON + timedelta(days=days))
    assert clock_trust.trusted == NOON + timedelta(days=trusted)
    assert clock_trust.doubted == (None if doubted is None else NOON + timedelta(days=doubted))


# A step: hours that pass, what the clock is off by (in days), and what the app does, by its own clock.
STEPS = st.lists(
    st.tuples(
        st.sampled_from([1, 24, 30, 24 * 9, 24 * 40]),
        st.sampled_from([0, 0, 0, 365, 366, 40, -400, -9000]),
        st.sampled_from(["serves", "serves", "is down", "is not asked"]),
    ),
    min_size=2,
    max_size=10,
)


@settings(max_examples=EXAMPLES)
@given(steps=STEPS)
def test_clocks_that_jump_forth_and_back_prune_nothing_and_lose_no_incident(
    steps: list[tuple[int, int, str]], new_kept: Callable[[Path], Any]
) -> None:
    with TemporaryDirectory() as folder:
        kept, whole = (new_kept(Path(folder) / name) for name in ("status.db", "unpruned.db"))
        true, right = NOON, set()
        for hours, off, app in [(1, 0, "serves"), *steps, (24, 0, "serves")]:
            true += timedelta(hours=hours)
            clock = true + timedelta(days=off)
            minute = int(clock.timestamp()) // 60
            status = 500 if app == "is down" and not off else 200
            asked = range(minute - 6, minute + 1) if app != "is not asked" else range(0)
            right |= set(asked) if not off else set()
            for each in (kept, whole):
                each.now = clock
                each.add({(m, "/", status): 4 for m in asked})
                each.record()
            options = PruneOptions(kept.path, Retention(), PolicySettings())
            prune(options, clock=lambda clock=clock: clock)  # type: ignore[misc]
        horizon = int(true.timestamp()) // 60 - 35 * 24 * 60
        assert {m for m in right if m >= horizon} <= kept.minutes()
        assert kept.counted("day") == whole.counted("day")
        assert kept.incidents_at(true) == whole.incidents_at(true)
