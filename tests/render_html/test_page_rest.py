"""What the page shows at once, and what it keeps in a closed section."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.model import UNMATCHED, Condition, RouteSummary
from flask_status_cli.render.html import PageOptions, render

if TYPE_CHECKING:
    from tests.render_html.conftest import Element, Kit

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def section(page: Element) -> Element:
    return next(each for each in page.all("section") if each.attributes.get("id") == "routes")


def rules(part: Element) -> list[str]:
    return [row.one("code").text for body in part.all("tbody") for row in body.all("tr")]


def numbered(kit: Kit, count: int, *, shown: int) -> list[RouteSummary]:
    return [kit.route(f"/p{n:03}", shown=n < shown) for n in range(count)]


def test_the_rows_that_are_not_shown_are_in_a_closed_section_below_the_others(kit: Kit) -> None:
    rows = numbered(kit, 7, shown=3)
    page, _ = kit.read(render(kit.summary([*rows, kit.route(UNMATCHED)])))
    (closed,) = section(page).all("details")
    assert "open" not in closed.attributes
    assert closed.one("summary").text.startswith("… 4 more routes: all operational, ")
    assert rules(closed) == ["/p003", "/p004", "/p005", "/p006"]
    everything = rules(section(page))
    assert everything == ["/p000", "/p001", "/p002", UNMATCHED, *rules(closed)]


def test_if_all_rows_are_shown_there_is_no_closed_section(kit: Kit) -> None:
    page, _ = kit.read(render(kit.summary(numbered(kit, 7, shown=7))))
    assert not section(page).all("details")


def test_routes_beyond_the_limit_are_added_up_at_the_end_of_the_closed_section(kit: Kit) -> None:
    summary = kit.summary(numbered(kit, 9, shown=3))
    page, _ = kit.read(render(summary, options=PageOptions(max_routes=5)))
    (closed,) = section(page).all("details")
    rows = [row for body in closed.all("tbody") for row in body.all("tr")]
    assert [row.one("code").text for row in rows[:-1]] == ["/p003", "/p004"]
    assert rows[-1].one("b").text == "4 more routes"


def test_the_filter_says_how_many_of_all_routes_the_page_lists(kit: Kit) -> None:
    summary = kit.summary(numbered(kit, 9, shown=3))
    page, _ = kit.read(render(summary, options=PageOptions(max_routes=5)))
    assert page.one("fieldset").one("label").text.endswith("Fully Operational 5 of 9")
    assert "5 of 9 routes are listed." in section(page).all("p")[0].text
    page, _ = kit.read(render(summary))
    assert page.one("fieldset").one("label").text.endswith("Fully Operational 9")
    assert "listed" not in section(page).all("p")[0].text


def test_unmatched_stands_in_its_place_while_it_fails(kit: Kit) -> None:
    down = kit.route(UNMATCHED, "m" * 30, now=Condition.MAJOR_OUTAGE)
    page, _ = kit.read(render(kit.summary([down, kit.route("/")])))
    assert rules(section(page)) == [UNMATCHED, "/"]


@pytest.mark.parametrize(("rows", "first"), [(40, "Routes"), (41, "Incidents")])
def test_on_a_long_page_the_incidents_stand_before_the_routes(
    rows: int, first: str, kit: Kit
) -> None:
    routes = numbered(kit, rows, shown=rows)
    over = kit.incident("a", NOON, NOON.replace(hour=13), routes[:1])
    summary = replace(kit.summary(routes), incidents=(over,))
    page, _ = kit.read(render(summary))
    headings = [each.text for each in page.all("h2")]
    assert next(each for each in headings if each in {"Routes", "Incidents"}) == first
    assert headings.count("Incidents") == 1


def test_a_folded_row_says_for_how_many_routes_it_stands_and_which_is_the_busiest(kit: Kit) -> None:
    row = replace(kit.route("/tags/<str>"), joined=41, busiest="/tags/<b>\u202e")
    page, _ = kit.read(render(kit.summary([row, kit.route("/")])))
    (said,) = section(page).one("tbody").all("p")
    assert said.text == "41 routes, most often /tags/<b>\\u202e"
