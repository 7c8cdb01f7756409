"""Incidents on a terminal: a line each where their routes fit into it, else two."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.model import Incident, IncidentKind, IncidentList
from flask_status_cli.render.terminal import Screen, render_incidents

if TYPE_CHECKING:
    from tests.render.conftest import Example

LONG = "/a/rule/that/is/so/long/that/no/terminal/of/sixty/cells/has/room/for/it"


def shown(*incidents: Incident, width: int) -> list[str]:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    found = IncidentList(now, UTC, "UTC", last=now, incidents=incidents)
    return render_incidents(found, Screen(width, color=False)).splitlines()


def test_if_the_routes_fit_an_incident_has_one_line(example: Example) -> None:
    assert shown(example.incident("/search", "/"), width=80) == [
        "Incident  Began                 Lasted  Failed      Codes     Routes",
        "4f1c09aa  2026-11-22 08:58 UTC  21 min  200 of 800  500, 502  /search, /",
    ]
    # The codes are left out before a route is.
    assert shown(example.incident("/search", "/"), width=71) == [
        "Incident  Began                 Lasted  Failed      Routes",
        "4f1c09aa  2026-11-22 08:58 UTC  21 min  200 of 800  /search, /",
    ]


def test_fewer_routes_are_named_before_a_second_line_begins(example: Example) -> None:
    rules = ("/one", "/two", "/three", "/four")
    assert [shown(example.incident(*rules), width=width)[1][54:] for width in (100, 96, 86)] == [
        "500, 502  /one, /two, /three and 1 more route",
        "/one, /two, /three and 1 more route",
        "/one, /two and 2 more routes",
    ]


def test_if_one_does_not_fit_all_incidents_have_two_lines(example: Example) -> None:
    few, many = example.incident("/"), example.incident("/search", "/checkout", LONG, "/login")
    assert shown(few, many, width=60) == [
        "Incident  Began                 Lasted  Failed",
        "4f1c09aa  2026-11-22 08:58 UTC  21 min  100 of 400",
        "  /",
        "4f1c09aa  2026-11-22 08:58 UTC  21 min  400 of 1,600",
        "  /search, /checkout and 2 more routes",
    ]


def test_a_route_that_is_too_long_loses_its_middle(example: Example) -> None:
    assert shown(example.incident(LONG, "/"), width=60)[2] == (
        "  /a/rule/that/is/so/long/that/…room/for/it and 1 more route"
    )


def test_columns_without_room_are_shown_before_the_routes(example: Example) -> None:
    long = replace(example.incident("/search"), duration_minutes=752, failures=1290, valid=12_930)
    lines = shown(long, replace(long, kind=IncidentKind.SILENT), width=54)
    assert lines == [
        "Incident  Began                 Lasted",
        "4f1c09aa  2026-11-22 08:58 UTC  12 h 32 min",
        "  1,290 of 12,930 failed: /search",
        "4f1c09aa  2026-11-22 08:58 UTC  12 h 32 min",
        "  no requests: /search",
    ]


@pytest.mark.parametrize("width", range(60, 130, 7))
def test_no_line_is_wider_than_the_screen(width: int, example: Example) -> None:
    wide = example.incident("/日本語/商品/" * 9, "/", LONG)
    lines = shown(wide, example.incident("/"), width=width)
    assert all(len(line) + sum(c in "日本語商品" for c in line) <= width for line in lines)
