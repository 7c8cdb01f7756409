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


@pytest.mark.parametrize(
    ("kept", "of"),
    [
        (slice(1, None), 60),  # `sed -i 1d`
        (slice(30, None), 60),  # `tail -n 30`
        (slice(2500, None), 4000),
        (slice(None, None, 2), 4000),
    ],
)
def test_an_edited_log_goes_on_behind_the_last_lines_that_were_read(
    ledger: Any,
    tmp_path: Path,
    log: Callable[[int, int], bytes],
    kept: slice,
    of: int,
) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(log(0, of))
    ledger.ingest("-q", path)
    lines = log(0, of).splitlines(keepends=True)
    edited = b"".join([*lines[: of - 20][kept], *lines[of - 20 :]])
    (tmp_path / "new").write_bytes(edited + log(of, of + 3))
    (tmp_path / "new").replace(path)
    assert "was edited: its lines were read before, up to byte" in ledger.ingest("-q", path)
    path.write_bytes(edited + log(of, of + 9))
    assert ledger.ingest("-q", path) == ""
    path.rename(tmp_path / "access.log.1")
    path.write_bytes(log(of + 9, of + 12))
    assert ledger.ingest("-q", path) == ""
    assert _size(ledger) == of + 12


def test_a_new_log_of_equal_lines_is_not_the_edited_one(
    ledger: Any, tmp_path: Path, line: Callable[..., bytes]
) -> None:
    """Another path has the log that was read; what is at its path now has the same equal lines."""
    path = tmp_path / "access.log"
    equal = line(0, at=START, path="/healthz") * 30
    path.write_bytes(line(1, at=START) + equal)
    ledger.ingest("-q", path)
    path.rename(tmp_path / "access.log.1")
    path.write_bytes(line(2, at=START) + equal + line(3, at=START))
    assert ledger.ingest("-q", path) == ""
    assert _size(ledger) == 31 + 32


def test_a_new_log_that_begins_with_the_same_probes_is_no_restored_one(
    ledger: Any, tmp_path: Path, line: Callable[..., bytes], log: Callable[[int, int], bytes]
) -> None:
    path = tmp_path / "access.log"
    probes = line(0, at=START, path="/healthz") * 30
    path.write_bytes(probes + log(1, 40))
    ledger.ingest("-q", path)
    path.unlink()
    path.write_bytes(probes + log(40, 60))
    ledger.ingest("-q", path, status=None)
    assert _size(ledger) == 30 + 39 + 30 + 20
