"""The JSON of a report keeps to its documented shape, version 1."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.model.settings import RoutePolicy
from flask_status_cli.render.json import report_json

if TYPE_CHECKING:
    from tests.render.conftest import Example

COUNTS = ["requests", "success", "failure", "ignored"]
DOCUMENTED = {
    (): [
        "schema_version", "generated_at", "timezone", "window", "policy", "data", "total", "routes",
        "groups", "incidents", "maintenance", "deploys",
    ],
    ("window",): ["days", "from", "to"],
    ("policy",): [
        "preset", "success", "failure", "operational", "major", "objective", "incident_failure", "slow",
        "routes",
    ],
    ("data",): [
        "first", "last", "ingested_at", "entries", "noise", "refused", "future", "stale", "as_of",
        "problems",
    ],
    ("total",): [
        *COUNTS, "availability", "condition", "now", "no_data", "statuses", "budget", "latency", "headline",
        "since", "routes",
    ],
    ("total", "routes"): ["down", "degraded", "operational", "quiet"],
    ("routes", 0): [
        "label", "rule", "name", "doc", "origin", "group", "now", "since", "no_data", "condition",
        *COUNTS, "availability", "statuses", "latency", "slow", "budget", "shown", "joined", "busiest",
        "days",
    ],
    ("groups", 0): [
        "label", "name", "now", "no_data", "condition", *COUNTS, "availability", "latency", "slow",
        "routes", "days",
    ],
    ("groups", 0, "days", 0): ["date", "condition", "no_data", *COUNTS, "availability"],
    ("routes", 0, "latency"): ["n", "p50_ms", "p95_ms", "p99_ms"],
    ("routes", 0, "days", 0): ["date", "condition", "no_data", *COUNTS, "availability"],
    ("incidents", 0): [
        "id", "kind", "start", "end", "open", "recovered", "last_known", "stretches",
        "last_failure", "duration_minutes", "failures", "valid",
        "statuses", "note", "deploy", "routes",
    ],
    ("incidents", 0, "deploy"): ["id", "version", "at", "label", "note", "minutes_before"],
    ("incidents", 0, "routes", 0): ["label", "rule", "start", "end", "failures", "valid"],
    ("incidents", 1, "note"): ["title", "cause", "post_mortem", "false_alarm"],
    ("maintenance", 0): ["id", "start", "end", "rules", "note"],
    ("deploys", 1): [
        "id", "version", "at", "label", "note", "to_come", "minutes", "extent", "before", "after",
        "incidents",
    ],
    ("deploys", 1, "before"): ["from", "to", *COUNTS, "availability", "server_errors"],
}  # fmt: skip


@pytest.mark.parametrize("place", DOCUMENTED)
def test_the_keys_come_in_the_documented_order(
    place: tuple[str | int, ...], example: Example
) -> None:
    troubled = example.deployed()
    summary = replace(
        example.grouped(),
        incidents=troubled.incidents,
        maintenance=troubled.maintenance,
        deploys=troubled.deploys,
    )
    found = json.loads(report_json.render(summary))
    for step in place:
        found = found[step]
    assert list(found) == DOCUMENTED[place]


def test_missing_data_is_null_or_empty(example: Example) -> None:
    report = json.loads(report_json.render(example.shop()))
    assert report["routes"][0]["latency"] == {
        "n": 0,
        "p50_ms": None,
        "p95_ms": None,
        "p99_ms": None,
    }


def test_types_are_those_of_the_documentation(example: Example) -> None:
    report = json.loads(report_json.render(example.shop()))
    assert report["schema_version"] == 1
    assert report["window"] == {"days": 30, "from": "2026-10-25", "to": "2026-11-23"}
    assert report["policy"] == {
        "preset": "standard",
        "success": ["2xx", "3xx"],
        "failure": [404, "5xx"],
        "operational": "0.99",
        "major": "0.3",
        "objective": None,
        "incident_failure": ["5xx"],
        "slow": None,
        "routes": [],
    }
    assert report["generated_at"] == "2026-11-23T10:05:30Z"
    assert report["routes"][0]["statuses"] == {"200": 172020, "404": 5490, "500": 10980}
    assert report["routes"][-1]["availability"] is None
    assert report["routes"][-1]["no_data"] == "no_traffic"


def test_instants_are_utc_in_whole_seconds(example: Example) -> None:
    kolkata = timezone(timedelta(hours=5, minutes=30))
    made = datetime(2026, 11, 23, 15, 35, 30, 999_999, tzinfo=kolkata)
    summary = replace(example.shop(), generated_at=made)
    assert json.loads(report_json.render(summary))["generated_at"] == "2026-11-23T10:05:30Z"


def test_the_same_summary_gives_the_same_bytes(example: Example) -> None:
    assert report_json.render(example.shop()) == report_json.render(example.shop())


def test_only_the_terminal_loads_rich(tmp_path: Path) -> None:
    media = (
        "escape",
        "csv_report",
        "markdown_report",
        "json.report_json",
        "commands.counts",
    )
    imports = ", ".join(f"flask_status_cli.render.{medium}" for medium in media)
    script = f"import sys, {imports}; sys.exit('rich' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)


def test_a_policy_tells_what_is_set_for_some_routes_and_nothing_else(example: Example) -> None:
    judged = replace(
        example.shop().policy,
        objective=Fraction(999, 1000),
        overrides=(
            RoutePolicy("/a*", failure=(404, "5xx"), major=Fraction(1, 4)),
            RoutePolicy("/b"),
        ),
    )
    report = json.loads(report_json.render(replace(example.shop(), policy=judged)))
    assert report["policy"]["objective"] == "0.999"
    assert report["policy"]["routes"] == [
        {"rule": "/a*", "failure": [404, "5xx"], "major": "0.25"},
        {"rule": "/b"},
    ]
