"""What the lines of a log do not say is printed once, with the option that says it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]

LINE = (
    '{"level":"info","ts":%s,"logger":"http.log.access","msg":"handled request","request":{"method":"GET",'
    '"uri":"/a"},"user_id":"","duration":%s,"size":3,"status":200,"resp_headers":{%s}}\n'
)
WALL = '"2026/11/23 10:05:42"'
DATE = '"Date":["Mon, 23 Nov 2026 %s GMT"]'
ELSEWHERE = ("--log-timezone", "Asia/Kolkata")


@pytest.fixture(autouse=True)
def in_new_york(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")


@pytest.fixture
def log(tmp_path: Path) -> Callable[..., Path]:
    def write(time: str, took: str = "0.25", headers: str = "", lines: int = 3) -> Path:
        path = tmp_path / "caddy.log"
        path.write_text((LINE % (time, took, headers)) * lines, "utf-8")
        return path

    return write


def test_a_zone_that_lines_do_not_say_is_told_once(call: Call, log: Callable[..., Path]) -> None:
    path = log(WALL)
    said = (
        f"{path}: its times have no offset and are read in UTC, as Caddy writes them; "
        "if its time_local is set, give --log-timezone\n"
    )
    told = call("ingest", path)
    assert (
        told.err
        == f"{path}: json (UTC), 3 lines: 3 entries, 0 noise, 0 refused; 1 new route\n{said}"
    )
    assert "2026-11-23T10:05Z" in call("counts", "--by", "minute").out
    log(WALL, lines=5)
    assert call("ingest", path).err == (
        f"{path}: json (UTC), 2 lines: 2 entries, 0 noise, 0 refused; 0 new routes\n"
    )


def test_a_named_zone_is_used(call: Call, log: Callable[..., Path]) -> None:
    path = log(WALL)
    assert call("ingest", *ELSEWHERE, path).err == (
        f"{path}: json (Asia/Kolkata), 3 lines: 3 entries, 0 noise, 0 refused; 1 new route\n"
    )
    assert "2026-11-23T04:35Z" in call("counts", "--by", "minute").out


def test_times_that_their_responses_contradict_are_not_counted(
    call: Call, log: Callable[..., Path]
) -> None:
    path = log(WALL, headers=DATE % "04:35:42")
    told = call("ingest", path)
    assert told.status == 1
    assert told.err == (
        f"flask-status: {path}: its times are 5:30 h ahead of the UTC times of its responses; "
        "Caddy's time_local is set: give the zone of its times with --log-timezone\n"
    )
    assert call("counts", "--by", "minute").out == "time,label,route,status,requests\n"
    assert call("ingest", *ELSEWHERE, path).status == 0
    assert "2026-11-23T04:35Z" in call("counts", "--by", "minute").out


def test_a_log_whose_responses_are_in_utc_needs_no_option(
    call: Call, log: Callable[..., Path]
) -> None:
    path = log(WALL, headers=DATE % "10:05:42")
    assert "time_local" not in call("ingest", path).err


def test_durations_of_an_unknown_unit_are_told(call: Call, log: Callable[..., Path]) -> None:
    path = log("1795428342.1", took="1500")
    assert call("ingest", path).err.splitlines()[1] == (
        f"{path}: its durations are not counted: the unit of duration is not known; "
        "give --json-map duration_ms=duration, or duration_s, duration_us or duration_ns"
    )


def test_a_number_that_may_be_a_duration_is_told_and_not_counted(
    call: Call, tmp_path: Path
) -> None:
    """`cost` is milliseconds to one logger, seconds to another, and money to a third."""
    path = tmp_path / "app.log"
    line = '{"time":"2026-11-23 10:05:42","request":"GET / HTTP/1.1","status":200,"cost":%s}\n'
    path.write_text(line % 12 + line % 0.12, "utf-8")
    assert call("ingest", path).err.splitlines()[1] == (
        f"{path}: its durations are not counted: the unit of cost is not known; "
        "give --json-map duration_ms=cost, or duration_s, duration_us or duration_ns"
    )
    assert call("counts", "--latency").out.count("\n") == 1
    path.write_text(line % '"12ms"', "utf-8")
    assert "durations" not in call("ingest", path).err


def test_a_unit_that_was_assumed_is_told(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    line = '{"time":"2026-11-23 10:05:42","request":"GET / HTTP/1.1","status":200,"latency":12.5}\n'
    path.write_text(line, "utf-8")
    said = (
        "its duration latency shows no unit; a number with a fraction is read as seconds, and another one "
        "as milliseconds; if that is wrong, give --json-map duration_ms=latency\n"
    )
    assert call("ingest", path).err == (
        f"{path}: json (America/New_York), 1 line: 1 entry, 0 noise, 0 refused; 1 new route\n{path}: {said}"
    )
    assert f"         {said}" in call("formats", "explain", path).out


ACCESS = '1.2.3.4 - - [23/Nov/2026:10:05:42 +0000] "GET /x HTTP/1.1" 200'
READ = "(times as logged), 1 line: 1 entry, 0 noise, 0 refused; 1 new route"


@pytest.mark.parametrize(
    ("log_format", "end", "said"),
    [
        (
            '%h %l %u %t "%r" %>s %D', " 15",
            (
                "its duration %D is read as microseconds, as Apache writes it; if Tomcat before 10.1, or "
                "another server with milliseconds, wrote the log, replace it with %{ms}T"
            ),
        ),
        (
            '$remote_addr - $remote_user [$time_local] "$request" $status $sent_http_x $request_time $own',
            " a, b 0.084 a b",
            (
                "its durations are not counted: nothing shows where $request_time is in a line; "
                "put quotes around the fields beside it"
            ),
        ),
        ('%h %l %u %t "%r" %>s %{ms}T', " 15", ""),
        ('%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(D)s', " 15", ""),
    ],
)  # fmt: skip
def test_what_a_format_string_does_not_say_is_told(
    call: Call, tmp_path: Path, log_format: str, end: str, said: str
) -> None:
    path = tmp_path / "access.log"
    path.write_text(f"{ACCESS}{end}\n", "utf-8")
    lines = [f"{path}: {log_format} {READ}", *([f"{path}: {said}"] if said else [])]
    assert call("ingest", "--format", log_format, path).err.splitlines() == lines


def test_durations_in_a_w3c_log_without_the_columns_of_a_known_server_are_not_counted(
    call: Call, tmp_path: Path
) -> None:
    path = tmp_path / "w3c.log"
    header = "#Fields: date time cs-method cs-uri sc-status time-taken"
    path.write_text(f"{header}\n2026-11-23 10:05:42 GET /slow 200 1\n", "utf-8")
    assert call("ingest", path).err.splitlines()[1] == (
        f"{path}: its durations are not counted: the unit of time-taken is not known; let its name show it, "
        "as in duration_ms (IIS: let it write s-port or sc-win32-status, too)"
    )
