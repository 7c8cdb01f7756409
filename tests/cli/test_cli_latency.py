"""How long requests took, from the log to every command that tells it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]

FORMAT = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
    '"$http_referer" "$http_user_agent" $request_time'
)
LAST = ("--now", "last")


def line(minute: int, path: str, took: str) -> str:
    time = f"[23/Nov/2026:10:{minute:02}:00 +0000]"
    return f'10.0.0.1 - - {time} "GET {path} HTTP/1.1" 200 5 "-" "curl" {took}\n'


@pytest.fixture
def timed(call: Call, tmp_path: Path) -> Path:
    """A log in which / takes 20 ms, and /export 100 ms or, once in ten times, 3 s."""
    log = tmp_path / "access.log"
    lines = [line(n % 60, "/", "0.020") for n in range(40)]
    lines += [line(n % 60, "/export", "3.000" if n % 10 == 0 else "0.100") for n in range(20)]
    lines += [line(59, "/", "-")]
    log.write_text("".join(lines))
    assert call("ingest", "-q", "--format", FORMAT, log).status == 0
    return log


# By hand: 100 * 1.1**55 is 18,905 microseconds and 100 * 1.1**56 is 20,796; the geometric middle is 19,828.
ABOUT_20_MS = pytest.approx(20, rel=0.05)
ABOUT_100_MS = pytest.approx(100, rel=0.05)
ABOUT_3_S = pytest.approx(3000, rel=0.05)


@pytest.mark.usefixtures("timed")
def test_json_has_the_percentiles_of_each_route(call: Call) -> None:
    report = json.loads(call("report", "--json", *LAST).out)
    rows = {row["rule"]: row["latency"] for row in report["routes"]}
    assert rows["/"] == {
        "n": 40,
        "p50_ms": ABOUT_20_MS,
        "p95_ms": ABOUT_20_MS,
        "p99_ms": ABOUT_20_MS,
    }
    assert rows["/export"] == {
        "n": 20,
        "p50_ms": ABOUT_100_MS,
        "p95_ms": ABOUT_3_S,
        "p99_ms": ABOUT_3_S,
    }
    assert report["total"]["latency"]["n"] == 60


@pytest.mark.usefixtures("timed")
def test_csv_and_markdown_have_a_column_for_latency(call: Call) -> None:
    lines = call("report", "--csv", *LAST).out.splitlines()
    assert lines[0].endswith(",ignored,timed,p50_ms,p95_ms,p99_ms,slow")
    assert {row.split(",")[1]: row.split(",")[10] for row in lines[1:]} == {
        "/": "40",
        "/export": "20",
    }
    table = call("report", "--markdown", *LAST).out
    assert "| Failures | p95 |" in table
    assert "| `/export` | 100% | 20 | 0 | 3.1" in table


def test_without_durations_csv_has_no_latency_column(call: Call, log: Path) -> None:
    call("ingest", "-q", log)
    assert call("report", "--csv", *LAST).out.splitlines()[0].endswith(",ignored")
    told = call("report", *LAST).out
    assert told.count("not logged") == 1
    assert "p95" not in told


@pytest.mark.usefixtures("timed")
@pytest.mark.parametrize(
    ("width", "column"), [("50", True), ("80", True), ("100", True), ("45", False)]
)
def test_a_terminal_has_the_column_where_there_is_room(
    call: Call, monkeypatch: pytest.MonkeyPatch, width: str, column: bool
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    told = call("report", *LAST).out
    head = next(line for line in told.splitlines() if line.startswith("Now "))
    assert ("  p95  " in head) is column
    assert "Response times: p50" in told


@pytest.mark.usefixtures("timed")
def test_a_slow_route_has_a_word_and_a_mark_and_is_up(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "flask-status.toml").write_text('[policy]\nslow = "2s"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "140")
    told = call("report", *LAST).out
    assert "◔ slow 3.1" in told
    assert "1 route is slow (p95): /export (3.1" in told
    assert "Slow: p95 above 2 s." in told
    report = json.loads(call("report", "--json", *LAST).out)
    assert {row["rule"]: (row["slow"], row["now"]) for row in report["routes"]} == {
        "/": (False, "operational"),
        "/export": (True, "operational"),
    }
    assert report["policy"]["slow"] == "2s"
    assert "lenta 3.1" in call("report", "--lang", "es", *LAST).out
    assert "slow: p50 100" in call("routes", "show", "/export", *LAST).out.replace("101", "100")


@pytest.mark.parametrize(
    ("text", "hint"), [('"fast"', "for example"), ("2", "for example"), ('"0s"', "for example")]
)
def test_an_invalid_limit_is_refused(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, hint: str
) -> None:
    (tmp_path / "flask-status.toml").write_text(f"[policy]\nslow = {text}\n")
    monkeypatch.chdir(tmp_path)
    told = call("config", "check")
    assert told.status == 1
    assert "policy.slow" in told.err
    assert hint in told.err


@pytest.mark.usefixtures("timed")
@pytest.mark.parametrize(
    ("options", "status", "text"),
    [
        (("p99=500ms",), 2, "CRITICAL - 3098"),
        (("p95=4s",), 0, "OK - "),
        (("p50=500ms",), 0, "OK - "),
        (("p99=500ms,4s",), 1, "WARNING - 3098"),
        (("p95=500ms", "--route", "/"), 0, "OK - / 19.8"),
        (("p95=500ms", "--route", "/*"), 2, "CRITICAL - /export "),
        (("p99=1.5s", "--route", "/export"), 2, "(p99 of 20 requests since 2026-11-23 10:00 UTC)"),
    ],
)
def test_check_compares_a_percentile_with_its_limits(
    call: Call, options: tuple[str, ...], status: int, text: str
) -> None:
    told = call("check", *LAST, "--latency", *options)
    assert (told.status, text in told.out) == (status, True), told.out


@pytest.mark.usefixtures("timed")
def test_the_performance_data_of_a_check_are_milliseconds(call: Call) -> None:
    perfdata = (
        call("check", *LAST, "--latency", "p50=500ms,2s").out.rstrip("\n").partition(" | ")[2]
    )
    assert perfdata == "'p50'=19.828ms;500;2000;0"


@pytest.mark.usefixtures("timed")
@pytest.mark.parametrize(("now", "status"), [("11:58", 0), ("11:59", 3)])
def test_old_durations_are_no_answer(call: Call, now: str, status: int) -> None:
    told = call("check", "--now", f"2026-11-23T{now}Z", "--latency", "p95=4s")
    assert (told.status, "no entry in the last" in told.out) == (status, status == 3), told.out


def test_check_is_unknown_where_nothing_is_logged(call: Call, log: Path) -> None:
    call("ingest", "-q", log)
    told = call("check", *LAST, "--latency", "p95=500ms")
    assert (told.status, told.out) == (
        3,
        "UNKNOWN - no response times in the log since 2026-11-23 09:00 UTC\n",
    )


@pytest.mark.parametrize(
    "options",
    [("--latency", "500ms"), ("--latency", "p95=fast"), ("--latency", "p95=2s,1s"), ("--latency", "p0=1s"),
     ("--latency", "p95=1s", "--warning", "99"), ("--latency", "p95=1s", "--burn")],
)  # fmt: skip
def test_check_refuses_an_invalid_latency_limit(call: Call, options: tuple[str, ...]) -> None:
    told = call("check", *options)
    assert (told.status, told.out[:9]) == (3, "UNKNOWN -")


@pytest.mark.usefixtures("timed")
def test_counts_lists_durations_by_hour_and_day(call: Call) -> None:
    lines = call("counts", "--latency", "--by", "hour").out.splitlines()
    assert lines[0] == "time,label,route,from_ms,below_ms,requests"
    assert lines[1] == "2026-11-23T10:00Z,,/,18.905,20.796,40"
    assert [row.split(",")[-1] for row in lines[2:]] == ["18", "2"]
    first = json.loads(call("counts", "--latency", "--json").out)[0]
    assert list(first.values()) == ["2026-11-23", "", "/", 18.905, 20.796, 40]
    assert list(first) == ["time", "label", "route", "from_ms", "below_ms", "requests"]
    assert call("counts", "--latency", "--by", "minute").status == 2


@pytest.mark.usefixtures("timed")
def test_the_page_has_the_column_and_the_percentiles(call: Call, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    (tmp_path / "status.toml").write_text('[policy]\nslow = "2s"\n')
    call("--config", tmp_path / "status.toml", "report", "-q", "--html", page, *LAST)
    text = page.read_text()
    assert '<th role="columnheader" scope="col">p95</th>' in text
    assert "<small>◔ slow</small>" in text
    assert "of 20 requests" in text


FIXTURES = Path(__file__).parents[2] / "fixtures" / "logs"


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("alp/json_access.log", ("response_time", "request_time")),
        ("crowdsec/caddy-logs__caddy-logs.log", ("duration",)),
    ],
)
def test_percentiles_of_real_logs_are_those_of_their_sorted_durations(
    call: Call, name: str, keys: tuple[str, ...]
) -> None:
    lines = [json.loads(line) for line in (FIXTURES / name).read_text().splitlines() if line]
    told = (next((v for k in keys if isinstance(v := line.get(k), float)), None) for line in lines)
    took = sorted(seconds * 1000 for seconds in told if seconds is not None)
    assert call("ingest", "-q", FIXTURES / name).status == 0
    found = json.loads(call("report", "--json", *LAST, "--days", "3660").out)["total"]["latency"]
    assert found["n"] == len(took)
    for percent in (50, 95, 99):
        exact = took[max(-(-percent * len(took) // 100), 1) - 1]
        assert found[f"p{percent}_ms"] == pytest.approx(exact, rel=0.052, abs=0.1)
