"""`summary.json` has the shape of Statuspage's, and says what the report says.

The shape is what their documentation and their clients name: every key, every word of a status.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from flask_status_cli.model import (
    Condition,
    Counts,
    GroupSummary,
    IncidentNote,
    Maintenance,
    NoData,
    RouteSummary,
    StatusSummary,
)
from flask_status_cli.render.site.statuspage import Site, status_json, summary_json

if TYPE_CHECKING:
    from tests.render.conftest import Example

UP, PARTIAL, MAJOR, NONE = (
    Condition.OPERATIONAL,
    Condition.PARTIAL_OUTAGE,
    Condition.MAJOR_OUTAGE,
    Condition.NO_DATA,
)
SITE = Site("Shop", "https://status.example.org")

TEXT, MAYBE, FLAG = (str,), (str, type(None)), (bool,)
PAGE = {"id": TEXT, "name": TEXT, "url": TEXT, "time_zone": TEXT, "updated_at": TEXT}
STATUS = {"indicator": TEXT, "description": TEXT}
COMPONENT = {
    "id": TEXT, "name": TEXT, "status": TEXT, "created_at": TEXT, "updated_at": TEXT,
    "position": (int,), "description": MAYBE, "showcase": FLAG, "start_date": MAYBE,
    "group_id": MAYBE, "page_id": TEXT, "group": FLAG, "only_show_if_degraded": FLAG,
}  # fmt: skip
INCIDENT = {
    "id": TEXT, "page_id": TEXT, "name": TEXT, "status": TEXT, "created_at": TEXT,
    "updated_at": TEXT, "started_at": TEXT, "monitoring_at": MAYBE, "resolved_at": MAYBE,
    "impact": TEXT, "shortlink": TEXT, "incident_updates": (list,), "components": (list,),
    "reminder_intervals": MAYBE,
}  # fmt: skip
MAINTENANCE = {**INCIDENT, "scheduled_for": TEXT, "scheduled_until": TEXT}
UPDATE = {
    "id": TEXT, "incident_id": TEXT, "status": TEXT, "body": TEXT, "created_at": TEXT,
    "updated_at": TEXT, "display_at": TEXT, "affected_components": (list, type(None)),
    "deliver_notifications": FLAG, "custom_tweet": MAYBE, "tweet_id": MAYBE,
}  # fmt: skip

INDICATORS = {"none", "minor", "major", "critical", "maintenance"}
STATUSES = {
    "operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance",
}  # fmt: skip
INCIDENT_STATUSES = {"investigating", "identified", "monitoring", "resolved", "postmortem"}
MAINTENANCE_STATUSES = {"scheduled", "in_progress", "verifying", "completed"}


def shaped(found: Any, shape: Mapping[str, tuple[type, ...]]) -> None:
    assert set(found) == set(shape)
    for key, types in shape.items():
        assert isinstance(found[key], types), key


def read(summary: StatusSummary) -> Any:
    return json.loads(summary_json(summary, SITE))


def test_every_part_has_the_shape_that_clients_know(example: Example) -> None:
    found = read(example.troubled())
    assert list(found) == ["page", "status", "components", "incidents", "scheduled_maintenances"]
    shaped(found["page"], PAGE)
    shaped(found["status"], STATUS)
    assert found["status"]["indicator"] in INDICATORS
    for component in found["components"]:
        shaped(component, COMPONENT)
        assert component["status"] in STATUSES
    for kind, shape, words in (
        ("incidents", INCIDENT, INCIDENT_STATUSES),
        ("scheduled_maintenances", MAINTENANCE, MAINTENANCE_STATUSES),
    ):
        assert found[kind]
        for news in found[kind]:
            shaped(news, shape)
            assert news["status"] in words
            for update in news["incident_updates"]:
                shaped(update, UPDATE)
                assert (update["incident_id"], update["status"]) == (news["id"], news["status"])
            for component in news["components"]:
                assert component in found["components"]


def test_the_whole_summary(example: Example, gold: Callable[[str, str], None]) -> None:
    gold("summary.json", json.dumps(read(example.troubled()), indent=1) + "\n")


def test_status_json_is_its_head(example: Example) -> None:
    whole = read(example.troubled())
    head = json.loads(status_json(example.troubled(), SITE))
    assert head == {"page": whole["page"], "status": whole["status"]}


BLENDS = [
    # all is well only if something is known, and all of it is well
    ([UP, UP], "none", "All Systems Operational"),
    ([UP, NONE], "none", "All Systems Operational"),
    ([UP, PARTIAL], "minor", "1 route degraded; 1 operational"),
    ([UP, PARTIAL, MAJOR], "major",
     "1 route down, 1 degraded; 1 operational"),
    ([MAJOR, MAJOR], "critical", "All 2 routes down"),
    ([MAJOR, NONE], "critical", "1 route down; 1 quiet"),
    # silence is not health
    ([NONE, NONE], "minor", "No request to judge in the last hour"),
    ([], "minor", "No routes to show"),
]  # fmt: skip


@pytest.mark.parametrize(("states", "indicator", "description"), BLENDS)
def test_the_indicator_is_that_of_the_worst(
    states: list[Condition], indicator: str, description: str, example: Example
) -> None:
    rows = [example.route(f"/{n}", "o" * 30, now=now) for n, now in enumerate(states)]
    summary = example.summary(*rows, data=example.data(entries=1))
    assert read(summary)["status"] == {"indicator": indicator, "description": description}


def test_a_log_that_is_not_read_is_never_all_well(example: Example) -> None:
    silent = replace(example.route("/", "o" * 30, now=NONE), no_data=NoData.NOT_READ)
    found = read(example.summary(silent, data=example.data(stale=True)))
    assert found["components"] == []
    assert found["status"] == {
        "indicator": "minor",
        "description": "Log not read since 11:05, 0 min ago. "
        "As of then: no request to judge in the last hour",
    }


def components(summary: StatusSummary) -> dict[str, str]:
    return {each["name"]: each["status"] for each in read(summary)["components"]}


def test_only_routes_with_a_known_state_are_components(example: Example) -> None:
    rows = [
        example.route("/a", "m" * 30, now=MAJOR, name="The A"),
        example.route("/b", "p" * 30, now=PARTIAL, label="api"),
        example.route("/c", "o" * 30),
        example.route("/d", "o" * 30, now=NONE),
        example.unmatched(now=MAJOR),
    ]
    assert components(example.summary(*rows)) == {
        "The A": "major_outage",
        "api: /b": "partial_outage",
        "/c": "operational",
    }


def test_a_route_under_maintenance_says_so(example: Example) -> None:
    found = components(example.troubled())
    assert found["shop: /cart"] == "under_maintenance"
    assert list(found.values()).count("under_maintenance") == 1


def test_maintenance_of_a_site_that_is_well_is_its_indicator(example: Example) -> None:
    rows = [example.route("/", "o" * 30), example.route("/cart", "o" * 30)]
    summary = replace(example.summary(*rows), maintenance=example.troubled().maintenance)
    status = {"indicator": "maintenance", "description": "Service Under Maintenance"}
    assert read(summary)["status"] == status


def test_a_site_all_under_maintenance_has_an_indicator(example: Example) -> None:
    routes = [example.route("/", "." * 30, now=NONE), example.route("/a", "o" * 30, now=NONE)]
    now = example.summary().generated_at
    whole = Maintenance(1, now - timedelta(minutes=5), now + timedelta(minutes=10))
    summary = replace(example.summary(*routes), maintenance=(whole,))
    assert components(summary) == {"/": "under_maintenance", "/a": "under_maintenance"}
    assert read(summary)["status"]["indicator"] == "maintenance"
    assert read(replace(summary, generated_at=whole.end))["status"]["indicator"] == "minor"


def test_an_outage_beside_maintenance_is_an_outage(example: Example) -> None:
    routes = [example.route("/cart", "o" * 30), example.route("/a", "o" * 30, now=MAJOR)]
    summary = replace(example.summary(*routes), maintenance=example.troubled().maintenance)
    assert read(summary)["status"]["indicator"] == "critical"
    routes += [example.route("/b", "o" * 30)]
    summary = replace(example.summary(*routes), maintenance=example.troubled().maintenance)
    assert read(summary)["status"]["indicator"] == "major"


def test_unmatched_requests_are_no_component_and_count_in_the_indicator(example: Example) -> None:
    summary = example.summary(example.route("/", "o" * 30), example.unmatched(now=PARTIAL))
    assert components(summary) == {"/": "operational"}
    assert read(summary)["status"]["indicator"] == "minor"


def test_groups_are_components_that_name_those_in_them(example: Example) -> None:
    cart, pay, silent, other = (
        example.route("/shop/cart", "o" * 30),
        example.route("/shop/pay", "o" * 30, now=MAJOR),
        example.route("/shop/old", "o" * 30, now=NONE),
        example.route("/", "o" * 30),
    )
    empty = example.route("/blog", "." * 30, now=NONE)
    summary = replace(
        example.summary(pay, cart, silent, other, empty),
        groups=(
            group("shop", pay, cart, silent, now=MAJOR),
            group("", other, now=UP),
            group("blog", empty, now=NONE),
        ),
    )
    shop, *routes = read(summary)["components"]
    shaped(shop, {**COMPONENT, "components": (list,)})
    assert (shop["name"], shop["status"], shop["group"]) == ("shop", "major_outage", True)
    assert shop["components"] == [each["id"] for each in routes if each["name"].startswith("/shop")]
    found = {each["name"]: each["group_id"] for each in routes}
    assert found == {"/shop/pay": shop["id"], "/shop/cart": shop["id"], "/": None}


def group(name: str, *members: RouteSummary, now: Condition) -> GroupSummary:
    counts = sum((each.counts for each in members), Counts())
    return GroupSummary("", name, now, None, now, counts, None, (), members)


def test_only_open_incidents_and_coming_maintenance_are_listed(example: Example) -> None:
    found = read(example.troubled())
    assert [each["id"] for each in found["incidents"]] == ["9b2d77e0"]
    told = [(each["name"], each["status"]) for each in found["scheduled_maintenances"]]
    assert told == [("Move", "in_progress"), ("Maintenance", "scheduled")]


@pytest.mark.parametrize(
    ("now", "impact"), [(MAJOR, "critical"), (PARTIAL, "major"), (UP, "minor"), (NONE, "minor")]
)
def test_the_impact_is_the_worst_state_of_its_routes_now(
    now: Condition, impact: str, example: Example
) -> None:
    rows = [example.route("/a", "o" * 30, now=now), example.route("/b", "o" * 30, now=MAJOR)]
    summary = replace(
        example.summary(*rows), incidents=(example.incident("/a", "/gone", ongoing=True),)
    )
    (incident,) = read(summary)["incidents"]
    assert incident["impact"] == impact


def test_a_false_alarm_is_no_incident(example: Example) -> None:
    alarm = IncidentNote(false_alarm=True)
    summary = replace(
        example.summary(example.route("/a", "o" * 30)),
        incidents=(example.incident("/a", ongoing=True, note=alarm),),
    )
    assert read(summary)["incidents"] == []


def test_a_known_cause_makes_an_incident_identified(example: Example) -> None:
    note = IncidentNote(cause="A full disk")
    summary = replace(
        example.summary(example.route("/a", "o" * 30)),
        incidents=(example.incident("/a", ongoing=True, note=note),),
    )
    (incident,) = read(summary)["incidents"]
    assert incident["status"] == "identified"
    assert incident["incident_updates"][0]["body"].endswith("A full disk")


def test_times_are_those_of_the_report_and_its_data(example: Example) -> None:
    found = read(example.troubled())
    assert found["page"]["updated_at"] == "2026-11-23T10:05:30Z"
    assert found["components"][0]["updated_at"] == "2026-11-23T10:04:00Z"
    incident = found["incidents"][0]
    times = (incident["started_at"], incident["updated_at"], incident["resolved_at"])
    assert times == ("2026-11-23T09:58:00Z", "2026-11-23T10:04:00Z", None)
    empty = replace(example.summary(), generated_at=datetime(2026, 1, 2, tzinfo=UTC))
    assert read(empty)["page"]["updated_at"] == "2026-01-02T00:00:00Z"
