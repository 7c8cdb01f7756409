"""The whole program on every log fixture: its counts equal the independent ones, cell by cell."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from flask_status_cli.cli import run

LOGS = Path(__file__).parent.parent.parent / "fixtures/logs"
PATHS = [log["path"] for log in tomllib.loads((LOGS / "index.toml").read_text())["log"]]

Run = Callable[..., tuple[int, str, str]]


NOT_UNDERSTOOD = {
    "lnav/logfile_json_invalid.json",
    "captured/apache-error.log",
    "captured/nginx-error.log",
}
"""Logs of an application's own words, and error logs: no line is refused, and nothing is an entry."""


@pytest.fixture
def flask_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the program on a database of its own; give exit status, stdout and stderr."""

    def call(*arguments: str) -> tuple[int, str, str]:
        status = run(["--db", str(tmp_path / "status.db"), *arguments])
        return (status, *capsys.readouterr())

    return call


def cells(flask_status: Run) -> Counter[tuple[str, int]]:
    status, table, _ = flask_status("counts", "--by", "minute")
    assert status == 0
    found = Counter[tuple[str, int]]()
    for row in csv.DictReader(io.StringIO(table)):
        found[row["time"], int(row["status"])] += int(row["requests"])
    return found


@pytest.mark.parametrize("path", PATHS)
def test_every_request_of_a_log_is_counted_in_its_minute(
    path: str, flask_status: Run, independent: ModuleType
) -> None:
    log = next(log for log in independent.logs() if log.path == path)
    expected = independent.read_expected(log.expected.read_text())
    status, out, err = flask_status("ingest", "--json", "--log-timezone", log.zone, str(log.file))
    assert cells(flask_status) == expected.cells
    (told,) = json.loads(out)["files"]
    if not expected.entries and (expected.refused or path in NOT_UNDERSTOOD):
        assert status == 1
        assert "no known format" in told["problem"]
        return
    assert status == 0, err
    assert (told["entries"], told["noise"]) == (expected.entries, expected.noise)
    assert sum(told["refused"].values()) == expected.refused


def test_all_logs_in_one_run_are_the_sum_of_all(flask_status: Run, independent: ModuleType) -> None:
    """Only logs whose stamps carry their zone: one run has one zone for the others."""
    logs = [log for log in independent.logs() if log.count == "clf"]
    assert flask_status("ingest", "-q", *(str(log.file) for log in logs)) == (0, "", "")
    expected = Counter[tuple[str, int]]()
    for log in logs:
        expected.update(independent.read_expected(log.expected.read_text()).cells)
    assert cells(flask_status) == expected
