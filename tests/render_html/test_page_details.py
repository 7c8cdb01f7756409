"""The sections of routes that had failures, and how many of them fit on a page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.model import UNMATCHED, Condition, Counts, DayDetail, NoData, StretchSummary
from flask_status_cli.render.html import render

if TYPE_CHECKING:
    from tests.render_html.conftest import Element, Kit


def text(element: Element) -> str:
    return " ".join(element.text.split())


def sections(page: Element) -> dict[str, Element]:
    return {each.one("code").text: each for each in page.all("details")}


def test_each_route_that_failed_has_a_section_in_the_order_of_the_table(kit: Kit) -> None:
    page, _ = kit.read(render(kit.mixed()))
    assert list(sections(page)) == ["/checkout", "/search", UNMATCHED]
    for rule, section in sections(page).items():
        (row,) = (r for r in page.all("tr") if r.all("code") and r.all("code")[0].text == rule)
        (link,) = row.one("th").all("a")
        target = section.all("div")[0].attributes["id"]
        assert link.attributes["href"] == f"#{target}"


def test_a_row_without_a_section_leads_nowhere(kit: Kit) -> None:
    page, _ = kit.read(render(kit.summary([kit.route("/")])))
    assert not page.all("details")
    assert not page.one("tbody").all("a")


def test_a_section_tells_spans_and_codes(kit: Kit) -> None:
    route = kit.route("/", "op" * 15, statuses={200: 99_990, 404: 9, 499: 1, 599: 30_000})
    page, _ = kit.read(render(kit.summary([route])))
    section = page.one("details")
    assert [(each.all("dt")[0].text, each.all("dd")[0].text) for each in section.one("dl").all("div")] == [
        ("24 hours", "100%"),
        ("7 days", "98.11%"),
        ("30 days", "97.22%"),
        ("90 days", "12.33%"),
    ]  # fmt: skip
    rows = [[cell.text for cell in row.all()] for row in section.one("table").all("tr")]
    assert rows == [
        ["200 OK", "99,990", "76.91 %"],
        ["404 Not Found", "9", "< 0.01 %"],
        ["499 Client Closed Request", "1", "< 0.01 %"],
        ["599", "30,000", "23.07 %"],
    ]


def test_a_section_tells_its_days_by_hours(kit: Kit) -> None:
    page, _ = kit.read(render(kit.summary([kit.route("/", "oopm")])))
    by_hour = page.one("ul", "hours")
    assert [text(each) for each in by_hour.all("li")] == [
        "Days with failures, by hour",
        "2026-11-23 3.00% 97 of 100 requests failed",
        "2026-11-22 75.00% 500 of 2,000 requests failed",
    ]
    strip = by_hour.all("svg")[0].attributes
    assert strip["aria-label"] == "1 hour Major Outage, 23 hours No Data. Worst: 10:00 3.00%"
    assert strip["data-d"] == "10 3.00% 97"
    assert "data-names" not in strip


def test_hours_of_a_day_on_which_clocks_change_carry_their_names(kit: Kit) -> None:
    route = kit.route("/", "p" * 30)
    summary = kit.summary([route], zone="Europe/Berlin")
    begin = datetime(2026, 10, 24, 22, tzinfo=UTC)
    hours = tuple(
        StretchSummary(
            begin + timedelta(hours=n),
            begin + timedelta(hours=n + 1),
            Condition.NO_DATA,
            NoData.NO_TRAFFIC,
            Counts(),
            None,
        )
        for n in range(25)
    )
    detail = replace(summary.details[0], days=(DayDetail(date(2026, 10, 25), hours),))
    page, _ = kit.read(render(replace(summary, details=(detail,))))
    names = page.one("ul", "hours").one("svg").attributes["data-names"].split()
    assert names[:5] == ["00:00", "01:00", "02:00", "02:00", "03:00"]
    assert len(names) == 25
    assert "29 more days had failures." in text(page.one("details"))


# Of 300 routes of which all fail all the time not everything fits; the worst come first.
def test_days_and_routes_that_do_not_fit_are_counted(kit: Kit) -> None:
    routes = [kit.route(f"/{n}", "p" * 30) for n in range(300)]
    page, _ = kit.read(render(kit.summary(routes)))
    shown = list(sections(page))
    assert shown == [f"/{n}" for n in range(len(shown))]
    assert 0 < len(shown) < 300
    rest = page.one("section", "details").all("p", "dim")[-1]
    assert rest.text == f"{300 - len(shown)} more routes had failures."
    figures = page.all("tbody")[0].all("svg")[0].attributes["data-d"]
    assert figures.endswith("+")


def test_ids_are_the_same_in_every_report_and_tell_no_path(kit: Kit) -> None:
    one = kit.read(render(kit.summary([kit.route("/secret", "p")])))[0]
    other = kit.read(render(kit.mixed()))[0]
    more = kit.read(render(kit.summary([kit.route("/x", "p"), kit.route("/secret", "op")])))[0]
    (target,) = (each.all("div")[0].attributes["id"] for each in one.all("details"))
    assert target in [each.attributes.get("id") for each in more.walk()]
    assert target not in [each.attributes.get("id") for each in other.walk()]
    assert target.startswith("r")
    assert int(target[1:], 16) >= 0


@pytest.mark.parametrize(
    ("reason", "css"),
    [
        (NoData.NO_TRAFFIC, "n"),
        (NoData.IGNORED, "n i"),
        (NoData.NOT_READ, "n u"),
        (NoData.BEFORE_FIRST, "n b"),
        (NoData.NOT_KEPT, "n k"),
    ],
)
def test_days_without_data_are_drawn_by_their_reason(reason: NoData, css: str, kit: Kit) -> None:
    route = kit.route("/", "no")
    silent = replace(route.days[0], no_data=reason)
    page, _ = kit.read(render(kit.summary([replace(route, days=(silent, route.days[1]))])))
    classes = [each.attributes["class"] for each in page.one("tbody").all("path")]
    assert classes == ["o", css]
