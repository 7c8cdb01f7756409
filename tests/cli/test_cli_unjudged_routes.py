"""Routes that worked, and now answer with nothing but codes that are not judged: a line names them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]

NOW = ("--now", "last", "--timezone", "UTC")
SAID = ": only ignored codes in the last hour, although most requests succeeded before"


def _ingest(call: Call, folder: Path, *lines: tuple[int, str, int]) -> None:
    """Ingest a log. Each line is its minute of the day, its path and its status."""
    log = folder / "access.log"
    with log.open("w") as written:
        for minute, path, status in sorted(lines):
            stamp = f"23/Nov/2026:{minute // 60:02}:{minute % 60:02}:00 +0000"
            written.write(f'10.0.0.1 - - [{stamp}] "GET {path} HTTP/1.1" {status} 5\n')
    assert call("ingest", "-q", log).status == 0


def _said(call: Call, *arguments: str) -> str:
    """Return what a command prints, without the breaks of its lines."""
    return " ".join(call(*arguments).out.split())


def _day(path: str, before: int, after: int) -> list[tuple[int, str, int]]:
    """A request each minute, of the status `before` until 10:00, and `after` until 12:00."""
    return [(minute, path, before if minute < 600 else after) for minute in range(300, 720)]


def test_a_page_that_is_forbidden_since_an_hour_is_named(call: Call, tmp_path: Path) -> None:
    _ingest(call, tmp_path, *_day("/", 200, 200), *_day("/shop", 200, 403))
    assert f" /shop (403 × 60){SAID}" in _said(call, "report", *NOW)
    said = "en la última hora solo códigos que no se evalúan"
    assert f" /shop (403 × 60): {said}" in _said(call, "report", *NOW, "--lang", "es")


def test_a_site_that_forbids_everything_names_three_and_counts_the_others(
    call: Call, tmp_path: Path
) -> None:
    _ingest(call, tmp_path, *(line for page in "abcde" for line in _day(f"/{page}", 200, 403)))
    said = "/a (403 × 60), /b (403 × 60), /c (403 × 60) and 2 more routes"
    assert said + SAID in _said(call, "report", *NOW)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([*_day("/api", 401, 401), (300, "/api", 200)], id="it never mostly succeeded"),
        pytest.param([*_day("/shop", 200, 403), (719, "/shop", 200)], id="one request succeeds"),
        pytest.param(_day("/shop", 200, 500), id="it fails"),
        pytest.param([(300, "/shop", 200), *[(719, "/shop", 403)] * 9], id="nine requests"),
        pytest.param(_day("/.env", 301, 403), id="it is no route"),
        pytest.param(
            [
                *((300 + n, f"/post/a-page-{n}", 200) for n in range(30)),
                *((719, f"/post/no-page-{n}", 404) for n in range(30)),
            ],
            id="pages that need not exist",
        ),
    ],
)
def test_others_are_not_named(
    lines: list[tuple[int, str, int]], call: Call, tmp_path: Path
) -> None:
    _ingest(call, tmp_path, *_day("/", 200, 200), *lines)
    assert SAID not in _said(call, "report", *NOW)


def test_a_route_in_maintenance_is_not_named(call: Call, tmp_path: Path) -> None:
    _ingest(call, tmp_path, *_day("/", 200, 200), *_day("/shop", 200, 403))
    window = ("--from", "2026-11-23T09:00Z", "--to", "2026-11-23T13:00Z")
    assert call("maintenance", "add", *window).status == 0
    assert SAID not in _said(call, "report", *NOW)
