"""`formats`: what a log is, from a file, an archive or a pipe, without a database."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from flask_status_cli.pipeline.formats import explain as explaining

Call = Callable[..., Any]

WERKZEUG = b'10.0.0.1 - - [23/Nov/2026 10:05:42] "GET /users/alice?t=hush HTTP/1.1" 200 -\n'


def test_every_log_of_the_fixtures_is_explained_with_the_counts_of_an_independent_program(
    call: Call, independent: ModuleType
) -> None:
    for log in independent.logs():
        expected = independent.read_expected(log.expected.read_text())
        told = call("formats", "explain", "--json", "--log-timezone", log.zone, log.file)
        found = json.loads(told.out)
        counts = [found["lines"], found["entries"]]
        counts += [sum(found[kind].values()) for kind in ("noise", "refused")]
        assert counts == [expected.lines, expected.entries, expected.noise, expected.refused], (
            log.path
        )
        minutes = sorted(minute for minute, _ in expected.cells)
        assert (found["first"], found["last"]) == (
            (minutes[0], minutes[-1]) if minutes else (None, None)
        ), log.path
        other = 0 if expected.entries else found["noise"].get("other text", 0)
        not_understood = expected.refused + other > expected.entries
        assert told.status == (1 if not_understood or found["unsupported"] else 0), log.path
        text = call("formats", "explain", "--log-timezone", log.zone, log.file)
        assert (text.status, text.err) == (told.status, "")
        assert all(line.isprintable() for line in text.out.splitlines())
        assert f"Lines    {expected.lines:,}: " in text.out


PACKED: dict[str, tuple[Callable[[bytes], bytes], str | None]] = {
    "plain": (bytes, None),
    "gzip": (gzip.compress, "gzip"),
    "bzip2": (bz2.compress, "bzip2"),
    "xz": (lzma.compress, "xz"),
}


@pytest.mark.parametrize("kind", PACKED)
def test_archives_are_explained_like_plain_logs(call: Call, log: Path, kind: str) -> None:
    pack, name = PACKED[kind]
    data = log.read_bytes()
    log.write_bytes(pack(data))
    found = json.loads(call("formats", "explain", "--json", log).out)
    assert found["file"]["compression"] == name
    assert found["file"]["size"] == log.stat().st_size
    assert found["file"]["read"] == len(data)
    assert found["entries"] == 4


@pytest.mark.parametrize("packed", [False, True])
def test_standard_input_is_explained(log: Path, packed: bool) -> None:
    data = gzip.compress(log.read_bytes()) if packed else log.read_bytes()
    command = [sys.executable, "-m", "flask_status_cli", "formats", "explain", "-"]
    found = subprocess.run(command, input=data, capture_output=True, check=True)
    text = found.stdout.decode()
    assert f"File     standard input, {'gzip' if packed else 'plain'}" in text
    assert "4 entries" in text
    assert text.endswith("Understood. To count it:\n  flask-status ingest -\n")


def test_a_pipe_that_the_shell_opened_is_explained(call: Call, log: Path) -> None:
    """In a shell: `formats explain <(cat access.log)`."""
    read, write = os.pipe()
    os.write(write, log.read_bytes())
    os.close(write)
    told = call("formats", "explain", f"/dev/fd/{read}")
    os.close(read)
    assert f"/dev/fd/{read}: a pipe, plain" in told.out
    assert "4 entries" in told.out


def test_nothing_is_stored_and_no_database_is_made(call: Call, log: Path, database: Path) -> None:
    before = sorted(log.parent.iterdir())
    assert call("formats", "explain", log).status == 0
    assert call("formats", "list").status == 0
    assert sorted(log.parent.iterdir()) == before
    assert not database.exists()


def test_a_log_without_offsets_names_its_zone_in_the_command(call: Call, tmp_path: Path) -> None:
    log = tmp_path / "flask.log"
    log.write_bytes(WERKZEUG)
    told = call("formats", "explain", "--log-timezone", "Asia/Kolkata", log)
    assert "without an offset; read in the time zone Asia/Kolkata" in told.out
    assert "from 2026-11-23 04:35 UTC until 2026-11-23 04:35 UTC" in told.out
    assert told.out.endswith(f"  flask-status ingest --log-timezone Asia/Kolkata {log}\n")
    for secret in ("10.0.0.1", "alice", "hush"):
        assert secret not in told.out


def test_a_given_format_is_the_only_one_tried(call: Call, tmp_path: Path) -> None:
    log = tmp_path / "flask.log"
    log.write_bytes(WERKZEUG)
    told = call("formats", "explain", "--format", "combined", log)
    assert told.status == 1
    assert "none, asked for combined (of 1 sampled line: werkzeug 1; runner-up: none)" in told.out
    assert call("formats", "explain", "--format", "werkzeug", log).status == 0


def test_refused_lines_are_shown_for_every_reason(call: Call, log: Path) -> None:
    with log.open("ab") as file:
        file.write(b"::1 - what is this\n" * 5)
        file.write(b'10.0.0.1 - - [31/Feb/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5\n')
    found = json.loads(call("formats", "explain", "--json", "--lines", "2", log).out)
    assert [(each["line"], each["reason"]) for each in found["samples"]] == [
        (5, "no known format"), (6, "no known format"), (10, "impossible date"),
    ]  # fmt: skip
    assert found["samples"][2]["text"] == (
        'x.x.x.x - - [31/Feb/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 9'
    )
    assert (
        json.loads(call("formats", "explain", "--json", "--lines", "0", log).out)["samples"] == []
    )


def test_other_text_is_shown_if_no_line_was_understood(call: Call, log: Path) -> None:
    with log.open("ab") as file:
        file.write(b"User 17 logged in\n")
    found = json.loads(call("formats", "explain", "--json", log).out)
    assert (found["understood"], found["noise"], found["samples"]) == (True, {"other text": 1}, [])
    log.write_bytes(b"User 17 logged in\n")
    told = call("formats", "explain", log)
    assert told.status == 1
    assert "1  other text\n       line 1: User 99 xxxxxx in\n" in told.out
    assert "Not understood: 1 of 1 lines." in told.out


@pytest.mark.parametrize("data", [b"", b"\n", b"\0" * 9, b"10.0.0.1 - - [23/No"])
def test_a_log_without_requests_is_no_failure(call: Call, tmp_path: Path, data: bytes) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(data)
    told = call("formats", "explain", log)
    assert told.status == 0
    assert "none of" in told.out or "no complete line" in told.out or "No requests" in told.out
    assert ("has no end yet" in told.out) == (data[-1:] not in (b"", b"\n", b"\0"))


def test_a_long_log_is_read_in_parts(
    call: Call, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = log.read_bytes()
    log.write_bytes(b"::1 - x\n" + data * 40 + b"::1 - y\n")
    whole = call("formats", "explain", "--json", log)
    monkeypatch.setattr(explaining, "PART", 1)
    monkeypatch.setattr("flask_status_cli.sources.reading.new_blocks.CHUNK", 100)
    assert call("formats", "explain", "--json", log) == whole
    found = json.loads(whole.out)
    assert (found["entries"], found["entry"]["line"]) == (160, 2)
    assert [each["line"] for each in found["samples"]] == [1, 162]


def test_a_damaged_archive_is_reported(call: Call, log: Path) -> None:
    data = gzip.compress(log.read_bytes() * 1000)
    log.write_bytes(data[:-8] + bytes(8))  # its check sum and its length
    told = call("formats", "explain", log)
    assert told.status == 1
    assert "The archive is damaged" in told.out
    log.write_bytes(data[: len(data) // 2])
    told = call("formats", "explain", log)
    assert told.status == 0
    assert "The archive is incomplete" in told.out


def test_an_unreadable_log_has_the_same_error_as_in_ingest(
    call: Call, without_rights: Call, log: Path, tmp_path: Path, database: Path
) -> None:
    missing = tmp_path / "nope.log"
    for bad in (missing,):
        told, ingest = call("formats", "explain", bad), call("ingest", bad)
        assert (told.status, told.out) == (1, "")
        assert told.err == ingest.err
    told = call("formats", "explain", tmp_path)
    assert (told.status, told.err) == (
        1, f"flask-status: {tmp_path}: a directory; name one log in it\n",
    )  # fmt: skip
    log.chmod(0)
    told = without_rights("formats", "explain", log, database=database)
    assert told.status == 1
    assert "access.log: permission denied" in told.err


@pytest.mark.parametrize(
    "arguments", [[], ["a", "b"], ["--lines", "-1", "a"], ["--format", "iis", "a"]]
)
def test_usage_errors(call: Call, arguments: list[str]) -> None:
    assert call("formats", "explain", *arguments).status == 2


def test_formats_list_has_the_names_that_the_option_accepts(call: Call) -> None:
    told = call("formats", "list")
    names = [line for line in told.out.splitlines() if line and not line.startswith(" ")]
    help_text = " ".join(call("ingest", "--help").out.split())
    assert names[:5] == ["combined", "common", "vhost_combined", "werkzeug", "json"]
    assert 'a name from "formats list"' in help_text
