"""Corners of a log's life that strangers found: each once cost lines, doubled them, or cried wolf."""

from __future__ import annotations

import gzip
import lzma
import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from flask_status_cli.pipeline.ingest.rotation.log_order import in_order
from flask_status_cli.sources import Content, Sibling, has_rotated_name, siblings

Lines = Callable[[int, int], bytes]
START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def lines(line: Callable[..., bytes]) -> Lines:
    return lambda first, last: b"".join(
        line(n, at=START + timedelta(minutes=n)) for n in range(first, last)
    )


@pytest.fixture
def log(tmp_path: Path) -> Path:
    directory = tmp_path / "logs"
    directory.mkdir()
    return directory / "a.log"


def _cells(*ranges: tuple[int, int]) -> Counter[tuple[str, str]]:
    return Counter(
        ((START + timedelta(minutes=n)).strftime("%Y-%m-%dT%H:%MZ"), "200")
        for first, last in ranges
        for n in range(first, last)
    )


@pytest.mark.parametrize("count", [60, 3000])
def test_an_archive_of_the_beginning_cut_mid_line_changes_nothing(
    ledger: Any, log: Path, lines: Lines, count: int
) -> None:
    log.write_bytes(lines(0, count))
    ledger.ingest(log)
    backup = log.with_name("backup.gz")
    backup.write_bytes(gzip.compress(lines(0, count // 3)[:-5]))
    ledger.ingest(backup)
    log.write_bytes(lines(0, count + 1))
    ledger.ingest(log)
    assert ledger.cells() == _cells((0, count + 1))


def test_the_last_line_of_an_archive_without_an_end_mark_is_left_for_the_next_run(
    ledger: Any, log: Path, lines: Lines
) -> None:
    """gzip is still writing it, so the line may be longer."""
    whole = gzip.compress(lines(0, 9).rstrip(b"\n"))
    archive = log.with_name("a.log.1.gz")
    for size, counted in ((len(whole) - 8, 8), (len(whole), 9)):
        archive.write_bytes(whole[:size])
        ledger.ingest("-q", archive, status=None)
        assert ledger.cells().total() == counted


def test_a_half_line_at_the_end_of_a_log_hides_no_log_after_it(
    ledger: Any, log: Path, lines: Lines, tmp_path: Path
) -> None:
    aside = log.with_name("a.log.1")
    aside.write_bytes(lines(0, 200))
    log.write_bytes(lines(300, 350))
    ledger.ingest(aside, log)
    assert ledger.pipe(lines(300, 351)[:-30] + lines(0, 200), "-q") == ""
    assert ledger.cells() == _cells((0, 200), (300, 350))


@pytest.mark.parametrize("pack", [lambda data: data, gzip.compress], ids=["plain", "gzip"])
def test_concatenated_archives_without_a_last_line_end(
    ledger: Any, log: Path, lines: Lines, tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    parts = [lines(300, 350)[:-1], lines(0, 200)[:-1]]
    for number, part in enumerate(parts):
        archive = log.with_name(f"{number}.gz")
        archive.write_bytes(gzip.compress(part))
        ledger.ingest(archive)
    assert ledger.pipe(b"".join(pack(part) for part in parts), "-q") == ""
    assert ledger.cells() == _cells((0, 200), (300, 350))


def test_a_log_that_was_empty_and_is_rotated_before_the_next_run(
    ledger: Any, log: Path, lines: Lines
) -> None:
    log.write_bytes(b"")
    ledger.ingest(log)
    log.write_bytes(lines(0, 20))
    log.rename(log.with_name("a.log.1"))
    log.write_bytes(lines(20, 25))
    ledger.ingest(log)
    assert ledger.cells() == _cells((0, 25))


def test_late_lines_in_a_rotated_file_that_was_compressed_since(
    ledger: Any, log: Path, lines: Lines
) -> None:
    log.write_bytes(lines(0, 20))
    ledger.ingest(log)
    log.write_bytes(lines(30, 35))
    log.with_name("a.log.1").write_bytes(lines(0, 20))
    ledger.ingest(log)
    log.with_name("a.log.1").unlink()
    log.with_name("a.log.1.gz").write_bytes(gzip.compress(lines(0, 24)))
    log.write_bytes(lines(30, 40))
    ledger.ingest(log)
    assert ledger.cells() == _cells((0, 24), (30, 40))


def test_newer_rotated_files_are_read_though_the_predecessor_is_gone(
    ledger: Any, log: Path, lines: Lines
) -> None:
    log.write_bytes(lines(0, 20))
    ledger.ingest(log)
    log.with_name("a.log.2").write_bytes(lines(30, 60))
    log.with_name("a.log.1").write_bytes(lines(60, 90))
    log.write_bytes(lines(90, 95))
    ledger.ingest(log, status=1)
    assert ledger.cells() == _cells((0, 20), (30, 95))
    assert not ledger.ingest("-q", log)


def test_a_file_deleted_between_listing_and_reading_is_an_error_only_if_it_was_named(
    ledger: Any, log: Path, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.write_bytes(lines(10, 20))
    log.with_name("a.log.1").write_bytes(lines(0, 10))

    def rotated_meanwhile(*arguments: Any) -> Any:
        ordered = in_order(*arguments)
        log.with_name("a.log.1").rename(log.with_name("gone"))
        return ordered

    monkeypatch.setattr("flask_status_cli.pipeline.ingest.run.in_order", rotated_meanwhile)
    ledger.ingest("-q", log.with_name("a.log*"))
    assert ledger.cells() == _cells((10, 20))


def test_a_link_that_now_points_to_the_file_of_the_next_day(
    ledger: Any, log: Path, lines: Lines
) -> None:
    elsewhere = log.parent / "days"
    elsewhere.mkdir()
    first, second = elsewhere / "app-20261101.log", elsewhere / "app-20261102.log"
    first.write_bytes(lines(0, 20))
    log.symlink_to(first)
    ledger.ingest(log)
    first.write_bytes(lines(0, 25))
    second.write_bytes(lines(30, 37))
    log.unlink()
    log.symlink_to(second)
    ledger.ingest(log)
    assert ledger.cells() == _cells((0, 25), (30, 37))


def test_a_rotated_file_that_may_not_be_read_is_reported_until_it_may(
    ledger: Any, log: Path, lines: Lines, tmp_path: Path
) -> None:
    drop = (
        ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.getuid() == 0 else []
    )
    command = [
        *drop,
        sys.executable,
        "-m",
        "flask_status_cli",
        "--db",
        str(ledger.database),
        "ingest",
        "-q",
    ]

    def ingest() -> int:
        return subprocess.run(
            [*command, str(log)], capture_output=True, check=False, cwd=tmp_path
        ).returncode

    aside = log.with_name("a.log.1")
    log.write_bytes(lines(0, 20))
    assert ingest() == 0
    aside.write_bytes(lines(0, 23))
    aside.chmod(0)
    log.write_bytes(lines(30, 35))
    assert [ingest(), ingest()] == [1, 1]
    aside.chmod(0o600)
    assert ingest() == 0
    assert ledger.cells() == _cells((0, 23), (30, 35))


def test_two_interleaved_logs_in_a_pipe_are_not_split_into_a_thousand_logs(
    ledger: Any, lines: Lines, tmp_path: Path
) -> None:
    mixed = b"".join(lines(n, n + 1) + lines(500 + n, 501 + n) for n in range(400))
    assert ledger.pipe(mixed, "-q") == ""
    assert ledger.cells() == _cells((0, 400), (500, 900))
    assert ledger.pipe(mixed, "-q") == ""
    assert ledger.cells() == _cells((0, 400), (500, 900))


def test_a_named_pipe_that_matches_a_glob_is_ignored(ledger: Any, log: Path, lines: Lines) -> None:
    log.write_bytes(lines(0, 5))
    os.mkfifo(log.with_name("a.log.fifo"))
    ledger.ingest(log.with_name("a.log*"))
    assert ledger.cells() == _cells((0, 5))


@pytest.mark.parametrize(
    "kind", ["pipe", "link to a pipe", "device", "link to our output", "socket"]
)
def test_a_path_that_is_no_file_is_refused_by_name_at_once(
    ledger: Any, log: Path, lines: Lines, kind: str
) -> None:
    """Nobody writes to them: a run that opened one would never end."""
    other = log.with_name("other.log")
    pipe = log.with_name("pipe")
    os.mkfifo(pipe)
    server = socket.socket(socket.AF_UNIX)
    read, write = os.pipe()
    says = {
        "pipe": f"is a named pipe; try: flask-status ingest - < {other}",
        "link to a pipe": f"is a named pipe; try: flask-status ingest - < {other}",
        "device": "is a device; name the file that the server writes to",
        "link to our output": "is an output of a running program, not a log; "
        "try: docker logs NAME 2>&1 | flask-status ingest --stream NAME -",
        "socket": "is a socket; name the file that the server writes to",
    }
    with server:
        if kind == "pipe":
            pipe.rename(other)
        elif kind == "socket":
            server.bind(str(other))
        else:
            leads = {"device": "/dev/zero", "link to our output": f"/proc/self/fd/{write}"}
            other.symlink_to(leads.get(kind, str(pipe)))
        log.write_bytes(lines(0, 5))
        assert ledger.ingest("-q", log, other, status=1) == f"flask-status: {other}: {says[kind]}\n"
    os.close(read)
    os.close(write)
    assert ledger.cells() == _cells((0, 5))


@pytest.mark.parametrize(
    "name",
    [
        "a.2026-11-28_10-00-00_123456.log",  # loguru
        "a.2026-11-28_10-00-00_123456.log.gz",
        "a.1.log",
        "a.2.log.gz",
        "a_2026-11-28.log",
        "a_2026_11_28.log",
        "a__2026-11-28_00-00-00.log",  # pm2-logrotate
        "a__2026-11-28_00-00-00.log.gz",
        "a-2026-11-28.log",
        "a-20261128.log.xz",
        "a.log-20261128",
        "a.log.3.gz",
    ],
)
def test_the_rest_of_a_log_is_found_under_the_names_of_rotated_files(
    ledger: Any, log: Path, lines: Lines, name: str
) -> None:
    log.write_bytes(lines(0, 20))
    ledger.ingest(log)
    put_aside = lines(0, 25)
    packers: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".xz": lzma.compress}
    pack = packers.get(Path(name).suffix, bytes)
    log.with_name(name).write_bytes(pack(put_aside))
    log.unlink()
    log.write_bytes(lines(30, 35))
    assert ledger.ingest("-q", log) == ""
    assert ledger.cells() == _cells((0, 25), (30, 35))
    assert has_rotated_name(str(log.with_name(name)))


@pytest.mark.parametrize("name", ["a.error.log", "a_1.log", "a_api.log", "ab.log", "a.1.txt"])
def test_a_log_with_another_name_is_no_rotated_file(
    ledger: Any, log: Path, lines: Lines, name: str
) -> None:
    log.write_bytes(lines(0, 20))
    ledger.ingest(log)
    log.with_name(name).write_bytes(lines(40, 45))
    assert ledger.ingest("-q", log) == ""
    assert ledger.cells() == _cells((0, 20))


def test_a_numbered_file_is_a_rotated_file_only_beside_its_log(log: Path, lines: Lines) -> None:
    log.with_name("worker.1.log").write_bytes(lines(0, 5))
    assert not has_rotated_name(str(log.with_name("worker.1.log")))
    log.with_name("worker.log").write_bytes(lines(5, 9))
    assert has_rotated_name(str(log.with_name("worker.1.log")))


def test_the_last_archive_of_a_quiet_site_may_be_deleted_after_it_was_read(
    ledger: Any, log: Path, lines: Lines
) -> None:
    aside = log.with_name("a.log.1")
    log.write_bytes(lines(0, 20))
    ledger.ingest(log)
    log.rename(aside)
    log.write_bytes(b"")
    ledger.ingest(log)
    aside.unlink()
    assert not ledger.ingest("-q", log)
    log.write_bytes(lines(20, 22))
    assert not ledger.ingest("-q", log)
    assert ledger.cells() == _cells((0, 22))


def test_the_same_new_log_twice_in_one_pipe(ledger: Any, lines: Lines, tmp_path: Path) -> None:
    assert ledger.pipe(lines(0, 200) + lines(0, 200), "-q") == ""
    assert ledger.cells() == _cells((0, 200))


def test_a_rotated_file_renamed_while_it_is_looked_for_is_found(
    ledger: Any, log: Path, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """logrotate shifts `.1` to `.2` between the listing and the opening."""
    aside = log.with_name("a.log.1")
    log.write_bytes(lines(0, 20))
    ledger.ingest(log)
    log.rename(aside)
    with aside.open("ab") as file:
        file.write(lines(20, 25))
    os.utime(aside, (1, 1))
    log.write_bytes(lines(30, 35))
    listed = []

    def shifted_meanwhile(path: str) -> list[Sibling]:
        found = siblings(path)
        listed.append(found)
        if len(listed) == 1:
            aside.rename(log.with_name("a.log.2"))
        return found

    nothing = SimpleNamespace(look_at=lambda path: (Path(path).stat(), []))
    monkeypatch.setattr(
        "flask_status_cli.pipeline.ingest.rotation.rotated_files.Listings", lambda: nothing
    )
    monkeypatch.setattr(
        "flask_status_cli.pipeline.ingest.rotation.rotated_tail.siblings", shifted_meanwhile
    )
    ledger.ingest("-q", log)
    assert len(listed) > 1
    assert ledger.cells() == _cells((0, 25), (30, 35))


def test_a_second_rotation_in_the_middle_of_a_run_hides_no_file(
    ledger: Any, log: Path, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`.1` was read already when it becomes `.2`, and a file that nobody has read becomes `.1`."""

    def rotate(content: bytes) -> None:
        for number in (2, 1):
            if log.with_name(f"a.log.{number}").exists():
                log.with_name(f"a.log.{number}").rename(log.with_name(f"a.log.{number + 1}"))
        log.rename(log.with_name("a.log.1"))
        log.write_bytes(content)

    def opened(path: str) -> Content:
        if path == str(log) and not done:
            done.append(path)
            rotate(lines(90, 95))
        return Content(path)

    done: list[str] = []
    log.write_bytes(lines(0, 20))
    ledger.ingest(log)
    log.write_bytes(lines(0, 30))
    rotate(lines(60, 70))
    monkeypatch.setattr("flask_status_cli.pipeline.ingest.run.Content", opened)
    ledger.ingest("-q", log)
    assert done
    ledger.ingest("-q", log)
    assert ledger.cells() == _cells((0, 30), (60, 70), (90, 95))
