"""What a run tells: one line in all, the first refused line of each log, JSON per log."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_status_cli.errors import LogError
from flask_status_cli.model import IngestResult, LogOutcome, LogResult, Refused
from flask_status_cli.render.commands.ingest import as_json, lines

READ = LogResult(
    "a.log",
    LogOutcome.NEW,
    format="combined",
    timezone="as logged",
    lines=1204,
    entries=1200,
    noise={"empty": 1},
    refused={"no known format": 2, "status": 1},
    samples=(
        Refused(1203, "no known format", "what is \x1b[31mthis"),
        Refused(1204, "status", "x"),
    ),
    new_routes=1,
)
LOCAL = LogResult(
    "flask.log",
    LogOutcome.CONTINUED,
    format="werkzeug",
    timezone="Asia/Kolkata",
    lines=1,
    entries=1,
)
IDLE = LogResult("idle.log")
FAILED = LogResult("n.log", LogOutcome.FAILED, problem="n.log: no such file")


def result(*logs: LogResult, older: dict[str, int] | None = None) -> IngestResult:
    problems = tuple(log.problem for log in logs if log.problem)
    return IngestResult(logs, problems, (), older or {}, None)


def told(*logs: LogResult, dry_run: bool = False) -> list[str]:
    return list(lines(result(*logs), dry_run=dry_run, hints=False))


SUMMARY = "combined (times as logged), 1,204 lines: 1,200 entries, 1 noise, 3 refused; 1 new route"
SAMPLE = r"a.log:1203: no known format: 'what is \x1b[31mthis'"


@pytest.mark.parametrize(
    ("logs", "expected"),
    [
        ([READ], [f"a.log: {SUMMARY}", SAMPLE]),
        ([IDLE], ["idle.log: nothing new"]),
        ([IDLE, IDLE], ["2 logs: nothing new"]),
        ([LOCAL, IDLE], [
            "flask.log: werkzeug (Asia/Kolkata), 1 line: 1 entry, 0 noise, 0 refused; 0 new routes",
        ]),
        ([READ, LOCAL], [
            ("2 logs: combined, werkzeug (Asia/Kolkata, times as logged), 1,205 lines: "
             "1,201 entries, 1 noise, 3 refused; 1 new route"),
            SAMPLE,
        ]),
        # what failed has its own line elsewhere
        ([FAILED], []),
        ([FAILED, IDLE], ["idle.log: nothing new"]),
        ([FAILED, READ], [f"a.log: {SUMMARY}", SAMPLE]),
        ([], []),
    ],
)  # fmt: skip
def test_the_line_at_the_end(logs: list[LogResult], expected: list[str]) -> None:
    assert told(*logs) == expected


def test_the_line_counts_what_could_be_read_of_a_damaged_log() -> None:
    damaged = LogResult(
        "d.gz", LogOutcome.NEW, format="common", timezone="as logged", lines=3, entries=3,
        problem="d.gz: the archive is damaged",
    )  # fmt: skip
    (line,) = told(damaged)
    assert line.startswith("d.gz: common (times as logged), 3 lines: 3 entries")


def test_a_dry_run_says_so() -> None:
    assert told(READ, dry_run=True)[0].endswith("3 refused; a dry run, nothing stored")


def test_a_line_of_a_continued_log_has_its_number_among_the_lines_read() -> None:
    on = LogResult(
        "a.log", LogOutcome.CONTINUED, lines=4, refused={"status": 4},
        samples=(Refused(2, "status", "x"),), from_start=False,
    )  # fmt: skip
    assert told(on)[1] == "a.log, line 2 of what was read: status: 'x'"


def test_a_last_line_without_an_end_waits() -> None:
    waiting = LogResult("w.log", unfinished=True)
    sentence = "The last line of w.log has no end yet: it is counted when it is complete."
    assert told(waiting) == ["w.log: nothing new", sentence]


def test_older_logs_are_a_hint_for_people() -> None:
    run = result(IDLE, older={"/var/log/a b.log": 2, "x.log": 1})
    assert list(lines(run, dry_run=False, hints=True))[1:] == [
        "2 older logs are next to /var/log/a b.log; flask-status ingest '/var/log/a b.log*' reads them too",
        "1 older log is next to x.log; flask-status ingest 'x.log*' reads it too",
    ]
    assert list(lines(run, dry_run=False, hints=False)) == ["idle.log: nothing new"]


def test_a_log_without_any_request_is_a_hint_for_people() -> None:
    banner = LogResult("error.log", lines=3, noise={"log record": 3})
    hint = (
        "error.log: it has no requests yet. If it is not the access log, name that "
        "(gunicorn writes one only with --access-logfile)."
    )
    summary = "error.log: no format, 3 lines: 0 entries, 3 noise, 0 refused; 0 new routes"
    assert list(lines(result(banner), dry_run=False, hints=True)) == [summary, hint]
    assert told(banner) == [summary]
    quiet = LogResult("access.log", lines=3, noise={"log record": 3}, format="combined")
    assert hint not in list(lines(result(quiet), dry_run=False, hints=True))


def test_a_busy_database_is_no_loss() -> None:
    busy = IngestResult((IDLE,), (), (), {}, LogError("status.db", "another ingest held the lock"))
    assert list(lines(busy, dry_run=False, hints=True)) == [
        "status.db: another ingest held the lock; nothing is lost, the next run continues"
    ]


def test_json_counts_reasons_and_shows_no_line_of_a_log() -> None:
    text = as_json(result(FAILED, READ))
    assert json.loads(text) == {
        "schema_version": 1,
        "files": [
            {"path": "n.log", "result": "failed", "format": None, "timezone": None, "lines": 0,
             "entries": 0, "noise": 0, "refused": {}, "assumed": 0, "counted_before": 0,
                 "problem": "n.log: no such file"},
            {"path": "a.log", "result": "new", "format": "combined", "timezone": "as logged",
             "lines": 1204, "entries": 1200, "noise": 1,
             "refused": {"no known format": 2, "status": 1}, "assumed": 0, "counted_before": 0,
             "problem": None},
        ],
        "left_out": 0,
        "other_hosts": 0,
    }  # fmt: skip
    assert "what is" not in text


TEXT = st.text(st.characters(exclude_categories=[]), max_size=200)


@given(TEXT, TEXT)
def test_whatever_a_line_or_a_path_holds_is_one_printable_line(path: str, sample: str) -> None:
    log = LogResult(path, lines=1, refused={"status": 1}, samples=(Refused(1, "status", sample),))
    for line in lines(result(log), dry_run=False, hints=True):
        assert line.isprintable()
    json.loads(as_json(result(log)).encode().decode())
