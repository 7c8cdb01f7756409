"""Pieces of a log that come through pipes, such as `tail -n 100 access.log | …`, and the log's file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest

from flask_status_cli.sources import Content
from flask_status_cli.sources.identity import pieces_of_log
from flask_status_cli.sources.identity.fingerprints import SPAN
from flask_status_cli.store import Store

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)

Lines = Callable[[int, int], bytes]


@pytest.fixture
def lines(line: Callable[..., bytes]) -> Lines:
    def lines(first: int, last: int) -> bytes:
        return b"".join(
            line(n, at=START + n * timedelta(seconds=9), path=f"/{n}") for n in range(first, last)
        )

    return lines


def _size(ledger: Any) -> int:
    return sum(ledger.cells().values())


def test_the_last_lines_of_a_file_in_a_pipe_are_read_from_the_file(
    ledger: Any, tmp_path: Path, feed: Callable[[bytes], str], lines: Lines
) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(lines(0, 300))
    ledger.ingest("-q", path)
    told = f"-: these lines are in {path}, which was read before; that file was read on instead"
    assert told in feed(lines(280, 300))
    assert _size(ledger) == 300
    path.write_bytes(lines(0, 340))
    assert told in feed(lines(290, 330))
    assert ledger.ingest("-q", path) == ""
    assert _size(ledger) == 340
    path.write_bytes(lines(0, 400))
    assert told in feed(lines(390, 400))
    assert _size(ledger) == 400
    assert feed(lines(450, 460)) == ""
    assert _size(ledger) == 410


def test_a_file_does_not_count_its_lines_that_came_through_pipes(
    ledger: Any, tmp_path: Path, feed: Callable[[bytes], str], lines: Lines
) -> None:
    for first, last in ((50, 60), (55, 70), (200, 220)):
        assert feed(lines(first, last)) == ""
    path = tmp_path / "access.log"
    path.write_bytes(lines(0, 300))
    old = len(lines(50, 70)) + len(lines(200, 220))
    assert f"{old:,} bytes of lines were read before, in pipes" in ledger.ingest("-q", path)
    assert _size(ledger) == 300
    path.write_bytes(lines(0, 310))
    assert ledger.ingest("-q", path) == ""
    assert feed(lines(0, 310)) == ""
    assert _size(ledger) == 310


def test_what_tail_prints_of_several_files_is_read_from_the_files(
    ledger: Any, tmp_path: Path, feed: Callable[[bytes], str], lines: Lines
) -> None:
    """`tail -n 10 a.log b.log`, and a piece of a third file that was never read."""
    for name, last in (("a.log", 60), ("b.log", 90)):
        (tmp_path / name).write_bytes(lines(last - 30, last))
        ledger.ingest("-q", tmp_path / name)
    a, b, c = lines(50, 60), lines(80, 90), lines(100, 105)
    feed(b"==> a.log <==\n" + a + b"\n==> b.log <==\n" + b + b"\n==> c.log <==\n" + c)
    assert _size(ledger) == 65


def test_lines_of_files_that_tail_follows_in_turn_are_pieces_of_these_files(
    ledger: Any, tmp_path: Path, feed: Callable[[bytes], str], lines: Lines
) -> None:
    a, b = lines(0, 30), lines(100, 120)
    turns = [lines(0, 10), lines(100, 105), lines(10, 30), lines(105, 120)]
    headers = [b"==> a.log <==\n", b"\n==> b.log <==\n", b"\n==> a.log <==\n", b"\n==> b.log <==\n"]
    feed(b"".join(header + turn for header, turn in zip(headers, turns, strict=True)))
    for name, log in (("a.log", a), ("b.log", b)):
        (tmp_path / name).write_bytes(log + lines(200, 210))
        ledger.ingest("-q", tmp_path / name)
    assert _size(ledger) == 50 + 20


def test_overlapping_pieces_come_again_as_a_whole(
    ledger: Any, feed: Callable[[bytes], str], lines: Lines
) -> None:
    for first, last in ((0, 40), (20, 80), (60, 120)):
        feed(lines(first, last))
    assert feed(lines(0, 130)) == ""
    assert _size(ledger) == 130


def test_a_pipe_of_one_line_without_end_is_compared_with_a_file(
    ledger: Any, tmp_path: Path, feed: Callable[[bytes], str], lines: Lines
) -> None:
    feed(lines(0, 1).rstrip(b"\n"))
    (tmp_path / "other.log").write_bytes(lines(1, 900))
    assert ledger.ingest("-q", tmp_path / "other.log") == ""
    assert _size(ledger) == 900


def test_lines_that_alternate_are_compared_with_a_pipe_in_linear_time(
    ledger: Any, tmp_path: Path, feed: Callable[[bytes], str], line: Callable[..., bytes]
) -> None:
    """The pipe may begin at every second line, and differs from the file only in its middle."""
    one, other, middle = (line(0, at=START, path=path) for path in ("/a", "/b", "/c"))
    feed((one + other) * 200 + middle + (one + other) * 200)
    (tmp_path / "access.log").write_bytes(other + (one + other) * 2000)
    compared = 0

    def read_at(position: int, length: int) -> bytes:
        nonlocal compared
        found = content.read_at(position, length)
        compared += len(found)
        return found

    content = Content(str(tmp_path / "access.log"))
    counted = SimpleNamespace(size=content.size, read_at=read_at)
    with (
        Store.open(ledger.database, create=False, clock=lambda: START) as store,
        patch.object(pieces_of_log, "MOST_COMPARED", 1 << 20),
    ):
        assert pieces_of_log.pieces_in(counted, store.pipe_heads(), store.streams) == ()
    assert compared < content.size() + 2000 * SPAN + 3 * (1 << 20)
    content.close()


def test_a_file_counts_its_probes_that_another_log_in_a_pipe_has_too(
    ledger: Any, tmp_path: Path, feed: Callable[[bytes], str], line: Callable[..., bytes]
) -> None:
    probes = [line(0, at=START + n * timedelta(seconds=10), path="/healthz") for n in range(30)]
    feed(b"".join(probes[3:20]))
    path = tmp_path / "pod.log"
    path.write_bytes(b"".join([line(1, at=START), *probes, line(2, at=START)]))
    ledger.ingest("-q", path)
    assert _size(ledger) == 17 + 32
