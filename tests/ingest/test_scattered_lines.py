"""Logs of one pipe that come back in another order, or with new lines between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)

Lines = Callable[[str, int, int], bytes]


@pytest.fixture
def lines(line: Callable[..., bytes]) -> Lines:
    """Return the lines of a site. All sites have requests in the same minutes, so nothing shows a joint."""

    def lines(site: str, first: int, last: int) -> bytes:
        return b"".join(
            line(n, at=START + n * timedelta(seconds=9), path=f"/{site}/{n}")
            for n in range(first, last)
        )

    return lines


def _size(ledger: Any) -> int:
    return sum(ledger.cells().values())


@pytest.mark.parametrize("size", [3, 12, 40])
def test_two_logs_that_grow_between_two_pipes_count_once(
    ledger: Any, tmp_path: Path, feed: Callable[[bytes], str], lines: Lines, size: int
) -> None:
    """The first pipe shows no joint: its second log begins a line after the end of the first one."""
    ends = [(size, size + 1), (2 * size, 2 * size + 1), (3 * size, 2 * size + 2)]
    one, two = [lines("one", 0, end) for end, _ in ends], [lines("two", 1, end) for _, end in ends]
    for first, second in zip(one, two, strict=True):
        feed(first + second)
        assert _size(ledger) == (first + second).count(b"\n")
    for name, log in (("one.log", one[-1]), ("two.log", two[-1])):
        (tmp_path / name).write_bytes(log)
        ledger.ingest("-q", tmp_path / name)
    assert _size(ledger) == (one[-1] + two[-1]).count(b"\n")


def test_short_logs_of_a_pipe_have_nothing_new_in_another_order(
    ledger: Any, feed: Callable[[bytes], str], lines: Lines
) -> None:
    logs = [
        lines(site, at, at + size) for site, at, size in (("a", 0, 4), ("b", 2, 9), ("c", 8, 2))
    ]
    assert feed(b"".join(logs)) == ""
    assert feed(logs[2] + logs[0] + logs[1]) == ""
    assert feed(logs[1] + logs[2] + logs[0]) == ""
    assert _size(ledger) == 15
    assert feed(logs[1] + lines("b", 11, 12) + logs[2] + lines("d", 12, 15) + logs[0]) == ""
    assert _size(ledger) == 19


def test_some_logs_of_a_pipe_come_again_alone_and_go_on(
    ledger: Any, feed: Callable[[bytes], str], lines: Lines
) -> None:
    """The pipe shows no joint, because each log begins while the one before is written."""
    feed(lines("a", 0, 9) + lines("b", 2, 20) + lines("c", 9, 24))
    assert _size(ledger) == 42
    assert feed(lines("c", 9, 24) + lines("a", 0, 9)) == ""
    assert _size(ledger) == 42
    assert feed(lines("c", 9, 24) + lines("c", 40, 43) + lines("a", 0, 9)) == ""
    assert _size(ledger) == 45


def test_a_log_with_lines_of_a_pipe_and_older_ones_of_its_own_is_another_log(
    ledger: Any, feed: Callable[[bytes], str], lines: Lines
) -> None:
    """Two sites may have a stretch of lines in common, such as those of a crawler that asks both."""
    feed(lines("a", 0, 9) + lines("crawler", 10, 20))
    feed(lines("crawler", 10, 12) + lines("b", 11, 19) + lines("crawler", 14, 20))
    assert _size(ledger) == 19 + 16


def test_a_known_log_in_a_pipe_with_scattered_lines_goes_on(
    ledger: Any, tmp_path: Path, feed: Callable[[bytes], str], lines: Lines
) -> None:
    path = tmp_path / "known.log"
    path.write_bytes(lines("known", 0, 20))
    ledger.ingest("-q", path)
    assert feed(lines("a", 0, 4) + lines("b", 4, 8)) == ""
    assert feed(lines("b", 4, 9) + lines("known", 0, 25) + lines("a", 0, 5)) == ""
    assert _size(ledger) == 25 + 5 + 5
    path.write_bytes(lines("known", 0, 30))
    assert ledger.ingest("-q", path) == ""
    assert _size(ledger) == 30 + 5 + 5


def test_probes_that_two_logs_share_do_not_make_them_one(
    ledger: Any, feed: Callable[[bytes], str], line: Callable[..., bytes]
) -> None:
    """A pipe of two pods with probes only; then two others with the same probes and a request more."""
    probes = [line(0, at=START + n * timedelta(seconds=10), path="/healthz") for n in range(12)]
    assert feed(b"".join(probes[:6]) + b"".join(probes[3:])) == ""
    read = _size(ledger)
    failed = line(1, at=START + timedelta(minutes=3), status=503, path="/")
    feed(b"".join(probes[3:]) + failed + b"".join(probes[:6]))
    assert ledger.cells()["2026-11-01T08:03Z", "503"] == 1
    assert _size(ledger) >= read + 1


def test_a_log_that_begins_with_the_probes_of_a_pipe_is_another_log(
    ledger: Any,
    tmp_path: Path,
    feed: Callable[[bytes], str],
    line: Callable[..., bytes],
    lines: Lines,
) -> None:
    probes = b"".join(
        line(0, at=START + n * timedelta(seconds=2), path="/healthz") for n in range(5)
    )
    assert feed(probes + lines("a", 5, 10)) == ""
    (tmp_path / "b.log").write_bytes(probes + lines("b", 20, 30))
    ledger.ingest("-q", tmp_path / "b.log")
    assert _size(ledger) == 10 + 15


def test_a_dry_run_knows_the_lines_of_earlier_pipes(
    ledger: Any, tmp_path: Path, lines: Lines
) -> None:
    first = lines("a", 0, 5) + lines("b", 3, 9)
    assert "11 entries" in ledger.pipe(first)
    again = lines("a", 0, 7) + lines("b", 3, 12)
    for option in ("--dry-run", "--quiet"):
        told = ledger.pipe(again, option)
        assert option == "--quiet" or "5 entries" in told
    assert _size(ledger) == 16


def test_pieces_of_a_log_that_overlap_by_a_line_count_it_once(
    ledger: Any, feed: Callable[[bytes], str], lines: Lines
) -> None:
    for first in range(0, 20, 4):
        assert feed(lines("a", first, first + 5)) == ""
    assert _size(ledger) == 21


def test_pieces_of_probes_that_overlap_by_a_line_are_told(
    ledger: Any, feed: Callable[[bytes], str], line: Callable[..., bytes]
) -> None:
    probes = [line(0, at=START + n * timedelta(seconds=10), path="/healthz") for n in range(9)]
    assert feed(b"".join(probes[:5])) == ""
    assert "--stream NAME is for pieces of one log" in feed(b"".join(probes[4:]))
    assert _size(ledger) == 10


def test_equal_lines_at_the_beginning_of_two_logs_belong_to_both(
    ledger: Any, feed: Callable[[bytes], str], line: Callable[..., bytes], lines: Lines
) -> None:
    equal = line(0, at=START, path="/healthz") * 20
    assert feed(equal + lines("b", 1, 40)) == ""
    assert feed(equal + lines("a", 1, 30) + equal + lines("b", 1, 40)) == ""
    assert _size(ledger) == 59 + 49
