"""Every medium, whole: one shop on a bad day against its gold files, and the same figures in all of them."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import pytest

from flask_status_cli.render import csv_report, markdown_report, terminal
from flask_status_cli.render.json import report_json

if TYPE_CHECKING:
    from tests.render.conftest import Example

Gold = Callable[[str, str], None]


@pytest.mark.parametrize("width", [80, 100, 120])
def test_a_terminal_of_each_width_shows_this_table(
    width: int, example: Example, gold: Gold
) -> None:
    gold(f"terminal-{width}.txt", terminal.render(example.shop(), width=width, color=False))


def test_a_terminal_with_16_colors_shows_this_table(example: Example, gold: Gold) -> None:
    gold("terminal-80.ansi", terminal.render(example.shop(), width=80, color=True))


def test_a_terminal_with_256_colors_shows_this_table(example: Example, gold: Gold) -> None:
    text = terminal.render(example.shop(), width=80, color=True, many_colors=True)
    gold("terminal-80-256.ansi", text)


def test_a_terminal_in_ascii_shows_this_table(example: Example, gold: Gold) -> None:
    text = terminal.render(example.shop(), width=80, color=False, ascii_only=True)
    gold("terminal-80-ascii.txt", text)


def test_json_has_these_keys_and_figures(example: Example, gold: Gold) -> None:
    gold("report.json", report_json.render(example.shop()))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_terminal_of_each_width_lists_these_incidents(
    width: int, example: Example, gold: Gold
) -> None:
    text = terminal.render(example.troubled(), width=width, color=False)
    gold(f"terminal-{width}-incidents.txt", text)


def test_markdown_lists_these_incidents(example: Example, gold: Gold) -> None:
    gold("report-incidents.md", markdown_report.render(example.troubled()))


def test_json_lists_these_incidents(example: Example, gold: Gold) -> None:
    gold("report-incidents.json", report_json.render(example.troubled()))


def test_csv_has_a_line_for_each_route(example: Example, gold: Gold) -> None:
    gold("report.csv", csv_report.render(example.shop()))


def test_markdown_has_this_table(example: Example, gold: Gold) -> None:
    gold("report.md", markdown_report.render(example.shop()))


@pytest.mark.parametrize("width", [80, 120])
def test_a_terminal_shows_groups_above_their_routes(
    width: int, example: Example, gold: Gold
) -> None:
    text = terminal.render(example.grouped(), width=width, color=False)
    gold(f"terminal-{width}-groups.txt", text)


def test_csv_and_markdown_name_the_group_of_a_route(example: Example, gold: Gold) -> None:
    gold("groups.csv", csv_report.render(example.grouped()))
    gold("groups.md", markdown_report.render(example.grouped()))


class Figures(NamedTuple):
    """What a row says, as a reader finds it."""

    rule: str
    now: str
    availability: str
    requests: int
    failures: int


def test_all_media_say_the_same(example: Example) -> None:
    shop = example.shop()
    expected = [
        Figures(
            route.rule,
            route.now.value.replace("_", " "),
            route.availability or "—",
            route.counts.requests,
            route.counts.failure,
        )
        for route in shop.routes
    ]
    assert from_json(report_json.render(shop)) == expected
    assert from_csv(csv_report.render(shop)) == expected
    assert from_markdown(markdown_report.render(shop)) == expected
    # A terminal shortens what it has no room for: at any width the rules are told by what is left of them.
    shown = from_terminal(terminal.render(shop, width=200, color=False))
    assert shown == expected


@pytest.mark.parametrize("width", [100, 120])
def test_a_narrower_terminal_cuts_routes_not_figures(width: int, example: Example) -> None:
    wide = from_terminal(terminal.render(example.shop(), width=200, color=False))
    narrow = from_terminal(terminal.render(example.shop(), width=width, color=False))
    assert [row[1:] for row in narrow] == [row[1:] for row in wide]


def test_the_totals_are_the_same(example: Example) -> None:
    shop = example.shop()
    total = json.loads(report_json.render(shop))["total"]
    in_words = (total["availability"], f"{total['requests']:,}", f"{total['failure']:,}")
    assert total["requests"] == sum(row.requests for row in from_csv(csv_report.render(shop)))
    for text in (terminal.render(shop, width=120, color=False), markdown_report.render(shop)):
        (line,) = (line for line in text.splitlines() if "Total" in line)
        assert all(figure in line for figure in in_words)


def from_json(text: str) -> list[Figures]:
    return [
        Figures(
            row["rule"],
            row["now"].replace("_", " "),
            row["availability"] or "—",
            row["requests"],
            row["failure"],
        )
        for row in json.loads(text)["routes"]
    ]


def from_csv(text: str) -> list[Figures]:
    return [
        Figures(
            row["rule"],
            row["now"].replace("_", " "),
            row["availability"] or "—",
            int(row["requests"]),
            int(row["failure"]),
        )
        for row in csv.DictReader(text.splitlines())
    ]


def from_markdown(text: str) -> list[Figures]:
    rows = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [
        Figures(
            rule.split("`")[-2], now_word(now), availability, number(requests), number(failures)
        )
        for now, rule, availability, requests, failures in rows[2:-1]
    ]


def from_terminal(text: str) -> list[Figures]:
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("Now "))
    end = next(i for i, line in enumerate(lines) if line.startswith("──"))
    found = []
    for line in lines[start + 1 : end]:
        match = re.fullmatch(r"(\S .{17})  (.+?) +([\d.]+%|—) +([\d,]+) +([\d,]+)(  .*)?", line)
        assert match, line
        now, route, availability, requests, failures, _ = match.groups()
        rule = route.rsplit(" ", 1)[-1]
        found.append(Figures(rule, now_word(now), availability, number(requests), number(failures)))
    return found


def now_word(cell: str) -> str:
    return cell.strip()[2:].lower().replace("fully ", "")


def number(text: str) -> int:
    return int(text.strip().strip("|").replace(",", ""))
