"""Error budgets in every medium: the same figures, in sentences for people and in fields for programs."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from flask_status_cli.model import BurnRate, ErrorBudget, StatusSummary
from flask_status_cli.render import csv_report, markdown_report, terminal
from flask_status_cli.render.html import render as page
from flask_status_cli.render.json import report_json
from flask_status_cli.render.text.words import NARROW, Words

if TYPE_CHECKING:
    from tests.render.conftest import Example

BURNS = (BurnRate(1, 1, 2000, "0.50"), BurnRate(6, 0, 0, None), BurnRate(72, 90, 100_000, "0.90"))
LEFT = ErrorBudget(Fraction("0.999"), Fraction("1205/10"), 43, "64.31%", BURNS)
FEW = ErrorBudget(Fraction("0.9995"), Fraction("0.9"), 0, None, BURNS)
OVER = ErrorBudget(Fraction("0.99"), Fraction(10), 33, "-230.00%", BURNS)
SENTENCE = (
    "Error budget at 99.9 %: 64.31% left, 43 failures, 120 allowed; "
    "burn 0.50 over 1 h, — over 6 h, 0.90 over 3 d."
)


def with_budgets(
    summary: StatusSummary, total: ErrorBudget | None, *budgets: ErrorBudget | None
) -> StatusSummary:
    """The summary with a budget of its total, and of its first routes."""
    rows = [replace(row, budget=each) for row, each in zip(summary.routes, budgets, strict=False)]
    routes = (*rows, *summary.routes[len(rows) :])
    return replace(summary, total=replace(summary.total, budget=total), routes=routes)


def screen(summary: StatusSummary, **choices: object) -> str:
    return " ".join(terminal.render(summary, width=120, color=False, **choices).split())  # type: ignore[arg-type]  # words, or ASCII


def test_people_read_one_sentence(example: Example) -> None:
    summary = with_budgets(example.shop(), LEFT)
    assert SENTENCE in screen(summary)
    assert f"- {SENTENCE}\n" in markdown_report.render(summary)
    assert SENTENCE in page(summary).replace(NARROW, " ")


def test_with_too_few_requests_the_number_needed_is_said(example: Example) -> None:
    sentence = "Error budget at 99.95 %: too few requests to judge (fewer than 2,000)."
    summary = with_budgets(example.shop(), FEW)
    assert sentence in screen(summary)
    assert sentence in markdown_report.render(summary)


def test_without_an_objective_nothing_is_said(example: Example) -> None:
    for text in (
        screen(example.shop()),
        markdown_report.render(example.shop()),
        page(example.shop()),
    ):
        assert "budget" not in text


def test_it_is_said_in_spanish_and_in_ascii(example: Example) -> None:
    summary = with_budgets(example.shop(), LEFT)
    assert "Presupuesto de errores al 99.9 %: queda 64.31%" in screen(summary, words=Words.of("es"))
    assert screen(summary, ascii_only=True).isascii()


def test_a_route_is_named_once_its_budget_is_used_up(example: Example) -> None:
    rows = example.shop().routes
    summary = with_budgets(example.shop(), LEFT, OVER, LEFT, replace(OVER, failures=34))
    found = screen(summary)
    first, second = f"{rows[2].rule}: Error budget at 99 %", f"{rows[0].rule}: Error budget at 99 %"
    assert -1 < found.index(first) < found.index(second)
    assert f"{rows[1].rule}: Error budget" not in found
    assert f"`{rows[0].rule}`: Error budget at 99 %: -230.00% left" in markdown_report.render(
        summary
    )


def test_if_only_routes_have_objectives_they_are_named(example: Example) -> None:
    summary = with_budgets(example.shop(), None, LEFT)
    assert f"{summary.routes[0].rule}: {SENTENCE}" in screen(summary)


@pytest.mark.parametrize("rule", ["/[x](javascript:1)", "/<b>", "/a|b", "/\x1b[2J", "/`*_`"])
def test_no_rule_breaks_out(example: Example, rule: str) -> None:
    summary = with_budgets(example.summary(example.route(rule, "o")), LEFT, OVER)
    assert "\x1b" not in screen(summary)
    bullet = next(line for line in markdown_report.render(summary).splitlines() if "-230" in line)
    assert bullet.startswith(("- `", "- <code>"))


def test_programs_read_fields(example: Example) -> None:
    summary = with_budgets(example.shop(), LEFT, FEW)
    report = json.loads(report_json.render(summary))
    assert report["total"]["budget"] == {
        "objective": "0.999",
        "allowed": 120,
        "failure": 43,
        "left": "64.31%",
        "burn": {"1h": "0.50", "6h": None, "72h": "0.90"},
    }
    assert report["routes"][0]["budget"]["left"] is None
    assert report["routes"][1]["budget"] is None


def test_a_csv_has_columns_for_them_where_there_are_any(example: Example) -> None:
    plain = csv_report.render(example.shop())
    summary = with_budgets(example.shop(), None, OVER, None, FEW)
    rows = list(csv.DictReader(io.StringIO(csv_report.render(summary))))
    columns = ("objective", "budget_left", "burn_1h", "burn_6h", "burn_72h")
    assert [tuple(row[name] for name in columns) for row in rows[:3]] == [
        ("0.99", "-230.00%", "0.50", "", "0.90"),
        ("", "", "", "", ""),
        ("0.9995", "", "0.50", "", "0.90"),
    ]
    assert [line.rsplit(",", 5)[0] for line in csv_report.render(summary).splitlines()] == (
        plain.splitlines()
    )
