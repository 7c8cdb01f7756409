"""`report --site` from the command line: what it writes, what it says, and how it is scheduled."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]


@pytest.fixture
def site(call: Call, log: Path, tmp_path: Path) -> Path:
    """A directory for a site of a database that holds the log."""
    call("ingest", "-q", log)
    return tmp_path / "www"


def test_a_site_is_written_and_reported_in_a_line(call: Call, site: Path) -> None:
    told = call("report", "--now", "last", "--site", site)
    assert (told.status, told.out) == (0, "")
    wrote, published = told.err.splitlines()
    number = len([path for path in site.rglob("*") if path.is_file()])
    assert wrote == f"wrote {site}: {number} of {number} files changed"
    assert published.startswith("The page publishes 2 discovered routes")
    again = call("report", "--now", "last", "--site", site)
    assert again.err == f"wrote {site}: 0 of {number} files changed\n"


def test_a_quiet_site_says_nothing(call: Call, site: Path) -> None:
    told = call("report", "-q", "--site", site)
    assert (told.status, told.out, told.err) == (0, "", "")
    assert (site / "index.html").exists()


def test_a_site_says_what_the_report_says(call: Call, site: Path) -> None:
    call("report", "-q", "--now", "last", "--site", site)
    assert (site / "status.json").read_text() == call("report", "--now", "last", "--json").out


def test_a_site_has_the_title_and_the_address_of_the_settings(
    call: Call, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = 'title = "The Shop"\n[page]\nurl = "https://status.example.org/"\nlang = "es"\n'
    (tmp_path / "flask-status.toml").write_text(text)
    assert call("report", "-q", "--site", site).status == 0
    page = json.loads((site / "summary.json").read_text())["page"]
    assert (page["name"], page["url"]) == ("The Shop", "https://status.example.org/")
    feed = (site / "feed.atom").read_text()
    assert "<title>The Shop</title>" in feed
    assert "https://status.example.org/feed.atom" in feed
    assert 'xml:lang="es"' in feed


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--html"], "choose one of --html and --site"),
        (["--json"], "choose one of --site and --json"),
        (["-o", "x"], "--site already names the directory; leave out -o"),
    ],
)
def test_a_site_cannot_be_combined_with_another_format(
    options: list[str], told: str, call: Call, site: Path
) -> None:
    found = call("report", "--site", site, *options)
    assert found.status == 2
    assert told in found.err
    assert not site.exists()


def test_a_site_that_cannot_be_written_is_one_line(call: Call, site: Path) -> None:
    site.write_text("")
    found = call("report", "--site", site)
    assert found.status == 1
    assert found.err == f"flask-status: {site}: is not a directory; name a directory\n"


def test_cron_writes_the_site(call: Call, log: Path, site: Path) -> None:
    line = call("schedule", "cron", log, "--site", site, "--timezone", "UTC").out
    _, report = line.removeprefix("* * * * * ").split("; ")
    assert shlex.split(report)[-6:] == ["report", "-q", "--timezone", "UTC", "--site", str(site)]


def test_the_units_may_write_only_to_the_site_and_the_database(call: Call, site: Path) -> None:
    told = call(
        "schedule", "systemd", "access.log", "--site", "/var/www/status", "--db", "/srv/s.db"
    )
    service = told.out.split("# flask-status-page.service\n")[1]
    assert "report -q --site /var/www/status\n" in service
    assert "ReadWritePaths=/srv\nReadWritePaths=/var/www/status\n" in service


@pytest.mark.parametrize("command", ["cron", "systemd"])
def test_a_schedule_is_of_one_kind_of_page(command: str, call: Call) -> None:
    told = call("schedule", command, "access.log", "--html", "a.html", "--site", "b")
    assert told.status == 2
    assert "choose one of --html and --site: the site contains the page" in told.err
