"""`check` as a monitoring core runs it: a line that starts with the state, and the exit status of it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import StatementError

from flask_status_cli.errors import DatabaseError
from flask_status_cli.store import Ledger

Call = Callable[..., Any]
Ingest = Callable[..., None]
LAST = ("--now", "last")
STATES = {0: "OK", 1: "WARNING", 2: "CRITICAL", 3: "UNKNOWN"}
LINE = re.compile(r"(OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+( \| '[^'|]+'=[^|\n]+)?\n")


@pytest.fixture
def ingest(call: Call, tmp_path: Path) -> Ingest:
    """`ingest((minutes ago, path, status, requests), ...)`: the newest is of 10:00."""

    def ingest(*requests: tuple[int, str, int, int]) -> None:
        noon = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
        lines = [
            f"10.0.0.1 - - [{noon - timedelta(minutes=ago):%d/%b/%Y:%H:%M:%S} +0000] "
            f'"GET {path} HTTP/1.1" {status} 5\n'
            for ago, path, status, many in sorted(requests, reverse=True)
            for _ in range(many)
        ]
        log = tmp_path / "check.log"
        log.write_text("".join(lines))
        assert call("ingest", "-q", log).status == 0

    return ingest


def check(call: Call, *options: str) -> tuple[int, str, str]:
    """The exit status, the sentence and the performance data."""
    told = call("check", *options)
    assert LINE.fullmatch(told.out), told
    state, _, rest = told.out.rstrip("\n").partition(" - ")
    assert state == STATES[told.status]
    text, _, perfdata = rest.partition(" | ")
    return told.status, text, perfdata


HOUR = "in the last 1 h"


@pytest.mark.parametrize(
    ("failures", "options", "status"),
    [
        # Without thresholds it is as the report says: up from 99 %, and down in an incident that just began.
        (0, (), 0),
        (1, (), 0),
        (2, (), 1),
        (70, (), 2),
        # A number is the least that is well; so is the range that says the same.
        (5, ("-w", "95"), 0),
        (6, ("-w", "95"), 1),
        (6, ("--warning", "95:"), 1),
        (6, ("--warning", "95%"), 1),
        (6, ("-w", "99", "-c", "94"), 1),
        (7, ("-w", "99", "-c", "94"), 2),
        # One threshold alone: the other is never met.
        (99, ("-w", "99"), 1),
        (50, ("-c", "50"), 0),
        (51, ("-c", "50"), 2),
        # A range of the guidelines, both ways round.
        (5, ("-c", "90:96"), 0),
        (3, ("-c", "90:96"), 2),
        (5, ("-c", "@90:96"), 2),
    ],
)
def test_availability_against_thresholds(
    call: Call, ingest: Ingest, failures: int, options: tuple[str, ...], status: int
) -> None:
    ingest((1, "/", 200, 100 - failures), (0, "/", 500, failures))
    assert check(call, *LAST, *options)[0] == status


def test_the_line_has_the_figures_and_the_thresholds(call: Call, ingest: Ingest) -> None:
    ingest((1, "/", 200, 990), (0, "/", 500, 10))
    assert check(call, *LAST) == (
        0,
        "1 route operational; availability 99.00%: 990 of 1,000 requests succeeded in the last 1 h",
        "'availability'=99.00%;;;0;100 'requests'=1000;;;0",
    )
    assert check(call, *LAST, "-w", "99.5", "-c", "98:")[2].startswith(
        "'availability'=99.00%;99.5:;98:;0;100 "
    )


@pytest.mark.parametrize(
    ("window", "valid"), [("1m", 1), ("30m", 11), ("1h", 111), ("2h", 1111), ("1d", 1111)]
)
def test_the_window_ends_with_the_newest_entry(
    call: Call, ingest: Ingest, window: str, valid: int
) -> None:
    ingest((0, "/", 200, 1), (29, "/", 200, 10), (59, "/", 200, 100), (60, "/", 200, 1000))
    assert f"'requests'={valid};" in check(call, *LAST, "--window", window)[2]


def test_with_route_each_route_is_checked_and_the_worst_decides(call: Call, ingest: Ingest) -> None:
    ingest((0, "/", 200, 999), (0, "/pay", 200, 1), (0, "/pay", 500, 9), (0, "/up", 200, 5))
    assert check(call, *LAST)[:2] == (
        2,
        (
            "1 route down since 23 Nov 2026 10:00; 2 operational; failing: /pay; availability 99.11%: "
            f"1,005 of 1,014 requests succeeded {HOUR}"
        ),
    )
    status, text, perfdata = check(call, *LAST, "--route", "*")
    assert status == 2
    assert text == (
        "1 route down since 23 Nov 2026 10:00; 2 operational; failing: /pay; "
        "the lowest: /pay availability 10.00%: 1 of 10 requests succeeded in the last 1 h"
    )
    assert perfdata == "'/'=100%;;;0;100 '/pay'=10.00%;;;0;100 '/up'=100%;;;0;100"
    assert check(call, *LAST, "--route", "/p*")[0] == 2
    assert check(call, *LAST, "--route", "/", "--route", "/up")[:2] == (
        0,
        f"All 2 routes operational; the lowest: / availability 100%: 999 of 999 requests succeeded {HOUR}",
    )
    assert check(call, *LAST, "--route", "*", "-w", "50")[1] == (
        "/pay availability 10.00%: 1 of 10 requests succeeded in the last 1 h"
    )
    status, text, _ = check(call, *LAST, "--route", "*", "-w", "100.5")
    assert status == 1
    assert text.endswith(", and 2 more routes")


@pytest.mark.parametrize(
    ("requests", "options", "text"),
    [
        # Silence is not health.
        (
            [(0, "/", 200, 1)],
            ("--now", "2026-11-23T11:00Z"),
            "No requests since 23 Nov 2026 10:00, 1 h",
        ),
        ([(0, "/", 200, 1)], ("--now", "2026-11-23T11:00Z", "-w", "9"), f"no entry {HOUR}"),
        ([(0, "/", 401, 9)], LAST, f"no request to judge {HOUR}"),
        (
            [(0, "/", 200, 1)],
            (*LAST, "--route", "/no*"),
            f"no request to the selected routes {HOUR}",
        ),
        # Old data are no answer.
        ([(0, "/", 200, 1)], ("--now", "9998-01-01T00:00Z"), None),
        (
            [(0, "/", 200, 1)],
            ("--now", "2026-11-23T10:05Z", "--max-age", "5m"),
            "no entry since 2026-11-23 10:00 UTC",
        ),
    ],
)
def test_nothing_to_judge_is_unknown(
    call: Call,
    ingest: Ingest,
    requests: list[tuple[int, str, int, int]],
    options: tuple[str, ...],
    text: str | None,
) -> None:
    ingest(*requests)
    if text is None:
        assert call("check", *options).status == 3
        return
    assert check(call, *options)[:2] == (3, text)


def test_a_log_that_is_no_longer_read_is_unknown(call: Call, ingest: Ingest) -> None:
    ingest((0, "/", 200, 1))
    later = datetime.now(UTC) + timedelta(minutes=16)
    now = ("--now", later.isoformat(timespec="seconds"), "--window", "3000d")
    status, text, _ = check(call, *now)
    assert status == 3
    assert re.fullmatch(r"log not read since \d{4}-\d\d-\d\d \d\d:\d\d UTC", text)


def waits(*_: object, **__: object) -> None:
    threading.Event().wait(60)


def wraps(*_: object, **__: object) -> None:
    """Wait as SQLAlchemy does: it makes an error in a statement one of its own."""
    try:
        waits()
    except DatabaseError as error:
        raise StatementError("a statement", None, None, error) from error


@pytest.mark.parametrize("reading", [waits, wraps])
def test_a_database_that_does_not_answer_is_unknown(
    reading: Callable[..., None], call: Call, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.getsignal(signal.SIGALRM)
    monkeypatch.setattr("flask_status_cli.pipeline.check.ANSWER_WITHIN", 0.02)
    monkeypatch.setattr(Ledger, "read", reading)
    told = call("check")
    what = f"{database}: did not answer within 0.02 seconds"
    hint = "check whether it can be reached, and what it is doing"
    assert (told.status, told.out) == (3, f"UNKNOWN - {what}; {hint}\n")
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--bogus",), "No such option '--bogus'"),
        (("extra",), "unexpected extra argument (extra)"),
        (("--window", "soon"), "'soon' is not a length of time"),
        (("--window", "0m"), "'0m' is not a length of time"),
        (("-w", "20:10"), "'20:10' is not a range"),
        (("-c", "low"), "'low' is not a range"),
        (("--incidents", "--burn"), "--burn cannot be used with --incidents"),
        (("--incidents", "--window", "1h"), "--window cannot be used"),
        (("--burn", "--objective", "99%", "-w", "3"), "--warning cannot be used"),
        (("--objective", "99%"), "--objective is for --burn"),
        (("--burn",), "--burn needs an objective"),
        (("--burn", "--objective", "101%"), "'101%' is not a share"),
        (("--burn", "--objective", "1"), "'1' is not a share"),
        (("--now", "yesterday"), "'yesterday' is not an instant"),
        (("--policy", "mine"), "'mine' is not one of"),
    ],
)
def test_a_usage_error_is_unknown_and_never_critical(
    call: Call, ingest: Ingest, options: tuple[str, ...], said: str
) -> None:
    ingest((0, "/", 200, 1))
    status, text, perfdata = check(call, *options)
    assert status == 3
    assert said in text
    assert perfdata == ""


def test_a_404_raises_no_alarm(call: Call, ingest: Ingest) -> None:
    # `/<path:slug>` takes what a scanner asks for; the report shows it, nobody is called.
    ingest(*[(ago, "/", 200, 3) for ago in range(30)], *[(ago, "/", 404, 90) for ago in range(30)])
    assert check(call, *LAST)[:2] == (
        0,
        "1 route operational; availability 3.22%: 90 of 2,790 requests succeeded in the last 1 h",
    )
    assert check(call, *LAST, "-w", "99")[0] == 1


def test_a_long_name_of_a_failing_route_loses_its_middle(call: Call, ingest: Ingest) -> None:
    long = f"/{'a' * 40}/{'b' * 40}"
    ingest((9, "/", 200, 9), (9, long, 200, 1), *((ago, long, 500, 9) for ago in range(5)))
    shown = f"/{'a' * 28}…{'b' * 30}"
    assert f"; 1 operational; failing: {shown}; availability" in check(call, *LAST)[1]


def test_failing_routes_are_named_unless_all_fail(call: Call, ingest: Ingest) -> None:
    ok = [(ago, "/", 200, 9) for ago in range(30)]
    answered = [(40, f"/{name}", 200, 1) for name in "abcde"]
    failing = [(ago, f"/{name}", 500, 9) for ago in range(9) for name in "abcde"]
    ingest(*ok, *answered, *failing)
    assert check(call, *LAST)[1].startswith(
        "5 routes down since 23 Nov 2026 09:52; 1 operational; failing: /a, /b, /c and 2 more; "
    )
    assert check(call, *LAST, "--route", "/?")[1].startswith(
        "All 5 routes down since 23 Nov 2026 09:52 (9 min); the lowest: /"
    )


def test_in_maintenance_it_is_ok_and_says_so(call: Call, ingest: Ingest) -> None:
    ingest(
        *[(ago, "/", 200, 9) for ago in range(40)],
        (40, "/pay", 200, 1),
        *[(ago, "/pay", 500, 9) for ago in range(20)],
    )
    assert check(call, *LAST)[0] == check(call, *LAST, "--incidents")[0] == 2
    add = ("maintenance", "add", "--from", "2026-11-23T09:30Z", "--to", "2026-11-23T10:30Z")
    assert call(*add, "--route", "/pay").status == 0
    until = "in maintenance until 2026-11-23 10:30 UTC"
    status, text, _ = check(call, *LAST)
    assert (status, text.endswith(f"; 1 route is {until}")) == (0, True)
    status, text, _ = check(call, *LAST, "--incidents")
    assert (status, text) == (0, f"no open incident; 1 route is {until}")
    for options in ((), ("-c", "99"), ("--incidents",)):
        status, text, _ = check(call, *LAST, *options, "--route", "/pay")
        assert (status, text.startswith(f"{until}; ")) == (0, True)
    assert call(*add).status == 0
    for options in ((), ("-c", "99"), ("--incidents",)):
        status, text, _ = check(call, *LAST, *options)
        assert (status, text.startswith(f"{until}; ")) == (0, True)


def test_maintenance_is_not_judged(call: Call, ingest: Ingest) -> None:
    ingest(
        *[(ago, "/pay", 500, 9) for ago in range(40, 60)], (61, "/pay", 200, 1), (0, "/", 200, 50)
    )
    assert check(call, *LAST)[0] == 2
    assert check(call, *LAST, *BURN)[0] == 1
    window = ("--from", "2026-11-23T09:00Z", "--to", "2026-11-23T09:30Z")
    assert call("maintenance", "add", *window).status == 0
    for options in ((), BURN, ("--incidents",)):
        assert check(call, *LAST, *options)[0] == 0


def test_open_incidents(call: Call, ingest: Ingest) -> None:
    outage = [(ago, "/pay", 500, 3) for ago in range(5)]
    ingest(*[(ago, "/", 200, 3) for ago in range(20)], *outage, (20, "/pay", 200, 1))
    assert check(call, *LAST, "--incidents") == (
        2,
        "1 open incident: /pay since 2026-11-23 09:56 UTC, 15 of 15 requests failed (500)",
        "'incidents'=1;;0;0",
    )
    assert check(call, *LAST, "--incidents", "-w", "0")[0] == 1
    assert check(call, *LAST, "--incidents", "-c", "1") == check(
        call, *LAST, "--incidents", "-c", "0:1"
    )
    assert check(call, *LAST, "--incidents", "-c", "1")[0] == 0
    assert check(call, *LAST, "--incidents", "--route", "/")[:2] == (0, "no open incident")
    assert check(call, *LAST, "--incidents", "--route", "/p*")[0] == 2


def test_no_open_incident(call: Call, ingest: Ingest) -> None:
    ingest(*[(ago, "/", 200, 3) for ago in range(20)])
    assert check(call, *LAST, "--incidents") == (0, "no open incident", "'incidents'=0;;0;0")


BURN = ("--burn", "--objective", "99.9%")


@pytest.mark.parametrize(
    ("requests", "status", "text"),
    [
        # A page: 14.4 times too fast over the hour and over 5 minutes.
        (
            [(0, "/", 500, 15), (1, "/", 200, 985)],
            2,
            "15.00 over 1 h, 15.00 over 5 min, above 14.40",
        ),
        # Exactly 14.4 is not above it, but 6 is passed over 6 hours and 30 minutes.
        (
            [(0, "/", 500, 18), (1, "/", 200, 1232)],
            2,
            "14.40 over 6 h, 14.40 over 30 min, above 6.00",
        ),
        # It has ended: the short windows are calm. What is left is a ticket.
        (
            [(31, "/", 500, 15), (31, "/", 200, 985), (0, "/", 200, 100)],
            1,
            "13.63 over 3 d, 13.63 over 6 h, above 1.00",
        ),
        ([(4000, "/", 500, 15), (0, "/", 200, 985)], 0, "0.00 over 1 h, 0.00 over 6 h"),
        # As fast as is allowed is well.
        ([(0, "/", 500, 3), (0, "/", 200, 2997)], 0, "1.00 over 1 h, 1.00 over 6 h"),
        # Two failures wake nobody, whatever their share; three do.
        ([(0, "/", 500, 2), (0, "/", 200, 1)], 0, "666.66 over 1 h, 666.66 over 6 h"),
        ([(0, "/", 500, 3)], 2, "1000.00 over 1 h, 1000.00 over 5 min, above 14.40"),
        # They are those of the long window: one of them is enough in the short one.
        (
            [(20, "/", 500, 2), (0, "/", 500, 1)],
            2,
            "1000.00 over 1 h, 1000.00 over 5 min, above 14.40",
        ),
    ],
)
def test_the_burn_of_an_error_budget(
    call: Call,
    ingest: Ingest,
    requests: list[tuple[int, str, int, int]],
    status: int,
    text: str,
) -> None:
    ingest(*requests)
    assert check(call, *LAST, *BURN)[:2] == (status, f"error budget burn {text}")


def test_the_burn_of_each_window_is_a_value(call: Call, ingest: Ingest) -> None:
    ingest((0, "/", 500, 1), (0, "/", 200, 999))
    assert check(call, *LAST, *BURN)[2] == (
        "'burn 5 min'=1.00;;14.4;0 'burn 30 min'=1.00;;6;0 'burn 1 h'=1.00;;14.4;0 "
        "'burn 6 h'=1.00;1;6;0 'burn 3 d'=1.00;1;;0"
    )


def test_the_burn_of_each_route(call: Call, ingest: Ingest) -> None:
    ingest((0, "/", 200, 100_000), (0, "/pay", 500, 9), (0, "/pay", 200, 1))
    assert check(call, *LAST, *BURN)[0] == 0
    status, text, perfdata = check(call, *LAST, *BURN, "--route", "*")
    assert status == 2
    assert text == "/pay error budget burn 900.00 over 1 h, 900.00 over 5 min, above 14.40"
    assert "'/ burn 1 h'=0.00;;14.4;0" in perfdata
    assert "'/pay burn 1 h'=900.00;;14.4;0" in perfdata


def test_an_objective_may_stand_in_the_configuration(
    call: Call, ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flask-status.toml").write_text("[policy]\nobjective = 0.999\n")
    ingest((0, "/", 500, 9), (0, "/", 200, 1))
    assert check(call, *LAST, "--burn")[0] == 2


HOSTILE = "/a%7Cb='x'|y%0AOK%20-%20fine%1B[2J"


def test_text_from_a_log_cannot_break_the_output(call: Call, ingest: Ingest) -> None:
    ingest((0, HOSTILE, 200, 1), (0, HOSTILE, 500, 9), *[(1, "/", 200, 1)] * 3)
    for options in (("--route", "*"), ("--route", "*", *BURN), ("--incidents",)):
        told = call("check", *LAST, *options)
        assert told.status == 2
        assert told.out.count("|") == 1
        assert told.out.count("\n") == 1
        assert told.out.startswith("CRITICAL - ")
        assert told.out.isprintable() or told.out.rstrip("\n").isprintable()


# In a process of its own, as a core runs it: what the shell sees.


def run(tmp_path: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask_status_cli", *words],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={"TZ": "UTC", "PATH": os.environ["PATH"], "HOME": str(tmp_path), **environment}
        | {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ},
    )


@pytest.mark.parametrize(("failures", "status"), [(0, 0), (5, 1), (99, 2)])
def test_exit_statuses(
    call: Call, ingest: Ingest, database: Path, tmp_path: Path, failures: int, status: int
) -> None:
    ingest((1, "/", 200, 100 - failures), (0, "/", 500, failures))
    found = run(tmp_path, "--db", str(database), "check", *LAST)
    assert (found.returncode, found.stderr) == (status, "")
    assert found.stdout.startswith(f"{STATES[status]} - ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check",), "the database does not exist"),
        (("--db", "/nowhere/status.db", "check"), "the database does not exist"),
        (("--bogus", "check"), "No such option '--bogus'"),
        (("--db", "check", "check", "--nothing"), "No such option '--nothing'"),
        (("--config", "/nowhere.toml", "check"), "/nowhere.toml"),
        (("check", "--db", "mysql://x/y"), "mysql:// is not a known kind of database"),
    ],
)
def test_an_error_has_exit_status_3(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    found = run(tmp_path, *words)
    assert found.returncode == 3
    assert found.stdout.startswith("UNKNOWN - ")
    assert said in found.stdout
    assert found.stdout.count("\n") == 1
    assert found.stderr == ""


def test_a_database_that_is_none_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "text.db"
    path.write_text("no database, only text\n" * 100)
    found = run(tmp_path, "--db", str(path), "check")
    assert (found.returncode, found.stdout[:10]) == (3, "UNKNOWN - ")


def test_a_bug_is_unknown_and_keeps_its_traceback(
    call: Call, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    ingest((0, "/", 200, 1))
    monkeypatch.setattr("flask_status_cli.pipeline.check.check", broken)
    told = call("check")
    assert (told.status, told.out) == (3, "UNKNOWN - a bug, please report it: ZeroDivisionError\n")
    assert "Traceback" in told.err


def test_a_stream_that_is_not_utf_8_gets_ascii(
    call: Call, ingest: Ingest, database: Path, tmp_path: Path
) -> None:
    ingest((0, "/%C3%A9t%C3%A9", 200, 5))
    words = ("--db", str(database), "check", *LAST, "--route", "*")
    found = run(tmp_path, *words, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert found.returncode == 0
    assert "/\\xe9t\\xe9 availability" in found.stdout


def test_other_commands_keep_their_exit_statuses(tmp_path: Path) -> None:
    assert run(tmp_path, "--db", "check", "report").returncode == 1
    assert run(tmp_path, "report", "--bogus").returncode == 2
    assert run(tmp_path, "config", "check", "--bogus").returncode == 2
    assert run(tmp_path, "check", "--help").returncode == 0
