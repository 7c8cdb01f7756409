"""Every error a user can meet: one line that says where, what, and what to try; the right exit status."""

from __future__ import annotations

import grp
import gzip
import signal
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest

Call = Callable[..., Any]


def _one_line(told: Any, *parts: str, status: int) -> None:
    lines = [line for line in told.err.splitlines() if line.startswith("flask-status: ")]
    assert len(lines) == 1, told.err
    for part in parts:
        assert part in lines[0]
    assert "Traceback" not in told.err
    assert told.status == status


def test_no_such_file(call: Call, tmp_path: Path) -> None:
    _one_line(
        call("ingest", tmp_path / "nope.log"), "nope.log: no such file", "check the path", status=1
    )


def test_no_file_matches_a_glob(call: Call, tmp_path: Path) -> None:
    _one_line(call("ingest", tmp_path / "*.log"), "*.log: no file matches", status=1)


def test_a_log_that_may_not_be_read_names_the_group_that_may(
    without_rights: Call, database: Path, log: Path
) -> None:
    log.chmod(0)
    told = without_rights("ingest", log, database=database)
    group = grp.getgrgid(log.stat().st_gid).gr_name
    _one_line(told, "access.log: permission denied", f"belongs to group {group}", status=1)


def test_the_other_logs_are_read_all_the_same(call: Call, log: Path, tmp_path: Path) -> None:
    told = call("ingest", tmp_path / "nope.log", log)
    _one_line(told, "nope.log", status=1)
    assert "4 entries" in told.err


@pytest.mark.parametrize("files", [{}, {"notes.txt": b"hello\n"}], ids=["empty", "other files"])
def test_a_directory_without_logs(call: Call, tmp_path: Path, files: dict[str, bytes]) -> None:
    directory = tmp_path / "logs"
    directory.mkdir()
    for name, data in files.items():
        (directory / name).write_bytes(data)
    _one_line(
        call("ingest", directory), "no log was found in this directory", "name a log", status=1
    )


def test_a_log_in_no_known_format_is_not_consumed(call: Call, tmp_path: Path) -> None:
    strange = tmp_path / "strange.log"
    strange.write_bytes(b"what is this\n" * 3)
    for _ in range(2):
        explain = f'"flask-status formats explain {strange}"'
        told = call("ingest", strange)
        _one_line(
            told, "strange.log:1: no known format", "a log without requests", explain, status=1
        )


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b'{"zeit":"2026-11-28T10:00:00Z","request":"GET / HTTP/1.1","status":200}\n',
         "JSON lines with the keys zeit, request, status"),
        (b"2026/11/28 10:00:00 [error] 9#9: *1 connect() failed\n", "an nginx error log"),
        (b"[Sat Nov 28 10:00:00.123456 2026] [core:error] [pid 1] AH0\n", "an Apache error log"),
        (b"::1:5 [28/Nov/2026:10:00:00.123] 200 5 \"GET / HTTP/1.1\"\n",
         "a log of HAProxy"),
        (b"2026-11-28 10:00:00 10.0.0.1 GET / - 80 - 10.0.0.7 curl - 200 0 0 15\n",
         "a W3C log without its #Fields line"),
        (b"INFO:     127.0.0.1:5 - \"GET / HTTP/1.1\" 200 OK\n", "a log of uvicorn"),
        ('::1 - - [28/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5\n'.encode("utf-16"), "UTF-16"),
    ],
)  # fmt: skip
def test_a_log_that_is_not_read_is_named(
    call: Call, tmp_path: Path, data: bytes, what: str
) -> None:
    strange = tmp_path / "strange.log"
    strange.write_bytes(data * 3)
    told = call("ingest", strange)
    _one_line(told, f"no known format: this is {what}", "formats explain", status=1)
    explained = call("formats", "explain", strange)
    assert (explained.status, f"This is {what}" in explained.out) == (1, True)


def test_a_format_is_proposed_that_was_tried_on_the_whole_log(call: Call, tmp_path: Path) -> None:
    own = tmp_path / "own.log"
    line = '10.0.0.1 1795860042 "GET /a HTTP/1.1" 200 5\n'
    own.write_text(line * 600 + "10.0.0.1 - x\n" * 7)
    option = "--format '%l %{sec}t \"%r\" %>s'"
    told = call("ingest", own)
    _one_line(told, f"try {option}, which reads 600 of 607 lines", "formats explain", status=1)
    explained = call("formats", "explain", own)
    assert f"  flask-status ingest {option} {own}\n" in explained.out
    assert call("ingest", "--format", '%l %{sec}t "%r" %>s', own).status == 0
    keys = tmp_path / "keys.json"
    keys.write_text('{"zeit":1795860042,"zeile":"GET /a HTTP/1.1","zahl":200}\n' * 9)
    option = "--json-map status=zahl,time=zeit,request=zeile"
    _one_line(call("ingest", keys), f"try {option}, which reads 9 of 9 lines", status=1)
    assert option in call("formats", "explain", keys).out


def test_a_format_that_was_tried_is_not_proposed_again(call: Call, log: Path) -> None:
    told = call("ingest", "--format", "WERKZEUG", log)
    _one_line(told, "leave out --format: 4 sampled lines are combined", status=1)


def test_a_log_that_is_mostly_refused_is_counted_and_reported(call: Call, log: Path) -> None:
    with log.open("ab") as file:
        file.write(b"10.0.0.9 - what is this\n" * 9)
    _one_line(call("ingest", log), "most lines were refused (9 of 13)", status=1)
    assert "10:03Z" in call("counts", "--by", "minute").out


def test_a_proposed_format_with_tabs_can_be_used_as_it_is_written(
    call: Call, tmp_path: Path
) -> None:
    log = tmp_path / "access.tsv"
    log.write_text("2026-11-23 10:05:42\tGET\t/a\t200\t12\n" * 9)
    option = r"%{%Y-%m-%d %H:%M:%S}t\t%m\t%{raw}U\t%>s\t%l"
    _one_line(call("ingest", log), f"try --format '{option}', which reads 9 of 9 lines", status=1)
    assert "9 entries" in call("ingest", "--format", option, log).err


def test_a_part_with_only_noise_counts_as_read(call: Call, tmp_path: Path) -> None:
    banner = tmp_path / "flask.log"
    banner.write_bytes(b" * Serving Flask app 'demo'\n * Debug mode: off\n")
    told = call("ingest", banner)
    assert told.status == 0
    assert "2 noise" in told.err
    assert "nothing new" in call("ingest", banner).err


def test_a_compression_that_is_not_read_names_the_pipe_that_is(call: Call, tmp_path: Path) -> None:
    for magic, name, command in (
        (b"\x04\x22\x4d\x18", "lz4", "lz4 -dc"),
        (b"PK\x03\x04", "zip", "unzip -p"),
        (b"\x1f\x9d\x90", "compress", "zcat"),
        (b"Rar!\x1a\x07", "RAR", "unrar p -inul"),
        (b"LPKSHHRH", "systemd-journald", "journalctl -o short-iso --file"),
    ):
        packed = tmp_path / f"access.log.2.{name}"
        packed.write_bytes(magic + bytes(30))
        _one_line(call("ingest", packed), f"compressed with {name}", command, status=1)


def test_a_tar_archive_names_the_command_that_unpacks_it(
    call: Call, log: Path, tmp_path: Path
) -> None:
    modes: tuple[Literal["w", "w:gz", "w:xz"], ...] = ("w", "w:gz", "w:xz")
    for mode, form in zip(
        modes, (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT), strict=True
    ):
        packed = tmp_path / f"logs.{form}.tar"
        with tarfile.open(packed, mode, format=form) as archive:
            archive.add(log, "access.log.1")
            archive.add(log, "access.log")
        command = f"tar xOf {packed} | flask-status ingest -"
        _one_line(call("ingest", packed), "is a tar archive", command, status=1)


@pytest.mark.parametrize(
    ("data", "what", "hint"),
    [
        (b"SQLite format 3\0", "is an SQLite database, not a log", "--db"),
        (b"PAR1", "is a Parquet file, not a log", "lines of JSON"),
        (b"%PDF-1.7\n1 0 obj\n", "is a PDF document, not a log", "name a log"),
        (b"\x89PNG\r\n\x1a\n", "is a PNG picture, not a log", "name a log"),
        (b"\x7fELF\x02\x01\x01\0", "is a program, not a log", "name a log"),
    ],
)
def test_a_file_that_is_no_log_is_refused_by_name(
    call: Call, tmp_path: Path, data: bytes, what: str, hint: str
) -> None:
    file, packed = tmp_path / "access.log", tmp_path / "access.log.1.gz"
    file.write_bytes(data + bytes(99))
    packed.write_bytes(gzip.compress(data + bytes(99)))
    for path in (file, packed):
        _one_line(call("ingest", path), f"{path.name}: {what}", hint, status=1)
    _one_line(call("formats", "explain", file), what, hint, status=1)


def test_a_log_with_carriage_returns_alone_names_the_command_that_mends_it(
    call: Call, tmp_path: Path, log: Path
) -> None:
    old = tmp_path / "old.log"
    old.write_bytes(log.read_bytes().replace(b"\n", b"\r"))
    _one_line(call("ingest", old), "end with carriage returns alone", "tr '\\r' '\\n'", status=1)
    assert "carriage returns alone" in call("formats", "explain", old).out
    old.write_bytes(b"50%\r100%\r" + log.read_bytes().partition(b" ")[0])
    assert "has no end yet" in call("ingest", old).err


def test_a_file_of_the_kernel_is_no_log(call: Call) -> None:
    if not Path("/proc/version").exists():
        pytest.skip("not Linux")
    _one_line(call("ingest", "/proc/version"), "is a file of the kernel, not a log", status=1)


def test_no_database_yet_names_ingest(call: Call) -> None:
    for command in (["report"], ["counts"], ["db", "info"]):
        _one_line(call(*command), "flask-status ingest", status=1)


def test_a_file_that_is_no_database(call: Call, database: Path, log: Path) -> None:
    database.write_text("this is a letter\n" * 100)
    for command in (["report"], ["ingest", log]):
        _one_line(call(*command), "status.db", status=1)
    assert database.read_text().startswith("this is a letter"), "nothing of it was touched"


def test_a_database_of_another_program(call: Call, database: Path, log: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE bookmarks (url)")
    connection.close()
    for command in (["report"], ["ingest", log]):
        _one_line(call(*command), "status.db", status=1)


def test_a_newer_database_is_refused_by_name(call: Call, database: Path, log: Path) -> None:
    call("ingest", log)
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for command in (["report"], ["ingest", log]):
        _one_line(call(*command), "9999", status=1)


def test_a_database_locked_by_another_program(
    call: Call, database: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("ingest", log)
    with log.open("ab") as file:
        file.write(log.read_bytes())
    monkeypatch.setattr("flask_status_cli.store.writer.BUSY_TIMEOUT", 0.1)
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        _one_line(call("ingest", log), "status.db", "lock", status=1)
    finally:
        connection.close()
    assert call("ingest", log).status == 0


def test_a_database_that_may_not_be_written(
    without_rights: Call, call: Call, database: Path, log: Path
) -> None:
    call("ingest", log)
    database.chmod(0o444)
    with log.open("ab") as file:
        file.write(log.read_bytes())
    _one_line(without_rights("ingest", log, database=database), "status.db", status=1)
    assert without_rights("report", "--now", "last", database=database).status == 0, (
        "reading needs no right to write"
    )


KILLED = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 5")
connection.execute("BEGIN IMMEDIATE")
connection.executemany("INSERT INTO minute_count VALUES (?, 1, 200, 1)", [(n,) for n in range(50000)])
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_journal_of_a_killed_ingest_is_named_and_the_next_ingest_repairs_it(
    call: Call, database: Path, log: Path
) -> None:
    call("ingest", log)
    before = call("counts", "--by", "minute").out
    killed = subprocess.run([sys.executable, "-c", KILLED, database], cwd=log.parent, check=False)
    assert killed.returncode == -signal.SIGKILL
    _one_line(call("report"), "ingest", "repairs", status=1)
    assert call("ingest", log).status == 0
    assert call("counts", "--by", "minute").out == before


@pytest.mark.parametrize("option", ["--timezone", "--log-timezone"])
def test_an_unknown_time_zone_gets_a_suggestion(call: Call, log: Path, option: str) -> None:
    command = ["ingest", log] if option == "--log-timezone" else ["report"]
    told = call(*command, option, "Europe/Berln")
    _one_line(told, f"{option}: 'Europe/Berln' is not a time zone", "Europe/Berlin", status=2)


@pytest.mark.parametrize("zone", ["../../etc/passwd", "/etc/localtime", "", "\0"])
def test_no_zone_leads_out_of_the_zone_database(call: Call, log: Path, zone: str) -> None:
    _one_line(call("ingest", log, "--log-timezone", zone), "is not a time zone", status=2)


@pytest.mark.parametrize("instant", ["yesterday", "2026-13-01", "23/Nov/2026", ""])
def test_a_now_that_is_no_instant_gets_an_example(call: Call, log: Path, instant: str) -> None:
    call("ingest", log)
    _one_line(call("report", "--now", instant), "--now", "2026-11-23T10:05", status=2)


@pytest.mark.parametrize(
    "arguments",
    [
        ["ingest"],
        ["nonsense"],
        ["report", "--html", "a.html", "-o", "b.html"],
        ["report", "--html", "--json"],
        ["report", "--json", "--csv"],
        ["report", "--csv", "--markdown", "-o", "x.md"],
        ["report", "--all", "--json"],
        ["report", "--all", "--csv"],
        ["report", "--rows", "0"],
        ["counts", "--csv", "--json"],
        ["counts", "--by", "year"],
        ["report", "--days", "0"],
        ["report", "--policy", "lenient"],
        ["ingest", "--format", "iis", "x.log"],
        ["--db", "mysql://host/name", "report"],
        ["--db", "", "report"],
    ],
    ids=" ".join,
)
def test_usage_errors_exit_with_2(call: Call, arguments: list[str]) -> None:
    told = call(*arguments)
    assert told.status == 2
    assert told.err
    assert not told.out


def test_a_report_that_cannot_be_written_is_an_error(call: Call, log: Path, tmp_path: Path) -> None:
    call("ingest", log)
    _one_line(call("report", "--html", tmp_path / "no" / "status.html"), "does not exist", status=1)
    _one_line(call("report", "--json", "-o", tmp_path), "is a directory", status=1)


def test_head_ends_quietly(call: Call, database: Path, log: Path) -> None:
    call("ingest", log)
    for command in ("counts --by minute", "report", "report --json", "report --html -o -"):
        program = f"{sys.executable} -m flask_status_cli --db {database} {command}"
        script = f"set -o pipefail; {program} | {{ exec <&-; sleep 0.5; }}"
        found = subprocess.run(
            ["bash", "-c", script], cwd=log.parent, capture_output=True, text=True, check=False
        )
        assert (found.returncode, found.stderr) == (0, ""), command


def test_a_bug_keeps_its_traceback(call: Call, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("flask_status_cli.pipeline.ingest.run.ingest", broken)
    with pytest.raises(ZeroDivisionError):
        call("ingest", log)
