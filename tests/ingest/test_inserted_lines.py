"""Logs into which lines were inserted after they were read, at their path or in another file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.model import Checkpoint, Mark, Stream
from flask_status_cli.sources.identity import inserted_lines
from flask_status_cli.sources.identity.first_lines import prints_of_lines

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)

Lines = Callable[[str, int, int], list[bytes]]


@pytest.fixture
def lines(line: Callable[..., bytes]) -> Lines:
    def lines(site: str, first: int, last: int) -> list[bytes]:
        return [
            line(n, at=START + n * timedelta(seconds=7), path=f"/{site}/{n}")
            for n in range(first, last)
        ]

    return lines


def _size(ledger: Any) -> int:
    return sum(ledger.cells().values())


@pytest.mark.parametrize("sites", ["ab", "abc"])
@pytest.mark.parametrize("order", ["one after the other", "by time"])
def test_logs_that_are_joined_anew_count_their_new_lines(
    ledger: Any, tmp_path: Path, lines: Lines, order: str, sites: str
) -> None:
    path = tmp_path / "all.log"
    for end in (20, 30, 60):
        joined = [each for site in sites for each in lines(site, 0, end)]
        if order == "by time":
            joined.sort(key=lambda each: each.split(b"[")[1].split(b"]")[0])
        path.write_bytes(b"".join(joined))
        ledger.ingest("-q", path)
        assert _size(ledger) == end * len(sites)


def test_a_long_log_with_lines_inserted_in_one_place_counts_them(
    ledger: Any, tmp_path: Path, lines: Lines
) -> None:
    """Between the last mark that agrees, and the next one, lines may be counted again: 8 KiB of them."""
    one, other = lines("a", 0, 4000), lines("b", 0, 3000)
    path = tmp_path / "all.log"
    path.write_bytes(b"".join(one[:3000] + other[:2500]))
    ledger.ingest("-q", path)
    path.write_bytes(b"".join(one + other))
    told = ledger.ingest("-q", path)
    assert "bytes of lines were read before, without the lines between them" in told
    assert 7000 <= _size(ledger) <= 7000 + 2 * 8192 // len(one[0])


def test_a_log_of_which_a_copy_without_probes_was_read_counts_only_the_probes(
    ledger: Any, tmp_path: Path, lines: Lines, line: Callable[..., bytes]
) -> None:
    shop = lines("shop", 0, 30)
    (tmp_path / "clean.log").write_bytes(b"".join(shop))
    ledger.ingest("-q", tmp_path / "clean.log")
    probe = [line(0, at=START + n * timedelta(seconds=10), path="/healthz") for n in range(6)]
    whole = probe[:2] + shop[:9] + probe[2:5] + shop[9:] + probe[5:] + lines("shop", 30, 33)
    (tmp_path / "access.log").write_bytes(b"".join(whole))
    ledger.ingest("-q", tmp_path / "access.log")
    assert _size(ledger) == 39


def test_a_log_with_few_lines_of_another_one_counts_all_of_its_lines(
    ledger: Any, tmp_path: Path, lines: Lines
) -> None:
    """A crawler asked two sites of a server in the same second, and one of them had no other requests."""
    crawler = lines("crawler", 3, 9)
    (tmp_path / "a.log").write_bytes(b"".join(crawler))
    ledger.ingest("-q", tmp_path / "a.log")
    (tmp_path / "b.log").write_bytes(b"".join(lines("b", 0, 3) + crawler + lines("b", 9, 20)))
    ledger.ingest("-q", tmp_path / "b.log")
    assert _size(ledger) == 6 + 20


def test_lines_that_are_not_there_are_searched_in_linear_time(lines: Lines) -> None:
    """Two logs have the same first lines. Then each has others."""
    log, other = lines("a", 0, 3000), lines("a", 0, 1000) + lines("b", 1000, 1200)
    whole = b"".join(other)
    checkpoint = Checkpoint(b"", len(whole), (Mark(0, b""),), prints=prints_of_lines(other))
    search = inserted_lines.LineSearch(log)
    assert search.places(Stream(1, checkpoint)) == ()
    assert inserted_lines.MOST_STEPS - search.steps_left <= 2 * len(log)
