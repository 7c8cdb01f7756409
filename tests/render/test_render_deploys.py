"""Deploys in every medium: near an incident, before and after, and no text of theirs is a command."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.model import IncidentList, Transition
from flask_status_cli.model.deploys import Deploy, DeploySummary, ShownDeploy
from flask_status_cli.notify import message
from flask_status_cli.render import csv_report, markdown_report, terminal
from flask_status_cli.render.commands import deploys as commands
from flask_status_cli.render.json import report_json
from flask_status_cli.render.site.feed import feed
from flask_status_cli.render.site.statuspage import Site, summary_json
from flask_status_cli.render.text import deploys
from flask_status_cli.render.text.words import ENGLISH, Words

if TYPE_CHECKING:
    from tests.render.conftest import Example

SPANISH = Words.of("es")
NOW = datetime(2026, 11, 23, 10, 5, 30, tzinfo=UTC)
HOSTILE = "\x1b[31m<img src=x>`|[a](b)\u202e=1\n"
SHOWN = "\\x1b[31m<img src=x>`|[a](b)\\u202e=1\\x0a"


def test_an_incident_names_the_deploy_before_it(example: Example) -> None:
    summary = example.deployed()
    incident = summary.incidents[0]
    assert deploys.began(incident, ENGLISH) == "began 2 min after deploy v1.2"
    assert deploys.began(incident, SPANISH) == "comenzó 2 min después del despliegue v1.2"
    assert deploys.began(summary.incidents[1], ENGLISH) is None
    same = replace(incident, deploy=Deploy(1, "v1", incident.start))
    assert deploys.began_sentence(same, ENGLISH) == "Began in the same minute as deploy v1"
    assert (
        deploys.began_sentence(same, SPANISH) == "Comenzó en el mismo minuto que el despliegue v1"
    )
    text = "egan 2 min after deploy v1.2"
    site = Site("Shop", "")
    for medium in (
        terminal.render(summary, width=200, color=False),
        summary_json(summary, site),
        feed(summary, ENGLISH, title="Shop", url=""),
    ):
        assert medium.count(text) == 1
    assert "began 2 min after deploy `v1.2`" in markdown_report.render(summary)


def test_the_newest_deploy_has_a_line_while_it_matters(example: Example) -> None:
    summary = example.deployed()
    line = (
        "Deploy v1.2, 10:56: availability 99.90% before, 77.77% after; "
        "5xx 1 before, 200 after (10 min on each side so far)"
    )
    assert deploys.line(summary, ENGLISH) == line
    assert deploys.line(summary, SPANISH) == (
        "Despliegue v1.2, 10:56: disponibilidad 99.90% antes, 77.77% después; "
        "5xx 1 antes, 200 después (10 min a cada lado hasta ahora)"
    )
    assert terminal.render(summary, width=200, color=False).count(line) == 1
    assert line.replace("v1.2", "`v1.2`") in markdown_report.render(summary)
    to_come, near, old = summary.deploys
    unread = replace(near, comparison=None)
    assert deploys.line(replace(summary, deploys=(unread,)), ENGLISH) == (
        "Deploy v1.2, 10:56: no requests were read since"
    )
    # Older than a day, it is named for an incident near it only.
    assert deploys.line(replace(summary, deploys=(to_come, old)), ENGLISH) is None
    of_incident = replace(old, incidents=("4f1c09aa",))
    assert deploys.line(replace(summary, deploys=(of_incident,)), ENGLISH) == (
        "Deploy v1.1-3-gdeadbee, 22 Nov 10:56: availability — before, 99.99% after; "
        "5xx 0 before, 0 after (24 h on each side)"
    )


def shown(summary: DeploySummary, example: Example) -> ShownDeploy:
    near = tuple(each for each in example.deployed().incidents if each.id in summary.incidents)
    return ShownDeploy(NOW, UTC, "UTC", summary, near)


def test_one_deploy_has_both_sides_beside_each_other(example: Example) -> None:
    to_come, near, _ = example.deployed().deploys
    assert list(commands.lines(shown(near, example), ENGLISH)) == [
        "Deploy v1.2, 2026-11-23 09:56 UTC (7)",
        "new <checkout>",
        "",
        "                            Before                 After",
        "From          2026-11-23 09:46 UTC  2026-11-23 09:56 UTC",
        "To            2026-11-23 09:56 UTC  2026-11-23 10:06 UTC",
        "Availability                99.90%                77.77%",
        "Requests                     1,000                   900",
        "Failures                         1                   200",
        "5xx                              1                   200",
        "10 min on each side so far",
        "",
        "Outage of 2 routes  9b2d77e0",
        "Since 2026-11-23 09:58 UTC, 7 min so far",
        "Began 2 min after deploy v1.2",
        "200 of 800 requests failed: 500 × 120, 502 × 80",
        "",
        "A deploy near an incident is no proof of its cause.",
    ]
    assert list(commands.lines(shown(to_come, example), SPANISH)) == [
        "Despliegue v2.0 (shop), 2026-11-23 13:05 UTC (9)",
        "",
        "previsto",
    ]


@pytest.mark.parametrize(
    ("extent", "said"),
    [
        ("day", "24 h on each side"),
        ("next_deploy", "1 d on each side, up to the next deploy"),
        ("previous_deploy", "1 d on each side, back to the previous deploy"),
        ("first_entry", "1 d on each side, back to the first entry"),
        ("so_far", "1 d on each side so far"),
    ],
)
def test_the_length_of_both_sides_says_why(example: Example, extent: str, said: str) -> None:
    both = example.deployed().deploys[2].comparison
    assert both is not None
    assert deploys.extent(replace(both, extent=type(both.extent)(extent)), ENGLISH) == said


def test_a_message_says_how_soon_after_a_deploy_it_began(example: Example) -> None:
    incident = example.deployed().incidents[0]
    notice = message(
        incident.id,
        Transition.OPENED,
        incident,
        document=report_json.incident(incident),
        title="",
        deployed=deploys.began(incident, ENGLISH),
    )
    body = json.loads(notice.body)
    assert body["text"] == (
        "Incident: /checkout/<int:id>/pay and 1 more route since 2026-11-23 09:58 UTC, "
        "began 2 min after deploy v1.2, 200 of 800 requests failed (500, 502)"
    )
    assert body["incident"]["deploy"]["minutes_before"] == 2


def test_hostile_text_is_text_in_every_medium(example: Example) -> None:
    summary = example.deployed()
    deploy = Deploy(1, HOSTILE, NOW - timedelta(minutes=9), HOSTILE, HOSTILE)
    incident = replace(summary.incidents[0], deploy=deploy)
    near = replace(summary.deploys[1], deploy=deploy)
    summary = replace(summary, incidents=(incident,), deploys=(near,))
    listed = IncidentList(NOW, UTC, "UTC", NOW, (incident,))
    screens = terminal.render(summary, width=300, color=False)
    lines = "\n".join(commands.lines(ShownDeploy(NOW, UTC, "UTC", near, (incident,)), ENGLISH))
    for text in (screens, lines):
        assert SHOWN in text
        assert text.replace("\n", "").isprintable()
    markdown = markdown_report.render(summary) + markdown_report.render_incidents(listed)
    assert "<img" not in markdown
    assert "[a](b)" not in markdown
    assert "&#60;img" in markdown
    entry = ET.fromstring(feed(summary, ENGLISH, title="Shop", url=""))
    content = entry.findtext(".//{*}content") or ""
    assert "&lt;img src=x&gt;" in content
    assert "<img" not in content
    (row,) = csv.DictReader(io.StringIO(csv_report.incidents(listed), newline=""))
    assert (row["deploy"], row["minutes_after_deploy"]) == (SHOWN, "1")
    formula = replace(incident, deploy=Deploy(1, "=1+1", incident.start))
    assert ",'=1+1,0\n" in csv_report.incidents(replace(listed, incidents=(formula,)))
    assert json.loads(report_json.render(summary))["deploys"][0]["version"] == HOSTILE
