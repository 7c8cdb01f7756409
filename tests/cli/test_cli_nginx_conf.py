"""`--nginx-conf`: the logs and the formats of an nginx configuration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]

OWN = "2026-11-23T10:05:42+00:00 502 GET /b 0.003\n"


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    conf = tmp_path / "nginx.conf"
    conf.write_text(
        "http {\n"
        "log_format own '$time_iso8601 $status $request_method $uri $request_time';\n"
        f"access_log {tmp_path}/access.log;\n"
        f"access_log {tmp_path}/own.log own if=$x;\n"
        f"access_log {tmp_path}/gone.log own;\n"
        "access_log syslog:server=10.0.0.1;\n}"
    )
    combined = '192.0.2.7 - - [23/Nov/2026:10:05:42 +0000] "GET /a HTTP/1.1" 200 5 "-" "c"\n'
    (tmp_path / "access.log").write_text(combined)
    (tmp_path / "own.log").write_text(OWN)
    return conf


def test_the_logs_of_the_configuration_are_read_in_their_formats(
    call: Call, conf: Path, tmp_path: Path
) -> None:
    told = call("ingest", "--nginx-conf", conf)
    assert told.status == 0
    assert told.err.splitlines()[:3] == [
        f"flask-status: {conf}:4: nginx writes only some of the requests to {tmp_path}/own.log (if=)",
        f"flask-status: {conf}:5: {tmp_path}/gone.log does not exist",
        (
            f"flask-status: {conf}:6: syslog:server=10.0.0.1 is not read: nginx sends it to syslog; "
            "read the log that syslog writes"
        ),
    ]
    assert "2 lines: 2 entries, 0 noise, 0 refused" in told.err
    assert call("ingest", "-q", "--nginx-conf", conf).err == ""


def test_a_target_of_many_servers_that_is_not_read_is_told_once(call: Call, tmp_path: Path) -> None:
    (tmp_path / "own.log").write_text(OWN)
    conf = tmp_path / "nginx.conf"
    server = "server { access_log /dev/null; }\n"
    conf.write_text(
        "log_format own '$time_iso8601 $status $request_method $uri $request_time';\n"
        f"access_log {tmp_path}/own.log own;\n{server * 3}"
    )
    told = call("ingest", "--nginx-conf", conf).err.splitlines()
    assert [line for line in told if "/dev/null" in line] == [
        f"flask-status: {conf}:3 and 2 other places: /dev/null is not read: nothing of it is kept"
    ]


def test_the_formats_hold_for_a_log_that_is_named_and_for_its_rotated_files(
    call: Call, conf: Path, tmp_path: Path
) -> None:
    rotated = tmp_path / "own.log.1"
    rotated.write_text(OWN.replace("/b", "/older"))
    told = call("ingest", "--nginx-conf", conf, rotated)
    assert (told.status, "1 line: 1 entry" in told.err) == (0, True)
    explained = call("formats", "explain", "--nginx-conf", conf, tmp_path / "own.log")
    assert "Format   $time_iso8601 $status $request_method $uri $request_time" in explained.out
    assert explained.status == 0


def test_without_a_log_explain_lists_what_the_configuration_names(call: Call, conf: Path) -> None:
    told = call("formats", "explain", "--nginx-conf", conf)
    assert told.status == 0
    assert "  format    $time_iso8601 $status $request_method $uri $request_time" in told.out
    assert "  not read  nginx sends it to syslog" in told.out
    assert call("formats", "explain").status == 2


def test_a_configuration_whose_logs_are_elsewhere_is_named(call: Call, tmp_path: Path) -> None:
    conf = tmp_path / "nginx.conf"
    conf.write_text("http { access_log /nowhere/access.log; }")
    told = call("ingest", "--nginx-conf", conf)
    assert told.status == 1
    assert (
        "none of its access logs can be read directly: /nowhere/access.log; name the log"
        in told.err
    )
