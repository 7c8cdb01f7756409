"""`db copy`: a database in another engine says the same, and is gone on with."""

from __future__ import annotations

from pathlib import Path

import pytest

from flask_status_cli.cli import run
from tests.postgresql_server import PostgresqlServer

SHOP = Path(__file__).parents[2] / "fixtures/shop.log.gz"

MEDIA = [
    "report --now last --json",
    "report --now last --html -o -",
    "counts --by minute",
    "incidents list --now last --json",
    "routes list --json",
    "maintenance list",
]


def test_a_copy_and_its_copy_give_the_same_output_and_can_be_continued(
    tmp_path: Path, postgresql: PostgresqlServer, capsys: pytest.CaptureFixture[str]
) -> None:
    first, url, back = str(tmp_path / "a.db"), postgresql.new_schema(), str(tmp_path / "b.db")

    def told(database: str, command: str) -> str:
        status = run(["--db", database, *command.split()])
        heard = capsys.readouterr()
        assert status == 0, heard.err
        return heard.out

    told(first, f"ingest -q {SHOP}")
    for edit in (
        "routes name /search Search",
        "incidents note 3f4c6e7f --title Search",
        "maintenance add --from 2025-11-11T10:30 --to 2025-11-11T12:30 --note deploy",
    ):
        told(first, edit)
    said = [told(first, each) for each in MEDIA]
    told(first, f"db copy -q --to {url} --host web1")
    assert [told(url, each) for each in MEDIA] == said
    told(url, f"db copy -q --to {back}")
    assert [told(back, each) for each in MEDIA] == said
    assert told(url, f"ingest -q --host web1 {SHOP}") == ""
    assert told(url, "counts --by minute") == said[2]
    log = tmp_path / "new.log"
    log.write_text('1.2.3.4 - - [30/Nov/2025:20:15:00 +0000] "GET /new HTTP/1.1" 200 5\n')
    told(url, f"ingest -q --host web1 {log}")  # its stream and its route have numbers of their own
    assert told(url, "counts --by minute") == said[2] + "2025-11-30T20:15Z,,/new,200,1\n"


def test_a_copy_into_a_database_with_counts_is_refused(
    tmp_path: Path, postgresql: PostgresqlServer, capsys: pytest.CaptureFixture[str]
) -> None:
    first, url = str(tmp_path / "a.db"), postgresql.new_schema()
    for database in (first, url):
        assert run(["--db", database, "ingest", "-q", "--host", "web1", str(SHOP)]) == 0
    assert run(["--db", first, "db", "copy", "--to", url]) == 1
    assert "already has counts, and a copy cannot be added to them" in capsys.readouterr().err
    assert run(["--db", first, "db", "copy", "--to", "mysql://x/y"]) == 2
    assert "--to: mysql:// is not a known kind of database" in capsys.readouterr().err
