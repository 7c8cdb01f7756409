"""Commands on a PostgreSQL database: the same as on a file, or a line that says what to do instead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flask_status_cli.cli import run
from tests.postgresql_server import PostgresqlServer

ROOT = Path(__file__).parents[2]
SHOP = str(ROOT / "fixtures/shop.log.gz")

READING = [
    "report --now last",
    "report --now last --json",
    "report --now last --csv",
    "report --now last --markdown --all",
    "report --now last --html -o -",
    "counts --by minute",
    "counts --by day --json",
    "incidents list --now last --json",
    "routes list",
    "routes show /search --now last",
    "maintenance list",
    "deploy list --json",
]

WRITING = [
    "routes name /search Search",
    "routes hide /healthz",
    "routes add /products/<int:id>",
    "maintenance add --from 2025-11-11T10:30 --to 2025-11-11T12:30 --note deploy",
    "incidents note 3f4c6e7f --title Search",
    "deploy mark v1.2 --at 2025-11-30T19:25",
    "deploy mark v1.2 --at 2025-11-30T19:25 --label shop",
    "deploy remove 2",
    "deploy show v1.2 --json --now last",
    "db prune -q",
]


def out(capsys: pytest.CaptureFixture[str], database: str, command: str) -> str:
    status = run(["--db", database, *command.split()])
    told = capsys.readouterr()
    assert status == 0, told.err
    return re.sub(r'"(ingested|generated)_at": "[^"]*"|log read [-0-9]+ [0-9:]+', "", told.out)


def test_every_command_prints_the_same_on_both_engines(
    tmp_path: Path, postgresql: PostgresqlServer, capsys: pytest.CaptureFixture[str]
) -> None:
    file, url = str(tmp_path / "status.db"), postgresql.new_schema()
    for database in (file, url):
        assert run(["--db", database, "ingest", "-q", SHOP]) == 0
    for command in (*READING, *WRITING, *READING):
        assert out(capsys, file, command) == out(capsys, url, command), command
    assert run(["--db", url, "db", "check"]) == 0
    assert capsys.readouterr().out == f"{url} is sound\n"


def test_a_check_does_not_wait_long_for_a_locked_table(
    postgresql: PostgresqlServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = postgresql.new_schema()
    assert run(["--db", url, "ingest", "-q", SHOP]) == 0
    schema = url.rpartition("=")[2]
    with postgresql.connect() as other:
        other.execute("BEGIN")
        other.execute(f"LOCK TABLE {schema}.route".encode())
        monkeypatch.setattr("flask_status_cli.pipeline.check.ANSWER_WITHIN", 4.0)
        monkeypatch.setattr("flask_status_cli.store.postgresql.session.LOCK_SHARE", 0.005)
        assert run(["--db", url, "check", "--now", "last"]) == 3
    assert capsys.readouterr().out == (
        f"UNKNOWN - {url}: is locked by another program; try again when that has finished\n"
    )


def test_nothing_is_counted_twice(
    tmp_path: Path, postgresql: PostgresqlServer, capsys: pytest.CaptureFixture[str]
) -> None:
    log, url = tmp_path / "access.log", postgresql.new_schema()
    line = '10.0.0.1 - - [23/Nov/2026:08:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl"\n'
    for lines in (1, 1, 3):
        log.write_text(line * lines + "half a li")
        assert run(["--db", url, "ingest", "-q", str(log)]) == 0
    log.rename(tmp_path / "access.log.1")
    log.write_text(line.replace("GET / ", "GET /new "))
    assert run(["--db", url, "ingest", "--dry-run", "-q", str(log)]) == 0
    assert run(["--db", url, "ingest", "-q", str(log)]) == 0
    capsys.readouterr()
    assert out(capsys, url, "counts --by minute").splitlines()[1:] == [
        "2026-11-23T08:00Z,,/,200,3",
        "2026-11-23T08:00Z,,/new,200,1",
    ]


def test_a_backup_of_a_postgresql_database_points_to_pg_dump(
    tmp_path: Path, postgresql: PostgresqlServer, capsys: pytest.CaptureFixture[str]
) -> None:
    url = postgresql.new_schema()
    assert run(["--db", url, "db", "backup", str(tmp_path / "copy")]) == 1
    assert capsys.readouterr().err.startswith(
        f"flask-status: {url}: a PostgreSQL database is backed up by the server's own tools; "
        "pg_dump -n "
    )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["report", "ingest --wait 0 x.log", "check", "db info"])
def test_a_server_that_is_not_there_is_one_line_without_the_password(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flask_status_cli.store.database.connection.READERS_WAIT", 0)
    status = run(["--db", "postgresql://u:hunter2@127.0.0.1:9/db", *command.split()])
    told = capsys.readouterr()
    line = "postgresql://u:***@127.0.0.1:9/db: no server answers there; check host, port and name"
    assert status == (3 if command == "check" else 1)
    assert line in told.out + told.err
    assert "hunter2" not in told.out + told.err
    assert len((told.out + told.err).splitlines()) == 1


@pytest.mark.parametrize("kind", ["cron", "systemd"])
def test_a_schedule_names_the_url_but_never_a_password(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "postgresql://status@db.example/status"
    assert run(["--db", url, "schedule", kind, str(tmp_path / "x.log")]) == 0
    printed = capsys.readouterr().out
    assert f"--db {url} ingest" in printed
    if kind == "systemd":  # it reaches the server, and ~/.pgpass
        assert "PrivateNetwork" not in printed
        assert "ProtectHome=read-only" in printed
        assert "ReadWritePaths" not in printed
    secret = url.replace("status@", "status:hunter2@")
    assert run(["--db", secret, "schedule", kind, "x.log"]) == 2
    told = capsys.readouterr()
    assert "leave it out of the URL, and put it into ~/.pgpass" in told.err
    assert "hunter2" not in told.out + told.err


@pytest.mark.parametrize(("host", "second"), [("web1", 37), ("web2", 7), ("web3", 25)])
def test_hosts_are_named_in_a_schedule_and_begin_in_different_seconds(
    host: str,
    second: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FLASK_STATUS_HOST", host)
    url, log = "postgresql://status@db.example/status", str(tmp_path / "x.log")
    assert run(["--db", url, "schedule", "cron", log]) == 0
    line = capsys.readouterr().out
    assert line.startswith(f"* * * * * sleep {second}; ")
    assert line.endswith(f"ingest -q --host {host} {log}\n")
    assert run(["--db", url, "schedule", "systemd", log]) == 0
    assert f"ingest --follow -q --host {host} -- {log}\n" in capsys.readouterr().out
    assert run(["--db", str(tmp_path / "a.db"), "schedule", "cron", log]) == 0
    assert "sleep" not in capsys.readouterr().out


def test_a_configuration_may_name_a_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("flask-status.toml").write_text('db = "postgresql://u:hunter2@127.0.0.1:9/db"\n')
    assert run(["config", "check"]) == 0
    assert run(["config", "show"]) == 0
    told = capsys.readouterr()
    assert 'db = "postgresql://u:***@127.0.0.1:9/db"' in told.out
    assert "hunter2" not in told.out + told.err
