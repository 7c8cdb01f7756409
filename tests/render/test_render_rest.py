"""The line for the routes that are not shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.model import UNMATCHED, Condition, Counts, NoData, RouteSummary, StatusSummary
from flask_status_cli.render import markdown_report
from flask_status_cli.render.terminal import render
from flask_status_cli.render.text import hidden_routes
from flask_status_cli.render.text.words import ENGLISH, Words

if TYPE_CHECKING:
    from tests.render.conftest import Example

UP, PARTIAL = Condition.OPERATIONAL, Condition.PARTIAL_OUTAGE
MAJOR, NONE = Condition.MAJOR_OUTAGE, Condition.NO_DATA


def beside(
    example: Example, rules: Iterable[str], *, now: Iterable[Condition] = (), requests: int = 1
) -> StatusSummary:
    """Return a summary of 1 000 requests in which these routes, each of so many, are not shown."""
    states = iter(now)
    hidden = [
        replace(
            example.route(rule, "o", now=next(states, UP)), counts=Counts(requests), shown=False
        )
        for rule in rules
    ]
    shown = example.route("/", "o")
    summary = example.summary(shown, *hidden)
    return replace(summary, total=replace(summary.total, counts=Counts(success=1000)))


BLOG = [f"/blog/p{number}x" for number in range(90)]
IMAGE = [f"/image/p{number}x/big" for number in range(41)]
ALONE = [f"/alone{number}x/a" for number in range(3)]


@pytest.mark.parametrize(
    ("rules", "parents"),
    [
        ([*BLOG, *IMAGE], " (/blog 90, /image 41)"),
        ([*BLOG, *IMAGE, *ALONE], " (/blog 90, /image 41, …)"),
        (["/a", "/b", "/c/d"], ""),  # all routes are below /
        (["/a", *ALONE], ""),  # a parent of one route says nothing
        ([UNMATCHED, "/a"], ""),
    ],
)
def test_the_biggest_parents_are_named(rules: list[str], parents: str, example: Example) -> None:
    line = hidden_routes.line(beside(example, rules, requests=1), ENGLISH)
    assert line is not None
    assert line.startswith(f"… {len(rules)} more routes{parents}: all operational, ")


@pytest.mark.parametrize(
    ("now", "states"),
    [
        ([UP, UP, UP], "all operational"),
        ([PARTIAL] * 3, "all in Partial Outage"),
        ([MAJOR] * 3, "all in Major Outage"),
        ([NONE] * 3, "all with No Data"),
        ([UP, MAJOR, UP], "1 in Major Outage, 2 Fully Operational"),
        ([UP, NONE, PARTIAL], "1 in Partial Outage, 1 Fully Operational, 1 with No Data"),
    ],
)
def test_it_says_how_many_of_them_fail(now: list[Condition], states: str, example: Example) -> None:
    line = hidden_routes.line(beside(example, ["/a/a", "/b/a", "/c/a"], now=now), ENGLISH)
    assert line == f"… 3 more routes: {states}, 0.3 % of requests"


def test_a_route_without_requests_in_the_last_hour_is_quiet(example: Example) -> None:
    summary = beside(example, ["/a/a", "/b/a", "/c/a"], now=[NONE] * 3)
    quiet = [replace(row, no_data=NoData.QUIET) for row in summary.routes[1:]]
    some = replace(summary, routes=(summary.routes[0], *quiet[:2], summary.routes[3]))
    every = replace(summary, routes=(summary.routes[0], *quiet))
    assert (
        hidden_routes.line(some, ENGLISH)
        == "… 3 more routes: 1 with No Data, 2 quiet, 0.3 % of requests"
    )
    assert hidden_routes.line(every, ENGLISH) == "… 3 more routes: all quiet, 0.3 % of requests"
    spanish = hidden_routes.line(every, Words.of("es"))
    assert spanish == "… 3 rutas más: todas sin actividad, 0.3 % de las peticiones"
    row = replace(quiet[0], shown=True)
    terminal = render(example.summary(row), width=120, color=False)
    assert "– Quiet " in markdown_report.render(example.summary(row))
    assert "– Quiet " in terminal
    assert "– Quiet: no request in the last hour\n" in terminal


@pytest.mark.parametrize(
    ("requests", "share"),
    [(0, "0 %"), (24, "2.4 %"), (500, "50 %"), (999, "99.9 %"), (1000, "100 %")],
)
def test_their_share_is_floored(requests: int, share: str, example: Example) -> None:
    line = hidden_routes.line(beside(example, ["/a"], requests=requests), ENGLISH)
    assert line == f"… 1 more route: operational, {share} of requests"


def test_a_small_share_is_never_zero(example: Example) -> None:
    summary = beside(example, ["/a"], requests=1)
    total = replace(summary.total, counts=Counts(success=100_000))
    line = hidden_routes.line(replace(summary, total=total), ENGLISH)
    assert line == "… 1 more route: operational, < 0.1 % of requests"


def test_without_other_routes_there_is_no_line(example: Example) -> None:
    assert hidden_routes.line(example.summary(example.route("/", "o")), ENGLISH) is None


def test_a_parent_that_a_visitor_wrote_is_harmless(example: Example) -> None:
    summary = beside(example, ["/\x1b[31m`|<b>/a", "/\x1b[31m`|<b>/c"])
    line = render(summary, width=200, color=False)
    assert "\x1b" not in line
    assert "`" not in markdown_report.render(summary).split("more routes")[1].split(":")[0]
    long = beside(example, [f"/{'x' * 300}/{n}" for n in range(2)])
    assert len(hidden_routes.line(long, ENGLISH) or "") < 120


def test_a_label_stands_before_its_parent(example: Example) -> None:
    summary = beside(example, ["/a/b", "/a/c"])
    rows = tuple(replace(row, label="" if row.shown else "shop") for row in summary.routes)
    assert "(shop /a 2)" in (hidden_routes.line(replace(summary, routes=rows), ENGLISH) or "")


def test_it_speaks_spanish(example: Example) -> None:
    line = hidden_routes.line(beside(example, ["/a/a", "/a/b"]), Words.of("es"))
    assert line == "… 2 rutas más (/a 2): todas operativas, 0.2 % de las peticiones"


# In the media


def rows_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if line[:2] in {"✓ ", "▲ ", "✕ ", "– "}][1:-1]


def numbered(example: Example, shown: int, hidden: int) -> StatusSummary:
    def route(number: int) -> RouteSummary:
        return replace(example.route(f"/a{number:02}", "o"), shown=number < shown)

    return example.summary(*map(route, range(shown + hidden)))


def test_a_terminal_shows_the_first_rows_and_one_line(example: Example) -> None:
    text = render(numbered(example, 3, 2), width=80, color=False)
    assert len(rows_of(text)) == 3
    assert "… 2 more routes: all Up, 40 % of requests. --all shows them\n" in text
    spread = beside(example, ["/a/b", "/a/c", "/d/e"])
    ascii_text = render(spread, width=80, color=False, ascii_only=True)
    assert "... 3 more routes (/a 2, ...): all Up, 0.3 % of requests." in ascii_text
    assert "more route" not in render(numbered(example, 5, 0), width=80, color=False)


def test_markdown_shows_the_first_rows_and_one_line(example: Example) -> None:
    lines = markdown_report.render(numbered(example, 3, 2)).splitlines()
    assert sum("`/a" in line for line in lines) == 3
    assert "… 2 more routes: all operational, 40 % of requests" in lines


@pytest.mark.parametrize("height", [60, 30, 20])
def test_on_a_low_screen_the_last_rows_are_left_out_and_the_notes_come_below(
    height: int, example: Example
) -> None:
    summary = numbered(example, 40, 10)
    text = render(summary, width=120, color=False, height=height)
    rows, lines = rows_of(text), text.splitlines()
    notes = next(n for n, line in enumerate(lines) if line.startswith("30 days, "))
    assert notes <= height
    assert len(rows) == 40 or notes == height
    assert f"… {50 - len(rows)} more routes" in text
    assert any(line.startswith("Availability = ") for line in lines[notes:])


def test_the_lowest_screen_shows_five_rows(example: Example) -> None:
    summary = numbered(example, 40, 10)
    stray = example.summary(*summary.routes[:40], example.unmatched(), *summary.routes[40:])
    rows = rows_of(render(stray, width=120, color=False, height=3))
    assert [row.split()[3] for row in rows] == ["/a00", "/a01", "/a02", "/a03", "<unmatched>"]
