"""Several hosts with logs of their own count in one PostgreSQL database."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest

from flask_status_cli.cli import run
from flask_status_cli.model import CheckResult, CheckState
from flask_status_cli.model.log.hosts import Host
from flask_status_cli.render.text.phrases import in_words
from flask_status_cli.render.text.words import ENGLISH
from flask_status_cli.store.postgresql import session
from flask_status_cli.summary.checks import monitoring
from tests.postgresql_server import PostgresqlServer

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
Told = Callable[..., str]


def lines(first: int, last: int, *, path: str = "/", status: int = 200) -> bytes:
    """A line a second, of about 80 bytes."""
    stamps = (START + timedelta(seconds=second) for second in range(first, last))
    return b"".join(
        f'10.0.0.1 - - [{stamp:%d/%b/%Y:%H:%M:%S} +0000] "GET {path} HTTP/1.1" {status} 5 "-" "c"\n'.encode()
        for stamp in stamps
    )


@pytest.fixture
def url(postgresql: PostgresqlServer) -> str:
    return postgresql.new_schema()


@pytest.fixture
def flask_status(url: str, capsys: pytest.CaptureFixture[str]) -> Told:
    """Run a command on the database; return what it told."""

    def told(*words: object, status: int = 0) -> str:
        found = run(["--db", url, *map(str, words)])
        heard = capsys.readouterr()
        assert found == status, heard.err
        return heard.out + heard.err

    return told


def counted(flask_status: Told) -> dict[str, int]:
    rows = [row.split(",") for row in flask_status("counts", "--by", "day").splitlines()[1:]]
    return {f"{row[2]} {row[3]}": int(row[4]) for row in rows}


def test_three_hosts_have_logs_under_one_path_and_the_same_first_lines(
    tmp_path: Path, flask_status: Told
) -> None:
    log = tmp_path / "access.log"  # each host's own disk: the same path, other bytes
    probes = lines(0, 20, path="/healthz")
    for turn in range(2):
        for host in ("web1", "web2", "web3"):
            log.write_bytes(probes + lines(20, 60 + 60 * turn, path=f"/{host}"))
            flask_status("ingest", "-q", "--no-siblings", "--host", host, log)
    assert counted(flask_status) == {
        "/healthz 200": 60,
        "/web1 200": 100,
        "/web2 200": 100,
        "/web3 200": 100,
    }
    told = flask_status("db", "hosts", "list")
    assert [line.split()[0] for line in told.splitlines()] == ["web1", "web2", "web3"]


def test_logs_that_begin_with_the_same_8_kib_and_then_differ_are_two(
    tmp_path: Path, flask_status: Told
) -> None:
    log = tmp_path / "access.log"
    for host, path in (("web1", "/one"), ("web2", "/two")):
        log.write_bytes(lines(0, 120, path="/healthz") + lines(120, 150, path=path))
        flask_status("ingest", "-q", "--host", host, log)
    assert counted(flask_status) == {"/healthz 200": 240, "/one 200": 30, "/two 200": 30}


@pytest.mark.parametrize("kind", ["the log", "its archive", "a pipe", "its beginning", "grown"])
def test_a_log_that_another_host_has_read_is_refused_without_adopt_or_separate(
    kind: str, tmp_path: Path, url: str, flask_status: Told
) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(lines(0, 200))
    flask_status("ingest", "-q", "--host", "web1", log)
    more = 50 if kind == "grown" else 0
    data = lines(0, 100 if kind == "its beginning" else 200 + more)
    again = tmp_path / "again.log"
    again.write_bytes(gzip.compress(data) if kind == "its archive" else data)

    def ingest(*words: str, status: int = 0) -> str:
        if kind != "a pipe":
            return flask_status("ingest", "-q", "--host", "pod-7", *words, again, status=status)
        command = ["ingest", "-q", "--host", "pod-7", *words, "-"]
        done = subprocess.run(
            [sys.executable, "-m", "flask_status_cli", "--db", url, *command],
            input=data, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == status, done.stderr
        return done.stderr.decode()

    refused = (
        "begins like a log that the host web1 has read, so nothing was counted; give --adopt if"
    )
    assert refused in ingest(status=1)
    assert counted(flask_status) == {"/ 200": 200}
    ingest("--adopt")
    assert counted(flask_status) == {"/ 200": 200 + more}
    ingest()
    assert counted(flask_status) == {"/ 200": 200 + more}


def test_a_separate_log_is_counted_and_later_read_without_the_option(
    tmp_path: Path, flask_status: Told
) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(lines(0, 200))
    flask_status("ingest", "-q", "--host", "web1", log)
    # The requests are the same, too: --yes says that this is no mistake either.
    flask_status("ingest", "-q", "--host", "web2", "--separate", "--yes", log)
    log.write_bytes(lines(0, 210))
    flask_status("ingest", "-q", "--host", "web2", log)
    assert counted(flask_status) == {"/ 200": 410}


def test_a_log_that_was_read_before_the_host_had_a_name_is_refused_in_words_and_adopted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, file = tmp_path / "access.log", str(tmp_path / "status.db")
    log.write_bytes(lines(0, 200))
    assert run(["--db", file, "ingest", "-q", str(log)]) == 0
    assert run(["--db", file, "ingest", "-q", "--host", "web1", str(log)]) == 1
    assert "begins like a log that a host without a name has read" in capsys.readouterr().err
    assert run(["--db", file, "ingest", "-q", "--host", "web1", "--adopt", str(log)]) == 0
    assert run(["--db", file, "counts"]) == 0
    assert capsys.readouterr().out.endswith(",,/,200,200\n")


def test_a_renamed_host_continues_at_its_checkpoints(tmp_path: Path, flask_status: Told) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(lines(0, 200))
    flask_status("ingest", "-q", "--host", "web1", log)
    flask_status("db", "hosts", "rename", "web1", "front")
    log.write_bytes(lines(0, 230))
    flask_status("ingest", "-q", "--host", "front", log)
    assert counted(flask_status) == {"/ 200": 230}
    assert "no such host" in flask_status("db", "hosts", "rename", "web1", "x", status=1)
    assert "is the name of another host" in flask_status(
        "db", "hosts", "rename", "front", "front", status=1
    )


def test_a_host_that_stopped_reading_is_named_until_it_is_retired(
    tmp_path: Path, url: str, postgresql: PostgresqlServer, flask_status: Told
) -> None:
    for host in ("web1", "web2", "web3"):
        log = tmp_path / f"{host}.log"
        log.write_bytes(lines(0, 10, path=f"/{host}"))
        flask_status("ingest", "-q", "--host", host, log)
    schema = url.rpartition("=")[2]
    with postgresql.connect() as server:  # as if their last runs were so long ago
        for host, minutes in (("web2", 20), ("web3", 25 * 60)):
            ago = f"seen_at - {minutes * 60_000_000}"
            server.execute(
                f"UPDATE {schema}.host SET seen_at = {ago}, good_at = {ago} WHERE name = '{host}'"
            )
    told = flask_status("report", "--rows", "5")
    assert "The logs of the host web2 have not been read since" in told
    assert "web1" not in told.replace("/web1", "")
    assert "web2  last run " in flask_status("db", "info")
    checked = flask_status("check", "--incidents", status=1)
    assert checked.startswith("WARNING - no open incident; logs of host web2 not read since 20")
    assert checked.endswith(" | 'incidents'=0;;0;0\n")
    gone = "web3: this host has been silent for 24 hours and is retired until it runs again"
    for said in (gone, ""):  # said once
        assert said in flask_status("ingest", "--host", "web1", tmp_path / "web1.log")
    assert "host web3" not in flask_status("report")
    flask_status("db", "hosts", "retire", "web2")
    assert "have not been read" not in flask_status("report")
    assert "host" not in flask_status("check", "--incidents")
    assert flask_status("db", "hosts", "list").count("retired") == 2


@pytest.mark.parametrize("wrong", [timedelta(days=400), timedelta(days=-2)])
def test_a_host_with_a_wrong_clock_retires_no_other_and_is_not_silent_by_its_own_clock(
    tmp_path: Path, flask_status: Told, monkeypatch: pytest.MonkeyPatch, wrong: timedelta
) -> None:
    log = {host: tmp_path / f"{host}.log" for host in ("web1", "web2")}
    for host, path in log.items():
        path.write_bytes(lines(0, 10, path=f"/{host}"))
        flask_status("ingest", "-q", "--host", host, path)
    before = flask_status("db", "hosts", "list")
    now = datetime.now(UTC)
    with monkeypatch.context() as patched:
        module = import_module("flask_status_cli.cli.commands.ingest")
        patched.setattr(module, "clock", lambda: now + wrong)
        patched.setattr(f"{session.__name__}.time.time", (now + wrong).timestamp)
        assert flask_status("ingest", "-q", "--host", "web1", log["web1"]) == ""
    after = flask_status("db", "hosts", "list")
    assert "retired" not in after
    assert [line[:27] for line in after.splitlines()] == [line[:27] for line in before.splitlines()]


NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "then"),
    [
        (CheckState.OK, CheckState.WARNING),
        (CheckState.WARNING, CheckState.WARNING),
        (CheckState.CRITICAL, CheckState.CRITICAL),
        (CheckState.UNKNOWN, CheckState.UNKNOWN),
    ],
)
def test_a_silent_host_is_a_warning_unless_something_worse_is_known(
    state: CheckState, then: CheckState
) -> None:
    hosts = [
        Host("a", NOON, NOON, retired=False),
        Host("b", NOON, NOON - timedelta(minutes=15), retired=False),
        Host("c", NOON - timedelta(minutes=20), None, retired=False),
        Host("d", NOON, NOON - timedelta(days=2), retired=True),
    ]
    told = monitoring.with_silent_hosts(
        CheckResult(state, "text"), hosts, now=NOON, stale_after=timedelta(minutes=15)
    )
    assert told.state is then
    assert in_words(told.text, ENGLISH) == (
        "text; logs of host b not read since 2026-11-23 11:45 UTC, "
        "logs of host c never read without problems"
    )


def test_a_database_file_has_no_hosts_unless_they_are_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database, log = str(tmp_path / "status.db"), tmp_path / "access.log"
    log.write_bytes(lines(0, 10))
    assert run(["--db", database, "ingest", "-q", str(log)]) == 0
    assert run(["--db", database, "db", "hosts", "list"]) == 0
    assert capsys.readouterr().out == "the database has no hosts\n"


def test_the_default_host_is_the_name_of_this_machine(
    tmp_path: Path, flask_status: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(lines(0, 10))
    monkeypatch.setattr("socket.gethostname", lambda: "here")
    flask_status("ingest", "-q", log)
    monkeypatch.setenv("FLASK_STATUS_HOST", "there")
    log.write_bytes(lines(0, 12))
    flask_status("ingest", "-q", log)
    told = flask_status("db", "hosts", "list")
    assert [line.split()[0] for line in told.splitlines()] == ["here", "there"]
    refused = flask_status("ingest", "-q", "--host", "a\nb", log, status=2)
    assert "cannot be the name of a host" in refused
