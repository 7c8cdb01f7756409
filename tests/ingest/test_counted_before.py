"""New logs whose requests were probably counted before: copies that have other bytes than the log."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.pipeline.ingest.earlier_logs.counted_before import probably_counted

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)

Numbers = dict[int, dict[int, int]]


def _numbers(seed: int, minutes: int, most: int) -> Numbers:
    """Return up to `most` requests of the status 200 in each minute, and now and then one of 404."""
    chance = random.Random(seed)
    return {
        minute: {200: chance.randint(1, most)} | ({404: 1} if chance.random() < 0.2 else {})
        for minute in range(minutes)
    }


def _without(numbers: Numbers, status: int) -> Numbers:
    return {m: {s: n for s, n in of.items() if s != status} for m, of in numbers.items()}


LOG = _numbers(1, 60, 9)

CASES: list[tuple[Numbers, Numbers, bool]] = [
    # a copy, one without the lines of a status, and a log of which such a copy was counted
    (LOG, LOG, True),
    (_without(LOG, 404), LOG, True),
    (LOG, _without(LOG, 404), True),
    # a copy that has gone on since, and the end of one
    ({**LOG, 60: {200: 4}, 61: {200: 2}}, LOG, True),
    ({m: of for m, of in LOG.items() if m > 20}, LOG, True),
    # another server, also one that is much more or less busy
    (_numbers(2, 60, 9), LOG, False),
    (_numbers(2, 60, 1), LOG, False),
    (LOG, _numbers(2, 60, 900), False),
    # a probe each minute, or every five minutes, looks the same on all servers
    ({m: {200: 1} for m in range(60)}, {m: {200: 1} for m in range(60)}, False),
    ({m: {200: 1} for m in range(0, 200, 5)}, {m: {200: 1} for m in range(0, 200, 5)}, False),
    # too few minutes, or none that both have
    ({m: of for m, of in LOG.items() if m < 4}, LOG, False),
    (LOG, {m + 60: of for m, of in LOG.items()}, False),
    (LOG, {}, False),
]


@pytest.mark.parametrize("number", range(len(CASES)))
def test_requests_that_all_fit_what_was_counted_were_probably_counted(number: int) -> None:
    new, known, expected = CASES[number]
    both = new.keys() & known.keys()
    shared = sum(min(n, known[m].get(s, 0)) for m in both for s, n in new[m].items())
    assert probably_counted(new, known) == (shared if expected else 0)


def _lines(line: Callable[..., bytes], seed: int) -> list[bytes]:
    """Return the lines of 35 minutes. So few numbers by minute and route are not refused as a copy."""
    chance = random.Random(seed)
    times = sorted(chance.randrange(35 * 60) for _ in range(300))
    return [line(0, at=START + timedelta(seconds=second)) for second in times]


def test_a_copy_in_which_each_line_was_changed_is_told(
    ledger: Any, tmp_path: Path, line: Callable[..., bytes]
) -> None:
    (tmp_path / "access.log").write_bytes(b"".join(_lines(line, 1)))
    ledger.ingest("-q", tmp_path / "access.log")
    copy = b"".join(_lines(line, 1)[:290]).replace(b"10.0.0.1", b"0.0.0.0")
    (tmp_path / "copy.log").write_bytes(copy)
    said, _, document = ledger.ingest("-q", "--json", tmp_path / "copy.log").partition("{")
    (log,) = json.loads("{" + document)["files"]
    assert log["counted_before"] == 290
    assert "copy.log: 290 of its requests were probably counted before" in said
    assert sum(ledger.cells().values()) == 590


def test_another_server_and_a_copy_that_is_wanted_are_not_told(
    ledger: Any, tmp_path: Path, line: Callable[..., bytes]
) -> None:
    for seed in (1, 2):
        (tmp_path / f"{seed}.log").write_bytes(b"".join(_lines(line, seed)))
        assert ledger.ingest("-q", tmp_path / f"{seed}.log") == ""
    copy = b"".join(_lines(line, 1)).replace(b"10.0.0.1", b"0.0.0.0")
    (tmp_path / "copy.log").write_bytes(copy)
    assert ledger.ingest("-q", "--yes", tmp_path / "copy.log") == ""
    assert sum(ledger.cells().values()) == 900
