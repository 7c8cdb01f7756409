"""The table on a terminal: it fits, it aligns, it reads without color, and it suits the stream."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import select
import struct
import termios
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

import pytest

from flask_status_cli.model import Condition, NoData
from flask_status_cli.render.terminal import render, write
from flask_status_cli.render.terminal.cell_text import SQUARES, CellWriter
from flask_status_cli.render.terminal.route_cell import distinct_cells, route_cell

if TYPE_CHECKING:
    from tests.render.conftest import Example


def cells(text: str) -> int:
    """The cells of a text by Unicode's East Asian Width, which terminals follow."""
    widths = (
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )
    return sum(widths)


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("width", [*range(40, 131), 160, 200, 500])
def test_no_line_is_wider_than_the_terminal(width: int, ascii_only: bool, example: Example) -> None:
    text = render(example.shop(), width=width, color=False, ascii_only=ascii_only)
    assert max(map(cells, text.splitlines())) <= width
    assert text.endswith("\n")
    assert not any(line.endswith(" ") for line in text.splitlines())


@pytest.mark.parametrize("width", [80, 100, 120, 160])
def test_figures_stand_under_each_other_whatever_is_before_them(
    width: int, example: Example
) -> None:
    lines = render(example.shop(), width=width, color=False).splitlines()
    heading = next(line for line in lines if line.startswith("Now"))
    strip = cells(heading[: heading.index("Last")])
    rows = lines[lines.index(heading) + 1 :][:11]
    for row in rows:
        figures = re.match(r".*?(100%|\d\d\.\d\d%|—) +\S+ +\S+ {2}", row)
        assert figures, row
        assert cells(figures.group()) == strip


def test_a_narrow_terminal_leaves_out_requests_then_failures_then_days_and_says_so(
    example: Example,
) -> None:
    shown = {}
    for width in (40, 50, 55, 60, 64, 72, 73, 80):
        lines = render(example.shop(), width=width, color=False).splitlines()
        heading = next(line for line in lines if line.startswith("Now "))
        told = next((n for n, line in enumerate(lines) if line.startswith("Left out")), None)
        left_out = "" if told is None else " ".join(" ".join(lines[told : told + 2]).split())
        names = ("Requests", "Failures", "Last 14 days")
        shown[width] = [name for name in names if name in heading]
        assert all((name in left_out) is (name not in heading) for name in names)
    few, some = ["Last 14 days"], ["Failures", "Last 14 days"]
    every = ["Requests", *some]
    assert shown == {40: [], 50: [], 55: few, 60: few, 64: some, 72: some, 73: every, 80: every}


def test_short_routes_leave_room_for_every_column(example: Example) -> None:
    text = render(example.summary(example.route("/", "o" * 30)), width=60, color=False)
    assert "Now        Route  Avail. Requests Failures  Last 14 days\n" in text
    assert "Left out" not in text


@pytest.mark.parametrize(
    ("width", "days", "heading"),
    [
        (80, 30, "Last 14 days"),
        (80, 7, "Last 7 days"),
        (100, 30, "Last 30 days"),
        (100, 90, "Last 34 days"),
        (100, 2, "Last 2 days"),
        (120, 1, "Today"),
        (200, 90, "Last 84 days"),  # the data begin on 1 September
        (60, 30, "Last 14 days"),
    ],
)
def test_the_strip_shows_the_newest_days_that_fit(
    width: int, days: int, heading: str, example: Example
) -> None:
    route = example.route("/seventeen/<cells", ("." * 90 + "p")[-days:])
    route = replace(route, days=route.days[-days:]) if days < 30 else route
    lines = render(example.summary(route), width=width, color=False).splitlines()
    row = lines[lines.index(next(line for line in lines if heading in line)) + 1]
    shown = 1 if heading == "Today" else int(heading.split()[1])
    assert row.endswith("  " + "·" * (shown - 1) + "▄")


def test_the_days_before_the_first_entry_leave_their_room_to_the_routes(example: Example) -> None:
    rule = "/bank/marketplace/eligible_students/<int:id>"
    data = replace(
        example.data(), first=datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    )  # the 21st in Berlin
    summary = example.summary(example.route(rule, "..o"), data=data)
    heading, row = render(summary, width=120, color=False).splitlines()[2:4]
    assert heading.endswith("  Failures  Last 3 days")
    assert row == f"✓ Fully Operational  {rule}          100%       103         0  ··▇"


@pytest.mark.parametrize(
    ("rules", "cells"),
    [
        (  # the beginnings differ: the cut moves to the right
            [
                "/bank/marketplace/eligible_students/<int:id>",
                "/bank/marketplace/ineligible_students/<int:id>",
            ],
            ["/bank/marketplace/elig…/<int:id>", "/bank/marketplace/inel…/<int:id>"],
        ),
        (  # the ends differ: the cut moves to the left
            [
                "/data/of/the/year/2026/north/and/south/a",
                "/data/of/the/year/2025/north/and/south/a",
            ],
            ["/data/of/t…026/north/and/south/a", "/data/of/t…025/north/and/south/a"],
        ),
        (  # the same in any case
            ["/" + "x" * 40 + "a" + "x" * 40, "/" + "x" * 40 + "b" + "x" * 40],
            ["/xxxxxxxxxxxxxxx…xxxxxxxxxxxxxxx"] * 2,
        ),
    ],
)
def test_rules_that_would_look_the_same_are_cut_elsewhere(
    rules: list[str], cells: list[str], example: Example
) -> None:
    rows = [example.route(rule, "o") for rule in rules]
    ink = CellWriter(ascii_only=False)
    shown = distinct_cells(
        [*rows, example.route("/", "o")], lambda row, part: route_cell(row, 32, ink, part)
    )
    assert [cell.plain for cell in shown] == [*cells, "/"]


@pytest.mark.parametrize(
    ("width", "rule", "days"),
    [
        # below 120 columns, rules get up to 32 cells first
        (100, "/production/calcium-and-vitamin-d3", 19),
        (100, "/a-short-rule/of-25-cells", 26),
        (100, "/short", 30),
        # with more room there are 30 days
        (120, "/production/calcium-and-vitamin-d3", 30),
    ],
)
def test_a_rule_comes_before_the_days_of_long_ago(
    width: int, rule: str, days: int, example: Example
) -> None:
    summary = example.summary(example.route(rule, "o" * 30))
    assert f"  Last {days} days\n" in render(summary, width=width, color=False)


def test_without_routes_there_is_no_table(example: Example) -> None:
    text = render(example.summary(data=example.data(entries=0)), width=80, color=False)
    assert text.startswith("– No entries in the last 30 days\n")
    assert "Total" not in text


def test_each_state_and_reason_has_a_shape_of_its_own() -> None:
    told_apart = [*Condition, NoData.NOT_READ, NoData.BEFORE_FIRST]
    for charset in (0, 1):
        assert len({SQUARES[kind][charset] for kind in told_apart}) == len(told_apart)
        assert SQUARES[NoData.NO_TRAFFIC] == SQUARES[Condition.NO_DATA]
    assert all(cells(shape) == 1 for shapes in SQUARES.values() for shape in shapes)


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (34, "/users/<int:id>/orders/<int:order>"),
        (33, "/users/<int:id>/…ders/<int:order>"),
        (26, "/users/…/<int:order>"),
        (14, "/users/…order>"),  # without room for the variable
    ],
)
def test_a_variable_is_left_out_as_a_whole(width: int, text: str) -> None:
    cut = CellWriter(ascii_only=False).cut("/users/<int:id>/orders/<int:order>", width)
    assert cut.plain == text


def test_a_route_that_is_cut_leaves_no_mark_behind_the_ellipsis() -> None:
    for width in range(4, 20):
        left, _, right = (
            CellWriter(ascii_only=False).cut("/e\u0301" * 20, width).plain.partition("…")
        )
        assert left.startswith("/")
        assert not unicodedata.combining(right[:1] or "x")


def test_colors_add_nothing_but_styles(example: Example) -> None:
    colored = render(example.shop(), width=100, color=True)
    plain = render(example.shop(), width=100, color=False)
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == plain
    assert "\x1b" in colored
    assert "\x1b" not in plain


def test_ascii_is_ascii(example: Example) -> None:
    assert render(example.shop(), width=100, color=False, ascii_only=True).isascii()


# What the stream decides


@contextmanager
def terminal(columns: int, encoding: str) -> Iterator[tuple[TextIO, Callable[[], str]]]:
    """A real terminal of so many columns, and what was written to it."""
    controller, descriptor = pty.openpty()
    attributes = termios.tcgetattr(descriptor)
    attributes[1] &= ~termios.OPOST  # newlines stay as they are
    termios.tcsetattr(descriptor, termios.TCSANOW, attributes)
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    try:
        with os.fdopen(descriptor, "w", encoding=encoding) as stream:

            def written() -> str:
                stream.flush()
                found = b""
                while select.select([controller], [], [], 0)[0]:
                    found += os.read(controller, 1_000_000)
                return found.decode(encoding)

            yield stream, written
    finally:
        os.close(controller)


def on_terminal(summary_of: Example, environment: dict[str, str], encoding: str = "utf-8") -> str:
    with terminal(90, encoding) as (stream, written):
        write(summary_of.summary(summary_of.route("/", "o" * 30)), stream, environment=environment)
        return written()


def expected(example: Example, *, width: int, color: bool, ascii_only: bool = False) -> str:
    summary = example.summary(example.route("/", "o" * 30))
    return render(summary, width=width, color=color, ascii_only=ascii_only)


@pytest.mark.parametrize(
    ("environment", "width", "color"),
    [
        ({"TERM": "xterm"}, 90, True),
        ({}, 90, True),
        ({"NO_COLOR": "1"}, 90, False),
        ({"NO_COLOR": ""}, 90, True),  # no-color.org: only when it is not empty
        ({"TERM": "dumb"}, 90, False),
        ({"COLUMNS": "70"}, 70, True),
        ({"COLUMNS": "wide"}, 90, True),
        ({"COLUMNS": "0"}, 90, True),
        ({"COLUMNS": "9" * 5000}, 90, True),
    ],
)
def test_a_terminal_gets_its_width_and_colors(
    environment: dict[str, str], width: int, color: bool, example: Example
) -> None:
    assert on_terminal(example, environment) == expected(example, width=width, color=color)


@pytest.mark.parametrize(
    ("environment", "many"),
    [
        ({"TERM": "xterm"}, False),
        ({"TERM": "linux"}, False),
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, True),
    ],
)
def test_a_terminal_with_256_colors_gets_them(
    environment: dict[str, str], many: bool, example: Example
) -> None:
    assert ("\x1b[38;5;28m" in on_terminal(example, environment)) is many


def test_a_terminal_that_is_not_utf_8_gets_ascii(example: Example) -> None:
    text = expected(example, width=90, color=True, ascii_only=True)
    assert on_terminal(example, {}, "iso-8859-1") == text


@pytest.mark.parametrize(("rows", "times"), [(30, 1), (60, 2)])
def test_if_the_report_is_longer_than_the_terminal_the_headline_comes_again_at_its_end(
    rows: int, times: int, example: Example
) -> None:
    summary = example.summary(*(example.route(f"/{n:02}", "o") for n in range(rows)))
    with terminal(90, "utf-8") as (stream, written):  # of 50 lines
        write(summary, stream, environment={"NO_COLOR": "1"})
        lines = written().splitlines()
    headline = f"✓ All {rows} routes operational"
    assert lines.count(headline) == times
    assert lines[0] == headline
    assert times == 1 or lines[-2:] == ["", headline]


@pytest.mark.parametrize(("environment", "width"), [({}, 120), ({"COLUMNS": "80"}, 80)])
def test_a_pipe_gets_120_columns_without_color(
    environment: dict[str, str], width: int, example: Example
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n")
    write(example.summary(example.route("/", "o" * 30)), stream, environment=environment)
    stream.seek(0)
    assert stream.read() == expected(example, width=width, color=False)


def test_color_does_not_depend_on_the_environment_of_the_machine(
    example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = expected(example, width=80, color=False)
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "JUPYTER_COLUMNS", "COLUMNS"):
        monkeypatch.setenv(name, "1")
    assert expected(example, width=80, color=False) == before
