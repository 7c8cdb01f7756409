"""The command line, run in this process or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from flask_status_cli.cli import run

LOG = b"".join(
    b'10.0.0.1 - - [23/Nov/2026:10:%02d:00 +0000] "GET %s HTTP/1.1" %d 5 "-" "curl"\n'
    % (minute, path, status)
    for minute, path, status in [
        (1, b"/", 200),
        (2, b"/users/7", 200),
        (3, b"/users/8", 500),
        (4, b"/nope", 404),
    ]
)


@dataclass(frozen=True, slots=True)
class Told:
    status: int
    out: str
    err: str


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "status.db"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(LOG)
    return path


@pytest.fixture
def call(
    database: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Told]:
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("FLASK_STATUS_DB", raising=False)

    def call(*arguments: object) -> Told:
        status = run(["--db", str(database), *map(str, arguments)])
        captured = capsys.readouterr()
        return Told(status, captured.out, captured.err)

    return call


@pytest.fixture
def without_rights(tmp_path: Path) -> Callable[..., Told]:
    """Run the command bound by the rights of files, as root is not: their owner's are root's own."""

    def call(*arguments: object, database: Path) -> Told:
        drop = (
            ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
            if os.getuid() == 0
            else []
        )
        command = [*drop, sys.executable, "-m", "flask_status_cli", "--db", str(database)]
        found = subprocess.run(
            [*command, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={"TZ": "UTC", "PATH": os.environ["PATH"]},
        )
        return Told(found.returncode, found.stdout, found.stderr)

    return call
