"""`--rejects FILE`: a refused line is kept exactly as often as it is counted, for its owner's eyes only."""

from __future__ import annotations

import fcntl
import gzip
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flask_status_cli.pipeline.ingest import rejects as keeping
from flask_status_cli.pipeline.ingest.rejects import Rejects
from flask_status_cli.sources import Reading
from flask_status_cli.store import Batch, Committed, Store, StreamsChanged

Line = Callable[..., bytes]
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def mixed(line: Line, first: int, last: int) -> tuple[bytes, bytes]:
    """A log in which every third line is refused, and those lines."""
    lines, refused = [], []
    for number in range(first, last):
        lines.append(line(number, at=START + timedelta(seconds=number)))
        if number % 3 == 0:
            refused.append(b"::1 - \xe9 %d\r\n" % number if number % 2 else b"::2 - %d\n" % number)
            lines.append(refused[-1])
    return b"".join(lines), b"".join(refused)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "access.log"


@pytest.fixture(autouse=True)
def _directory(log: Path) -> None:
    log.parent.mkdir()


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "rejects.log"


def test_refused_lines_are_kept_as_they_were_read(
    ledger: Any, line: Line, log: Path, kept: Path
) -> None:
    data, refused = mixed(line, 0, 20)
    log.write_bytes(b" * Serving Flask app 'noise'\n" + data)
    told = ledger.ingest("--rejects", kept, log)
    assert kept.read_bytes() == refused
    assert f"refused lines are kept in {kept}\n" in told


def test_refused_lines_are_kept_once_however_often_the_log_is_read(
    ledger: Any, line: Line, log: Path, kept: Path, tmp_path: Path
) -> None:
    one, refused_one = mixed(line, 0, 20)
    two, refused_two = mixed(line, 20, 41)
    log.write_bytes(one + b"::1 - half a ")
    ledger.ingest("--rejects", kept, log)
    assert kept.read_bytes() == refused_one
    log.write_bytes(one + b"::1 - half a line\n" + two)
    packed = tmp_path / "copy.gz"
    packed.write_bytes(gzip.compress(log.read_bytes()))
    for _ in range(2):
        ledger.ingest("--rejects", kept, log)
        ledger.ingest("--rejects", kept, packed)
    assert kept.read_bytes() == refused_one + b"::1 - half a line\n" + refused_two


def test_refused_lines_that_a_pipe_repeats_are_not_kept_again(
    ledger: Any, line: Line, log: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flask_status_cli.sources.reading.content.CHUNK", 1 << 12)
    data, refused = mixed(line, 0, 1500)
    more, refused_more = mixed(line, 1500, 1600)
    log.write_bytes(data)
    ledger.ingest("--rejects", kept, log)
    for content in (data[: data.rfind(b"\n", 0, 9000) + 1], data, data + more, data + more):
        packed = log.with_suffix(".gz")
        packed.write_bytes(gzip.compress(content))
        ledger.ingest("--rejects", kept, packed)
    assert kept.read_bytes() == refused + refused_more


def test_many_batches_are_kept_in_order(
    ledger: Any, line: Line, log: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flask_status_cli.pipeline.ingest.batch_size.BATCH", 1)
    monkeypatch.setattr("flask_status_cli.sources.reading.new_blocks.CHUNK", 1000)
    monkeypatch.setattr(keeping, "IN_MEMORY", 100)
    data, refused = mixed(line, 0, 500)
    log.write_bytes(data)
    ledger.ingest("--rejects", kept, log)
    assert kept.read_bytes() == refused


def test_a_dropped_batch_leaves_no_refused_line(
    ledger: Any, line: Line, log: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, refused = mixed(line, 0, 20)
    log.write_bytes(data)
    sizes: list[int] = []

    def fast(self: Store, batch: Batch, **named: Any) -> Committed:
        sizes.append(kept.stat().st_size)
        if len(sizes) < 3:
            raise StreamsChanged
        return original(self, batch, **named)

    original = Store.commit
    monkeypatch.setattr(Store, "commit", fast)
    ledger.ingest("--rejects", kept, log)
    assert sizes == [len(refused)] * 3
    assert kept.read_bytes() == refused


def test_lines_of_a_log_truncated_meanwhile_are_not_kept_twice(
    ledger: Any, line: Line, log: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, _ = mixed(line, 0, 20)
    other, refused = mixed(line, 50, 80)
    log.write_bytes(data)

    def replaced(self: Reading) -> bool:
        if log.read_bytes() == data:
            log.write_bytes(other)
        return original(self)

    original = Reading.unchanged
    monkeypatch.setattr(Reading, "unchanged", replaced)
    ledger.ingest("--rejects", kept, log)
    assert kept.read_bytes() == refused


def test_a_log_that_is_not_counted_leaves_no_refused_line(
    ledger: Any, log: Path, kept: Path
) -> None:
    log.write_bytes(b"what is this\n" * 3)
    ledger.ingest("--rejects", kept, log, status=1)
    assert kept.read_bytes() == b""


def test_with_a_locked_database_refused_lines_are_kept_by_the_next_run(
    ledger: Any, line: Line, log: Path, kept: Path
) -> None:
    data, refused = mixed(line, 0, 20)
    log.write_bytes(line(99, at=START))
    ledger.ingest(log)
    log.write_bytes(line(99, at=START) + data)
    with Path(f"{ledger.database}.lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ledger.ingest("--wait", "0", "--rejects", kept, log)
        assert kept.read_bytes() == b""
    ledger.ingest("--rejects", kept, log)
    assert kept.read_bytes() == refused


def test_a_dry_run_keeps_nothing_and_makes_no_file(
    ledger: Any, line: Line, log: Path, kept: Path
) -> None:
    log.write_bytes(mixed(line, 0, 20)[0])
    told = ledger.ingest("--dry-run", "--rejects", kept, log)
    assert "7 refused" in told
    assert "kept" not in told
    assert not kept.exists()


DYING = """
import os, signal, sys
from flask_status_cli.cli import run
from flask_status_cli.store import Store

def dying(self, batch, **named):
    if sys.argv[1] == "after":
        original(self, batch, **named)
    os.kill(os.getpid(), signal.SIGKILL)

original = Store.commit
Store.commit = dying
sys.exit(run(sys.argv[2:]))
"""


@pytest.mark.parametrize(("moment", "times"), [("before", 2), ("after", 1)])
def test_a_kill_loses_no_refused_line_and_at_most_repeats_a_batch(
    ledger: Any, line: Line, log: Path, kept: Path, moment: str, times: int
) -> None:
    data, refused = mixed(line, 0, 20)
    log.write_bytes(data)
    arguments = ["--db", ledger.database, "ingest", "--rejects", kept, log]
    killed = subprocess.run([sys.executable, "-c", DYING, moment, *arguments], check=False)
    assert killed.returncode == -signal.SIGKILL
    ledger.ingest("--rejects", kept, log)
    assert kept.read_bytes() == refused * times


def test_a_line_that_a_kill_cut_short_is_ended_first(
    ledger: Any, line: Line, log: Path, kept: Path
) -> None:
    data, refused = mixed(line, 0, 20)
    kept.touch(0o600)
    kept.write_bytes(b"whole\ncut sho")
    log.write_bytes(data)
    ledger.ingest("--rejects", kept, log)
    assert kept.read_bytes() == b"whole\ncut sho\n" + refused


def test_runs_at_once_append_whole_lines(tmp_path: Path, kept: Path) -> None:
    lines = {b"%d " % number + b"x" * 5000 + b"\n" for number in range(200)}

    def append(part: list[bytes]) -> None:
        file = Rejects(kept)
        for each in part:
            file.note(1, "", each)
            with file.kept():
                pass

    ordered = sorted(lines)
    threads = [threading.Thread(target=append, args=[ordered[n::4]]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = kept.read_bytes().splitlines(keepends=True)
    assert len(found) == 200
    assert set(found) == lines


@pytest.mark.parametrize("mask", [0, 0o022, 0o777])
def test_only_the_owner_may_read_the_file_whatever_the_umask(kept: Path, mask: int) -> None:
    old = os.umask(mask)
    try:
        Rejects(kept)
    finally:
        os.umask(old)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def refused_at_once(ledger: Any, log: Path, kept: Path, line: Line, what: str, try_: str) -> None:
    log.write_bytes(mixed(line, 0, 20)[0])
    told = ledger.ingest("--rejects", kept, log, status=1)
    assert told.startswith(f"flask-status: {kept}: {what}")
    assert try_ in told
    assert len(told.splitlines()) == 1
    assert not ledger.database.exists(), "nothing was read"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602, 0o601])
def test_a_file_that_others_may_read_is_refused(
    ledger: Any, log: Path, kept: Path, line: Line, mode: int
) -> None:
    kept.touch()
    kept.chmod(mode)
    refused_at_once(
        ledger, log, kept, line, f"can be read by other users (mode {mode:o})", f"chmod 600 {kept}"
    )
    assert kept.read_bytes() == b""
    assert stat.S_IMODE(kept.stat().st_mode) == mode


@pytest.mark.parametrize("leads", ["to a file", "nowhere"])
def test_a_symbolic_link_is_not_followed(
    ledger: Any, log: Path, kept: Path, line: Line, leads: str
) -> None:
    victim = kept.with_name("victim")
    if leads == "to a file":
        victim.touch(0o600)
    kept.symlink_to(victim)
    refused_at_once(ledger, log, kept, line, "is a symbolic link", "name the file itself")
    assert not victim.exists() or victim.read_bytes() == b""


def test_a_hard_link_is_refused(ledger: Any, log: Path, kept: Path, line: Line) -> None:
    victim = kept.with_name("victim")
    victim.touch(0o600)
    kept.hardlink_to(victim)
    refused_at_once(ledger, log, kept, line, "has a second name", "name another file")
    assert victim.read_bytes() == b""


def test_a_named_pipe_is_no_file_and_nobody_waits_for_its_reader(
    ledger: Any, log: Path, kept: Path, line: Line
) -> None:
    os.mkfifo(kept, 0o600)
    refused_at_once(ledger, log, kept, line, "is not a regular file", "name a file")


def test_a_device_is_no_file(ledger: Any, log: Path, line: Line) -> None:
    refused_at_once(ledger, log, Path("/dev/null"), line, "is not a regular file", "name a file")


def test_a_database_is_refused_as_the_file(ledger: Any, log: Path, line: Line) -> None:
    log.write_bytes(mixed(line, 1, 3)[0])
    ledger.ingest(log)
    ledger.database.chmod(0o600)
    before = ledger.database.read_bytes()
    log.write_bytes(mixed(line, 1, 9)[0])
    told = ledger.ingest("--rejects", ledger.database, log, status=1)
    assert f"{ledger.database}: is a database; name a file for refused lines" in told
    assert ledger.database.read_bytes() == before


def test_a_directory_is_no_file(ledger: Any, log: Path, kept: Path, line: Line) -> None:
    kept.mkdir()
    refused_at_once(ledger, log, kept, line, "Is a directory", "cannot be written")


def test_a_missing_directory_is_reported(ledger: Any, log: Path, line: Line) -> None:
    nowhere = log.parent / "no" / "rejects.log"
    refused_at_once(ledger, log, nowhere, line, "No such file or directory", "cannot be written")


def test_the_file_of_another_user_is_refused(
    ledger: Any, log: Path, kept: Path, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.touch(0o600)
    monkeypatch.setattr(os, "geteuid", lambda: kept.stat().st_uid + 1)
    refused_at_once(ledger, log, kept, line, "belongs to another user", "of your own")


def test_lines_that_cannot_be_written_are_not_counted_either(
    ledger: Any, line: Line, log: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, refused = mixed(line, 0, 20)
    log.write_bytes(data)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        told = ledger.ingest("--rejects", kept, log, status=1)
    assert f"{kept}: No space left on device" in told
    assert kept.read_bytes() == b""
    assert ledger.cells() == {}
    ledger.ingest("--rejects", kept, log)
    assert kept.read_bytes() == refused
    assert ledger.cells().total() == 20


def test_the_file_is_never_read_as_a_log(ledger: Any, line: Line, log: Path) -> None:
    kept = log.parent / "access.log.rejects"
    data, refused = mixed(line, 0, 20)
    log.write_bytes(data)
    for _ in range(3):
        ledger.ingest("--rejects", kept, log.parent)
        ledger.ingest("--rejects", kept, f"{log}*")
        ledger.ingest("--rejects", kept, log)
    assert kept.read_bytes() == refused
    told = ledger.ingest("--rejects", kept, kept, status=1)
    assert f"{kept}: is the file of --rejects; name another file for refused lines" in told


@pytest.mark.parametrize("name", ["-", ""])
def test_standard_output_is_no_file(ledger: Any, log: Path, name: str) -> None:
    assert "--rejects needs the name of a file" in ledger.ingest("--rejects", name, log, status=2)
