"""Runs killed with -9 at random moments while the log is rotated: nothing is lost, nothing counted twice.

By hand, in a minute or two: `KILLS=1000 pytest tests/ingest/test_kills.py`.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from flask_status_cli.cli import run

KILLS = int(os.environ.get("KILLS", "60"))
ROTATIONS = ("rename", "rename_while_written", "copytruncate")


def _killed(ledger: Any, log: object, *options: str, after: float) -> bool:
    """Run an ingest in a process of its own; tell whether the kill came before its end."""
    process = os.fork()
    if process == 0:
        try:
            run(["--db", str(ledger.database), "ingest", "-q", *options, str(log)])
        finally:
            os._exit(0)
    time.sleep(after)
    os.kill(process, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == -signal.SIGKILL


@pytest.fixture(params=["1", "2"], ids="{} jobs".format)
def jobs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Count with so many processes, in batches and ranges of a few lines."""
    monkeypatch.setattr("flask_status_cli.pipeline.ingest.batch_size.BATCH", 4000)
    monkeypatch.setattr("flask_status_cli.pipeline.ingest.log_reader.WORTH_WORKERS", 3000)
    monkeypatch.setattr("flask_status_cli.pipeline.ingest.log_reader.RANGE_LENGTH", 2000)
    monkeypatch.setattr("flask_status_cli.sources.reading.new_blocks.CHUNK", 3000)
    compiled = "flask_status_cli.formats.counting.compiled.compiled_bulk"
    monkeypatch.setattr(f"{compiled}.CompiledBulk.seldom_asks", False)
    if request.param == "2":  # and commit in the background, instead of gathering batches
        monkeypatch.setattr("flask_status_cli.sources.reading.small_log.SMALL", 0)
        monkeypatch.setattr("flask_status_cli.store.database.background_commit.WORTH", 1)
    return str(request.param)


def test_kills_at_random_moments_lose_nothing_and_double_nothing(
    new_life: Callable[[int], Any], ledger: Any, jobs: str
) -> None:
    life = new_life(int(os.environ.get("SEED", "1")))
    life.append()
    ledger.ingest(life.path, "-q")
    longest, kills, rotated = 0.05, 0, 0
    while kills < KILLS:
        life.chance.choice([life.append, life.append, life.probe, life.half_line])()
        if life.chance.random() < 0.3:
            getattr(life, life.chance.choice(ROTATIONS))()
            rotated += 1
        elif life.chance.random() < 0.1:
            life.compress()
        started = time.monotonic()
        if _killed(ledger, life.path, "--jobs", jobs, after=life.chance.random() * longest):
            kills += 1
        elif rotated > 4:  # before the oldest file is deleted unread
            ledger.ingest(life.path, "-q", "--jobs", jobs)
            longest, rotated = max(0.02, time.monotonic() - started), 0
        if rotated > 6:
            ledger.ingest(life.path, "-q", "--jobs", jobs)
            rotated = 0
    life.finish_line()
    ledger.ingest(life.path, "-q")
    assert ledger.cells() == life.expected
