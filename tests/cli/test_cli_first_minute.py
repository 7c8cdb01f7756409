"""What a newcomer types in the first minute, and how they are led on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flask_status_cli.cli.main import cli

Call = Callable[..., Any]

OUTAGE = "".join(
    f'10.0.0.1 - - [23/Nov/2026:10:{minute:02}:00 +0000] "GET / HTTP/1.1" {status} 5\n'
    for minute, status in [(0, 200), *((minute, 502) for minute in range(5, 20)), (40, 200)]
)


@pytest.fixture
def outage(call: Call, tmp_path: Path) -> None:
    log = tmp_path / "outage.log"
    log.write_text(OUTAGE)
    assert call("ingest", "-q", log).status == 0


def test_a_report_of_a_log_points_to_ingest(call: Call) -> None:
    told = call("report", "my access.log", "--json")
    assert told.status == 2
    assert told.err.endswith("read the log first: flask-status ingest 'my access.log'\n")


@pytest.mark.parametrize("words", [(), ("--json",), ("--csv", "--open"), ("--since", "4w")])
@pytest.mark.usefixtures("outage")
def test_incidents_list_is_what_incidents_alone_is(words: tuple[str, ...], call: Call) -> None:
    instant = ("--now", "2026-11-23T12:00Z")
    listed = call("incidents", "list", *words, *instant)
    assert listed.status == 0
    assert listed == call("incidents", *words, *instant)


@pytest.mark.usefixtures("outage")
def test_an_option_before_list_is_refused(call: Call) -> None:
    told = call("incidents", "--json", "list")
    assert (told.status, told.out) == (2, "")
    assert "write it after list" in told.err


def test_the_help_of_completion_has_a_block_for_each_shell() -> None:
    text = CliRunner().invoke(cli, ["completion", "--help"], terminal_width=80).output
    assert "\b" not in text
    assert r"\b" not in text
    for shell, line in (
        ("bash", 'eval "$(flask-status completion bash)"'),
        ("zsh", 'eval "$(flask-status completion zsh)"'),
        ("fish", "flask-status completion fish | source"),
    ):
        assert f"\n    {line}\n" in text.split(f"\n  {shell}, ")[1].split("\n\n")[0] + "\n"


@pytest.mark.usefixtures("outage")
@pytest.mark.parametrize(
    "environment",
    [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"LC_ALL": "C"}, {"PYTHONIOENCODING": "cp437"}],
    ids=str,
)
def test_signs_become_ascii_where_the_stream_cannot_carry_them(
    database: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    def told(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "flask_status_cli", "--db", str(database), *words],
            capture_output=True,
            check=False,
            env={"PATH": os.environ["PATH"], "TZ": "UTC", **environment},
        )
        return (done.stdout + done.stderr).decode("ascii")

    assert "requests failed: 502 x 15." in told("report", "--now", "2026-11-23T10:19Z")
    config = tmp_path / "bad.toml"
    config.write_text(f'days = "{80 * "9"}"\n')
    assert "999... is not a whole number" in told("--config", str(config), "report")
