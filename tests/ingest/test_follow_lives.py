"""Simulated lives of a log that is followed: every line written meanwhile is counted exactly once."""

from __future__ import annotations

import contextlib
import os
import random
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import pytest

from flask_status_cli.model import FollowStatus, IngestResult
from flask_status_cli.pipeline.follow.loop import follow
from flask_status_cli.pipeline.ingest.options import IngestOptions

SEEDS = int(os.environ.get("FOLLOW_SEEDS", "12"))
STEPS = 60

WRITING = ("append", "append", "append", "probe", "half_line", "write_gone")
ROTATING = ("rename", "rename_while_written", "copytruncate", "compress", "delete", "move_away")
"""What is done to the log in any state; `truncate` and `rewrite` are done where all was seen before."""

BESIDE = ("cron", "minute", "minute", "truncate", "rewrite", "stop", "kill", "nothing")
MODES = ("path", "glob", "directory")
UNFOLLOWED = ("append", "append", "rename", "copytruncate", "compress", "cron")


class Killed(Exception):  # noqa: N818 - as from outside: nothing more is stored
    pass


class Deaf:
    def progress(self, path: str, read: int, size: int | None) -> None: ...

    def began(self, result: IngestResult) -> None: ...

    def stored(self) -> None: ...

    def tell(self, line: str) -> None: ...

    def show(self, status: Callable[[], FollowStatus]) -> None:
        assert status().entries >= 0


class World:
    """What happens to a log between two looks of the following, and the time it takes."""

    def __init__(self, life: Any, ledger: Any) -> None:
        self.life = life
        self.ledger = ledger
        self.chance: random.Random = life.chance
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
        self.left = STEPS
        self.stopping = False
        self._script: Iterator[None] | None = None
        self._held = False  # the file at the log's path lay there at the last look
        self._unstored = False  # what is on no disk any more may be counted only in memory
        self._gone: IO[bytes] | None = None
        self._age = 0

    def clock(self) -> datetime:
        return self.now

    def stopped(self) -> bool:
        return self.stopping

    def wait(self, directories: Iterable[str]) -> None:
        assert str(self.life.directory) in directories
        self.now += timedelta(seconds=1)
        if self._script is None:
            self._script = self._happens(self.chance.choice([1, 1, 2, 3]))
        if next(self._script, "done") == "done":
            self._script = None

    def _happens(self, steps: int) -> Iterator[None]:
        self._held = True
        for _ in range(steps):
            self.left -= 1
            if self.left <= 0:
                self.stopping = True
                return
            yield from self._step(self.chance.choice(WRITING + ROTATING + BESIDE))

    def _step(self, step: str) -> Iterator[None]:
        done = getattr(self, f"_{step}", None)
        if done is not None:
            yield from done() or ()
        elif step != "nothing":
            getattr(self.life, step)()
            self._held = self._held and not step.startswith("rename")

    def _cron(self) -> None:
        self.ledger.ingest(self.life.path, "-q", status=None)

    def _minute(self) -> Iterator[None]:
        self.now += timedelta(seconds=60)
        yield
        self._unstored = False
        self._age += 1
        if self._age > 2:
            self.let_go()

    def let_go(self) -> None:
        if self._gone is not None:
            self._gone.close()
            self._gone = None

    def _remember(self) -> None:
        self.let_go()
        self._gone, self._age = self.life.path.open("ab"), 0
        self._unstored, self._held = True, False

    def _delete(self) -> None:
        if self._held:
            self.life.end()
            self._remember()
            self.life.path.unlink()
            self.life.path.write_bytes(b"")

    def _move_away(self) -> None:
        if self._held:
            self.life.end()
            self._remember()
            away = self.life.directory / "old"
            away.mkdir(exist_ok=True)
            self.life.path.rename(away / f"{self.left}")
            self.life.path.write_bytes(b"")

    def _write_gone(self) -> None:
        """The server goes on writing to a file that has no name any more."""
        if self._gone is not None:
            self._gone.write(self.life.next_line())
            self._gone.flush()
            self._unstored = True

    def _truncate(self) -> Iterator[None]:
        """End the file. What another ingest has read of it before cannot be looked up later."""
        if self.chance.random() < 0.5:
            self._cron()
        self.life.end()
        yield
        self._unstored = True
        os.truncate(self.life.path, 0)

    def _rewrite(self) -> Iterator[None]:
        """Truncate the file, and write more lines than it had before anyone looks."""
        size = self.life.path.stat().st_size
        yield from self._truncate()
        while self.life.path.stat().st_size <= size:
            self.life.append()

    def _stop(self) -> None:
        self.stopping = True

    def _kill(self) -> None:
        if not self._unstored:
            raise Killed

    def unfollowed(self) -> None:
        """Let the log live on alone for a while."""
        self.let_go()
        self._unstored = False
        self._script = None
        for _ in range(self.chance.randrange(6)):
            step = self.chance.choice(UNFOLLOWED)
            self._cron() if step == "cron" else getattr(self.life, step)()
        self.stopping = False


def _follow(world: World, path: Path, database: Path, *, mode: str) -> None:
    argument = {"path": path, "glob": path.with_name("*.log*"), "directory": path.parent}[mode]
    options = IngestOptions(database, (str(argument),), UTC)
    follow(options, clock=world.clock, watch=world, stopped=world.stopped, audience=Deaf())


@pytest.mark.parametrize(("seed", "mode"), [(seed, MODES[seed % 3]) for seed in range(SEEDS)])
def test_every_line_of_a_followed_life_is_counted_once(
    new_life: Callable[[int], Any],
    ledger: Any,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
    mode: str,
) -> None:
    life = new_life(seed)
    world = World(life, ledger)
    monkeypatch.setattr("flask_status_cli.cli.commands.ingest.clock", world.clock)
    while world.left > 0:
        with contextlib.suppress(Killed):
            _follow(world, life.path, ledger.database, mode=mode)
        if world.left > 0:
            world.unfollowed()
    life.end()  # a log that is the beginning of another one cannot be told from it
    world.left, world.stopping = 1, False
    _follow(world, life.path, ledger.database, mode=mode)
    world.let_go()
    assert ledger.cells() == life.expected
