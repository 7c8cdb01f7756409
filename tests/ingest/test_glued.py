"""Several logs in one pipe or archive: each is looked up on its own."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

Line = Callable[..., bytes]
START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
STEP = timedelta(minutes=4)


@pytest.fixture
def lines(line: Line) -> Callable[[int, int], bytes]:
    return lambda first, last: b"".join(line(n, at=START + n * STEP) for n in range(first, last))


def _cells(first: int, last: int) -> Counter[tuple[str, str]]:
    return Counter(
        ((START + n * STEP).strftime("%Y-%m-%dT%H:%MZ"), "200") for n in range(first, last)
    )


PARTS = ((400, 450), (200, 400), (0, 200))
"""A log and its rotated files, as `zcat -f access.log*` puts them: the newest first."""


def test_glued_logs_that_were_read_before_are_nothing_new(
    ledger: Any, tmp_path: Path, lines: Callable[[int, int], bytes]
) -> None:
    for number, part in enumerate(PARTS):
        path = tmp_path / f"access.log.{number}"
        path.write_bytes(lines(*part))
        ledger.ingest(path)
    assert ledger.pipe(b"".join(lines(*part) for part in PARTS), "-q") == ""
    assert ledger.pipe(b"".join(lines(*part) for part in reversed(PARTS)), "-q") == ""
    assert ledger.cells() == _cells(0, 450)


def test_glued_logs_are_known_afterwards_each_by_itself(
    ledger: Any, tmp_path: Path, lines: Callable[[int, int], bytes]
) -> None:
    assert ledger.pipe(b"".join(lines(*part) for part in PARTS), "-q") == ""
    assert ledger.cells() == _cells(0, 450)
    for number, part in enumerate(PARTS):
        path = tmp_path / f"access.log.{number}"
        path.write_bytes(lines(*part))
        ledger.ingest(path)
    assert ledger.cells() == _cells(0, 450)


def test_what_is_new_in_glued_logs_is_counted(
    ledger: Any, tmp_path: Path, lines: Callable[[int, int], bytes]
) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(lines(400, 430))
    ledger.ingest(path)
    assert ledger.pipe(b"".join(lines(*part) for part in PARTS), "-q") == ""
    path.write_bytes(lines(400, 460))
    ledger.ingest(path)
    assert ledger.cells() == _cells(0, 460)


def test_members_of_an_archive_are_looked_up_each(
    ledger: Any, tmp_path: Path, lines: Callable[[int, int], bytes], pack: Callable[[bytes], bytes]
) -> None:
    plain = tmp_path / "access.log.1"
    plain.write_bytes(lines(200, 400))
    ledger.ingest(plain)
    archive = tmp_path / "all.packed"
    archive.write_bytes(b"".join(pack(lines(*part)) for part in PARTS))
    ledger.ingest(archive)
    assert ledger.cells() == _cells(0, 450)


def test_glued_archives_in_a_pipe_are_looked_up_each(
    ledger: Any, tmp_path: Path, lines: Callable[[int, int], bytes], pack: Callable[[bytes], bytes]
) -> None:
    plain = tmp_path / "access.log.1"
    plain.write_bytes(lines(200, 400))
    ledger.ingest(plain)
    assert ledger.pipe(b"".join(pack(lines(*part)) for part in PARTS), "-q") == ""
    assert ledger.cells() == _cells(0, 450)


def test_one_log_in_several_members_is_one_log(
    ledger: Any, tmp_path: Path, lines: Callable[[int, int], bytes], pack: Callable[[bytes], bytes]
) -> None:
    whole = lines(0, 300)
    archive = tmp_path / "access.log.1.packed"
    archive.write_bytes(pack(whole[:5000]) + pack(whole[5000:]) + bytes(512))
    ledger.ingest(archive)
    plain = tmp_path / "access.log"
    plain.write_bytes(whole + lines(300, 310))
    ledger.ingest(plain)
    assert ledger.cells() == _cells(0, 310)


def test_a_slow_request_is_no_other_log(
    ledger: Any, tmp_path: Path, line: Line, lines: Any
) -> None:
    late = line(9999, at=START + 80 * STEP)
    whole = lines(0, 90) + late + lines(90, 120)
    assert ledger.pipe(whole, "-q") == ""
    (tmp_path / "access.log").write_bytes(whole + lines(120, 130))
    ledger.ingest(tmp_path / "access.log")
    assert sum(ledger.cells().values()) == 131


def test_a_first_line_in_the_middle_of_a_log_does_not_cut_it(
    ledger: Any, tmp_path: Path, line: Line, lines: Any
) -> None:
    """The same health check opens one log and stands inside another: only the lines behind it tell."""
    probe = line(0, at=START + 10 * STEP, path="/healthz")
    (tmp_path / "a").write_bytes(probe + lines(10, 60))
    ledger.ingest(tmp_path / "a")
    other = lines(0, 11) + probe + lines(60, 100)
    assert ledger.pipe(other, "-q") == ""
    (tmp_path / "b").write_bytes(other)
    ledger.ingest(tmp_path / "b")
    assert sum(ledger.cells().values()) == 51 + 52


def test_a_pipe_of_the_shell_is_read_once_and_again_when_it_is_fed_again(
    ledger: Any, lines: Callable[[int, int], bytes]
) -> None:
    for last in (50, 50, 60):
        read, write = os.pipe()
        os.write(write, lines(0, last))
        os.close(write)
        ledger.ingest(f"/dev/fd/{read}")
        os.close(read)
    assert ledger.cells() == _cells(0, 60)
