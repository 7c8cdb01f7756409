"""Simulated lives of a log: whatever happens between two runs, every line is counted exactly once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

STEPS = (
    "append", "append", "append", "append", "probe", "half_line", "rename", "rename_while_written",
    "copytruncate", "compress", "snapshot", "ingest", "ingest", "ingest",
)  # fmt: skip


def _live(life: Any, ledger: Any, *, steps: int) -> None:
    snapshots: list[Any] = []
    for _ in range(steps):
        step = life.chance.choice(STEPS)
        if step in ("rename", "copytruncate", "rename_while_written"):
            ledger.ingest(life.path, "-q") if life.chance.random() < 0.3 else None
        if step == "ingest":
            again = [s for s in snapshots if life.chance.random() < 0.2]
            ledger.ingest(*again, life.path, "-q") if again else ledger.ingest(life.path, "-q")
        elif step == "snapshot":
            if not life.half:
                snapshots.append(life.snapshot())
        else:
            getattr(life, step)()
    life.finish_line()
    ledger.ingest(life.path, "-q")


@pytest.mark.parametrize("seed", range(12))
def test_every_line_of_a_life_is_counted_once(
    new_life: Callable[[int], Any], ledger: Any, seed: int
) -> None:
    life = new_life(seed)
    life.append()
    ledger.ingest(life.path, "-q")
    _live(life, ledger, steps=60)
    assert ledger.cells() == life.expected
