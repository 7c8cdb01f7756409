"""Every figure and word on the page is the summary's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.model import UNMATCHED, Condition, NoData, RouteSummary, StatusSummary
from flask_status_cli.model.report.problems import NotUnderstood, RunProblems
from flask_status_cli.render.html import MAX_ROUTES, PageOptions, render
from flask_status_cli.render.text import headline, sentences
from flask_status_cli.render.text.words import ENGLISH

if TYPE_CHECKING:
    from tests.render_html.conftest import Element, Kit

WORDS = {
    Condition.OPERATIONAL: "✓Fully Operational",
    Condition.PARTIAL_OUTAGE: "▲Partial Outage",
    Condition.MAJOR_OUTAGE: "✕Major Outage",
    Condition.NO_DATA: "–No Data",
}
REASONS = {
    None: "",
    NoData.NOT_READ: " log not read",
    NoData.QUIET: " no request in the last hour",
    NoData.NO_TRAFFIC: " no traffic",
    NoData.IGNORED: " all ignored",
    NoData.NOT_KEPT: " no longer kept",
    NoData.BEFORE_FIRST: " before the first entry",
}


def cells(row: Element) -> list[str]:
    return [each.text for each in row.children if not isinstance(each, str)]


def body_rows(page: Element) -> list[list[str]]:
    return [cells(row) for body in page.all("tbody") for row in body.all("tr")]


def limited(summary: StatusSummary, most: int) -> str:
    return render(summary, options=PageOptions(max_routes=most))


def expected(route: RouteSummary) -> list[str]:
    about = [route.label, route.name, route.rule, " ".join(route.doc.split())]
    return [
        " ".join(text for text in about if text),
        WORDS[route.now] + REASONS[route.no_data],
        route.availability or "—",
        f"{route.counts.requests:,}",
        f"{route.counts.failure:,}",
        "",
    ]


def test_a_row_says_what_the_summary_says(state: StatusSummary, kit: Kit) -> None:
    page, _ = kit.read(render(state))
    rows = [row for body in page.all("tbody") for row in body.all("tr")]
    routes = [cells(row) for row in rows if row.attributes.get("class") != "group"]
    assert routes == [expected(route) for route in state.routes]


def test_a_group_stands_above_its_routes(kit: Kit) -> None:
    page, _ = kit.read(render(kit.states["groups"]()))
    shown = [
        (row.attributes.get("class"), *(" ".join(cell.split()) for cell in cells(row)[:2]))
        for row in page.one("tbody").all("tr")
    ]
    assert shown == [
        ("group", "/shop 2 routes", "✕Major Outage"),
        (None, "/shop/pay", "✕Major Outage"),
        (None, "/shop/cart", "✓Fully Operational"),
        ("group", "Ungrouped 1 route", "✓Fully Operational"),
        (None, "/blog", "✓Fully Operational"),
        ("last", UNMATCHED, "✓Fully Operational"),
    ]
    first = cells(page.one("tbody").all("tr")[0])
    assert first[2:] == ["99.12%", "117,923", "97", ""]


def test_the_totals_are_the_summarys(state: StatusSummary, kit: Kit) -> None:
    figures = kit.read(render(state))[0].one("dl", "figures")
    names = [each.text for each in figures.all("dt")]
    numbers = [each.text for each in figures.all("dd")]
    total = state.total
    assert dict(zip(names, numbers, strict=True)) == {
        "Availability": total.availability or "—",
        "Requests": f"{total.counts.requests:,}",
        "Failures": f"{total.counts.failure:,}",
        "Ignored": f"{total.counts.ignored:,}",
    }


def test_the_banner_is_the_headline(state: StatusSummary, kit: Kit) -> None:
    banner = kit.read(render(state))[0].one("div", "banner")
    assert banner.text == headline.headline(state, ENGLISH)


def test_the_columns_are_those_of_the_terminal(kit: Kit) -> None:
    page, _ = kit.read(render(kit.mixed()))
    *columns, days = page.one("thead").all("th")
    assert [each.text for each in columns] == [
        *("Route", "Now", "Availability", "Requests", "Failures")
    ]
    assert days.attributes["aria-label"] == "Last 30 days"
    assert " ".join(days.text.split()) == "29 days ago today"


@pytest.mark.parametrize(
    ("now", "stale", "title", "css"),
    [
        (["up", "up"], False, "Fully Operational", "o"),
        (["up", "silent"], False, "Fully Operational", "o"),
        (["partial", "up"], False, "1 route degraded", "p"),
        (["partial", "partial", "up"], False, "2 routes degraded", "p"),
        (["major", "partial", "up"], False, "1 route down", "m"),
        (["major", "major"], False, "All 2 routes down", "m"),
        (["silent"], False, "No Data", "n"),
        ([], False, "No Data", "n"),
        (["silent", "silent"], True, "Log not read", "n"),
        (["up", "stray"], False, "Requests without a route fail", "m"),
    ],
)
def test_the_tab_the_banner_and_the_icon_say_the_worst_state(
    now: list[str], stale: bool, title: str, css: str, kit: Kit
) -> None:
    conditions = {
        "up": Condition.OPERATIONAL,
        "partial": Condition.PARTIAL_OUTAGE,
        "major": Condition.MAJOR_OUTAGE,
        "silent": Condition.NO_DATA,
        "stray": Condition.MAJOR_OUTAGE,
    }
    colors = {"o": "1a7f37", "p": "9a6700", "m": "cf222e", "n": "59636e"}
    routes = [
        kit.route(UNMATCHED if state == "stray" else f"/{number}", now=conditions[state])
        for number, state in enumerate(now)
    ]
    page, _ = kit.read(render(kit.summary(routes, stale=stale)))
    assert page.one("title").text == f"{title} – Status"
    assert page.one("h1").text == "Status"
    assert page.one("div", "banner").attributes["class"].split() == ["banner", css]
    assert f"fill='%23{colors[css]}'" in page.one("link").attributes["href"]


def test_the_head_says_window_zone_and_the_age_of_the_data(kit: Kit) -> None:
    page, _ = kit.read(render(kit.summary([kit.route("/")], zone="Asia/Kolkata")))
    assert [each.text for each in page.one("ul", "facts").all("li")] == [
        "30 days, 2026-10-25 to 2026-11-23, time zone Asia/Kolkata",
        "Data until 2026-11-23 19:34 +05:30",
        "Generated 2026-11-23 19:36 +05:30",
        "Times in my time zone",
    ]
    assert [each.attributes["datetime"] for each in page.one("header").all("time")] == [
        "2026-11-23T19:34+05:30",
        "2026-11-23T19:36+05:30",
    ]


def test_problems_are_listed_for_visitors_without_commands_to_try(kit: Kit) -> None:
    problems = (RunProblems(2), NotUnderstood(1204, 98_000))
    page, _ = kit.read(render(kit.summary([kit.route("/")], problems=problems)))
    assert [each.text for each in page.one("ul", "problems").all("li")] == [
        "There were 2 problems when the logs were last read",
        "1,204 of 98,000 lines of the log (1.22\u202f%) were not understood",
    ]
    page, _ = kit.read(render(kit.summary([kit.route("/")])))
    assert not page.all("ul", "problems")


def test_the_legend_names_the_real_thresholds(kit: Kit) -> None:
    page, _ = kit.read(render(kit.states["ancestors' thresholds"]()))
    legend = page.one("section", "legend")
    assert [each.text for each in legend.all("dt")] == [f"{w[0]} {w[1:]}" for w in WORDS.values()]
    assert [each.text for each in legend.all("dd")] == [
        "Availability of 100\u202f% or more",
        "Availability below 100\u202f%",
        "Availability below 12.5\u202f%, with at least 3 server errors",
        "No traffic, not read or no longer kept. Blank: before the first entry",
    ]


def test_the_small_print_is_the_terminals_and_the_status_codes(kit: Kit) -> None:
    page, _ = kit.read(render(kit.mixed()))
    lines = [each.text for each in page.one("section", "method").all("li")]
    counts = kit.mixed().total.counts
    assert lines == [
        *sentences.footnotes(kit.mixed(), ENGLISH.unbroken()),
        f"Responses by status code: 200\u202f×\u202f{counts.success:,}, 500\u202f×\u202f{counts.failure:,}",
    ]
    assert any("1,204 lines were not understood" in line for line in lines)


# Many routes


def test_routes_beyond_the_limit_are_one_row_before_the_unmatched(kit: Kit) -> None:
    up, down = kit.route("/a"), kit.route("/b", "m" * 30, now=Condition.MAJOR_OUTAGE)
    summary = kit.summary([down, up, up, up, kit.route(UNMATCHED)])
    page, _ = kit.read(limited(summary, 1))
    assert body_rows(page) == [
        expected(down),
        ["3 more routes 3 Fully Operational", "", "", f"{3 * up.counts.requests:,}", "0", ""],
        expected(summary.routes[-1]),
    ]


def test_a_page_of_no_listed_route_still_counts_them(kit: Kit) -> None:
    page, _ = kit.read(limited(kit.summary([kit.route("/a")]), 0))
    assert [row[0] for row in body_rows(page)] == ["1 more route 1 Fully Operational"]


def test_the_limit_itself_leaves_nothing_over(kit: Kit) -> None:
    page, _ = kit.read(render(kit.many(MAX_ROUTES)))
    assert len(body_rows(page)) == MAX_ROUTES + 1
    page, _ = kit.read(render(kit.many(MAX_ROUTES + 2)))
    assert [row[0].split(" routes")[0] for row in body_rows(page)][MAX_ROUTES] == "2 more"


def test_long_tables_come_in_parts_of_a_hundred(kit: Kit) -> None:
    page, _ = kit.read(render(kit.many(250)))
    assert [part.one("caption").text for part in page.all("div", "part")] == [
        "Routes 1 to 100",
        "Routes 101 to 200",
        "Routes 201 to 250",
    ]
    assert [len(part.one("tbody").all("tr")) for part in page.all("div", "part")] == [100, 100, 51]


def test_without_routes_there_is_a_sentence_and_no_table(kit: Kit) -> None:
    page, _ = kit.read(render(kit.summary([])))
    assert not page.all("table")
    assert "No routes to show" in page.one("main").text


@pytest.mark.parametrize("reason", list(NoData))
def test_reasons_for_no_data_are_distinguished(reason: NoData, kit: Kit) -> None:
    silent = kit.route("/", now=Condition.NO_DATA, no_data=reason)
    page, _ = kit.read(render(kit.summary([silent])))
    said = "–Quiet" if reason is NoData.QUIET else "–No Data" + REASONS[reason]
    assert body_rows(page)[0][1] == said


def test_quiet_routes_are_called_so_in_their_rows_the_filter_and_the_legend(kit: Kit) -> None:
    quiet = [kit.route(f"/{n}", now=Condition.NO_DATA, no_data=NoData.QUIET) for n in (1, 2)]
    ignored = kit.route("/x", now=Condition.NO_DATA, no_data=NoData.IGNORED)
    page, _ = kit.read(render(kit.summary([kit.route("/"), *quiet])))
    assert [row[1] for row in body_rows(page)] == ["✓Fully Operational", "–Quiet", "–Quiet"]
    assert [each.text.split() for each in page.one("fieldset").all("label")] == [
        ["✓", "Fully", "Operational", "1"],
        ["–", "Quiet", "2"],
    ]
    assert page.all("dd")[-1].text == (
        "No traffic, not read or no longer kept. Blank: before the first entry. "
        "Quiet: no request in the last hour"
    )
    page, _ = kit.read(render(kit.summary([*quiet, ignored])))
    assert page.one("fieldset").all("label")[-1].text.split() == ["–", "No", "Data,", "Quiet", "3"]


def test_a_long_rule_may_be_broken_before_a_slash(kit: Kit) -> None:
    rules = ["/blog/archive/<int:id>", "/of/the/shop/a/b/", "/" + "x" * 30, "//", "/a/<path:file>"]
    html = render(kit.summary([kit.route(rule) for rule in rules]))
    assert re.findall("<code>(.*?)</code>", html) == [
        "/blog/archive<wbr>/&lt;int:id&gt;",
        "/of/the<wbr>/shop/a<wbr>/b/",
        "/" + "x" * 30,
        "//",
        "/a/&lt;path:file&gt;",
    ]
