"""An incident that was noted or told of a page stays as it was when the page becomes part of a crowd."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
DOWN = "/blog/post-3"


def log(path: Path, minutes: range, *, pages: int, failing: int, healthy: int) -> Path:
    """One page fails, the others answer; each minute the same."""
    with path.open("w") as file:
        for minute in minutes:
            at = f"23/Nov/2026:10:{minute:02}:00 +0000"
            for rule, status, number in [
                (DOWN, 500, failing),
                *((f"/blog/post-{n}", 200, healthy) for n in range(pages) if n != 3),
            ]:
                line = f'10.0.0.1 - - [{at}] "GET {rule} HTTP/1.1" {status} 5 "-" "curl"\n'
                file.write(line * number)
    return path


@pytest.fixture
def told(call: Call, tmp_path: Path) -> Callable[..., tuple[str, dict[str, Any]]]:
    """Ingest an outage of one page among ten, note its incident, then make the pages a crowd."""

    def tell(healthy: int) -> tuple[str, dict[str, Any]]:
        first = tmp_path / "first.log"
        answered = '10.0.0.1 - - [23/Nov/2026:09:00:00 +0000] "GET /blog/post-3 HTTP/1.1" 200 5 "-" "curl"\n'
        text = log(first, range(5, 20), pages=10, failing=4, healthy=healthy).read_text()
        first.write_text(answered + text)
        assert call("ingest", "-q", first).status == 0
        (incident,) = incidents(call)
        assert [each["rule"] for each in incident["routes"]] == [DOWN]
        assert call("incidents", "note", incident["id"], "--title", "The third post").status == 0
        more = log(tmp_path / "more.log", range(20, 21), pages=25, failing=4, healthy=healthy)
        assert call("ingest", "-q", more).status == 0
        return incident["id"], incident

    return tell


def incidents(call: Call) -> list[dict[str, Any]]:
    found = call("incidents", "--json", "--now", "last")
    listed: list[dict[str, Any]] = json.loads(found.out)["incidents"]
    return listed


def test_an_open_incident_of_merged_routes_says_merged_into(
    call: Call, told: Callable[..., tuple[str, dict[str, Any]]]
) -> None:
    id_, before = told(healthy=3)
    assert before["open"]
    (after,) = incidents(call)
    assert (after["id"], after["start"], after["end"]) == (
        id_,
        "2026-11-23T10:05:00Z",
        "2026-11-23T10:20:00Z",
    )
    assert (after["failures"], after["statuses"]) == (60, {"500": 60})
    assert (after["merged_into"], after["note"]["title"]) == ("/blog/<slug>", "The third post")
    assert [each["rule"] for each in after["routes"]] == [DOWN]
    shown = call("incidents", "show", id_).out
    assert "Merged into /blog/<slug>" in shown
    assert "The third post" in shown


def test_if_the_crowd_failed_too_its_incident_keeps_the_id(
    call: Call, told: Callable[..., tuple[str, dict[str, Any]]]
) -> None:
    id_, _ = told(healthy=1)
    (after,) = incidents(call)
    assert id_ == after["id"]
    assert [each["rule"] for each in after["routes"]] == ["/blog/<slug>"]
    assert "merged_into" not in after
    assert after["note"]["title"] == "The third post"
