"""Rules that are declared while a log is read: what was attributed without them is read again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from flask_status_cli.model import LogOutcome, UrlMap, UrlRule
from flask_status_cli.pipeline.ingest.options import IngestOptions
from flask_status_cli.pipeline.ingest.run import ingest
from flask_status_cli.pipeline.report import counts
from flask_status_cli.pipeline.routes.declare import DeclareOptions, declare_app

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LINE = b'10.0.0.1 - - [23/Nov/2026:10:05:42 +0000] "GET /users/%d HTTP/1.1" 200 5 "-" "-"\n'
RULE = "/users/<name>"
LINES = 1000
"""Of small logs, progress is told when they are stored."""


def noon() -> datetime:
    return NOON


def test_a_batch_is_read_again_with_rules_that_were_declared_meanwhile(tmp_path: Path) -> None:
    database, log = tmp_path / "status.db", tmp_path / "access.log"
    log.write_bytes(b"".join(LINE % number for number in range(LINES)))
    declared: list[int] = []

    def progress(_path: str, _read: int, _size: int | None) -> None:
        if not declared:  # everything is counted, nothing is stored
            declared.append(1)
            rules = UrlMap((UrlRule(RULE),), complete=True)
            declare_app(rules, DeclareOptions(database, trusted=True), where="app", clock=noon)

    options = IngestOptions(database, (str(log),), UTC)
    result = ingest(options, clock=noon, progress=progress)
    assert declared
    assert (result.problems, result.logs[0].result, result.logs[0].entries) == (
        (),
        LogOutcome.NEW,
        LINES,
    )
    with counts(database, "day") as (rows, _):
        assert [(row.rule, row.requests) for row in rows] == [(RULE, LINES)]
    again = ingest(options, clock=noon, progress=progress)
    assert again.logs[0].entries == 0
