"""A log that is restored from a backup, or cut, at its path: the lines of the backup count once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
STEP = timedelta(seconds=20)


@pytest.fixture
def log(line: Callable[..., bytes]) -> Callable[[int, int], bytes]:
    def log(first: int, last: int) -> bytes:
        return b"".join(line(n, at=START + n * STEP) for n in range(first, last))

    return log


def _size(ledger: Any) -> int:
    return sum(ledger.cells().values())


@pytest.mark.parametrize("meanwhile", [False, True])
@pytest.mark.parametrize(
    ("read", "kept", "more", "twice"),
    [
        (200, 100, 30, 0),  # each line has a print
        (
            4000,
            3900,
            20,
            8192 // 75,
        ),  # the end differs behind the last mark: only its time is newer
        (4000, 3000, 500, 8192 // 75),
    ],
)
def test_a_restored_log_is_counted_from_where_it_differs(
    ledger: Any,
    tmp_path: Path,
    log: Callable[[int, int], bytes],
    *,
    read: int,
    kept: int,
    more: int,
    twice: int,
    meanwhile: bool,
) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(log(0, read))
    ledger.ingest("-q", path)
    path.write_bytes(log(0, kept))
    if meanwhile:
        assert "the rest of the log last read here was not found" in ledger.ingest(
            "-q", path, status=1
        )
    path.write_bytes(log(0, kept) + log(read, read + more))
    told = ledger.ingest("-q", path, status=None)
    assert "was edited or restored" in told
    path.write_bytes(log(0, kept) + log(read, read + more + 9))
    assert ledger.ingest("-q", path) == ""
    assert read + more + 9 <= _size(ledger) <= read + more + 9 + twice


def test_the_log_of_another_site_with_the_same_first_lines_is_another_log(
    ledger: Any, tmp_path: Path, log: Callable[[int, int], bytes]
) -> None:
    for name, first in (("one.log", 100), ("two.log", 300)):
        path = tmp_path / name
        path.write_bytes(log(0, 40))
        ledger.ingest("-q", path)
        path.write_bytes(log(0, 40) + log(first, first + 50))
        assert ledger.ingest("-q", path) == ""
    assert _size(ledger) == 2 * 90
