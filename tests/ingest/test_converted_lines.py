"""Copies of a log with other line ends: CRLF instead of LF, as some programs on Windows write them."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)

Feed = Callable[[bytes, str], str]


@pytest.fixture
def feed(ledger: Any, tmp_path: Path) -> Feed:
    """Ingest a content under a new name, or through a pipe. Return what was printed."""
    number = iter(range(100))

    def feed(data: bytes, medium: str) -> str:
        if medium == "pipe":
            return str(ledger.pipe(data, "-q"))
        path = tmp_path / f"log{next(number)}"
        path.write_bytes(gzip.compress(data) if medium == "archive" else data)
        return str(ledger.ingest("-q", path))

    return feed


@pytest.mark.parametrize("size", [3, 900])
@pytest.mark.parametrize("crlf_first", [True, False])
@pytest.mark.parametrize("second", ["file", "pipe", "archive"])
@pytest.mark.parametrize("first", ["file", "pipe"])
def test_a_copy_with_other_line_ends_has_only_its_new_lines(
    ledger: Any,
    feed: Feed,
    line: Callable[..., bytes],
    *,
    first: str,
    second: str,
    crlf_first: bool,
    size: int,
) -> None:
    lines = [line(n, at=START + n * timedelta(seconds=30)) for n in range(size + 5)]
    log, grown = b"".join(lines[:size]), b"".join(lines)
    if crlf_first:
        feed(log.replace(b"\n", b"\r\n"), first)
    else:
        feed(log, first)
        log, grown = (each.replace(b"\n", b"\r\n") for each in (log, grown))
    assert feed(log, second) == ""
    assert sum(ledger.cells().values()) == size
    assert feed(grown, second) == ""
    assert sum(ledger.cells().values()) == size + 5


def test_a_log_with_crlf_that_only_begins_like_a_log_with_lf_is_counted(
    ledger: Any, feed: Feed, line: Callable[..., bytes]
) -> None:
    one, other, third = (line(n, at=START) for n in range(3))
    feed(one + other, "file")
    feed((one + third).replace(b"\n", b"\r\n"), "file")
    assert sum(ledger.cells().values()) == 4


def test_a_file_with_other_line_ends_that_grows_at_its_path_is_read_on(
    ledger: Any, tmp_path: Path, feed: Feed, line: Callable[..., bytes]
) -> None:
    lines = [line(n, at=START + n * timedelta(seconds=30)) for n in range(40)]
    feed(b"".join(lines[:10]), "file")
    path = tmp_path / "access.log"
    for end in (10, 20, 40):
        path.write_bytes(b"".join(lines[:end]).replace(b"\n", b"\r\n"))
        assert ledger.ingest("-q", path) == ""
        assert sum(ledger.cells().values()) == end
