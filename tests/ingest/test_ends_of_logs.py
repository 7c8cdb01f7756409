"""Logs of more than 2,048 lines that end behind the last fingerprint which they share with a longer log."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
STEP = timedelta(milliseconds=100)
LONG = 3000
SHORT = 2500

Lines = Callable[..., bytes]


@pytest.fixture
def lines(line: Callable[..., bytes]) -> Lines:
    def lines(first: int, last: int, **changed: Any) -> bytes:
        return b"".join(line(n, at=START + n * STEP, **changed) for n in range(first, last))

    return lines


@pytest.fixture
def feed(ledger: Any, tmp_path: Path) -> Callable[[bytes, str, str], str]:
    def feed(data: bytes, medium: str, name: str) -> str:
        if medium == "pipe":
            return str(ledger.pipe(data, "-q"))
        packed = medium == "gzip"
        path = tmp_path / (f"{name}.1.gz" if packed else name)
        path.write_bytes(gzip.compress(data) if packed else data)
        return str(ledger.ingest("-q", path))

    return feed


def _statuses(ledger: Any) -> tuple[int, int]:
    cells = ledger.cells()
    failed = sum(n for (_, status), n in cells.items() if status == "503")
    return sum(cells.values()) - failed, failed


@pytest.mark.parametrize(
    ("medium", "longer"), [("file", "file"), ("pipe", "file"), ("gzip", "gzip")]
)
@pytest.mark.parametrize("whole", [True, False])
def test_the_end_of_a_log_is_compared_with_the_file_of_the_longer_log(
    ledger: Any, feed: Any, lines: Lines, *, medium: str, longer: str, whole: bool
) -> None:
    """Another last line has the same length, time and status, so that only its bytes differ."""
    assert feed(lines(0, LONG), longer, "long") == ""
    end = lines(SHORT - 1, SHORT) if whole else lines(SHORT - 1, SHORT, path="/page/9999")
    assert feed(lines(0, SHORT - 1) + end, medium, "short") == ""
    assert _statuses(ledger) == (LONG if whole else LONG + SHORT, 0)


@pytest.mark.parametrize("medium", ["file", "pipe"])
def test_an_end_with_a_failure_that_was_never_counted_is_another_log(
    ledger: Any, feed: Any, lines: Lines, medium: str
) -> None:
    assert feed(lines(0, LONG), "pipe", "") == ""
    other = lines(0, SHORT - 1) + lines(SHORT - 1, SHORT, status=503)
    assert "all of it was counted, as a separate log" in feed(other, medium, "short")
    assert _statuses(ledger) == (LONG + SHORT - 1, 1)


@pytest.mark.parametrize("medium", ["file", "pipe"])
@pytest.mark.parametrize("same", [True, False])
def test_an_end_that_nobody_can_compare_is_said(
    ledger: Any, feed: Any, lines: Lines, medium: str, *, same: bool
) -> None:
    """There is a fingerprint at every 8,192 bytes. Only the lines behind the last one may differ."""
    assert feed(lines(0, LONG), "pipe", "") == ""
    other = {} if same else {"path": "/page/9999"}
    data = lines(0, SHORT - 1) + lines(SHORT - 1, SHORT, **other)
    behind = data[len(data) - len(data) % 8192 :].count(b"\n")
    said = feed(data, medium, "short")
    assert f"its last {behind} lines could not be compared with a longer log" in said
    assert _statuses(ledger) == (LONG, 0)


def test_json_has_the_number_of_lines_that_could_not_be_compared(
    ledger: Any, feed: Any, lines: Lines, tmp_path: Path
) -> None:
    feed(lines(0, LONG), "pipe", "")
    data = lines(0, SHORT)
    path = tmp_path / "short"
    path.write_bytes(data)
    (log,) = json.loads(ledger.ingest("-q", "--json", path).partition("\n")[2])["files"]
    assert log["result"] == "beginning"
    assert log["assumed"] == data[len(data) - len(data) % 8192 :].count(b"\n")


def test_a_beginning_whose_lines_all_have_prints_needs_no_comparison(
    ledger: Any, feed: Any, lines: Lines
) -> None:
    assert feed(lines(0, LONG), "pipe", "") == ""
    assert feed(lines(0, 2000), "file", "short") == ""
    assert _statuses(ledger) == (LONG, 0)


def test_an_end_is_not_compared_with_a_file_that_has_other_lines_by_now(
    ledger: Any, feed: Any, lines: Lines, tmp_path: Path
) -> None:
    assert feed(lines(0, LONG), "file", "long") == ""
    changed = lines(0, SHORT - 1) + lines(SHORT - 1, LONG, status=404)
    (tmp_path / "long").write_bytes(changed)
    said = feed(lines(0, SHORT), "file", "short")
    assert "could not be compared with a longer log" in said
    assert _statuses(ledger) == (LONG, 0)
