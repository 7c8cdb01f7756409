"""A site played minute by minute: its log grows, and the real commands run by a clock of ours."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flask_status_cli.cli import run

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WITH_A_CLOCK = ("check", "incidents", "ingest", "maintenance", "report")


@dataclass(frozen=True, slots=True)
class Told:
    """What a command gave."""

    status: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Media:
    """What every medium says first: the headline, the tab, the badge, `summary.json`, and `check`."""

    headline: str
    banner: str
    tab: str
    badge: str
    color: str
    indicator: str
    description: str
    check: int
    check_text: str


class Played:
    """A database and a log at the instant `now`."""

    def __init__(self, directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.now = NOON
        self.log = directory / "access.log"
        self.log.touch()
        self._directory = directory
        self._capsys = capsys

    def call(self, *arguments: object) -> Told:
        """Run a command in this process."""
        database = str(self._directory / "status.db")
        status = run(["--db", database, *map(str, arguments)])
        said = self._capsys.readouterr()
        return Told(status, said.out, said.err)

    def write(self, *requests: tuple[str, int], ago: int = 0) -> None:
        """Append requests (path, status) of the minute that is `ago` minutes before now."""
        at = self.now - ago * MINUTE
        self.append(
            f'10.0.0.1 - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "GET {path} HTTP/1.1" {status} 5 "-" "x"'
            for path, status in requests
        )

    def append(self, lines: Iterable[str]) -> None:
        """Append lines to the log."""
        with self.log.open("a") as file:
            file.writelines(f"{line}\n" for line in lines)

    def ingest(self) -> Told:
        """Read what is new."""
        return self.call("ingest", "-q", self.log)

    def first_line(self, *options: object) -> str:
        """Return the headline of the terminal."""
        return self.call("report", "--timezone", "UTC", *options).out.splitlines()[0]

    def media(self) -> Media:
        """Ask every medium."""
        site = self._directory / "site"
        headline = self.first_line("--all")
        assert self.call("report", "-q", "--timezone", "UTC", "--site", site).status == 0
        page = (site / "index.html").read_text()
        badge = json.loads((site / "badge.json").read_text())
        status = json.loads((site / "summary.json").read_text())["status"]
        checked = self.call("check")
        banner = re.search(r'<div class="banner[^>]*>(.*?)</div>', page, re.DOTALL)
        tab = re.search(r"<title>(.*?)</title>", page)
        assert banner is not None
        assert tab is not None
        return Media(
            headline,
            " ".join(re.sub(r"<[^>]*>", " ", banner[1]).split()),
            tab[1],
            badge["message"],
            badge["color"],
            status["indicator"],
            status["description"],
            checked.status,
            checked.out,
        )


@pytest.fixture
def played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Played:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("FLASK_STATUS_DB", raising=False)
    site = Played(tmp_path, capsys)
    for name in WITH_A_CLOCK:
        importlib.import_module(f"flask_status_cli.cli.commands.{name}")
        module = sys.modules[f"flask_status_cli.cli.commands.{name}"]
        monkeypatch.setattr(module, "clock", lambda: site.now)
    return site
