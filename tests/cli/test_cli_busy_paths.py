"""Paths that never answered, but have many requests: a line of the report names them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]

NOW = ("--now", "last", "--timezone", "UTC")


@pytest.fixture
def site(call: Call, tmp_path: Path) -> None:
    """A site of 40 minutes: `/` redirects, a script is missing, and a scanner looks around."""
    each = (("/", 302, 5), ("/login", 200, 3), ("/js/app.js", 404, 2))
    log = tmp_path / "some.log"
    with log.open("w") as lines:
        for minute in range(40):
            scan = (
                (f"/wp-{minute}", 302, 1),
                ("/.env", 302 if minute == 7 else 404, minute // 39 * 90),
            )
            for path, status, times in (*each, *scan):
                stamp = f"23/Nov/2026:10:{minute:02}:00 +0000"
                lines.write(f'10.0.0.1 - - [{stamp}] "GET {path} HTTP/1.1" {status} 5\n' * times)
    assert call("ingest", "-q", log).status == 0


@pytest.mark.usefixtures("site")
def test_a_path_that_only_redirects_has_no_row(call: Call) -> None:
    found = json.loads(call("report", *NOW, "--json").out)
    assert [row["rule"] for row in found["routes"]] == ["/login", "<unmatched>"]
    assert found["routes"][1]["statuses"] == {"302": 240, "404": 170}


def test_the_checkout_that_only_fails_has_a_row_and_the_old_page_has_none(
    call: Call, tmp_path: Path
) -> None:
    log = tmp_path / "only-fails.log"
    with log.open("w") as lines:
        for minute in range(60):
            for path, status in (("/", 200), ("/checkout", 500), ("/old", 302)):
                stamp = f"23/Nov/2026:10:{minute:02}:00 +0000"
                lines.write(f'10.0.0.1 - - [{stamp}] "GET {path} HTTP/1.1" {status} 5\n')
    assert call("ingest", "-q", log).status == 0
    found = json.loads(call("report", *NOW, "--json").out)["routes"]
    assert [row["rule"] for row in found] == ["/checkout", "/", "<unmatched>"]
    assert (
        "33 % of the requests have no route, most often /old (302 × 60); "
        in call("report", *NOW).out
    )


@pytest.mark.usefixtures("site")
def test_the_report_names_the_busiest_of_the_other_paths(call: Call) -> None:
    report = call("report", *NOW).out
    said = (
        "77 % of the requests have no route, most often / (302 × 200), /js/<path:file> (404 × 80); "
    )
    assert said in report
    assert "/.env" not in report  # many requests in a single minute
    spanish = call("report", *NOW, "--lang", "es").out
    said = "El 77 % de las peticiones no tiene ruta, sobre todo / (302 × 200), /js/<path:file> (404 × 80); "
    assert said in spanish


@pytest.mark.usefixtures("site")
def test_each_path_that_never_answered_can_be_shown(call: Call) -> None:
    shown = call("routes", "show", "/js/<path:file>", *NOW).out
    assert "never answered, first seen 2026-11-23 10:00 UTC" in shown
    assert "80 requests in all" in shown
    assert "200 requests in all" in call("routes", "show", "/", *NOW).out
    assert call("routes", "show", "/none", *NOW).status == 1
