"""Without its script the page says everything that it says with it: each number of the JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flask_status_cli.cli import run

if TYPE_CHECKING:
    from tests.render_html.browser.conftest import Open
    from tests.render_html.conftest import Kit

SHOP = Path(__file__).parents[3] / "fixtures" / "shop.log.gz"
WORDS = {
    "operational": "✓ Fully Operational",
    "partial_outage": "▲ Partial Outage",
    "major_outage": "✕ Major Outage",
    "no_data": "– No Data",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """The page of a real log, and its JSON."""
    folder = tmp_path_factory.mktemp("shop")
    database = ["--db", str(folder / "status.db")]
    assert run([*database, "ingest", "-q", str(SHOP)]) == 0
    report = [*database, "report", "--now", "last", "--timezone", "Europe/Berlin"]
    assert run([*report, "-q", "--html", str(folder / "page.html")]) == 0
    assert run([*report, "--json", "-o", str(folder / "status.json")]) == 0
    return (folder / "page.html").read_text(), json.loads((folder / "status.json").read_text())


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


@pytest.mark.parametrize("script", [False, True])
def test_every_row_says_what_the_json_says(
    script: bool, shop: tuple[str, dict[str, Any]], visit: Open
) -> None:
    html, data = shop
    page = visit(html, script=script).page
    rows = page.locator("#routes tbody tr").all()
    assert len(rows) == len(data["routes"])
    for row, route in zip(rows, data["routes"], strict=True):
        rule, now, availability, requests, failures = row.locator("th, td").all_inner_texts()[:5]
        assert rule == route["rule"]
        assert " ".join(now.split()).startswith(WORDS[route["now"]].replace(" ", "", 1))
        assert availability == (route["availability"] or "—")
        assert (number(requests), number(failures)) == (route["requests"], route["failure"])
        strip = row.locator("svg")
        drawn = strip.evaluate(
            """(svg) => [...svg.children].flatMap((path) =>
              [...path.getAttribute("d").matchAll(/M(\\d+) -?\\d+h(\\d+)/g)].map(
                (run) => [path.classList[0], Number(run[1]), Number(run[2])]))"""
        )
        days = [""] * len(route["days"])
        for css, start, length in drawn:
            days[start : start + length] = [css] * length
        assert days == [day["condition"][0] for day in route["days"]]


@pytest.mark.parametrize("script", [False, True])
def test_totals_and_incidents_are_those_of_the_json(
    script: bool, shop: tuple[str, dict[str, Any]], visit: Open
) -> None:
    html, data = shop
    page = visit(html, script=script).page
    total = data["total"]
    figures = page.locator(".figures dd").all_inner_texts()
    assert figures[0] == total["availability"]
    assert [number(each) for each in figures[1:4]] == [
        total["requests"],
        total["failure"],
        total["ignored"],
    ]
    told = page.locator("article[id]").all()
    assert len(told) == len(data["incidents"]) > 0
    for article, incident in zip(told, data["incidents"], strict=True):
        text = article.inner_text().replace("\u202f", " ")
        assert article.get_attribute("id") == f"incident-{incident['id']}"
        counts = re.search(r"([\d,]+) of ([\d,]+) requests failed", text)
        assert counts is not None
        assert [number(n) for n in counts.groups()] == [incident["failures"], incident["valid"]]
        for code, requests in incident["statuses"].items():
            assert f"{code} × {requests:,}" in text
        routes = incident["routes"] if len(incident["routes"]) > 1 else []
        for route in routes[:8]:
            assert f"{route['failures']:,} of {route['valid']:,} failed" in text
        rest = len(routes) - 8
        assert (f"{rest} more route" in text) is (rest > 0)


def test_sections_can_be_opened_and_tell_every_status_code(
    shop: tuple[str, dict[str, Any]], visit: Open
) -> None:
    html, data = shop
    page = visit(html, script=False).page
    for route in data["routes"]:
        if not route["failure"]:
            continue
        section = page.locator("details", has=page.get_by_text(route["rule"], exact=True))
        section.locator("summary").click()
        rows = section.locator(".codes tr").all()
        told = {
            row.locator("th").inner_text()[:3]: row.locator("td").first.inner_text() for row in rows
        }
        assert {code: number(n) for code, n in told.items()} == route["statuses"]


def test_there_are_no_controls_without_the_script(kit: Kit, visit: Open) -> None:
    from flask_status_cli.render.html import render

    html = render(kit.mixed())
    assert visit(html).page.locator(".controls").is_visible()
    plain = visit(html, script=False).page
    assert not plain.locator(".controls").is_visible()
    assert not plain.locator("#local").is_visible()
    assert plain.locator("thead button").count() == 0
