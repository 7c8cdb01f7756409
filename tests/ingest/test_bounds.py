"""However long a log is: it is stored batch by batch, and memory stays flat."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.pipeline.ingest.writing.locked_store import Writer
from flask_status_cli.store import Batch, Committed
from flask_status_cli.tally import Tally

Line = Callable[..., bytes]
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def _log(line: Line, lines: int) -> bytes:
    return b"".join(line(n, at=START, path=_path(n), status=_status(n)) for n in range(lines))


def _path(number: int) -> str:
    return "/" + "abcdefghij"[number // 3 % 10] * (1 + number % 5)


def _status(number: int) -> int:
    return (200, 503, 404)[number % 7 % 3]  # every path answers some of its requests


def _counts(lines: int) -> Counter[tuple[str, str, str]]:
    stamp = START.strftime("%Y-%m-%dT%H:%MZ")
    return Counter((stamp, _path(n), str(_status(n))) for n in range(lines))


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[Batch]:
    """What was committed, of batches of about 64 KiB."""
    committed: list[Batch] = []

    def commit(self: Writer, batch: Batch) -> Committed:
        committed.append(batch)
        return original(self, batch)

    original = Writer.commit
    monkeypatch.setattr(Writer, "commit", commit)
    monkeypatch.setattr("flask_status_cli.pipeline.ingest.batch_size.BATCH", 1 << 16)
    monkeypatch.setattr("flask_status_cli.sources.reading.new_blocks.CHUNK", 1 << 15)
    return committed


def test_a_long_log_is_stored_batch_by_batch(
    tmp_path: Path, ledger: Any, line: Line, batches: list[Batch]
) -> None:
    data = _log(line, 5000)
    (tmp_path / "access.log").write_bytes(data)
    ledger.ingest(tmp_path / "access.log")
    offsets = [0, *(batch.checkpoint.offset for batch in batches)]
    assert offsets[-1] == len(data)
    assert max(end - start for start, end in pairwise(offsets)) <= 1 << 17
    assert ledger.counts() == _counts(5000)


def test_a_full_table_of_codes_is_renewed_and_no_count_changes(
    tmp_path: Path,
    ledger: Any,
    line: Line,
    batches: list[Batch],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    renewed: list[Tally] = []

    def renew(self: Tally) -> None:
        renewed.append(self)
        original(self)

    original = Tally.renew
    monkeypatch.setattr(Tally, "renew", renew)
    monkeypatch.setattr("flask_status_cli.tally.MOST_KEYS", 10)
    (tmp_path / "access.log").write_bytes(_log(line, 5000))
    ledger.ingest(tmp_path / "access.log")
    assert len(renewed) == len(batches) > 3
    assert ledger.counts() == _counts(5000)


# Peak memory, as the kernel counts it for the program that runs now.
MEASURED = """
import re, sys
from pathlib import Path
from flask_status_cli.cli import run

status = run(sys.argv[1:])
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
sys.exit(status)
"""
PAGES = 20_000
AGENT = b"Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0 " + b"x" * 30
MB = 1_000_000


def _write(log: Path, size: int) -> int:
    """Write a log of about `size` bytes, day after day; return how many lines it has."""
    lines = 0
    with log.open("wb") as file:
        while file.tell() < size:
            at = (START + timedelta(minutes=lines // 400)).strftime("%d/%b/%Y:%H:%M").encode()
            file.write(
                b"".join(
                    b'10.0.0.1 - - [%s:%02d +0000] "GET /page/%d HTTP/1.1" 200 5 "-" "%s"\n'
                    % (at, n % 60, n % PAGES, AGENT)
                    for n in range(lines, lines + 400)
                )
            )
            lines += 400
    return lines


def test_five_times_the_log_takes_the_same_memory(tmp_path: Path, ledger: Any) -> None:
    peaks: list[int] = []
    log = tmp_path / "access.log"
    for size in (20 * MB, 100 * MB):
        lines = _write(log, size)
        command = [sys.executable, "-c", MEASURED, "--db", f"{size}.db", "ingest", "-q", str(log)]
        done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, check=True)
        peaks.append(int(done.stdout) * 1024)
        ledger.database = tmp_path / f"{size}.db"
        assert ledger.cells().total() == lines
    log.unlink()
    assert peaks[1] - peaks[0] < 10 * MB, peaks
