"""A run that is killed while counts follow a crowd leaves right figures, and the next one goes on."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from flask_status_cli.cli import run
from flask_status_cli.model import UNMATCHED
from flask_status_cli.routes.discovered import crowds
from flask_status_cli.store import Ledger
from flask_status_cli.store.database.connection import Connection
from flask_status_cli.store.routes import merged_counts
from tests.plain_crowds import PlainCrowds

PAGES = [f"/blog/post-{n}" for n in range(6)]
FIRST = [(minute, page, 200) for minute in range(8) for page in PAGES[:3]] + [
    (3, "/blog/nope-1", 404)
]
SECOND = [
    (minute, page, status) for minute in range(8, 16) for page in PAGES for status in (200, 500)
]


def log(path: Path, lines: list[tuple[int, str, int]]) -> Path:
    path.write_text(
        "".join(
            f'10.0.0.1 - - [23/Nov/2026:10:{minute:02}:00 +0000] "GET {page} HTTP/1.1" {status} 5 "-" "x"\n'
            for minute, page, status in lines
        )
    )
    return path


def expected(lines: list[tuple[int, str, int]]) -> Counter[tuple[int, str, int]]:
    answering = {page for _, page, status in lines if status == 200}
    plain = PlainCrowds(answering, slugs=3)
    routes = {plain.rule(page) for page in answering}
    return Counter(
        (minute, rule if (rule := plain.rule(page)) in routes else UNMATCHED, status)
        for minute, page, status in lines
    )


def counted(database: Path) -> dict[tuple[int, str, int], int]:
    with Ledger.open(database) as ledger:
        rows = list(ledger.counts("minute"))
        assert list(ledger.problems()) == []
    return {(row.time % 60, row.rule, row.status): row.requests for row in rows}


def killed_at(move: int, arguments: list[str]) -> bool:
    """Ingest in a process of its own that is killed before its `move`-th step of following."""
    process = os.fork()
    if process == 0:
        left, real = [move], merged_counts.move

        def moving(
            connection: Connection, tier: merged_counts.CountTable, start: int, end: int
        ) -> None:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            real(connection, tier, start, end)

        merged_counts.move = moving
        try:
            run(arguments)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == -signal.SIGKILL


def test_a_kill_at_any_step_of_a_folding_leaves_right_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(crowds, "SLUG_LIMIT", 3)
    monkeypatch.setattr(merged_counts, "ROWS_AT_ONCE", 8)
    monkeypatch.setattr(merged_counts, "STEPS_AT_ONCE", 2)
    first, second = log(tmp_path / "1.log", FIRST), log(tmp_path / "2.log", SECOND)
    kills = 0
    while True:
        database = tmp_path / f"{kills}.db"
        ingest = ["--db", str(database), "ingest", "-q"]
        assert run([*ingest, str(first)]) == 0
        if not killed_at(kills, [*ingest, str(second)]):
            break
        assert counted(database) == expected(FIRST + SECOND)
        assert run([*ingest, str(first), str(second)]) == 0
        assert counted(database) == expected(FIRST + SECOND)
        kills += 1
    assert kills >= 6, "rows of both tiers were moved in several steps"
    assert counted(database) == expected(FIRST + SECOND)
