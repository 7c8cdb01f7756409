"""Several logs in one pipe or archive: each is looked up on its own."""

from __future__ import annotations

import gzip
import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


def test_concatenated_logs_that_were_read_before_have_nothing_new(
    ledger: Any, tmp_path: Path, lines: Callable[[int, int], bytes]
) -> None:
    for number, part in enumerate(PARTS):
        path = tmp_path / f"access.log.{number}"
        path.write_bytes(lines(*part))
        ledger.ingest(path)
    assert ledger.pipe(b"".join(lines(*part) for part in PARTS), "-q") == ""
    assert ledger.pipe(b"".join(lines(*part) for part in reversed(PARTS)), "-q") == ""
    assert ledger.cells() == _cells(0, 450)


def test_each_of_several_concatenated_logs_is_recognized_later(
    ledger: Any, tmp_path: Path, lines: Callable[[int, int], bytes]
) -> None:
    assert ledger.pipe(b"".join(lines(*part) for part in PARTS), "-q") == ""
    assert ledger.cells() == _cells(0, 450)
    for number, part in enumerate(PARTS):
        path = tmp_path / f"access.log.{number}"
        path.write_bytes(lines(*part))
        ledger.ingest(path)
    assert ledger.cells() == _cells(0, 450)


def test_new_lines_of_concatenated_logs_are_counted(
    ledger: Any, tmp_path: Path, lines: Callable[[int, int], bytes]
) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(lines(400, 430))
    ledger.ingest(path)
    assert ledger.pipe(b"".join(lines(*part) for part in PARTS), "-q") == ""
    path.write_bytes(lines(400, 460))
    ledger.ingest(path)
    assert ledger.cells() == _cells(0, 460)


def test_each_member_of_an_archive_is_recognized(
    ledger: Any, tmp_path: Path, lines: Callable[[int, int], bytes], pack: Callable[[bytes], bytes]
) -> None:
    plain = tmp_path / "access.log.1"
    plain.write_bytes(lines(200, 400))
    ledger.ingest(plain)
    archive = tmp_path / "all.packed"
    archive.write_bytes(b"".join(pack(lines(*part)) for part in PARTS))
    ledger.ingest(archive)
    assert ledger.cells() == _cells(0, 450)


def test_each_of_several_archives_in_a_pipe_is_recognized(
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


GLUED = int(os.environ.get("GLUED", "6"))
"""Sets of logs that are glued in order; `GLUED=300` tries more by hand."""


@given(
    lengths=st.lists(st.sampled_from([1, 2, 15, 60]), min_size=2, max_size=4),
    order=st.permutations(range(4)),
    before=st.integers(0, 4),
    archives=st.booleans(),
    grown=st.integers(0, 20),
)
@settings(
    max_examples=GLUED,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_concatenated_logs_and_their_files_count_once_in_any_order(
    ledger: Any,
    tmp_path: Path,
    line: Line,
    feed: Callable[[bytes], str],
    *,
    lengths: list[int],
    order: list[int],
    before: int,
    archives: bool,
    grown: int,
) -> None:
    """`before` of the files come first; the last one in time is the live log and grows."""
    directory = tmp_path / str(len(list(tmp_path.iterdir())))
    directory.mkdir()
    ledger.begin()
    ends = list(accumulate(lengths))
    logs = [
        b"".join(line(n, at=START + n * timedelta(seconds=90)) for n in range(end - length, end))
        for end, length in zip(ends, lengths, strict=True)
    ]

    def read(number: int, data: bytes) -> None:
        path = directory / f"access.log-{number}"
        path.write_bytes(gzip.compress(data) if archives and data is logs[number] else data)
        assert ledger.ingest("-q", path) == ""

    files = [number for number in order if number < len(logs)]
    for number in files[:before]:
        read(number, logs[number])
    assert feed(b"".join(logs)) == ""
    for number in files:
        read(number, logs[number])
    more = b"".join(line(n, at=START + timedelta(days=1)) for n in range(grown))
    read(len(logs) - 1, logs[-1] + more)
    assert feed(b"".join(logs)) == ""
    assert sum(ledger.cells().values()) == ends[-1] + grown


def test_a_file_is_recognized_in_a_pipe_with_sampled_lines(
    ledger: Any, tmp_path: Path, feed: Callable[[bytes], str], lines: Any, line: Line
) -> None:
    """8 000 lines in a pipe: a file of them, longer since; the live log, short and grown; and another log."""
    assert feed(lines(0, 8000)) == ""
    (tmp_path / "middle").write_bytes(lines(3000, 5000))
    told = ledger.ingest("-q", tmp_path / "middle")
    assert (
        "samples of its lines show that a part was read before, in a pipe with other logs" in told
    )
    (tmp_path / "live").write_bytes(lines(7990, 8005))
    ledger.ingest("-q", tmp_path / "live")
    assert ledger.cells() == _cells(0, 8005)
    other = b"".join(line(n, at=START + n * STEP, path="/other") for n in range(3000, 3100))
    (tmp_path / "other").write_bytes(other)
    assert ledger.ingest("-q", tmp_path / "other") == ""
    assert sum(ledger.cells().values()) == 8105


def test_a_file_that_grew_after_the_pipe_adds_its_new_lines(
    ledger: Any, tmp_path: Path, feed: Callable[[bytes], str], lines: Any, line: Line
) -> None:
    """The server writes to the renamed file until it reopens its log; in the pipe another file follows."""
    assert feed(lines(0, 300)) == ""
    late = b"".join(line(n, at=START + 301 * STEP, path="/late") for n in range(3))
    (tmp_path / "access.log.1").write_bytes(lines(100, 200) + late)
    assert ledger.ingest("-q", tmp_path / "access.log.1") == ""
    assert sum(ledger.cells().values()) == 303


def test_a_log_at_the_beginning_of_a_pipe_that_grew_is_counted_again_with_a_notice(
    ledger: Any, tmp_path: Path, feed: Callable[[bytes], str], lines: Any, line: Line
) -> None:
    assert feed(lines(0, 300)) == ""
    late = line(1, at=START + 100 * STEP, path="/late")
    (tmp_path / "access.log").write_bytes(lines(0, 100) + late)
    told = ledger.ingest("-q", tmp_path / "access.log")
    assert "its first 100 lines were read before, at the start of a pipe" in told
    assert sum(ledger.cells().values()) == 401


def test_a_slow_request_does_not_begin_another_log(
    ledger: Any, tmp_path: Path, line: Line, lines: Any
) -> None:
    late = line(9999, at=START + 80 * STEP)
    whole = lines(0, 90) + late + lines(90, 120)
    assert ledger.pipe(whole, "-q") == ""
    (tmp_path / "access.log").write_bytes(whole + lines(120, 130))
    ledger.ingest(tmp_path / "access.log")
    assert sum(ledger.cells().values()) == 131


def test_a_late_last_line_of_a_pipe_does_not_begin_another_log(
    ledger: Any, line: Line, lines: Callable[[int, int], bytes]
) -> None:
    """If it did, a log that goes on differently would continue the lines before it, and lose them."""
    late = line(0, at=START + 30 * STEP, path="/slow", status=504)
    assert ledger.pipe(lines(0, 40) + late, "-q") == ""
    told = ledger.pipe(lines(0, 60), "-q")
    assert "its first 40 lines were read before" in told
    assert "name the host or pod of each log with --host NAME" in told
    assert ledger.cells() == _cells(0, 40) + _cells(0, 60) + Counter(
        {("2026-11-01T10:00Z", "504"): 1}
    )


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


def _load_test(first: int, probes: int, lines: Callable[[int, int], bytes]) -> bytes:
    """A log that begins with one line, many times."""
    log = lines(first, first + 40)
    return log[: log.index(b"\n") + 1] * probes + log


@pytest.mark.parametrize("probes", [20, 2000])
def test_a_part_of_a_pipe_that_begins_with_equal_lines_is_recognized(
    ledger: Any, tmp_path: Path, feed: Callable[[bytes], str], lines: Any, probes: int
) -> None:
    logs = [_load_test(first, probes, lines) for first in (0, 40, 80)]
    assert feed(b"".join(logs)) == ""
    for number, log in enumerate(reversed(logs)):
        path = tmp_path / f"access.log-{number}"
        path.write_bytes(gzip.compress(log) if number == 1 else log)
        assert ledger.ingest("-q", path) == ""
    assert sum(ledger.cells().values()) == 3 * (probes + 40)


def test_parts_of_a_pipe_with_the_same_first_lines_are_recognized(
    ledger: Any, tmp_path: Path, feed: Callable[[bytes], str], lines: Any, line: Line
) -> None:
    """Pods that start at the same time: their logs begin with the same probes, and are glued in any order."""
    probes = line(0, at=START, path="/healthz") * 300
    logs = [probes + lines(first, first + 5) for first in (10, 0, 5)]
    assert feed(b"".join(logs)) == ""
    for number, log in enumerate(logs):
        path = tmp_path / f"pod-{number}.log"
        path.write_bytes(log)
        assert ledger.ingest("-q", path) == ""
    assert sum(ledger.cells().values()) == 3 * 305


def test_a_part_of_a_pipe_is_recognized_after_some_of_it_was_read_alone(
    ledger: Any, tmp_path: Path, feed: Callable[[bytes], str], lines: Any
) -> None:
    """The first lines of a log, then all of it; a log in the middle, then the pipe again from there."""
    assert feed(lines(0, 300)) == ""
    assert feed(lines(100, 150)) == ""
    (tmp_path / "access.log-1").write_bytes(lines(100, 200))
    assert ledger.ingest("-q", tmp_path / "access.log-1") == ""
    assert feed(lines(100, 300)) == ""
    assert feed(lines(0, 300)) == ""
    assert ledger.cells() == _cells(0, 300)


def test_json_logs_in_one_pipe_end_where_the_time_goes_back(
    ledger: Any, feed: Callable[[bytes], str]
) -> None:
    def log(day: int) -> bytes:
        lines = (
            f'{{"time":"2026-11-{day}T10:{minute:02d}:00+00:00","request":"GET /{day}","status":200}}\n'
            for minute in range(20)
        )
        return "".join(lines).encode()

    days = [log(day) for day in (21, 22, 23)]
    assert feed(b"".join(days)) == ""
    assert feed(b"".join(reversed(days))) == ""
    assert sum(ledger.cells().values()) == 60


@pytest.mark.parametrize("packed", [False, True])
def test_the_only_line_of_a_pipe_counts_also_without_its_end(
    ledger: Any, tmp_path: Path, feed: Callable[[bytes], str], lines: Any, *, packed: bool
) -> None:
    only = lines(0, 1).rstrip(b"\n")
    assert feed(gzip.compress(only) if packed else only) == ""
    assert ledger.cells() == _cells(0, 1)
    (tmp_path / "access.log").write_bytes(only)
    assert "has no end yet" in ledger.ingest(tmp_path / "access.log")
    (tmp_path / "access.log").write_bytes(lines(0, 2))
    ledger.ingest(tmp_path / "access.log")
    assert ledger.cells() == _cells(0, 2)


SITES = 3


@pytest.fixture
def sites(line: Line) -> list[bytes]:
    """The logs of three sites in the same hour. Each begins while the one before is written."""
    return [
        b"".join(
            line(
                n,
                at=START + site * timedelta(minutes=2) + n * timedelta(seconds=12),
                path=f"/{site}",
            )
            for n in range(40)
        )
        for site in range(SITES)
    ]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_logs_of_the_same_hour_are_each_recognized_in_pipes_of_any_order(
    ledger: Any,
    tmp_path: Path,
    feed: Callable[[bytes], str],
    line: Line,
    sites: list[bytes],
    order: tuple[int, ...],
) -> None:
    assert feed(b"".join(sites)) == ""
    sites[0] += b"".join(line(n, at=START + n * STEP, path="/late") for n in range(3, 8))
    assert feed(b"".join(sites[site] for site in order)) == ""
    for site in order:
        path = tmp_path / f"site-{site}.log"
        path.write_bytes(sites[site])
        assert ledger.ingest("-q", path) == ""
    assert sum(ledger.cells().values()) == SITES * 40 + 5


@pytest.mark.parametrize("back", [timedelta(minutes=3), timedelta(hours=3)])
@pytest.mark.parametrize("order", ["pipe file", "file pipe", "pipe grown", "pipe pipe file grown"])
def test_a_log_whose_times_go_back_counts_once_by_pipe_and_as_a_file(
    ledger: Any,
    tmp_path: Path,
    feed: Callable[[bytes], str],
    line: Line,
    back: timedelta,
    order: str,
) -> None:
    """The clock of the server was set back."""
    seconds = timedelta(seconds=10)
    log = b"".join(line(n, at=START + n * seconds) for n in range(120))
    log += b"".join(line(n, at=START - back + n * seconds) for n in range(120, 200))
    path = tmp_path / "access.log"
    path.write_bytes(log)
    for step in order.split():
        if step == "grown":
            path.write_bytes(log + line(200, at=START))
        assert (feed(log) if step == "pipe" else ledger.ingest("-q", path)) == ""
    assert sum(ledger.cells().values()) == 200 + ("grown" in order)


def test_known_logs_in_an_archive_of_one_member_have_nothing_new(
    ledger: Any, tmp_path: Path, lines: Callable[[int, int], bytes]
) -> None:
    logs = [lines(first, first + 60) for first in (0, 60, 120)]
    for number, log in enumerate(logs):
        (tmp_path / f"access.log-{number}").write_bytes(log)
        ledger.ingest("-q", tmp_path / f"access.log-{number}")
    for name, parts in (("old.gz", logs), ("back.gz", logs[::-1])):
        (tmp_path / name).write_bytes(gzip.compress(b"".join(parts)))
        assert ledger.ingest("-q", tmp_path / name) == ""
    assert sum(ledger.cells().values()) == 180


def test_new_logs_in_an_archive_of_one_member_are_recognized_later(
    ledger: Any, tmp_path: Path, lines: Callable[[int, int], bytes]
) -> None:
    """The archive has no name that rotation makes, so it may have several logs."""
    for number, order in enumerate((PARTS, tuple(reversed(PARTS)))):
        ledger.begin()
        whole = b"".join(lines(*part) for part in order)
        (tmp_path / f"all{number}.gz").write_bytes(gzip.compress(whole))
        assert ledger.ingest("-q", tmp_path / f"all{number}.gz") == ""
        for place, part in enumerate(PARTS):
            path = tmp_path / f"{number}-access.log.{place}"
            path.write_bytes(lines(*part))
            assert ledger.ingest("-q", path) == ""
        assert ledger.cells() == _cells(0, 450)


def test_a_log_that_only_ends_like_a_log_in_a_pipe_is_another_log(
    ledger: Any, tmp_path: Path, feed: Callable[[bytes], str], line: Line, lines: Any
) -> None:
    """A probe asks two sites at the same seconds, as their logs end."""
    probes = b"".join(
        line(0, at=START + 60 * STEP + n * timedelta(seconds=1), path="/healthz") for n in range(20)
    )
    assert feed(lines(0, 60) + probes) == ""
    (tmp_path / "other.log").write_bytes(line(1, at=START + 59 * STEP, path="/other") + probes)
    assert ledger.ingest("-q", tmp_path / "other.log") == ""
    assert sum(ledger.cells().values()) == 60 + 20 + 1 + 20
